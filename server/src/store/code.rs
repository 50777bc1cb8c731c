//! Codes of links: what a link has besides its web page, the codes themselves, and what is known about a code that
//! somebody shows.

pub(crate) mod issued;
mod shown;

pub use shown::{Found, Shown, links_of};

use super::connection::AnyConnection;
use super::schema::{codes, doors, group_doors, groups, link_codes, link_doors, link_groups, link_windows, links};
use super::writer::Tx;
use crate::error::Result;
use diesel::prelude::*;
use domain::Millis;
use domain::qr::Kind;

/// How a link opens: from its web page, by a code, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its code; none: it has none.
    pub kind: Option<Kind>,
    /// Whether its web page opens doors.
    pub web: bool,
    /// Whether its code may open off line although only the server knows how often it did. Puts an online code into
    /// terminals' lists.
    pub off_line: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { kind: None, web: true, off_line: false }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = link_codes)]
pub(super) struct SettingsRow {
    link_id: String,
    organization_id: String,
    kind: String,
    web: bool,
    off_line: bool,
}

impl From<SettingsRow> for Settings {
    fn from(row: SettingsRow) -> Self {
        Self { kind: Kind::from_code(&row.kind), web: row.web, off_line: row.off_line }
    }
}

/// A link's code.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = codes)]
pub struct CodeRow {
    /// `code_…`; never what the code shows.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// The link it opens for.
    pub link_id: String,
    /// `online`, `offline` or `rotating`.
    pub kind: String,
    /// What a scan finds it by: an online code's hash, the id in the others.
    pub lookup: String,
    /// What it shows, under the key outside the database; none for a rotating code, which is made anew each time.
    pub sealed: Option<Vec<u8>>,
    /// Opens nothing before, by its own words.
    pub not_before: Option<i64>,
    /// Opens nothing from then on, by its own words.
    pub not_after: Option<i64>,
    /// The last step of a rotating code that opened a door; below zero before the first.
    pub last_step: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When a newer code took its place.
    pub retired_at: Option<i64>,
}

impl std::fmt::Debug for CodeRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How a link opens.
///
/// # Errors
/// Those of the database.
pub fn settings(c: &mut AnyConnection, link: &str) -> Result<Settings> {
    let row: Option<SettingsRow> = link_codes::table.find(link).select(SettingsRow::as_select()).first(c).optional()?;
    Ok(row.map(Settings::from).unwrap_or_default())
}

/// The same of those of several links that were not left as every link begins.
///
/// # Errors
/// Those of the database.
pub fn settings_of(c: &mut AnyConnection, links: &[String]) -> Result<std::collections::HashMap<String, Settings>> {
    let rows: Vec<SettingsRow> =
        link_codes::table.filter(link_codes::link_id.eq_any(links)).select(SettingsRow::as_select()).load(c)?;
    Ok(rows.into_iter().map(|row| (row.link_id.clone(), row.into())).collect())
}

/// Sets how a link opens.
///
/// # Errors
/// Those of the database.
pub fn put_settings(tx: &mut Tx<'_>, organization: &str, link: &str, settings: Settings) -> Result<()> {
    diesel::delete(link_codes::table.find(link)).execute(tx.connection)?;
    if settings != Settings::default() {
        let row = SettingsRow {
            link_id: link.to_owned(),
            organization_id: organization.to_owned(),
            kind: settings.kind.map_or("none", Kind::code).to_owned(),
            web: settings.web,
            off_line: settings.off_line,
        };
        diesel::insert_into(link_codes::table).values(row).execute(tx.connection)?;
    }
    Ok(())
}

/// Stores a new code.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &CodeRow) -> Result<()> {
    diesel::insert_into(codes::table).values(row).execute(tx.connection)?;
    Ok(())
}

/// Retires a link's codes: whatever picture of them is about opens nothing any more. Says which they were.
///
/// # Errors
/// Those of the database.
pub fn retire(tx: &mut Tx<'_>, link: &str) -> Result<Vec<String>> {
    let living = codes::table.filter(codes::link_id.eq(link)).filter(codes::retired_at.is_null());
    let ids: Vec<String> = living.order(codes::id).select(codes::id).load(tx.connection)?;
    if !ids.is_empty() {
        diesel::update(codes::table.filter(codes::id.eq_any(&ids)))
            .set(codes::retired_at.eq(tx.now))
            .execute(tx.connection)?;
    }
    Ok(ids)
}

/// The code that a link's pages show: the newest that lives.
///
/// # Errors
/// Those of the database.
pub fn newest(c: &mut AnyConnection, organization: &str, link: &str) -> Result<Option<CodeRow>> {
    Ok(codes::table
        .filter(codes::organization_id.eq(organization))
        .filter(codes::link_id.eq(link))
        .filter(codes::retired_at.is_null())
        .order(codes::id.desc())
        .select(CodeRow::as_select())
        .first(c)
        .optional()?)
}

