//! Refuses what another site makes a browser send, and what a browser sends ahead of its user.

use super::failure::Failure;
use crate::error::Error;
use crate::secret::Keys;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::Arc;

/// Below here requests may come from anywhere: machines ask, each by its own token, and no cookie is looked at. What is
/// posted is JSON, which no browser sends to another site unasked.
const EXEMPT: &str = crate::http::api::PREFIX;
/// Where a prefetched answer would do something: mark a link as opened, or show it as used.
const NEVER_AHEAD: [&str; 2] = ["/l/", "/visit/"];

/// Where forms may come from.
#[derive(Clone, Debug)]
pub struct Origins {
    /// The base URL's origin; none when no base URL is set, then it is the host that was asked.
    own: Option<Arc<str>>,
}

impl Origins {
    /// The origin of the configured base URL, or none.
    #[must_use]
    pub fn new(base_url: Option<&str>) -> Self {
        let own = base_url.map(|base| base.trim_end_matches('/').to_ascii_lowercase().into());
        Self { own }
    }
}

/// The layer: `axum::middleware::from_fn_with_state(Origins::new(…), csrf::guard)`, around every route.
///
/// By the OWASP cheat sheet: Fetch Metadata first, `Origin` where a browser does not send it; neither is a refusal.
pub async fn guard(State(origins): State<Origins>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if NEVER_AHEAD.iter().any(|start| path.starts_with(start)) && ahead(request.headers()) {
        return refuse(&request, "This page is not given ahead of time.");
    }
    if is_unsafe(request.method()) && !path.starts_with(EXEMPT) && !comes_from_us(&origins, &request) {
        return refuse(
            &request,
            "This did not come from a page of ours, so nothing was done. Open the page again and repeat it there.",
        );
    }
    next.run(request).await
}

fn refuse(request: &Request, sentence: &str) -> Response {
    tracing::warn!(method = %request.method(), path = super::log::redact(request.uri()), "a request was refused: {sentence}");
    Failure(Error::OldPage(sentence.to_owned())).into_response()
}

/// Everything but the methods that RFC 9110, section 9.2.1, calls safe.
fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

fn ahead(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        headers.get_all(*name).iter().any(|value| {
            let value = value.as_bytes().to_ascii_lowercase();
            [b"prefetch".as_slice(), b"prerender", b"preview"]
                .iter()
                .any(|word| value.windows(word.len()).any(|part| part == *word))
        })
    })
}

fn comes_from_us(origins: &Origins, request: &Request) -> bool {
    let headers = request.headers();
    match only(headers, "sec-fetch-site") {
        Header::One(site) => return site == "same-origin" || site == "none",
        Header::Unclear => return false,
        Header::Absent => {}
    }
    let Header::One(origin) = only(headers, "origin") else {
        return false;
    };
    let origin = origin.to_ascii_lowercase();
    match &origins.own {
        Some(own) => origin == **own,
        None => {
            let host =
                request.uri().authority().map(|host| host.as_str()).or(match only(headers, header::HOST.as_str()) {
                    Header::One(host) => Some(host),
                    _ => None,
                });
            host.is_some_and(|host| {
                let host = host.to_ascii_lowercase();
                origin == format!("http://{host}") || origin == format!("https://{host}")
            })
        }
    }
}

enum Header<'a> {
    Absent,
    One(&'a str),
    /// Twice, or not text.
    Unclear,
}

fn only<'a>(headers: &'a HeaderMap, name: &str) -> Header<'a> {
    let mut all = headers.get_all(name).iter();
    match (all.next().map(|value| value.to_str()), all.next()) {
        (None, _) => Header::Absent,
        (Some(Ok(text)), None) => Header::One(text),
        _ => Header::Unclear,
    }
}

/// The hidden field of every form: an HMAC-SHA256 over whom the page was made for, so no other session's fits.
#[derive(Debug)]
pub struct FormToken;

impl FormToken {
    /// The token for a session's or visitor's id: 43 characters.
    #[must_use]
    pub fn make(keys: &Keys, binding: &str) -> String {
        URL_SAFE_NO_PAD.encode(Self::mac(keys, binding).finalize().into_bytes())
    }

