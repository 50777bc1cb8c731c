//! `/places`.

use super::common::{Answer, done, door_row, into_form, made, refused, show};
use crate::app::App;
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::service::place::{self, PlaceInput};
use crate::store::{door as doors, place as store};
use app::page::admin::{Section, confirm, place as place_page, place_form, places};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::input;

/// `GET /places`.
pub async fn list(State(app): State<App>, admin: Admin) -> Answer {
    let id = admin.organization.id.clone();
    let (rows, counts) = app.db.read(move |c| Ok((store::all(c, &id)?, store::door_counts(c, &id)?))).await?;
    let row = |row: store::PlaceRow| places::Row {
        doors: counts.get(&row.id).copied().unwrap_or(0),
        id: row.id,
        name: row.name,
        address: row.address,
        time_zone: row.time_zone,
    };
    let model = places::Model { places: rows.into_iter().map(row).collect() };
    show(&app, &admin, Section::Places, StatusCode::OK, model, places::view).await
}

/// `GET /places/new`.
pub async fn new(State(app): State<App>, admin: Holder<needs::House>) -> Answer {
    let model = place_form::Model { time_zone: Field::new(&admin.organization.time_zone), ..Default::default() };
    show(&app, &admin, Section::Places, StatusCode::OK, model, place_form::view).await
}

fn typed_form(form: &AdminForm<needs::House>, id: Option<String>) -> (PlaceInput, place_form::Model) {
    let typed = PlaceInput {
        name: form.typed.text("name"),
        address: form.typed.text("address"),
        time_zone: form.typed.text("time_zone"),
        latitude: form.typed.text("latitude"),
        longitude: form.typed.text("longitude"),
        geofence_m: form.typed.text("geofence_m"),
    };
    let model = place_form::Model {
        id,
        version: form.typed.version(),
        name: Field::new(&typed.name),
        address: Field::new(&typed.address),
        time_zone: Field::new(&typed.time_zone),
        latitude: Field::new(&typed.latitude),
        longitude: Field::new(&typed.longitude),
        geofence_m: Field::new(&typed.geofence_m),
        form_error: None,
    };
    (typed, model)
}

/// `POST /places/new`.
pub async fn create(State(app): State<App>, form: AdminForm<needs::House>) -> Answer {
    let (typed, mut model) = typed_form(&form, None);
    match place::create(&app, &form.admin.actor, &typed).await {
        Ok(id) => {
            let (to, text) = (format!("/places/{id}"), format!("{} is added.", typed.name.trim()));
            made(&app, &form.admin, &to, text, &typed.name, |c, organization| {
                Ok(store::all(c, organization)?.into_iter().map(|row| row.name).collect())
            })
            .await
        }
        Err(error) => {
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, &form.admin, Section::Places, StatusCode::UNPROCESSABLE_ENTITY, model, place_form::view).await
        }
    }
}

/// `GET /places/{id}`.
pub async fn detail(State(app): State<App>, admin: Admin, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, doors) = app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            let here = doors::all(c, &organization)?.into_iter().filter(|at| at.place.id == row.id).collect::<Vec<_>>();
            Ok((row, here))
        })
        .await?;
    let clock = super::common::said(&app, app.clock.now(), &row.time_zone).said;
    let model = place_page::Model {
        local_time: clock.split_whitespace().last().unwrap_or_default().to_owned(),
        id: row.id,
        name: row.name,
        address: row.address,
        time_zone: row.time_zone,
        geofence: match (row.latitude_e6, row.longitude_e6, row.geofence_m) {
            (Some(latitude), Some(longitude), metres) => {
                let at = format!("{}, {}", input::degrees_text(latitude), input::degrees_text(longitude));
                metres.map_or_else(|| at.clone(), |metres| format!("{metres} m around {at}"))
            }
            _ => String::new(),
        },
        doors: doors.iter().map(|at| door_row(&app, at)).collect(),
    };
    show(&app, &admin, Section::Places, StatusCode::OK, model, place_page::view).await
}

/// `GET /places/{id}/edit`.
pub async fn edit(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let row = app.db.read(move |c| store::find(c, &organization, &id)).await?;
    let model = place_form::Model {
        id: Some(row.id),
        version: row.version,
        name: Field::new(row.name),
        address: Field::new(row.address),
        time_zone: Field::new(row.time_zone),
        latitude: Field::new(row.latitude_e6.map(input::degrees_text).unwrap_or_default()),
        longitude: Field::new(row.longitude_e6.map(input::degrees_text).unwrap_or_default()),
        geofence_m: Field::new(row.geofence_m.map(|metres| metres.to_string()).unwrap_or_default()),
        form_error: None,
    };
    show(&app, &admin, Section::Places, StatusCode::OK, model, place_form::view).await
}

/// `POST /places/{id}/edit`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let (typed, mut model) = typed_form(&form, Some(id.clone()));
    match place::update(&app, &form.admin.actor, &id, form.typed.version(), &typed).await {
        Ok(()) => done(&form.admin, &format!("/places/{id}"), "Saved.".into(), None).await,
        Err(error) => {
            // What is wrong with a form is said to whoever has the thing; to others the thing is not there.
            let owner = form.admin.organization.id.clone();
            app.db.read(move |c| store::find(c, &owner, &id)).await?;
            let status = crate::http::failure::status(&error);
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, &form.admin, Section::Places, status, model, place_form::view).await
        }
    }
}

/// `GET /places/{id}/remove`.
pub async fn ask_remove(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, counts) =
        app.db.read(move |c| Ok((store::find(c, &organization, &id)?, store::door_counts(c, &organization)?))).await?;
    let count = counts.get(&row.id).copied().unwrap_or(0);
    let model = confirm::Model::remove_place(&row.id, &row.name, count, row.version);
    show(&app, &admin, Section::Places, StatusCode::OK, model, confirm::view).await
}

/// `POST /places/{id}/remove`.
pub async fn remove(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    match place::remove(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, "/places", format!("{name} is removed."), None).await,
        Err(error) => refused(&form.admin, &format!("/places/{id}/remove"), error).await,
    }
}
