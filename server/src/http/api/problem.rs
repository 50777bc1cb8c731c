//! Errors for machines: problem details (RFC 9457) with a stable `code` and a title for people.

use super::PREFIX;
use crate::error::Error;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: String,
    /// Seconds to wait before another try.
    wait: Option<u64>,
}

impl Problem {
    /// One with this status, code and title.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        Self { status, code, title: title.into(), wait: None }
    }

    /// What was sent cannot be taken as it is.
    #[must_use]
    pub fn invalid(title: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title)
    }

    /// More than is taken here.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "This is too large to be taken.")
    }

    /// What a status means where nothing more is known.
    #[must_use]
    pub fn plain(status: StatusCode, title: impl Into<String>) -> Self {
        let code = match status {
            StatusCode::BAD_REQUEST => "unreadable",
            StatusCode::UNAUTHORIZED => "token_unknown",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::REQUEST_TIMEOUT => "too_slow",
            StatusCode::CONFLICT => "stale",
            StatusCode::PAYLOAD_TOO_LARGE => "too_large",
            StatusCode::UNPROCESSABLE_ENTITY => "invalid",
            StatusCode::TOO_MANY_REQUESTS => "too_many",
            StatusCode::SERVICE_UNAVAILABLE => "unavailable",
            _ => "failed",
        };
        Self::new(status, code, title)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Error::Unavailable(cause) | Error::Collision(cause) = &error {
            tracing::error!(%cause, "a request could not be served");
        }
        let status = crate::http::failure::status(&error);
        let wait = if let Error::TooMany(seconds) = error { Some(seconds) } else { None };
        Self { wait, ..Self::plain(status, error.to_string()) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({ "title": self.title, "status": self.status.as_u16(), "code": self.code });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The same error as a problem, where a machine asked; none elsewhere.
#[must_use]
pub fn of(path: &str, status: StatusCode, sentence: &str) -> Option<Problem> {
    path.starts_with(PREFIX).then(|| Problem::plain(status, sentence))
}
