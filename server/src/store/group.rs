//! Groups: named sets of doors.

use super::connection::AnyConnection;
use super::door::{DoorAtPlace, DoorRow};
use super::place::PlaceRow;
use super::schedule;
use super::schema::{doors, group_doors, groups, link_groups, links, places};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::HashMap;

/// A group.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = groups)]
pub struct GroupRow {
    /// `group_…`.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// What it is called.
    pub name: String,
    /// Counts changes, so that a stale form is seen.
    pub version: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Kept for the log's sake, but gone from everywhere else.
    pub removed_at: Option<i64>,
    /// What it is for.
    pub description: String,
    /// Whether a member must be inside the place's geofence; does not bind links and codes.
    pub geofence: bool,
    /// Whether a member must be at the reader; does not bind links and codes.
    pub reader: bool,
    /// When it opens its doors; none: always.
    pub schedule_id: Option<String>,
}

/// What a form changes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = groups, treat_none_as_null = true)]
pub struct GroupChange {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether a member must be inside the place's geofence.
    pub geofence: bool,
    /// Whether a member must be at the reader.
    pub reader: bool,
    /// When it opens its doors; none: always.
    pub schedule_id: Option<String>,
}

/// A group in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The group.
    pub row: GroupRow,
    /// The names of its doors, sorted.
    pub doors: Vec<String>,
    /// Their ids, in the same order.
    pub door_ids: Vec<String>,
    /// Links that are not revoked and use it.
    pub links: i64,
}

/// Stores a new group with its doors.
///
/// # Errors
/// `Field` on `door` or `schedule_id` when one is not the organization's.
pub fn insert(tx: &mut Tx<'_>, row: &GroupRow, door_ids: &[String]) -> Result<()> {
    schedule::must_exist(tx.connection, &row.organization_id, row.schedule_id.as_deref())?;
    let scope = super::organization::next_scope(tx, &row.organization_id)?;
    diesel::insert_into(groups::table).values((row, groups::scope.eq(scope))).execute(tx.connection)?;
    put_doors(tx, &row.organization_id, &row.id, door_ids)
}

fn put_doors(tx: &mut Tx<'_>, organization: &str, group: &str, door_ids: &[String]) -> Result<()> {
    super::door::must_exist(tx.connection, organization, door_ids)?;
    diesel::delete(group_doors::table.filter(group_doors::group_id.eq(group))).execute(tx.connection)?;
    for door in door_ids {
        diesel::insert_into(group_doors::table)
            .values((group_doors::group_id.eq(group), group_doors::door_id.eq(door)))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// One group of an organization.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<GroupRow> {
    Ok(groups::table
        .find(id)
        .filter(groups::organization_id.eq(organization))
        .filter(groups::removed_at.is_null())
        .select(GroupRow::as_select())
        .first(c)?)
}

/// An organization's groups by name, with the names of their doors and how many links use them.
///
/// # Errors
/// Those of the database.
pub fn all(c: &mut AnyConnection, organization: &str) -> Result<Vec<Listed>> {
    let rows: Vec<GroupRow> = groups::table
        .filter(groups::organization_id.eq(organization))
        .filter(groups::removed_at.is_null())
        .order((groups::name, groups::id))
        .select(GroupRow::as_select())
        .load(c)?;
    let named: Vec<(String, (String, String))> = group_doors::table
        .inner_join(groups::table)
        .inner_join(doors::table)
        .filter(groups::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .order((doors::name, doors::id))
        .select((group_doors::group_id, (doors::name, doors::id)))
        .load(c)?;
    let mut doors_of: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for (group, door) in named {
        doors_of.entry(group).or_default().push(door);
    }
    let counts: Vec<(String, i64)> = link_groups::table
        .inner_join(links::table.on(links::id.eq(link_groups::link_id)))
        .filter(links::organization_id.eq(organization))
        .filter(links::revoked_at.is_null())
        .group_by(link_groups::group_id)
        .select((link_groups::group_id, count_star()))
        .load(c)?;
    let counts: HashMap<String, i64> = counts.into_iter().collect();
    let listed = |row: GroupRow| {
        let (doors, door_ids) = doors_of.remove(&row.id).unwrap_or_default().into_iter().unzip();
        Listed { doors, door_ids, links: counts.get(&row.id).copied().unwrap_or(0), row }
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// The doors of a group, by place and name.
///
/// # Errors
/// Those of the database.
pub fn doors_of(c: &mut AnyConnection, id: &str) -> Result<Vec<DoorAtPlace>> {
    let within = group_doors::table.filter(group_doors::group_id.eq(id)).select(group_doors::door_id);
    let rows: Vec<(DoorRow, PlaceRow)> = doors::table
        .inner_join(places::table)
        .filter(doors::id.eq_any(within))
        .filter(doors::removed_at.is_null())
        .order((places::name, places::id, doors::name, doors::id))
        .select((DoorRow::as_select(), PlaceRow::as_select()))
        .load(c)?;
    Ok(rows.into_iter().map(|(door, place)| DoorAtPlace { door, place }).collect())
}

/// The groups that a door is in, by name: id and name.
///
/// # Errors
/// Those of the database.
pub fn of_door(c: &mut AnyConnection, door: &str) -> Result<Vec<(String, String)>> {
    Ok(group_doors::table
        .inner_join(groups::table)
        .filter(group_doors::door_id.eq(door))
        .filter(groups::removed_at.is_null())
        .order((groups::name, groups::id))
        .select((groups::id, groups::name))
        .load(c)?)
}

/// How many links that are not revoked use this group.
///
/// # Errors
/// Those of the database.
pub fn links_using(c: &mut AnyConnection, id: &str) -> Result<i64> {
    Ok(link_groups::table
        .inner_join(links::table.on(links::id.eq(link_groups::link_id)))
        .filter(link_groups::group_id.eq(id))
        .filter(links::revoked_at.is_null())
        .count()
        .get_result(c)?)
}

/// Changes a group, if nobody else has since `version`.
///
/// # Errors
/// `NotFound`, `Stale`; `Field` on `door` or `schedule_id`.
pub fn update(
    tx: &mut Tx<'_>,
    organization: &str,
    id: &str,
    version: i64,
    change: &GroupChange,
    door_ids: &[String],
) -> Result<()> {
    if find(tx.connection, organization, id)?.version != version {
        return Err(Error::Stale);
    }
    schedule::must_exist(tx.connection, organization, change.schedule_id.as_deref())?;
    let target = groups::table.find(id).filter(groups::version.eq(version));
    let changed = diesel::update(target).set((change, groups::version.eq(version + 1))).execute(tx.connection)?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    put_doors(tx, organization, id, door_ids)
}

/// Removes a group, if nobody else has changed it since `version`; links lose the way through it.
///
/// # Errors
/// `NotFound`, `Stale`; those of the database.
pub fn remove(tx: &mut Tx<'_>, organization: &str, id: &str, version: Option<i64>) -> Result<GroupRow> {
    let was = find(tx.connection, organization, id)?;
    if version.is_some_and(|version| version != was.version) {
        return Err(Error::Stale);
    }
    diesel::delete(link_groups::table.filter(link_groups::group_id.eq(id))).execute(tx.connection)?;
    diesel::delete(group_doors::table.filter(group_doors::group_id.eq(id))).execute(tx.connection)?;
    diesel::update(groups::table.find(id)).set(groups::removed_at.eq(tx.now)).execute(tx.connection)?;
    Ok(was)
}
