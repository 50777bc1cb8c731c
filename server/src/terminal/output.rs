//! What a terminal prints: one JSON object a line for each decision. Part of the contract for scripts.

use app::text::when::iso_utc;
use serde_json::{Value, json};
use std::io::Write;
use terminal::Shown;
use terminal::wire::ResultRequest;

/// The line for a scan, when nothing more will come of it, or when it was read again; else nothing.
#[must_use]
pub fn scan(shown: &Shown) -> Option<Value> {
    let entry = &shown.entry;
    (shown.done || shown.repeat).then(|| {
        json!({
            "type": "scan", "at": iso_utc(entry.at), "sequence": entry.sequence, "scan": entry.scan,
            "decision": entry.decision.code(), "reason": entry.reason, "mode": entry.mode.code(),
            "kind": entry.kind.code(), "credential": entry.credential, "list": entry.list,
            "outcome": entry.outcome.code(), "opening": shown.opening.map(terminal::wire::Progress::code),
            "unlock_ms": shown.unlock_ms, "note": entry.note, "repeat": shown.repeat,
        })
    })
}

/// The line for a visitor's tap that this terminal opened for, or did not.
#[must_use]
pub fn command(result: &ResultRequest, at: i64) -> Value {
    json!({ "type": "command", "at": iso_utc(at), "event": result.event, "opened": result.opened, "note": result.note })
}

/// Prints a line. A reader that went away stops no door.
pub fn print(line: &Value) {
    let mut out = std::io::stdout().lock();
    if let Err(cause) = writeln!(out, "{line}").and_then(|()| out.flush()) {
        tracing::debug!(%cause, "a decision could not be printed");
    }
}
