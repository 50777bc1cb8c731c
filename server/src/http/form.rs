//! A posted form, as the pairs that were typed and, where a page asks for one, the file that came with them.

use super::client;
use super::failure::Failure;
use crate::error::Error;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// How addresses begin and end to which a file may be posted.
const WITH_FILES: [(&str, &str); 5] = [
    ("/settings/logo", ""),
    ("/schedules/", "/holidays"),
    ("/links/import", ""),
    ("/links/import/confirm", ""),
    ("/codes/inspect", ""),
];

/// Whether a file may be posted to this address, which then takes a longer body than a form's.
#[must_use]
pub fn brings_a_file(path: &str) -> bool {
    WITH_FILES.into_iter().any(|(start, end)| match end {
        "" => path == start,
        end => path.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
    })
}

/// The pairs of a posted form in their order, and its files.
#[derive(Clone, Default)]
pub struct Typed {
    pairs: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typed({} fields, {} files)", self.pairs.len(), self.files.len())
    }
}

impl Typed {
    /// The pairs of a form's body without files.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(body).map(|(key, value)| (key.into_owned(), plain(&value)));
        Self { pairs: pairs.collect(), files: Vec::new() }
    }

    /// What was typed into a field; empty when it is missing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The same, owned.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// Every value of a field.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// All pairs in their order.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, value)| key == name && !value.is_empty())
    }

    /// What was in a file; none when no file was chosen, or an empty one.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<Bytes> {
        self.files.iter().find(|(key, bytes)| key == name && !bytes.is_empty()).map(|(_, bytes)| bytes.clone())
    }

    /// The version a form was opened at; -1, which fits nothing, when it is missing.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.get("version").parse().unwrap_or(-1)
    }
}

impl<S: Send + Sync> FromRequest<S> for Typed {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") && brings_a_file(request.uri().path()) {
            let parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            return from_parts(parts).await;
        }
        if !kind.starts_with("application/x-www-form-urlencoded") {
            let refused = Error::Refused("This address takes forms only.".into());
            return Err(Failure(refused).into_response());
        }
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self::of(&body))
    }
}

/// Lines end as they are stored: browsers send CR LF for what they were given with LF, and nobody has changed it.
/// Postgres takes no NUL. As another control character it is refused, in words, wherever text is checked.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\0', "\u{1}")
}

async fn from_parts(mut parts: Multipart) -> Result<Typed, Response> {
    let mut typed = Typed::default();
    while let Some(part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
        let (name, is_file) = (part.name().unwrap_or_default().to_owned(), part.file_name().is_some());
        let bytes = part.bytes().await.map_err(IntoResponse::into_response)?;
        if is_file {
            typed.files.push((name, bytes));
        } else {
            typed.pairs.push((name, plain(&String::from_utf8_lossy(&bytes))));
        }
    }
    Ok(typed)
}

/// A path on this server, or nothing: never another site.
#[must_use]
pub fn on_this_server(next: &str) -> &str {
    let good =
        next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control);
    if good { next } else { "" }
}

/// Network prefix and browser of a request, for an event's side row.
#[must_use]
pub fn facts(address: std::net::IpAddr, headers: &axum::http::HeaderMap) -> std::collections::BTreeMap<String, String> {
    let mut facts = std::collections::BTreeMap::from([("address".to_owned(), client::ip_prefix(address))]);
    let agent = user_agent(headers);
    if !agent.is_empty() {
        facts.insert("user_agent".to_owned(), agent);
    }
    facts
}

/// What the browser calls itself, at most 200 characters and none of them a control character.
#[must_use]
pub fn user_agent(headers: &axum::http::HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    agent.chars().filter(|character| !character.is_control()).take(200).collect()
}
