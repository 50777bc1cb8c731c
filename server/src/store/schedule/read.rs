//! Schedules as decisions read them, and what is stored turned into what the rules know.

use crate::error::{Error, Result};
use crate::store::connection::AnyConnection;
use crate::store::schema::{schedule_exceptions, schedule_windows, schedules};
use app::text::when;
use diesel::prelude::*;
use domain::schedule::{Schedule, Span, Window};
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Goes on when this is a schedule of the organization, or none.
///
/// # Errors
/// `Field` on `schedule_id`.
pub(crate) fn must_exist(c: &mut AnyConnection, organization: &str, id: Option<&str>) -> Result<()> {
    let Some(id) = id else {
        return Ok(());
    };
    let known: i64 = schedules::table
        .filter(schedules::id.eq(id))
        .filter(schedules::organization_id.eq(organization))
        .filter(schedules::removed_at.is_null())
        .count()
        .get_result(c)?;
    if known == 1 { Ok(()) } else { Err(Error::field("schedule_id", "Please choose one of your schedules.")) }
}

/// A span as stored.
pub(crate) fn span(from: i64, until: i64) -> Result<Span> {
    let minutes = u16::try_from(from).ok().zip(u16::try_from(until).ok());
    minutes
        .and_then(|(from, until)| Span::new(from, until).ok())
        .ok_or_else(|| Error::Unavailable(format!("a stored window from minute {from} to {until} is none")))
}

/// A window as stored.
pub(crate) fn window(weekday: i64, from: i64, until: i64) -> Result<Window> {
    let span = span(from, until)?;
    match u8::try_from(weekday) {
        Ok(weekday @ 0..=6) => Ok(Window { weekday, span }),
        _ => Err(Error::Unavailable(format!("a stored window on weekday {weekday} is none"))),
    }
}

/// A date as stored.
pub(super) fn stored_day(date: &str) -> Result<i32> {
    when::parse_day(date).ok_or_else(|| Error::Unavailable(format!("a stored exception's date {date} is none")))
}

/// Schedules by id, with their exceptions of some dates (days since 1970-01-01).
pub(crate) fn load(
    c: &mut AnyConnection,
    ids: HashSet<String>,
    days: RangeInclusive<i32>,
) -> Result<HashMap<String, Arc<Schedule>>> {
    let mut found: HashMap<String, Schedule> = HashMap::new();
    let windows: Vec<(String, i64, i64, i64)> =
        schedule_windows::table.filter(schedule_windows::schedule_id.eq_any(&ids)).load(c)?;
    for (id, weekday, from, until) in windows {
        found.entry(id).or_default().weekly.push(window(weekday, from, until)?);
    }
    // Dates are stored so that their texts sort as they do.
    let (first, last) = (when::day_text(*days.start()), when::day_text(*days.end()));
    let exceptions: Vec<(String, String, i64, i64)> = schedule_exceptions::table
        .filter(schedule_exceptions::schedule_id.eq_any(&ids))
        .filter(schedule_exceptions::date.between(first, last))
        .select((
            schedule_exceptions::schedule_id,
            schedule_exceptions::date,
            schedule_exceptions::from_minute,
            schedule_exceptions::until_minute,
        ))
        .load(c)?;
    for (id, date, from, until) in exceptions {
        let day = stored_day(&date)?;
        let spans = found.entry(id).or_default().exceptions.entry(day).or_default();
        // From 0 until 0 closes the day: an exception without any span.
        if (from, until) != (0, 0) {
            spans.push(span(from, until)?);
        }
    }
    Ok(found.into_iter().map(|(id, schedule)| (id, Arc::new(schedule))).collect())
}
