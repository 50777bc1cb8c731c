//! The decision: may this door open, now, for whoever asks? Pure, ordered and total.

use crate::Millis;
use crate::link::Validity;
use crate::reason::Reason;
use crate::schedule::together::AnyOf;
use crate::schedule::{Schedule, Wall};
use std::sync::Arc;

/// What is known about the access link that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFacts {
    /// Dates, switches and uses.
    pub validity: Validity,
    /// Whether it may open in the way it asks: false on the web page of a link that opens by its code only.
    pub web: bool,
    /// Whether it names the door itself.
    pub direct: bool,
    /// The groups through which it names the door, each with its hours; none: always.
    pub groups: Vec<Option<Arc<Schedule>>>,
    /// Weekly windows of its own; none: always.
    pub windows: Option<Arc<Schedule>>,
    /// The least time between two openings of one door, milliseconds; 0 for none.
    pub cooldown_ms: i64,
    /// When it last opened this door.
    pub last_granted_at: Option<Millis>,
    /// Until when it may try this door again at no cost, because the door did not answer.
    pub free_until: Option<Millis>,
}

/// What is known about the door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoorFacts {
    /// Whether links and codes may open it at all.
    pub accepts_digital: bool,
    /// Locked down itself.
    pub locked_down: bool,
    /// Its place is locked down.
    pub place_locked_down: bool,
    /// Whether what opens it can be reached.
    pub reachable: bool,
    /// When it may open at all; none: always.
    pub schedule: Option<Arc<Schedule>>,
    /// This moment on the wall of its place.
    pub wall: Wall,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// The holder of an access link.
    Link(&'a LinkFacts),
    /// An admin, from the dashboard; restrictions on digital credentials do not bind them, hours and a lockdown do.
    Admin,
}

/// Whose hours a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The door's.
    Door,
    /// The groups' through which the link names the door.
    Group,
    /// The link's own.
    Link,
}

impl Scope {
    fn code(self) -> &'static str {
        match self {
            Self::Door => "door",
            Self::Group => "group",
            Self::Link => "link",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Door, Self::Group, Self::Link].into_iter().find(|scope| scope.code() == code)
    }
}

/// One check of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// What a failure would be called.
    pub reason: Reason,
    /// Whose hours it is about, where it is about hours.
    pub scope: Option<Scope>,
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

    /// The trace as it is kept in the event: `revoked=pass outside_schedule:door=fail`.
    #[must_use]
    pub fn trace_text(&self) -> String {
        trace_text(&self.trace)
    }
}

/// A trace as it is kept in an event.
#[must_use]
pub fn trace_text(trace: &[Check]) -> String {
    let mut text = String::with_capacity(trace.len() * 20);
    for check in trace {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(check.reason.code());
        if let Some(scope) = check.scope {
            text.push(':');
            text.push_str(scope.code());
        }
        text.push_str(if check.passed { "=pass" } else { "=fail" });
    }
    text
}

/// Reads a trace back from an event; unknown words are left out.
#[must_use]
pub fn parse_trace(text: &str) -> Vec<Check> {
    text.split(' ')
        .filter_map(|word| {
            let (what, passed) = word.split_once('=')?;
            let (code, scope) = what.split_once(':').map_or((what, None), |(code, scope)| (code, Some(scope)));
            let scope = scope.and_then(Scope::from_code);
            Some(Check { reason: Reason::from_code(code)?, scope, passed: passed == "pass" })
        })
        .collect()
}

