//! What browsers download: built beforehand, inside the binary in a release, from `target/site` in a debug build.

use app::shell::Assets;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
#[cfg(not(debug_assertions))]
use std::sync::OnceLock;

/// The name of a file carries its content's hash: it never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A fixed name: looked at again after an hour.
const AN_HOUR: &str = "public, max-age=3600";

#[derive(rust_embed::Embed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// The paths of the hashed files, for pages. A debug build reads them anew each time, since the site may be built again.
#[must_use]
pub fn manifest() -> Arc<Assets> {
    #[cfg(debug_assertions)]
    return Arc::new(read());
    #[cfg(not(debug_assertions))]
    {
        static MANIFEST: OnceLock<Arc<Assets>> = OnceLock::new();
        MANIFEST.get_or_init(|| Arc::new(read())).clone()
    }
}

fn read() -> Assets {
    let file = Site::get("manifest.json");
    let paths = file.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default();
    let (assets, missing) = name(&paths);
    if !missing.is_empty() {
        tracing::warn!(
            "these files of the site are missing: {}. Pages look bare until you run: cargo xtask build",
            missing.join(", ")
        );
    }
    assets
}

/// Gives each file its path; one that is missing gets its plain name, which answers 404.
fn name(paths: &BTreeMap<String, String>) -> (Assets, Vec<&'static str>) {
    let mut missing = Vec::new();
    let mut path = |name: &'static str| {
        let found = paths.get(name).map(|path| format!("/{path}"));
        found.unwrap_or_else(|| {
            missing.push(name);
            format!("/pkg/{name}")
        })
    };
    let assets = Assets {
        admin_css: path("admin.css"),
        visitor_css: path("visitor.css"),
        visit_js: path("visit.js"),
        code_js: path("code.js"),
        passkey_js: path("passkey.js"),
        islands_js: path("latchkey.js"),
        islands_wasm: path("latchkey.wasm"),
        terminal_css: path("terminal.css"),
        terminal_js: path("terminal.js"),
        terminal_wasm: path("terminal.wasm"),
        favicon: path("favicon.svg"),
        manifest: "/manifest.webmanifest".to_owned(),
    };
    (assets, missing)
}

/// `GET /pkg/{*file}`.
pub async fn pkg(Path(file): Path<String>, headers: HeaderMap) -> Response {
    send(&format!("pkg/{file}"), &headers, FOREVER)
}

/// `GET /favicon.ico`.
pub async fn favicon(headers: HeaderMap) -> Response {
    send("root/favicon.ico", &headers, AN_HOUR)
}

/// `GET /robots.txt`.
pub async fn robots(headers: HeaderMap) -> Response {
    send("root/robots.txt", &headers, AN_HOUR)
}

/// `GET /manifest.webmanifest`.
pub async fn webmanifest(headers: HeaderMap) -> Response {
    send("root/manifest.webmanifest", &headers, AN_HOUR)
}

/// `GET /terminal.webmanifest`.
pub async fn terminal_webmanifest(headers: HeaderMap) -> Response {
    send("root/terminal.webmanifest", &headers, AN_HOUR)
}

/// `GET /terminal-worker.js`: a worker is bound by the policy of its own answer, and this one fetches.
pub async fn terminal_worker(headers: HeaderMap) -> Response {
    let mut response = send("root/terminal-worker.js", &headers, "no-cache");
    let policy = HeaderValue::from_static("default-src 'none'; connect-src 'self'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn send(path: &str, headers: &HeaderMap, cache: &'static str) -> Response {
    let plain =
        path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':']));
    let Some(kind) = content_type(path).filter(|_| plain) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let variants = [("br", ".br"), ("gzip", ".gz"), ("", "")];
    let found = variants.into_iter().filter(|(coding, _)| coding.is_empty() || accepts(headers, coding)).find_map(
        |(coding, suffix)| {
            let file = Site::get(&format!("{path}{suffix}"))?;
            Some((coding, file.data))
        },
    );
    let Some((coding, data)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let data = match data {
        std::borrow::Cow::Borrowed(built_in) => Bytes::from_static(built_in),
        std::borrow::Cow::Owned(read) => Bytes::from(read),
    };
    let mut response = data.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !coding.is_empty() {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// Whether `Accept-Encoding` (RFC 9110, section 12.5.3) names this coding, and not with a weight of nothing.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        named && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(encoding: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, encoding.parse().unwrap())])
    }

    #[test]
    fn a_weight_of_nothing_refuses_a_coding() {
        assert!(accepts(&asking("gzip, deflate, br;q=1.0"), "br"));
        assert!(accepts(&asking("GZIP;q=0.1"), "gzip"));
        assert!(!accepts(&asking("br;q=0, gzip"), "br"));
        assert!(!accepts(&asking("broccoli"), "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn a_missing_site_still_gives_paths() {
        let hashed = BTreeMap::from([("admin.css".to_owned(), "pkg/admin.ab.css".to_owned())]);
        let (assets, missing) = name(&hashed);
        assert_eq!((assets.admin_css.as_str(), assets.visitor_css.as_str()), ("/pkg/admin.ab.css", "/pkg/visitor.css"));
        assert!(!missing.contains(&"admin.css") && missing.contains(&"visitor.css"));
    }

    #[test]
    fn no_path_leaves_the_site() {
        for path in [
            "pkg/../manifest.json",
            "pkg//etc/passwd.txt",
            "pkg/./a.css",
            "pkg/..\\a.css",
            "pkg/.hidden.css",
            "pkg/none.css",
            "pkg/none",
        ] {
            assert_eq!(send(path, &HeaderMap::new(), FOREVER).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn every_file_of_the_site_is_sent_with_its_type_and_encoding() {
        for path in
            Site::iter().filter(|path| path.starts_with("pkg/") && !path.ends_with(".br") && !path.ends_with(".gz"))
        {
            let plain = send(&path, &HeaderMap::new(), FOREVER);
            assert_eq!(plain.status(), StatusCode::OK, "{path}");
            assert!(
                !plain.headers().contains_key(header::CONTENT_ENCODING)
                    && plain.headers()[header::VARY] == "accept-encoding"
            );
            let small = send(&path, &asking("gzip, br"), FOREVER);
            assert_eq!(
                small.headers().contains_key(header::CONTENT_ENCODING),
                Site::get(&format!("{path}.br")).is_some(),
                "{path}"
            );
        }
    }
}
