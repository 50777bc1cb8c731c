//! Terminals' journals, merged in the batch: what the server decided gets its end, what a terminal decided by itself
//! gets its events and takes its use, and nothing of it twice.

use super::load::{Batch, CommandRow, Told};
use super::outcome::{By, Reported};
use super::{OpeningOutcome, OutcomeKind, Tx};
use crate::store::audit::NewEvent;
use crate::store::code::Shown;
use crate::store::terminal::scans::ScanRow;
use domain::Millis;
use domain::event::{Outcome, Person};
use std::collections::BTreeMap;

/// What a terminal tells at once.
#[derive(Clone, Debug)]
pub struct Entries {
    /// Whose terminal.
    pub organization: String,
    /// Which.
    pub terminal: String,
    /// Where it stands, or the list that it decided by is for.
    pub door: String,
    /// In the order of its journal.
    pub entries: Vec<Entry>,
}

/// An entry, made sense of: what nobody understands stands in `detail` in the terminal's own words.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Ids for its event and the two of its end.
    pub events: [String; 3],
    /// The terminal's own count.
    pub sequence: i64,
    /// The scan.
    pub scan: String,
    /// When, as far as that can be.
    pub at: Millis,
    /// The code, where it told one.
    pub shown: Option<Shown>,
    /// Whether it was decided by the terminal.
    pub off_line: bool,
    /// What was decided.
    pub granted: bool,
    /// Why.
    pub reason: Option<&'static str>,
    /// How it ended.
    pub said: Said,
    /// Refused by the server as one of too many: counted, and no event.
    pub unheard: bool,
    /// For its event.
    pub detail: BTreeMap<String, String>,
    /// For the side row.
    pub salt: String,
}

/// What a terminal says about its relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It opened.
    Opened,
    /// It did not, in these words.
    Failed(String),
    /// It was not asked.
    Nothing,
    /// It was asked, and nobody knows: it may have opened, or not.
    Unknown,
}

impl Batch {
    pub(super) fn journal(&mut self, tx: &mut Tx<'_>, told: &Entries) {
        for entry in &told.entries {
            self.entry(tx, told, entry);
        }
    }

    fn entry(&mut self, tx: &mut Tx<'_>, by: &Entries, entry: &Entry) {
        let known = self.scans.number(&by.terminal, entry.sequence).cloned();
        if let Some(row) = known {
            if row.reported_at.is_some() {
                return;
            }
            if row.scan == entry.scan {
                self.end(tx, by, entry, &row.event_id);
            } else {
                self.tell(tx, by, entry, Some("number_taken"), None);
            }
            self.scans.report(&by.terminal, entry.sequence, tx.now);
            return;
        }
        let taken = self.scans.scan(&by.terminal, &entry.scan).is_some();
        if !entry.unheard {
            self.tell(tx, by, entry, taken.then_some("scan_taken"), None);
        }
        self.scans.add(ScanRow {
            terminal_id: by.terminal.clone(),
            sequence: entry.sequence,
            scan: if taken { entry.events[0].clone() } else { entry.scan.clone() },
            event_id: if entry.unheard { String::new() } else { entry.events[0].clone() },
            reported_at: Some(tx.now),
        });
    }

    /// Ends the story of a scan that the server decided.
    fn end(&mut self, tx: &mut Tx<'_>, by: &Entries, entry: &Entry, event: &str) {
        let Some(Told { granted, credential, door, occurred_at, ended }) = self.told.get(event).cloned() else {
            return;
        };
        if ended {
            return;
        }
        let kind = match (granted, entry.off_line, entry.granted) {
            // The server's answer came too late, and the terminal decided otherwise.
            (false, true, true) => return self.tell(tx, by, entry, None, Some(event)),
            (true, true, false) => {
                let reason = entry.reason.unwrap_or("unknown");
                OutcomeKind::Failed { answer: format!("decided off line: {reason}") }
            }
            (true, ..) => kind(&entry.said, entry.at - occurred_at),
            (false, ..) if entry.said == Said::Opened => kind(&entry.said, 0),
            (false, ..) => return,
        };
        self.report(by, entry, (event, &door), credential.unwrap_or_default(), kind);
    }

