//! A link's own hours, and when those that bind it open its doors next.

use crate::app::App;
use crate::http::admin::week;
use crate::store::door::DoorAtPlace;
use crate::store::facts::Facts;
use crate::store::link::LinkRow;
use app::page::admin::week as week_page;
use app::text::{Language, when};
use domain::schedule::{Schedule, Window};
use std::collections::BTreeMap;

/// How many days ahead an opening is looked for.
pub(in crate::http::admin) const AHEAD: i32 = 28;
const DAY_MS: i64 = 86_400_000;

/// When a door's hours open it next for this link, where they keep it shut now, in words; from the link's beginning on.
pub(super) fn opens(facts: &Facts, link: &LinkRow, at: &DoorAtPlace, now: i64) -> Option<String> {
    let from = now.max(link.valid_from);
    if link.valid_until.is_some_and(|until| until <= from) {
        // It has ended: its hours have no say any more.
        return None;
    }
    match facts.next_open(&(link.id.clone(), at.door.id.clone()), from, link.valid_until, AHEAD) {
        Some(next) if next == from => None,
        Some(next) => Some(format!("Opens {}", when::opening(next, now, &at.place.time_zone, Language::En))),
        None => Some(never(link.valid_until, from).to_owned()),
    }
}

/// That hours open nothing as far as anybody looks ahead.
pub(in crate::http::admin) fn never(until: Option<i64>, from: i64) -> &'static str {
    if until.is_some_and(|until| until - from < i64::from(AHEAD) * DAY_MS) {
        "Its hours do not open it before the link ends"
    } else {
        "Its hours do not open it within four weeks"
    }
}

/// A week of the link's own hours; none without.
pub(super) fn week(
    app: &App,
    asked: &week::Asked,
    link: &str,
    zone: &str,
    windows: &[Window],
) -> Option<week_page::Model> {
    let own = Schedule { weekly: windows.to_vec(), ..Schedule::default() };
    let path = format!("/links/{link}");
    (!windows.is_empty()).then(|| week::model(app, asked, &path, zone, |day| own.hours(day), &BTreeMap::new()))
}
