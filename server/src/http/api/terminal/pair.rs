//! `POST pair`.

use super::heartbeat::Door;
use crate::app::App;
use crate::error::Error;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::http::client::{self, ClientAddress};
use crate::service::terminal::pair::{self, From};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Millis;
use serde::{Deserialize, Serialize};

/// A pairing code.
#[derive(Debug, Deserialize)]
pub struct Ask {
    code: String,
    #[serde(default)]
    software: String,
}

/// What a terminal keeps.
#[derive(Debug, Serialize)]
pub struct Answer {
    terminal: String,
    token: String,
    list_key: String,
    now: Millis,
    organization: String,
    place: String,
    door: Door,
}

/// `POST /api/terminal/v1/pair`.
pub async fn pair(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Sent(ask): Sent<Ask>,
) -> Result<Json<Answer>, Problem> {
    let from = From { subscriber: client::subscriber(address), prefix: client::ip_prefix(address) };
    let paired = pair::pair(&app, &ask.code, &ask.software, from).await.map_err(|error| match error {
        Error::NotFound => Problem::new(
            StatusCode::NOT_FOUND,
            "pairing_unknown",
            "This code is not known: it may be mistyped, used already, or older than 15 minutes.",
        ),
        other => other.into(),
    })?;
    Ok(Json(Answer {
        terminal: paired.terminal,
        token: paired.token.expose().to_owned(),
        list_key: paired.list_key,
        now: paired.now,
        organization: paired.stand.organization,
        place: paired.stand.place,
        door: Door { id: paired.stand.door, name: paired.stand.door_name },
    }))
}
