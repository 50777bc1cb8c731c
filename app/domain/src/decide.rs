//! The decision: may this door open, now, for whoever asks? Pure, ordered and total.

use crate::Millis;
use crate::link::Validity;
use crate::reason::Reason;

/// What is known about the access link that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFacts {
    /// Dates, switches and uses.
    pub validity: Validity,
    /// Whether it names the door, itself or through a group.
    pub names_door: bool,
    /// The least time between two openings of one door, milliseconds; 0 for none.
    pub cooldown_ms: i64,
    /// When it last opened this door.
    pub last_granted_at: Option<Millis>,
    /// Until when it may try this door again at no cost, because the door did not answer.
    pub free_until: Option<Millis>,
}

/// What is known about the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorFacts {
    /// Whether links and codes may open it at all.
    pub accepts_digital: bool,
    /// Locked down itself.
    pub locked_down: bool,
    /// Its place is locked down.
    pub place_locked_down: bool,
    /// Whether what opens it can be reached.
    pub reachable: bool,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// The holder of an access link.
    Link(&'a LinkFacts),
    /// An admin, from the dashboard; restrictions on digital credentials do not bind them, a lockdown does.
    Admin,
}

/// One check of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What a failure would be called.
    pub reason: Reason,
    /// Whether it held.
    pub passed: bool,
}

/// The outcome with the trace of every check, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `Allowed`, or the first check that failed.
    pub reason: Reason,
    /// Every check that applies to the asker, in order.
    pub trace: Vec<Check>,
    /// Whether this opening is counted. False for a free second try.
    pub takes_use: bool,
}

impl Decision {
    /// Whether the door may open.
    #[must_use]
    pub fn granted(&self) -> bool {
        self.reason == Reason::Allowed
    }

    /// The trace as it is kept in the event: `revoked=pass expired=fail`.
    #[must_use]
    pub fn trace_text(&self) -> String {
        let mut text = String::with_capacity(self.trace.len() * 20);
        for check in &self.trace {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(check.reason.code());
            text.push_str(if check.passed { "=pass" } else { "=fail" });
        }
        text
    }
}

/// Reads a trace back from an event; unknown words are left out.
#[must_use]
pub fn parse_trace(text: &str) -> Vec<Check> {
    text.split(' ')
        .filter_map(|word| {
            let (code, passed) = word.split_once('=')?;
            Some(Check { reason: Reason::from_code(code)?, passed: passed == "pass" })
        })
        .collect()
}

/// Decides. What cannot be mended is named before what can, the credential before the door.
#[must_use]
pub fn decide(asker: Asker<'_>, door: DoorFacts, now: Millis) -> Decision {
    let mut trace = Vec::with_capacity(12);
    let mut check = |reason: Reason, passed: bool| trace.push(Check { reason, passed });
    let mut takes_use = false;
    if let Asker::Link(link) = asker {
        let validity = &link.validity;
        let free = link.free_until.is_some_and(|until| now < until);
        takes_use = !free;
        check(Reason::Revoked, validity.revoked_at.is_none());
        check(Reason::Expired, validity.valid_until.is_none_or(|until| now < until));
        check(Reason::Paused, validity.paused_at.is_none());
        check(Reason::NotYetValid, now >= validity.valid_from);
        check(Reason::DoorNotGranted, link.names_door);
        check(Reason::UsesExhausted, free || validity.max_uses.is_none_or(|max| validity.uses < max));
        let rested = link.last_granted_at.is_none_or(|at| now.saturating_sub(at) >= link.cooldown_ms);
        check(Reason::Cooldown, free || rested);
        check(Reason::DigitalNotAllowed, door.accepts_digital);
    }
    check(Reason::PlaceLockdown, !door.place_locked_down);
    check(Reason::DoorLockdown, !door.locked_down);
    check(Reason::DoorUnreachable, door.reachable);
    let reason = trace.iter().find(|check| !check.passed).map_or(Reason::Allowed, |check| check.reason);
    Decision { reason, trace, takes_use }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: DoorFacts =
        DoorFacts { accepts_digital: true, locked_down: false, place_locked_down: false, reachable: true };

    fn link() -> LinkFacts {
        LinkFacts {
            validity: Validity {
                valid_from: 1_000,
                valid_until: Some(100_000),
                paused_at: None,
                revoked_at: None,
                uses: 0,
                max_uses: Some(1),
            },
            names_door: true,
            cooldown_ms: 0,
            last_granted_at: None,
            free_until: None,
        }
    }

    fn reason(link: &LinkFacts, door: DoorFacts, now: Millis) -> Reason {
        decide(Asker::Link(link), door, now).reason
    }

    #[test]
    fn a_good_link_opens_its_door_and_takes_a_use() {
        let decision = decide(Asker::Link(&link()), DOOR, 5_000);
        assert!(decision.granted() && decision.takes_use);
        assert!(decision.trace.iter().all(|check| check.passed));
    }

    #[test]
    fn each_fact_alone_refuses_with_its_own_reason() {
        let with = |change: fn(&mut LinkFacts)| {
            let mut facts = link();
            change(&mut facts);
            reason(&facts, DOOR, 5_000)
        };
        assert_eq!(reason(&link(), DOOR, 999), Reason::NotYetValid);
        assert_eq!(reason(&link(), DOOR, 100_000), Reason::Expired);
        assert_eq!(with(|l| l.validity.revoked_at = Some(1)), Reason::Revoked);
        assert_eq!(with(|l| l.validity.paused_at = Some(1)), Reason::Paused);
        assert_eq!(with(|l| l.validity.uses = 1), Reason::UsesExhausted);
        assert_eq!(with(|l| l.names_door = false), Reason::DoorNotGranted);
        assert_eq!(
            with(|l| {
                l.cooldown_ms = 3_000;
                l.last_granted_at = Some(2_001);
            }),
            Reason::Cooldown
        );
        let door = |change: fn(&mut DoorFacts)| {
            let mut facts = DOOR;
            change(&mut facts);
            reason(&link(), facts, 5_000)
        };
        assert_eq!(door(|d| d.accepts_digital = false), Reason::DigitalNotAllowed);
        assert_eq!(door(|d| d.locked_down = true), Reason::DoorLockdown);
        assert_eq!(door(|d| d.place_locked_down = true), Reason::PlaceLockdown);
        assert_eq!(door(|d| d.reachable = false), Reason::DoorUnreachable);
    }

    #[test]
    fn after_a_door_that_did_not_answer_the_second_try_is_free() {
        let mut facts = link();
        facts.validity.uses = 1;
        facts.cooldown_ms = 60_000;
        facts.last_granted_at = Some(4_000);
        facts.free_until = Some(6_000);
        let decision = decide(Asker::Link(&facts), DOOR, 5_000);
        assert!(decision.granted() && !decision.takes_use);
        assert_eq!(reason(&facts, DOOR, 6_000), Reason::UsesExhausted);
    }

    #[test]
    fn an_admin_opens_what_links_may_not_but_not_a_locked_down_door() {
        let shut = DoorFacts { accepts_digital: false, ..DOOR };
        assert!(decide(Asker::Admin, shut, 0).granted());
        assert_eq!(decide(Asker::Admin, DoorFacts { locked_down: true, ..shut }, 0).reason, Reason::DoorLockdown);
    }

    #[test]
    fn a_trace_survives_its_text() {
        let mut facts = link();
        facts.validity.paused_at = Some(1);
        let decision = decide(Asker::Link(&facts), DOOR, 5_000);
        assert_eq!(parse_trace(&decision.trace_text()), decision.trace);
    }
}
