//! What admins change about terminals, and what is heard of them: each statement touches only what it is about, since a
//! heartbeat and a revocation may come at the same moment.

use super::TerminalRow;
use crate::error::{Error, Result};
use crate::store::connection::AnyConnection;
use crate::store::schema::{codes, events, terminal_scans, terminals};
use crate::store::terminal_list;
use crate::store::writer::Tx;
use diesel::prelude::*;
use domain::Millis;

/// Changes what people say about a terminal, if nobody else has since `version`.
///
/// # Errors
/// `NotFound`, `Stale`, or those of the database.
pub fn change(tx: &mut Tx<'_>, organization: &str, id: &str, version: i64, (name, door): (&str, &str)) -> Result<()> {
    super::find(tx.connection, organization, id)?;
    let target = terminals::table.find(id).filter(terminals::version.eq(version));
    let changed = diesel::update(target)
        .set((terminals::name.eq(name), terminals::door_id.eq(door), terminals::version.eq(version + 1)))
        .execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Gives a terminal that was never paired another code.
///
/// # Errors
/// Those of the database.
pub fn set_code(tx: &mut Tx<'_>, id: &str, hash: &str, expires_at: Millis) -> Result<bool> {
    let target = terminals::table.find(id).filter(terminals::token_hash.is_null());
    let changed = diesel::update(target)
        .set((terminals::pairing_hash.eq(hash), terminals::pairing_expires_at.eq(expires_at)))
        .execute(tx.connection)?;
    Ok(changed == 1)
}

/// Gives a terminal its token, for the code that is used up by this.
///
/// # Errors
/// Those of the database.
pub fn pair(tx: &mut Tx<'_>, id: &str, code: &str, token: &str, software: &str) -> Result<bool> {
    let target = terminals::table.find(id).filter(terminals::pairing_hash.eq(code));
    let changed = diesel::update(target)
        .set((
            terminals::pairing_hash.eq(None::<String>),
            terminals::pairing_expires_at.eq(None::<i64>),
            terminals::token_hash.eq(token),
            terminals::paired_at.eq(tx.now),
            terminals::last_seen_at.eq(tx.now),
            terminals::software.eq(software),
        ))
        .execute(tx.connection)?;
    Ok(changed == 1)
}

/// Ends a terminal: it is told so at its next word. False when it was ended before.
///
/// # Errors
/// Those of the database.
pub fn revoke(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    let target = terminals::table.find(id).filter(terminals::revoked_at.is_null());
    let changed = diesel::update(target)
        .set((
            terminals::revoked_at.eq(tx.now),
            terminals::pairing_hash.eq(None::<String>),
            terminals::pairing_expires_at.eq(None::<i64>),
            terminals::version.eq(terminals::version + 1),
        ))
        .execute(tx.connection)?;
    Ok(changed == 1)
}

/// Notes that a terminal that was ended was told so: it forgets its lists, so that it opens by none of them any more.
///
/// # Errors
/// Those of the database.
pub fn told(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    let found: Option<Option<i64>> =
        terminals::table.find(id).select(terminals::revoked_at).first(tx.connection).optional()?;
    let Some(revoked_at) = found.flatten() else {
        return Ok(());
    };
    diesel::update(terminals::table.find(id))
        .set((
            // After its end, whichever process' clock said when that was.
            terminals::last_seen_at.eq(tx.now.max(revoked_at + 1)),
            terminals::list_version.eq(0),
            terminals::list_made_at.eq(None::<i64>),
            terminals::list_expires_at.eq(None::<i64>),
        ))
        .execute(tx.connection)?;
    terminal_list::forget_all(tx, id)
}

/// Takes a terminal off every list. Its row stays, so that it goes on being told that it counts no more.
///
/// # Errors
/// Those of the database.
pub fn remove(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    diesel::update(terminals::table.find(id)).set(terminals::removed_at.eq(tx.now)).execute(tx.connection)?;
    Ok(())
}

/// Stores what a heartbeat said, out of a row that was changed in memory. False when it was revoked meanwhile.
///
/// # Errors
/// Those of the database.
pub fn hear(tx: &mut Tx<'_>, row: &TerminalRow) -> Result<bool> {
    let target = terminals::table.find(&row.id).filter(terminals::revoked_at.is_null());
    let changed = diesel::update(target)
        .set((
            terminals::last_seen_at.eq(tx.now),
            terminals::software.eq(&row.software),
            terminals::relay.eq(row.relay),
            terminals::clock_offset_ms.eq(row.clock_offset_ms),
            terminals::waiting.eq(row.waiting),
            terminals::list_version.eq(row.list_version),
            terminals::list_made_at.eq(row.list_made_at),
            terminals::list_expires_at.eq(row.list_expires_at),
        ))
        .execute(tx.connection)?;
    Ok(changed == 1)
}

/// Every terminal of every organization that counts, has a relay and was heard since: its id, its door, and when.
///
/// # Errors
/// Those of the database.
pub fn heard_since(c: &mut AnyConnection, since: Millis) -> Result<Vec<(String, String, i64)>> {
    let rows: Vec<(String, String, Option<i64>)> = terminals::table
        .filter(terminals::last_seen_at.gt(since))
        .filter(terminals::relay)
        .filter(terminals::revoked_at.is_null())
        .filter(terminals::removed_at.is_null())
        .select((terminals::id, terminals::door_id, terminals::last_seen_at))
        .load(c)?;
    Ok(rows.into_iter().filter_map(|(id, door, at)| Some((id, door, at?))).collect())
}

/// The terminals at a door that were not removed, by name.
///
/// # Errors
/// Those of the database.
pub fn at_door(c: &mut AnyConnection, organization: &str, door: &str) -> Result<Vec<TerminalRow>> {
    Ok(terminals::table
        .filter(terminals::door_id.eq(door))
        .filter(terminals::organization_id.eq(organization))
        .filter(terminals::removed_at.is_null())
        .order((terminals::name, terminals::id))
        .select(TerminalRow::as_select())
        .load(c)?)
}

/// The last scans of a terminal, the newest first.
///
/// # Errors
/// Those of the database.
pub fn scans(c: &mut AnyConnection, terminal: &TerminalRow, most: i64) -> Result<Vec<crate::store::event::EventRow>> {
    let ids: Vec<String> = terminal_scans::table
        .filter(terminal_scans::terminal_id.eq(&terminal.id))
        .order(terminal_scans::sequence.desc())
        .limit(most)
        .select(terminal_scans::event_id)
        .load(c)?;
    Ok(events::table
        .filter(events::id.eq_any(ids))
        .filter(events::organization_id.eq(&terminal.organization_id))
        .order(events::occurred_at.desc())
        .select(crate::store::event::EventRow::as_select())
        .load(c)?)
}

/// Whether a link has, or had, codes that terminals may know.
///
/// # Errors
/// Those of the database.
pub fn has_codes(c: &mut AnyConnection, link: &str) -> Result<bool> {
    let found: Option<String> = codes::table.filter(codes::link_id.eq(link)).select(codes::id).first(c).optional()?;
    Ok(found.is_some())
}

/// An organization's terminals that count and were not heard since, by name, each with when it was heard last.
///
/// # Errors
/// Those of the database.
pub fn silent_since(c: &mut AnyConnection, organization: &str, since: Millis) -> Result<Vec<TerminalRow>> {
    Ok(terminals::table
        .filter(terminals::organization_id.eq(organization))
        .filter(terminals::removed_at.is_null())
        .filter(terminals::revoked_at.is_null())
        .filter(terminals::paired_at.is_not_null())
        .filter(terminals::last_seen_at.le(since).or(terminals::last_seen_at.is_null()))
        .order((terminals::name, terminals::id))
        .select(TerminalRow::as_select())
        .load(c)?)
}
