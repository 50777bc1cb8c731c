//! What retention and erasure find and take away.

mod admins;

pub use admins::{admin, admins_who_left, empty_admin};

use super::connection::AnyConnection;
use super::event::Is;
use super::link::{LinkRow, words};
use super::schema::{event_people, events, invitations, links, messages, organizations};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::Millis;
use domain::id::Kind;

/// Why an admin is not erased yet.
pub const STILL_IN: &str = "Remove this admin first. Who may still sign in is not erased.";

/// What stands where a name was.
pub const ERASED: &str = "Erased";

/// How many events happened before a moment; none for no moment.
///
/// # Errors
/// Those of the database.
pub fn count_events(c: &mut AnyConnection, organization: &str, before: Option<Millis>) -> Result<i64> {
    let Some(before) = before else { return Ok(0) };
    Ok(events::table
        .filter(events::organization_id.eq(organization))
        .filter(events::occurred_at.lt(before))
        .count()
        .get_result(c)?)
}

/// Ids begin with their time: every event that was made before a moment has a lesser one.
fn first_id(at: Millis) -> String {
    Kind::Event.make(at, [0; 10])
}

/// How many events that happened before a moment have people beside them.
///
/// # Errors
/// Those of the database.
pub fn count_people(c: &mut AnyConnection, organization: &str, before: Option<Millis>) -> Result<i64> {
    let Some(before) = before else { return Ok(0) };
    Ok(event_people::table
        .inner_join(events::table)
        .filter(event_people::event_id.lt(first_id(before)))
        .filter(events::organization_id.eq(organization))
        .count()
        .get_result(c)?)
}

/// Events that happened before a moment and have people beside them, at most so many.
///
/// # Errors
/// Those of the database.
pub fn people(c: &mut AnyConnection, organization: &str, before: Millis, most: i64) -> Result<Vec<String>> {
    Ok(event_people::table
        .inner_join(events::table)
        .filter(event_people::event_id.lt(first_id(before)))
        .filter(events::organization_id.eq(organization))
        .order(event_people::event_id)
        .limit(most)
        .select(event_people::event_id)
        .load(c)?)
}

/// People beside the events of a link, of what an admin did, or of what was done to something; at most so many.
///
/// # Errors
/// Those of the database.
pub fn people_of(c: &mut AnyConnection, organization: &str, is: &Is, most: i64) -> Result<Vec<String>> {
    let query = event_people::table
        .inner_join(events::table)
        .filter(events::organization_id.eq(organization))
        .limit(most)
        .select(event_people::event_id)
        .into_boxed();
    let query = match is {
        Is::Link(id) => query.filter(events::link_id.eq(id)),
        // As the index has it.
        Is::Actor(id) => {
            query.filter(events::actor.eq(id)).filter(sql::<Bool>("actor <> 'visitor' AND actor <> 'system'"))
        }
        Is::Object(id) => query.filter(events::object.eq(id)),
        _ => return Ok(Vec::new()),
    };
    Ok(query.load(c)?)
}

/// Deletes people beside events. Says how many there were.
///
/// # Errors
/// Those of the database.
pub fn delete_people(tx: &mut Tx<'_>, ids: &[String]) -> Result<usize> {
    let gone = event_people::table.filter(event_people::event_id.eq_any(ids));
    Ok(diesel::delete(gone).execute(tx.connection)?)
}

/// The oldest events as long as they happened before a moment: the last of them, its hash, and how many.
///
/// # Errors
/// Those of the database.
pub fn oldest(
    c: &mut AnyConnection,
    organization: &str,
    before: Millis,
    most: i64,
) -> Result<Option<(i64, String, usize)>> {
    let rows: Vec<(i64, String, i64)> = events::table
        .filter(events::organization_id.eq(organization))
        .order(events::sequence)
        .limit(most)
        .select((events::sequence, events::hash, events::occurred_at))
        .load(c)?;
    let old: Vec<_> = rows.into_iter().take_while(|(_, _, at)| *at < before).collect();
    let count = old.len();
    Ok(old.into_iter().next_back().map(|(sequence, hash, _)| (sequence, hash, count)))
}

/// Deletes events up to a place in the log, with the people beside them. The database refuses it before the beginning
/// is signed.
///
/// # Errors
/// Those of the database.
pub fn delete_through(tx: &mut Tx<'_>, organization: &str, sequence: i64) -> Result<()> {
    let ids: Vec<String> = events::table
        .filter(events::organization_id.eq(organization))
        .filter(events::sequence.le(sequence))
        .select(events::id)
        .load(tx.connection)?;
    delete_people(tx, &ids)?;
    let old = events::table.filter(events::organization_id.eq(organization)).filter(events::sequence.le(sequence));
    diesel::delete(old).execute(tx.connection)?;
    Ok(())
}

macro_rules! ended {
    ($organization:expr, $before:expr) => {
        links::table.filter(links::organization_id.eq($organization)).filter(links::erased_at.is_null()).filter(
            links::valid_until.lt($before).assume_not_null().or(links::revoked_at.lt($before).assume_not_null()),
        )
    };
}

