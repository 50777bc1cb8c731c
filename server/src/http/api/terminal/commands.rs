//! `POST claim` and `POST result`.

use super::caller::Caller;
use crate::app::App;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::command;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use terminal::wire::{ClaimAnswer, ResultRequest};

/// Nothing needs to be said.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

/// `POST /api/terminal/v1/claim`.
pub async fn claim(
    State(app): State<App>,
    caller: Caller,
    Sent(_): Sent<Nothing>,
) -> Result<Json<ClaimAnswer>, Problem> {
    Ok(Json(ClaimAnswer { commands: command::claim(&app, &caller).await? }))
}

/// `POST /api/terminal/v1/result`.
pub async fn result(
    State(app): State<App>,
    caller: Caller,
    Sent(became): Sent<ResultRequest>,
) -> Result<StatusCode, Problem> {
    command::result(&app, &caller, became.event, became.opened, &became.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
