//! Terminals that hold a list, and how much of the log it knows.

use super::TerminalRow;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{audit_heads, events, terminal_lists, terminals};
use diesel::prelude::*;
use domain::Millis;

/// A terminal with the list it decides by.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) terminal: TerminalRow,
    /// The last event that its list knows of; none when that list is not here any more.
    pub(crate) revision: Option<i64>,
}

/// Terminals that may still open by a list at a moment: those that were revoked, too, unless they have been told.
///
/// # Errors
/// Those of the database.
pub(crate) fn holders(c: &mut AnyConnection, organization: &str, at: Millis) -> Result<Vec<Holder>> {
    let rows: Vec<(TerminalRow, Option<i64>)> =
        terminals::table
            .left_join(terminal_lists::table.on(
                terminal_lists::terminal_id.eq(terminals::id).and(terminal_lists::version.eq(terminals::list_version)),
            ))
            .filter(terminals::organization_id.eq(organization))
            .filter(terminals::list_version.gt(0))
            .filter(terminals::list_expires_at.gt(at))
            .filter(
                terminals::revoked_at
                    .is_null()
                    .or(terminals::last_seen_at.is_null())
                    .or(terminals::last_seen_at.lt(terminals::revoked_at)),
            )
            .order((terminals::name, terminals::id))
            .select((TerminalRow::as_select(), terminal_lists::revision.nullable()))
            .load(c)?;
    Ok(rows.into_iter().map(|(terminal, revision)| Holder { terminal, revision }).collect())
}

/// The last event after which lists may differ.
///
/// # Errors
/// Those of the database.
pub(crate) fn list_revision(c: &mut AnyConnection, organization: &str) -> Result<i64> {
    Ok(audit_heads::table.find(organization).select(audit_heads::list_revision).first(c)?)
}

/// When the first event after a place in the log was recorded.
///
/// # Errors
/// Those of the database.
pub(crate) fn recorded_after(c: &mut AnyConnection, organization: &str, sequence: i64) -> Result<Option<Millis>> {
    Ok(events::table
        .filter(events::organization_id.eq(organization))
        .filter(events::sequence.gt(sequence))
        .order(events::sequence)
        .select(events::recorded_at)
        .first(c)
        .optional()?)
}
