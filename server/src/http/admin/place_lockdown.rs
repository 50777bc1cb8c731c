//! `/places/{id}/lockdown` and `/places/{id}/lift`, and the banner of every page while a lockdown lasts.

use super::common::{Answer, done, into_form, refused, said, show};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::service::place_lockdown;
use crate::store::{door, place};
use app::page::admin::Section;
use app::page::admin::place_lockdown::{self as page, Lockdown};
use app::ui::Field;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::role::Role;

/// The lockdowns that last, for the banner; one read by the index of places.
pub(super) async fn lasting(app: &App, admin: &Admin) -> Result<Vec<Lockdown>> {
    let id = admin.organization.id.clone();
    let (rows, names) = app.db.read(move |c| place::locked_down(c, &id)).await?;
    let lockdown = |row: place::PlaceRow| {
        let lift_role = place_lockdown::lift_role(&row);
        Lockdown {
            since: said(app, row.locked_down_at.unwrap_or_default(), &row.time_zone),
            by: match row.lockdown_by.as_str() {
                "operator" => "the operator".to_owned(),
                id => names.get(id).cloned().unwrap_or_default(),
            },
            place_id: row.id,
            place: row.name,
            reason: row.lockdown_reason,
            lift_role,
            may_lift: admin.actor.role >= lift_role,
        }
    };
    Ok(rows.into_iter().map(lockdown).collect())
}

async fn model(app: &App, admin: &Admin, id: &str) -> Result<page::Model> {
    let (organization, id) = (admin.organization.id.clone(), id.to_owned());
    let (row, doors) =
        app.db.read(move |c| Ok((place::find(c, &organization, &id)?, door::all(c, &organization)?))).await?;
    Ok(page::Model {
        doors: doors.into_iter().filter(|at| at.place.id == row.id).map(|at| at.door.name).collect(),
        id: row.id,
        name: row.name,
        lift_role: Field::new(Role::AccessManager.code()),
        ..Default::default()
    })
}

/// `GET /places/{id}/lockdown`.
pub async fn ask(State(app): State<App>, admin: Holder<needs::Doors>, Path(id): Path<String>) -> Answer {
    let model = model(&app, &admin, &id).await?;
    show(&app, &admin, Section::Places, StatusCode::OK, model, page::view).await
}

/// `POST /places/{id}/lockdown`.
pub async fn lock_down(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Doors>) -> Answer {
    let (reason, role) = (form.typed.text("reason"), form.typed.text("lift_role"));
    match place_lockdown::lock_down(&app, &form.admin.actor, &id, &reason, &role).await {
        // The banner says the rest, and has the way back.
        Ok(name) => done(&form.admin, &format!("/places/{id}"), format!("{name} is locked down."), None).await,
        Err(Error::Refused(sentence)) => refused(&form.admin, &format!("/places/{id}"), Error::Refused(sentence)).await,
        Err(error) => {
            let status = crate::http::failure::status(&error);
            let mut model = model(&app, &form.admin, &id).await?;
            model.reason = Field::new(reason);
            model.lift_role = Field::new(role);
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, &form.admin, Section::Places, status, model, page::view).await
        }
    }
}

/// `POST /places/{id}/lift`.
pub async fn lift(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::Doors>) -> Answer {
    let to = format!("/places/{id}");
    match place_lockdown::lift(&app, &form.admin.actor, &id).await {
        Ok(name) => {
            done(
                &form.admin,
                &to,
                format!("The lockdown of {name} is lifted. Doors without a lockdown of their own open again."),
                None,
            )
            .await
        }
        Err(error) => refused(&form.admin, &to, error).await,
    }
}
