//! Taps, decided as a batch: the facts of all of them in a few queries, then one decision after the other in memory,
//! so that a use limit holds within the batch too.

use super::load::{Batch, CommandRow};
use super::{Admission, Answer, OpeningOutcome, OutcomeKind, Tx};
use crate::error::Result;
use crate::store::audit::NewEvent;
use crate::store::door::DoorRow;
use crate::store::facts::Pair;
use domain::Millis;
use domain::decide::{self, Asker, Decision};
use domain::event::{Outcome, Person};
use std::collections::BTreeMap;

/// What a door is asked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An access link, in the version its holder knows.
    Link {
        /// The link.
        id: String,
        /// The version of its secret; another one opens nothing.
        secret_version: i64,
    },
    /// An admin of this organization, from the dashboard.
    Admin {
        /// The admin.
        id: String,
        /// Where they belong.
        organization: String,
    },
}

impl Credential {
    /// The id that the event names.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Link { id, .. } | Self::Admin { id, .. } => id,
        }
    }

    /// Whom the event names as having acted.
    #[must_use]
    pub fn actor(&self) -> &str {
        match self {
            Self::Link { .. } => "visitor",
            Self::Admin { id, .. } => id,
        }
    }
}

/// Somebody asks a door to open.
#[derive(Clone, Debug)]
pub struct Tap {
    /// The event this will be.
    pub event: String,
    /// With what.
    pub credential: Credential,
    /// Which door.
    pub door: String,
    /// Unique per credential; a repeat gets the stored answer.
    pub request: String,
    /// When it was asked.
    pub at: Millis,
    /// After this nothing may open any more.
    pub deadline: Millis,
    /// Who, for the side row; the link's name and address are added.
    pub person: Person,
}

/// What became of a tap.
#[derive(Clone, Debug)]
pub enum TapAnswer {
    /// Decided now.
    Decided {
        /// The decision.
        decision: Decision,
        /// The door as it was.
        door: Box<DoorRow>,
        /// Openings left, when they are counted.
        uses_left: Option<i64>,
    },
    /// Asked before under the same request id; that event has the answer.
    Repeat(String),
    /// No such link, door, or version of the secret.
    Unknown,
}

impl Batch {
    /// Decides one after the other. Outcomes are answered as first here and corrected when they are recorded.
    pub(super) fn decide(mut self, tx: &mut Tx<'_>, admissions: &[Admission]) -> (Vec<Result<Answer>>, Self) {
        let answers = admissions
            .iter()
            .map(|admission| match admission {
                Admission::Tap(tap) => Ok(Answer::Tap(self.tap(tx, tap))),
                Admission::Scan(scan) => Ok(Answer::Scan(self.scan(tx, scan))),
                Admission::Journal(entries) => {
                    self.journal(tx, entries);
                    Ok(Answer::Journal)
                }
                Admission::Outcome(_) => Ok(Answer::Outcome(true)),
            })
            .collect();
        (answers, self)
    }

    fn tap(&mut self, tx: &mut Tx<'_>, tap: &Tap) -> TapAnswer {
        let key = (tap.credential.id().to_owned(), tap.request.clone());
        if let Some(event) = self.answered.get(&key) {
            return TapAnswer::Repeat(event.clone());
        }
        let reachable = self.reachable.get(&tap.door).copied().unwrap_or(false);
        let Some((door, facts)) = self.facts.doors.get(&tap.door).zip(self.facts.door(&tap.door, reachable, tx.now))
        else {
            return TapAnswer::Unknown;
        };
        let door = door.row.clone();
        let mut person = tap.person.clone();
        let at_door = (tap.credential.id().to_owned(), tap.door.clone());
        let decision = match &tap.credential {
            Credential::Admin { organization, .. } => {
                if *organization != door.organization_id {
                    return TapAnswer::Unknown;
                }
                decide::decide(Asker::Admin, &facts, tx.now)
            }
            Credential::Link { id, secret_version } => {
                let Some(link) = self.links.get(id) else {
                    return TapAnswer::Unknown;
                };
                if link.organization_id != door.organization_id || link.secret_version != *secret_version {
                    return TapAnswer::Unknown;
                }
                link.name(&mut person);
                let state = self.states.get(&at_door).copied().unwrap_or_default();
                let of_link = self.facts.link(&at_door, link.validity(), link.cooldown_ms, state);
                decide::decide(Asker::Link(&of_link), &facts, tx.now)
            }
        };
        let taken = self.take(at_door, &decision, tx.now);
        if decision.granted() {
            self.commands.push(CommandRow {
                event_id: tap.event.clone(),
                organization_id: door.organization_id.clone(),
                door_id: tap.door.clone(),
                credential: tap.credential.id().to_owned(),
                took_use: decision.takes_use,
                deadline_at: tap.deadline,
                claimed_by: None,
                claimed_at: None,
            });
        }
        tx.record(NewEvent {
            id: tap.event.clone(),
            organization: door.organization_id.clone(),
            occurred_at: tap.at,
            action: "door.unlock",
            actor: tap.credential.actor().to_owned(),
            credential: Some(tap.credential.id().to_owned()),
            object: tap.door.clone(),
            outcome: if decision.granted() { Outcome::Granted } else { Outcome::Denied },
            reason: Some(decision.reason.code()),
            cause: None,
            request: Some(tap.request.clone()),
            detail: BTreeMap::from([("trace".to_owned(), decision.trace_text())]),
            person: Some(person),
            link: None,
            lists: taken.used_up,
        });
        self.answered.insert(key, tap.event.clone());
        TapAnswer::Decided { decision, door: Box::new(door), uses_left: taken.left }
    }

