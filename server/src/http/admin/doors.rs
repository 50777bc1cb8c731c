//! `/doors`.

use super::common::{Answer, done, door_row, door_state, into_form, lines, made, refused, said, show};
use super::{drivers, terminals, week};
use crate::app::App;
use crate::error::Error;
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::form::on_this_server;
use crate::http::proof;
use crate::service::door::{self, DoorInput};
use crate::service::unlock::{self, Opening, Tapper};
use crate::store::names;
use crate::store::writer::Credential;
use crate::store::{door as store, event, group, place};
use app::page::admin::{Section, confirm, door as door_page, door_form, doors as doors_page, restrictions};
use app::text::reason;
use app::ui::{Choice, Field};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

mod hours;

/// `GET /doors`.
pub async fn list(State(app): State<App>, admin: Admin) -> Answer {
    let id = admin.organization.id.clone();
    let (doors, places) = app.db.read(move |c| Ok((store::all(c, &id)?, place::all(c, &id)?))).await?;
    let mut shown: Vec<doors_page::Place> = Vec::new();
    for at in &doors {
        if shown.last().is_none_or(|place| place.id != at.place.id) {
            shown.push(doors_page::Place { id: at.place.id.clone(), name: at.place.name.clone(), doors: Vec::new() });
        }
        if let Some(place) = shown.last_mut() {
            place.doors.push(door_row(&app, at));
        }
    }
    let model = doors_page::Model { places: shown, has_place: !places.is_empty() };
    show(&app, &admin, Section::Doors, StatusCode::OK, model, doors_page::view).await
}

async fn choices(app: &App, admin: &Admin) -> crate::error::Result<Vec<Choice>> {
    let id = admin.organization.id.clone();
    let places = app.db.read(move |c| place::all(c, &id)).await?;
    Ok(places.into_iter().map(|place| Choice { value: place.id, label: place.name }).collect())
}

/// Where a new door shall stand.
#[derive(Debug, Deserialize)]
pub struct At {
    #[serde(default)]
    place: String,
}

/// `GET /doors/new`.
pub async fn new(State(app): State<App>, admin: Holder<needs::House>, Query(at): Query<At>) -> Answer {
    let model = door_form::Model {
        place_id: Field::new(at.place),
        unlock_seconds: Field::new("5"),
        list_hours: Field::new(door::LIST_HOURS.to_string()),
        accepts_digital: true,
        driver: drivers::fresh(),
        places: choices(&app, &admin).await?,
        restrictions: hours::fields(&app, &admin, "", false, false).await?,
        ..Default::default()
    };
    show(&app, &admin, Section::Doors, StatusCode::OK, model, door_form::view).await
}

async fn typed_form(
    app: &App,
    form: &AdminForm<needs::House>,
    id: Option<String>,
) -> crate::error::Result<(DoorInput, door_form::Model)> {
    let typed = DoorInput {
        name: form.typed.text("name"),
        description: form.typed.text("description"),
        place_id: form.typed.text("place_id"),
        unlock_seconds: form.typed.text("unlock_seconds"),
        accepts_digital: form.typed.ticked("accepts_digital"),
        driver: drivers::typed(&form.typed),
        geofence: form.typed.ticked("geofence"),
        reader: form.typed.ticked("reader"),
        schedule_id: form.typed.text("schedule_id"),
        list_hours: form.typed.text("list_hours"),
    };
    let mut driver = typed.driver.as_ref().map_or_else(drivers::fresh, drivers::again);
    driver.terminals = drivers::terminals(app, &form.admin, id.as_deref()).await?;
    let model = door_form::Model {
        id,
        version: form.typed.version(),
        name: Field::new(&typed.name),
        description: Field::new(&typed.description),
        place_id: Field::new(&typed.place_id),
        unlock_seconds: Field::new(&typed.unlock_seconds),
        list_hours: Field::new(&typed.list_hours),
        accepts_digital: typed.accepts_digital,
        driver,
        places: choices(app, &form.admin).await?,
        restrictions: hours::fields(app, &form.admin, &typed.schedule_id, typed.geofence, typed.reader).await?,
        form_error: None,
    };
    Ok((typed, model))
}

