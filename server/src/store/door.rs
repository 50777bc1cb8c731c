//! Doors.

use super::connection::AnyConnection;
use super::schema::{doors, group_doors, link_doors, link_groups, links, places};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// A door.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = doors)]
pub struct DoorRow {
    /// `door_…`.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// Where.
    pub place_id: String,
    /// What it is called.
    pub name: String,
    /// How to find it.
    pub description: String,
    /// What opens it.
    pub driver: String,
    /// The driver's settings, JSON.
    pub driver_settings: String,
    /// How long it stays open, milliseconds.
    pub unlock_ms: i64,
    /// Whether links and codes may open it.
    pub accepts_digital: bool,
    /// Since when it is locked down.
    pub locked_down_at: Option<i64>,
    /// Why.
    pub lockdown_reason: String,
    /// Counts changes, so that a stale form is seen.
    pub version: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Kept for the log's sake, but gone from everywhere else.
    pub removed_at: Option<i64>,
    /// Whether a member must be inside the place's geofence; does not bind links and codes.
    pub geofence: bool,
    /// Whether a member must be at the reader; does not bind links and codes.
    pub reader: bool,
    /// When it may open at all; none: always.
    pub schedule_id: Option<String>,
    /// What of the driver's settings is secret, sealed.
    pub driver_sealed: Option<Vec<u8>>,
    /// A terminal's list older than this opens it no more, milliseconds.
    pub list_max_age_ms: i64,
}

/// What a form changes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = doors, treat_none_as_null = true)]
pub struct DoorChange {
    /// What it is called.
    pub name: String,
    /// How to find it.
    pub description: String,
    /// Where.
    pub place_id: String,
    /// How long it stays open, milliseconds.
    pub unlock_ms: i64,
    /// Whether links and codes may open it.
    pub accepts_digital: bool,
    /// Whether a member must be inside the place's geofence.
    pub geofence: bool,
    /// Whether a member must be at the reader.
    pub reader: bool,
    /// When it may open at all; none: always.
    pub schedule_id: Option<String>,
    /// A terminal's list older than this opens it no more, milliseconds.
    pub list_max_age_ms: i64,
}

/// A door with its place.
#[derive(Clone, Debug)]
pub struct DoorAtPlace {
    /// The door.
    pub door: DoorRow,
    /// Its place.
    pub place: super::place::PlaceRow,
}

/// Stores a new door.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &DoorRow) -> Result<()> {
    let scope = super::organization::next_scope(tx, &row.organization_id)?;
    diesel::insert_into(doors::table).values((row, doors::scope.eq(scope))).execute(tx.connection)?;
    Ok(())
}

/// An organization's doors, by place and name.
///
/// # Errors
/// Those of the database.
pub fn all(c: &mut AnyConnection, organization: &str) -> Result<Vec<DoorAtPlace>> {
    let rows: Vec<(DoorRow, super::place::PlaceRow)> = doors::table
        .inner_join(places::table)
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .order((places::name, places::id, doors::name, doors::id))
        .select((DoorRow::as_select(), super::place::PlaceRow::as_select()))
        .load(c)?;
    Ok(rows.into_iter().map(|(door, place)| DoorAtPlace { door, place }).collect())
}

/// Every door of every organization that a kind of driver opens.
///
/// # Errors
/// Those of the database.
pub fn driven_by(c: &mut AnyConnection, driver: &str) -> Result<Vec<DoorRow>> {
    Ok(doors::table
        .filter(doors::driver.eq(driver))
        .filter(doors::removed_at.is_null())
        .select(DoorRow::as_select())
        .load(c)?)
}

/// One door of an organization.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<DoorAtPlace> {
    let (door, place) = doors::table
        .inner_join(places::table)
        .filter(doors::id.eq(id))
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .select((DoorRow::as_select(), super::place::PlaceRow::as_select()))
        .first(c)?;
    Ok(DoorAtPlace { door, place })
}

/// Whether an organization has or had a door; the log also tells of removed ones.
///
/// # Errors
/// Those of the database.
pub fn was_ever(c: &mut AnyConnection, organization: &str, id: &str) -> Result<bool> {
    let found: i64 = doors::table.find(id).filter(doors::organization_id.eq(organization)).count().get_result(c)?;
    Ok(found == 1)
}

/// Goes on when all of these are doors of the organization.
///
/// # Errors
/// `Field` on `door`.
pub(crate) fn must_exist(c: &mut AnyConnection, organization: &str, ids: &[String]) -> Result<()> {
    let known: i64 = doors::table
        .filter(doors::id.eq_any(ids))
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .count()
        .get_result(c)?;
    if usize::try_from(known) == Ok(ids.len()) {
        return Ok(());
    }
    Err(Error::field("door", "One of these doors is not there any more. Choose again."))
}

