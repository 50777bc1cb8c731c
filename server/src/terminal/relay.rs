//! What a terminal opens with: a web request to a relay, or a command, which serves pins and everything else.

use super::Clocks;
use crate::net::exchange::{self, Lost};
use crate::net::{Net, Target, Trust};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use domain::template::{self, Escape, Values};
use ipnet::IpNet;
use std::fmt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use terminal::wire::Outcome;
use terminal::{Job, Opening};
use url::{Position, Url};

/// A relay answers within so long, or nobody knows what it did.
const DEADLINE: Duration = Duration::from_secs(3);
/// What an answer says besides its status is waited for so long.
const WORDS: Duration = Duration::from_millis(200);
/// How often a command is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// How it is moved.
enum How {
    Http { net: Net, url: String, method: &'static str, headers: Vec<(HeaderName, HeaderValue)> },
    Command(String),
}

/// A relay; one opening at a time.
pub struct Relay {
    how: How,
    door: (String, String),
    turn: tokio::sync::Mutex<()>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Relay")
    }
}

impl Relay {
    /// A relay that opens on a web request. The address may hold marks, such as `{{unlock_s}}`; `allowed` are the
    /// addresses off the public internet that may be reached. `door` is its id and name.
    ///
    /// # Errors
    /// A sentence, when it cannot be used.
    pub fn http(
        address: &str,
        method: &'static str,
        headers: &[String],
        allowed: &[IpNet],
        door: (String, String),
    ) -> Result<Self, String> {
        let url = match address.split_once(':') {
            Some(("http", rest)) if !rest.starts_with("//") => rest,
            _ => address,
        };
        template::check(url).map_err(|unknown| unknown.to_string())?;
        let filled = fill(url, &Values::default()).filter(|url| matches!(url.scheme(), "http" | "https"));
        let filled =
            filled.ok_or_else(|| format!("{url} is no address of a relay, such as http://192.168.1.20/relay/0"))?;
        let net = Net::new(allowed);
        if let Some(sentence) = filled.host_str().and_then(|host| net.forbids_literal(host)) {
            return Err(sentence);
        }
        let headers = headers.iter().map(|header| named(header)).collect::<Result<_, _>>()?;
        let how = How::Http { net, url: url.to_owned(), method, headers };
        Ok(Self { how, door, turn: tokio::sync::Mutex::new(()) })
    }

    /// A relay that opens by a command, which `sh` runs.
    #[must_use]
    pub fn command(line: &str, door: (String, String)) -> Self {
        Self { how: How::Command(line.to_owned()), door, turn: tokio::sync::Mutex::new(()) }
    }

    /// Opens, if it can begin in time.
    pub async fn open(&self, opening: &Opening, clocks: &Clocks) -> (Outcome, String) {
        let before = clocks.instant(opening.before);
        let turn = tokio::time::timeout_at(before.into(), self.turn.lock()).await;
        if turn.is_err() || Instant::now() >= before {
            return (Outcome::None, String::new());
        }
        let values = Values {
            door_id: self.door.0.clone(),
            door_name: self.door.1.clone(),
            event_id: match &opening.job {
                Job::Scan(sequence) => sequence.to_string(),
                Job::Command(event) => event.clone(),
            },
            unlock_ms: opening.unlock_ms,
            issued_at: clocks.time().wall,
        };
        match &self.how {
            How::Http { net, url, method, headers } => {
                let moved = ask(net, url, method, headers, &values);
                tokio::time::timeout(DEADLINE, moved)
                    .await
                    .unwrap_or_else(|_| unknown("The relay did not answer in time."))
            }
            How::Command(line) => {
                let line = line.clone();
                let ran = tokio::task::spawn_blocking(move || run(&line, &values)).await;
                ran.unwrap_or_else(|_| unknown("The command could not be watched."))
            }
        }
    }
}

fn unknown(note: &str) -> (Outcome, String) {
    (Outcome::Unknown, note.to_owned())
}

fn fill(url: &str, values: &Values) -> Option<Url> {
    Url::parse(&template::fill(url, values, Escape::Percent)).ok()
}

fn named(header: &str) -> Result<(HeaderName, HeaderValue), String> {
    // The value may be a secret: it is not repeated.
    let wrong = || "A header is given as NAME: VALUE.".to_owned();
    let (name, value) = header.split_once(':').ok_or_else(wrong)?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| wrong())?;
    let mut value = HeaderValue::from_str(value.trim()).map_err(|_| wrong())?;
    value.set_sensitive(true);
    Ok((name, value))
}

