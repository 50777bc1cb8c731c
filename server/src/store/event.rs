//! Reads the audit log.

mod search;

pub use search::{Filter, Hour, Is, Page, beside, hours, in_order, list, page, span, stretch};

use super::connection::AnyConnection;
use super::schema::{audit_heads, beginnings, checkpoints, commands, event_people, events, links};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use domain::Millis;
use domain::chain::Entry;
use domain::event::{Event, Outcome, Person};
use std::collections::{BTreeMap, HashMap};

/// An event as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    /// `event_…`.
    pub id: String,
    /// Whose log.
    pub organization_id: String,
    /// Its place in the log.
    pub sequence: i64,
    /// Unix milliseconds.
    pub occurred_at: i64,
    /// Unix milliseconds.
    pub recorded_at: i64,
    /// What was done.
    pub action: String,
    /// Who did it.
    pub actor: String,
    /// With what.
    pub credential: Option<String>,
    /// To what.
    pub object: String,
    /// How it came out.
    pub outcome: String,
    /// Why.
    pub reason: Option<String>,
    /// What it follows from.
    pub cause: Option<String>,
    /// The request's id.
    pub request: Option<String>,
    /// JSON.
    pub detail: String,
    /// Salted hash of the side row.
    pub person_hash: Option<String>,
    /// Of this event.
    pub hash: String,
    /// The door it is about.
    pub door_id: Option<String>,
    /// The link it is about.
    pub link_id: Option<String>,
}

impl EventRow {
    /// More, by name.
    #[must_use]
    pub fn details(&self) -> BTreeMap<String, String> {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }
}

impl TryFrom<EventRow> for Event {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self> {
        Ok(Self {
            detail: serde_json::from_str(&row.detail)
                .map_err(|_| Error::Unavailable(format!("event {} holds no JSON", row.id)))?,
            outcome: Outcome::from_code(&row.outcome)
                .ok_or_else(|| Error::Unavailable(format!("event {} has no outcome", row.id)))?,
            action: row.action,
            actor: row.actor,
            cause: row.cause,
            credential: row.credential,
            id: row.id,
            object: row.object,
            occurred_at: row.occurred_at,
            organization: row.organization_id,
            person: row.person_hash,
            reason: row.reason,
            recorded_at: row.recorded_at,
            request: row.request,
            sequence: row.sequence,
        })
    }
}

/// One event of an organization.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<EventRow> {
    Ok(events::table
        .find(id)
        .filter(events::organization_id.eq(organization))
        .select(EventRow::as_select())
        .first(c)?)
}

/// An event and what followed from it, with the openings that its link has left, when they are counted.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn story(c: &mut AnyConnection, id: &str) -> Result<(Vec<EventRow>, Option<i64>)> {
    let first: EventRow = events::table.find(id).select(EventRow::as_select()).first(c)?;
    let counts: Option<(i64, Option<i64>)> = match &first.link_id {
        Some(link) => links::table.find(link).select((links::uses, links::max_uses)).first(c).optional()?,
        None => None,
    };
    let mut rows = following(c, id)?;
    rows.insert(0, first);
    Ok((rows, counts.and_then(|(uses, max)| max.map(|max| (max - uses).max(0)))))
}

/// What follows from an event, in order.
///
/// # Errors
/// Those of the database.
pub fn following(c: &mut AnyConnection, id: &str) -> Result<Vec<EventRow>> {
    Ok(events::table.filter(events::cause.eq(id)).order(events::sequence).select(EventRow::as_select()).load(c)?)
}

/// The hash that stands before a place in the log: of the event before it, or of a signed beginning; none when neither
/// is there.
///
/// # Errors
/// Those of the database.
pub fn hash_before(c: &mut AnyConnection, organization: &str, sequence: i64) -> Result<Option<String>> {
    if sequence <= 1 {
        return Ok(Some(domain::chain::hex(&domain::chain::GENESIS)));
    }
    let of_event = events::table
        .filter(events::organization_id.eq(organization))
        .filter(events::sequence.eq(sequence - 1))
        .select(events::hash)
        .first(c)
        .optional()?;
    match of_event {
        Some(hash) => Ok(Some(hash)),
        None => {
            Ok(beginnings::table.find((organization, sequence - 1)).select(beginnings::hash).first(c).optional()?)
        }
    }
}

/// The last place in an organization's log, with its hash.
///
/// # Errors
/// Those of the database.
pub fn head(c: &mut AnyConnection, organization: &str) -> Result<(i64, String)> {
    Ok(audit_heads::table.find(organization).select((audit_heads::sequence, audit_heads::hash)).first(c)?)
}

