//! The lists that terminals decide by: read from the house, and kept as they were sent.

mod read;

pub(crate) use read::read;

use super::connection::{AnyConnection, each};
use super::schema::{audit_heads, terminal_lists};
use super::writer::Tx;
use crate::error::Result;
use diesel::dsl::not;
use diesel::prelude::*;

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

/// Forgets all lists of a terminal but these.
///
/// # Errors
/// Those of the database.
pub(crate) fn keep(tx: &mut Tx<'_>, terminal: &str, versions: &[i64]) -> Result<()> {
    let others = terminal_lists::table
        .filter(terminal_lists::terminal_id.eq(terminal))
        .filter(not(terminal_lists::version.eq_any(versions)));
    diesel::delete(others).execute(tx.connection)?;
    Ok(())
}
