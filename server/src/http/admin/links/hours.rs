//! A link's own hours, and when those that bind it open its doors next.

use crate::app::App;
use crate::http::admin::week;
use crate::store::door::DoorAtPlace;
use crate::store::facts::Facts;
use app::page::admin::week as week_page;
use app::text::{Language, when};
use domain::schedule::{Schedule, Window};
use std::collections::BTreeMap;

/// How many days ahead an opening is looked for.
pub(super) const AHEAD: i32 = 28;

/// When a door's hours open it next for this link, where they keep it shut now.
pub(super) fn opens(facts: &Facts, link: &str, at: &DoorAtPlace, now: i64) -> Option<String> {
    let next = facts.next_open(&(link.to_owned(), at.door.id.clone()), now, AHEAD)?;
    (next != now).then(|| when::opening(next, now, &at.place.time_zone, Language::En))
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
