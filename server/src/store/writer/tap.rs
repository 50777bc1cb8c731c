//! Taps, decided as a batch: the facts of all of them in a few queries, then one decision after the other in memory,
//! so that a use limit holds within the batch too.

use super::{Admission, Answer, OpeningOutcome, OutcomeKind, Reachable, Tx};
use crate::error::Result;
use crate::store::audit::NewEvent;
use crate::store::connection::{AnyConnection, each};
use crate::store::door::DoorRow;
use crate::store::facts::{self, Asked, AtDoor, Facts, Pair};
use crate::store::prepared::{among, pairs};
use crate::store::schema::{commands, events, links};
use diesel::prelude::*;
use domain::Millis;
use domain::decide::{self, Asker, Decision};
use domain::event::{Outcome, Person};
use domain::id::Kind;
use domain::link::Validity;
use std::collections::{BTreeMap, HashMap, HashSet};

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

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = links)]
pub(super) struct LinkRow {
    pub(super) id: String,
    organization_id: String,
    name: String,
    email: String,
    valid_from: i64,
    valid_until: Option<i64>,
    max_uses: Option<i64>,
    pub(super) uses: i64,
    cooldown_ms: i64,
    paused_at: Option<i64>,
    revoked_at: Option<i64>,
    secret_version: i64,
    pub(super) arrived_at: Option<i64>,
    pub(super) last_used_at: Option<i64>,
}

/// The facts of a batch, and what deciding changed.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) links: HashMap<String, LinkRow>,
    pub(super) counted: HashSet<String>,
    facts: Facts,
    pub(super) states: HashMap<Pair, AtDoor>,
    answered: HashMap<Pair, String>,
    reachable: HashMap<String, bool>,
    pub(super) commands: Vec<CommandRow>,
}

#[derive(Insertable, Debug)]
#[diesel(table_name = commands)]
pub(super) struct CommandRow {
    event_id: String,
    organization_id: String,
    door_id: String,
    credential: String,
    took_use: bool,
    deadline_at: i64,
}

impl Batch {
    /// Loads what the admissions need. Link rows are locked in the order of their ids.
    pub(super) fn load(tx: &mut Tx<'_>, admissions: &[Admission], reachable: &Reachable) -> Result<Self> {
        let mut batch = Self::default();
        let (mut links_asked, mut doors_asked) = (HashSet::new(), HashSet::new());
        let (mut at, mut requests) = (HashSet::new(), HashSet::new());
        for admission in admissions {
            let (credential, door) = match admission {
                Admission::Tap(tap) => {
                    doors_asked.insert(tap.door.as_str());
                    requests.insert((tap.request.as_str(), tap.credential.id()));
                    (tap.credential.id(), tap.door.as_str())
                }
                Admission::Outcome(outcome) => (outcome.credential.as_str(), outcome.door.as_str()),
            };
            if Kind::Link.owns(credential) {
                links_asked.insert(credential);
                at.insert((credential, door));
            }
        }
        let connection = &mut *tx.connection;
        let (asked, requests) =
            (Asked { doors: list(doors_asked), links: list(links_asked), pairs: list(at) }, list(requests));
        if !asked.links.is_empty() {
            let query = links::table.filter(among(links::id, &asked.links)).order(links::id);
            let rows: Vec<LinkRow> = match connection {
                AnyConnection::Sqlite(c) => query.select(LinkRow::as_select()).load(c)?,
                AnyConnection::Postgres(c) => query.select(LinkRow::as_select()).for_update().load(c)?,
            };
            batch.links = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
            batch.states = facts::at_doors(connection, &asked.pairs)?;
        }
        if !requests.is_empty() {
            batch.facts = Facts::load(connection, &asked, tx.now)?;
            let doors = batch.facts.doors.iter();
            batch.reachable = doors.map(|(id, door)| (id.clone(), reachable(&door.row))).collect();
            let rows: Vec<(Option<String>, Option<String>, String)> = each!(connection => events::table
                .filter(pairs((events::request, events::credential), &requests))
                .filter(events::request.is_not_null())
                .select((events::credential, events::request, events::id))
                .load(connection))?;
            batch.answered =
                rows.into_iter().filter_map(|(credential, request, id)| Some(((credential?, request?), id))).collect();
        }
        Ok(batch)
    }

    /// Decides the taps one after the other. Outcomes are answered as first here and corrected when they are recorded.
    pub(super) fn decide(mut self, tx: &mut Tx<'_>, admissions: &[Admission]) -> (Vec<Result<Answer>>, Self) {
        let answers = admissions
            .iter()
            .map(|admission| match admission {
                Admission::Tap(tap) => Ok(Answer::Tap(self.tap(tx, tap))),
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
                person.facts.insert("name".into(), link.name.clone());
                if !link.email.is_empty() {
                    person.facts.insert("email".into(), link.email.clone());
                }
                let state = self.states.get(&at_door).copied().unwrap_or_default();
                let of_link = self.facts.link(&at_door, validity(link), link.cooldown_ms, state);
                decide::decide(Asker::Link(&of_link), &facts, tx.now)
            }
        };
        let mut uses_left = None;
        if let Some(link) = self.links.get_mut(tap.credential.id()) {
            if decision.granted() {
                link.uses += i64::from(decision.takes_use);
                link.last_used_at = Some(tx.now);
                self.counted.insert(link.id.clone());
                if link.cooldown_ms > 0 || !decision.takes_use {
                    let state = self.states.entry(at_door).or_default();
                    state.last_granted_at = Some(tx.now);
                    state.trying |= !decision.takes_use;
                    state.changed = true;
                }
            }
            uses_left = link.max_uses.map(|max| (max - link.uses).max(0));
        }
        if decision.granted() {
            self.commands.push(CommandRow {
                event_id: tap.event.clone(),
                organization_id: door.organization_id.clone(),
                door_id: tap.door.clone(),
                credential: tap.credential.id().to_owned(),
                took_use: decision.takes_use,
                deadline_at: tap.deadline,
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
        });
        self.answered.insert(key, tap.event.clone());
        TapAnswer::Decided { decision, door: Box::new(door), uses_left }
    }

    /// Applies what an opening's outcome changes: a use given back, a free second try.
    pub(super) fn outcome(&mut self, outcome: &OpeningOutcome, took_use: bool, now: Millis) {
        let Some(link) = self.links.get_mut(&outcome.credential) else {
            return;
        };
        let state = self.states.entry((outcome.credential.clone(), outcome.door.clone())).or_default();
        match outcome.kind {
            // Whoever is told that the command went out stands at the door, too.
            OutcomeKind::Confirmed { .. } | OutcomeKind::Sent { .. } => {
                if link.arrived_at.is_none() {
                    link.arrived_at = Some(now);
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
    }
}

/// How long a second try is free after a door did not answer, milliseconds.
const FREE_TRY_MS: i64 = 60_000;

fn validity(link: &LinkRow) -> Validity {
    Validity {
        valid_from: link.valid_from,
        valid_until: link.valid_until,
        paused_at: link.paused_at,
        revoked_at: link.revoked_at,
        uses: link.uses,
        max_uses: link.max_uses,
    }
}

fn list<T>(set: HashSet<T>) -> Vec<T> {
    set.into_iter().collect()
}