    /// Counts a decision where it is counted.
    pub(super) fn take(&mut self, at_door: Pair, decision: &Decision, now: Millis) -> Taken {
        let Some(link) = self.links.get_mut(&at_door.0) else {
            return Taken::default();
        };
        let before = link.is_used_up();
        if decision.granted() {
            link.uses += i64::from(decision.takes_use);
            link.last_used_at = Some(now);
            self.counted.insert(link.id.clone());
            if link.cooldown_ms > 0 || !decision.takes_use {
                let state = self.states.entry(at_door).or_default();
                state.last_granted_at = Some(now);
                state.trying |= !decision.takes_use;
                state.changed = true;
            }
        }
        let left = link.max_uses.map(|max| (max - link.uses).max(0));
        Taken { left, used_up: !before && link.is_used_up() }
    }

    /// Applies what an opening's outcome changes: a use given back, a free second try. Says whether a link that was used
    /// up is no longer.
    pub(super) fn outcome(&mut self, outcome: &OpeningOutcome, took_use: bool, claimed: bool, now: Millis) -> bool {
        let Some(link) = self.links.get_mut(&outcome.credential) else {
            return false;
        };
        let before = link.is_used_up();
        let state = self.states.entry((outcome.credential.clone(), outcome.door.clone())).or_default();
        match outcome.kind {
            // Whoever is told that the command went out stands at the door, too.
            OutcomeKind::Confirmed { .. } | OutcomeKind::Sent { .. } => {
                if link.arrived_at.is_none() {
                    link.arrived_at = Some(outcome.at.min(now));
                    self.counted.insert(link.id.clone());
                }
                state.changed |= state.free_until.take().is_some();
                state.trying = false;
            }
            OutcomeKind::Failed { .. } => {
                if took_use {
                    link.uses = (link.uses - 1).max(0);
                    self.counted.insert(link.id.clone());
                }
                if took_use {
                    // A cool-down after nothing opened would only annoy.
                    state.changed |= state.last_granted_at.take().is_some();
                } else {
                    state.come_back();
                }
            }
            // A terminal that was never heard again has probably opened; its journal will tell.
            OutcomeKind::Interrupted if claimed => state.come_back(),
            OutcomeKind::TimedOut | OutcomeKind::Interrupted => {
                if took_use {
                    state.free_until = Some(now + FREE_TRY_MS);
                    state.trying = false;
                    state.changed = true;
                } else {
                    state.come_back();
                }
            }
        }
        before && !link.is_used_up()
    }
}

impl Batch {
    /// Takes note of an opening of which it was not known how it ended.
    pub(super) fn told_late(&mut self, outcome: &OpeningOutcome) {
        if let (OutcomeKind::Confirmed { .. }, Some(link)) = (&outcome.kind, self.links.get_mut(&outcome.credential))
            && link.arrived_at.is_none()
        {
            link.arrived_at = Some(outcome.at);
            self.counted.insert(link.id.clone());
        }
    }
}

/// What a decision took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Taken {
    /// Openings left, when they are counted.
    pub(super) left: Option<i64>,
    /// Whether it was the last.
    pub(super) used_up: bool,
}

/// How long a second try is free after a door did not answer, milliseconds.
const FREE_TRY_MS: i64 = 60_000;
