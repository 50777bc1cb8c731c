//! The heartbeat: the server's time, the terminal's names, and whether there is a newer list.

use crate::effect::{Effect, Say, Write};
use crate::machine::Terminal;
use crate::state::Identity;
use crate::wire::{DoorName, HeartbeatAnswer, HeartbeatRequest};
use domain::Millis;
use domain::terminal::Time;

/// A reading of the server's time from a longer round trip is thrown away, milliseconds.
const LONGEST_TRIP_MS: i64 = 10_000;
/// The clock's state is stored again when it moved so far, so that a card is not worn out, milliseconds.
const OFFSET_STEP_MS: i64 = 1_000;
const SEEN_STEP_MS: i64 = 10 * 60_000;
/// A list with less time than this left is renewed, milliseconds.
const RENEW_MS: i64 = 24 * 3_600_000;
impl Terminal {
    /// What to send every [`crate::HEARTBEAT_MS`].
    #[must_use]
    pub fn heartbeat(&self, software: &str, waiting: i64, time: Time) -> HeartbeatRequest {
        HeartbeatRequest {
            software: software.to_owned(),
            wall: time.wall,
            offset: self.clock.offset(),
            list: self.have().unwrap_or(0),
            waiting,
            relay: self.relay,
        }
    }

    /// The server answered a heartbeat.
    pub fn heard(&mut self, answer: HeartbeatAnswer, asked: Time, heard: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.is_revoked() {
            return effects;
        }
        self.hear(answer.now, asked, heard, &mut effects);
        let moved = |now: Option<i64>, before: Option<i64>| match (now, before) {
            (Some(now), Some(before)) => (now - before).abs() >= OFFSET_STEP_MS,
            (now, before) => now != before,
        };
        // A time of its own that was noted ahead of the server's must not come back after a start.
        let ran_ahead = self.stored.own > self.clock.seen();
        if moved(self.clock.offset(), self.stored.offset)
            || self.clock.seen() - self.stored.seen >= SEEN_STEP_MS
            || ran_ahead
        {
            self.store_state(&mut effects);
        }
        let named = Identity {
            organization: answer.organization,
            place: answer.place,
            door: answer.door,
            name: answer.name,
            ..self.identity.clone()
        };
        if named.door != DoorName::default() && named != self.identity {
            self.identity = named;
            effects.push(Effect::Store(vec![Write::Identity(self.identity.clone())]));
        }
        let ends = self.held.as_ref().map_or(0, |held| held.manifest.expires_at);
        if answer.list > self.newest || self.clock.seen() > ends.saturating_sub(RENEW_MS) || self.held.is_none() {
            effects.push(Effect::FetchList { have: self.have() });
        }
        effects
    }

    pub(crate) fn hear(&mut self, now: Millis, asked: Time, heard: Time, effects: &mut Vec<Effect>) {
        if heard.steady - asked.steady > LONGEST_TRIP_MS {
            return;
        }
        self.clock.hear(now, asked, heard);
        let far_off = self.clock.is_far_off();
        if far_off && !self.far_off {
            effects.push(Effect::Say(Say::ClockFarOff(self.clock.offset().unwrap_or(0))));
        }
        self.far_off = far_off;
    }
}
