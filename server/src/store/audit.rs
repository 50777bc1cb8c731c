//! Writes the audit log: events are buffered through a transaction and chained at its end.

use super::connection::AnyConnection;
use super::prepared::among;
use super::rows::{self, row};
use super::schema::audit_heads;
use super::statement::Statement;
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use domain::Millis;
use domain::chain::{self, Hash};
use domain::event::{Event, Outcome, Person};
use std::collections::BTreeMap;

/// An event that has no place in the chain yet.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Its id, made beforehand so that others can refer to it.
    pub id: String,
    /// Whose log.
    pub organization: String,
    /// When it happened.
    pub occurred_at: Millis,
    /// What was done.
    pub action: &'static str,
    /// Who did it.
    pub actor: String,
    /// With which credential.
    pub credential: Option<String>,
    /// To what.
    pub object: String,
    /// How it came out.
    pub outcome: Outcome,
    /// Why.
    pub reason: Option<&'static str>,
    /// What it follows from.
    pub cause: Option<String>,
    /// The request's id.
    pub request: Option<String>,
    /// More, never personal.
    pub detail: BTreeMap<String, String>,
    /// Personal data, kept beside the chain.
    pub person: Option<Person>,
    /// The link it is about, for the link's page, when neither credential nor object says so.
    pub link: Option<String>,
    /// Whether terminals' lists may differ after it although it is only about an opening: a link was used up, or is no
    /// longer.
    pub lists: bool,
}

/// What openings are made of; after anything else terminals' lists may differ.
const OPENINGS: [&str; 7] = [
    "door.unlock",
    "door.dispatched",
    "door.confirmed",
    "door.sent",
    "door.failed",
    "door.timed_out",
    "door.interrupted",
];

/// Where a log ends.
struct Head {
    sequence: i64,
    hash: Hash,
    /// The last event after which terminals' lists may differ.
    list_revision: i64,
}

struct EventRow {
    id: String,
    organization_id: String,
    sequence: i64,
    occurred_at: i64,
    recorded_at: i64,
    action: &'static str,
    actor: String,
    credential: Option<String>,
    object: String,
    outcome: &'static str,
    reason: Option<&'static str>,
    cause: Option<String>,
    request: Option<String>,
    detail: String,
    person_hash: Option<String>,
    hash: String,
    door_id: Option<String>,
    link_id: Option<String>,
}

row!(EventRow into "events": id Text, organization_id Text, sequence BigInt, occurred_at BigInt, recorded_at BigInt,
    action Text, actor Text, credential Nullable<Text>, object Text, outcome Text, reason Nullable<Text>,
    cause Nullable<Text>, request Nullable<Text>, detail Text, person_hash Nullable<Text>, hash Text,
    door_id Nullable<Text>, link_id Nullable<Text>);

struct PersonRow {
    event_id: String,
    salt: String,
    facts: String,
}

row!(PersonRow into "event_people": event_id Text, salt Text, facts Text);

/// Chains and stores the buffered events. Must be the last thing a transaction locks:
/// every writer everywhere takes the heads last, in the order of their organizations, so that none waits in a circle.
///
/// # Errors
/// When the database refuses; then the transaction must be rolled back.
pub(crate) fn append(connection: &mut AnyConnection, new: &[NewEvent], now: Millis) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let mut organizations: Vec<&str> = new.iter().map(|event| event.organization.as_str()).collect();
    organizations.sort_unstable();
    organizations.dedup();
    let mut heads = lock_heads(connection, &organizations)?;
    let mut rows = Vec::with_capacity(new.len());
    let mut people = Vec::new();
    for event in new {
        let head = heads
            .get_mut(event.organization.as_str())
            .ok_or_else(|| Error::Unavailable(format!("no audit log for {}", event.organization)))?;
        head.sequence += 1;
        let (row, hash) = chained(event, head.sequence, &head.hash, now);
        head.hash = hash;
        if event.lists || !OPENINGS.contains(&event.action) {
            head.list_revision = head.sequence;
        }
        rows.push(row);
        if let Some(person) = &event.person {
            let facts = serde_json::to_string(&person.facts).map_err(|cause| Error::Unavailable(cause.to_string()))?;
            people.push(PersonRow { event_id: event.id.clone(), salt: person.salt.clone(), facts });
        }
    }
    let stored = rows::insert(connection, &rows.iter().collect::<Vec<_>>())
        .and_then(|()| rows::insert(connection, &people.iter().collect::<Vec<_>>()));
    stored.map_err(|cause| match cause {
        // Another process took this place in the chain, or stored the same request, since we looked.
        diesel::result::Error::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
            Error::Collision(info.message().to_owned())
        }
        other => other.into(),
    })?;
    store_heads(connection, &heads)?;
    Ok(())
}

