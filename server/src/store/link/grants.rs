//! What a link opens: single doors, groups of doors, and the hours it has of its own.

use crate::error::{Error, Result};
use crate::store::connection::{AnyConnection, each};
use crate::store::door::{self, DoorAtPlace, DoorRow};
use crate::store::place::PlaceRow;
use crate::store::schedule;
use crate::store::schema::{doors, group_doors, groups, link_doors, link_groups, link_windows, places};
use crate::store::writer::Tx;
use diesel::prelude::*;
use domain::schedule::Window;
use std::collections::{BTreeSet, HashMap};

/// What a link opens, as a form gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Single doors, by id.
    pub doors: Vec<String>,
    /// Groups, by id.
    pub groups: Vec<String>,
    /// Weekly windows of its own; none: always.
    pub windows: Vec<Window>,
}

/// Replaces what a link opens.
pub(super) fn put(tx: &mut Tx<'_>, organization: &str, link: &str, grants: &Grants) -> Result<()> {
    door::must_exist(tx.connection, organization, &grants.doors)?;
    let known: i64 = groups::table
        .filter(groups::id.eq_any(&grants.groups))
        .filter(groups::organization_id.eq(organization))
        .filter(groups::removed_at.is_null())
        .count()
        .get_result(tx.connection)?;
    if usize::try_from(known) != Ok(grants.groups.len()) {
        return Err(Error::field("group", "One of these groups is not there any more. Choose again."));
    }
    diesel::delete(link_doors::table.filter(link_doors::link_id.eq(link))).execute(tx.connection)?;
    for door in &grants.doors {
        diesel::insert_into(link_doors::table)
            .values((link_doors::link_id.eq(link), link_doors::door_id.eq(door)))
            .execute(tx.connection)?;
    }
    diesel::delete(link_groups::table.filter(link_groups::link_id.eq(link))).execute(tx.connection)?;
    for group in &grants.groups {
        diesel::insert_into(link_groups::table)
            .values((link_groups::link_id.eq(link), link_groups::group_id.eq(group)))
            .execute(tx.connection)?;
    }
    diesel::delete(link_windows::table.filter(link_windows::link_id.eq(link))).execute(tx.connection)?;
    for window in &grants.windows {
        diesel::insert_into(link_windows::table)
            .values((
                link_windows::link_id.eq(link),
                link_windows::weekday.eq(i64::from(window.weekday)),
                link_windows::from_minute.eq(i64::from(window.span.from)),
                link_windows::until_minute.eq(i64::from(window.span.until)),
            ))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// What a link opens, as its form shows it: the doors it names itself, its groups, its windows.
///
/// # Errors
/// Those of the database.
pub fn grants_of(c: &mut AnyConnection, link: &str) -> Result<Grants> {
    let windows: Vec<(String, i64, i64, i64)> = link_windows::table
        .filter(link_windows::link_id.eq(link))
        .order((link_windows::weekday, link_windows::from_minute))
        .load(c)?;
    Ok(Grants {
        doors: link_doors::table
            .inner_join(doors::table)
            .filter(link_doors::link_id.eq(link))
            .filter(doors::removed_at.is_null())
            .select(link_doors::door_id)
            .load(c)?,
        groups: groups_of(c, link)?.into_iter().map(|(id, _)| id).collect(),
        windows: windows
            .into_iter()
            .map(|(_, weekday, from, until)| schedule::window(weekday, from, until))
            .collect::<Result<_>>()?,
    })
}

/// The groups of a link, by name: id and name.
///
/// # Errors
/// Those of the database.
pub fn groups_of(c: &mut AnyConnection, link: &str) -> Result<Vec<(String, String)>> {
    Ok(link_groups::table
        .inner_join(groups::table)
        .filter(link_groups::link_id.eq(link))
        .filter(groups::removed_at.is_null())
        .order((groups::name, groups::id))
        .select((groups::id, groups::name))
        .load(c)?)
}

/// What a link opens, itself or through groups.
#[derive(Clone, Debug, Default)]
pub struct Opens {
    /// Each door once, by place and name.
    pub doors: Vec<DoorAtPlace>,
    /// Whether any hours bind it at one of them. Most links have none, and whoever asks need not look further.
    pub has_hours: bool,
}

/// What a link opens.
///
/// # Errors
/// Those of the database.
pub(super) fn opens(c: &mut AnyConnection, link: &str) -> Result<Opens> {
    let direct: Vec<(DoorRow, PlaceRow)> = each!(c => link_doors::table
        .inner_join(doors::table.inner_join(places::table))
        .filter(link_doors::link_id.eq(link))
        .filter(doors::removed_at.is_null())
        .select((DoorRow::as_select(), PlaceRow::as_select()))
        .load(c))?;
    let through: Vec<(DoorRow, PlaceRow, Option<String>)> = each!(c => link_groups::table
        .inner_join(groups::table.inner_join(group_doors::table.inner_join(doors::table.inner_join(places::table))))
        .filter(link_groups::link_id.eq(link))
        .filter(groups::removed_at.is_null())
        .filter(doors::removed_at.is_null())
        .select((DoorRow::as_select(), PlaceRow::as_select(), groups::schedule_id))
        .load(c))?;
    let windows: i64 = each!(c => link_windows::table.filter(link_windows::link_id.eq(link)).count().get_result(c))?;
    let of_groups = through.iter().any(|(_, _, hours)| hours.is_some());
    let all = direct.into_iter().chain(through.into_iter().map(|(door, place, _)| (door, place)));
    let key = |at: &DoorAtPlace| (at.place.name.clone(), at.place.id.clone(), at.door.name.clone(), at.door.id.clone());
    let mut doors: Vec<DoorAtPlace> = all.map(|(door, place)| DoorAtPlace { door, place }).collect();
    doors.sort_by_cached_key(key);
    doors.dedup_by(|a, b| a.door.id == b.door.id);
    let has_hours = windows > 0 || of_groups || doors.iter().any(|at| at.door.schedule_id.is_some());
    Ok(Opens { doors, has_hours })
}

/// The doors a link opens, each once, by place and name.
///
/// # Errors
/// Those of the database.
pub fn doors_of(c: &mut AnyConnection, link: &str) -> Result<Vec<DoorAtPlace>> {
    Ok(opens(c, link)?.doors)
}

/// Names of the doors that several links open, themselves or through groups, each once.
///
/// # Errors
/// Those of the database.
pub fn door_names(c: &mut AnyConnection, link_ids: &[String]) -> Result<HashMap<String, Vec<String>>> {
    let single: Vec<(String, String, String)> = link_doors::table
        .inner_join(doors::table)
        .filter(link_doors::link_id.eq_any(link_ids))
        .filter(doors::removed_at.is_null())
        .select((link_doors::link_id, doors::name, doors::id))
        .load(c)?;
    let grouped: Vec<(String, String, String)> = link_groups::table
        .inner_join(groups::table.inner_join(group_doors::table.inner_join(doors::table)))
        .filter(link_groups::link_id.eq_any(link_ids))
        .filter(groups::removed_at.is_null())
        .filter(doors::removed_at.is_null())
        .select((link_groups::link_id, doors::name, doors::id))
        .load(c)?;
    let mut sorted: HashMap<String, BTreeSet<(String, String)>> = HashMap::new();
    for (link, name, door) in single.into_iter().chain(grouped) {
        sorted.entry(link).or_default().insert((name, door));
    }
    Ok(sorted.into_iter().map(|(link, doors)| (link, doors.into_iter().map(|(name, _)| name).collect())).collect())
}
