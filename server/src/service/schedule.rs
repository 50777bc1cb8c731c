//! Schedules: made, changed, given exceptions, removed, each with its event.

use super::actor::Actor;
use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::store::schedule::{self, Exception, ScheduleRow};
use crate::store::writer::Tx;
use crate::store::{organization, place};
use app::text::when;
use domain::id::Kind;
use domain::input;
use domain::schedule::{Window, typed};

pub mod holidays;
pub mod words;

/// What a form or the command line gives.
#[derive(Clone, Debug, Default)]
pub struct ScheduleInput {
    /// What it is called.
    pub name: String,
    /// Monday to Sunday: from and until of each window, as typed.
    pub days: [Vec<(String, String)>; 7],
}

/// What is typed about a date with hours of its own.
#[derive(Clone, Debug, Default)]
pub struct ExceptionInput {
    /// `2026-12-25`.
    pub date: String,
    /// What it is called.
    pub name: String,
    /// From and until of each window; none closes the day.
    pub windows: Vec<(String, String)>,
}

fn check(typed: &ScheduleInput) -> Result<(String, Vec<Window>)> {
    let mut checks = Checks::default();
    let name = checks.take("name", input::line(&typed.name, 100));
    let (windows, wrong) = typed::week(&typed.days);
    for (day, refused) in wrong {
        checks.note(day, refused);
    }
    checks.done()?;
    Ok((name, windows))
}

/// Makes a schedule.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn create(app: &App, actor: &Actor, typed: &ScheduleInput) -> Result<String> {
    let (name, windows) = check(typed)?;
    let (actor, id) = (actor.clone(), app.clock.id(Kind::Schedule));
    app.db
        .write(move |tx| {
            let row = ScheduleRow {
                id: id.clone(),
                organization_id: actor.organization.clone(),
                name: name.clone(),
                version: 1,
                created_at: tx.now,
                removed_at: None,
            };
            schedule::insert(tx, &row, &windows)?;
            let mut event = actor.event(tx.clock, tx.now, "schedule.created", &id);
            event.detail.insert("name".into(), name.clone());
            event.detail.insert("week".into(), words::week(&windows).join("; "));
            tx.record(event);
            Ok(id.clone())
        })
        .await
}

/// Changes a schedule's name and week.
///
/// # Errors
/// `Fields`, `NotFound`, `Stale`; those of the store.
pub async fn update(app: &App, actor: &Actor, id: &str, version: i64, typed: &ScheduleInput) -> Result<()> {
    let (name, windows) = check(typed)?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            schedule::update(tx, &actor.organization, &id, version, &name, &windows)?;
            let mut event = actor.event(tx.clock, tx.now, "schedule.changed", &id);
            event.detail.insert("name".into(), name.clone());
            event.detail.insert("week".into(), words::week(&windows).join("; "));
            tx.record(event);
            Ok(())
        })
        .await
}

/// Removes a schedule that binds nothing. Says what it was called.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let was = schedule::remove(tx, &actor.organization, &id)?;
            let mut event = actor.event(tx.clock, tx.now, "schedule.removed", &id);
            event.detail.insert("name".into(), was.name.clone());
            tx.record(event);
            Ok(was.name)
        })
        .await
}

fn check_exception(typed: &ExceptionInput) -> Result<Exception> {
    let mut checks = Checks::default();
    let exception = Exception {
        day: checks.take("date", when::parse_day(&typed.date).ok_or("Please choose a date.")),
        spans: checks.take("windows", typed::spans(&typed.windows)),
        name: checks.take("exception_name", input::optional_line(&typed.name, 100)),
    };
    checks.done()?;
    Ok(exception)
}

/// Gives a date hours of its own.
///
/// # Errors
/// `Fields`, also when the date has passed or has hours of its own already; `NotFound`; those of the store.
pub async fn add_exception(app: &App, actor: &Actor, id: &str, typed: &ExceptionInput) -> Result<Exception> {
    let exception = check_exception(typed)?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            schedule::find(tx.connection, &actor.organization, &id)?;
            if exception.day < earliest_today(tx, &actor.organization)? {
                return Err(Error::field("date", "This date has passed. Check the year."));
            }
            if schedule::add_exceptions(tx, &id, std::slice::from_ref(&exception))? == 0 {
                return Err(Error::field("date", "This date has hours of its own already. Remove them first."));
            }
            let mut event = actor.event(tx.clock, tx.now, "schedule.exception_added", &id);
            event.detail.insert("date".into(), when::day_text(exception.day));
            event.detail.insert("hours".into(), words::exception(&exception.spans));
            if !exception.name.is_empty() {
                event.detail.insert("name".into(), exception.name.clone());
            }
            tx.record(event);
            Ok(exception.clone())
        })
        .await
}

/// The date where it is still earliest: at the organization, or at one of its places farther west.
fn earliest_today(tx: &mut Tx<'_>, organization: &str) -> Result<i32> {
    let zone = organization::find(tx.connection, organization)?.time_zone;
    let places = place::all(tx.connection, organization)?;
    let zones = std::iter::once(zone).chain(places.into_iter().map(|place| place.time_zone));
    Ok(zones.map(|zone| when::today(tx.now, &zone)).min().unwrap_or_default())
}

/// Takes a date's own hours away, so that the week's are good again. Says which date.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn remove_exception(app: &App, actor: &Actor, id: &str, date: &str) -> Result<i32> {
    let day = when::parse_day(date).ok_or_else(|| Error::Refused("There is no such date.".into()))?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            schedule::find(tx.connection, &actor.organization, &id)?;
            schedule::remove_exception(tx, &id, day)?;
            let mut event = actor.event(tx.clock, tx.now, "schedule.exception_removed", &id);
            event.detail.insert("date".into(), when::day_text(day));
            tx.record(event);
            Ok(day)
        })
        .await
}

/// Closes many dates at once, such as a country's holidays; those with hours of their own stay as they are. Says how
/// many were added.
///
/// # Errors
/// `NotFound`, `Refused` for too many; those of the store.
pub async fn close_dates(app: &App, actor: &Actor, id: &str, dates: Vec<(i32, String)>) -> Result<usize> {
    if dates.len() > holidays::MOST_DATES {
        return Err(Error::Refused(format!("At most {} dates fit one import.", holidays::MOST_DATES)));
    }
    let (actor, id) = (actor.clone(), id.to_owned());
    let closed: Vec<Exception> =
        dates.into_iter().map(|(day, name)| Exception { day, spans: Vec::new(), name }).collect();
    app.db
        .write(move |tx| {
            schedule::find(tx.connection, &actor.organization, &id)?;
            let added = schedule::add_exceptions(tx, &id, &closed)?;
            let mut event = actor.event(tx.clock, tx.now, "schedule.holidays_imported", &id);
            event.detail.insert("dates".into(), added.to_string());
            if let (Some(first), Some(last)) = (closed.first(), closed.last()) {
                event.detail.insert("first_date".into(), when::day_text(first.day));
                event.detail.insert("last_date".into(), when::day_text(last.day));
            }
            tx.record(event);
            Ok(added)
        })
        .await
}