/// Writes the end of every log as it stands: a try whether anything can be stored. There and back, since SQLite writes
/// nothing for what is the same.
///
/// # Errors
/// Those of the database.
pub(crate) fn touch(tx: &mut Tx<'_>) -> Result<()> {
    for step in [1_i64, -1] {
        let moved = audit_heads::sequence.eq(audit_heads::sequence + step);
        diesel::update(audit_heads::table).set(moved).execute(tx.connection)?;
    }
    Ok(())
}

fn store_heads(connection: &mut AnyConnection, heads: &BTreeMap<String, Head>) -> Result<()> {
    let hash = |head: &Head| chain::hex(&head.hash);
    match connection {
        AnyConnection::Sqlite(c) => {
            let row = |(organization, head): (&String, &Head)| {
                serde_json::json!([organization, head.sequence, hash(head), head.list_revision])
            };
            Statement::new(
                "UPDATE audit_heads SET sequence = d.value ->> 1, hash = d.value ->> 2, list_revision = d.value ->> 3 \
                 FROM json_each(",
                ") AS d WHERE audit_heads.organization_id = d.value ->> 0",
            )
            .with::<Text, _>(heads.iter().map(row).collect::<serde_json::Value>().to_string())
            .execute(c)?
        }
        AnyConnection::Postgres(c) => Statement::new(
            "UPDATE audit_heads SET sequence = d.sequence, hash = d.hash, list_revision = d.list_revision FROM unnest(",
            ") AS d (organization, sequence, hash, list_revision) WHERE audit_heads.organization_id = d.organization",
        )
        .with::<Array<Text>, _>(heads.keys().map(String::as_str).collect::<Vec<_>>())
        .with::<Array<BigInt>, _>(heads.values().map(|head| head.sequence).collect::<Vec<_>>())
        .with::<Array<Text>, _>(heads.values().map(hash).collect::<Vec<_>>())
        .with::<Array<BigInt>, _>(heads.values().map(|head| head.list_revision).collect::<Vec<_>>())
        .execute(c)?,
    };
    Ok(())
}

fn lock_heads(connection: &mut AnyConnection, organizations: &[&str]) -> Result<BTreeMap<String, Head>> {
    let query = audit_heads::table
        .filter(among(audit_heads::organization_id, organizations))
        .order(audit_heads::organization_id)
        .select((audit_heads::organization_id, audit_heads::sequence, audit_heads::hash, audit_heads::list_revision));
    let rows: Vec<(String, i64, String, i64)> = match connection {
        AnyConnection::Sqlite(c) => query.load(c)?,
        AnyConnection::Postgres(c) => query.for_update().load(c)?,
    };
    rows.into_iter()
        .map(|(organization, sequence, hash, list_revision)| {
            let hash = chain::unhex(&hash)
                .ok_or_else(|| Error::Unavailable(format!("the audit head of {organization} is not a hash")))?;
            Ok((organization, Head { sequence, hash, list_revision }))
        })
        .collect()
}

fn chained(new: &NewEvent, sequence: i64, head: &Hash, now: Millis) -> (EventRow, Hash) {
    let event = Event {
        action: new.action.to_owned(),
        actor: new.actor.clone(),
        cause: new.cause.clone(),
        credential: new.credential.clone(),
        detail: new.detail.clone(),
        id: new.id.clone(),
        object: new.object.clone(),
        occurred_at: new.occurred_at,
        organization: new.organization.clone(),
        outcome: new.outcome,
        person: new.person.as_ref().map(Person::hash),
        reason: new.reason.map(str::to_owned),
        recorded_at: now,
        request: new.request.clone(),
        sequence,
    };
    let hash = chain::link(head, &event);
    let starting = |prefix: &str| {
        [new.credential.as_deref(), Some(event.object.as_str())]
            .into_iter()
            .flatten()
            .find(|id| id.starts_with(prefix))
            .map(str::to_owned)
    };
    let row = EventRow {
        door_id: starting("door_"),
        link_id: starting("link_").or_else(|| new.link.clone()),
        detail: serde_json::to_string(&event.detail).unwrap_or_default(),
        hash: chain::hex(&hash),
        id: event.id,
        organization_id: event.organization,
        sequence,
        occurred_at: event.occurred_at,
        recorded_at: now,
        action: new.action,
        actor: event.actor,
        credential: event.credential,
        object: event.object,
        outcome: new.outcome.code(),
        reason: new.reason,
        cause: event.cause,
        request: event.request,
        person_hash: event.person,
    };
    (row, hash)
}
