//! Lockdowns of whole places.

use super::{PlaceRow, find};
use crate::error::{Error, Result};
use crate::store::connection::AnyConnection;
use crate::store::schema::{admins, places};
use crate::store::writer::Tx;
use diesel::prelude::*;
use std::collections::HashMap;

/// What a lockdown says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lockdown {
    /// Why.
    pub reason: String,
    /// Who: an admin's id, or `operator`.
    pub by: String,
    /// The code of the least role that may lift it.
    pub lift_role: String,
}

/// Locks a place down, or lifts the lockdown when none is given. Open forms do not become stale by it.
///
/// # Errors
/// `NotFound`; `Refused` when it is so already.
pub fn set_lockdown(tx: &mut Tx<'_>, organization: &str, id: &str, lockdown: Option<&Lockdown>) -> Result<PlaceRow> {
    let place = find(tx.connection, organization, id)?;
    match (place.locked_down_at, lockdown) {
        (Some(_), Some(_)) => return Err(Error::Refused(format!("{} is locked down already.", place.name))),
        (None, None) => return Err(Error::Refused(format!("{} is not locked down.", place.name))),
        _ => {}
    }
    let text = |of: fn(&Lockdown) -> &String| lockdown.map_or("", |lockdown| of(lockdown));
    diesel::update(places::table.find(id))
        .set((
            places::locked_down_at.eq(lockdown.map(|_| tx.now)),
            places::lockdown_reason.eq(text(|lockdown| &lockdown.reason)),
            places::lockdown_by.eq(text(|lockdown| &lockdown.by)),
            places::lockdown_lift_role.eq(text(|lockdown| &lockdown.lift_role)),
        ))
        .execute(tx.connection)?;
    Ok(place)
}

/// An organization's places that are locked down, the longest first, with the names of those who did it by id.
///
/// # Errors
/// Those of the database.
pub fn locked_down(c: &mut AnyConnection, organization: &str) -> Result<(Vec<PlaceRow>, HashMap<String, String>)> {
    let rows: Vec<PlaceRow> = places::table
        .filter(places::organization_id.eq(organization))
        .filter(places::locked_down_at.is_not_null())
        .filter(places::removed_at.is_null())
        .order((places::locked_down_at, places::id))
        .select(PlaceRow::as_select())
        .load(c)?;
    if rows.is_empty() {
        return Ok((rows, HashMap::new()));
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.lockdown_by.as_str()).collect();
    let names: Vec<(String, String)> = admins::table
        .filter(admins::organization_id.eq(organization))
        .filter(admins::id.eq_any(ids))
        .select((admins::id, admins::name))
        .load(c)?;
    Ok((rows, names.into_iter().collect()))
}
