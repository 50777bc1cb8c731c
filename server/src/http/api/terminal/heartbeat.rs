//! `POST heartbeat`.

use super::caller::{Caller, revoked};
use crate::app::App;
use crate::error::Error;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::hear::{self, Beat};
use axum::Json;
use axum::extract::State;
use terminal::wire::{DoorName, HeartbeatAnswer, HeartbeatRequest, Relay};

/// `POST /api/terminal/v1/heartbeat`.
pub async fn heartbeat(
    State(app): State<App>,
    caller: Caller,
    Sent(ask): Sent<HeartbeatRequest>,
) -> Result<Json<HeartbeatAnswer>, Problem> {
    let beat = Beat {
        software: ask.software,
        relay: ask.relay == Relay::Own,
        wall: ask.wall,
        offset: ask.offset,
        list: ask.list,
        waiting: ask.waiting,
    };
    let told = match hear::heartbeat(&app, &caller, beat).await {
        Err(Error::Forbidden(_) | Error::NotFound) => {
            hear::told(&app, &caller.id).await;
            return Err(revoked());
        }
        other => other?,
    };
    Ok(Json(HeartbeatAnswer {
        now: told.now,
        list: told.list,
        name: told.name,
        organization: told.stand.organization,
        place: told.stand.place,
        door: DoorName { id: told.stand.door, name: told.stand.door_name },
    }))
}
