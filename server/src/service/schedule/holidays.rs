//! Holidays from an iCalendar file (RFC 5545), as calendars on the web offer them: the dates it closes, and what in it
//! closes none, in words.

mod event;
mod yearly;

use app::text::{Language, when};
use event::Event;
use icalendar::parser::{Property, unfold};
use std::collections::BTreeMap;

/// The largest file that is read.
pub const MOST_BYTES: usize = 1 << 20;
/// The most dates to come that one file may bring.
pub const MOST_DATES: usize = 2_000;
/// Sentences about what was left out before *and more*.
const MOST_SENTENCES: usize = 100;
/// How far yearly events are followed.
const YEARS: i16 = 3;
/// Dates are stored up to the year 2199.
const LAST_DAY: i32 = 84_005;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Dates from today on with their names, in order.
    pub dates: Vec<(i32, String)>,
    /// What was left out and why, a sentence each.
    pub left_out: Vec<String>,
}

/// Reads a file.
///
/// # Errors
/// A sentence, when it is no calendar or holds too much.
pub fn read(file: &[u8], today: i32) -> Result<Found, String> {
    if file.len() > MOST_BYTES {
        return Err("This file is larger than 1 MiB. A calendar of holidays is much smaller.".into());
    }
    let text = unfold(&decoded(file));
    if !text.lines().any(|line| line.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err("This is no iCalendar file. It ends in .ics and begins with BEGIN:VCALENDAR.".into());
    }
    let mut reading = Reading { today, ..Reading::default() };
    reading.lines(&text);
    reading.done()
}

/// UTF-8 as the standard says, or else the Latin-1 of old programs.
fn decoded(file: &[u8]) -> String {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    match std::str::from_utf8(file) {
        Ok(text) => text.to_owned(),
        Err(_) => file.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[derive(Default)]
struct Reading {
    today: i32,
    dates: BTreeMap<i32, String>,
    left_out: Vec<String>,
    past: usize,
    too_late: usize,
}

impl Reading {
    fn lines(&mut self, text: &str) {
        let mut event: Option<Event> = None;
        // Components within an event, such as alarms, say nothing about its dates.
        let mut within = 0u32;
        for line in text.lines().map(str::trim_end) {
            let begins = line.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:"));
            let ends = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("END:"));
            let is_event = line.split_once(':').is_some_and(|(_, name)| name.trim().eq_ignore_ascii_case("VEVENT"));
            match (&mut event, begins, ends) {
                (open, true, _) if is_event => {
                    if let Some(unfinished) = open.replace(Event::default()) {
                        self.left_out.push(format!("{} has no end in the file.", unfinished.called()));
                    }
                    within = 0;
                }
                (Some(_), _, true) if is_event => {
                    if let Some(whole) = event.take() {
                        self.take(whole);
                    }
                }
                (Some(_), true, _) => within = within.saturating_add(1),
                (Some(_), _, true) => within = within.saturating_sub(1),
                (Some(event), _, _) if within == 0 && !line.is_empty() => {
                    if let Ok(property) = Property::try_from(line) {
                        event.add(&property);
                    }
                }
                _ => {}
            }
        }
        if let Some(unfinished) = event {
            self.left_out.push(format!("{} has no end in the file.", unfinished.called()));
        }
    }

    fn take(&mut self, event: Event) {
        let limit = when::date_of(self.today).saturating_add(jiff::Span::new().years(YEARS));
        match event.days(limit) {
            Ok(days) => {
                for day in days {
                    self.day(day, &event.name());
                }
            }
            Err(why) => self.left_out.push(format!("{}: {why}", event.called())),
        }
    }

    fn day(&mut self, day: i32, name: &str) {
        if day < self.today {
            self.past += 1;
        } else if day > LAST_DAY {
            self.too_late += 1;
        } else {
            let names = self.dates.entry(day).or_default();
            // Two holidays on one date are one closed day with both names.
            if names.is_empty() {
                name.clone_into(names);
            } else if !name.is_empty() && !names.split(", ").any(|known| known == name) {
                *names = format!("{names}, {name}").chars().take(100).collect();
            }
        }
    }

    fn done(mut self) -> Result<Found, String> {
        if self.dates.len() > MOST_DATES {
            return Err(format!(
                "This file holds {} dates to come; at most {MOST_DATES} fit one import.",
                self.dates.len()
            ));
        }
        let more = self.left_out.len().saturating_sub(MOST_SENTENCES);
        self.left_out.truncate(MOST_SENTENCES);
        if more > 0 {
            self.left_out.push(format!("And {more} more that close no day."));
        }
        let dates = |count: usize| if count == 1 { "One date".to_owned() } else { format!("{count} dates") };
        let today = when::long_day(self.today, Language::En);
        if self.past > 0 {
            self.left_out.push(format!("{} before {today}.", dates(self.past)));
        }
        if self.too_late > 0 {
            self.left_out.push(format!("{} after the year 2199.", dates(self.too_late)));
        }
        Ok(Found { dates: self.dates.into_iter().collect(), left_out: self.left_out })
    }
}

#[cfg(test)]
mod tests;
