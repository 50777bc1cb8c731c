//! Beginning a session: a new id, and a mark on the device by which it is known next time.

use super::client;
use super::form;
use super::proof;
use super::session_store::{self, ADMIN};
use super::visit::cookie::jar;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::PlainSecret;
use crate::service::account;
use crate::store::admin::{self, AdminRow};
use crate::store::session as store;
use axum::http::{HeaderMap, header};
use cookie::{Cookie, SameSite};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use tower_sessions::Session;

/// The cookie by which a device is known again.
#[must_use]
pub fn device_cookie(https: bool) -> &'static str {
    if https { "__Host-latchkey-device" } else { "latchkey-device" }
}

/// The secret of a device that signed in before.
#[must_use]
pub fn device(app: &App, headers: &HeaderMap) -> Option<String> {
    jar(headers).get(device_cookie(app.is_https())).map(|cookie| cookie.value().to_owned())
}

/// Whoever gave the right password and has yet to give a second factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Half {
    /// Who it may be.
    pub admin: String,
    /// When the password was right, Unix milliseconds.
    pub at: i64,
    /// Which password that was: a change of it ends this.
    pub password_changed_at: i64,
    /// Where to go afterwards, a path on this server; may be empty.
    pub next: String,
}

/// Where a session keeps its half.
const HALF: &str = "half";
/// How long one may take to the second factor, milliseconds.
const HALF_MS: i64 = 600_000;

/// Notes that the password was right, in a session of its own that signs nobody in.
///
/// # Errors
/// Those of the store.
pub async fn begin_half(app: &App, session: &Session, admin: &AdminRow, next: &str) -> Result<()> {
    let half = Half {
        admin: admin.id.clone(),
        at: app.clock.now(),
        password_changed_at: admin.password_changed_at,
        next: next.to_owned(),
    };
    forget(session).await?;
    session.insert(HALF, half).await.map_err(failed)
}

/// Who is half signed in by this session, if the password is still theirs and it was given not long ago.
///
/// # Errors
/// Those of the store.
pub async fn half(app: &App, session: &Session) -> Result<Option<(Half, AdminRow)>> {
    let Some(half) = session.get::<Half>(HALF).await.map_err(failed)? else { return Ok(None) };
    let id = half.admin.clone();
    let row = match app.db.read(move |c| admin::find(c, &id)).await {
        Ok(row) => row,
        Err(Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let good = row.password_changed_at == half.password_changed_at && app.clock.now() - half.at < HALF_MS;
    Ok(good.then_some((half, row)))
}

/// Ends what came along, where anything did: the next thing that is kept begins a session with an id of its own.
async fn forget(session: &Session) -> Result<()> {
    if session.id().is_some() {
        return session.flush().await.map_err(failed);
    }
    session.clear().await;
    Ok(())
}

fn failed(cause: tower_sessions::session::Error) -> Error {
    Error::Unavailable(cause.to_string())
}

/// Signs an admin in: the session gets a new id, so that one planted before is worth nothing.
///
/// # Errors
/// Those of the store.
pub async fn begin(
    app: &App,
    session: &Session,
    admin: &str,
    client: IpAddr,
    headers: &HeaderMap,
) -> Result<[(header::HeaderName, String); 1]> {
    forget(session).await?;
    session.insert(ADMIN, admin).await.map_err(failed)?;
    // Whoever signs in has just proven who they are.
    proof::give(app, session).await?;
    session.save().await.map_err(failed)?;
    if let Some(id) = session.id() {
        let (id_hash, prefix, agent) = (session_store::hash(&id), client::ip_prefix(client), form::user_agent(headers));
        app.db.write(move |tx| store::describe(tx, &id_hash, &prefix, &agent)).await?;
    }
    let secret = device(app, headers)
        .filter(|secret| secret.len() >= 27)
        .unwrap_or_else(|| PlainSecret::new().expose().to_owned());
    account::remember_device(app, admin, &secret).await?;
    let cookie = Cookie::build((device_cookie(app.is_https()), secret))
        .path("/")
        .http_only(true)
        .secure(app.is_https())
        .same_site(SameSite::Strict)
        .max_age(time::Duration::days(365));
    Ok([(header::SET_COOKIE, cookie.to_string())])
}
