//! Several schedules that bind at once: a door's, a link's own, and one of those of the groups on the way.

use super::{DAY, Schedule, Span, Wall};

/// Schedules of which one that is open is enough.
pub type AnyOf<'a> = Vec<&'a Schedule>;

/// The hours of a date at which at least one schedule of every set is open, in order and without overlaps.
#[must_use]
pub fn hours(sets: &[AnyOf<'_>], day: i32) -> Vec<Span> {
    let whole = vec![Span { from: 0, until: DAY }];
    sets.iter().fold(whole, |hours, set| common(&hours, &union(set.iter().flat_map(|one| one.hours(day)).collect())))
}

/// The next moment, `at` included, at which they are, within so many days.
#[must_use]
pub fn next_open(sets: &[AnyOf<'_>], at: Wall, days: i32) -> Option<Wall> {
    (at.day..=at.day.saturating_add(days)).find_map(|day| {
        let earliest = if day == at.day { at.minute } else { 0 };
        let minute = hours(sets, day).into_iter().find(|span| span.until > earliest)?.from.max(earliest);
        Some(Wall { day, minute })
    })
}

/// Spans in order, those that touch made one.
pub(super) fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => merged.push(span),
        }
    }
    merged
}

fn common(one: &[Span], other: &[Span]) -> Vec<Span> {
    let overlap = |a: &Span, b: &Span| Span { from: a.from.max(b.from), until: a.until.min(b.until) };
    let all = one.iter().flat_map(|a| other.iter().map(move |b| overlap(a, b)));
    all.filter(|span| span.from < span.until).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Window;

    fn daily(from: u16, until: u16) -> Schedule {
        let span = Span::between(from * 60, until * 60).expect("a span");
        Schedule { weekly: (0..7).map(|weekday| Window { weekday, span }).collect(), ..Schedule::default() }
    }

    #[test]
    fn what_binds_together_agrees_with_every_minute() {
        let (door, early, night, own) = (daily(7, 20), daily(5, 9), daily(18, 2), daily(8, 19));
        let sets = [vec![&door], vec![&early, &night], vec![&own]];
        for day in 20_780..20_783 {
            let hours = hours(&sets, day);
            assert!(hours.windows(2).all(|pair| pair[0].until < pair[1].from), "{hours:?}");
            for minute in 0..DAY {
                let at = Wall { day, minute };
                let open = sets.iter().all(|set| set.iter().any(|one| one.open_at(at)));
                assert_eq!(open, hours.iter().any(|span| span.holds(minute)), "{at:?}");
            }
        }
        let next = |hour: u16| next_open(&sets, Wall { day: 20_780, minute: hour * 60 }, 7);
        assert_eq!(next(3), Some(Wall { day: 20_780, minute: 480 }));
        assert_eq!(next(10), Some(Wall { day: 20_780, minute: 1_080 }));
        assert_eq!(next(23), Some(Wall { day: 20_781, minute: 480 }));
    }

    #[test]
    fn nothing_that_binds_is_always_and_hours_that_never_meet_are_never() {
        let at = Wall { day: 20_780, minute: 77 };
        assert_eq!(next_open(&[], at, 0), Some(at));
        let (day, night) = (daily(8, 12), daily(13, 18));
        assert_eq!(next_open(&[vec![&day], vec![&night]], at, 30), None);
        assert_eq!(next_open(&[vec![]], at, 30), None);
    }
}
