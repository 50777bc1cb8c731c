//! What is known about codes that somebody shows, any number of them in one query.

use super::CodeRow;
use crate::error::Result;
use crate::store::connection::{AnyConnection, each};
use crate::store::prepared::among;
use crate::store::schema::codes;
use diesel::prelude::*;
use domain::Millis;
use domain::qr::{self, Kind};
use domain::reason::Reason;
use domain::scan::CodeFacts;
use std::collections::HashMap;

/// A code as it was shown, after everything that needs no database, signatures above all, so that the writer has no
/// arithmetic to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// In whose house.
    pub organization: String,
    /// What it claims to be.
    pub kind: Kind,
    /// What it is found by.
    pub lookup: String,
    /// Whether its signature is good; none: its kind has none.
    pub signed: Option<bool>,
    /// A rotating code's step.
    pub step: Option<u32>,
    /// Opens nothing before, by its own words.
    pub not_before: Option<Millis>,
    /// Opens nothing from then on, by its own words.
    pub not_after: Option<Millis>,
}

/// The links of codes by what the codes are found by, before anything else is looked at: their rows are locked first.
///
/// # Errors
/// Those of the database.
pub fn links_of<'a>(
    c: &mut AnyConnection,
    shown: impl IntoIterator<Item = &'a Shown>,
) -> Result<HashMap<String, String>> {
    let lookups: Vec<&str> = shown.into_iter().map(|one| one.lookup.as_str()).collect();
    if lookups.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String)> = each!(c => codes::table
        .filter(among(codes::lookup, &lookups))
        .select((codes::lookup, codes::link_id))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

/// The codes among several that are known.
#[derive(Debug, Default)]
pub struct Found(HashMap<String, CodeRow>);

impl Found {
    /// Looks codes up. Whoever decides by it in the writer locks their links' rows first: who changes a code holds its
    /// link's row.
    ///
    /// # Errors
    /// Those of the database.
    pub fn load<'a>(c: &mut AnyConnection, shown: impl IntoIterator<Item = &'a Shown>) -> Result<Self> {
        let lookups: Vec<&str> = shown.into_iter().map(|one| one.lookup.as_str()).collect();
        if lookups.is_empty() {
            return Ok(Self::default());
        }
        let rows: Vec<CodeRow> =
            each!(c => codes::table.filter(among(codes::lookup, &lookups)).select(CodeRow::as_select()).load(c))?;
        Ok(Self(rows.into_iter().map(|row| (row.lookup.clone(), row)).collect()))
    }

    /// The row behind a code and what is known about the code itself, or why nothing is.
    ///
    /// # Errors
    /// `QrUnknown`, `QrBadSignature`.
    pub fn of(&self, shown: &Shown, now: Millis) -> Result<(&CodeRow, CodeFacts), Reason> {
        let ours = |row: &&CodeRow| row.organization_id == shown.organization && row.kind == shown.kind.code();
        let Some(row) = self.0.get(&shown.lookup).filter(ours) else {
            // A terminal verifies before it looks anything up; the two say the same.
            let forged = shown.kind == Kind::Offline && shown.signed == Some(false);
            return Err(if forged { Reason::QrBadSignature } else { Reason::QrUnknown });
        };
        let seconds = u32::try_from(now / 1_000).unwrap_or(u32::MAX);
        let facts = CodeFacts {
            signed: shown.signed,
            fresh: shown.step.map(|step| qr::is_fresh(step, seconds)),
            used: shown.step.map(|step| i64::from(step) <= row.last_step),
            retired: row.retired_at.is_some(),
            not_before: shown.not_before,
            not_after: shown.not_after,
        };
        Ok((row, facts))
    }

    /// Remembers a step that opened a door, for what is decided by the same facts afterwards.
    pub fn spend(&mut self, shown: &Shown) {
        if let (Some(row), Some(step)) = (self.0.get_mut(&shown.lookup), shown.step) {
            row.last_step = row.last_step.max(i64::from(step));
        }
    }
}
