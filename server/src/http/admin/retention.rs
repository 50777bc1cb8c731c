//! `/settings/retention`: how long events and people are kept.

use super::common::{Answer, done, into_form, show};
use crate::app::App;
use crate::http::auth::needs;
use crate::http::failure;
use crate::http::proof::{Proven, ProvenForm};
use crate::service::retention::{self, Changed, RetentionInput};
use app::page::admin::{Section, retention as page};
use app::ui::Field;
use axum::extract::State;
use axum::http::StatusCode;

/// `GET /settings/retention`. Asks for fresh proof now, and not when everything has been typed.
pub async fn form(State(app): State<App>, admin: Proven<needs::Own>) -> Answer {
    let days = |days: Option<i64>| Field::new(days.map_or_else(String::new, |days| days.to_string()));
    let model = page::Model {
        version: admin.organization.version,
        event_days: days(admin.organization.event_retention_days),
        person_days: days(admin.organization.person_retention_days),
        asks: None,
        form_error: None,
    };
    show(&app, &admin, Section::Settings, StatusCode::OK, model, page::view).await
}

/// `POST /settings/retention`. A shorter time comes back once with what it destroys.
pub async fn change(State(app): State<App>, form: ProvenForm<needs::Own>) -> Answer {
    let typed = RetentionInput {
        event_days: form.typed.text("event_days"),
        person_days: form.typed.text("person_days"),
        confirmed: form.typed.text("confirmed"),
    };
    let mut model = page::Model {
        version: form.typed.version(),
        event_days: Field::new(&typed.event_days),
        person_days: Field::new(&typed.person_days),
        asks: None,
        form_error: None,
    };
    let status = match retention::change(&app, &form.admin.actor, form.typed.version(), &typed).await {
        Ok(Changed::Done) => {
            return done(&form.admin, "/settings/retention", "Saved. What is older goes within the hour.".into(), None)
                .await;
        }
        Ok(Changed::Asks(going)) => {
            model.asks = Some(page::Asks {
                confirmed: going.said(),
                events: going.events,
                people: going.people,
                links: going.links,
            });
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(error) => {
            let status = failure::status(&error);
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            status
        }
    };
    show(&app, &form.admin, Section::Settings, status, model, page::view).await
}
