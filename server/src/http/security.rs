//! The headers that tell browsers what not to do, on every answer.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// Nothing at all: for what is no page.
const STRICT: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/// What no page needs. A page that does (the terminal's camera) sets the header itself.
const DENIED: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()";

/// What the layer has to know.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Whether people reach the server by https: then browsers are told to stay there.
    pub https: bool,
}

/// The layer, around everything: `axum::middleware::from_fn_with_state(Policy { https }, security::headers)`.
pub async fn headers(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    harden(response.headers_mut(), policy);
    response
}

/// Sets the headers; what a handler chose for policy, permissions and caching stays.
pub fn harden(headers: &mut HeaderMap, policy: Policy) {
    headers.remove(header::SERVER);
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not no-referrer: Chromium then sends `Origin: null` with a plain form.
        (header::REFERRER_POLICY, "strict-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if policy.https {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    for (name, value) in
        [(PERMISSIONS, DENIED), (header::CONTENT_SECURITY_POLICY, STRICT), (header::CACHE_CONTROL, "no-store")]
    {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The policy of a page whose scripts carry this nonce. A nonce of other characters than base64's gives a page without scripts.
#[must_use]
pub fn page_csp(nonce: &str) -> HeaderValue {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    let right = !nonce.is_empty() && nonce.bytes().all(harmless);
    let script =
        if right { format!("'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'") } else { "'none'".to_owned() };
    // An organization's colour stands in a style element of the page.
    let style = if right { format!("'self' 'nonce-{nonce}'") } else { "'self'".to_owned() };
    let text = format!(
        "default-src 'none'; script-src {script}; style-src {style}; img-src 'self' data:; connect-src 'self'; font-src 'none'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    );
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(STRICT))
}

/// What the terminal's page needs besides: a worker that keeps it, the camera, and sound that nobody pressed a button for.
pub fn allow_terminal(headers: &mut HeaderMap) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok()).unwrap_or(STRICT);
    if let Ok(policy) = HeaderValue::try_from(format!("{policy}; worker-src 'self'")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let allowed = DENIED.replace("camera=()", "camera=(self)").replace("autoplay=()", "autoplay=(self)");
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        headers.insert(PERMISSIONS, allowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn ask(path: &str, https: bool) -> Response {
        let own = || async {
            (
                [
                    (header::CONTENT_SECURITY_POLICY, page_csp("abc=")),
                    (header::CACHE_CONTROL, HeaderValue::from_static("public")),
                ],
                "",
            )
        };
        let router = Router::new()
            .route("/page", get(own))
            .route("/plain", get(|| async { ([("server", "axum")], "") }))
            .layer(axum::middleware::from_fn_with_state(Policy { https }, headers));
        router.oneshot(Request::builder().uri(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn every_answer_carries_them_and_none_names_the_server() {
        for (path, status) in [("/plain", 200), ("/missing", 404), ("/page", 200)] {
            let response = ask(path, true).await;
            assert_eq!(response.status().as_u16(), status);
            let headers = response.headers();
            assert!(!headers.contains_key("server"));
            assert_eq!(headers["referrer-policy"], "strict-origin");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["x-frame-options"], "DENY");
            assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
            assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
            assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=(), "));
            assert!(headers["strict-transport-security"].to_str().unwrap().starts_with("max-age=63072000"));
        }
    }

    #[tokio::test]
    async fn a_page_keeps_its_own_policy_and_the_rest_gets_the_strict_one() {
        let page = ask("/page", false).await;
        assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("'nonce-abc='"));
        assert_eq!(page.headers()["cache-control"], "public");
        assert!(!page.headers().contains_key("strict-transport-security"));
        let missing = ask("/missing", false).await;
        assert_eq!(missing.headers()["content-security-policy"], STRICT);
        assert_eq!(missing.headers()["cache-control"], "no-store");
    }

    #[test]
    fn the_terminal_may_see_and_sound_and_nothing_else_more() {
        let mut headers = HeaderMap::from_iter([(header::CONTENT_SECURITY_POLICY, page_csp("abc="))]);
        allow_terminal(&mut headers);
        let csp = headers["content-security-policy"].to_str().unwrap();
        assert!(csp.contains("'nonce-abc='") && csp.ends_with("worker-src 'self'"), "{csp}");
        let allowed = headers["permissions-policy"].to_str().unwrap();
        assert!(allowed.contains(" camera=(self)") && allowed.contains("autoplay=(self)"), "{allowed}");
        assert!(allowed.contains("microphone=()") && allowed.matches("(self)").count() == 2, "{allowed}");
    }

    #[test]
    fn a_nonce_cannot_write_policy() {
        let csp = page_csp("x' 'unsafe-inline");
        assert!(csp.to_str().unwrap().contains("script-src 'none';"));
    }
}
