//! What became of openings: each granted opening gets exactly one outcome, whoever reports it first.

use super::load::{Batch, CommandRow};
use super::{Admission, Tx};
use crate::error::Result;
use crate::store::audit::NewEvent;
use crate::store::connection::{AnyConnection, each};
use crate::store::prepared::among;
use crate::store::schema::commands;
use diesel::prelude::*;
use domain::Millis;
use domain::event::Outcome;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// What a terminal's journal says about an opening.
#[derive(Clone, Debug)]
pub(super) struct Reported {
    pub(super) outcome: OpeningOutcome,
    pub(super) by: By,
}

/// Whose journal, and what more it says.
#[derive(Clone, Debug)]
pub(super) struct By {
    pub(super) organization: String,
    pub(super) terminal: String,
    pub(super) detail: BTreeMap<String, String>,
}

/// An opening under way.
struct Pending {
    organization: String,
    took_use: bool,
    /// The terminal that has it in hand.
    claimed_by: Option<String>,
}

/// Records the batch's outcomes. One whose opening already has an outcome changes nothing, unless the journal of the
/// terminal that opened tells it: that is what happened, and the log says so, too.
pub(super) fn record(tx: &mut Tx<'_>, batch: &mut Batch, admissions: &[Admission]) -> Result<Vec<String>> {
    let reported = std::mem::take(&mut batch.reported);
    let of_admissions = admissions.iter().filter_map(|admission| match admission {
        Admission::Outcome(outcome) => Some((&**outcome, None)),
        Admission::Tap(_) | Admission::Scan(_) | Admission::Journal(_) => None,
    });
    let of_journals = reported.iter().map(|told| (&told.outcome, Some(&told.by)));
    let outcomes: Vec<(&OpeningOutcome, Option<&By>)> = of_admissions.chain(of_journals).collect();
    if outcomes.is_empty() {
        return Ok(Vec::new());
    }
    let causes = |of_journals: bool| -> Vec<&str> {
        outcomes
            .iter()
            .filter(|(_, by)| by.is_some() == of_journals)
            .map(|(outcome, _)| outcome.cause.as_str())
            .collect()
    };
    let (ours, told) = (causes(false), causes(true));
    let mut pending = take(tx.connection, &ours)?;
    pending.extend(look(tx.connection, &told)?);
    pending.extend(of_batch(batch, &outcomes));
    let (mut late, mut ended) = (Vec::new(), Vec::new());
    for (outcome, by) in outcomes {
        // What the server itself opens, a terminal's journal does not end.
        let theirs = |found: &Pending| by.is_some_and(|by| found.claimed_by.as_deref() != Some(by.terminal.as_str()));
        if pending.get(&outcome.cause).is_some_and(theirs) {
            continue;
        }
        let found = pending.remove(&outcome.cause);
        ended.push(outcome.cause.as_str());
        let mut lists = false;
        let claimed_by = found.as_ref().and_then(|found| found.claimed_by.clone());
        let (organization, more) = match (&found, by) {
            (Some(found), by) => {
                lists = batch.outcome(outcome, found.took_use, found.claimed_by.is_some(), tx.now);
                (found.organization.clone(), by.map(|by| by.detail.clone()))
            }
            // That nobody knows is known already.
            (None, Some(_)) if outcome.kind == OutcomeKind::Interrupted => continue,
            (None, Some(by)) => {
                batch.told_late(outcome);
                let late = BTreeMap::from([("late".to_owned(), "yes".to_owned())]);
                (by.organization.clone(), Some(by.detail.clone().into_iter().chain(late).collect()))
            }
            (None, None) => {
                late.push(outcome.cause.clone());
                continue;
            }
        };
        let event = |id: &str, at: Millis, action: &'static str, outcome_code: Outcome, detail| NewEvent {
            id: id.to_owned(),
            organization: organization.clone(),
            occurred_at: at,
            action,
            actor: "system".into(),
            credential: Some(outcome.credential.clone()).filter(|credential| !credential.is_empty()),
            object: outcome.door.clone(),
            outcome: outcome_code,
            reason: None,
            cause: Some(outcome.cause.clone()),
            request: None,
            detail,
            person: None,
            link: None,
            lists: false,
        };
        if let Some(at) = outcome.dispatched_at {
            tx.record(event(&outcome.events[0], at, "door.dispatched", Outcome::Done, BTreeMap::new()));
        }
        let (action, code, mut detail) = match &outcome.kind {
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
        if let (OutcomeKind::Interrupted, Some(terminal)) = (&outcome.kind, claimed_by) {
            detail.insert("terminal".to_owned(), terminal);
        }
        detail.extend(more.unwrap_or_default());
        let mut end = event(&outcome.events[1], outcome.at, action, code, detail);
        end.lists = lists;
        tx.record(end);
    }
    let told: Vec<&str> = told.into_iter().filter(|cause| ended.contains(cause)).collect();
    take(tx.connection, &told)?;
    // Those of this very batch that nobody ended yet are stored with it.
    batch.commands.retain(|row| !ended.contains(&row.event_id.as_str()));
    Ok(late)
}

type Row = (String, String, bool, Option<String>);

const ROW: (commands::event_id, commands::organization_id, commands::took_use, commands::claimed_by) =
    (commands::event_id, commands::organization_id, commands::took_use, commands::claimed_by);

fn stored(rows: Vec<Row>) -> HashMap<String, Pending> {
    let pending =
        |(event, organization, took_use, claimed_by): Row| (event, Pending { organization, took_use, claimed_by });
    rows.into_iter().map(pending).collect()
}

/// Ends the stored openings among these, and says which they were.
fn take(c: &mut AnyConnection, causes: &[&str]) -> Result<HashMap<String, Pending>> {
    if causes.is_empty() {
        return Ok(HashMap::new());
    }
    let under_way = || commands::table.filter(among(commands::event_id, causes));
    match c {
        // Told what it deleted, SQLite takes longer than asked twice; a server is farther away.
        AnyConnection::Sqlite(_) => {
            let found = look(c, causes)?;
            each!(c => diesel::delete(under_way()).execute(c))?;
            Ok(found)
        }
        AnyConnection::Postgres(c) => Ok(stored(diesel::delete(under_way()).returning(ROW).load(c)?)),
    }
}

/// The stored openings among these. Locked, since another process may be declaring the same opening interrupted.
fn look(c: &mut AnyConnection, causes: &[&str]) -> Result<HashMap<String, Pending>> {
    if causes.is_empty() {
        return Ok(HashMap::new());
    }
    let under_way = commands::table.filter(among(commands::event_id, causes)).order(commands::event_id).select(ROW);
    Ok(stored(match c {
        AnyConnection::Sqlite(c) => under_way.load(c)?,
        AnyConnection::Postgres(c) => under_way.for_update().load(c)?,
    }))
}

/// Those that began in this very batch.
fn of_batch(batch: &Batch, outcomes: &[(&OpeningOutcome, Option<&By>)]) -> Vec<(String, Pending)> {
    let causes: HashSet<&str> = outcomes.iter().map(|(outcome, _)| outcome.cause.as_str()).collect();
    let began = batch.commands.iter().filter(|row| causes.contains(row.event_id.as_str()));
    let pending = |row: &CommandRow| {
        let (organization, claimed_by) = (row.organization_id.clone(), row.claimed_by.clone());
        (row.event_id.clone(), Pending { organization, took_use: row.took_use, claimed_by })
    };
    began.map(pending).collect()
}
