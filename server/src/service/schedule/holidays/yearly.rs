//! Events that come back each year, by the part of RFC 5545 §3.3.10 that holidays use; anything else is refused in words.

use jiff::civil::{Date, Weekday};

/// The dates on which an event that began on one comes back, up to a limit. A 29th of February comes in leap years.
pub(super) fn dates(start: Date, rule: &str, limit: Date) -> Result<Vec<Date>, String> {
    let rule = Rule::read(rule)?;
    let mut dates = Vec::new();
    let mut count = 0;
    let mut year = start.year();
    while year <= limit.year() {
        let date = rule.in_year(start, year);
        if let Some(date) = date.filter(|date| *date >= start) {
            count += 1;
            let over = rule.count.is_some_and(|most| count > most) || rule.until.is_some_and(|until| date > until);
            if over {
                break;
            }
            if date <= limit {
                dates.push(date);
            }
        }
        year = year.saturating_add(rule.interval);
    }
    Ok(dates)
}

#[derive(Debug, Default)]
struct Rule {
    interval: i16,
    count: Option<i64>,
    until: Option<Date>,
    month: Option<i8>,
    day: Option<i8>,
    weekday: Option<(i8, Weekday)>,
}

impl Rule {
    fn read(text: &str) -> Result<Self, String> {
        let mut rule = Self { interval: 1, ..Self::default() };
        let mut yearly = false;
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let unknown = || format!("it repeats in a way that is not followed ({name}={value}).");
            match name {
                "FREQ" => {
                    yearly = value == "YEARLY";
                    if !yearly {
                        return Err(format!("it repeats {}; only yearly events are followed.", value.to_lowercase()));
                    }
                }
                "INTERVAL" => {
                    rule.interval = value.parse().ok().filter(|interval| *interval > 0).ok_or_else(unknown)?;
                }
                "COUNT" => rule.count = Some(value.parse().map_err(|_| unknown())?),
                "UNTIL" => rule.until = Some(date(value).ok_or_else(unknown)?),
                "BYMONTH" => {
                    rule.month = Some(value.parse().ok().filter(|month| (1..=12).contains(month)).ok_or_else(unknown)?);
                }
                "BYMONTHDAY" => {
                    rule.day = Some(value.parse().ok().filter(|day| (1..=31).contains(day)).ok_or_else(unknown)?);
                }
                "BYDAY" => rule.weekday = Some(weekday(value).ok_or_else(unknown)?),
                "WKST" => {}
                _ => return Err(unknown()),
            }
        }
        if !yearly {
            return Err("it repeats, but does not say how often.".into());
        }
        if rule.weekday.is_some() && (rule.month.is_none() || rule.day.is_some()) {
            return Err("it repeats in a way that is not followed (BYDAY without a month).".into());
        }
        Ok(rule)
    }

    fn in_year(&self, start: Date, year: i16) -> Option<Date> {
        let month = self.month.unwrap_or(start.month());
        match self.weekday {
            Some((nth, weekday)) => Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok(),
            None => Date::new(year, month, self.day.unwrap_or(start.day())).ok(),
        }
    }
}

fn date(text: &str) -> Option<Date> {
    let text = text.get(..8)?;
    Date::strptime("%Y%m%d", text).ok()
}

/// `4TH`: the fourth Thursday; `-1MO`: the last Monday.
fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let (number, day) = (text.get(..at)?, text.get(at..)?);
    let day = match day {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let number: i8 = number.parse().ok()?;
    ((1..=5).contains(&number.abs())).then_some((number, day))
}
