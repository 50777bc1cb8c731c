//! `/deliveries`.

use super::common::{Answer, show};
use super::links::message_line;
use crate::app::App;
use crate::http::auth::Admin;
use crate::store::message;
use app::page::admin::{Section, deliveries};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

const PAGE: usize = 50;

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct Narrow {
    #[serde(default)]
    after: String,
}

/// `GET /deliveries`.
pub async fn list(State(app): State<App>, admin: Admin, Query(narrow): Query<Narrow>) -> Answer {
    let id = admin.organization.id.clone();
    let mut rows = app
        .db
        .read(move |c| {
            let after = (!narrow.after.is_empty()).then_some(narrow.after.as_str());
            message::list(c, &id, after, i64::try_from(PAGE).unwrap_or(0) + 1)
        })
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let zone = &admin.organization.time_zone;
    let model = deliveries::Model {
        next: rows.last().filter(|_| more).map(|(row, _)| row.id.clone()),
        messages: rows
            .iter()
            .map(|(row, name)| message_line(&app, row, name.as_deref().unwrap_or_default(), zone))
            .collect(),
        mail_server: app.config.smtp.is_some(),
        text_service: app.config.sms.is_some(),
    };
    show(&app, &admin, Section::Deliveries, StatusCode::OK, model, deliveries::view).await
}
