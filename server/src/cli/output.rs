//! How answers are printed: one JSON object, or a line for people.

use crate::error::{Error, Result};
use domain::Millis;
use serde_json::Value;

/// Prints an object, or the line that says the same.
///
/// # Errors
/// `Unavailable` when standard output is gone.
pub(super) fn print(json: bool, object: &Value, line: &str) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let printed = if json { writeln!(out, "{object}") } else { writeln!(out, "{line}") };
    match printed {
        // Whoever reads had enough, as `head` does; nothing is wrong.
        Err(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        printed => printed.map_err(|cause| Error::Unavailable(cause.to_string())),
    }
}

/// RFC 3339 in UTC, or null.
pub(super) fn time(at: impl Into<Option<Millis>>) -> Value {
    at.into().map_or(Value::Null, |at| Value::String(app::text::when::iso_utc(at)))
}
