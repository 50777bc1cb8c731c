//! Turns a view into an answer: status, nonce, headers.

use super::security;
use crate::error::{Error, Result};
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::nonce::{provide_nonce, use_nonce};
use leptos::prelude::{IntoView, Owner, RenderHtml};
use std::sync::{Arc, Mutex, PoisonError};

/// Renders a whole document with a nonce of its own.
///
/// # Errors
/// `Unavailable` when rendering gave no nonce; then nothing is sent rather than a page without its policy.
pub async fn page<V, F>(status: StatusCode, view: F) -> Result<Response>
where
    V: IntoView + 'static,
    F: FnOnce() -> V + Send + 'static,
{
    let nonce = Arc::new(Mutex::new(None::<String>));
    let found = nonce.clone();
    let view = Arc::new(Mutex::new(Some(view)));
    let render = leptos_axum::render_app_async_with_context(
        move || {
            let nonce = use_nonce().map(|nonce| nonce.to_string());
            *found.lock().unwrap_or_else(PoisonError::into_inner) = nonce;
        },
        move || view.lock().unwrap_or_else(PoisonError::into_inner).take().map(|view| view()),
    );
    let response = render(Request::new(Body::empty())).await;
    let nonce = nonce.lock().unwrap_or_else(PoisonError::into_inner).take();
    guarded(status, nonce, response)
}

/// Renders a whole document without islands or anything to wait for, in one go: what visitors see, where every
/// byte and microsecond counts, and where the scripts that feed islands would have nobody to feed.
///
/// # Errors
/// As [`page`].
pub fn still<V: IntoView>(status: StatusCode, view: impl FnOnce() -> V) -> Result<Response> {
    let owner = Owner::new();
    let (html, nonce) = owner.with(|| {
        provide_nonce();
        let html = view().into_view().to_html();
        (html, use_nonce().map(|nonce| nonce.to_string()))
    });
    owner.cleanup();
    guarded(status, nonce, Html(html).into_response())
}

fn guarded(status: StatusCode, nonce: Option<String>, mut response: Response) -> Result<Response> {
    let nonce = nonce.ok_or_else(|| Error::Unavailable("a page was rendered without a nonce".into()))?;
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, security::page_csp(&nonce));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
