//! `/settings/general`.

use crate::app::App;
use crate::http::admin::common::{Answer, done, into_form, show};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::failure;
use crate::service::settings::{self, GeneralInput};
use app::page::admin::{Section, settings::general as page};
use app::ui::Field;
use axum::extract::State;
use axum::http::StatusCode;

fn model(app: &App, version: i64, typed: GeneralInput) -> page::Model {
    page::Model {
        version,
        name: Field::new(typed.name),
        time_zone: Field::new(typed.time_zone),
        default_validity_days: Field::new(typed.default_validity_days),
        max_validity_days: Field::new(typed.max_validity_days),
        session_idle_minutes: Field::new(typed.session_idle_minutes),
        session_hours: Field::new(typed.session_hours),
        idle_most: app.config.session_idle_minutes.into(),
        hours_most: app.config.session_hours.into(),
        form_error: None,
    }
}

fn now(admin: &Admin) -> GeneralInput {
    let organization = &admin.organization;
    let optional = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    GeneralInput {
        name: organization.name.clone(),
        time_zone: organization.time_zone.clone(),
        default_validity_days: organization.default_validity_days.to_string(),
        max_validity_days: organization.max_validity_days.to_string(),
        session_idle_minutes: optional(organization.session_idle_minutes),
        session_hours: optional(organization.session_hours),
    }
}

/// `GET /settings/general`.
pub async fn form(State(app): State<App>, admin: Holder<needs::Settings>) -> Answer {
    let model = model(&app, admin.organization.version, now(&admin));
    show(&app, &admin, Section::Settings, StatusCode::OK, model, page::view).await
}

/// `POST /settings/general`.
pub async fn save(State(app): State<App>, form: AdminForm<needs::Settings>) -> Answer {
    let (admin, typed) = (&form.admin, &form.typed);
    let input = GeneralInput {
        name: typed.text("name"),
        time_zone: typed.text("time_zone"),
        default_validity_days: typed.text("default_validity_days"),
        max_validity_days: typed.text("max_validity_days"),
        session_idle_minutes: typed.text("session_idle_minutes"),
        session_hours: typed.text("session_hours"),
    };
    match settings::general(&app, &admin.actor, typed.version(), &input).await {
        Ok(()) => done(admin, "/settings/general", "Saved.".into(), None).await,
        Err(error) => {
            let status = failure::status(&error);
            let mut model = model(&app, typed.version(), input);
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, admin, Section::Settings, status, model, page::view).await
        }
    }
}
