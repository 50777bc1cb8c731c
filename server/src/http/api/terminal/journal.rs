//! `POST journal`.

use super::caller::Caller;
use crate::app::App;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::journal::{self, Entry};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// Entries at once, at most.
const MOST: usize = 500;

/// What a terminal did, in order.
#[derive(Debug, Deserialize)]
pub struct Ask {
    entries: Vec<Entry>,
}

/// How far its journal is stored.
#[derive(Debug, Serialize)]
pub struct Answer {
    upto: i64,
}

/// `POST /api/terminal/v1/journal`.
pub async fn journal(State(app): State<App>, caller: Caller, Sent(ask): Sent<Ask>) -> Result<Json<Answer>, Problem> {
    if ask.entries.len() > MOST {
        return Err(Problem::invalid(format!("At most {MOST} entries are taken at once.")));
    }
    Ok(Json(Answer { upto: journal::upload(&app, &caller, ask.entries).await? }))
}
