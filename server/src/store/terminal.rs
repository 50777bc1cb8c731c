//! Terminals: the devices at doors that read codes.

pub mod desk;
pub(crate) mod holders;
pub mod scans;

use super::connection::{AnyConnection, each};
use super::schema::terminals;
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use domain::Millis;

/// A terminal.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = terminals, treat_none_as_null = true)]
pub struct TerminalRow {
    /// `terminal_…`.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// Where it stands.
    pub door_id: String,
    /// What it is called.
    pub name: String,
    /// SHA-256 of the pairing code that waits for it, hexadecimal.
    pub pairing_hash: Option<String>,
    /// Until when that is good.
    pub pairing_expires_at: Option<i64>,
    /// SHA-256 of its token, hexadecimal.
    pub token_hash: Option<String>,
    /// Since when it has one.
    pub paired_at: Option<i64>,
    /// Since when it opens nothing more.
    pub revoked_at: Option<i64>,
    /// Kept for the log's sake, but gone from everywhere else.
    pub removed_at: Option<i64>,
    /// What it runs, as it says itself.
    pub software: String,
    /// Whether it moves a relay of its own, as it says itself; without one the server opens its door for it.
    pub relay: bool,
    /// Server time minus its own, as it says itself, milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// When it was heard last.
    pub last_seen_at: Option<i64>,
    /// Entries of its journal that are not here yet, as it says itself.
    pub waiting: i64,
    /// The list it decides by; 0: none.
    pub list_version: i64,
    /// When the facts of that list were read.
    pub list_made_at: Option<i64>,
    /// From when on it opens nothing.
    pub list_expires_at: Option<i64>,
    /// Counts changes by people, so that a stale form is seen.
    pub version: i64,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl TerminalRow {
    /// Whether it has a token that still counts.
    #[must_use]
    pub fn is_paired(&self) -> bool {
        self.token_hash.is_some() && self.revoked_at.is_none() && self.removed_at.is_none()
    }

    /// Whether it was ended and may not have been told so yet.
    #[must_use]
    pub fn waits_to_be_told(&self) -> bool {
        let before = |revoked_at| self.last_seen_at.is_none_or(|seen_at| seen_at <= revoked_at);
        self.revoked_at.is_some_and(|revoked_at| self.list_version > 0 || before(revoked_at))
    }
}

/// Stores a new terminal.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &TerminalRow) -> Result<()> {
    diesel::insert_into(terminals::table).values(row).execute(tx.connection)?;
    Ok(())
}

/// One terminal of an organization that was not removed.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<TerminalRow> {
    Ok(terminals::table
        .find(id)
        .filter(terminals::organization_id.eq(organization))
        .filter(terminals::removed_at.is_null())
        .select(TerminalRow::as_select())
        .first(c)?)
}

/// An organization's terminals by name.
///
/// # Errors
/// Those of the database.
pub fn all(c: &mut AnyConnection, organization: &str) -> Result<Vec<TerminalRow>> {
    Ok(terminals::table
        .filter(terminals::organization_id.eq(organization))
        .filter(terminals::removed_at.is_null())
        .order((terminals::name, terminals::id))
        .select(TerminalRow::as_select())
        .load(c)?)
}

/// The terminal with this token, revoked or removed ones too: they are told so.
///
/// # Errors
/// Those of the database.
pub fn by_token(c: &mut AnyConnection, token_hash: &str) -> Result<Option<TerminalRow>> {
    Ok(each!(c => terminals::table
        .filter(terminals::token_hash.eq(token_hash))
        .select(TerminalRow::as_select())
        .first(c)
        .optional()?))
}

/// The terminal that waits for this pairing code.
///
/// # Errors
/// Those of the database.
pub fn by_pairing(c: &mut AnyConnection, pairing_hash: &str, now: Millis) -> Result<Option<TerminalRow>> {
    Ok(terminals::table
        .filter(terminals::pairing_hash.eq(pairing_hash))
        .filter(terminals::pairing_expires_at.gt(now))
        .filter(terminals::removed_at.is_null())
        .select(TerminalRow::as_select())
        .first(c)
        .optional()?)
}

/// Stores a terminal as it is now. Read it in the same transaction, or what happened between is undone.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn update(tx: &mut Tx<'_>, row: &TerminalRow) -> Result<()> {
    let changed = diesel::update(terminals::table.find(&row.id))
        .filter(terminals::organization_id.eq(&row.organization_id))
        .set(row)
        .execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}
