//! Schedules: weekly windows as clocks on the wall show them, with dates that have hours of their own.
//!
//! A window belongs to the day it begins on, also where it runs past midnight, and an exception replaces the windows
//! that begin on its date. Local time is taken as the wall shows it: an hour that happens twice, when clocks go back,
//! is open or shut both times, and one that never happens opens nothing.

use std::collections::BTreeMap;

pub mod together;
pub mod typed;

/// Minutes of a day.
pub const DAY: u16 = 1_440;

/// A moment on the wall of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wall {
    /// The local date as days since 1970-01-01.
    pub day: i32,
    /// Minutes since midnight as the clock shows them, 0 to 1,439.
    pub minute: u16,
}

/// The weekday of a date (days since 1970-01-01): 0 is Monday, 6 Sunday.
#[must_use]
pub fn weekday(day: i32) -> u8 {
    // 1970-01-01 was a Thursday.
    u8::try_from((i64::from(day) + 3).rem_euclid(7)).unwrap_or(0)
}

/// A stretch of time from a day's midnight on; an end beyond 1,440 lies in the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Minutes since midnight, 0 to 1,439.
    pub from: u16,
    /// Minutes since the same midnight, up to a whole day after `from`; that minute is shut again.
    pub until: u16,
}

/// Why a span or a window is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Longer than a day, or of no length.
    #[error("A window is between a minute and a whole day long.")]
    Length,
    /// No time of day.
    #[error("Write a time of day such as 08:30.")]
    Time,
    /// A beginning without an end, or the other way round.
    #[error("Give both times of a window, or leave both empty.")]
    Half,
    /// More windows than fit a day.
    #[error("At most eight windows may begin on one day.")]
    TooMany,
}

impl Span {
    /// From one time of day to another; an end that is not later lies in the next day.
    ///
    /// # Errors
    /// `Time` when either is no minute of a day (24:00 is an end, too).
    pub fn between(from: u16, until: u16) -> Result<Self, Refused> {
        if from >= DAY || until > DAY {
            return Err(Refused::Time);
        }
        Ok(Self { from, until: if until > from { until } else { until + DAY } })
    }

    /// As stored.
    ///
    /// # Errors
    /// `Time`, `Length`.
    pub fn new(from: u16, until: u16) -> Result<Self, Refused> {
        if from >= DAY {
            return Err(Refused::Time);
        }
        if until <= from || until - from > DAY {
            return Err(Refused::Length);
        }
        Ok(Self { from, until })
    }

    /// The parts on the day it begins on and on the day after.
    fn parts(self) -> (Span, Option<Span>) {
        let here = Span { from: self.from, until: self.until.min(DAY) };
        (here, (self.until > DAY).then(|| Span { from: 0, until: self.until - DAY }))
    }

    fn holds(self, minute: u16) -> bool {
        (self.from..self.until).contains(&minute)
    }
}

/// A weekly window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// The day it begins on: 0 is Monday, 6 Sunday.
    pub weekday: u8,
    /// When.
    pub span: Span,
}

/// Weekly windows with exceptions. Without any window it is never open, which is not the same as no schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Every week.
    pub weekly: Vec<Window>,
    /// Dates (days since 1970-01-01) with hours of their own; none of them closes the day.
    pub exceptions: BTreeMap<i32, Vec<Span>>,
}

impl Schedule {
    /// The spans that begin on a date.
    #[must_use]
    pub fn beginning(&self, day: i32) -> Vec<Span> {
        self.exceptions.get(&day).cloned().unwrap_or_else(|| {
            let weekday = weekday(day);
            self.weekly.iter().filter(|window| window.weekday == weekday).map(|window| window.span).collect()
        })
    }

    /// Whether it is open at a moment.
    #[must_use]
    pub fn open_at(&self, at: Wall) -> bool {
        let after_midnight = at.minute + DAY;
        self.beginning(at.day).into_iter().any(|span| span.holds(at.minute))
            || self.beginning(at.day - 1).into_iter().any(|span| span.holds(after_midnight))
    }

    /// The effective hours of a date from midnight to midnight, in order and without overlaps.
    #[must_use]
    pub fn hours(&self, day: i32) -> Vec<Span> {
        let mut spans: Vec<Span> = self.beginning(day - 1).into_iter().filter_map(|span| span.parts().1).collect();
        spans.extend(self.beginning(day).into_iter().map(|span| span.parts().0));
        together::union(spans)
    }