/// Decides. What cannot be mended is named before what can, the credential before the door.
#[must_use]
pub fn decide(asker: Asker<'_>, door: &DoorFacts, now: Millis) -> Decision {
    let mut trace = Vec::with_capacity(14);
    let mut note = |reason: Reason, scope: Option<Scope>, passed: bool| trace.push(Check { reason, scope, passed });
    let open = |hours: &Option<Arc<Schedule>>| hours.as_ref().is_none_or(|hours| hours.open_at(door.wall));
    let mut takes_use = false;
    if let Asker::Link(link) = asker {
        let validity = &link.validity;
        let free = link.free_until.is_some_and(|until| now < until);
        takes_use = !free;
        note(Reason::Revoked, None, validity.revoked_at.is_none());
        note(Reason::Expired, None, validity.valid_until.is_none_or(|until| now < until));
        note(Reason::Paused, None, validity.paused_at.is_none());
        note(Reason::NotYetValid, None, now >= validity.valid_from);
        if !link.web {
            note(Reason::WebNotAllowed, None, false);
        }
        note(Reason::DoorNotGranted, None, link.direct || !link.groups.is_empty());
        if link.windows.is_some() {
            note(Reason::OutsideSchedule, Some(Scope::Link), open(&link.windows));
        }
        // One open way is enough: the link itself has no hours but its own, a group has its hours.
        if !link.direct && link.groups.iter().any(Option::is_some) {
            note(Reason::OutsideSchedule, Some(Scope::Group), link.groups.iter().any(open));
        }
        note(Reason::UsesExhausted, None, free || validity.max_uses.is_none_or(|max| validity.uses < max));
        let rested = link.last_granted_at.is_none_or(|at| now.saturating_sub(at) >= link.cooldown_ms);
        note(Reason::Cooldown, None, free || rested);
        note(Reason::DigitalNotAllowed, None, door.accepts_digital);
    }
    if door.schedule.is_some() {
        note(Reason::OutsideSchedule, Some(Scope::Door), open(&door.schedule));
    }
    note(Reason::PlaceLockdown, None, !door.place_locked_down);
    note(Reason::DoorLockdown, None, !door.locked_down);
    note(Reason::DoorUnreachable, None, door.reachable);
    let reason = trace.iter().find(|check| !check.passed).map_or(Reason::Allowed, |check| check.reason);
    Decision { reason, trace, takes_use }
}