/// Links that ended before a moment and still tell of a person.
///
/// # Errors
/// Those of the database.
pub fn ended_links(c: &mut AnyConnection, organization: &str, before: Millis, most: i64) -> Result<Vec<String>> {
    Ok(ended!(organization, before).order(links::id).limit(most).select(links::id).load(c)?)
}

/// How many such links there are; none for no moment.
///
/// # Errors
/// Those of the database.
pub fn count_links(c: &mut AnyConnection, organization: &str, before: Option<Millis>) -> Result<i64> {
    let Some(before) = before else { return Ok(0) };
    Ok(ended!(organization, before).count().get_result(c)?)
}

/// Whether whatever told of a link's person is gone.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn is_erased(c: &mut AnyConnection, id: &str) -> Result<bool> {
    let at: Option<Millis> = links::table.find(id).select(links::erased_at).first(c)?;
    Ok(at.is_some())
}

/// Empties whatever tells of a link's person, ends it if it has not ended, and says what messages it had.
///
/// # Errors
/// Those of the database.
pub fn empty_link(tx: &mut Tx<'_>, id: &str, revoked_at: Option<Millis>) -> Result<Vec<String>> {
    diesel::update(links::table.find(id))
        .set((
            (
                links::name.eq(ERASED),
                links::name_key.eq(ERASED.to_lowercase()),
                links::email.eq(""),
                links::phone.eq(""),
            ),
            (links::company.eq(""), links::host_name.eq(""), links::host_contact.eq(""), links::note.eq("")),
            (links::external_id.eq(""), links::notify_host.eq(false)),
            (links::revoked_at.eq(revoked_at), links::erased_at.eq(tx.now), links::version.eq(links::version + 1)),
        ))
        .execute(tx.connection)?;
    let row = links::table.find(id).select(LinkRow::as_select()).first(tx.connection)?;
    words::replace(tx, &row)?;
    let sent: Vec<String> =
        messages::table.filter(messages::link_id.eq(id)).select(messages::id).load(tx.connection)?;
    empty_messages(tx, &sent)?;
    Ok(sent)
}

/// Empties whatever messages tell of their recipients.
///
/// # Errors
/// Those of the database.
pub fn empty_messages(tx: &mut Tx<'_>, ids: &[String]) -> Result<()> {
    let these = || messages::table.filter(messages::id.eq_any(ids));
    diesel::update(these()).set((messages::recipient.eq(""), messages::server_reply.eq(""))).execute(tx.connection)?;
    // What waits to be sent has nobody to go to any more.
    diesel::update(these().filter(messages::state.eq("waiting")))
        .set(messages::state.eq("failed"))
        .execute(tx.connection)?;
    Ok(())
}

/// Empties whatever invitations tell of those who were invited. Nobody joins by one of them any more.
///
/// # Errors
/// Those of the database.
pub fn empty_invitations(tx: &mut Tx<'_>, ids: &[String]) -> Result<()> {
    let these = || invitations::table.filter(invitations::id.eq_any(ids));
    diesel::update(these()).set((invitations::name.eq(ERASED), invitations::email.eq(""))).execute(tx.connection)?;
    let open = these().filter(invitations::used_at.is_null()).filter(invitations::withdrawn_at.is_null());
    diesel::update(open).set(invitations::withdrawn_at.eq(tx.now)).execute(tx.connection)?;
    Ok(())
}

/// Invitations that ended before a moment and still name somebody, at most so many.
///
/// # Errors
/// Those of the database.
pub fn ended_invitations(c: &mut AnyConnection, organization: &str, before: Millis, most: i64) -> Result<Vec<String>> {
    Ok(invitations::table
        .filter(invitations::organization_id.eq(organization))
        .filter(invitations::expires_at.lt(before))
        .filter(invitations::email.ne(""))
        .order(invitations::id)
        .limit(most)
        .select(invitations::id)
        .load(c)?)
}

/// Messages about no link that came to their end before a moment and still name somebody, at most so many.
///
/// # Errors
/// Those of the database.
pub fn old_messages(c: &mut AnyConnection, organization: &str, before: Millis, most: i64) -> Result<Vec<String>> {
    Ok(messages::table
        .filter(messages::organization_id.eq(organization))
        .filter(messages::link_id.is_null())
        .filter(messages::recipient.ne(""))
        .filter(messages::updated_at.lt(before))
        .filter(messages::state.ne_all(["waiting", "sending"]))
        .order(messages::id)
        .limit(most)
        .select(messages::id)
        .load(c)?)
}

/// Sets how long things are kept, if nobody else changed the organization since `version`.
///
/// # Errors
/// `Stale`; those of the database.
pub fn set(
    tx: &mut Tx<'_>,
    organization: &str,
    version: i64,
    event_days: Option<i64>,
    person_days: Option<i64>,
) -> Result<()> {
    let target = organizations::table.find(organization).filter(organizations::version.eq(version));
    let changed = diesel::update(target)
        .set((
            organizations::event_retention_days.eq(event_days),
            organizations::person_retention_days.eq(person_days),
            organizations::version.eq(version + 1),
        ))
        .execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}
