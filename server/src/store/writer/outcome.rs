//! What became of openings: each granted opening gets exactly one outcome, whoever reports it first.

use super::tap::Batch;
use super::{Admission, Tx};
use crate::error::Result;
use crate::store::audit::NewEvent;
use crate::store::connection::{AnyConnection, each};
use crate::store::prepared::among;
use crate::store::schema::commands;
use diesel::prelude::*;
use domain::Millis;
use domain::event::Outcome;
use std::collections::{BTreeMap, HashMap};

/// How an opening ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// The door said that it opened.
    Confirmed {
        /// How long that took, milliseconds.
        after_ms: i64,
    },
    /// Something between took the command for the door; nobody says whether it opened.
    Sent {
        /// How long that took, milliseconds.
        after_ms: i64,
    },
    /// The door said that it did not open; the use is given back.
    Failed {
        /// What it said.
        answer: String,
    },
    /// The door did not answer in time and may or may not have opened.
    TimedOut,
    /// The server stopped before it knew.
    Interrupted,
}

/// The outcome of an opening that was granted.
#[derive(Clone, Debug)]
pub struct OpeningOutcome {
    /// The grant.
    pub cause: String,
    /// The door.
    pub door: String,
    /// The credential that asked.
    pub credential: String,
    /// When the driver was told, if it was.
    pub dispatched_at: Option<Millis>,
    /// When this was known.
    pub at: Millis,
    /// How it ended.
    pub kind: OutcomeKind,
    /// Ids for the two events, made beforehand.
    pub events: [String; 2],
}

/// Records the batch's outcomes. One whose opening already has an outcome changes nothing.
pub(super) fn record(tx: &mut Tx<'_>, batch: &mut Batch, admissions: &[Admission]) -> Result<Vec<String>> {
    let outcomes: Vec<&OpeningOutcome> = admissions
        .iter()
        .filter_map(|admission| match admission {
            Admission::Outcome(outcome) => Some(&**outcome),
            Admission::Tap(_) => None,
        })
        .collect();
    if outcomes.is_empty() {
        return Ok(Vec::new());
    }
    let causes: Vec<&str> = outcomes.iter().map(|outcome| outcome.cause.as_str()).collect();
    let query = commands::table.filter(among(commands::event_id, &causes)).order(commands::event_id).select((
        commands::event_id,
        commands::organization_id,
        commands::took_use,
    ));
    // Locked, since another process may be declaring the same opening interrupted.
    let rows: Vec<(String, String, bool)> = match &mut *tx.connection {
        AnyConnection::Sqlite(c) => query.load(c)?,
        AnyConnection::Postgres(c) => query.for_update().load(c)?,
    };
    let mut pending: HashMap<String, (String, bool)> =
        rows.into_iter().map(|(event, organization, took_use)| (event, (organization, took_use))).collect();
    let mut late = Vec::new();
    for outcome in outcomes {
        let Some((organization, took_use)) = pending.remove(&outcome.cause) else {
            late.push(outcome.cause.clone());
            continue;
        };
        batch.outcome(outcome, took_use, tx.now);
        let event = |id: &str, at: Millis, action: &'static str, outcome_code: Outcome, detail| NewEvent {
            id: id.to_owned(),
            organization: organization.clone(),
            occurred_at: at,
            action,
            actor: "system".into(),
            credential: Some(outcome.credential.clone()),
            object: outcome.door.clone(),
            outcome: outcome_code,
            reason: None,
            cause: Some(outcome.cause.clone()),
            request: None,
            detail,
            person: None,
            link: None,
        };
        if let Some(at) = outcome.dispatched_at {
            tx.record(event(&outcome.events[0], at, "door.dispatched", Outcome::Done, BTreeMap::new()));
        }
        let (action, code, detail) = match &outcome.kind {
            OutcomeKind::Confirmed { after_ms } => {
                ("door.confirmed", Outcome::Done, BTreeMap::from([("after_ms".to_owned(), after_ms.to_string())]))
            }
            OutcomeKind::Sent { after_ms } => {
                ("door.sent", Outcome::Done, BTreeMap::from([("after_ms".to_owned(), after_ms.to_string())]))
            }
            OutcomeKind::Failed { answer } => {
                ("door.failed", Outcome::Failed, BTreeMap::from([("answer".to_owned(), answer.clone())]))
            }
            OutcomeKind::TimedOut => ("door.timed_out", Outcome::Failed, BTreeMap::new()),
            OutcomeKind::Interrupted => ("door.interrupted", Outcome::Failed, BTreeMap::new()),
        };
        tx.record(event(&outcome.events[1], outcome.at, action, code, detail));
    }
    let connection = &mut *tx.connection;
    each!(connection => diesel::delete(commands::table.filter(among(commands::event_id, &causes))).execute(connection))?;
    Ok(late)
}
