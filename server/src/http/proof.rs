//! Fresh proof: before something that matters, whoever is signed in shows once more who they are. It is good for ten
//! minutes in its session. The guards say it in a handler's signature, around those of [`super::auth`].

use super::auth::{Admin, AdminForm, Holder, Needs};
use super::failure::Failure;
use super::form::{Typed, on_this_server};
use super::held::Refusal;
use crate::app::App;
use crate::error::{Error, Result};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use std::marker::PhantomData;
use tower_sessions::Session;

/// Where a session keeps when it was given.
const PROVEN: &str = "proven_at";
/// How long it is good, milliseconds.
const GOOD_MS: i64 = 600_000;

/// Notes that whoever has this session has just proven who they are.
///
/// # Errors
/// Those of the store.
pub async fn give(app: &App, session: &Session) -> Result<()> {
    session.insert(PROVEN, app.clock.now()).await.map_err(|cause| Error::Unavailable(cause.to_string()))
}

/// Whether this session's proof is still fresh.
///
/// # Errors
/// Those of the store.
pub async fn is_fresh(app: &App, session: &Session) -> Result<bool> {
    let at: Option<i64> = session.get(PROVEN).await.map_err(|cause| Error::Unavailable(cause.to_string()))?;
    Ok(at.is_some_and(|at| (0..GOOD_MS).contains(&(app.clock.now() - at))))
}

/// To the page that asks, and from there to a page that is only looked at: nothing that was posted is done by itself.
pub(super) fn prove_first(page: &str) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
    Refusal::Unproven.on(Redirect::to(&format!("/account/prove?next={next}")).into_response())
}

/// A signed-in admin who holds a right and has just proven who they are.
#[derive(Clone, Debug)]
pub struct Proven<N>(Holder<N>);

impl<N> std::ops::Deref for Proven<N> {
    type Target = Admin;

    fn deref(&self) -> &Admin {
        &self.0
    }
}

impl<N: Needs> FromRequestParts<App> for Proven<N> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let holder = Holder::<N>::from_request_parts(parts, app).await?;
        match is_fresh(app, &holder.session).await {
            Ok(true) => Ok(Self(holder)),
            Ok(false) => Err(prove_first(parts.uri.path_and_query().map_or("/", |page| page.as_str()))),
            Err(cause) => Err(Failure(cause).into_response()),
        }
    }
}

/// What a signed-in admin who holds a right posted from one of their own pages, having just proven who they are.
///
/// Without fresh proof the form leads to `/account/prove` and from there back to the page it stood on: the one that its
/// hidden field `page` names, else the form's own address; what was typed is held meanwhile.
#[derive(Debug)]
pub struct ProvenForm<N> {
    /// Who.
    pub admin: Admin,
    /// What.
    pub typed: Typed,
    needs: PhantomData<N>,
}

impl<N: Needs> FromRequest<App> for ProvenForm<N> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let own = request.uri().path().to_owned();
        let AdminForm { admin, typed, .. } = AdminForm::<N>::from_request(request, app).await?;
        match is_fresh(app, &admin.session).await {
            Ok(true) => Ok(Self { admin, typed, needs: PhantomData }),
            Ok(false) => Err(prove_first(match on_this_server(typed.get("page")) {
                "" => &own,
                page => page,
            })),
            Err(cause) => Err(Failure(cause).into_response()),
        }
    }
}