    /// Whether a token was made for this id. Takes the same time wherever it differs.
    #[must_use]
    pub fn check(keys: &Keys, binding: &str, token: &str) -> bool {
        let token = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        Self::mac(keys, binding).verify_slice(&token).is_ok()
    }

    fn mac(keys: &Keys, binding: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(keys.form()).expect("HMAC takes a key of any length");
        mac.update(b"form\0");
        mac.update(binding.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::RootKey;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::any;
    use tower::ServiceExt;

    async fn status(base_url: Option<&str>, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
        let router = Router::new()
            .fallback(any(|| async { "ok" }))
            .layer(axum::middleware::from_fn_with_state(Origins::new(base_url), guard));
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn only_our_own_pages_may_change_anything() {
        let base = Some("https://doors.example.org");
        for (headers, expected) in [
            (vec![("sec-fetch-site", "same-origin")], 200),
            (vec![("sec-fetch-site", "none")], 200),
            (vec![("sec-fetch-site", "same-site"), ("origin", "https://doors.example.org")], 403),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "https://doors.example.org")], 403),
            (vec![("sec-fetch-site", "Same-Origin")], 403),
            (vec![("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], 403),
            (vec![("origin", "https://doors.example.org")], 200),
            (vec![("origin", "HTTPS://Doors.example.org")], 200),
            (vec![("origin", "http://doors.example.org")], 403),
            (vec![("origin", "https://doors.example.org.evil.example")], 403),
            (vec![("origin", "https://doors.example.org:444")], 403),
            (vec![("origin", "null")], 403),
            (vec![("origin", "https://evil.example"), ("host", "evil.example")], 403),
            (vec![("referer", "https://doors.example.org/x")], 403),
            (vec![], 403),
        ] {
            for method in ["POST", "PUT", "PATCH", "DELETE", "MADEUP"] {
                assert_eq!(status(base, method, "/links", &headers).await, expected, "{method} {headers:?}");
            }
            assert_eq!(status(base, "GET", "/links", &headers).await, 200, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn machines_may_ask_from_anywhere() {
        let base = Some("https://doors.example.org");
        assert_eq!(status(base, "POST", "/api/terminal/v1/scan", &[]).await, 200);
        assert_eq!(status(base, "POST", "/api", &[]).await, 403);
        assert_eq!(status(base, "POST", "/links/api/", &[]).await, 403);
    }

    #[tokio::test]
    async fn without_a_base_url_the_host_that_was_asked_counts() {
        let ask = |origin, host| async move { status(None, "POST", "/x", &[("origin", origin), ("host", host)]).await };
        assert_eq!(ask("http://192.168.1.5:3000", "192.168.1.5:3000").await, 200);
        assert_eq!(ask("http://192.168.1.5:3001", "192.168.1.5:3000").await, 403);
        assert_eq!(ask("null", "192.168.1.5:3000").await, 403);
    }

    #[tokio::test]
    async fn nothing_about_a_link_is_given_ahead_of_time() {
        for headers in [[("sec-purpose", "prefetch;prerender")], [("purpose", "prefetch")], [("x-moz", "prefetch")]] {
            assert_eq!(status(None, "GET", "/l/secret", &headers).await, 403);
            assert_eq!(status(None, "GET", "/visit/link_1", &headers).await, 403);
            assert_eq!(status(None, "GET", "/links", &headers).await, 200);
        }
    }

    #[test]
    fn a_form_token_fits_one_session_only() {
        let keys = Keys::derive(&RootKey::parse(&"A".repeat(43)).unwrap());
        let token = FormToken::make(&keys, "session_1");
        assert!(FormToken::check(&keys, "session_1", &token));
        assert!(!FormToken::check(&keys, "session_2", &token));
        assert!(!FormToken::check(&keys, "session_1", &token[..42]));
        assert!(!FormToken::check(&keys, "session_1", ""));
        assert!(!FormToken::check(&keys, "session_1", "not base64 \u{e9}"));
    }
}
