//! `POST heartbeat`.

use super::caller::{Caller, revoked};
use crate::app::App;
use crate::error::Error;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::hear::{self, Beat};
use axum::Json;
use axum::extract::State;
use domain::Millis;
use serde::{Deserialize, Serialize};

/// What a terminal says of itself.
#[derive(Debug, Deserialize)]
pub struct Ask {
    #[serde(default)]
    software: String,
    #[serde(default)]
    relay: Relay,
    wall: Millis,
    #[serde(default)]
    offset: Option<i64>,
    #[serde(default)]
    list: i64,
    #[serde(default)]
    waiting: i64,
}

/// Who opens after a grant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Relay {
    /// The terminal.
    #[default]
    Own,
    /// The server, through the door's driver: the terminal has no relay.
    None,
}

/// A door by id and name.
#[derive(Debug, Serialize)]
pub(super) struct Door {
    pub(super) id: String,
    pub(super) name: String,
}

/// What it is told.
#[derive(Debug, Serialize)]
pub struct Answer {
    now: Millis,
    list: i64,
    name: String,
    organization: String,
    place: String,
    door: Door,
}

/// `POST /api/terminal/v1/heartbeat`.
pub async fn heartbeat(State(app): State<App>, caller: Caller, Sent(ask): Sent<Ask>) -> Result<Json<Answer>, Problem> {
    let beat = Beat {
        software: ask.software,
        relay: ask.relay == Relay::Own,
        wall: ask.wall,
        offset: ask.offset,
        list: ask.list,
        waiting: ask.waiting,
    };
    let told = hear::heartbeat(&app, &caller, beat).await.map_err(|error| match error {
        Error::Forbidden(_) | Error::NotFound => revoked(),
        other => other.into(),
    })?;
    Ok(Json(Answer {
        now: told.now,
        list: told.list,
        name: told.name,
        organization: told.stand.organization,
        place: told.stand.place,
        door: Door { id: told.stand.door, name: told.stand.door_name },
    }))
}
