//! Scans, decided in the batch beside taps: a link and its code share one use counter.

use super::Tx;
use super::load::{Batch, CommandRow, Told};
use crate::store::audit::NewEvent;
use crate::store::code::Shown;
use crate::store::door::DoorRow;
use crate::store::terminal::scans::ScanRow;
use domain::Millis;
use domain::decide::Decision;
use domain::event::{Outcome, Person};
use domain::reason::Reason;
use domain::scan;
use std::collections::BTreeMap;

/// Somebody shows a code to a terminal.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The event this will be.
    pub event: String,
    /// Whose terminal.
    pub organization: String,
    /// Which.
    pub terminal: String,
    /// Where it stands.
    pub door: String,
    /// New for each scan; a repeat gets the stored answer.
    pub scan: String,
    /// The terminal's own count.
    pub sequence: i64,
    /// What kind of code it looks like.
    pub kind: &'static str,
    /// What was shown, its signature looked at already; or why nothing is known of it.
    pub code: Result<Shown, Reason>,
    /// When it was asked.
    pub at: Millis,
    /// Until when its terminal must have told what became of it.
    pub deadline: Millis,
    /// Whether the terminal opens; else the server does, by the door's driver.
    pub own_relay: bool,
    /// Whether it came too late for the server to open.
    pub late: bool,
    /// What becomes of a refusal.
    pub refused: Refused,
    /// For the side row.
    pub salt: String,
}

/// What becomes of a scan that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is stored.
    Stored,
    /// There were too many, and this is the one that says so.
    Last,
    /// There were too many, and no more are stored.
    Unheard,
}

/// What became of a scan.
#[derive(Clone, Debug)]
pub enum ScanAnswer {
    /// Decided now.
    Decided {
        /// The decision.
        decision: Decision,
        /// The door as it was.
        door: Box<DoorRow>,
        /// The link that opens, of a code that proves one.
        credential: Option<String>,
    },
    /// Asked before under the same id; that event has the answer. Empty: it was refused unheard.
    Repeat(String),
    /// Refused, one of too many, and stored nowhere.
    Unheard,
    /// Another scan has this number.
    Taken,
    /// No such door.
    Unknown,
}

impl Batch {
    pub(super) fn scan(&mut self, tx: &mut Tx<'_>, asked: &Scan) -> ScanAnswer {
        if let Some(known) = self.scans.scan(&asked.terminal, &asked.scan) {
            return ScanAnswer::Repeat(known.event_id.clone());
        }
        if self.scans.number(&asked.terminal, asked.sequence).is_some() {
            return ScanAnswer::Taken;
        }
        let door = self.facts.doors.get(&asked.door).filter(|door| door.row.organization_id == asked.organization);
        let Some(door) = door.map(|door| Box::new(door.row.clone())) else {
            return ScanAnswer::Unknown;
        };
        let (mut decision, mut link) = self.judge(asked, tx.now);
        match asked.refused {
            Refused::Unheard if !decision.granted() => return ScanAnswer::Unheard,
            Refused::Last if !decision.granted() => (decision, link) = (scan::refuse(Reason::RateLimited), None),
            _ => {}
        }
        let at_door = (link.clone().unwrap_or_default(), asked.door.clone());
        let taken = self.take(at_door, &decision, tx.now);
        if let Some(credential) = link.clone().filter(|_| decision.granted()) {
            if let Ok(shown) = &asked.code {
                self.spend(shown, tx.now);
            }
            self.commands.push(CommandRow {
                event_id: asked.event.clone(),
                organization_id: asked.organization.clone(),
                door_id: asked.door.clone(),
                credential,
                took_use: decision.takes_use,
                deadline_at: asked.deadline,
                claimed_by: asked.own_relay.then(|| asked.terminal.clone()),
                claimed_at: asked.own_relay.then_some(tx.now),
            });
        }
        let mut person = Person { facts: BTreeMap::new(), salt: asked.salt.clone() };
        if let Some(link) = link.as_ref().and_then(|link| self.links.get(link)) {
            link.name(&mut person);
        }
        tx.record(NewEvent {
            id: asked.event.clone(),
            organization: asked.organization.clone(),
            occurred_at: asked.at,
            action: "door.unlock",
            actor: "visitor".into(),
            credential: link.clone(),
            object: asked.door.clone(),
            outcome: if decision.granted() { Outcome::Granted } else { Outcome::Denied },
            reason: Some(decision.reason.code()),
            cause: None,
            request: None,
            detail: BTreeMap::from([
                ("trace".to_owned(), decision.trace_text()),
                ("code".to_owned(), asked.kind.to_owned()),
                ("terminal".to_owned(), asked.terminal.clone()),
                ("mode".to_owned(), "on_line".to_owned()),
            ]),
            person: (!person.facts.is_empty()).then_some(person),
            link: None,
            lists: taken.used_up,
        });
        self.told.insert(
            asked.event.clone(),
            Told {
                granted: decision.granted(),
                credential: link.clone(),
                door: asked.door.clone(),
                occurred_at: asked.at,
                ended: false,
            },
        );
        self.scans.add(ScanRow {
            terminal_id: asked.terminal.clone(),
            sequence: asked.sequence,
            scan: asked.scan.clone(),
            event_id: asked.event.clone(),
            reported_at: None,
        });
        ScanAnswer::Decided { decision, door, credential: link }
    }

    /// A step of a rotating code opens once.
    fn spend(&mut self, shown: &Shown, now: Millis) {
        if let (Some(step), Ok((row, _))) = (shown.step, self.codes.of(shown, now)) {
            self.spent.insert(row.id.clone(), i64::from(step));
            self.codes.spend(shown);
        }
    }

    /// The decision, with the link that the code proves; none for a code that proves nothing.
    fn judge(&self, asked: &Scan, now: Millis) -> (Decision, Option<String>) {
        let shown = match &asked.code {
            Ok(shown) => shown,
            Err(reason) => return (scan::refuse(*reason), None),
        };
        let (row, code) = match self.codes.of(shown, now) {
            Ok(known) => known,
            Err(reason) => return (scan::refuse(reason), None),
        };
        if code.signed == Some(false) {
            return (scan::refuse(Reason::QrBadSignature), None);
        }
        // Whether its own relay can be reached, the terminal knows.
        let reachable = asked.own_relay || self.reachable.get(&asked.door).copied().unwrap_or(false);
        let door = self.facts.door(&asked.door, reachable, now);
        let Some((link, door)) = self.links.get(&row.link_id).zip(door) else {
            return (scan::refuse(Reason::QrUnknown), None);
        };
        let at_door = (link.id.clone(), asked.door.clone());
        let state = self.states.get(&at_door).copied().unwrap_or_default();
        let facts = self.facts.link(&at_door, link.validity(), link.cooldown_ms, state);
        let mut decision = scan::decide(&code, &facts, &door, now);
        if asked.late {
            decision = scan::too_late(decision);
        }
        (decision, Some(link.id.clone()))
    }
}
