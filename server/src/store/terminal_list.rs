//! The lists that terminals decide by: read from the house, and kept as they were sent.

pub(crate) mod doors;
mod pauses;
mod read;

pub(crate) use read::read;

use super::connection::{AnyConnection, each};
use super::schema::{audit_heads, terminal_lists};
use super::writer::Tx;
use crate::error::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use domain::terminal::Manifest;

/// A terminal's list opens nothing after so long, whatever its door allows, milliseconds.
pub(crate) const LONGEST_MS: i64 = 47 * 3_600_000;

/// A list as it was sent.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = terminal_lists)]
pub(crate) struct ListRow {
    pub(crate) terminal_id: String,
    pub(crate) version: i64,
    pub(crate) manifest: String,
    pub(crate) body: Vec<u8>,
    /// The last event of the log that it knows of.
    pub(crate) revision: i64,
}

/// A list without its contents.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = terminal_lists)]
pub(crate) struct ListHead {
    pub(crate) version: i64,
    pub(crate) manifest: String,
    pub(crate) revision: i64,
}

/// The newest list that a terminal was sent.
///
/// # Errors
/// Those of the database.
pub(crate) fn newest(c: &mut AnyConnection, terminal: &str) -> Result<Option<ListRow>> {
    Ok(terminal_lists::table
        .filter(terminal_lists::terminal_id.eq(terminal))
        .order(terminal_lists::version.desc())
        .select(ListRow::as_select())
        .first(c)
        .optional()?)
}

/// The newest list that a terminal was sent, without its contents, and the last event after which it may differ.
///
/// # Errors
/// Those of the database.
pub(crate) fn newest_head(
    c: &mut AnyConnection,
    organization: &str,
    terminal: &str,
) -> Result<(Option<ListHead>, i64)> {
    let head: Option<ListHead> = each!(c => terminal_lists::table
        .filter(terminal_lists::terminal_id.eq(terminal))
        .order(terminal_lists::version.desc())
        .select(ListHead::as_select())
        .first(c)
        .optional()?);
    let revision = each!(c => audit_heads::table.find(organization).select(audit_heads::list_revision).first(c)?);
    Ok((head, revision))
}

/// One list of a terminal.
///
/// # Errors
/// Those of the database.
pub(crate) fn find(c: &mut AnyConnection, terminal: &str, version: i64) -> Result<Option<ListRow>> {
    Ok(terminal_lists::table.find((terminal, version)).select(ListRow::as_select()).first(c).optional()?)
}

/// Keeps a list.
///
/// # Errors
/// Those of the database.
pub(crate) fn put(tx: &mut Tx<'_>, row: &ListRow) -> Result<()> {
    diesel::insert_into(terminal_lists::table).values(row).execute(tx.connection)?;
    Ok(())
}

/// Notes that a list is as good as one that knows of a later event.
///
/// # Errors
/// Those of the database.
pub(crate) fn confirm(tx: &mut Tx<'_>, terminal: &str, version: i64, revision: i64) -> Result<()> {
    diesel::update(terminal_lists::table.find((terminal, version)))
        .filter(terminal_lists::revision.lt(revision))
        .set(terminal_lists::revision.eq(revision))
        .execute(tx.connection)?;
    Ok(())
}

/// Forgets the lists that a terminal does not open by any more when it says that it has the version `held`: those before
/// that one, and those whose time is over. The newest stays, for what the next one differs in; and so does every one
/// between, since what was sent may have been taken.
///
/// # Errors
/// Those of the database.
pub(crate) fn forget(tx: &mut Tx<'_>, terminal: &str, held: i64) -> Result<()> {
    let heads: Vec<ListHead> = terminal_lists::table
        .filter(terminal_lists::terminal_id.eq(terminal))
        .order(terminal_lists::version.desc())
        .select(ListHead::as_select())
        .load(tx.connection)?;
    let is_over = |head: &ListHead| opened(&head.manifest).is_some_and(|manifest| manifest.expires_at <= tx.now);
    let older = heads.iter().skip(1).filter(|head| head.version != held);
    let gone: Vec<i64> = older.filter(|head| head.version < held || is_over(head)).map(|head| head.version).collect();
    if !gone.is_empty() {
        let gone = terminal_lists::table
            .filter(terminal_lists::terminal_id.eq(terminal))
            .filter(terminal_lists::version.eq_any(gone));
        diesel::delete(gone).execute(tx.connection)?;
    }
    Ok(())
}

/// Forgets all lists of a terminal.
///
/// # Errors
/// Those of the database.
pub(crate) fn forget_all(tx: &mut Tx<'_>, terminal: &str) -> Result<()> {
    diesel::delete(terminal_lists::table.filter(terminal_lists::terminal_id.eq(terminal))).execute(tx.connection)?;
    Ok(())
}

/// A manifest that this server signed itself and kept.
pub(crate) fn opened(jws: &str) -> Option<Manifest> {
    let payload = jws.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