/// The schedules that bind whoever asks at this door; of each set one that is open is enough. Empty: no hours at all.
#[must_use]
pub fn binding<'a>(asker: Asker<'a>, door: &'a DoorFacts) -> Vec<AnyOf<'a>> {
    let mut sets: Vec<AnyOf<'a>> = Vec::new();
    if let Asker::Link(link) = asker {
        sets.extend(link.windows.as_deref().map(|hours| vec![hours]));
        if !link.direct && !link.groups.is_empty() && link.groups.iter().all(Option::is_some) {
            sets.push(link.groups.iter().filter_map(Option::as_deref).collect());
        }
    }
    sets.extend(door.schedule.as_deref().map(|hours| vec![hours]));
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> DoorFacts {
        DoorFacts { accepts_digital: true, reachable: true, ..DoorFacts::default() }
    }

    fn hours(from: u16, until: u16) -> Option<Arc<Schedule>> {
        let span = crate::schedule::Span::between(from * 60, until * 60).expect("a span");
        let weekly = (0..7).map(|weekday| crate::schedule::Window { weekday, span }).collect();
        Some(Arc::new(Schedule { weekly, ..Schedule::default() }))
    }

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
            web: true,
            direct: true,
            groups: Vec::new(),
            windows: None,
            cooldown_ms: 0,
            last_granted_at: None,
            free_until: None,
        }
    }

    fn reason(link: &LinkFacts, door: &DoorFacts, now: Millis) -> Reason {
        decide(Asker::Link(link), door, now).reason
    }

    #[test]
    fn a_good_link_opens_its_door_and_takes_a_use() {
        let decision = decide(Asker::Link(&link()), &door(), 5_000);
        assert!(decision.granted() && decision.takes_use);
        assert!(decision.trace.iter().all(|check| check.passed));
    }

    #[test]
    fn each_fact_alone_refuses_with_its_own_reason() {
        let with = |change: fn(&mut LinkFacts)| {
            let mut facts = link();
            change(&mut facts);
            reason(&facts, &door(), 5_000)
        };
        assert_eq!(reason(&link(), &door(), 999), Reason::NotYetValid);
        assert_eq!(reason(&link(), &door(), 100_000), Reason::Expired);
        assert_eq!(with(|l| l.validity.revoked_at = Some(1)), Reason::Revoked);
        assert_eq!(with(|l| l.validity.paused_at = Some(1)), Reason::Paused);
        assert_eq!(with(|l| l.validity.uses = 1), Reason::UsesExhausted);
        assert_eq!(with(|l| l.direct = false), Reason::DoorNotGranted);
        assert_eq!(with(|l| l.web = false), Reason::WebNotAllowed);
        assert_eq!(
            with(|l| {
                l.cooldown_ms = 3_000;
                l.last_granted_at = Some(2_001);
            }),
            Reason::Cooldown
        );
        let at = |change: fn(&mut DoorFacts)| {
            let mut facts = door();
            change(&mut facts);
            reason(&link(), &facts, 5_000)
        };
        assert_eq!(at(|d| d.accepts_digital = false), Reason::DigitalNotAllowed);
        assert_eq!(at(|d| d.locked_down = true), Reason::DoorLockdown);
        assert_eq!(at(|d| d.place_locked_down = true), Reason::PlaceLockdown);
        assert_eq!(at(|d| d.reachable = false), Reason::DoorUnreachable);
    }

    #[test]
    fn after_a_door_that_did_not_answer_the_second_try_is_free() {
        let mut facts = link();
        facts.validity.uses = 1;
        facts.cooldown_ms = 60_000;
        facts.last_granted_at = Some(4_000);
        facts.free_until = Some(6_000);
        let decision = decide(Asker::Link(&facts), &door(), 5_000);
        assert!(decision.granted() && !decision.takes_use);
        assert_eq!(reason(&facts, &door(), 6_000), Reason::UsesExhausted);
    }

    #[test]
    fn an_admin_opens_what_links_may_not_but_not_a_locked_down_door() {
        let shut = DoorFacts { accepts_digital: false, ..door() };
        assert!(decide(Asker::Admin, &shut, 0).granted());
        assert_eq!(decide(Asker::Admin, &DoorFacts { locked_down: true, ..shut }, 0).reason, Reason::DoorLockdown);
    }

    #[test]
    fn hours_of_the_door_bind_everybody() {
        let shut = DoorFacts { schedule: hours(8, 18), wall: Wall { day: 0, minute: 60 }, ..door() };
        assert_eq!(reason(&link(), &shut, 5_000), Reason::OutsideSchedule);
        assert_eq!(decide(Asker::Admin, &shut, 5_000).reason, Reason::OutsideSchedule);
        let open = DoorFacts { wall: Wall { day: 0, minute: 600 }, ..shut };
        assert_eq!(reason(&link(), &open, 5_000), Reason::Allowed);
    }

    #[test]
    fn one_open_way_to_a_door_is_enough_and_a_links_own_hours_bind_all_of_them() {
        let night = DoorFacts { wall: Wall { day: 0, minute: 60 }, ..door() };
        let through = |groups| LinkFacts { direct: false, groups, ..link() };
        assert_eq!(reason(&through(vec![]), &night, 5_000), Reason::DoorNotGranted);
        assert_eq!(reason(&through(vec![hours(8, 18)]), &night, 5_000), Reason::OutsideSchedule);
        assert_eq!(reason(&through(vec![hours(8, 18), hours(22, 6)]), &night, 5_000), Reason::Allowed);
        assert_eq!(reason(&through(vec![hours(8, 18), None]), &night, 5_000), Reason::Allowed);
        let both = LinkFacts { groups: vec![hours(8, 18)], ..link() };
        assert_eq!(reason(&both, &night, 5_000), Reason::Allowed, "it names the door itself as well");
        let own = LinkFacts { windows: hours(9, 10), ..both };
        assert_eq!(reason(&own, &night, 5_000), Reason::OutsideSchedule);
    }

    #[test]
    fn what_binds_is_what_is_decided_by() {
        let ways = [vec![], vec![None], vec![hours(8, 18)], vec![hours(8, 18), hours(22, 6)], vec![hours(8, 18), None]];
        for direct in [true, false] {
            for groups in &ways {
                for (windows, schedule) in
                    [(None, None), (hours(9, 10), None), (None, hours(7, 12)), (hours(9, 23), hours(7, 12))]
                {
                    let facts = LinkFacts { direct, groups: groups.clone(), windows, ..link() };
                    for minute in (0..1_440).step_by(30) {
                        let at = DoorFacts { schedule: schedule.clone(), wall: Wall { day: 0, minute }, ..door() };
                        let sets = binding(Asker::Link(&facts), &at);
                        let open = sets.iter().all(|set| set.iter().any(|one| one.open_at(at.wall)));
                        let decided = decide(Asker::Link(&facts), &at, 5_000);
                        let hours = decided.trace.iter().filter(|check| check.reason == Reason::OutsideSchedule);
                        assert_eq!(open, hours.into_iter().all(|check| check.passed), "{facts:?} {minute}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_trace_survives_its_text() {
        let mut facts = link();
        facts.validity.paused_at = Some(1);
        facts.windows = hours(8, 18);
        let decision = decide(Asker::Link(&facts), &door(), 5_000);
        assert_eq!(parse_trace(&decision.trace_text()), decision.trace);
    }
}
