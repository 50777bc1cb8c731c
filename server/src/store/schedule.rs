//! Schedules: stored, changed, removed, and read as the rules need them.

mod exception;
mod read;

pub use exception::{Exception, add_exceptions, exceptions_from, remove_exception};
pub(crate) use read::{load, must_exist, span, window};

use super::connection::AnyConnection;
use super::schema::{doors, groups, schedule_exceptions, schedule_windows, schedules};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::schedule::{Schedule, Window};
use std::collections::{BTreeMap, HashMap};

/// A schedule's row; its windows and exceptions have their own.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = schedules)]
pub struct ScheduleRow {
    /// `schedule_…`.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// What it is called.
    pub name: String,
    /// Counts changes of name and week, so that a stale form is seen.
    pub version: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Kept for the log's sake, but gone from everywhere else.
    pub removed_at: Option<i64>,
}

/// A schedule in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The schedule.
    pub row: ScheduleRow,
    /// Its week.
    pub windows: Vec<Window>,
    /// Dates from a day on with hours of their own.
    pub exceptions: i64,
    /// Doors whose hours it is.
    pub doors: i64,
    /// Groups whose hours it is.
    pub groups: i64,
}

/// What a schedule binds: id and name each, by name.
#[derive(Clone, Debug, Default)]
pub struct Use {
    /// Doors.
    pub doors: Vec<(String, String)>,
    /// Groups.
    pub groups: Vec<(String, String)>,
}

/// A schedule with the names of its exceptions.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The schedule.
    pub row: ScheduleRow,
    /// Its hours, with every exception there is.
    pub hours: Schedule,
    /// The names of exceptions by date; some are empty.
    pub names: BTreeMap<i32, String>,
}

/// Stores a new schedule.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &ScheduleRow, windows: &[Window]) -> Result<()> {
    diesel::insert_into(schedules::table).values(row).execute(tx.connection)?;
    put_windows(tx, &row.id, windows)
}

fn put_windows(tx: &mut Tx<'_>, schedule: &str, windows: &[Window]) -> Result<()> {
    diesel::delete(schedule_windows::table.filter(schedule_windows::schedule_id.eq(schedule)))
        .execute(tx.connection)?;
    for window in windows {
        diesel::insert_into(schedule_windows::table)
            .values((
                schedule_windows::schedule_id.eq(schedule),
                schedule_windows::weekday.eq(i64::from(window.weekday)),
                schedule_windows::from_minute.eq(i64::from(window.span.from)),
                schedule_windows::until_minute.eq(i64::from(window.span.until)),
            ))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// One schedule of an organization.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<ScheduleRow> {
    Ok(schedules::table
        .find(id)
        .filter(schedules::organization_id.eq(organization))
        .filter(schedules::removed_at.is_null())
        .select(ScheduleRow::as_select())
        .first(c)?)
}

/// One schedule with everything.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn whole(c: &mut AnyConnection, organization: &str, id: &str) -> Result<Whole> {
    let row = find(c, organization, id)?;
    let mut weekly: Vec<Window> = windows_of(c, &[id])?.remove(id).unwrap_or_default();
    weekly.sort_unstable();
    let mut hours = Schedule { weekly, ..Schedule::default() };
    let mut names = BTreeMap::new();
    for exception in exceptions_from(c, id, None)? {
        names.insert(exception.day, exception.name);
        hours.exceptions.insert(exception.day, exception.spans);
    }
    Ok(Whole { row, hours, names })
}

fn windows_of(c: &mut AnyConnection, ids: &[&str]) -> Result<HashMap<String, Vec<Window>>> {
    let rows: Vec<(String, i64, i64, i64)> =
        schedule_windows::table.filter(schedule_windows::schedule_id.eq_any(ids)).load(c)?;
    let mut windows: HashMap<String, Vec<Window>> = HashMap::new();
    for (id, weekday, from, until) in rows {
        windows.entry(id).or_default().push(window(weekday, from, until)?);
    }
    Ok(windows)
}

/// An organization's schedules by name.
///
/// # Errors
/// Those of the database.
pub fn all(c: &mut AnyConnection, organization: &str) -> Result<Vec<ScheduleRow>> {
    Ok(schedules::table
        .filter(schedules::organization_id.eq(organization))
        .filter(schedules::removed_at.is_null())
        .order((schedules::name, schedules::id))
        .select(ScheduleRow::as_select())
        .load(c)?)
}

