//! The log: to standard error, as text or JSON, one line an event, no secrets of addresses, no forged lines.

use crate::config::LogFormat;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What stands where something was left out.
const LEFT_OUT: &str = "***";
/// Path segments whose successors are secrets.
const BEFORE_SECRETS: [&str; 3] = ["l", "setup", "invitation"];

/// Starts the log for the whole process.
///
/// # Errors
/// A sentence, when the filter cannot be read or a log was started before.
pub fn start(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::builder()
        .parse(filter)
        .map_err(|cause| format!("LATCHKEY_LOG is {filter:?}: it is no filter ({cause})."))?;
    let lines = tracing_subscriber::fmt()
        // On a full disk the log cannot be written either, and to complain about it there would be a panic.
        .log_internal_errors(false)
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Lines(io::stderr));
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
    started.map_err(|cause| format!("The log cannot be started: {cause}."))
}

/// A path for the log: without what follows `/l/`, `/setup/` and `/invitation/`, however they are written, and without any query value.
#[must_use]
pub fn redact_path(path: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let mut said = String::with_capacity(path.len());
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        said.push_str(&escaped(part));
        if parts.peek().is_none() {
            break;
        }
        said.push('/');
        let plain = percent_encoding::percent_decode_str(part).decode_utf8_lossy().trim().to_ascii_lowercase();
        if BEFORE_SECRETS.contains(&plain.as_str()) {
            if parts.any(|rest| !rest.is_empty()) {
                said.push_str(LEFT_OUT);
            }
            break;
        }
    }
    for (at, pair) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
        said.push(if at == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) => {
                said.push_str(&escaped(name));
                said.push('=');
                said.push_str(LEFT_OUT);
            }
            // Without a name it is all value.
            None if pair.is_empty() => {}
            None => said.push_str(LEFT_OUT),
        }
    }
    said
}

/// Text in which nothing ends a line, moves the cursor or turns the reading direction.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    let unsafe_here = |character: char| {
        character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(unsafe_here) {
        return Cow::Borrowed(text);
    }
    let mut said = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => said.push_str("\\n"),
            '\r' => said.push_str("\\r"),
            '\t' => said.push_str("\\t"),
            // The form is JSON's too, so that a line of JSON stays one.
            other if unsafe_here(other) => {
                let _ = write!(said, "\\u{:04x}", u32::from(other));
            }
            other => said.push(other),
        }
    }
    Cow::Owned(said)
}

/// Makes sure that each event is one line, whatever was logged: an event arrives here in one piece.
struct Lines<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Lines<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

struct Line<W>(W);

impl<W: Write> Write for Line<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut line = escaped(text.strip_suffix('\n').unwrap_or(&text)).into_owned();
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn no_secret_of_an_address_reaches_the_log() {
        for (path, said) in [
            ("/l/s3cret", "/l/***"),
            ("/l/s3cret/more?x=1", "/l/***?x=***"),
            ("/setup/s3cret", "/setup/***"),
            ("/invitation/s3cret", "/invitation/***"),
            ("/admins/invitations/invitation_1/resend", "/admins/invitations/invitation_1/resend"),
            ("/%6C/s3cret", "/%6C/***"),
            ("//L/s3cret", "//L/***"),
            ("/x/../l/s3cret", "/x/../l/***"),
            ("/l/", "/l/"),
            ("/links/link_1", "/links/link_1"),
            ("/links?after=abc&q=Ada%20L&s3cret", "/links?after=***&q=***&***"),
            ("/links?", "/links?"),
            ("/", "/"),
        ] {
            assert_eq!(redact_path(path), said, "{path}");
        }
    }

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(json: bool) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(Lines(move || writer.clone()));
        let forged = "Ada\n2026-01-01T00:00:00Z  INFO admin signed in\r\u{1b}[2J\u{202e}\u{85}";
        let log = || tracing::warn!(name = %forged, other = forged, "hello {forged}");
        if json {
            tracing::subscriber::with_default(lines.json().flatten_event(true).finish(), log);
        } else {
            tracing::subscriber::with_default(lines.finish(), log);
        }
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn nothing_that_is_logged_can_forge_a_line() {
        for json in [false, true] {
            let said = logged(json);
            assert_eq!(said.matches('\n').count(), 1, "{said:?}");
            assert!(!said.trim_end().contains(char::is_control) && !said.contains('\u{202e}'), "{said:?}");
        }
    }

    #[test]
    fn a_line_of_json_stays_json() {
        let said: serde_json::Value = serde_json::from_str(&logged(true)).unwrap();
        assert!(said["name"].as_str().unwrap().starts_with("Ada\n2026"), "{said}");
    }
}
