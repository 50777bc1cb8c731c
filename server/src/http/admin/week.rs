//! A week of hours as pages draw it.

use crate::app::App;
use app::page::admin::week::{ClockChange, Day, Model};
use app::text::{Language, when};
use domain::schedule::{Span, weekday};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Weeks that can be looked at, either way from this one.
const FARTHEST: i32 = 520;

/// Which week is looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    week: Option<String>,
}

impl Asked {
    /// Weeks from this one.
    pub(super) fn ahead(&self) -> i32 {
        self.week.as_deref().and_then(|week| week.parse::<i32>().ok()).unwrap_or(0).clamp(-FARTHEST, FARTHEST)
    }

    /// The days of that week at a place, Monday first.
    pub(super) fn days(&self, app: &App, zone: &str) -> std::ops::RangeInclusive<i32> {
        let today = when::today(app.clock.now(), zone);
        let monday = today - i32::from(weekday(today)) + 7 * self.ahead();
        monday..=monday + 6
    }
}

/// The week of some hours, as the clocks of a zone show them.
pub(super) fn model(
    app: &App,
    asked: &Asked,
    path: &str,
    zone: &str,
    hours: impl Fn(i32) -> Vec<Span>,
    names: &BTreeMap<i32, String>,
) -> Model {
    let wall = when::wall(app.clock.now(), zone);
    let days = asked.days(app, zone);
    let ahead = asked.ahead();
    let to = |week: i32| if week == 0 { path.to_owned() } else { format!("{path}?week={week}") };
    Model {
        title: title(*days.start(), *days.end()),
        zone: zone.to_owned(),
        days: days
            .map(|day| {
                let changes = when::changes(day, zone);
                Day {
                    label: when::short_day(day, Language::En),
                    open: existing(&hours(day), &changes),
                    exception: names.get(&day).cloned(),
                    clock_changes: changes
                        .iter()
                        .map(|change| ClockChange { twice: change.twice, from: change.from, until: change.until })
                        .collect(),
                    now: (day == wall.day).then_some(wall.minute),
                }
            })
            .collect(),
        before: to((ahead - 1).max(-FARTHEST)),
        after: to((ahead + 1).min(FARTHEST)),
        present: (ahead != 0).then(|| path.to_owned()),
    }
}

/// Says that not all doors have the clock that is drawn.
pub(super) fn for_all(mut model: Model, zones: impl IntoIterator<Item = String>) -> Model {
    if zones.into_iter().any(|zone| zone != model.zone) {
        model.zone = format!("{}; at places in other time zones, these hours by the clocks there", model.zone);
    }
    model
}

/// From when to when, with the year once unless it is another one at the end.
fn title(first: i32, last: i32) -> String {
    let year = |day: i32| when::day_text(day).chars().take(4).collect::<String>();
    let said = if year(first) == year(last) { when::short_day } else { when::long_day };
    format!("{} to {}", said(first, Language::En), when::long_day(last, Language::En))
}

/// What of the hours exists: minutes that the clocks skip open nothing.
fn existing(hours: &[Span], changes: &[when::Change]) -> Vec<(u16, u16)> {
    let mut open: Vec<(u16, u16)> = hours.iter().map(|span| (span.from, span.until)).collect();
    for skipped in changes.iter().filter(|change| !change.twice) {
        open = open
            .into_iter()
            .flat_map(|(from, until)| [(from, until.min(skipped.from)), (from.max(skipped.until), until)])
            .filter(|(from, until)| from < until)
            .collect();
    }
    open
}
