//! `/events`.

mod detail;
mod export;
mod narrow;

pub use detail::detail;
pub use export::{csv, jsonl};
pub use narrow::Narrow;

use super::common::{Answer, feed_item, lines, show};
use crate::app::App;
use crate::http::auth::Admin;
use crate::store::names;
use crate::store::{admin, door, event as store};
use app::page::admin::{Section, events as page};
use app::text::when;
use app::ui::Choice;
use axum::extract::{Query, State};
use axum::http::StatusCode;

pub(super) use narrow::narrowed;

/// Events on a page.
const PAGE: i64 = 50;
const DAY_MS: i64 = 86_400_000;

/// `GET /events`.
pub async fn list(State(app): State<App>, admin: Admin, Query(narrow): Query<Narrow>) -> Answer {
    let (id, zone) = (admin.organization.id.clone(), admin.organization.time_zone.clone());
    let live = narrow.live == "1";
    let (asked, in_zone) = (narrow.clone(), zone.clone());
    let (said, found, names, doors, people, head) = app
        .db
        .read(move |c| {
            let mut said = narrowed(c, &id, &in_zone, &asked)?;
            if live {
                (said.filter.until, said.filter.after) = (None, None);
            }
            let head = store::head(c, &id)?.0;
            let found = match said.refused {
                Some(_) => store::Page::default(),
                None => store::page(c, &id, &said.filter, PAGE)?,
            };
            let names = names::names(c, &id, &found.rows)?;
            Ok((said, found, names, door::all(c, &id)?, admin::all_names(c, &id)?, head))
        })
        .await?;
    let events = lines(&app, &zone, &found.rows, &names);
    let mut model = page::Model {
        q: said.q,
        since: said.since,
        until: said.until,
        person: said.person,
        people,
        door: narrow.door,
        doors: doors.into_iter().map(|at| Choice { value: at.door.id, label: at.door.name }).collect(),
        link: said.link,
        action: narrow.action,
        outcome: said.filter.outcome,
        reason: narrow.reason,
        ranges: ranges(app.clock.now(), &zone),
        refused: said.refused,
        events,
        next: found.next.map(|(at, sequence)| format!("{at}-{sequence}")),
        searched: found.searched,
        later_page: !narrow.after.is_empty(),
        zone,
        live: None,
    };
    if live {
        let url = model.address("/events/stream");
        let url = format!("{url}{}log=1&after={head}", if url.contains('?') { '&' } else { '?' });
        let items = std::mem::take(&mut model.events).into_iter().map(feed_item).collect();
        model.live = Some(page::Live { items, url });
        (model.next, model.searched) = (None, None);
    }
    show(&app, &admin, Section::Events, StatusCode::OK, model, page::view).await
}

/// What people ask for most, as moments of today.
fn ranges(now: i64, zone: &str) -> Vec<page::Range> {
    let today = when::start_of_day(now, zone);
    let yesterday = when::start_of_day(today - 1, zone);
    // Half a day more, so that a day of 23 or 25 hours does not lead to the next one.
    let week = when::start_of_day(today - 6 * DAY_MS + DAY_MS / 2, zone);
    let today_said = when::input(today, zone);
    let month = today_said.get(..7).map(|month| format!("{month}-01T00:00")).unwrap_or_default();
    let range = |label, since: String, until: String| page::Range { label, since, until };
    vec![
        range("Today", today_said.clone(), String::new()),
        range("Yesterday", when::input(yesterday, zone), today_said),
        range("7 days", when::input(week, zone), String::new()),
        range("This month", month, String::new()),
    ]
}