/// Changes a door, if nobody else has since `version`.
///
/// # Errors
/// `NotFound`, `Stale`; `Field` on `place_id` when the place is another organization's, or the door is to leave a place
/// that is locked down.
pub fn update(tx: &mut Tx<'_>, organization: &str, id: &str, version: i64, change: &DoorChange) -> Result<()> {
    let DoorAtPlace { door: was, place } = find(tx.connection, organization, id)?;
    if was.version != version {
        return Err(Error::Stale);
    }
    // Elsewhere it would open again, whoever the lockdown says may lift it.
    if place.locked_down_at.is_some() && change.place_id != was.place_id {
        return Err(Error::field(
            "place_id",
            format!("{} is locked down. Lift its lockdown before you move this door to another place.", place.name),
        ));
    }
    super::place::find(tx.connection, organization, &change.place_id)
        .map_err(|_| Error::field("place_id", "Please choose one of your places."))?;
    super::schedule::must_exist(tx.connection, organization, change.schedule_id.as_deref())?;
    let target = doors::table.find(id).filter(doors::version.eq(version));
    let changed = diesel::update(target).set((change, doors::version.eq(version + 1))).execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Locks a door down, or lifts the lockdown when there is no reason.
///
/// # Errors
/// `NotFound`; `Refused` when it is so already.
pub fn set_lockdown(tx: &mut Tx<'_>, organization: &str, id: &str, reason: Option<&str>) -> Result<DoorRow> {
    let door = find(tx.connection, organization, id)?.door;
    match (door.locked_down_at, reason) {
        (Some(_), Some(_)) => {
            return Err(Error::Refused(format!("{} is locked down already.", door.name)));
        }
        (None, None) => return Err(Error::Refused(format!("{} is not locked down.", door.name))),
        _ => {}
    }
    diesel::update(doors::table.find(id))
        .set((
            doors::locked_down_at.eq(reason.map(|_| tx.now)),
            doors::lockdown_reason.eq(reason.unwrap_or_default()),
            doors::version.eq(doors::version + 1),
        ))
        .execute(tx.connection)?;
    Ok(door)
}

/// Changes how the driver is set, without making open forms stale.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn set_driver_settings(tx: &mut Tx<'_>, organization: &str, id: &str, settings: &str) -> Result<DoorRow> {
    let door = find(tx.connection, organization, id)?.door;
    diesel::update(doors::table.find(id)).set(doors::driver_settings.eq(settings)).execute(tx.connection)?;
    Ok(door)
}

/// Changes how a door opens, if nobody else changed it since `version`: kind, settings, sealed settings.
///
/// # Errors
/// `NotFound`, `Stale`, or those of the database.
pub fn set_driver(
    tx: &mut Tx<'_>,
    organization: &str,
    id: &str,
    version: i64,
    (driver, settings, sealed): (&str, &str, Option<&[u8]>),
) -> Result<()> {
    find(tx.connection, organization, id)?;
    let changed = diesel::update(doors::table.find(id).filter(doors::version.eq(version)))
        .set((
            doors::driver.eq(driver),
            doors::driver_settings.eq(settings),
            doors::driver_sealed.eq(sealed),
            doors::version.eq(version + 1),
        ))
        .execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Removes a door; links lose it.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn remove(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<DoorRow> {
    let door = find(tx.connection, organization, id)?.door;
    diesel::delete(link_doors::table.filter(link_doors::door_id.eq(id))).execute(tx.connection)?;
    diesel::delete(group_doors::table.filter(group_doors::door_id.eq(id))).execute(tx.connection)?;
    diesel::update(doors::table.find(id)).set(doors::removed_at.eq(tx.now)).execute(tx.connection)?;
    Ok(door)
}

/// How many links that are not revoked name this door, themselves or through groups.
///
/// # Errors
/// Those of the database.
pub fn links_naming(c: &mut AnyConnection, id: &str) -> Result<i64> {
    let single: i64 = link_doors::table
        .inner_join(links::table)
        .filter(link_doors::door_id.eq(id))
        .filter(links::revoked_at.is_null())
        .count()
        .get_result(c)?;
    let through: Vec<String> =
        group_doors::table.filter(group_doors::door_id.eq(id)).select(group_doors::group_id).load(c)?;
    if through.is_empty() {
        return Ok(single);
    }
    let named = link_doors::table.filter(link_doors::door_id.eq(id)).select(link_doors::link_id);
    let grouped: i64 = link_groups::table
        .inner_join(links::table.on(links::id.eq(link_groups::link_id)))
        .filter(link_groups::group_id.eq_any(through))
        .filter(links::revoked_at.is_null())
        .filter(links::id.ne_all(named))
        .select(diesel::dsl::count(links::id).aggregate_distinct())
        .get_result(c)?;
    Ok(single + grouped)
}
