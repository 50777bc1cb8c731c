//! The decision off line: the facts come from the list and the code, the rules are the server's.

use super::list::{Blocked, Entry, List};
use super::manifest::Manifest;
use crate::Millis;
use crate::decide::{Decision, DoorFacts, LinkFacts};
use crate::link::Validity;
use crate::qr::{Code, Offline};
use crate::reason::Reason;
use crate::scan::{self, CodeFacts};
use crate::schedule::{DAY, Schedule, Span, Wall, Window};
use std::sync::Arc;

/// What a terminal decides by.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What was signed about the list.
    pub manifest: &'a Manifest,
    /// The list, which [`Manifest::stands`] held against it.
    pub list: &'a List,
    /// The server's time as the terminal knows it; none: its clock cannot be trusted.
    pub now: Option<Millis>,
    /// Whether the relay can be reached.
    pub reachable: bool,
}

/// What came of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The decision with its trace.
    pub decision: Decision,
    /// The credential's name in the list, where the code told one: what is remembered for *once per terminal*.
    pub credential: Option<String>,
}

/// Decides about a scan without a network. `opened` tells whether this terminal has opened for a credential since its
/// list was made. Never grants what the server, knowing what the list knows, would refuse.
#[must_use]
pub fn judge(known: Known<'_>, code: &Code, opened: impl FnOnce(&str) -> bool) -> Judged {
    let (reason, credential) = match look_up(known, code) {
        Ok((now, credential, facts)) => {
            let once = facts.once && opened(&credential);
            let mut link = facts.link;
            if once {
                link.validity.max_uses = Some(0);
            }
            let decision = scan::decide(&facts.code, &link, &door(known, now), now);
            return Judged { decision, credential: Some(credential) };
        }
        Err(refused) => refused,
    };
    Judged { decision: scan::refuse(reason), credential }
}

struct Facts {
    code: CodeFacts,
    link: LinkFacts,
    once: bool,
}

type Refusal = (Reason, Option<String>);

fn look_up(known: Known<'_>, code: &Code) -> Result<(Millis, String, Facts), Refusal> {
    let list = known.list;
    let now = known.now.ok_or((Reason::ClockWrong, None))?;
    if now >= known.manifest.expires_at || now - known.manifest.made_at > list.door.max_age_ms {
        return Err((Reason::ListTooOld, None));
    }
    match code {
        Code::Online(online) => {
            let name = List::code_name(&online.hash());
            let entry = list.codes.get(&name).ok_or((Reason::NeedsNetwork, None))?;
            let facts = Facts { code: CodeFacts::PLAIN, link: of_entry(list, entry, now), once: entry.once };
            Ok((now, name, facts))
        }
        Code::Offline(offline) => of_offline(list, offline, now).map(|(name, facts)| (now, name, facts)),
        // Only the server holds what proves these.
        Code::Rotating(_) | Code::Partner(_) | Code::Foreign(_) => Err((Reason::NeedsNetwork, None)),
    }
}

fn of_entry(list: &List, entry: &Entry, now: Millis) -> LinkFacts {
    LinkFacts {
        windows: on(list, entry.hours.as_deref(), now),
        ..ways(list, &entry.scopes, entry.from, entry.until, now)
    }
}

fn of_offline(list: &List, code: &Offline, now: Millis) -> Result<(String, Facts), Refusal> {
    let name = List::id_name(&code.id);
    let audience: String = code.audience.iter().map(|byte| format!("{byte:02x}")).collect();
    if audience != list.audience {
        return Err((Reason::QrUnknown, None));
    }
    // A key that the list does not name may be newer than the list.
    let key = list.keys.iter().find(|key| key.id == code.key).and_then(super::Key::key);
    let key = key.ok_or((Reason::NeedsNetwork, None))?;
    if !code.verify(&key) {
        return Err((Reason::QrBadSignature, None));
    }
    if code.flags.needs_server {
        return Err((Reason::NeedsNetwork, Some(name)));
    }
    let blocked = |why| list.blocked.get(&name).is_some_and(|all| all.contains(&why));
    let (from, until) = (i64::from(code.not_before) * 1_000, i64::from(code.not_after) * 1_000);
    let mut link = ways(list, &code.scopes, from, Some(until), now);
    link.validity.revoked_at = blocked(Blocked::Revoked).then_some(now);
    link.validity.paused_at = blocked(Blocked::Paused).then_some(now);
    link.validity.max_uses = blocked(Blocked::UsedUp).then_some(0);
    let facts = CodeFacts { signed: Some(true), retired: blocked(Blocked::Retired), ..CodeFacts::PLAIN };
    Ok((name, Facts { code: facts, link, once: code.flags.once_per_terminal }))
}

/// A link that leads to the list's door by the door's own number or its groups'.
fn ways(list: &List, scopes: &[u32], from: Millis, until: Option<Millis>, now: Millis) -> LinkFacts {
    let groups = list.door.groups.iter().filter(|(scope, _)| scopes.contains(scope));
    LinkFacts {
        validity: Validity {
            valid_from: from,
            valid_until: until,
            paused_at: None,
            revoked_at: None,
            uses: 0,
            max_uses: None,
        },
        web: true,
        direct: scopes.contains(&list.door.scope),
        groups: groups.map(|(_, hours)| on(list, hours.as_deref(), now)).collect(),
        windows: None,
        cooldown_ms: 0,
        last_granted_at: None,
        free_until: None,
    }
}

fn door(known: Known<'_>, now: Millis) -> DoorFacts {
    let door = &known.list.door;
    DoorFacts {
        accepts_digital: door.accepts_digital,
        locked_down: door.locked_down,
        place_locked_down: door.place_locked_down,
        reachable: known.reachable,
        schedule: on(known.list, door.hours.as_deref(), now),
        // Read off the hours above, which are on or off as a whole.
        wall: Wall::default(),
    }
}

/// Hours as the decision takes them: the server expanded them to UTC, so that here they are on now, or off.
fn on(list: &List, hours: Option<&str>, now: Millis) -> Option<Arc<Schedule>> {
    let hours = hours?;
    let all_week = || (0..7).map(|weekday| Window { weekday, span: Span { from: 0, until: DAY } }).collect();
    let weekly = if list.on(hours, now) { all_week() } else { Vec::new() };
    Some(Arc::new(Schedule { weekly, ..Schedule::default() }))
}
