//! Weekly windows as people type and read them.

use super::{DAY, Refused, Span, Window};

/// The most windows that begin on one day.
pub const MOST_A_DAY: usize = 8;

/// The names of the weekdays in forms and errors, Monday first.
pub const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A time of day as typed, `08:30`, in minutes since midnight; `24:00` is an end.
///
/// # Errors
/// `Time`.
pub fn minute(text: &str) -> Result<u16, Refused> {
    let text = text.trim();
    let (hour, minute) = text.split_once(':').ok_or(Refused::Time)?;
    // Some browsers send seconds along.
    let minute = minute.strip_suffix(":00").unwrap_or(minute);
    let digits =
        |text: &str, least: usize| (least..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour, 1) || !digits(minute, 2) {
        return Err(Refused::Time);
    }
    let (hour, minute): (u16, u16) =
        (hour.parse().map_err(|_| Refused::Time)?, minute.parse().map_err(|_| Refused::Time)?);
    let all = hour * 60 + minute;
    if minute < 60 && all <= DAY { Ok(all) } else { Err(Refused::Time) }
}

/// Minutes since midnight as a clock shows them, `08:30`; those of the next day as it shows them then, and a day's end
/// as `24:00`.
#[must_use]
pub fn clock(minute: u16) -> String {
    let minute = if minute > DAY { minute - DAY } else { minute };
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// One span from two typed times; nothing when both are empty.
///
/// # Errors
/// `Half`, `Time`.
pub fn span(from: &str, until: &str) -> Result<Option<Span>, Refused> {
    match (from.trim(), until.trim()) {
        ("", "") => Ok(None),
        ("", _) | (_, "") => Err(Refused::Half),
        (from, until) => Span::between(minute(from)?, minute(until)?).map(Some),
    }
}

/// The spans of one day, sorted, each once.
///
/// # Errors
/// `Half`, `Time`, `TooMany`.
pub fn spans(typed: &[(String, String)]) -> Result<Vec<Span>, Refused> {
    let mut spans = Vec::new();
    for (from, until) in typed {
        spans.extend(span(from, until)?);
    }
    spans.sort_unstable();
    spans.dedup();
    if spans.len() > MOST_A_DAY { Err(Refused::TooMany) } else { Ok(spans) }
}

/// A week's windows from seven days of typed times, and the days with something wrong.
#[must_use]
pub fn week(days: &[Vec<(String, String)>; 7]) -> (Vec<Window>, Vec<(&'static str, Refused)>) {
    let (mut windows, mut wrong) = (Vec::new(), Vec::new());
    for ((weekday, name), typed) in (0u8..).zip(WEEKDAYS).zip(days) {
        match spans(typed) {
            Ok(spans) => windows.extend(spans.into_iter().map(|span| Window { weekday, span })),
            Err(refused) => wrong.push((name, refused)),
        }
    }
    (windows, wrong)
}

/// The same the other way: the times to show in a form.
#[must_use]
pub fn typed(windows: &[Window]) -> [Vec<(String, String)>; 7] {
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let mut days: [Vec<(String, String)>; 7] = Default::default();
    for window in sorted {
        if let Some(day) = days.get_mut(usize::from(window.weekday)) {
            // A field for a time of day knows no 24:00; its midnight ends the day just as well.
            day.push((clock(window.span.from), clock(window.span.until % DAY)));
        }
    }
    days
}

/// A span in words: `08:00–18:00`, `22:00–06:00 the next day`, `all day`.
#[must_use]
pub fn said(span: Span) -> String {
    if span.until - span.from == DAY && span.from == 0 {
        return "all day".to_owned();
    }
    let next = if span.until > DAY { " the next day" } else { "" };
    format!("{}–{}{next}", clock(span.from), clock(span.until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(from: &str, until: &str) -> (String, String) {
        (from.to_owned(), until.to_owned())
    }

    #[test]
    fn times_are_read_as_fields_send_them_and_nothing_else_is() {
        for (text, expected) in
            [("08:30", 510), ("8:30", 510), (" 00:00 ", 0), ("23:59", 1_439), ("24:00", 1_440), ("08:30:00", 510)]
        {
            assert_eq!(minute(text), Ok(expected), "{text}");
        }
        for text in ["", "8", "08:3", "08:60", "24:01", "-1:00", "+8:00", "08:30:15", "99999:00", "０８:30", "8:30pm"]
        {
            assert_eq!(minute(text), Err(Refused::Time), "{text}");
        }
    }

    #[test]
    fn an_end_that_is_not_later_lies_on_the_next_day() {
        assert_eq!(span("22:00", "06:00"), Ok(Some(Span { from: 1_320, until: 1_800 })));
        assert_eq!(span("18:00", "00:00"), Ok(Some(Span { from: 1_080, until: 1_440 })));
        assert_eq!(span("00:00", "00:00"), Ok(Some(Span { from: 0, until: 1_440 })));
        assert_eq!(span("", " "), Ok(None));
        assert_eq!(span("08:00", ""), Err(Refused::Half));
        assert_eq!(said(Span { from: 1_320, until: 1_800 }), "22:00–06:00 the next day");
        assert_eq!(said(Span { from: 0, until: 1_440 }), "all day");
        assert_eq!(said(Span { from: 480, until: 1_440 }), "08:00–24:00");
    }

    #[test]
    fn a_week_survives_its_form() {
        let mut days: [Vec<(String, String)>; 7] = Default::default();
        days[0] = vec![pair("13:00", "17:00"), pair("08:00", "12:00"), pair("", ""), pair("08:00", "12:00")];
        days[4] = vec![pair("22:00", "06:00")];
        let (windows, wrong) = week(&days);
        assert!(wrong.is_empty() && windows.len() == 3, "{windows:?} {wrong:?}");
        assert_eq!(week(&typed(&windows)), (windows, Vec::new()));
        days[6] = vec![pair("25:00", "26:00")];
        days[5] = vec![pair("", "26:00")];
        assert_eq!(week(&days).1, [("saturday", Refused::Half), ("sunday", Refused::Time)]);
        days[3] = (0..9).map(|hour| pair(&format!("{hour}:00"), &format!("{hour}:30"))).collect();
        assert!(week(&days).1.contains(&("thursday", Refused::TooMany)));
    }
}
