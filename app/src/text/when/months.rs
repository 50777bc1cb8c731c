//! Calendar months and days in a time zone, as quotas count and say them.

use super::{Language, time_zone, timestamp, words};
use jiff::civil::{Date, Time};

/// The month that an instant is in, `2026-11`; such texts sort by age.
#[must_use]
pub fn month(at_ms: i64, zone: &str) -> String {
    let (tz, _) = time_zone(zone);
    tz.to_datetime(timestamp(at_ms)).strftime("%Y-%m").to_string()
}

/// The first instant after a month such as `2026-11`.
#[must_use]
pub fn after_month(month: &str, zone: &str) -> Option<i64> {
    let (tz, _) = time_zone(zone);
    let first: Date = format!("{month}-01").parse().ok()?;
    let next = first.last_of_month().tomorrow().ok()?.to_datetime(Time::midnight());
    tz.to_ambiguous_timestamp(next).compatible().ok().map(jiff::Timestamp::as_millisecond)
}

/// The day that an instant is in: `Tue 24 November 2026`.
#[must_use]
pub fn day(at_ms: i64, zone: &str, language: Language) -> String {
    let (tz, _) = time_zone(zone);
    words::long_date(tz.to_datetime(timestamp(at_ms)).date(), language)
}

/// A moment in few letters, for what is read another day: `Tue 24 Nov, 18:00`.
#[must_use]
pub fn moment_for_text(at_ms: i64, zone: &str, language: Language) -> String {
    let (tz, _) = time_zone(zone);
    let local = tz.to_datetime(timestamp(at_ms));
    // As in that day's own year, so that the year is left out.
    format!("{}, {}", words::short_date(local.date(), local.date(), language), local.strftime("%H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_turns_with_the_zones_own_midnight() {
        // 2026-11-30T12:00Z is December already on Kiritimati, and the month's last day in Honolulu.
        let noon = 1_796_040_000_000;
        assert_eq!(month(noon, "Pacific/Kiritimati"), "2026-12");
        assert_eq!(month(noon, "Pacific/Honolulu"), "2026-11");
        for zone in ["Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Berlin"] {
            let next = after_month("2026-12", zone).unwrap();
            assert_eq!((month(next - 1, zone).as_str(), month(next, zone).as_str()), ("2026-12", "2027-01"), "{zone}");
        }
        assert_eq!(after_month("", "UTC"), None);
        assert_eq!(day(noon, "UTC", Language::En), "Mon 30 November 2026");
    }
}
