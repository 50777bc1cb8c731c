//! `POST claim` and `POST result`.

use super::caller::Caller;
use crate::app::App;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::command;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

/// Nothing needs to be said.
#[derive(Debug, Deserialize)]
pub struct Ask {}

/// A command.
#[derive(Debug, Serialize)]
pub(super) struct Command {
    event: String,
    unlock_ms: i64,
    left_ms: i64,
}

/// What waited.
#[derive(Debug, Serialize)]
pub struct Answer {
    commands: Vec<Command>,
}

/// What became of a command.
#[derive(Debug, Deserialize)]
pub struct Became {
    event: String,
    opened: bool,
    #[serde(default)]
    note: String,
}

/// `POST /api/terminal/v1/claim`.
pub async fn claim(State(app): State<App>, caller: Caller, Sent(_): Sent<Ask>) -> Result<Json<Answer>, Problem> {
    let commands = command::claim(&app, &caller).await?;
    let told = |one: command::Command| Command { event: one.event, unlock_ms: one.unlock_ms, left_ms: one.left_ms };
    Ok(Json(Answer { commands: commands.into_iter().map(told).collect() }))
}

/// `POST /api/terminal/v1/result`.
pub async fn result(State(app): State<App>, caller: Caller, Sent(became): Sent<Became>) -> Result<StatusCode, Problem> {
    command::result(&app, &caller, became.event, became.opened, &became.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
