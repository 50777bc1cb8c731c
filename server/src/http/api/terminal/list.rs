//! `GET list`.

use super::caller::Caller;
use crate::app::App;
use crate::http::api::Problem;
use crate::service::terminal::list::{self, Delivered};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::terminal::Change;
use serde::{Deserialize, Serialize};

/// What the terminal has.
#[derive(Debug, Default, Deserialize)]
pub struct Has {
    #[serde(default)]
    have: Option<i64>,
}

/// A list, or what changed about it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    /// All of it.
    Whole {
        /// JWS.
        manifest: String,
        /// The very text that its hash covers.
        list: String,
    },
    /// A change.
    Changed {
        /// JWS of what results.
        manifest: String,
        /// What is different.
        change: Change,
        /// Against this version.
        from: i64,
    },
}

/// `GET /api/terminal/v1/list`.
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    has: Result<Query<Has>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(has) = has.map_err(|_| Problem::invalid("have is the version of a list, a whole number."))?;
    Ok(match list::deliver(&app, &caller, has.have).await? {
        Delivered::Nothing => StatusCode::NO_CONTENT.into_response(),
        Delivered::Whole { manifest, list } => Json(Answer::Whole { manifest, list }).into_response(),
        Delivered::Changed { manifest, change, from } => {
            Json(Answer::Changed { manifest, change, from }).into_response()
        }
    })
}