/// `POST /doors/new`.
pub async fn create(State(app): State<App>, form: AdminForm<needs::House>) -> Answer {
    let (typed, mut model) = typed_form(&app, &form, None).await?;
    if drivers::lacks_proof(&app, &form.admin, typed.driver.as_ref(), None).await? {
        return Ok(proof::prove_first("/doors/new"));
    }
    match door::create(&app, &form.admin.actor, &typed).await {
        Ok(id) => {
            let (to, text) = (format!("/doors/{id}"), format!("{} is added.", typed.name.trim()));
            let place = typed.place_id.clone();
            made(&app, &form.admin, &to, text, &typed.name, move |c, organization| {
                let here = store::all(c, organization)?.into_iter().filter(|at| at.place.id == place);
                Ok(here.map(|at| at.door.name).collect())
            })
            .await
        }
        Err(error) => {
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, &form.admin, Section::Doors, StatusCode::UNPROCESSABLE_ENTITY, model, door_form::view).await
        }
    }
}

/// `GET /doors/{id}`.
pub async fn detail(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<String>,
    Query(asked): Query<week::Asked>,
) -> Answer {
    let organization = admin.organization.id.clone();
    let (at, hours, groups, links, rows, names) = app
        .db
        .read(move |c| {
            let at = store::find(c, &organization, &id)?;
            let filter = event::Filter { door: Some(id.clone()), brief: true, ..Default::default() };
            let rows = event::list(c, &organization, &filter, 20)?;
            let names = names::names(c, &organization, &rows)?;
            let hours = hours::of(c, &at)?;
            Ok((at, hours, group::of_door(c, &id)?, store::links_naming(c, &id)?, rows, names))
        })
        .await?;
    let zone = at.place.time_zone.clone();
    let by = rows.iter().find(|row| row.action == "door.locked_down").map(|row| row.actor.clone());
    let address = drivers::address(&at.door);
    let terminals = terminals::at_door(&app, &at).await?;
    let trouble = app.drivers.of(&at.door).map(|driver| driver.trouble(&at.door)).unwrap_or_default();
    let model = door_page::Model {
        state: door_state(&app, &at),
        lockdown: at.door.locked_down_at.map(|since| door_page::Lockdown {
            since: said(&app, since, &zone),
            by: by.and_then(|id| names.of(&id).map(str::to_owned)).unwrap_or_default(),
            reason: at.door.lockdown_reason.clone(),
        }),
        id: at.door.id.clone(),
        name: at.door.name,
        description: at.door.description,
        place_id: at.place.id,
        place_name: at.place.name,
        driver: crate::driver::label(&at.door.driver).to_owned(),
        address,
        trouble,
        unlock_seconds: at.door.unlock_ms / 1_000,
        accepts_digital: at.door.accepts_digital,
        week: hours.as_ref().map(|hours| hours::week(&app, &asked, &at.door.id, &zone, hours)),
        schedule: hours.map(|hours| (hours.row.id, hours.row.name)),
        restrictions: restrictions::said(at.door.geofence, at.door.reader).to_owned(),
        groups,
        links,
        list_hours: at.door.list_max_age_ms / 3_600_000,
        terminals,
        events: lines(&app, &zone, &rows, &names),
        request_id: app.clock.request(),
        version: at.door.version,
    };
    show(&app, &admin, Section::Doors, StatusCode::OK, model, door_page::view).await
}

/// `GET /doors/{id}/edit`.
pub async fn edit(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let door = app.db.read(move |c| store::find(c, &organization, &id)).await?.door;
    let mut driver = drivers::stored(&door);
    driver.terminals = drivers::terminals(&app, &admin, Some(&door.id)).await?;
    let model = door_form::Model {
        id: Some(door.id),
        version: door.version,
        name: Field::new(door.name),
        description: Field::new(door.description),
        place_id: Field::new(door.place_id),
        unlock_seconds: Field::new((door.unlock_ms / 1_000).to_string()),
        list_hours: Field::new((door.list_max_age_ms / 3_600_000).to_string()),
        accepts_digital: door.accepts_digital,
        driver,
        places: choices(&app, &admin).await?,
        restrictions: hours::fields(
            &app,
            &admin,
            door.schedule_id.as_deref().unwrap_or_default(),
            door.geofence,
            door.reader,
        )
        .await?,
        form_error: None,
    };
    show(&app, &admin, Section::Doors, StatusCode::OK, model, door_form::view).await
}

