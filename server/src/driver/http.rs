//! Doors behind an address: any relay, hub or automation that opens when it is asked over HTTP.

pub mod settings;

use super::health::Health;
use super::{Driver, DriverAnswer, OpenCommand};
use crate::clock::Clock;
use crate::net::exchange::{self, Lost, Response, Rest};
use crate::net::{Net, Target};
use crate::secret::Keys;
use crate::store::door::DoorRow;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::template::fill;
use hmac::{Hmac, Mac};
use settings::{Method, Secrets, Settings, Success};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::{Position, Url};

/// The driver's name in a door's row.
pub const KIND: &str = "http";
/// The header with the signature.
pub const SIGNATURE: &str = "x-latchkey-signature";
/// What the answer says besides its status is waited for so long, and no longer: somebody stands at the door.
const WORDS: Duration = Duration::from_millis(200);

/// The doors.
pub struct Http {
    net: Net,
    keys: Arc<Keys>,
    clock: Clock,
    health: Arc<Health>,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

/// A request that is ready to go.
struct Ready {
    settings: Settings,
    target: Target,
    request: Request<Body>,
}

impl Http {
    /// Over this way out.
    #[must_use]
    pub fn new(net: Net, keys: Arc<Keys>, clock: Clock, health: Arc<Health>) -> Self {
        Self { net, keys, clock, health }
    }

    /// The door is gone: nobody looks for it any more.
    pub fn forget(&self, door: &str) {
        self.health.forget(door);
    }

    fn ready(&self, command: &OpenCommand) -> Result<Ready, String> {
        let broken = || "This door's settings cannot be read. Edit the door and save them again.".to_owned();
        let settings = settings(&command.door).ok_or_else(broken)?;
        let secrets = self.secrets(&command.door).ok_or_else(|| {
            "This door's secrets cannot be read with this server's key. Type them again in the door's form.".to_owned()
        })?;
        let values = command.values();
        let url = settings.filled(&values).ok_or_else(broken)?;
        let target = settings.target(&url).ok_or_else(broken)?;
        let body = match settings.method {
            Method::Get => String::new(),
            Method::Post | Method::Put => fill(&settings.body, &values, settings.body_kind.escape()),
        };
        let request = self.request(&settings, &secrets, &url, body).ok_or_else(broken)?;
        Ok(Ready { settings, target, request })
    }

    fn secrets(&self, door: &DoorRow) -> Option<Secrets> {
        if door.driver_sealed.is_none() {
            return Some(Secrets::default());
        }
        serde_json::from_slice(&super::secrets(&self.keys, door)?).ok()
    }

