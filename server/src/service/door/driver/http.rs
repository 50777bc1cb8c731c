//! A web request, as typed.

use super::{Address, HttpInput, KEPT, MOVED, Prepared, address, sealed};
use crate::app::App;
use crate::driver::http::settings::{BodyKind, Method, Secrets, Settings, Success};
use crate::driver::{self, http};
use crate::error::Checks;
use crate::net;
use crate::store::door::DoorRow;
use axum::http::{HeaderName, HeaderValue};
use domain::input;
use domain::template::{self, Values, fill};

/// The most headers.
const HEADERS: usize = 20;
/// A shorter secret signs nothing.
const SHORTEST: usize = 16;
/// Headers that the request itself decides about.
const OURS: [&str; 12] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "keep-alive",
    "proxy-connection",
    http::SIGNATURE,
];

/// Checks, and puts together what there is to store.
pub(super) fn prepare(
    app: &App,
    id: &str,
    before: Option<&DoorRow>,
    typed: &HttpInput,
    checks: &mut Checks,
) -> Option<Prepared> {
    let before = before.filter(|door| door.driver == http::KIND);
    let was = before.and_then(http::settings).unwrap_or_default();
    let kept: Secrets = before
        .and_then(|door| driver::secrets(&app.keys, door))
        .and_then(|plain| serde_json::from_slice(&plain).ok())
        .unwrap_or_default();
    let line = checks.take("http_url", input::line(&typed.url, 1_000));
    let to: Address = if line.is_empty() {
        Address::default()
    } else {
        checks.take("http_url", address(app, &line, ["http", "https"]))
    };
    let mut settings = Settings {
        url: to.url,
        user: to.user,
        method: choose(&typed.method, Method::ALL, Method::code),
        body_kind: choose(&typed.body_kind, BodyKind::ALL, BodyKind::code),
        body: checks.take("http_body", input::lines(&typed.body, 8_000)),
        success: success(typed, checks),
        certificate: checks.take("http_certificate", certificate(&typed.certificate)),
        ..Settings::default()
    };
    check_body(&settings, checks);
    // A secret that is only kept must not travel to another host than the one it was typed for.
    let moved = before.is_some() && was.origin() != settings.origin();
    let mut secrets = Secrets::default();
    match to.password {
        Some(password) => secrets.password = password,
        None if moved || was.user.is_empty() => checks.note("http_url", MOVED),
        None => secrets.password.clone_from(&kept.password),
    }
    secrets.headers = headers(&typed.headers, &kept.headers, moved, checks);
    if !settings.user.is_empty() && secrets.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        checks.note("http_headers", "The address brings a user, so there can be no Authorization header beside it.");
    }
    secrets.signing = match typed.secret.trim() {
        KEPT if moved || kept.signing.is_empty() => {
            checks.note("http_secret", MOVED);
            String::new()
        }
        KEPT => kept.signing.clone(),
        new if !new.is_empty() && new.chars().count() < SHORTEST => {
            checks.note("http_secret", format!("Please take at least {SHORTEST} characters."));
            String::new()
        }
        new => checks.take("http_secret", input::optional_line(new, 200)),
    };
    settings.headers = secrets.headers.iter().map(|(name, _)| name.clone()).collect();
    settings.signed = !secrets.signing.is_empty();
    let changed = secrets != kept;
    let plain = if secrets.is_empty() { None } else { serde_json::to_vec(&secrets).ok() };
    Some(Prepared {
        kind: http::KIND,
        settings: serde_json::to_string(&settings).ok()?,
        sealed: sealed(app, id, before, plain, changed),
        host: to.host,
        secrets_changed: changed,
    })
}

fn choose<T: Copy + Default, const N: usize>(typed: &str, all: [T; N], code: impl Fn(T) -> &'static str) -> T {
    all.into_iter().find(|one| code(*one) == typed).unwrap_or_default()
}

fn success(typed: &HttpInput, checks: &mut Checks) -> Success {
    match typed.success.as_str() {
        "status" => Success::Status {
            status: u16::try_from(checks.take("http_status", input::number(&typed.status, 200, 599)))
                .unwrap_or_default(),
        },
        "contains" => Success::Contains { text: checks.take("http_contains", input::line(&typed.contains, 200)) },
        _ => Success::Ok,
    }
}

/// A PEM text with at least one certificate, or nothing.
pub(super) fn certificate(typed: &str) -> Result<String, String> {
    let text = typed.trim().replace("\r\n", "\n");
    if text.is_empty() || (text.len() <= 20_000 && net::certificates(&text).is_some()) {
        return Ok(text);
    }
    Err("Please paste the certificate as PEM text: it begins with -----BEGIN CERTIFICATE-----.".into())
}

fn check_body(settings: &Settings, checks: &mut Checks) {
    if let Err(unknown) = template::check(&settings.body) {
        checks.note("http_body", unknown);
        return;
    }
    if settings.body_kind == BodyKind::Json && !settings.body.is_empty() {
        let filled = fill(&settings.body, &Values::default(), template::Escape::Json);
        if let Err(cause) = serde_json::from_str::<serde_json::Value>(&filled) {
            checks.note("http_body", format!("This is not JSON (line {}, column {}).", cause.line(), cause.column()));
        }
    }
}

fn headers(typed: &str, kept: &[(String, String)], moved: bool, checks: &mut Checks) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in typed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match header(line, kept, moved) {
            Ok((name, _)) if headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name)) => {
                checks.note("http_headers", format!("{name} stands there twice."));
            }
            Ok(header) => headers.push(header),
            Err(sentence) => checks.note("http_headers", sentence),
        }
    }
    if headers.len() > HEADERS {
        checks.note("http_headers", format!("At most {HEADERS} headers fit."));
    }
    headers
}

fn header(line: &str, kept: &[(String, String)], moved: bool) -> Result<(String, String), String> {
    let short: String = line.chars().take(20).collect();
    let (name, value) = line
        .split_once(':')
        .ok_or_else(|| format!("\u{201c}{short}\u{201d} is no header. One a line, like Authorization: Bearer …."))?;
    let (name, value) = (name.trim(), value.trim());
    let known = HeaderName::from_bytes(name.as_bytes());
    let Ok(known) = known else {
        return Err(format!("\u{201c}{name}\u{201d} is no name of a header."));
    };
    if OURS.contains(&known.as_str()) {
        return Err(format!("{name} is set by Latchkey itself. Please leave it out."));
    }
    if value == KEPT {
        let before = kept.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        return match before {
            _ if moved => Err(MOVED.into()),
            Some((_, value)) => Ok((name.to_owned(), value.clone())),
            None => Err(format!("Please type the value of {name}.")),
        };
    }
    if value.len() > 4_000 || HeaderValue::from_str(value).is_err() {
        return Err(format!("The value of {name} holds characters that a header cannot carry, or is too long."));
    }
    Ok((name.to_owned(), value.to_owned()))
}
