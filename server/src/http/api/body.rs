//! A body in JSON, within its size.

use super::Problem;
use super::terminal::longest_body;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

/// What was sent. Members that this version does not know are ignored.
#[derive(Clone, Copy, Debug)]
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // Also what keeps other sites out: no browser sends this type across without asking first.
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let title = "This address takes JSON: content-type application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", title));
        }
        let longest = longest_body(request.uri().path());
        let bytes = axum::body::to_bytes(request.into_body(), longest).await.map_err(|_| Problem::too_large())?;
        let read = serde_json::from_slice(&bytes);
        read.map(Self)
            .map_err(|cause| Problem::plain(StatusCode::BAD_REQUEST, format!("This cannot be read: {cause}.")))
    }
}
