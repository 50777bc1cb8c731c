//! Signed-in sessions, by the hash of their id: whoever reads the database cannot become anybody.

use super::connection::AnyConnection;
use super::schema::{admins, organizations, sessions};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use domain::Millis;

/// A session.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    /// SHA-256 of the cookie's value, hexadecimal.
    pub id_hash: String,
    /// What lists and forms call it.
    pub public_id: String,
    /// Who is signed in.
    pub admin_id: Option<String>,
    /// What tower-sessions keeps.
    pub data: String,
    /// Network prefix of the client.
    pub address_prefix: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Written at most once a minute.
    pub last_seen_at: i64,
    /// The absolute end.
    pub expires_at: i64,
}

/// Stores a new session.
///
/// # Errors
/// Those of the database; a collision is one, never a takeover.
pub fn insert(tx: &mut Tx<'_>, row: &SessionRow) -> Result<()> {
    diesel::insert_into(sessions::table).values(row).execute(tx.connection)?;
    Ok(())
}

/// Replaces what a session holds. Never brings an ended one back.
///
/// # Errors
/// `NotFound` when it has ended meanwhile.
pub fn update(tx: &mut Tx<'_>, id_hash: &str, data: &str, admin: Option<&str>) -> Result<()> {
    let updated = diesel::update(sessions::table.find(id_hash))
        .set((sessions::data.eq(data), sessions::admin_id.eq(admin)))
        .execute(tx.connection)?;
    if updated == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// A session that has neither ended nor idled away: as the server is set, and sooner where its admin's organization
/// says so now.
///
/// # Errors
/// Those of the database.
pub fn find(c: &mut AnyConnection, id_hash: &str, now: Millis, idle_ms: i64) -> Result<Option<SessionRow>> {
    let row: Option<SessionRow> = sessions::table
        .find(id_hash)
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now - idle_ms))
        .select(SessionRow::as_select())
        .first(c)
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let Some(admin) = &row.admin_id else {
        return Ok(Some(row));
    };
    let limits: Option<(Option<i64>, Option<i64>)> = admins::table
        .inner_join(organizations::table)
        .filter(admins::id.eq(admin))
        .select((organizations::session_idle_minutes, organizations::session_hours))
        .first(c)
        .optional()?;
    let (idle, hours) = limits.unwrap_or_default();
    let idled = idle.is_some_and(|minutes| row.last_seen_at <= now - minutes * 60_000);
    let over = hours.is_some_and(|hours| row.created_at <= now - hours * 3_600_000);
    Ok(Some(row).filter(|_| !idled && !over))
}

/// Notes that a session is in use.
///
/// # Errors
/// Those of the database.
pub fn touch(tx: &mut Tx<'_>, id_hash: &str) -> Result<()> {
    diesel::update(sessions::table.find(id_hash)).set(sessions::last_seen_at.eq(tx.now)).execute(tx.connection)?;
    Ok(())
}

/// Notes where a session is used from.
///
/// # Errors
/// Those of the database.
pub fn describe(tx: &mut Tx<'_>, id_hash: &str, address_prefix: &str, user_agent: &str) -> Result<()> {
    diesel::update(sessions::table.find(id_hash))
        .set((sessions::address_prefix.eq(address_prefix), sessions::user_agent.eq(user_agent)))
        .execute(tx.connection)?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// Those of the database.
pub fn end(tx: &mut Tx<'_>, id_hash: &str) -> Result<()> {
    diesel::delete(sessions::table.find(id_hash)).execute(tx.connection)?;
    Ok(())
}

/// An admin's live sessions, last used first.
///
/// # Errors
/// Those of the database.
pub fn of_admin(c: &mut AnyConnection, admin: &str, now: Millis, idle_ms: i64) -> Result<Vec<SessionRow>> {
    Ok(sessions::table
        .filter(sessions::admin_id.eq(admin))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now - idle_ms))
        .order(sessions::last_seen_at.desc())
        .select(SessionRow::as_select())
        .load(c)?)
}

/// Ends one of an admin's sessions by its public id.
///
/// # Errors
/// `NotFound` when there is none such.
pub fn end_of_admin(tx: &mut Tx<'_>, admin: &str, public_id: &str) -> Result<()> {
    let query = sessions::table.filter(sessions::admin_id.eq(admin)).filter(sessions::public_id.eq(public_id));
    if diesel::delete(query).execute(tx.connection)? == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends all of an admin's sessions but the one in use.
///
/// # Errors
/// Those of the database.
pub fn end_others(tx: &mut Tx<'_>, admin: &str, keep: &str) -> Result<usize> {
    let query = sessions::table.filter(sessions::admin_id.eq(admin)).filter(sessions::id_hash.ne(keep));
    Ok(diesel::delete(query).execute(tx.connection)?)
}

/// Ends every session of an admin.
///
/// # Errors
/// Those of the database.
pub fn end_all(tx: &mut Tx<'_>, admin: &str) -> Result<usize> {
    Ok(diesel::delete(sessions::table.filter(sessions::admin_id.eq(admin))).execute(tx.connection)?)
}

/// Removes sessions that are over, at most so many. Says how many went.
///
/// # Errors
/// Those of the database.
pub fn sweep(tx: &mut Tx<'_>, idle_ms: i64, most: i64) -> Result<i64> {
    let over = sessions::expires_at.le(tx.now).or(sessions::last_seen_at.le(tx.now - idle_ms));
    let ids: Vec<String> = sessions::table.filter(over).select(sessions::id_hash).limit(most).load(tx.connection)?;
    let gone = diesel::delete(sessions::table.filter(sessions::id_hash.eq_any(ids))).execute(tx.connection)?;
    Ok(i64::try_from(gone).unwrap_or(most))
}