    fn request(&self, settings: &Settings, secrets: &Secrets, url: &Url, body: String) -> Option<Request<Body>> {
        let path = &url[Position::BeforePath..Position::AfterQuery];
        let mut builder = Request::builder()
            .method(settings.method.code())
            .uri(path)
            .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
            .header(header::USER_AGENT, concat!("Latchkey/", env!("CARGO_PKG_VERSION")))
            .header(header::ACCEPT, "*/*");
        if !body.is_empty() {
            builder = builder.header(header::CONTENT_TYPE, settings.body_kind.media_type());
        }
        if !settings.user.is_empty() {
            let login = STANDARD.encode(format!("{}:{}", settings.user, secrets.password));
            builder = builder.header(header::AUTHORIZATION, secret(&format!("Basic {login}"))?);
        }
        for (name, value) in &secrets.headers {
            builder = builder.header(HeaderName::from_bytes(name.as_bytes()).ok()?, secret(value)?);
        }
        if !secrets.signing.is_empty() {
            let at = self.clock.now() / 1_000;
            let signed = signature(&secrets.signing, at, settings.method.code(), path, &body)?;
            builder = builder.header(SIGNATURE, signed);
        }
        builder.body(Body::from(body)).ok()
    }
}

fn secret(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// How a door is set up, if it can be read.
#[must_use]
pub fn settings(door: &DoorRow) -> Option<Settings> {
    serde_json::from_str(&door.driver_settings).ok()
}

/// `t=…,v1=…`: HMAC-SHA256 (RFC 2104) over time, method, path with query, and body, joined by points. The time is in
/// Unix seconds.
#[must_use]
pub fn signature(secret: &str, at: i64, method: &str, path: &str, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{at}.{method}.{path}.{body}").as_bytes());
    Some(format!("t={at},v1={}", domain::chain::hex(&mac.finalize().into_bytes())))
}

#[async_trait]
impl Driver for Http {
    fn online(&self, door: &DoorRow) -> bool {
        self.health.online(door)
    }

    fn tries(&self, door: &DoorRow) -> bool {
        self.health.tries(door)
    }

    async fn open(&self, command: OpenCommand) -> DriverAnswer {
        let Ready { settings, target, request } = match self.ready(&command) {
            Ok(ready) => ready,
            Err(sentence) => return DriverAnswer::Refused(sentence),
        };
        if Instant::now() >= command.deadline {
            return DriverAnswer::Refused("The command came too late.".into());
        }
        match exchange::send(&self.net, &target, request).await {
            Ok(response) => {
                self.health.well(&command.door);
                judge(&settings.success, response).await
            }
            Err(Lost::Before(failure)) => {
                let said = failure.to_string();
                self.health.ill(&command.door, said.clone(), target);
                DriverAnswer::Refused(said)
            }
            Err(Lost::After(cause)) => {
                tracing::info!(door = command.door.id, cause, "a door took a request and did not answer it");
                // It may have opened: only the deadline can say that nothing came.
                std::future::pending().await
            }
        }
    }

    fn unanswered(&self, door: &DoorRow) {
        let url = settings(door).and_then(|settings| {
            let url = settings.filled(&domain::template::Values::default())?;
            settings.target(&url)
        });
        if let Some(target) = url {
            self.health.silent(door, format!("{} did not answer in time.", target.host));
        }
    }

    fn trouble(&self, door: &DoorRow) -> String {
        self.health.trouble(door).unwrap_or_default()
    }
}

/// What an answer means.
async fn judge(success: &Success, mut response: Response) -> DriverAnswer {
    let status = response.status;
    let fine = (200..300).contains(&status);
    let open = match success {
        Success::Ok => fine,
        Success::Status { status: wanted } => status == *wanted,
        Success::Contains { text } if fine => match response.read(|read| contains(read, text)).await {
            Rest::More => true,
            Rest::End if contains(response.body(), text) => true,
            Rest::End => {
                let words = said(status, &response.words(WORDS).await);
                return DriverAnswer::Refused(format!("Its answer does not contain \u{201c}{text}\u{201d}. {words}"));
            }
            Rest::Cut => std::future::pending().await,
        },
        Success::Contains { .. } => false,
    };
    let words = response.words(WORDS).await;
    if open {
        return DriverAnswer::Opened(said(status, &words));
    }
    let elsewhere = if (300..400).contains(&status) { " Redirects are not followed." } else { "" };
    DriverAnswer::Refused(format!("{}{elsewhere}", said(status, &words)))
}

fn contains(read: &[u8], text: &str) -> bool {
    read.windows(text.len().max(1)).any(|window| window == text.as_bytes())
}

fn said(status: u16, words: &str) -> String {
    if words.is_empty() { format!("It answered {status}.") } else { format!("It answered {status}: {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_any_library_makes() {
        // printf '1700000000.POST./open?x=1.{"a":1}' | openssl dgst -sha256 -hmac key
        let signed = signature("key", 1_700_000_000, "POST", "/open?x=1", "{\"a\":1}").unwrap();
        assert_eq!(signed, "t=1700000000,v1=92b02543cc845a270f98fc9f2ca8b3a7a3592bc9ee7a46d98ad52f9e0aa36e11");
    }

    #[test]
    fn addresses_fall_into_whom_to_ask_and_what() {
        use settings::split;
        assert_eq!(split("http://a:1/x?y"), Some(("http://a:1", "/x?y")));
        assert_eq!(split("https://a?x=/"), Some(("https://a", "?x=/")));
        assert_eq!(split("https://a"), Some(("https://a", "")));
        assert_eq!(split("a/b"), None);
    }
}
