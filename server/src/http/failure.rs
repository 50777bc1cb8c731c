//! Errors as answers: one mapping to status and words; the cause goes to the log once, here.

use super::admin::common;
use super::page::page;
use super::session_store::Sessions;
use super::{assets, auth, visit};
use crate::app::App;
use crate::error::Error;
use app::page::admin::{Section, problem};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// How long the page of an error waits for what surrounds it: where the database is away, that was waited for already.
pub(super) const LOOK_AROUND: Duration = Duration::from_secs(2);

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
    /// None where the status says enough.
    title: Option<&'static str>,
    sentence: String,
    wait: Option<u64>,
}

/// The status of an error.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Stale => StatusCode::CONFLICT,
        Error::Forbidden(_) | Error::OldPage(_) => StatusCode::FORBIDDEN,
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
        // Whoever only waited for too long is not told that they may not.
        let title = matches!(self.0, Error::OldPage(_)).then_some("Not done");
        let said = Said { title, sentence: self.0.to_string(), wait };
        let mut response = (status(&self.0), said.sentence.clone()).into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response.extensions_mut().insert(said);
        response
    }
}

/// What was asked, noted before the request goes its way.
pub struct Asked {
    method: Method,
    uri: Uri,
    /// None where no page is wanted.
    headers: Option<HeaderMap>,
}

impl Asked {
    /// Of a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let html = accept.is_some_and(|accept| accept.contains("text/html"));
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: html.then(|| request.headers().clone()),
        }
    }
}

/// Gives a plain error its page, for browsers, and machines their problem details; whoever else asks for JSON or a
/// stream gets the sentence.
pub async fn dress(app: &App, sessions: &Sessions, asked: Asked, response: Response) -> Response {
    let Some(said) = response.extensions().get::<Said>().cloned() else {
        return response;
    };
    let status = response.status();
    if let Some(problem) = super::api::problem::of(asked.uri.path(), status, &said.sentence) {
        return problem.into_response();
    }
    let Some(headers) = asked.headers else {
        return response;
    };
    let mut dressed = if visit::is_visitors(asked.uri.path()) {
        visit::failed(&asked.uri, &headers, status)
    } else {
        let mut model = problem::Model::new(status.as_u16(), said.sentence);
        if let Some(title) = said.title {
            model.title = title.into();
        }
        if status == StatusCode::SERVICE_UNAVAILABLE && asked.method == Method::GET {
            // Nothing was to be stored.
            model.sentence = "This could not be read just now. Please try again in a moment.".into();
            model = model.way(asked.uri.path_and_query().map_or("/", |address| address.as_str()), "Try again");
        }
        match inside(app, sessions, asked.uri.path(), &headers, status, model.clone()).await {
            Some(page) => page,
            None => match page(status, move || problem::view(model, &assets::manifest())).await {
                Ok(page) => page,
                Err(_) => return response,
            },
        }
    };
    if let Some(wait) = said.wait {
        dressed.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    dressed
}

/// The page within the dashboard, for whoever is signed in. None where nobody is, and where that or what surrounds the
/// page cannot be read, or not soon: an error stays the error that it was.
async fn inside(
    app: &App,
    sessions: &Sessions,
    path: &str,
    headers: &HeaderMap,
    status: StatusCode,
    model: problem::Model,
) -> Option<Response> {
    let page = async {
        let admin = auth::asker(app, sessions, headers).await?;
        common::problem(app, &admin, Section::of(path), status, model).await.ok()
    };
    tokio::time::timeout(LOOK_AROUND, page).await.ok().flatten()
}
