//! What several of the dashboard's handlers need: the frame of a page, what the last action did, lines of events.

use super::{place_lockdown, words};
use crate::app::App;
use crate::driver::mqtt::Standing;
use crate::driver::simulator;
use crate::error::{Error, Result};
use crate::http::auth::Admin;
use crate::http::failure::Failure;
use crate::http::{assets, page};
use crate::store::connection::AnyConnection;
use crate::store::door::DoorAtPlace;
use crate::store::event::EventRow;
use crate::store::names::Names;
use app::island::FeedItem;
use app::page::admin::held::{self as held_page, Held, Why};
use app::page::admin::{Chrome, DoorState, EventLine, Flash, FlashKind, Section, Undo, doors as doors_page, problem};
use app::text::Language;
use app::text::when::{self, Moment};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::AnyView;
use serde::{Deserialize, Serialize};

/// An answer, or an error that gets its page on the way out.
pub(in crate::http) type Answer = std::result::Result<Response, Failure>;

/// Where a session keeps what the last action did.
pub(in crate::http) const FLASH: &str = "flash";

#[derive(Serialize, Deserialize)]
struct Kept {
    text: String,
    failed: bool,
    /// Done, but not all of it.
    #[serde(default)]
    partly: bool,
    undo: Option<(String, String)>,
}

/// A page of the dashboard; what the last action did is shown on it once.
pub(super) async fn show<M: Send + 'static>(
    app: &App,
    admin: &Admin,
    section: Section,
    status: StatusCode,
    model: M,
    view: fn(M, Chrome) -> AnyView,
) -> Answer {
    // Taking something out of a session is a write, which most pages can do without, and a full disk refuses.
    let kept: Option<Kept> = match admin.session.get(FLASH).await {
        Ok(Some(kept)) => {
            let _ = admin.session.remove::<Kept>(FLASH).await;
            Some(kept)
        }
        _ => None,
    };
    let flash = kept.map(|kept| Flash {
        text: kept.text,
        kind: match (kept.failed, kept.partly) {
            (true, _) => FlashKind::Failed,
            (false, true) => FlashKind::Partly,
            (false, false) => FlashKind::Done,
        },
        undo: kept.undo.map(|(action, label)| Undo { action, label, fields: Vec::new() }),
    });
    let chrome = Chrome { flash, ..chrome(app, admin, section).await? };
    Ok(page::page(status, move || view(model, chrome)).await?)
}

/// The page of an error within the dashboard. What the last action did is left for the next page to say: the session
/// is saved by now.
///
/// # Errors
/// Those of the store.
pub(in crate::http) async fn problem(
    app: &App,
    admin: &Admin,
    section: Section,
    status: StatusCode,
    model: problem::Model,
) -> Result<Response> {
    let chrome = chrome(app, admin, section).await?;
    page::page(status, move || problem::view_inside(model, chrome)).await
}

async fn chrome(app: &App, admin: &Admin, section: Section) -> Result<Chrome> {
    Ok(Chrome {
        assets: assets::manifest(),
        organization: admin.organization.name.clone(),
        person: admin.row.name.clone(),
        role: admin.actor.role,
        section,
        form_token: admin.form_token(app),
        flash: None,
        lockdowns: place_lockdown::lasting(app, admin).await?,
        insecure: !app.is_https() && !app.config.listen.ip().is_loopback(),
    })
}

/// A form that is to be sent again.
pub(in crate::http) async fn hold(app: &App, admin: &Admin, status: StatusCode, why: Why, held: Held) -> Answer {
    show(app, admin, Section::of(&held.action), status, (why, held), held_page::view).await
}

/// Goes on to a page that says what was done.
pub(super) async fn done(admin: &Admin, to: &str, text: String, undo: Option<(String, &str)>) -> Answer {
    let undo = undo.map(|(action, label)| (action, label.to_owned()));
    keep(admin, Kept { text, failed: false, partly: false, undo }).await?;
    Ok(Redirect::to(to).into_response())
}

/// Goes on to what was made, and says so when another one is called the same: lists and forms could not tell them apart.
pub(super) async fn made<F>(app: &App, admin: &Admin, to: &str, text: String, name: &str, names: F) -> Answer
where
    F: FnOnce(&mut AnyConnection, &str) -> Result<Vec<String>> + Send + 'static,
{
    let organization = admin.organization.id.clone();
    let name = name.trim().to_lowercase();
    // It is made, whether or not the others can be looked at.
    let all = app.db.read(move |c| names(c, &organization)).await.unwrap_or_default();
    if all.iter().filter(|other| other.to_lowercase() == name).count() < 2 {
        return done(admin, to, text, None).await;
    }
    let text = format!(
        "{text} Another one is called the same: give one of them another name, so that people can tell them apart."
    );
    partly(admin, to, text).await
}

