//! Errors as answers: one mapping to status and words; the cause goes to the log once, here.

use super::page::page;
use crate::error::Error;
use app::page::admin::problem;
use app::shell::Assets;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// An error on its way out; the page around it is added by [`dress`].
#[derive(Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// What a plain answer carries until its page is made.
#[derive(Clone, Debug)]
struct Said {
    sentence: String,
    wait: Option<u64>,
}

/// The status of an error.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Stale => StatusCode::CONFLICT,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Fields(_) | Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) | Error::Collision(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Error::Unavailable(cause) | Error::Collision(cause) = &self.0 {
            tracing::error!(%cause, "a request could not be served");
        }
        let wait = if let Error::TooMany(seconds) = self.0 { Some(seconds) } else { None };
        let said = Said { sentence: self.0.to_string(), wait };
        let mut response = (status(&self.0), said.sentence.clone()).into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response.extensions_mut().insert(said);
        response
    }
}

/// Gives a plain error its page, for browsers, and machines their problem details; whoever else asks for JSON or a
/// stream gets the sentence.
pub async fn dress(assets: Arc<Assets>, path: &str, wants_html: bool, response: Response) -> Response {
    let Some(said) = response.extensions().get::<Said>().cloned() else {
        return response;
    };
    if let Some(problem) = super::api::problem::of(path, response.status(), &said.sentence) {
        return problem.into_response();
    }
    if !wants_html {
        return response;
    }
    let status = response.status();
    let model = problem::Model::new(status.as_u16(), said.sentence);
    let Ok(mut dressed) = page(status, move || problem::view(model, &assets)).await else {
        return response;
    };
    if let Some(wait) = said.wait {
        dressed.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    dressed
}
