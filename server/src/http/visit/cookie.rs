//! `/l/{secret}`: the address becomes a signed cookie and goes away.

use super::access::{nowhere, stranger};
use crate::app::App;
use crate::error::Error;
use crate::http::client::{self, ClientAddress};
use crate::service::link;
use app::page::visit::trouble::Trouble;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use cookie::{Cookie, CookieJar, SameSite};

/// How many links one browser holds at once.
const HELD: usize = 20;
/// How long the cookie is kept; the link itself ends earlier.
const KEPT: time::Duration = time::Duration::days(400);

/// The cookie's name; the prefix makes browsers refuse it from anywhere else.
#[must_use]
pub fn name(https: bool) -> &'static str {
    if https { "__Host-latchkey-visit" } else { "latchkey-visit" }
}

/// The links a browser holds, each with the version of its secret, latest first. A forged cookie holds none.
#[must_use]
pub fn held(app: &App, headers: &HeaderMap) -> Vec<(String, i64)> {
    let jar = jar(headers);
    let Some(cookie) = jar.signed(&app.keys.cookie).get(name(app.is_https())) else {
        return Vec::new();
    };
    cookie
        .value()
        .split('.')
        .filter_map(|one| {
            let (id, version) = one.rsplit_once('-')?;
            Some((id.to_owned(), version.parse().ok()?))
        })
        .collect()
}

/// The cookies of a request.
#[must_use]
pub fn jar(headers: &HeaderMap) -> CookieJar {
    let mut jar = CookieJar::new();
    for header in headers.get_all(axum::http::header::COOKIE) {
        let Ok(text) = header.to_str() else { continue };
        for cookie in Cookie::split_parse(text.to_owned()).flatten() {
            jar.add_original(cookie.into_owned());
        }
    }
    jar
}

fn hold(app: &App, headers: &HeaderMap, link: &str, version: i64) -> String {
    let mut held = held(app, headers);
    held.retain(|(id, _)| id != link);
    held.insert(0, (link.to_owned(), version));
    held.truncate(HELD);
    let value: Vec<String> = held.into_iter().map(|(id, version)| format!("{id}-{version}")).collect();
    let cookie = Cookie::build((name(app.is_https()), value.join(".")))
        .path("/")
        .http_only(true)
        .secure(app.is_https())
        .same_site(SameSite::Lax)
        .max_age(KEPT)
        .build();
    let mut jar = CookieJar::new();
    jar.signed_mut(&app.keys.cookie).add(cookie);
    jar.delta().map(ToString::to_string).collect()
}

/// `GET /l/{secret}`.
pub async fn arrive(
    State(app): State<App>,
    ClientAddress(client): ClientAddress,
    secret: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    // What is no text is no link's secret either.
    let Ok(Path(secret)) = secret else {
        return nowhere(&uri, &headers);
    };
    match link::open_address(&app, &secret, &client::ip_prefix(client)).await {
        Ok(link) => {
            let cookie = hold(&app, &headers, &link.id, link.secret_version);
            ([(axum::http::header::SET_COOKIE, cookie)], Redirect::to(&format!("/visit/{}", link.id))).into_response()
        }
        Err(Error::TooMany(_)) => stranger(&uri, &headers, Trouble::TooMany),
        Err(Error::NotFound) => nowhere(&uri, &headers),
        Err(cause) => {
            tracing::error!(?cause, "a link's address could not be looked up");
            stranger(&uri, &headers, Trouble::Busy)
        }
    }
}