/// Goes on to a page that says what was done, and what of it was not.
pub(super) async fn partly(admin: &Admin, to: &str, text: String) -> Answer {
    keep(admin, Kept { text, failed: false, partly: true, undo: None }).await?;
    Ok(Redirect::to(to).into_response())
}

/// Goes back to a page that says why it was not done; what is no sentence for people stays an error.
pub(super) async fn refused(admin: &Admin, to: &str, error: Error) -> Answer {
    let text = match &error {
        Error::Refused(sentence) | Error::Forbidden(sentence) | Error::OldPage(sentence) => sentence.clone(),
        Error::Fields(fields) => fields.first().map(|field| field.sentence.clone()).unwrap_or_default(),
        Error::TooMany(_) | Error::Stale => error.to_string(),
        Error::NotFound | Error::Unavailable(_) | Error::Collision(_) => return Err(error.into()),
    };
    keep(admin, Kept { text, failed: true, partly: false, undo: None }).await?;
    Ok(Redirect::to(to).into_response())
}

async fn keep(admin: &Admin, kept: Kept) -> Result<()> {
    admin.session.insert(FLASH, kept).await.map_err(|cause| Error::Unavailable(cause.to_string()))
}

/// Puts a use case's errors into the form they came from; what does not belong into a form stays an error.
pub(super) fn into_form(error: Error, mut fail: impl FnMut(&str, String)) -> Result<()> {
    match error {
        Error::Fields(fields) => {
            for field in fields {
                fail(field.field, field.sentence);
            }
            Ok(())
        }
        Error::Refused(sentence) | Error::Forbidden(sentence) => {
            fail("", sentence);
            Ok(())
        }
        Error::Stale => {
            fail("", Error::Stale.to_string());
            Ok(())
        }
        other => Err(other),
    }
}

/// A moment in a zone, as the dashboard says it.
pub(super) fn said(app: &App, at: i64, zone: &str) -> Moment {
    when::moment(at, app.clock.now(), zone, Language::En)
}

/// Events as lines, in the organization's zone.
pub(super) fn lines(app: &App, zone: &str, rows: &[EventRow], names: &Names) -> Vec<EventLine> {
    rows.iter().map(|row| line(app, zone, row, names)).collect()
}

/// One event as a line.
pub(super) fn line(app: &App, zone: &str, row: &EventRow, names: &Names) -> EventLine {
    let words = words::say(row, names);
    EventLine {
        id: row.id.clone(),
        at: said(app, row.occurred_at, zone),
        who: words.who,
        did: words.did,
        detail: words.detail,
        outcome: words.outcome,
        badge: words.badge.to_owned(),
    }
}

/// One event as the live feed carries it.
pub(super) fn feed_item(line: EventLine) -> FeedItem {
    FeedItem {
        id: line.id,
        // Nearly all of it is of today, which then need not be said.
        at_said: line.at.said.strip_prefix("today ").unwrap_or(&line.at.said).to_owned(),
        at_exact: line.at.exact,
        at_iso: line.at.iso,
        who: line.who,
        did: line.did,
        detail: line.detail,
        outcome: line.outcome.code().to_owned(),
        badge: line.badge,
    }
}

/// How a door stands.
pub(super) fn door_state(app: &App, at: &DoorAtPlace) -> DoorState {
    if at.door.locked_down_at.is_some() || at.place.locked_down_at.is_some() {
        DoorState::LockedDown
    } else if !app.drivers.online(&at.door) {
        DoorState::Offline
    } else if app.drivers.standing(&at.door) == Some(Standing::Open) {
        DoorState::StandsOpen
    } else if at.door.driver == simulator::KIND
        && let Some(left) = app.drivers.simulator.open_for(&at.door.id)
    {
        DoorState::Open { seconds: i64::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(0) }
    } else {
        DoorState::Locked
    }
}

/// A door as a row with its button.
pub(super) fn door_row(app: &App, at: &DoorAtPlace) -> doors_page::Row {
    doors_page::Row {
        id: at.door.id.clone(),
        name: at.door.name.clone(),
        description: at.door.description.clone(),
        state: door_state(app, at),
        accepts_digital: at.door.accepts_digital,
        request_id: app.clock.request(),
    }
}