/// Remembers the step with which a rotating code opened. Says whether it was the first to do so.
///
/// # Errors
/// Those of the database.
pub fn spend(tx: &mut Tx<'_>, code: &str, step: u32) -> Result<bool> {
    let fresh = codes::table.find(code).filter(codes::last_step.lt(i64::from(step)));
    Ok(diesel::update(fresh).set(codes::last_step.eq(i64::from(step))).execute(tx.connection)? == 1)
}

/// The numbers of what a link opens itself: its doors' and its groups', in order.
///
/// # Errors
/// Those of the database.
pub fn scopes(c: &mut AnyConnection, link: &str) -> Result<Vec<u32>> {
    let mut scopes: Vec<i64> = link_doors::table
        .inner_join(doors::table)
        .filter(link_doors::link_id.eq(link))
        .filter(doors::removed_at.is_null())
        .select(doors::scope)
        .load(c)?;
    let of_groups: Vec<i64> = link_groups::table
        .inner_join(groups::table)
        .filter(link_groups::link_id.eq(link))
        .filter(groups::removed_at.is_null())
        .select(groups::scope)
        .load(c)?;
    scopes.extend(of_groups);
    scopes.sort_unstable();
    Ok(scopes.into_iter().filter_map(|scope| u32::try_from(scope).ok()).collect())
}

/// The names behind numbers of doors and groups, in their order; none for what is gone.
///
/// # Errors
/// Those of the database.
pub fn scope_names(c: &mut AnyConnection, organization: &str, scopes: &[u32]) -> Result<Vec<(u32, Option<String>)>> {
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<i64> = scopes.iter().copied().map(i64::from).collect();
    let mut names: Vec<(i64, String)> = doors::table
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .filter(doors::scope.eq_any(&wanted))
        .select((doors::scope, doors::name))
        .load(c)?;
    let of_groups: Vec<(i64, String)> = groups::table
        .filter(groups::organization_id.eq(organization))
        .filter(groups::removed_at.is_null())
        .filter(groups::scope.eq_any(&wanted))
        .select((groups::scope, groups::name))
        .load(c)?;
    names.extend(of_groups);
    let name = |scope: &u32| names.iter().find(|(one, _)| *one == i64::from(*scope)).map(|(_, name)| name.clone());
    Ok(scopes.iter().map(|scope| (*scope, name(scope))).collect())
}

/// Whether a link has hours of its own.
///
/// # Errors
/// Those of the database.
pub fn has_windows(c: &mut AnyConnection, link: &str) -> Result<bool> {
    let windows: i64 = link_windows::table.filter(link_windows::link_id.eq(link)).count().get_result(c)?;
    Ok(windows > 0)
}

/// How old a list may be by which a terminal opens a door of this link, milliseconds; the longest.
///
/// # Errors
/// Those of the database.
pub fn longest_list(c: &mut AnyConnection, link: &str) -> Result<Millis> {
    let direct = link_doors::table.filter(link_doors::link_id.eq(link)).select(link_doors::door_id);
    let through = link_groups::table
        .inner_join(group_doors::table.on(group_doors::group_id.eq(link_groups::group_id)))
        .filter(link_groups::link_id.eq(link))
        .select(group_doors::door_id);
    let longest: Option<i64> = doors::table
        .filter(doors::id.eq_any(direct).or(doors::id.eq_any(through)))
        .filter(doors::removed_at.is_null())
        .select(diesel::dsl::max(doors::list_max_age_ms))
        .first(c)?;
    Ok(longest.unwrap_or(0))
}

/// Which links need a newer offline code.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// Links that ended by then need none.
    pub now: Millis,
    /// A code that ends before is to be followed by another.
    pub ends_before: Millis,
    /// Links that begin later have time.
    pub begins_before: Millis,
}

/// Links whose offline code ends soon while they go on, or that have none yet, in the order of their ids from after one
/// on; at most so many. None that is revoked.
///
/// # Errors
/// Those of the database.
pub fn to_renew(c: &mut AnyConnection, organization: &str, due: Due, after: &str, most: i64) -> Result<Vec<String>> {
    let Due { now, ends_before, begins_before } = due;
    let enough = codes::table
        .filter(codes::link_id.eq(links::id))
        .filter(codes::retired_at.is_null())
        .filter(codes::not_after.ge(ends_before).or(codes::not_after.ge(links::valid_until - 1_000)))
        .select(codes::id);
    Ok(link_codes::table
        .inner_join(links::table)
        .filter(link_codes::organization_id.eq(organization))
        .filter(link_codes::kind.eq(Kind::Offline.code()))
        .filter(links::revoked_at.is_null())
        .filter(links::valid_from.lt(begins_before))
        .filter(links::valid_until.is_null().or(links::valid_until.gt(now)))
        .filter(links::id.gt(after))
        .filter(diesel::dsl::not(diesel::dsl::exists(enough)))
        .order(links::id)
        .limit(most)
        .select(links::id)
        .load(c)?)
}
