//! `GET openapi.json`: the protocol as other machines read it.

use axum::http::HeaderValue;
use axum::http::header::{self, HeaderName};

/// The document (OpenAPI 3.1). A test holds it against the running server.
const DOCUMENT: &str = include_str!("openapi.json");

/// `GET /api/terminal/v1/openapi.json`.
pub async fn openapi() -> ([(HeaderName, HeaderValue); 1], &'static str) {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], DOCUMENT)
}