/// `POST /doors/{id}/edit`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let (typed, mut model) = typed_form(&app, &form, Some(id.clone())).await?;
    let (owner, door) = (form.admin.organization.id.clone(), id.clone());
    let is = app.db.read(move |c| store::find(c, &owner, &door)).await?.door;
    if drivers::lacks_proof(&app, &form.admin, typed.driver.as_ref(), Some(&is)).await? {
        return Ok(proof::prove_first(&format!("/doors/{id}/edit")));
    }
    match door::update(&app, &form.admin.actor, &id, form.typed.version(), &typed).await {
        Ok(()) => done(&form.admin, &format!("/doors/{id}"), "Saved.".into(), None).await,
        Err(error) => {
            let status = crate::http::failure::status(&error);
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, &form.admin, Section::Doors, status, model, door_form::view).await
        }
    }
}

/// `POST /doors/{id}/unlock`.
pub async fn open(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Doors>) -> Answer {
    let admin = &form.admin;
    let credential = Credential::Admin { id: admin.row.id.clone(), organization: admin.organization.id.clone() };
    let tapper = Tapper { credential, facts: admin.actor.facts.clone() };
    let (owner, door_id) = (admin.organization.id.clone(), id.clone());
    let name = app.db.read(move |c| store::find(c, &owner, &door_id)).await?.door.name;
    let request = match form.typed.get("request_id") {
        given if unlock::is_request_id(given) => given.to_owned(),
        _ => app.clock.request(),
    };
    // Back to the page the button stood on, if it is one of ours.
    let back = match on_this_server(form.typed.get("back")) {
        "" => format!("/doors/{id}"),
        back => back.to_owned(),
    };
    match unlock::unlock(&app, tapper, &id, &request).await {
        Ok(report) => match report.opening {
            Opening::Open(ms) => {
                done(admin, &back, format!("{name} is open for {} seconds.", (ms + 999) / 1_000), None).await
            }
            Opening::Sent => {
                let text = format!("{name} was sent the command to open. It does not report back whether it did.");
                done(admin, &back, text, None).await
            }
            Opening::Denied(why) => {
                refused(admin, &back, Error::Refused(format!("{name} stays shut. {}", reason::admin(why.code())))).await
            }
            Opening::Failed => {
                refused(admin, &back, Error::Refused(format!("{name} did not open. {}", reason::admin("failed")))).await
            }
            Opening::TimedOut | Opening::Interrupted => {
                refused(admin, &back, Error::Refused(format!("{name} did not answer and may not have opened."))).await
            }
        },
        Err(error) => refused(admin, &back, error).await,
    }
}

/// `POST /doors/{id}/lockdown`.
pub async fn lock_down(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Doors>) -> Answer {
    let to = format!("/doors/{id}");
    match door::lock_down(&app, &form.admin.actor, &id, form.typed.get("reason")).await {
        Ok(name) => {
            done(
                &form.admin,
                &to,
                format!("{name} is locked down. Nothing opens it until you lift the lockdown."),
                Some((format!("{to}/lift"), "Lift it")),
            )
            .await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `POST /doors/{id}/lift`.
pub async fn lift(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Doors>) -> Answer {
    let to = format!("/doors/{id}");
    match door::lift(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, &to, format!("{name} opens again."), None).await,
        Err(error) => refused(&form.admin, &to, error).await,
    }
}

/// `GET /doors/{id}/remove`.
pub async fn ask_remove(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (at, links) =
        app.db.read(move |c| Ok((store::find(c, &organization, &id)?, store::links_naming(c, &id)?))).await?;
    let model = confirm::Model::remove_door(&at.door.id, &at.door.name, &at.place.name, links, at.door.version);
    show(&app, &admin, Section::Doors, StatusCode::OK, model, confirm::view).await
}

/// `POST /doors/{id}/remove`.
pub async fn remove(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    match door::remove(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, "/doors", format!("{name} is removed."), None).await,
        Err(error) => refused(&form.admin, &format!("/doors/{id}"), error).await,
    }
}
