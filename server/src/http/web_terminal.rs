//! `/terminal`: the page of a terminal in a browser. Anybody may load it, since only a pairing code makes it one.

use super::failure::Failure;
use super::{assets, page::still, security};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// `GET /terminal`.
pub async fn page() -> Response {
    let assets = assets::manifest();
    let shown = still(StatusCode::OK, || app::page::terminal::view(&assets));
    shown.map_or_else(
        |cause| Failure(cause).into_response(),
        |mut response| {
            security::allow_terminal(response.headers_mut());
            response
        },
    )
}
