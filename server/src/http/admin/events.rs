//! `/events`.

use super::common::{self, Answer, line, lines, show};
use super::words;
use crate::app::App;
use crate::http::auth::Admin;
use crate::service::feed::{self, Names};
use crate::store::event::{self as store, EventRow, Filter};
use crate::store::{door, link};
use app::page::admin::event::{self as event_page, Named};
use app::page::admin::{Section, events as events_page};
use app::text::{reason, when};
use app::ui::{Choice, Field};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use domain::decide::parse_trace;
use domain::event::Outcome;
use serde::Deserialize;

/// Events on a page.
const PAGE: usize = 50;
const DAY_MS: i64 = 86_400_000;

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
pub struct Narrow {
    #[serde(default)]
    since: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    door: String,
    #[serde(default)]
    link: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    after: String,
}

/// A day's first moment, if one was typed; what is no day says so at its field and narrows nothing.
fn day(field: &mut Field, zone: &str) -> Option<i64> {
    if field.value.is_empty() {
        return None;
    }
    match when::parse_input(&format!("{}T00:00", field.value), zone) {
        Ok(at) => Some(at),
        Err(_) => {
            field.error = Some("Please choose a day.".into());
            None
        }
    }
}

fn key(text: &str) -> Option<(i64, i64)> {
    let (at, sequence) = text.split_once('-')?;
    Some((at.parse().ok()?, sequence.parse().ok()?))
}

/// `GET /events`.
pub async fn list(State(app): State<App>, admin: Admin, Query(narrow): Query<Narrow>) -> Answer {
    let (id, zone) = (admin.organization.id.clone(), admin.organization.time_zone.clone());
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (mut since, mut until) = (Field::new(narrow.since), Field::new(narrow.until));
    let filter = Filter {
        since: day(&mut since, &zone),
        // To the end of the day; a day of daylight saving has 23 or 25 hours.
        until: day(&mut until, &zone).map(|at| when::start_of_day(at + DAY_MS + DAY_MS / 8, &zone)),
        door: given(&narrow.door),
        link: given(&narrow.link),
        outcome: Outcome::from_code(&narrow.outcome),
        action: None,
        brief: false,
        after: key(&narrow.after),
    };
    let outcome = filter.outcome;
    let (mut rows, names, doors, about) = app
        .db
        .read(move |c| {
            let rows = store::list(c, &id, &filter, i64::try_from(PAGE).unwrap_or(0) + 1)?;
            let names = feed::names(c, &id, &rows)?;
            let about = match &filter.link {
                Some(link_id) => link::find(c, &id, link_id).ok(),
                None => None,
            };
            Ok((rows, names, door::all(c, &id)?, about))
        })
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let model = events_page::Model {
        since,
        until,
        door: narrow.door,
        doors: doors.into_iter().map(|at| Choice { value: at.door.id, label: at.door.name }).collect(),
        link: about.map(|row| Choice { value: row.id, label: row.name }),
        outcome,
        next: rows.last().filter(|_| more).map(|row| format!("{}-{}", row.occurred_at, row.sequence)),
        later_page: !narrow.after.is_empty(),
        events: lines(&app, &zone, &rows, &names),
        zone,
    };
    show(&app, &admin, Section::Events, StatusCode::OK, model, events_page::view).await
}

/// `GET /events/{id}`.
pub async fn detail(State(app): State<App>, admin: Admin, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, cause, followed, names) = app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            let cause = match &row.cause {
                Some(cause) => store::find(c, &organization, cause).ok(),
                None => None,
            };
            let followed = store::following(c, &id)?;
            let all: Vec<EventRow> = std::iter::once(&row).chain(&cause).chain(&followed).cloned().collect();
            let names = feed::names(c, &organization, &all)?;
            Ok((row, cause, followed, names))
        })
        .await?;
    let zone = &admin.organization.time_zone;
    let details = row.details();
    let mut further: Vec<(String, String)> = details
        .iter()
        .filter(|(name, _)| *name != "trace")
        .map(|(name, value)| {
            let value = readable(&app, name, value, zone);
            (label(name).to_owned(), value)
        })
        .collect();
    if let Some(person) = names.person(&row.id) {
        further.extend(person.facts.iter().map(|(name, value)| (label(name).to_owned(), value.clone())));
    }
    let model = event_page::Model {
        line: line(&app, zone, &row, &names),
        sentence: sentence(&row),
        trace: details.get("trace").map(|text| parse_trace(text)).unwrap_or_default(),
        action: row.action.clone(),
        reason: row.reason.clone().unwrap_or_default(),
        actor: Named { name: words::say(&row, &names).who, href: String::new() },
        credential: row.credential.as_deref().and_then(|id| named(id, &names)),
        object: named(&row.object, &names),
        occurred: common::said(&app, row.occurred_at, zone),
        recorded: common::said(&app, row.recorded_at, zone),
        sequence: row.sequence,
        hash: row.hash.clone(),
        request: row.request.clone().unwrap_or_default(),
        details: further,
        cause: cause.as_ref().map(|row| line(&app, zone, row, &names)),
        followed: lines(&app, zone, &followed, &names),
    };
    show(&app, &admin, Section::Events, StatusCode::OK, model, event_page::view).await
}

/// Why, in a sentence: the reason of a decision, or what an outcome means.
fn sentence(row: &EventRow) -> String {
    let code = match (row.reason.as_deref(), row.action.strip_prefix("door.")) {
        (Some(reason), _) => reason,
        (None, Some(outcome @ ("dispatched" | "confirmed" | "sent" | "failed" | "timed_out" | "interrupted"))) => {
            outcome
        }
        _ => return String::new(),
    };
    reason::admin(code).to_owned()
}

/// What people call a fact; the log's own names are for machines.
fn label(name: &str) -> &str {
    match name {
        "address" => "Network",
        "user_agent" => "Browser",
        "name" => "Name",
        "email" => "E-mail",
        "phone" => "Phone",
        "company" => "Company",
        "host" => "Address",
        "answer" => "It said",
        "driver" => "Driver",
        "secrets" => "Secrets",
        "before" => "Ended before",
        "channel" => "Channel",
        "doors" => "Doors",
        "groups" => "Groups",
        "schedule" => "Schedule",
        "geofence" => "Geofence",
        "reader" => "Reader",
        "max_uses" => "Openings",
        "message" => "Message",
        "mode" => "Behaviour",
        "place" => "Place",
        "reason" => "Why",
        "role" => "Role",
        "valid_from" => "Good from",
        "valid_until" => "Good until",
        "milliseconds" | "took_ms" | "after_ms" => "Took, ms",
        other => other,
    }
}

/// Moments are kept as numbers; people read them as moments.
fn readable(app: &App, name: &str, value: &str, zone: &str) -> String {
    match (name, value.parse::<i64>()) {
        ("valid_from" | "valid_until" | "before", Ok(at)) => common::said(app, at, zone).exact,
        _ => value.to_owned(),
    }
}

/// What an id names, with its page.
fn named(id: &str, names: &Names) -> Option<Named> {
    let page = match id.split('_').next()? {
        "door" => "/doors",
        "link" => "/links",
        "place" => "/places",
        "group" => "/groups",
        "admin" => "",
        _ => return None,
    };
    let known = names.of(id);
    let href = if known.is_none() || page.is_empty() { String::new() } else { format!("{page}/{id}") };
    Some(Named { name: known.unwrap_or("Since removed").to_owned(), href })
}
