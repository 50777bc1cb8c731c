//! Dates of a schedule that have hours of their own.

use super::span;
use crate::error::{Error, Result};
use crate::store::connection::AnyConnection;
use crate::store::schema::schedule_exceptions;
use crate::store::writer::Tx;
use app::text::when;
use diesel::prelude::*;
use domain::schedule::Span;
use std::collections::BTreeMap;

/// A date with hours of its own; without any it is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Its hours.
    pub spans: Vec<Span>,
    /// What it is called; may be empty.
    pub name: String,
}

/// A schedule's exceptions by date, from a date on or all of them.
///
/// # Errors
/// Those of the database.
pub fn exceptions_from(c: &mut AnyConnection, schedule: &str, day: Option<i32>) -> Result<Vec<Exception>> {
    let first = day.map_or_else(String::new, when::day_text);
    let rows: Vec<(String, i64, i64, String)> = schedule_exceptions::table
        .filter(schedule_exceptions::schedule_id.eq(schedule))
        .filter(schedule_exceptions::date.ge(first))
        .order((schedule_exceptions::date, schedule_exceptions::from_minute))
        .select((
            schedule_exceptions::date,
            schedule_exceptions::from_minute,
            schedule_exceptions::until_minute,
            schedule_exceptions::name,
        ))
        .load(c)?;
    let mut found: BTreeMap<i32, Exception> = BTreeMap::new();
    for (date, from, until, name) in rows {
        let day = super::read::stored_day(&date)?;
        let exception = found.entry(day).or_insert_with(|| Exception { day, spans: Vec::new(), name });
        if (from, until) != (0, 0) {
            exception.spans.push(span(from, until)?);
        }
    }
    Ok(found.into_values().collect())
}

/// Adds exceptions on dates that have none yet; says how many.
///
/// # Errors
/// Those of the database.
pub fn add_exceptions(tx: &mut Tx<'_>, schedule: &str, exceptions: &[Exception]) -> Result<usize> {
    let known: Vec<i32> =
        exceptions_from(tx.connection, schedule, None)?.into_iter().map(|exception| exception.day).collect();
    let new: Vec<&Exception> = exceptions.iter().filter(|exception| !known.contains(&exception.day)).collect();
    for exception in &new {
        let date = when::day_text(exception.day);
        let closed = [(0, 0)];
        let spans: Vec<(i64, i64)> =
            exception.spans.iter().map(|span| (i64::from(span.from), i64::from(span.until))).collect();
        let rows = if spans.is_empty() { closed.as_slice() } else { spans.as_slice() };
        for (from, until) in rows {
            diesel::insert_into(schedule_exceptions::table)
                .values((
                    schedule_exceptions::schedule_id.eq(schedule),
                    schedule_exceptions::date.eq(&date),
                    schedule_exceptions::from_minute.eq(from),
                    schedule_exceptions::until_minute.eq(until),
                    schedule_exceptions::name.eq(&exception.name),
                ))
                .execute(tx.connection)?;
        }
    }
    Ok(new.len())
}

/// Removes the exception of a date.
///
/// # Errors
/// `Refused` when there is none.
pub fn remove_exception(tx: &mut Tx<'_>, schedule: &str, day: i32) -> Result<()> {
    let rows = schedule_exceptions::table
        .filter(schedule_exceptions::schedule_id.eq(schedule))
        .filter(schedule_exceptions::date.eq(when::day_text(day)));
    if diesel::delete(rows).execute(tx.connection)? == 0 {
        return Err(Error::Refused("There is no exception on this date any more.".into()));
    }
    Ok(())
}
