//! Who is signed in: the guard that every admin's handler takes, and the form that only their page could have made.

use super::client::ClientAddress;
use super::csrf::FormToken;
use super::failure::Failure;
use super::form::{self, Typed};
use super::held::Refusal;
use super::session_store::{self, ADMIN, Sessions};
use super::visit::cookie;
use crate::app::App;
use crate::error::Error;
use crate::service::actor::Actor;
use crate::store::admin::{self, AdminRow};
use crate::store::factor;
use crate::store::organization::{self, OrganizationRow};
use crate::store::session;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use domain::role::Right;
use std::marker::PhantomData;
use std::sync::Arc;
use tower_sessions::Session;

/// A signed-in admin. Cannot be had in any other way than through a live session.
#[derive(Clone, Debug)]
pub struct Admin {
    /// For use cases.
    pub actor: Actor,
    /// Who it is.
    pub row: AdminRow,
    /// Where they belong.
    pub organization: OrganizationRow,
    /// The session in use.
    pub session: Session,
    /// How the store knows it.
    pub session_hash: String,
    /// Whether the organization asks for a second factor and they have none: then only setting one up is open to them.
    pub must_enrol: bool,
}

impl Admin {
    /// What this session's forms are bound to.
    #[must_use]
    pub fn binding(&self) -> String {
        format!("session:{}", self.session_hash)
    }

    /// A token for this session's forms.
    #[must_use]
    pub fn form_token(&self, app: &App) -> String {
        FormToken::make(&app.keys, &self.binding())
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let admin = signed_in(parts, app).await?;
        if admin.must_enrol { Err(enrol_first(parts)) } else { Ok(admin) }
    }
}

/// Whoever is signed in, even while they lack a factor that is asked of them.
async fn signed_in(parts: &mut Parts, app: &App) -> Result<Admin, Response> {
    let session = Session::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
    let unavailable =
        |cause: tower_sessions::session::Error| Failure(Error::Unavailable(cause.to_string())).into_response();
    let id: Option<String> = session.get(ADMIN).await.map_err(unavailable)?;
    let (Some(id), Some(session_id)) = (id, session.id()) else {
        return Err(sign_in_first(parts));
    };
    let found = app
        .db
        .read(move |c| {
            let row = admin::find(c, &id)?;
            let organization = organization::find(c, &row.organization_id)?;
            let must_enrol = organization.second_factor_required && !factor::has(c, &id)?;
            Ok((row, organization, must_enrol))
        })
        .await;
    let (row, organization, must_enrol) = match found {
        Ok(found) => found,
        Err(Error::NotFound) => return Err(sign_in_first(parts)),
        Err(cause) => return Err(Failure(cause).into_response()),
    };
    let ClientAddress(client) =
        ClientAddress::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
    let actor = Actor {
        id: row.id.clone(),
        organization: organization.id.clone(),
        role: row.role(),
        facts: form::facts(client, &parts.headers),
    };
    Ok(Admin { actor, row, organization, session, session_hash: session_store::hash(&session_id), must_enrol })
}

/// Who asked, by the headers of a request that has its answer and so has left the layer of sessions; nobody where that
/// cannot be read, or while they lack a factor that is asked of them.
pub(super) async fn asker(app: &App, sessions: &Sessions, headers: &HeaderMap) -> Option<Admin> {
    let id = cookie::jar(headers).get(session_store::cookie_name(app.is_https()))?.value().parse().ok()?;
    let (mut parts, ()) = axum::http::Request::new(()).into_parts();
    parts.extensions.insert(Session::new(Some(id), Arc::new(sessions.clone()), None));
    let admin = signed_in(&mut parts, app).await.ok()?;
    (!admin.must_enrol).then_some(admin)
}

/// To the page where a second factor is set up; a stream is just refused.
fn enrol_first(parts: &Parts) -> Response {
    if wants_stream(parts) {
        return StatusCode::FORBIDDEN.into_response();
    }
    Redirect::to("/account/second-factor").into_response()
}

fn wants_stream(parts: &Parts) -> bool {
    parts.headers.get("accept").is_some_and(|accept| accept.as_bytes().starts_with(b"text/event-stream"))
}

