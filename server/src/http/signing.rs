//! Beginning a session: a new id, and a mark on the device by which it is known next time.

use super::client;
use super::form;
use super::session_store::{self, ADMIN};
use super::visit::cookie::jar;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::PlainSecret;
use crate::service::account;
use crate::store::session as store;
use axum::http::{HeaderMap, header};
use cookie::{Cookie, SameSite};
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
    let failed = |cause: tower_sessions::session::Error| Error::Unavailable(cause.to_string());
    session.flush().await.map_err(failed)?;
    session.insert(ADMIN, admin).await.map_err(failed)?;
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
