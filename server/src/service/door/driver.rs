//! How a door opens, as it is typed: checked, taken apart into what may be read and what is sealed, and merged with
//! the secrets that are there already.

mod http;
mod mqtt;

use crate::app::App;
use crate::driver::{self, simulator};
use crate::error::Checks;
use crate::store::door::DoorRow;
use domain::id::Kind;
use domain::template::{self, Values, fill};
use std::fmt;
use url::Url;

/// What stands for a secret that is there and stays.
pub const KEPT: &str = "•••";
/// What a form says when a secret would go to another address than the one it was typed for.
const MOVED: &str = "The address changed, so please type the secret again: it was meant for the old one.";

/// What a form or the command line gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriverInput {
    /// The kind of driver.
    pub kind: String,
    /// For a web request.
    pub http: HttpInput,
    /// For a message to a broker.
    pub mqtt: MqttInput,
    /// For a terminal: its id.
    pub terminal: String,
}

/// A web request, as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HttpInput {
    /// The address.
    pub url: String,
    /// GET, POST or PUT.
    pub method: String,
    /// One a line.
    pub headers: String,
    /// `json`, `form` or `text`.
    pub body_kind: String,
    /// With marks.
    pub body: String,
    /// `ok`, `status` or `contains`.
    pub success: String,
    /// For `status`.
    pub status: String,
    /// For `contains`.
    pub contains: String,
    /// What requests are signed with.
    pub secret: String,
    /// PEM.
    pub certificate: String,
}

/// A message to a broker, as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MqttInput {
    /// The broker's address.
    pub url: String,
    /// Where the command goes to.
    pub topic: String,
    /// The command, with marks.
    pub payload: String,
    /// `0` or `1`.
    pub qos: String,
    /// Where the door says how it stands.
    pub state_topic: String,
    /// What it says when it is open.
    pub open: String,
    /// What it says when it is closed.
    pub closed: String,
    /// Where the device says whether it is there.
    pub availability_topic: String,
    /// What it says when it is not.
    pub offline: String,
    /// PEM.
    pub certificate: String,
}

impl fmt::Debug for MqttInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MqttInput(redacted)")
    }
}

impl fmt::Debug for HttpInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpInput(redacted)")
    }
}

/// Ready to be stored.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) kind: &'static str,
    pub(super) settings: String,
    pub(super) sealed: Option<Vec<u8>>,
    /// Whom it talks to, without anything secret; may be empty.
    pub(super) host: String,
    pub(super) secrets_changed: bool,
}

/// Checks what was typed. Nothing comes back when nothing changes, or when something is wrong and was noted.
pub(super) fn prepare(
    app: &App,
    id: &str,
    before: Option<&DoorRow>,
    typed: &DriverInput,
    checks: &mut Checks,
) -> Option<Prepared> {
    match typed.kind.as_str() {
        simulator::KIND => {
            let stays = before.is_some_and(|door| door.driver == simulator::KIND);
            (!stays).then(|| Prepared {
                kind: simulator::KIND,
                settings: "{}".into(),
                sealed: None,
                host: String::new(),
                secrets_changed: before.is_some_and(|door| door.driver_sealed.is_some()),
            })
        }
        driver::http::KIND => http::prepare(app, id, before, &typed.http, checks),
        driver::mqtt::KIND => mqtt::prepare(app, id, before, &typed.mqtt, checks),
        driver::terminal::KIND => terminal(before, &typed.terminal, checks),
        _ => {
            checks.note("driver", "Please choose how the door opens.");
            None
        }
    }
}

/// The relay of a terminal, which must stand at the door: whoever stores it looks.
fn terminal(before: Option<&DoorRow>, typed: &str, checks: &mut Checks) -> Option<Prepared> {
    if before.is_none() {
        checks.note("driver", "Add the door first, then a terminal at it, and choose that terminal here.");
        return None;
    }
    if !Kind::Terminal.owns(typed) {
        checks.note("terminal_id", "Please choose a terminal that stands at this door.");
        return None;
    }
    let settings = driver::terminal::Settings { terminal: typed.to_owned() };
    Some(Prepared {
        kind: driver::terminal::KIND,
        settings: serde_json::to_string(&settings).ok()?,
        sealed: None,
        host: String::new(),
        secrets_changed: before.is_some_and(|door| door.driver_sealed.is_some()),
    })
}

/// An address in its parts.
struct Address {
    /// Without user and password, marks as they were typed.
    url: String,
    user: String,
    /// Nothing where the one that is there stays.
    password: Option<String>,
    host: String,
}

impl Default for Address {
    /// One that was wrong; about its password there is nothing more to say.
    fn default() -> Self {
        Self { url: String::new(), user: String::new(), password: Some(String::new()), host: String::new() }
    }
}

/// Takes an address apart.
fn address(app: &App, typed: &str, schemes: [&str; 2]) -> Result<Address, String> {
    let shape = || format!("This should read like {}://192.168.1.20/….", schemes[0]);
    template::check(typed).map_err(|unknown| unknown.to_string())?;
    let (origin, rest) = driver::http::settings::split(typed).ok_or_else(shape)?;
    if origin.contains("{{") {
        return Err("Marks may stand in the path and after it, not in the name of the host.".into());
    }
    if rest.contains('#') {
        return Err("Please leave out # and what follows; it is never sent.".into());
    }
    let rest = if rest.is_empty() { "/" } else { rest };
    let filled = format!("{origin}{}", fill(rest, &Values::default(), template::Escape::Percent));
    let url = Url::parse(&filled).map_err(|_| shape())?;
    if !schemes.contains(&url.scheme()) || url.port() == Some(0) {
        return Err(shape());
    }
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(shape)?.to_owned();
    if let Some(sentence) = app.net.forbids_literal(&host) {
        return Err(sentence);
    }
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let password = decoded(url.password().unwrap_or_default());
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Ok(Address {
        url: format!("{}://{host}{port}{rest}", url.scheme()),
        user: decoded(url.username()),
        password: (password != KEPT).then_some(password),
        host: format!("{host}{port}"),
    })
}

/// An address with its user, as forms and pages show it.
#[must_use]
pub fn shown(url: &str, user: &str) -> String {
    let encoded = percent_encoding::utf8_percent_encode(user, percent_encoding::NON_ALPHANUMERIC);
    match url.split_once("://") {
        Some((scheme, rest)) if !user.is_empty() => format!("{scheme}://{encoded}:{KEPT}@{rest}"),
        _ => url.to_owned(),
    }
}

/// The sealed settings: those that are there already where nothing in them changed.
fn sealed(app: &App, id: &str, before: Option<&DoorRow>, secrets: Option<Vec<u8>>, changed: bool) -> Option<Vec<u8>> {
    let plain = secrets?;
    match before.and_then(|door| door.driver_sealed.clone()) {
        Some(sealed) if !changed => Some(sealed),
        _ => Some(app.keys.seal(&driver::seal_context(id), &plain)),
    }
}
