//! Times as people say them, in a place's time zone, and the way back from a form's field.

use domain::schedule::Wall;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::Language;

mod hours;
mod months;
mod words;

pub use hours::{Change, changes, long_day, next, opening, short_day, stretches, today};
pub use months::{after_month, day, moment_for_text, month};

/// One instant, three ways: for the eye, for who wants to know exactly, and for machines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// As people say it: `today 14:31`, `tomorrow 06:00`, `Sat 28 Nov, 09:00`.
    pub said: String,
    /// Everything: `Tue 24 November 2026, 14:31:05 Europe/Berlin`.
    pub exact: String,
    /// RFC 3339 with the zone's offset at that instant.
    pub iso: String,
}

/// Says `at_ms` (Unix ms) in `zone` (an IANA name) as it sounds at `now_ms`.
///
/// An unknown zone reads as UTC, and says so.
#[must_use]
pub fn moment(at_ms: i64, now_ms: i64, zone: &str, language: Language) -> Moment {
    let (tz, zone) = time_zone(zone);
    let at = timestamp(at_ms);
    let local = tz.to_datetime(at);
    let today = tz.to_datetime(timestamp(now_ms)).date();
    Moment { said: said(local, today, language), exact: exact(local, at, &tz, zone, language), iso: iso(at, &tz) }
}

/// A moment for what is read another day, such as mail: `Tue 24 November 2026, 14:31 (Europe/Berlin)`.
#[must_use]
pub fn absolute(at_ms: i64, zone: &str, language: Language) -> String {
    let (tz, zone) = time_zone(zone);
    let local = tz.to_datetime(timestamp(at_ms));
    let date = words::long_date(local.date(), language);
    format!("{date}, {} ({zone})", local.strftime("%H:%M"))
}

/// RFC 3339 in UTC, to the second: for attributes that only machines read.
#[must_use]
pub fn iso_utc(at_ms: i64) -> String {
    format!("{}Z", timestamp(at_ms).strftime("%Y-%m-%dT%H:%M:%S"))
}

/// A length of time in its two largest units, rounded up to a second: `3 h 29 min`, `4 s`, `2 days 3 h`.
#[must_use]
pub fn duration(ms: i64, language: Language) -> String {
    let seconds = ms.max(0).saturating_add(999) / 1000;
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    let pair = |large: String, small: i64, unit: &str| match small {
        0 => large,
        _ => format!("{large} {small} {unit}"),
    };
    if days > 0 {
        pair(words::days(days, language), hours, "h")
    } else if hours > 0 {
        pair(format!("{hours} h"), minutes, "min")
    } else if minutes > 0 {
        pair(format!("{minutes} min"), rest, "s")
    } else {
        format!("{rest} s")
    }
}

/// How long from `now_ms` until `at_ms`, as [`duration`] says it; `0 s` when it has passed.
#[must_use]
pub fn until(at_ms: i64, now_ms: i64, language: Language) -> String {
    duration(at_ms.saturating_sub(now_ms), language)
}

/// The value of an `<input type="datetime-local">` that shows `at_ms` in `zone`, to the minute.
#[must_use]
pub fn input(at_ms: i64, zone: &str) -> String {
    let (tz, _) = time_zone(zone);
    tz.to_datetime(timestamp(at_ms)).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Why a typed time is no time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhenError {
    /// Nothing was typed.
    Empty,
    /// Not a date with a time, or outside the years 2000 to 2199.
    NotATime,
    /// The place's zone is not in the zone database.
    UnknownZone(String),
    /// The clocks jump over that time; the field holds the first time after the jump, `HH:MM`.
    Skipped {
        /// The zone whose clocks jump.
        zone: String,
        /// The first time after the jump, `HH:MM`.
        first: String,
    },
}

impl std::fmt::Display for WhenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => write!(f, "Give a date and a time."),
            Self::NotATime => {
                write!(f, "This is not a date with a time, such as 2026-11-24 14:30.")
            }
            Self::UnknownZone(zone) => write!(f, "There is no time zone named {zone}."),
            Self::Skipped { zone, first } => write!(
                f,
                "This time does not exist in {zone}: the clocks go forward that night. Choose {first} or later."
            ),
        }
    }
}

impl std::error::Error for WhenError {}

/// Reads the value of an `<input type="datetime-local">` in `zone`, as Unix ms.
///
/// A time that happens twice, when the clocks go back, is the first of the two.
///
/// # Errors
/// [`WhenError`], whose `Display` is a sentence for the form's field.
pub fn parse_input(typed: &str, zone: &str) -> Result<i64, WhenError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(WhenError::Empty);
    }
    let local = civil(typed).ok_or(WhenError::NotATime)?;
    let tz = TimeZone::get(zone).map_err(|_| WhenError::UnknownZone(zone.to_owned()))?;
    let ambiguous = tz.to_ambiguous_timestamp(local);
    let offset = ambiguous.offset();
    let at = ambiguous.compatible().map_err(|_| WhenError::NotATime)?;
    if matches!(offset, AmbiguousOffset::Gap { .. }) {
        // The jump is the last transition up to and with the shifted time.
        let first =
            tz.preceding(timestamp(at.as_millisecond() + 1)).next().map_or(at, |transition| transition.timestamp());
        return Err(WhenError::Skipped {
            zone: zone.to_owned(),
            first: tz.to_datetime(first).strftime("%H:%M").to_string(),
        });
    }
    Ok(at.as_millisecond())
}

