//! What a visitor sees: the doors, or why there are none now. Nothing here opens, counts or binds anything.

use super::access::{Access, LANGUAGE, trouble};
use super::{code, hours};
use crate::app::App;
use crate::driver::simulator;
use crate::http::failure::Failure;
use crate::http::page::still;
use crate::notify::calendar as ics;
use crate::store::door::DoorAtPlace;
use app::page::visit::trouble::Trouble;
use app::page::visit::{confirm as confirm_page, doors as doors_page, state as state_page, too_early};
use app::text::when;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::link::State as LinkState;
use std::collections::HashMap;

/// `GET /visit/{link}`.
pub async fn doors(State(app): State<App>, access: Access, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let response = show(&app, &access).await.unwrap_or_else(|cause| {
        tracing::error!(?cause, "a visitor's page could not be read");
        trouble(&headers, &access, Trouble::Busy)
    });
    remember(&access, query.as_deref(), response)
}

/// Keeps a language that was chosen on the page.
fn remember(access: &Access, query: Option<&str>, mut response: Response) -> Response {
    if query.is_some_and(|query| query.contains("lang=")) {
        let cookie =
            format!("{LANGUAGE}={}; Path=/visit; Max-Age=31536000; SameSite=Lax; HttpOnly", access.language.code());
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

async fn show(app: &App, access: &Access) -> crate::error::Result<Response> {
    let (now, chrome, host) = (app.clock.now(), access.chrome(), access.host());
    let link = &access.link;
    let said = |at: i64| when::moment(at, now, access.zone(), access.language);
    let ended = match link.state(now) {
        LinkState::Scheduled => {
            let code = code::shown(app, access, now).await?;
            let model = too_early::Model {
                visitor: link.name.clone(),
                good_from: said(link.valid_from),
                wait_ms: link.valid_from - now,
                code,
                host,
            };
            return still(StatusCode::OK, || too_early::view(model, &chrome));
        }
        LinkState::Revoked => Some(state_page::State::Revoked),
        LinkState::Expired => Some(state_page::State::Expired(said(link.valid_until.unwrap_or(now)))),
        LinkState::UsedUp => (!has_free_try(app, access).await?).then_some(state_page::State::UsedUp),
        LinkState::Paused => Some(state_page::State::Paused),
        LinkState::Active => {
            let all_down = !access.doors.is_empty() && access.doors.iter().all(is_down);
            all_down.then_some(state_page::State::Lockdown)
        }
    };
    if let Some(state) = ended {
        let model = state_page::Model { state, host };
        return still(StatusCode::OK, || state_page::view(model, &chrome));
    }
    let closed = hours::closed(app, access, now).await?;
    let model = doors_page::Model {
        link_id: link.id.clone(),
        visitor: link.name.clone(),
        host,
        good_until: link.valid_until.map(said),
        uses_left: link.max_uses.map(|max| u64::try_from(max - link.uses).unwrap_or(0)),
        places: places(app, access, &closed, now),
        code: code::shown(app, access, now).await?,
        by_code: !access.code.web,
        form_token: access.form_token(app),
        now_ms: now,
    };
    still(StatusCode::OK, || doors_page::view(model, &chrome))
}

fn is_down(at: &DoorAtPlace) -> bool {
    at.door.locked_down_at.is_some() || at.place.locked_down_at.is_some()
}

/// Whether a used-up link still has a free second try at a door that did not answer.
async fn has_free_try(app: &App, access: &Access) -> crate::error::Result<bool> {
    let (id, now) = (access.link.id.clone(), app.clock.now());
    app.db.read(move |c| crate::store::link::has_free_try(c, &id, now)).await
}

fn places(app: &App, access: &Access, closed: &HashMap<String, Option<String>>, now: i64) -> Vec<doors_page::Place> {
    let mut places: Vec<doors_page::Place> = Vec::new();
    let mut last = None;
    for at in &access.doors {
        if last != Some(&at.place.id) {
            last = Some(&at.place.id);
            places.push(doors_page::Place {
                name: at.place.name.clone(),
                address: at.place.address.clone(),
                doors: Vec::new(),
            });
        }
        let Some(place) = places.last_mut() else {
            continue;
        };
        place.doors.push(doors_page::Door {
            id: at.door.id.clone(),
            name: at.door.name.clone(),
            description: at.door.description.clone(),
            state: state(app, at, closed, now),
        });
    }
    places
}

fn state(app: &App, at: &DoorAtPlace, closed: &HashMap<String, Option<String>>, now: i64) -> doors_page::DoorState {
    use doors_page::DoorState;
    if !at.door.accepts_digital {
        DoorState::NotAllowed
    } else if is_down(at) {
        DoorState::LockedDown
    } else if let Some(opens) = closed.get(&at.door.id) {
        DoorState::Closed { opens: opens.clone() }
    } else if !app.drivers.online(&at.door) {
        DoorState::Offline
    } else if at.door.driver == simulator::KIND
        && let Some(left) = app.drivers.simulator.open_for(&at.door.id)
    {
        DoorState::Unlocked { until_ms: now + i64::try_from(left.as_millis()).unwrap_or(0) }
    } else {
        DoorState::Ready
    }
}

/// `GET /visit/{link}/doors/{door}`: the one question for browsers without script.
pub async fn confirm(
    State(app): State<App>,
    access: Access,
    Path((_, door)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(at) = access.doors.iter().find(|at| at.door.id == door) else {
        return trouble(&headers, &access, Trouble::Gone);
    };
    if !access.code.web {
        // Nothing to confirm: the page shows the code.
        return Redirect::to(&format!("/visit/{}", access.link.id)).into_response();
    }
    let description = [at.door.description.as_str(), at.place.name.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let model = confirm_page::Model {
        link_id: access.link.id.clone(),
        door_id: door,
        door: at.door.name.clone(),
        description,
        host: access.host(),
        form_token: access.form_token(&app),
        request_id: app.clock.request(),
    };
    let chrome = access.chrome();
    let page = still(StatusCode::OK, || confirm_page::view(model, &chrome));
    remember(&access, query.as_deref(), page.unwrap_or_else(|cause| Failure(cause).into_response()))
}

/// `GET /visit/{link}/calendar.ics`.
pub async fn calendar(State(app): State<App>, access: Access) -> Response {
    let file = ics::file(&access.link, &access.organization, &access.doors, access.language, app.clock.now());
    (
        [
            (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"visit.ics\""),
        ],
        file,
    )
        .into_response()
}