async fn ask(
    net: &Net,
    url: &str,
    method: &str,
    headers: &[(HeaderName, HeaderValue)],
    values: &Values,
) -> (Outcome, String) {
    let failed = |note: String| (Outcome::Failed, note);
    let Some(url) = fill(url, values) else { return failed("The relay's address cannot be read.".into()) };
    let tls = (url.scheme() == "https").then_some(Trust::Public);
    let Some(target) = Target::of(&url, 80, tls) else { return failed("The relay's address names no machine.".into()) };
    let mut builder = Request::builder()
        .method(method)
        .uri(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::USER_AGENT, concat!("Latchkey/", env!("CARGO_PKG_VERSION")))
        .header(header::ACCEPT, "*/*");
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let Ok(request) = builder.body(Body::empty()) else { return failed("The relay cannot be asked so.".into()) };
    match exchange::send(net, &target, request).await {
        Ok(mut response) => {
            let words = response.words(WORDS).await;
            let said = format!("It answered {}. {words}", response.status).trim_end().to_owned();
            let opened = (200..300).contains(&response.status);
            (if opened { Outcome::Opened } else { Outcome::Failed }, said)
        }
        Err(Lost::Before(failure)) => failed(failure.to_string()),
        Err(Lost::After(cause)) => unknown(&format!("The relay took the request and gave no answer ({cause}).")),
    }
}

/// Runs a command to its end. What it writes goes to this program's own error output.
fn run(line: &str, values: &Values) -> (Outcome, String) {
    let milliseconds = values.unlock_ms.to_string();
    let began = Instant::now();
    let started = Command::new("/bin/sh")
        .args(["-c", line, "latchkey", &milliseconds])
        .env("LATCHKEY_UNLOCK_MS", &milliseconds)
        .env("LATCHKEY_UNLOCK_S", (values.unlock_ms.max(0) / 1_000).max(1).to_string())
        .env("LATCHKEY_DOOR_ID", &values.door_id)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(cause) => return (Outcome::Failed, format!("The command cannot be started: {cause}.")),
    };
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return (Outcome::Opened, String::new()),
            Ok(Some(status)) => return (Outcome::Failed, format!("The command ended with {status}.")),
            Ok(None) if began.elapsed() < DEADLINE => std::thread::sleep(LOOK),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return unknown("The command did not end in time and was stopped.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn opening(before: i64) -> Opening {
        Opening { job: Job::Scan(7), unlock_ms: 2_500, before }
    }

    fn door() -> (String, String) {
        ("door_1".into(), "Front door".into())
    }

    async fn opened(line: &str) -> (Outcome, String) {
        Relay::command(line, door()).open(&opening(5_000), &Clocks::new(Clock::default())).await
    }

    #[tokio::test]
    async fn a_command_is_told_how_long_and_its_end_is_its_answer() {
        let told = r#"test "$LATCHKEY_UNLOCK_MS" = 2500 && test "$1" = 2500 && test "$LATCHKEY_UNLOCK_S" = 2"#;
        assert_eq!(opened(told).await, (Outcome::Opened, String::new()));
        let (outcome, note) = opened("exit 3").await;
        assert!(outcome == Outcome::Failed && note.contains('3'), "{note}");
        assert_eq!(opened("sleep 20").await.0, Outcome::Unknown);
    }

    #[tokio::test]
    async fn what_cannot_begin_in_time_does_not_begin() {
        let folder = tempfile::tempdir().unwrap();
        let touched = folder.path().join("touched");
        let relay = Relay::command(&format!("touch {}", touched.display()), door());
        let clocks = Clocks::new(Clock::default());
        assert_eq!(relay.open(&opening(0), &clocks).await.0, Outcome::None);
        let _busy = relay.turn.lock().await;
        assert_eq!(relay.open(&opening(clocks.time().steady + 50), &clocks).await.0, Outcome::None);
        assert!(!touched.exists());
    }

    #[test]
    fn a_relay_off_the_public_internet_is_named_by_the_operator() {
        let http = |url: &str, allowed: &str| {
            let allowed: Vec<IpNet> = allowed.split_whitespace().map(|net| net.parse().unwrap()).collect();
            Relay::http(url, "POST", &[], &allowed, door()).map(|_| ())
        };
        assert!(http("http://192.168.1.20/relay/0", "").unwrap_err().contains("LATCHKEY_ALLOWED_TARGETS"));
        assert_eq!(http("http:http://192.168.1.20/relay/0?t={{unlock_s}}", "192.168.1.0/24"), Ok(()));
        for wrong in ["ftp://192.168.1.20", "relay", "http:", "http://192.168.1.20/{{secret}}"] {
            assert!(http(wrong, "192.168.1.0/24").is_err(), "{wrong}");
        }
    }
}
