//! Hours in words, as pages, events and the command line say them.

use domain::schedule::typed::said;
use domain::schedule::{Span, Window};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A week in lines, days with the same hours together: `Mon to Fri 08:00–18:00`, `Sat 10:00–14:00`. Empty for never.
#[must_use]
pub fn week(windows: &[Window]) -> Vec<String> {
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let hours: Vec<Vec<Span>> = (0u8..7)
        .map(|day| sorted.iter().filter(|window| window.weekday == day).map(|window| window.span).collect())
        .collect();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (day, spans) in hours.iter().enumerate() {
        match runs.last_mut() {
            Some((first, last)) if hours.get(*first) == Some(spans) && *last + 1 == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    runs.into_iter()
        .filter_map(|(first, last)| {
            let spans = hours.get(first).filter(|spans| !spans.is_empty())?;
            let (from, until) = (DAYS.get(first)?, DAYS.get(last)?);
            let days = match last - first {
                0 => (*from).to_owned(),
                1 => format!("{from} and {until}"),
                6 => "Every day".to_owned(),
                _ => format!("{from} to {until}"),
            };
            let spans: Vec<String> = spans.iter().map(|span| said(*span)).collect();
            Some(format!("{days} {}", spans.join(", ")))
        })
        .collect()
}

/// The hours of a date: `Closed`, or `10:00–14:00`.
#[must_use]
pub fn exception(spans: &[Span]) -> String {
    if spans.is_empty() {
        return "Closed".to_owned();
    }
    spans.iter().map(|span| said(*span)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_the_same_hours_are_said_together() {
        let window = |weekday, from: u16, until: u16| Window {
            weekday,
            span: Span::between(from * 60, until * 60).expect("a span"),
        };
        let mut office: Vec<Window> = (0..5).map(|day| window(day, 8, 18)).collect();
        office.push(window(4, 22, 6));
        office.push(window(6, 10, 14));
        assert_eq!(
            week(&office),
            ["Mon to Thu 08:00–18:00", "Fri 08:00–18:00, 22:00–06:00 the next day", "Sun 10:00–14:00"]
        );
        let always: Vec<Window> = (0..7).map(|day| window(day, 0, 24)).collect();
        assert_eq!(week(&always), ["Every day all day"]);
        assert_eq!(week(&[window(5, 9, 10), window(6, 9, 10)]), ["Sat and Sun 09:00–10:00"]);
        assert!(week(&[]).is_empty());
        assert_eq!(exception(&[]), "Closed");
    }
}