/// The same with their weeks, exceptions from a date on (`2026-11-25`), and what they bind.
///
/// # Errors
/// Those of the database.
pub fn listed(c: &mut AnyConnection, organization: &str, today: &str) -> Result<Vec<Listed>> {
    let rows = all(c, organization)?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut windows = windows_of(c, &ids)?;
    let dates: Vec<(String, String)> = schedule_exceptions::table
        .filter(schedule_exceptions::schedule_id.eq_any(&ids))
        .filter(schedule_exceptions::date.ge(today))
        .select((schedule_exceptions::schedule_id, schedule_exceptions::date))
        .distinct()
        .load(c)?;
    let doors: Vec<(Option<String>, i64)> = doors::table
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .group_by(doors::schedule_id)
        .select((doors::schedule_id, count_star()))
        .load(c)?;
    let groups: Vec<(Option<String>, i64)> = groups::table
        .filter(groups::organization_id.eq(organization))
        .filter(groups::removed_at.is_null())
        .group_by(groups::schedule_id)
        .select((groups::schedule_id, count_star()))
        .load(c)?;
    let count = |of: &[(Option<String>, i64)], id: &str| {
        of.iter().find(|(schedule, _)| schedule.as_deref() == Some(id)).map_or(0, |(_, count)| *count)
    };
    let mut listed = Vec::with_capacity(rows.len());
    for row in rows {
        let mut weekly = windows.remove(&row.id).unwrap_or_default();
        weekly.sort_unstable();
        let exceptions = dates.iter().filter(|(schedule, _)| *schedule == row.id).count();
        listed.push(Listed {
            windows: weekly,
            exceptions: i64::try_from(exceptions).unwrap_or(0),
            doors: count(&doors, &row.id),
            groups: count(&groups, &row.id),
            row,
        });
    }
    Ok(listed)
}

/// What a schedule binds.
///
/// # Errors
/// Those of the database.
pub fn used_by(c: &mut AnyConnection, id: &str) -> Result<Use> {
    Ok(Use {
        doors: doors::table
            .filter(doors::schedule_id.eq(id))
            .filter(doors::removed_at.is_null())
            .order((doors::name, doors::id))
            .select((doors::id, doors::name))
            .load(c)?,
        groups: groups::table
            .filter(groups::schedule_id.eq(id))
            .filter(groups::removed_at.is_null())
            .order((groups::name, groups::id))
            .select((groups::id, groups::name))
            .load(c)?,
    })
}

/// Changes a schedule's name and week, if nobody else has since `version`.
///
/// # Errors
/// `NotFound`, `Stale`.
pub fn update(
    tx: &mut Tx<'_>,
    organization: &str,
    id: &str,
    version: i64,
    name: &str,
    windows: &[Window],
) -> Result<()> {
    find(tx.connection, organization, id)?;
    let target = schedules::table.find(id).filter(schedules::version.eq(version));
    let changed = diesel::update(target)
        .set((schedules::name.eq(name), schedules::version.eq(version + 1)))
        .execute(tx.connection)?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    put_windows(tx, id, windows)
}

/// Removes a schedule that binds nothing.
///
/// # Errors
/// `NotFound`; `Refused` while doors or groups have it, since they would then be open always.
pub fn remove(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<ScheduleRow> {
    let was = find(tx.connection, organization, id)?;
    let used = used_by(tx.connection, id)?;
    if let Some(sentence) = used.refusal() {
        return Err(Error::Refused(sentence));
    }
    diesel::update(schedules::table.find(id)).set(schedules::removed_at.eq(tx.now)).execute(tx.connection)?;
    Ok(was)
}

impl Use {
    /// Why the schedule stays, naming whom it binds; none when it binds nothing.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let names: Vec<String> = self.doors.iter().chain(&self.groups).map(|(_, name)| name.clone()).collect();
        (!names.is_empty()).then(|| {
            let are = if names.len() == 1 {
                "has these hours and would be open always"
            } else {
                "have these hours and would be open always"
            };
            format!("{} {are}. Give them other hours first.", app::ui::list(&names))
        })
    }
}