/// 23:59 of the day after today in `zone`, as Unix ms.
#[must_use]
pub fn end_of_tomorrow(now_ms: i64, zone: &str) -> i64 {
    end_of_day(now_ms, zone, 1)
}

/// 23:59 of the day so many days from today in `zone`, as Unix ms: a new link's default end.
#[must_use]
pub fn end_of_day(now_ms: i64, zone: &str, days: i64) -> i64 {
    let (tz, _) = time_zone(zone);
    let now = timestamp(now_ms);
    let day = tz.to_datetime(now).date().checked_add(jiff::Span::new().try_days(days).unwrap_or_default());
    day.and_then(|date| tz.to_ambiguous_timestamp(date.to_datetime(Time::constant(23, 59, 0, 0))).compatible())
        .map_or(now_ms, Timestamp::as_millisecond)
}

/// The first moment of the day that `now_ms` is in.
#[must_use]
pub fn start_of_day(now_ms: i64, zone: &str) -> i64 {
    let (tz, _) = time_zone(zone);
    let midnight = tz.to_datetime(timestamp(now_ms)).date().to_datetime(Time::midnight());
    tz.to_ambiguous_timestamp(midnight).compatible().map_or(now_ms, Timestamp::as_millisecond)
}

/// What the clocks of `zone` show at an instant.
#[must_use]
pub fn wall(at_ms: i64, zone: &str) -> Wall {
    let (tz, _) = time_zone(zone);
    let local = tz.to_datetime(timestamp(at_ms));
    Wall {
        day: day_number(local.date()),
        minute: u16::try_from(local.hour()).unwrap_or(0) * 60 + u16::try_from(local.minute()).unwrap_or(0),
    }
}

/// The first instant at which the clocks of `zone` show that; where they jump over it, as long after the jump.
#[must_use]
pub fn instant(wall: Wall, zone: &str) -> i64 {
    let (tz, _) = time_zone(zone);
    let (hour, minute) = (i8::try_from(wall.minute / 60).unwrap_or(0), i8::try_from(wall.minute % 60).unwrap_or(0));
    let local = date_of(wall.day).to_datetime(Time::constant(hour, minute, 0, 0));
    tz.to_ambiguous_timestamp(local).compatible().map_or(0, Timestamp::as_millisecond)
}

/// A date as days since 1970-01-01.
#[must_use]
pub fn day_number(date: Date) -> i32 {
    (date - Date::constant(1970, 1, 1)).get_days()
}

/// The date so many days after 1970-01-01.
#[must_use]
pub fn date_of(day: i32) -> Date {
    Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day))
}

/// A date as it is stored and typed, `2026-11-25`, as days since 1970-01-01.
#[must_use]
pub fn parse_day(text: &str) -> Option<i32> {
    let date: Date = text.trim().parse().ok()?;
    (1970..2200).contains(&date.year()).then(|| day_number(date))
}

/// The same the other way.
#[must_use]
pub fn day_text(day: i32) -> String {
    date_of(day).to_string()
}

/// A typed zone as the zone database spells it, `Europe/Berlin` for `europe/berlin`; none when it knows no such zone.
#[must_use]
pub fn zone_name(typed: &str) -> Option<String> {
    TimeZone::get(typed.trim()).ok()?.iana_name().map(str::to_owned)
}

/// Whether the zone database knows `zone`, an IANA name such as `Europe/Berlin`.
#[must_use]
pub fn is_zone(zone: &str) -> bool {
    TimeZone::get(zone).is_ok()
}

/// Every zone of the database by name, sorted, for a form's choice.
#[must_use]
pub fn zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    names.sort_unstable();
    names
}

fn civil(typed: &str) -> Option<DateTime> {
    let typed = typed.replacen(' ', "T", 1);
    let local =
        ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"].iter().find_map(|format| DateTime::strptime(format, &typed).ok())?;
    (2000..2200).contains(&local.year()).then_some(local)
}

fn time_zone(zone: &str) -> (TimeZone, &str) {
    TimeZone::get(zone).map_or((TimeZone::UTC, "UTC"), |tz| (tz, zone))
}

/// Out-of-range numbers show as the farthest time there is, since a page must not fail for them.
fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

fn said(local: DateTime, today: Date, language: Language) -> String {
    let clock = local.strftime("%H:%M");
    let day = local.date();
    let near = if day == today {
        Some(words::TODAY)
    } else if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
        Some(words::TOMORROW)
    } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
        Some(words::YESTERDAY)
    } else {
        None
    };
    match near {
        Some(word) => format!("{} {clock}", word.in_language(language)),
        None => format!("{}, {clock}", words::short_date(day, today, language)),
    }
}

fn exact(local: DateTime, at: Timestamp, tz: &TimeZone, zone: &str, language: Language) -> String {
    let date = words::long_date(local.date(), language);
    let clock = local.strftime("%H:%M:%S");
    // The hour that happens twice needs its offset to be exact.
    let twice = matches!(tz.to_ambiguous_timestamp(local).offset(), AmbiguousOffset::Fold { .. });
    if twice {
        return format!("{date}, {clock} {zone} (UTC{})", tz.to_offset(at));
    }
    format!("{date}, {clock} {zone}")
}

fn iso(at: Timestamp, tz: &TimeZone) -> String {
    at.to_zoned_datetime(tz.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests;
