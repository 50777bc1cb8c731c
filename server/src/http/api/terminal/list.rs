//! `GET list`.

use super::caller::Caller;
use crate::app::App;
use crate::http::api::Problem;
use crate::service::terminal::list::{self, Delivered};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use terminal::wire::ListAnswer;

/// What the terminal has.
#[derive(Debug, Default, Deserialize)]
pub struct Has {
    #[serde(default)]
    have: Option<i64>,
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
        Delivered::Whole { manifest, list } => {
            Json(ListAnswer { manifest, list: Some(list), ..ListAnswer::default() }).into_response()
        }
        Delivered::Changed { manifest, change, from } => {
            let (change, from) = (Some(change), Some(from));
            Json(ListAnswer { manifest, change, from, list: None }).into_response()
        }
    })
}