/// The side rows of events, while they are kept.
///
/// # Errors
/// Those of the database.
pub fn people(c: &mut AnyConnection, ids: &[String]) -> Result<HashMap<String, Person>> {
    let rows: Vec<(String, String, String)> = event_people::table.filter(event_people::event_id.eq_any(ids)).load(c)?;
    Ok(rows
        .into_iter()
        .map(|(id, salt, facts)| (id, Person { facts: serde_json::from_str(&facts).unwrap_or_default(), salt }))
        .collect())
}

/// Entries after a place in the log as they are exported and verified.
///
/// # Errors
/// Those of the database.
pub fn entries(c: &mut AnyConnection, organization: &str, sequence: i64, most: i64) -> Result<Vec<Entry>> {
    let rows = in_order(c, organization, &Filter::default(), sequence, most)?;
    with_people(c, rows)
}

/// Events with the people beside them, while they are kept.
///
/// # Errors
/// Those of the database.
pub fn with_people(c: &mut AnyConnection, rows: Vec<EventRow>) -> Result<Vec<Entry>> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut people = people(c, &ids)?;
    rows.into_iter()
        .map(|row| {
            let hash = row.hash.clone();
            let person = people.remove(&row.id);
            Ok(Entry { event: row.try_into()?, hash, person })
        })
        .collect()
}

/// An opening whose outcome is not known.
#[derive(Clone, Debug, Queryable)]
pub struct PendingOpening {
    /// The grant.
    pub event_id: String,
    /// The door.
    pub door_id: String,
    /// The credential.
    pub credential: String,
}

/// Openings whose deadline passed before a moment and that still have no outcome.
///
/// # Errors
/// Those of the database.
pub fn overdue(c: &mut AnyConnection, before: Millis, most: i64) -> Result<Vec<PendingOpening>> {
    Ok(commands::table
        .filter(commands::deadline_at.lt(before))
        .order(commands::deadline_at)
        .limit(most)
        .select((commands::event_id, commands::door_id, commands::credential))
        .load(c)?)
}

/// Stores a signed checkpoint.
///
/// # Errors
/// Those of the database.
pub fn put_checkpoint(tx: &mut Tx<'_>, checkpoint: &domain::chain::Checkpoint, signature: &str) -> Result<()> {
    diesel::insert_into(checkpoints::table)
        .values((
            checkpoints::organization_id.eq(&checkpoint.organization),
            checkpoints::sequence.eq(checkpoint.sequence),
            checkpoints::hash.eq(&checkpoint.hash),
            checkpoints::made_at.eq(checkpoint.at),
            checkpoints::signature.eq(signature),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// An organization's checkpoints with their signatures, in order.
///
/// # Errors
/// Those of the database.
pub fn checkpoints(c: &mut AnyConnection, organization: &str) -> Result<Vec<(domain::chain::Checkpoint, String)>> {
    let rows: Vec<(String, i64, String, i64, String)> = checkpoints::table
        .filter(checkpoints::organization_id.eq(organization))
        .order(checkpoints::sequence)
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(organization, sequence, hash, at, signature)| {
            (domain::chain::Checkpoint { at, hash, organization, sequence }, signature)
        })
        .collect())
}

/// Stores a signed beginning; events up to it may go then.
///
/// # Errors
/// Those of the database.
pub fn put_beginning(tx: &mut Tx<'_>, start: &domain::chain::Start, signature: &str) -> Result<()> {
    diesel::insert_into(beginnings::table)
        .values((
            beginnings::organization_id.eq(&start.organization),
            beginnings::sequence.eq(start.sequence),
            beginnings::hash.eq(&start.hash),
            beginnings::made_at.eq(start.at),
            beginnings::signature.eq(signature),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Where an organization's log begins since its older events were pruned, each time anew, in order, with signatures.
///
/// # Errors
/// Those of the database.
pub fn beginnings(c: &mut AnyConnection, organization: &str) -> Result<Vec<(domain::chain::Start, String)>> {
    let rows: Vec<(String, i64, String, i64, String)> =
        beginnings::table.filter(beginnings::organization_id.eq(organization)).order(beginnings::sequence).load(c)?;
    let kind = domain::chain::StartKind::Pruned;
    Ok(rows
        .into_iter()
        .map(|(organization, sequence, hash, at, signature)| {
            (domain::chain::Start { at, hash, kind, organization, sequence }, signature)
        })
        .collect())
}
