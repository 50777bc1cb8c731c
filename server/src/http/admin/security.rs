//! `/settings/security`: what the organization asks of everybody who signs in.

use super::common::{Answer, done, refused, show};
use crate::app::App;
use crate::http::auth::{Holder, needs};
use crate::http::proof::ProvenForm;
use crate::service::factor as service;
use crate::store::{factor, people};
use app::page::admin::{Section, security};
use axum::extract::State;
use axum::http::StatusCode;

const HERE: &str = "/settings/security";

/// `GET /settings/security`.
pub async fn show_security(State(app): State<App>, admin: Holder<needs::Settings>) -> Answer {
    let id = admin.organization.id.clone();
    let (rows, holders) = app.db.read(move |c| Ok((people::all(c, &id)?, factor::holders(c, &id)?))).await?;
    let own = holders.contains(&admin.row.id);
    let model = security::Model {
        required: admin.organization.second_factor_required,
        version: admin.organization.version,
        people: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        without: rows.into_iter().filter(|row| !holders.contains(&row.id)).map(|row| row.name).collect(),
        first: if own { String::new() } else { "You have none yourself yet.".to_owned() },
    };
    show(&app, &admin, Section::Settings, StatusCode::OK, model, security::view).await
}

/// `POST /settings/security`.
pub async fn require(State(app): State<App>, form: ProvenForm<needs::Own>) -> Answer {
    let required = form.typed.ticked("required");
    match service::require(&app, &form.admin.actor, form.typed.version(), required).await {
        Ok(()) => {
            let text = if required {
                "From now on everybody needs a second factor."
            } else {
                "A second factor is up to each of them now."
            };
            done(&form.admin, HERE, text.to_owned(), None).await
        }
        Err(error) => refused(&form.admin, HERE, error).await,
    }
}
