//! One event of a calendar, and the days that it takes whole.

use super::yearly;
use app::text::{clean, when};
use icalendar::parser::Property;
use jiff::civil::Date;

/// Longer than this is no holiday.
const MOST_DAYS: i32 = 366;

/// When something begins or ends: a date, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    day: Date,
    /// Minutes since midnight; none for a date alone.
    minute: Option<u16>,
    /// In UTC, so that midnight is midnight only there.
    utc: bool,
}

/// What a file says about an event, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Event {
    name: String,
    start: Option<At>,
    end: Option<At>,
    duration: Option<String>,
    rule: Option<String>,
    left: Vec<Date>,
    cancelled: bool,
    further_dates: bool,
}

impl Event {
    /// Takes up a property; those that say nothing about days are let go.
    pub(super) fn add(&mut self, property: &Property<'_>) {
        let value = property.val.as_str().trim();
        match property.name.as_str().to_ascii_uppercase().as_str() {
            "SUMMARY" => self.name = clean(value).chars().take(100).collect(),
            "DTSTART" => self.start = at(value),
            "DTEND" => self.end = at(value),
            "DURATION" => self.duration = Some(value.to_ascii_uppercase()),
            "RRULE" => self.rule = Some(value.to_ascii_uppercase()),
            "EXDATE" => self.left.extend(value.split(',').filter_map(|one| Some(at(one)?.day))),
            "RDATE" => self.further_dates = true,
            "STATUS" => self.cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }

    /// Its name; may be empty.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// The same for a sentence.
    pub(super) fn called(&self) -> String {
        if self.name.is_empty() { "An event without a name".to_owned() } else { self.name.clone() }
    }

    /// Every day that it takes whole, yearly ones up to a date.
    pub(super) fn days(&self, limit: Date) -> Result<Vec<i32>, String> {
        if self.cancelled {
            return Err("it is cancelled.".into());
        }
        let start = self.start.ok_or("it says no date that can be read.")?;
        let length = self.length(start)?;
        if self.further_dates {
            return Err("it names further dates one by one (RDATE), which are not followed.".into());
        }
        let firsts = match &self.rule {
            None => vec![start.day],
            Some(rule) => yearly::dates(start.day, rule, limit)?,
        };
        let firsts = firsts.into_iter().filter(|first| !self.left.contains(first));
        Ok(firsts.flat_map(|first| (0..length).map(move |ahead| when::day_number(first) + ahead)).collect())
    }

    /// How many days it takes.
    fn length(&self, start: At) -> Result<i32, String> {
        let whole = |at: At| at.minute.is_none() || (at.minute == Some(0) && !at.utc);
        if !whole(start) {
            return Err("it does not begin with a day, so no day is closed by it.".into());
        }
        let days = match (self.end, &self.duration) {
            (Some(end), _) if whole(end) => when::day_number(end.day) - when::day_number(start.day),
            (Some(_), _) => return Err("it does not end with a day, so no day is closed by it.".into()),
            (None, Some(duration)) => days_of(duration).ok_or("its length is not in whole days.")?,
            (None, None) if start.minute.is_some() => {
                return Err("it is a moment and no day.".into());
            }
            (None, None) => 1,
        };
        // Some programs write an end that is not later than the beginning and mean the one day.
        let days = if start.minute.is_none() { days.max(1) } else { days };
        match days {
            ..=0 => Err("it ends before it begins.".into()),
            1..=MOST_DAYS => Ok(days),
            _ => Err("it lasts longer than a year.".into()),
        }
    }
}

/// `20261225`, `20261225T000000` or `20261225T000000Z`.
fn at(text: &str) -> Option<At> {
    let text = text.trim();
    let (date, time) = text.split_once(['T', 't']).map_or((text, None), |(date, time)| (date, Some(time)));
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| date.get(range)?.parse::<i16>().ok();
    let (month, day) = (i8::try_from(part(4..6)?).ok()?, i8::try_from(part(6..8)?).ok()?);
    let day = Date::new(part(0..4)?, month, day).ok()?;
    let Some(time) = time else {
        return Some(At { day, minute: None, utc: false });
    };
    let utc = time.ends_with(['Z', 'z']);
    let time = time.trim_end_matches(['Z', 'z']);
    if time.len() != 6 || !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| time.get(range)?.parse::<u16>().ok();
    let (hour, minute, second) = (part(0..2)?, part(2..4)?, part(4..6)?);
    // A minute that is not whole is no midnight.
    let minute = hour * 60 + minute + u16::from(second > 0);
    (hour < 24).then_some(At { day, minute: Some(minute), utc })
}

/// `P2D` or `P1W`, in days.
fn days_of(duration: &str) -> Option<i32> {
    let (number, factor) = match duration.strip_prefix('P')?.trim_end_matches("T0H0M0S") {
        days if days.ends_with('D') => (days.strip_suffix('D')?, 1),
        weeks => (weeks.strip_suffix('W')?, 7),
    };
    number.parse::<i32>().ok()?.checked_mul(factor)
}
