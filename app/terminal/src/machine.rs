//! The state machine: its state, and the events that are no scan.

use crate::effect::{Effect, Job, Opening, Say, Write};
use crate::follow::Following;
use crate::scan::{Asking, Granted, Recent};
use crate::state::{BadKey, Identity, Kept, Mark, Stage, State};
use crate::wire::{ClaimAnswer, Outcome, PairAnswer, Relay, ResultRequest};
use domain::Millis;
use domain::terminal::{Clock, Key, List, Manifest, Time};
use std::collections::BTreeMap;

/// The relay's words are cut after so many characters.
const NOTE: usize = 200;

/// A list that is decided by.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) manifest: Manifest,
    pub(crate) list: List,
}

/// A paired terminal. Every method takes what happened and gives what is to be done, in order.
#[derive(Clone, Debug)]
pub struct Terminal {
    pub(crate) identity: Identity,
    pub(crate) key: Key,
    pub(crate) next: i64,
    pub(crate) newest: i64,
    pub(crate) clock: Clock,
    pub(crate) held: Option<Held>,
    pub(crate) marks: BTreeMap<String, Mark>,
    pub(crate) asking: Option<Asking>,
    pub(crate) following: Vec<Following>,
    pub(crate) relay: Relay,
    pub(crate) granted: BTreeMap<i64, Granted>,
    pub(crate) recent: Vec<Recent>,
    pub(crate) stored: State,
    pub(crate) far_off: bool,
    revoked: bool,
}