/// Whether an admin whose stream has run for a while may still listen: neither removed nor signed out meanwhile, nor
/// without a second factor that is asked for by now.
pub(super) async fn still_in(app: &App, admin: &Admin) -> bool {
    let (id, session, now, idle) =
        (admin.row.id.clone(), admin.session_hash.clone(), app.clock.now(), app.session_idle_ms());
    let looked = app
        .db
        .read(move |c| match admin::find(c, &id) {
            Ok(row) => {
                let must_enrol =
                    organization::find(c, &row.organization_id)?.second_factor_required && !factor::has(c, &id)?;
                Ok(!must_enrol && session::find(c, &session, now, idle)?.is_some())
            }
            Err(Error::NotFound) => Ok(false),
            Err(other) => Err(other),
        })
        .await;
    // A database that cannot be read for a moment ends nobody's stream; the stream's own next look says so.
    looked.unwrap_or(true)
}

/// To the sign-in page, and back to where one wanted to go; a form that came too late goes to the page it stood on.
fn sign_in_first(parts: &Parts) -> Response {
    if wants_stream(parts) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let wanted =
        if parts.method == Method::GET { parts.uri.path_and_query().map_or("/", |path| path.as_str()) } else { "/" };
    if wanted == "/" {
        return Refusal::SignedOut.on(Redirect::to("/sign-in").into_response());
    }
    let next: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    Redirect::to(&format!("/sign-in?next={next}")).into_response()
}

/// A right as a type, so that a handler's signature says what its caller must hold.
pub trait Needs: Send + Sync + 'static {
    /// The right.
    const RIGHT: Right;
    /// Whether it is open even to those who lack a second factor that their organization asks for.
    const WITHOUT_FACTOR: bool = false;
}

/// The rights as types.
pub mod needs {
    use super::{Needs, Right};

    macro_rules! needs {
        ($($(#[$doc:meta])* $name:ident,)*) => {
            $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub struct $name;
            impl Needs for $name { const RIGHT: Right = Right::$name; })*
        };
    }

    needs! {
        /// Being signed in is enough.
        Look,
        /// Access links may be made and ended.
        Links,
        /// Doors may be opened and locked down.
        Doors,
        /// Places, doors, groups and schedules may be changed.
        House,
        /// The organization's settings may be changed.
        Settings,
        /// Admins may be invited, changed and removed.
        People,
        /// Owners only.
        Own,
    }

    /// Being signed in is enough, even without a second factor that is asked for: to set one up, and to sign out.
    #[derive(Clone, Copy, Debug)]
    pub struct Enrol;

    impl Needs for Enrol {
        const RIGHT: Right = Right::Look;
        const WITHOUT_FACTOR: bool = true;
    }
}

/// A signed-in admin who holds a right.
#[derive(Clone, Debug)]
pub struct Holder<N> {
    admin: Admin,
    needs: PhantomData<N>,
}

impl<N> std::ops::Deref for Holder<N> {
    type Target = Admin;

    fn deref(&self) -> &Admin {
        &self.admin
    }
}

impl<N: Needs> FromRequestParts<App> for Holder<N> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let admin = signed_in(parts, app).await?;
        if admin.must_enrol && !N::WITHOUT_FACTOR {
            return Err(enrol_first(parts));
        }
        admin.actor.must(N::RIGHT).map_err(|refused| Failure(refused).into_response())?;
        Ok(Self { admin, needs: PhantomData })
    }
}

/// What a signed-in admin who holds a right posted from one of their own pages.
#[derive(Debug)]
pub struct AdminForm<N> {
    /// Who.
    pub admin: Admin,
    /// What.
    pub typed: Typed,
    needs: PhantomData<N>,
}

impl<N: Needs> FromRequest<App> for AdminForm<N> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let admin = Holder::<N>::from_request_parts(&mut parts, app).await?.admin;
        let typed = Typed::from_request(Request::from_parts(parts, body), app).await?;
        if FormToken::check(&app.keys, &admin.binding(), typed.get("csrf")) {
            Ok(Self { admin, typed, needs: PhantomData })
        } else {
            let old = "This page was open for too long, or came from elsewhere. Nothing was changed. Go back, reload it, and try again.";
            Err(Refusal::OldPage.on(Failure(Error::OldPage(old.into())).into_response()))
        }
    }
}
