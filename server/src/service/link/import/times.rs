//! Dates and times as spreadsheets and people write them, in the one form that a link's check reads.

/// A day's end, unless a time is given.
const EVENING: &str = "23:59";
const MORNING: &str = "00:00";

/// A beginning: of the day, unless a time is given.
///
/// # Errors
/// A sentence, when it is no date.
pub(super) fn from(text: &str) -> Result<String, String> {
    moment(text, MORNING)
}

/// An end: of the day, unless a time is given.
///
/// # Errors
/// A sentence, when it is no date.
pub(super) fn until(text: &str) -> Result<String, String> {
    moment(text, EVENING)
}

fn moment(text: &str, otherwise: &str) -> Result<String, String> {
    let text = text.trim();
    // An exact moment says its zone itself.
    if text.is_empty() || text.parse::<jiff::Timestamp>().is_ok() {
        return Ok(text.to_owned());
    }
    let refused =
        || "This is not a date. Write it like 2026-12-24, 24.12.2026 18:00 or 2026-12-24T18:00:00+01:00.".to_owned();
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, otherwise));
    let number = |part: &str, least: u32, most: u32| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|number| digits && (least..=most).contains(number))
    };
    let parts: Vec<&str> = if day.contains('.') { day.rsplit('.').collect() } else { day.split('-').collect() };
    let [year, month, day] = *parts.as_slice() else {
        return Err(refused());
    };
    let clock: Vec<&str> = time.trim().split(':').collect();
    let (hour, minute) = match *clock.as_slice() {
        [hour, minute] | [hour, minute, _] => (hour, minute),
        _ => return Err(refused()),
    };
    let read = || {
        let (year, month, day) = (number(year, 2000, 2199)?, number(month, 1, 12)?, number(day, 1, 31)?);
        Some(format!("{year}-{month:02}-{day:02}T{:02}:{:02}", number(hour, 0, 23)?, number(minute, 0, 59)?))
    };
    read().ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_of_either_habit_are_read() {
        for (text, expected) in [
            ("2026-12-24", "2026-12-24T23:59"),
            ("24.12.2026", "2026-12-24T23:59"),
            ("1.2.2026 9:05", "2026-02-01T09:05"),
            ("2026-12-24 18:00", "2026-12-24T18:00"),
            ("2026-12-24T18:00:30", "2026-12-24T18:00"),
            ("2026-12-24T18:00:00+01:00", "2026-12-24T18:00:00+01:00"),
            ("", ""),
        ] {
            assert_eq!(until(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(from("2026-12-24").as_deref(), Ok("2026-12-24T00:00"));
        for text in ["tomorrow", "12/24/2026", "2026-13-01", "2026-12-24 25:00", "24.12.26", "2026-12", "+1-2-3"] {
            assert!(until(text).is_err(), "{text}");
        }
    }
}
