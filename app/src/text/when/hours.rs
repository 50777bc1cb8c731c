//! Hours on the wall of a place, held against time as it passes: when something opens next, and what clocks do on the
//! days on which they are changed.

use domain::schedule::{Span, Wall};
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

use super::{Language, date_of, day_number, time_zone, timestamp, words};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// The first instant from `at_ms` on whose moment on the wall `next` names, within so many days.
///
/// `next` gives the next moment on the wall from one on, that one included. It is asked anew after each change of the
/// clocks, so that an hour that does not exist opens nothing and one that comes twice opens twice.
pub fn next(at_ms: i64, zone: &str, days: i32, next: impl Fn(Wall) -> Option<Wall>) -> Option<i64> {
    let (tz, _) = time_zone(zone);
    let end = at_ms.saturating_add(i64::from(days) * DAY_MS);
    let mut changes = tz.following(timestamp(at_ms)).map(|change| change.timestamp().as_millisecond());
    let mut from = at_ms;
    loop {
        let change = changes.next().filter(|change| *change <= end);
        let local = tz.to_datetime(timestamp(from));
        let begun = wall_of(local);
        if let Some(found) = next(begun) {
            // Between two changes of the clocks wall and time run alike.
            let minutes = i64::from(found.day - begun.day) * 1_440 + i64::from(found.minute) - i64::from(begun.minute);
            let into = i64::from(local.second()) * 1_000 + i64::from(local.millisecond());
            let at = if minutes == 0 { from } else { from - into + minutes * MINUTE_MS };
            if at <= end && change.is_none_or(|change| at < change) {
                return Some(at);
            }
        }
        from = change?;
    }
}

/// The stretches from one instant up to another in which `hours` (a date's, from midnight to midnight) are on, in
/// order: an hour that does not exist opens nothing, and one that comes twice opens twice.
pub fn stretches(from_ms: i64, until_ms: i64, zone: &str, hours: impl Fn(i32) -> Vec<Span>) -> Vec<(i64, i64)> {
    let (tz, _) = time_zone(zone);
    let changes = tz.following(timestamp(from_ms)).map(|change| change.timestamp().as_millisecond());
    let mut ends: Vec<i64> = changes.take_while(|change| *change < until_ms).collect();
    ends.push(until_ms);
    let mut on: Vec<(i64, i64)> = Vec::new();
    let mut begin = from_ms;
    for end in ends {
        // Between two changes of the clocks wall and time run alike.
        let ahead = i64::from(tz.to_offset(timestamp(begin)).seconds()) * 1_000;
        let day_of = |at: i64| i32::try_from((at + ahead).div_euclid(DAY_MS)).unwrap_or(0);
        for day in day_of(begin)..=day_of(end) {
            let midnight = i64::from(day) * DAY_MS - ahead;
            for span in hours(day) {
                let from = (midnight + i64::from(span.from) * MINUTE_MS).max(begin);
                let until = (midnight + i64::from(span.until) * MINUTE_MS).min(end);
                match on.last_mut() {
                    _ if from >= until => {}
                    Some(last) if last.1 >= from => last.1 = last.1.max(until),
                    _ => on.push((from, until)),
                }
            }
        }
        begin = end;
    }
    on
}

/// What happens to the clocks on a date: they skip or repeat the minutes from one until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whether these minutes come twice; else not at all.
    pub twice: bool,
    /// Minutes since midnight.
    pub from: u16,
    /// Minutes since midnight, at most 1,440.
    pub until: u16,
}

/// The changes of the clocks that touch a date.
#[must_use]
pub fn changes(day: i32, zone: &str) -> Vec<Change> {
    let (tz, _) = time_zone(zone);
    let noon =
        |day: i32| instant_of(date_of(day).to_datetime(Time::midnight()), &tz).saturating_add(12 * 60 * MINUTE_MS);
    let last = noon(day + 1);
    tz.following(timestamp(noon(day - 1)))
        .take_while(|change| change.timestamp().as_millisecond() <= last)
        .filter_map(|change| {
            let after = minutes(tz.to_datetime(change.timestamp()), day);
            let before = Timestamp::from_millisecond(change.timestamp().as_millisecond() - 1).ok()?;
            let before = minutes(tz.to_datetime(before), day) + 1;
            let (from, until) = (before.min(after), before.max(after));
            let inside = |minute: i64| u16::try_from(minute.clamp(0, 1_440)).unwrap_or(0);
            let found = Change { twice: after < before, from: inside(from), until: inside(until) };
            (found.from < found.until).then_some(found)
        })
        .collect()
}

fn instant_of(local: DateTime, tz: &TimeZone) -> i64 {
    tz.to_ambiguous_timestamp(local).compatible().map_or(0, Timestamp::as_millisecond)
}

fn wall_of(local: DateTime) -> Wall {
    let minute = minutes(local, day_number(local.date()));
    Wall { day: day_number(local.date()), minute: u16::try_from(minute).unwrap_or(0) }
}

/// Minutes from the midnight of `day`, whole ones.
fn minutes(local: DateTime, day: i32) -> i64 {
    i64::from(day_number(local.date()) - day) * 1_440 + i64::from(local.hour()) * 60 + i64::from(local.minute())
}

/// When something opens, as its visitor reads it: `today 18:00`, `Monday 08:00`, `Sat 28 Nov, 09:00`.
#[must_use]
pub fn opening(at_ms: i64, now_ms: i64, zone: &str, language: Language) -> String {
    let (tz, _) = time_zone(zone);
    let (local, today) = (tz.to_datetime(timestamp(at_ms)), tz.to_datetime(timestamp(now_ms)).date());
    let ahead = day_number(local.date()) - day_number(today);
    if (2..7).contains(&ahead) {
        return format!("{} {}", words::full_weekday(local.weekday(), language), local.strftime("%H:%M"));
    }
    super::said(local, today, language)
}

/// A date as a week's page says it, which names the year itself: `Mon 23 Nov`.
#[must_use]
pub fn short_day(day: i32, language: Language) -> String {
    words::short_date(date_of(day), date_of(day), language)
}

/// A date with everything: `Mon 23 November 2026`.
#[must_use]
pub fn long_day(day: i32, language: Language) -> String {
    words::long_date(date_of(day), language)
}

/// The day that a moment is in, at a place.
#[must_use]
pub fn today(now_ms: i64, zone: &str) -> i32 {
    super::wall(now_ms, zone).day
}
