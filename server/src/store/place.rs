//! Places.

mod lockdown;

pub use lockdown::{Lockdown, locked_down, set_lockdown};

use super::connection::AnyConnection;
use super::schema::{doors, places};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::HashMap;

/// A place.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = places)]
pub struct PlaceRow {
    /// `place_…`.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// IANA name.
    pub time_zone: String,
    /// Since when nothing opens here.
    pub locked_down_at: Option<i64>,
    /// Why.
    pub lockdown_reason: String,
    /// Counts changes, so that a stale form is seen.
    pub version: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Kept for the log's sake, but gone from everywhere else.
    pub removed_at: Option<i64>,
    /// WGS 84, millionths of a degree.
    pub latitude_e6: Option<i64>,
    /// WGS 84, millionths of a degree.
    pub longitude_e6: Option<i64>,
    /// The geofence's radius, metres.
    pub geofence_m: Option<i64>,
    /// Who locked it down.
    pub lockdown_by: String,
    /// The least role that may lift the lockdown, a code of `domain::role::Role`.
    pub lockdown_lift_role: String,
}

/// What a form changes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = places, treat_none_as_null = true)]
pub struct PlaceChange {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// IANA name.
    pub time_zone: String,
    /// WGS 84, millionths of a degree.
    pub latitude_e6: Option<i64>,
    /// WGS 84, millionths of a degree.
    pub longitude_e6: Option<i64>,
    /// The geofence's radius, metres.
    pub geofence_m: Option<i64>,
}

/// Stores a new place.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &PlaceRow) -> Result<()> {
    diesel::insert_into(places::table).values(row).execute(tx.connection)?;
    Ok(())
}

/// An organization's places by name.
///
/// # Errors
/// Those of the database.
pub fn all(c: &mut AnyConnection, organization: &str) -> Result<Vec<PlaceRow>> {
    Ok(places::table
        .filter(places::organization_id.eq(organization))
        .filter(places::removed_at.is_null())
        .order((places::name, places::id))
        .select(PlaceRow::as_select())
        .load(c)?)
}

/// One place of an organization.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<PlaceRow> {
    Ok(places::table
        .find(id)
        .filter(places::organization_id.eq(organization))
        .filter(places::removed_at.is_null())
        .select(PlaceRow::as_select())
        .first(c)?)
}

/// How many doors each place has.
///
/// # Errors
/// Those of the database.
pub fn door_counts(c: &mut AnyConnection, organization: &str) -> Result<HashMap<String, i64>> {
    let rows: Vec<(String, i64)> = doors::table
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .group_by(doors::place_id)
        .select((doors::place_id, count_star()))
        .load(c)?;
    Ok(rows.into_iter().collect())
}

/// Changes a place, if nobody else has since `version`.
///
/// # Errors
/// `NotFound`, `Stale`.
pub fn update(tx: &mut Tx<'_>, organization: &str, id: &str, version: i64, change: &PlaceChange) -> Result<()> {
    let was = find(tx.connection, organization, id)?;
    if was.version != version {
        return Err(Error::Stale);
    }
    let target = places::table.find(id).filter(places::version.eq(version));
    let changed = diesel::update(target).set((change, places::version.eq(version + 1))).execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Removes a place that has no doors left.
///
/// # Errors
/// `NotFound`; `Refused` while it has doors.
pub fn remove(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<PlaceRow> {
    let was = find(tx.connection, organization, id)?;
    let left: i64 = doors::table
        .filter(doors::place_id.eq(id))
        .filter(doors::removed_at.is_null())
        .count()
        .get_result(tx.connection)?;
    if left > 0 {
        return Err(Error::Refused(format!(
            "{} still has {left} {}. Move or remove them first.",
            was.name,
            if left == 1 { "door" } else { "doors" }
        )));
    }
    diesel::update(places::table.find(id)).set(places::removed_at.eq(tx.now)).execute(tx.connection)?;
    Ok(was)
}
