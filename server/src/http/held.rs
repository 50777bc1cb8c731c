//! What was typed into a form is not lost because it came too late, or at a bad moment: a page holds it until it can be
//! sent again. Where nothing was typed but a button pressed, the answer stays what it was.

use super::admin::{common, prove};
use super::auth::Admin;
use super::failure::LOOK_AROUND;
use super::form::Typed;
use super::{assets, page};
use crate::app::App;
use app::page::admin::held::{self as held_page, Held, Why};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Fields that no person fills in.
const PLUMBING: [&str; 5] = ["csrf", "version", "page", "next", "request_id"];
/// Forms with one of these are not held: no page keeps how somebody signs in, and what answers a question of this session is
/// no good later.
const SECRET: [&str; 4] = ["password", "code", "credential", "held"];

/// Why a form was not taken, on the answer that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Whoever sent it is signed out.
    SignedOut,
    /// It is of another session than the one that sent it.
    OldPage,
    /// Whoever sent it has to prove first who they are.
    Unproven,
}

impl Refusal {
    /// Marks an answer.
    pub(super) fn on(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer: `axum::middleware::from_fn_with_state(app, held::keep)`, within that of the sessions.
pub async fn keep(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_form(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let bytes = match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(bytes) => bytes,
        Err(cut) => return cut.into_response(),
    };
    let response = next.run(Request::from_parts(parts.clone(), Body::from(bytes.clone()))).await;
    let refusal = response.extensions().get::<Refusal>().copied();
    if refusal.is_none() && response.status() != StatusCode::SERVICE_UNAVAILABLE {
        return response;
    }
    let Some(held) = held(parts.uri.path(), &Typed::of(&bytes)) else { return response };
    let why = match refusal {
        None => Why::Busy,
        Some(Refusal::SignedOut) => return alone(StatusCode::FORBIDDEN, Why::SignedOut, held).unwrap_or(response),
        Some(Refusal::OldPage) => Why::OldPage,
        Some(Refusal::Unproven) => Why::Proven,
    };
    let admin = Admin::from_request_parts(&mut parts, &app);
    // Where the database is away, that was waited for already.
    let shown = match (why, tokio::time::timeout(LOOK_AROUND, admin).await) {
        (Why::Proven, Ok(Ok(admin))) => prove::first(&app, &admin, held).await.ok(),
        (Why::Busy, Ok(Ok(admin))) => match common::hold(&app, &admin, response.status(), why, held.clone()).await {
            Ok(page) => Some(page),
            Err(_) => alone(response.status(), why, held),
        },
        (Why::Busy, _) => alone(response.status(), why, held),
        (_, Ok(Ok(admin))) => common::hold(&app, &admin, StatusCode::FORBIDDEN, why, held).await.ok(),
        _ => None,
    };
    shown.unwrap_or(response)
}

fn alone(status: StatusCode, why: Why, held: Held) -> Option<Response> {
    page::still(status, || held_page::alone(why, held, &assets::manifest())).ok()
}

fn is_form(request: &Request) -> bool {
    let says = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    request.method() == Method::POST
        && says(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
        && says(header::ACCEPT).contains("text/html")
}

/// What a page can hold of a form; none when nothing was typed, or what nobody should find in a page.
fn held(path: &str, typed: &Typed) -> Option<Held> {
    let is_secret = |name: &str| SECRET.iter().any(|secret| name.contains(secret));
    let words = |(name, value): &(String, String)| !PLUMBING.contains(&name.as_str()) && !value.is_empty();
    let good = typed.pairs().iter().any(words) && !typed.pairs().iter().any(|(name, _)| is_secret(name));
    good.then(|| Held {
        action: path.to_owned(),
        pairs: typed.pairs().iter().filter(|(name, _)| name != "csrf").cloned().collect(),
    })
}
