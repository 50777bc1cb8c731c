//! Terminals that may open by a list, and how much of the log their lists know.

use super::TerminalRow;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{audit_heads, events, terminal_lists, terminals};
use crate::store::terminal_list::{LONGEST_MS, opened};
use diesel::prelude::*;
use domain::Millis;

/// A terminal with every list that it may decide by.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) terminal: TerminalRow,
    /// The one that it said it has, and those that it was sent after that: whether it took them, it has yet to say.
    pub(crate) lists: Vec<MayHold>,
}

/// A list that a terminal may decide by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MayHold {
    pub(crate) version: i64,
    /// The last event that it knows of; none when it is not here any more.
    pub(crate) revision: Option<i64>,
    pub(crate) made_at: Millis,
    pub(crate) expires_at: Millis,
}

impl MayHold {
    fn said(terminal: &TerminalRow) -> Option<Self> {
        let (made_at, expires_at) = terminal.list_made_at.zip(terminal.list_expires_at)?;
        Some(Self { version: terminal.list_version, revision: None, made_at, expires_at })
    }

    fn sent((version, manifest, revision): Sent) -> Self {
        // A version is about the time it was made.
        let (made_at, expires_at) = opened(&manifest)
            .map_or((version, version.saturating_add(LONGEST_MS)), |manifest| (manifest.made_at, manifest.expires_at));
        Self { version, revision: Some(revision), made_at, expires_at }
    }
}

/// Version, manifest and revision of a list that is here.
type Sent = (i64, String, i64);

/// Terminals that may open by a list at a moment: those that were revoked, too, until they have been told and forgot it.
///
/// # Errors
/// Those of the database.
pub(crate) fn holders(c: &mut AnyConnection, organization: &str, at: Millis) -> Result<Vec<Holder>> {
    let rows: Vec<(TerminalRow, Option<Sent>)> =
        terminals::table
            .left_join(terminal_lists::table.on(
                terminal_lists::terminal_id.eq(terminals::id).and(terminal_lists::version.ge(terminals::list_version)),
            ))
            .filter(terminals::organization_id.eq(organization))
            .order((terminals::name, terminals::id, terminal_lists::version))
            .select((
                TerminalRow::as_select(),
                (terminal_lists::version, terminal_lists::manifest, terminal_lists::revision).nullable(),
            ))
            .load(c)?;
    let mut holders: Vec<Holder> = Vec::new();
    for (terminal, sent) in rows {
        if holders.last().is_none_or(|last| last.terminal.id != terminal.id) {
            let lists = MayHold::said(&terminal).into_iter().collect();
            holders.push(Holder { terminal, lists });
        }
        if let (Some(holder), Some(sent)) = (holders.last_mut(), sent.map(MayHold::sent)) {
            holder.lists.retain(|list| list.version != sent.version);
            holder.lists.push(sent);
        }
    }
    for holder in &mut holders {
        holder.lists.retain(|list| list.expires_at > at);
    }
    holders.retain(|holder| !holder.lists.is_empty());
    Ok(holders)
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
