//! `/terminals`.

use super::common::{Answer, done, into_form, refused, show};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::form::Typed;
use crate::http::proof::{Proven, ProvenForm};
use crate::service::terminal::manage::{self, TerminalInput};
use crate::service::terminal::reach;
use crate::store::terminal::desk;
use crate::store::{door, terminal as store};
use app::page::admin::{Section, confirm, terminal_form, terminals as page};
use app::ui::{Choice, Field};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

mod code;
mod detail;
mod standing;

pub use code::{code, new_code};
pub use detail::detail;
pub use standing::stream;
pub(super) use standing::{held, state};

/// `GET /terminals`.
pub async fn list(State(app): State<App>, admin: Admin) -> Answer {
    let id = admin.organization.id.clone();
    let (rows, doors) = app.db.read(move |c| Ok((store::all(c, &id)?, door::all(c, &id)?))).await?;
    let may_open = reach::may_open(&app, &admin.organization.id).await?;
    let terminals = rows
        .into_iter()
        .map(|row| {
            let at = doors.iter().find(|at| at.door.id == row.door_id);
            let zone = at.map_or(&admin.organization.time_zone, |at| &at.place.time_zone);
            page::Row {
                door: at.map(|at| at.door.name.clone()).unwrap_or_default(),
                place: at.map(|at| at.place.name.clone()).unwrap_or_default(),
                state: state(&app, &row),
                list: at.and_then(|at| held(&app, &row, at, may_open.get(&row.id))),
                seen: row.last_seen_at.map(|seen| super::common::said(&app, seen, zone)),
                id: row.id,
                name: row.name,
            }
        })
        .collect();
    let model = page::Model { terminals, has_door: !doors.is_empty() };
    show(&app, &admin, Section::Terminals, StatusCode::OK, model, page::view).await
}

/// What a new terminal shall be like.
#[derive(Debug, Default, Deserialize)]
pub struct At {
    #[serde(default)]
    door: String,
    #[serde(default)]
    name: String,
}

async fn model(
    app: &App,
    admin: &Admin,
    typed: TerminalInput,
    id: Option<String>,
    version: i64,
) -> Result<terminal_form::Model> {
    let organization = admin.organization.id.clone();
    let doors = app.db.read(move |c| door::all(c, &organization)).await?;
    let choice =
        |at: door::DoorAtPlace| Choice { label: format!("{}, {}", at.door.name, at.place.name), value: at.door.id };
    Ok(terminal_form::Model {
        id,
        version,
        name: Field::new(typed.name),
        door: Field::new(typed.door_id),
        doors: doors.into_iter().map(choice).collect(),
        form_error: None,
    })
}

/// `GET /terminals/new`. A terminal comes with its pairing code, a secret: it makes whoever types it first a machine of
/// this house.
pub async fn new(State(app): State<App>, admin: Proven<needs::House>, Query(at): Query<At>) -> Answer {
    let model = model(&app, &admin, TerminalInput { name: at.name, door_id: at.door }, None, 0).await?;
    show(&app, &admin, Section::Terminals, StatusCode::OK, model, terminal_form::view).await
}

fn input(typed: &Typed) -> TerminalInput {
    TerminalInput { name: typed.text("name"), door_id: typed.text("door_id") }
}

/// `POST /terminals/new`.
pub async fn add(State(app): State<App>, form: ProvenForm<needs::House>) -> Answer {
    let input = input(&form.typed);
    match manage::add(&app, &form.admin.actor, &input).await {
        Ok((id, made)) => {
            let text = format!("{} is added. Now connect its device.", input.name.trim());
            code::shown_next(&app, &form.admin, &id, &made, text).await
        }
        Err(error) => again(&app, &form.admin, (input, None, form.typed.version()), error).await,
    }
}

/// `GET /terminals/{id}/edit`.
pub async fn edit(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let row = app.db.read(move |c| store::find(c, &organization, &id)).await?;
    let input = TerminalInput { name: row.name, door_id: row.door_id };
    let model = model(&app, &admin, input, Some(row.id), row.version).await?;
    show(&app, &admin, Section::Terminals, StatusCode::OK, model, terminal_form::view).await
}

/// `POST /terminals/{id}/edit`.
pub async fn change(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let input = input(&form.typed);
    match manage::change(&app, &form.admin.actor, &id, form.typed.version(), &input).await {
        Ok(()) => done(&form.admin, &format!("/terminals/{id}"), "Saved.".into(), None).await,
        Err(error) => {
            // What is wrong with a form is said to whoever has the thing; to others the thing is not there.
            let (owner, terminal) = (form.admin.organization.id.clone(), id.clone());
            app.db.read(move |c| store::find(c, &owner, &terminal)).await?;
            again(&app, &form.admin, (input, Some(id), form.typed.version()), error).await
        }
    }
}

async fn again(
    app: &App,
    admin: &Admin,
    (input, id, version): (TerminalInput, Option<String>, i64),
    error: Error,
) -> Answer {
    let status = crate::http::failure::status(&error);
    let mut model = model(app, admin, input, id, version).await?;
    into_form(error, |field, sentence| model.fail(field, sentence))?;
    show(app, admin, Section::Terminals, status, model, terminal_form::view).await
}

async fn ask(app: &App, admin: &Admin, id: String, revoke: bool) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, at) = app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            let at = door::find(c, &organization, &row.door_id)?;
            Ok((row, at))
        })
        .await?;
    let opens = crate::driver::terminal::of(&at.door).is_some_and(|named| named == row.id);
    let may_open = reach::may_open(app, &row.organization_id).await?;
    let list = held(app, &row, &at, may_open.get(&row.id)).filter(|list| !list.over && row.revoked_at.is_none());
    let list = list.map(|list| list.until.said);
    let model = if revoke {
        confirm::Model::revoke_terminal(&row.id, &row.name, (&at.door.name, opens), list, row.version)
    } else {
        let waiting = if row.revoked_at.is_none() { row.waiting } else { 0 };
        confirm::Model::remove_terminal(&row.id, &row.name, (&at.door.name, opens), (list, waiting), row.version)
    };
    show(app, admin, Section::Terminals, StatusCode::OK, model, confirm::view).await
}

/// `GET /terminals/{id}/revoke`.
pub async fn ask_revoke(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    ask(&app, &admin, id, true).await
}

/// `POST /terminals/{id}/revoke`.
pub async fn revoke(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let to = format!("/terminals/{id}");
    match manage::revoke(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, &to, format!("{name} is revoked."), None).await,
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `GET /terminals/{id}/remove`.
pub async fn ask_remove(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    ask(&app, &admin, id, false).await
}

/// `POST /terminals/{id}/remove`.
pub async fn remove(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    match manage::remove(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, "/terminals", format!("{name} is removed."), None).await,
        Err(error) => refused(&form.admin, &format!("/terminals/{id}"), error).await,
    }
}

/// The terminals at a door, as its page lists them.
pub(super) async fn at_door(app: &App, at: &door::DoorAtPlace) -> Result<Vec<app::page::admin::door::Terminal>> {
    let (organization, id) = (at.door.organization_id.clone(), at.door.id.clone());
    let rows = app.db.read(move |c| desk::at_door(c, &organization, &id)).await?;
    let named = crate::driver::terminal::of(&at.door);
    Ok(rows
        .into_iter()
        .map(|row| app::page::admin::door::Terminal {
            state: state(app, &row),
            opens: named.as_ref() == Some(&row.id),
            id: row.id,
            name: row.name,
        })
        .collect())
}