    /// Records what only the terminal knows: an event of its own, which takes a use like any other.
    fn tell(&mut self, tx: &mut Tx<'_>, by: &Entries, entry: &Entry, fault: Option<&str>, cause: Option<&str>) {
        let code = entry.shown.as_ref().and_then(|shown| self.codes.of(shown, tx.now).ok());
        let link = code.map(|(row, _)| row.link_id.clone()).filter(|link| self.links.contains_key(link));
        let mut detail = entry.detail.clone();
        if let Some(fault) = fault {
            let others = detail.entry("fault".into()).or_default();
            *others = format!("{others} {fault}").trim().to_owned();
        }
        let mut person = Person { facts: BTreeMap::new(), salt: entry.salt.clone() };
        let mut used_up = false;
        if let Some(link) = link.as_ref().and_then(|link| self.links.get_mut(link)) {
            link.name(&mut person);
            if entry.granted {
                let before = link.is_used_up();
                if before {
                    detail.insert("over_limit".into(), "yes".into());
                }
                link.uses += 1;
                link.last_used_at = link.last_used_at.max(Some(entry.at));
                used_up = !before && link.is_used_up();
                self.counted.insert(link.id.clone());
                if link.cooldown_ms > 0 {
                    let state = self.states.entry((link.id.clone(), by.door.clone())).or_default();
                    // Journals come late: whichever of the two was first, there was no pause between them.
                    let apart = state.last_granted_at.map(|last| last.saturating_sub(entry.at).saturating_abs());
                    if apart.is_some_and(|apart| apart < link.cooldown_ms) {
                        detail.insert("too_soon".into(), "yes".into());
                    }
                    state.last_granted_at = state.last_granted_at.max(Some(entry.at));
                    state.changed = true;
                }
            }
        }
        tx.record(NewEvent {
            id: entry.events[0].clone(),
            organization: by.organization.clone(),
            occurred_at: entry.at,
            action: "door.unlock",
            actor: "visitor".into(),
            credential: link.clone(),
            object: by.door.clone(),
            outcome: if entry.granted { Outcome::Granted } else { Outcome::Denied },
            reason: entry.reason,
            cause: cause.map(str::to_owned),
            request: None,
            detail,
            person: (!person.facts.is_empty()).then_some(person),
            link: None,
            lists: used_up,
        });
        if entry.granted || entry.said != Said::Nothing {
            let credential = link.unwrap_or_default();
            self.commands.push(CommandRow {
                event_id: entry.events[0].clone(),
                organization_id: by.organization.clone(),
                door_id: by.door.clone(),
                credential: credential.clone(),
                took_use: entry.granted,
                deadline_at: entry.at,
                claimed_by: Some(by.terminal.clone()),
                claimed_at: Some(entry.at),
            });
            self.report(by, entry, (&entry.events[0], &by.door), credential, kind(&entry.said, 0));
        }
    }

    fn report(
        &mut self,
        by: &Entries,
        entry: &Entry,
        (event, door): (&str, &str),
        credential: String,
        kind: OutcomeKind,
    ) {
        let of_end = |(name, value): (&String, &String)| {
            ["terminal", "mode", "list", "note"].contains(&name.as_str()).then(|| (name.clone(), value.clone()))
        };
        self.reported.push(Reported {
            outcome: OpeningOutcome {
                cause: event.to_owned(),
                door: door.to_owned(),
                credential,
                dispatched_at: None,
                at: entry.at,
                kind,
                events: [entry.events[1].clone(), entry.events[2].clone()],
            },
            by: By {
                organization: by.organization.clone(),
                terminal: by.terminal.clone(),
                detail: entry.detail.iter().filter_map(of_end).collect(),
            },
        });
    }
}

/// What an end is called in the log.
fn kind(said: &Said, after_ms: i64) -> OutcomeKind {
    match said {
        Said::Opened => OutcomeKind::Confirmed { after_ms: after_ms.max(0) },
        Said::Failed(answer) => OutcomeKind::Failed { answer: answer.clone() },
        Said::Nothing => OutcomeKind::Interrupted,
        Said::Unknown => OutcomeKind::TimedOut,
    }
}