    /// The next moment, `at` included, at which it is open, within so many days.
    #[must_use]
    pub fn next_open(&self, at: Wall, days: i32) -> Option<Wall> {
        (at.day..=at.day.saturating_add(days)).find_map(|day| {
            let earliest = if day == at.day { at.minute } else { 0 };
            let spans = self.hours(day);
            let minute = spans.into_iter().find(|span| span.until > earliest)?.from.max(earliest);
            Some(Wall { day, minute })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23, a Monday.
    const MONDAY: i32 = 20_780;

    fn at(day: i32, hour: u16, minute: u16) -> Wall {
        Wall { day, minute: hour * 60 + minute }
    }

    fn window(weekday: u8, from: u16, until: u16) -> Window {
        Window { weekday, span: Span::between(from * 60, until * 60).expect("a span") }
    }

    fn office() -> Schedule {
        let mut weekly: Vec<Window> = (0..5).map(|weekday| window(weekday, 8, 18)).collect();
        weekly.push(window(4, 22, 6));
        Schedule { weekly, ..Schedule::default() }
    }

    #[test]
    fn weekdays_are_counted_from_monday() {
        assert_eq!(weekday(MONDAY), 0);
        assert_eq!(weekday(0), 3);
        assert_eq!(weekday(-4), 6);
    }

    #[test]
    fn a_window_is_open_from_its_first_minute_until_just_before_its_last() {
        assert!(!office().open_at(at(MONDAY, 7, 59)));
        assert!(office().open_at(at(MONDAY, 8, 0)));
        assert!(office().open_at(at(MONDAY, 17, 59)));
        assert!(!office().open_at(at(MONDAY, 18, 0)));
        assert!(!office().open_at(at(MONDAY + 6, 12, 0)));
    }

    #[test]
    fn a_window_may_cross_midnight_and_belongs_to_the_day_it_begins_on() {
        let friday = MONDAY + 4;
        assert!(office().open_at(at(friday, 23, 30)));
        assert!(office().open_at(at(friday + 1, 5, 59)));
        assert!(!office().open_at(at(friday + 1, 6, 0)));
        assert!(!office().open_at(at(MONDAY, 3, 0)), "from Sunday nothing runs on");
        let mut closed = office();
        closed.exceptions.insert(friday, Vec::new());
        assert!(!closed.open_at(at(friday, 12, 0)) && !closed.open_at(at(friday + 1, 3, 0)));
        let mut holiday = office();
        holiday.exceptions.insert(friday + 1, Vec::new());
        assert!(holiday.open_at(at(friday + 1, 3, 0)), "the night before still runs to its end");
    }

    #[test]
    fn an_exception_replaces_the_days_windows() {
        let mut short = office();
        short.exceptions.insert(MONDAY, vec![Span::between(600, 720).expect("a span")]);
        assert!(!short.open_at(at(MONDAY, 9, 0)) && short.open_at(at(MONDAY, 11, 0)));
        assert!(short.open_at(at(MONDAY + 7, 9, 0)), "the Monday after is as ever");
    }

    #[test]
    fn the_hours_of_a_day_are_merged_and_agree_with_every_minute() {
        let mut schedule = office();
        schedule.weekly.push(window(4, 17, 23));
        for day in MONDAY..MONDAY + 8 {
            let hours = schedule.hours(day);
            for minute in 0..DAY {
                let open = hours.iter().any(|span| span.holds(minute));
                assert_eq!(open, schedule.open_at(Wall { day, minute }), "{day} {minute}");
            }
            assert!(hours.windows(2).all(|pair| pair[0].until < pair[1].from), "{hours:?}");
        }
    }

    #[test]
    fn the_next_opening_is_found_or_there_is_none() {
        assert_eq!(office().next_open(at(MONDAY, 9, 0), 7), Some(at(MONDAY, 9, 0)));
        assert_eq!(office().next_open(at(MONDAY, 19, 0), 7), Some(at(MONDAY + 1, 8, 0)));
        assert_eq!(office().next_open(at(MONDAY + 5, 7, 0), 7), Some(at(MONDAY + 7, 8, 0)));
        assert_eq!(Schedule::default().next_open(at(MONDAY, 9, 0), 30), None);
    }

    #[test]
    fn a_whole_day_is_a_span_and_nothing_is_none() {
        assert_eq!(Span::between(0, DAY), Ok(Span { from: 0, until: DAY }));
        assert_eq!(Span::between(480, 480), Ok(Span { from: 480, until: 480 + DAY }));
        assert_eq!(Span::between(DAY, 10), Err(Refused::Time));
        assert_eq!(Span::new(10, 10), Err(Refused::Length));
        assert_eq!(Span::new(10, 10 + DAY + 1), Err(Refused::Length));
    }
}
