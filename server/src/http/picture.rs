//! Codes as answers: pictures that are kept nowhere on their way.

use super::failure::Failure;
use crate::error::Result;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A PNG.
pub(super) fn png(drawn: Result<Vec<u8>>) -> Response {
    answer("image/png", drawn)
}

/// An SVG.
pub(super) fn svg(drawn: Result<String>) -> Response {
    answer("image/svg+xml", drawn)
}

fn answer(kind: &'static str, drawn: Result<impl IntoResponse>) -> Response {
    match drawn {
        Ok(picture) => {
            // Not attachment: the same address is shown on the page; the link that saves it says so itself.
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], picture).into_response()
        }
        Err(cause) => Failure(cause).into_response(),
    }
}
