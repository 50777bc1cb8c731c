//! `/groups`.

use super::common::{Answer, done, into_form, made, refused, show};
use super::links::doors_to_choose;
use super::{schedules, week};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::service::group::{self, GroupInput};
use crate::store::door as doors;
use crate::store::group::{self as store, GroupRow};
use crate::store::schedule;
use app::page::admin::{Section, confirm, group as group_page, group_form, groups as groups_page, restrictions};
use app::ui::Field;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;

/// `GET /groups`.
pub async fn list(State(app): State<App>, admin: Admin) -> Answer {
    let id = admin.organization.id.clone();
    let (groups, schedules) = app.db.read(move |c| Ok((store::all(c, &id)?, schedule::all(c, &id)?))).await?;
    let named = |id: &str| schedules.iter().find(|row| row.id == id).map(|row| row.name.clone());
    let row = |group: store::Listed| groups_page::Row {
        doors: i64::try_from(group.doors.len()).unwrap_or(0),
        links: group.links,
        schedule: group.row.schedule_id.as_deref().and_then(named).unwrap_or_default(),
        id: group.row.id,
        name: group.row.name,
        description: group.row.description,
    };
    let model = groups_page::Model { groups: groups.into_iter().map(row).collect() };
    show(&app, &admin, Section::Groups, StatusCode::OK, model, groups_page::view).await
}

fn input_of(row: &GroupRow, doors: Vec<String>) -> GroupInput {
    GroupInput {
        name: row.name.clone(),
        description: row.description.clone(),
        doors,
        geofence: row.geofence,
        reader: row.reader,
        schedule_id: row.schedule_id.clone().unwrap_or_default(),
    }
}

async fn model(
    app: &App,
    admin: &Admin,
    typed: GroupInput,
    id: Option<String>,
    version: i64,
) -> Result<group_form::Model> {
    let organization = admin.organization.id.clone();
    let doors = app.db.read(move |c| doors::all(c, &organization)).await?;
    Ok(group_form::Model {
        id,
        version,
        name: Field::new(typed.name),
        description: Field::new(typed.description),
        places: doors_to_choose(&doors, &typed.doors),
        doors_error: None,
        restrictions: restrictions::Model {
            schedule: Field::new(typed.schedule_id),
            schedules: schedules::choices(app, admin).await?,
            geofence: typed.geofence,
            reader: typed.reader,
        },
        form_error: None,
    })
}

fn typed(form: &AdminForm<needs::House>) -> GroupInput {
    GroupInput {
        name: form.typed.text("name"),
        description: form.typed.text("description"),
        doors: form.typed.all("door"),
        geofence: form.typed.ticked("geofence"),
        reader: form.typed.ticked("reader"),
        schedule_id: form.typed.text("schedule_id"),
    }
}

/// `GET /groups/new`.
pub async fn new(State(app): State<App>, admin: Holder<needs::House>) -> Answer {
    let model = model(&app, &admin, GroupInput::default(), None, 0).await?;
    show(&app, &admin, Section::Groups, StatusCode::OK, model, group_form::view).await
}

/// `POST /groups/new`.
pub async fn create(State(app): State<App>, form: AdminForm<needs::House>) -> Answer {
    let input = typed(&form);
    match group::create(&app, &form.admin.actor, &input).await {
        Ok(id) => {
            let (to, text) = (format!("/groups/{id}"), format!("The group {} is made.", input.name.trim()));
            made(&app, &form.admin, &to, text, &input.name, |c, organization| {
                Ok(store::all(c, organization)?.into_iter().map(|listed| listed.row.name).collect())
            })
            .await
        }
        Err(error) => again(&app, &form, input, None, error).await,
    }
}

/// `GET /groups/{id}`.
pub async fn detail(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<String>,
    Query(asked): Query<week::Asked>,
) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, doors, links, hours) = app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            let hours = match &row.schedule_id {
                Some(schedule) => schedule::whole(c, &organization, schedule).ok(),
                None => None,
            };
            Ok((row, store::doors_of(c, &id)?, store::links_using(c, &id)?, hours))
        })
        .await?;
    // Each door has its place's clock; the group is drawn by that of most of them, the first.
    let zone = doors.first().map_or(&admin.organization.time_zone, |at| &at.place.time_zone).clone();
    let path = format!("/groups/{}", row.id);
    let model = group_page::Model {
        week: hours.as_ref().map(|hours| {
            let week = week::model(&app, &asked, &path, &zone, |day| hours.hours.hours(day), &hours.names);
            week::for_all(week, doors.iter().map(|at| at.place.time_zone.clone()))
        }),
        schedule: hours.map(|hours| (hours.row.id, hours.row.name)),
        id: row.id,
        name: row.name,
        description: row.description,
        geofence: row.geofence,
        reader: row.reader,
        doors: doors
            .into_iter()
            .map(|at| group_page::Door {
                id: at.door.id,
                name: at.door.name,
                place: at.place.name,
                accepts_digital: at.door.accepts_digital,
            })
            .collect(),
        links,
    };
    show(&app, &admin, Section::Groups, StatusCode::OK, model, group_page::view).await
}

/// `GET /groups/{id}/edit`.
pub async fn edit(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, doors) =
        app.db.read(move |c| Ok((store::find(c, &organization, &id)?, store::doors_of(c, &id)?))).await?;
    let input = input_of(&row, doors.into_iter().map(|at| at.door.id).collect());
    let model = model(&app, &admin, input, Some(row.id), row.version).await?;
    show(&app, &admin, Section::Groups, StatusCode::OK, model, group_form::view).await
}

/// `POST /groups/{id}/edit`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let input = typed(&form);
    match group::update(&app, &form.admin.actor, &id, form.typed.version(), &input).await {
        Ok(()) => done(&form.admin, &format!("/groups/{id}"), "Saved.".into(), None).await,
        Err(error) => {
            // What is wrong with a form is said to whoever has the thing; to others the thing is not there.
            let (owner, group) = (form.admin.organization.id.clone(), id.clone());
            app.db.read(move |c| store::find(c, &owner, &group)).await?;
            again(&app, &form, input, Some(id), error).await
        }
    }
}

async fn again(
    app: &App,
    form: &AdminForm<needs::House>,
    input: GroupInput,
    id: Option<String>,
    error: Error,
) -> Answer {
    let status = crate::http::failure::status(&error);
    let mut model = model(app, &form.admin, input, id, form.typed.version()).await?;
    into_form(error, |field, sentence| model.fail(field, sentence))?;
    show(app, &form.admin, Section::Groups, status, model, group_form::view).await
}

/// `GET /groups/{id}/remove`.
pub async fn ask_remove(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, doors, links) = app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            Ok((row, store::doors_of(c, &id)?, store::links_using(c, &id)?))
        })
        .await?;
    let names: Vec<String> = doors.into_iter().map(|at| at.door.name).collect();
    let model = confirm::Model::remove_group(&row.id, &row.name, &names, links, row.version);
    show(&app, &admin, Section::Groups, StatusCode::OK, model, confirm::view).await
}

/// `POST /groups/{id}/remove`.
pub async fn remove(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    // The page named what goes; whoever changed the group meanwhile changed that.
    let version = form.typed.get("version").parse().ok();
    match group::remove(&app, &form.admin.actor, &id, version).await {
        Ok(name) => done(&form.admin, "/groups", format!("The group {name} is removed."), None).await,
        Err(error) => refused(&form.admin, &format!("/groups/{id}/remove"), error).await,
    }
}
