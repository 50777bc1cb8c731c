//! `POST pair`.

use crate::app::App;
use crate::error::Error;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::http::client::{self, ClientAddress};
use crate::service::terminal::pair::{self, From};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use terminal::wire::{DoorName, PairAnswer, PairRequest};

/// `POST /api/terminal/v1/pair`.
pub async fn pair(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Sent(ask): Sent<PairRequest>,
) -> Result<Json<PairAnswer>, Problem> {
    let from = From { subscriber: client::subscriber(address), prefix: client::ip_prefix(address) };
    let paired = pair::pair(&app, &ask.code, &ask.software, from).await.map_err(|error| match error {
        Error::NotFound => Problem::new(
            StatusCode::NOT_FOUND,
            "pairing_unknown",
            "This code is not known: it may be mistyped, used already, or older than 15 minutes.",
        ),
        other => other.into(),
    })?;
    Ok(Json(PairAnswer {
        terminal: paired.terminal,
        token: paired.token.expose().to_owned(),
        list_key: paired.list_key,
        now: paired.now,
        organization: paired.stand.organization,
        place: paired.stand.place,
        door: DoorName { id: paired.stand.door, name: paired.stand.door_name },
    }))
}