impl Terminal {
    /// A terminal that was just paired; `asked` and `heard` are the times around the request.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn paired(answer: PairAnswer, asked: Time, heard: Time) -> Result<(Self, Vec<Effect>), BadKey> {
        let identity = Identity {
            terminal: answer.terminal,
            token: answer.token,
            list_key: answer.list_key,
            organization: answer.organization,
            place: answer.place,
            door: answer.door,
            name: String::new(),
        };
        let first = State { next: 1, newest: 0, offset: None, seen: 0, own: 0 };
        let kept = Kept { identity, state: first, list: None, marks: Vec::new(), unfinished: Vec::new() };
        let (mut terminal, _) = Self::restored(kept)?;
        let mut effects = vec![Effect::Store(vec![Write::Identity(terminal.identity.clone())])];
        terminal.hear(answer.now, asked, heard, &mut effects);
        terminal.store_state(&mut effects);
        effects.push(Effect::FetchList { have: None });
        Ok((terminal, effects))
    }

    /// After a start, with what was stored before.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn restored(kept: Kept) -> Result<(Self, Vec<Effect>), BadKey> {
        let key = Key { id: 0, public: kept.identity.list_key.clone() };
        let public = key.key().ok_or(BadKey)?;
        let mut effects = Vec::new();
        let held = kept.list.and_then(|(manifest, list)| {
            let opened = Manifest::open(&manifest, &public).ok().filter(|one| one.hash == List::hash(list.as_bytes()));
            let read = List::from_bytes(list.as_bytes()).ok();
            let held = opened.zip(read).map(|(manifest, list)| Held { manifest, list });
            if held.is_none() {
                effects.push(Effect::Say(Say::ListSpoiled));
            }
            held
        });
        let state = kept.state;
        let mut clock = Clock::kept(state.offset, state.seen);
        clock.pass(state.own);
        let mut terminal = Self {
            identity: kept.identity,
            key,
            next: state.next,
            newest: state.newest,
            clock,
            held,
            marks: kept.marks.into_iter().map(|mark| (mark.credential.clone(), mark)).collect(),
            asking: None,
            following: Vec::new(),
            relay: Relay::Own,
            granted: BTreeMap::new(),
            recent: Vec::new(),
            stored: state,
            far_off: false,
            revoked: false,
        };
        let interrupted = kept.unfinished.len();
        let closed: Vec<Write> =
            kept.unfinished.into_iter().map(|one| Write::Record(crate::scan::closed(one))).collect();
        if let Some(last) = closed.iter().filter_map(sequence).max() {
            terminal.next = terminal.next.max(last + 1);
        }
        if interrupted > 0 {
            effects.push(Effect::Store(closed));
            effects.push(Effect::Say(Say::Interrupted(interrupted)));
            effects.push(Effect::Upload);
        }
        effects.push(Effect::FetchList { have: terminal.have() });
        Ok((terminal, effects))
    }

    /// Who opens after a grant; at first, the terminal itself.
    pub fn set_relay(&mut self, relay: Relay) {
        self.relay = relay;
    }

    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The server's time, if a clock here can be trusted.
    #[must_use]
    pub fn now(&self, time: Time) -> Option<Millis> {
        self.clock.now(time)
    }

    /// The version of the list it decides by, none without one.
    #[must_use]
    pub fn have(&self) -> Option<i64> {
        self.held.as_ref().map(|held| held.manifest.version)
    }

    /// When the list at hand was made, and from when on it opens nothing.
    #[must_use]
    pub fn list_times(&self) -> Option<(Millis, Millis)> {
        self.held.as_ref().map(|held| {
            let aged = held.manifest.made_at.saturating_add(held.list.door.max_age_ms);
            (held.manifest.made_at, held.manifest.expires_at.min(aged))
        })
    }

    /// Whether the server is being asked about a scan: another code read now is not taken.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.asking.is_some()
    }

    /// Whether a scan is under way: asked about, being opened, or followed.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.is_asking() || !self.granted.is_empty() || !self.following.is_empty()
    }

    /// Whether it was revoked: from then on every method answers nothing to do.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.revoked
    }

    /// The server has every record up to this one.
    pub fn stored(&mut self, upto: i64, time: Time) -> Vec<Effect> {
        if self.revoked || upto <= 0 {
            return Vec::new();
        }
        // One that is still under way here cannot be the server's already, unless this machine was set back.
        let first_open =
            self.granted.keys().copied().chain(self.asking.as_ref().map(|asking| asking.entry.sequence)).min();
        let upto = first_open.map_or(upto, |first| upto.min(first - 1));
        let mut writes = vec![Write::Forget(upto)];
        let at = self.clock.now(time).unwrap_or(self.clock.seen());
        for mark in self.marks.values_mut().filter(|mark| mark.sequence <= upto && mark.stored_at.is_none()) {
            mark.stored_at = Some(at);
            writes.push(Write::Mark(mark.clone()));
        }
        if upto >= self.next {
            // What is kept here is older than what the server has: numbers are not used twice.
            self.next = upto + 1;
            writes.push(self.state_write());
        }
        vec![Effect::Store(writes)]
    }

    /// The server gave commands to a claim that was sent at `sent`.
    pub fn claimed(&mut self, answer: ClaimAnswer, sent: Time, time: Time) -> Vec<Effect> {
        if self.revoked {
            return Vec::new();
        }
        let due = |command: crate::wire::Command| {
            let before = sent.steady.saturating_add(command.left_ms.min(crate::DEADLINE_MS));
            if time.steady < before {
                let job = Job::Command(command.event);
                Effect::Open(Opening { job, unlock_ms: command.unlock_ms, before })
            } else {
                Effect::Result(ResultRequest { event: command.event, opened: false, note: TOO_LATE.into() })
            }
        };
        answer.commands.into_iter().map(due).collect()
    }

    /// A relay has moved, or has not; `outcome` is [`Outcome::None`] when the opening came too late to begin.
    pub fn relayed(&mut self, job: &Job, outcome: Outcome, note: &str) -> Vec<Effect> {
        if self.revoked {
            return Vec::new();
        }
        let words: String = note.chars().filter(|letter| !letter.is_control()).take(NOTE).collect();
        let note = if outcome == Outcome::None && words.is_empty() { TOO_LATE.to_owned() } else { words };
        match job {
            Job::Scan(sequence) => self.scan_relayed(*sequence, outcome, note),
            Job::Command(event) => {
                let opened = outcome == Outcome::Opened;
                vec![Effect::Result(ResultRequest { event: event.clone(), opened, note })]
            }
        }
    }

    /// The server said 401 with the code `revoked`, to whatever request.
    pub fn revoked(&mut self) -> Vec<Effect> {
        if std::mem::replace(&mut self.revoked, true) {
            return Vec::new();
        }
        self.held = None;
        self.marks.clear();
        self.asking = None;
        self.following.clear();
        self.granted.clear();
        self.recent.clear();
        self.identity.token.clear();
        vec![Effect::Wipe]
    }

    pub(crate) fn state_write(&mut self) -> Write {
        self.stored = State {
            next: self.next,
            newest: self.newest,
            offset: self.clock.offset(),
            seen: self.clock.seen(),
            own: self.clock.own(),
        };
        Write::State(self.stored)
    }

    pub(crate) fn store_state(&mut self, effects: &mut Vec<Effect>) {
        let write = self.state_write();
        match effects.first_mut() {
            Some(Effect::Store(writes)) => writes.push(write),
            _ => effects.push(Effect::Store(vec![write])),
        }
    }
}

/// What is said of an opening that did not begin in time.
pub(crate) const TOO_LATE: &str = "It came too late, and nothing was opened.";

fn sequence(write: &Write) -> Option<i64> {
    match write {
        Write::Record(record) if record.stage == Stage::Done => Some(record.entry.sequence),
        _ => None,
    }
}
