//! `POST journal`.

use super::caller::Caller;
use crate::app::App;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::journal::{self, Entry};
use axum::Json;
use axum::extract::State;
use terminal::wire::{JournalAnswer, JournalRequest};

/// Entries at once, at most.
const MOST: usize = terminal::BATCH;

/// `POST /api/terminal/v1/journal`.
pub async fn journal(
    State(app): State<App>,
    caller: Caller,
    Sent(ask): Sent<JournalRequest<Entry>>,
) -> Result<Json<JournalAnswer>, Problem> {
    if ask.entries.len() > MOST {
        return Err(Problem::invalid(format!("At most {MOST} entries are taken at once.")));
    }
    Ok(Json(JournalAnswer { upto: journal::upload(&app, &caller, ask.entries).await? }))
}
