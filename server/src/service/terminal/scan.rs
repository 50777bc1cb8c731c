//! A scan on line: decided like a tap, in the same queue.

use crate::app::App;
use crate::error::{Error, Result};
use crate::store::terminal::TerminalRow;
use domain::Millis;
use domain::decide::Decision;

/// Somebody shows a code.
#[derive(Clone, Debug)]
pub struct Scan {
    /// New for each scan, the same when it is asked again.
    pub scan: String,
    /// The terminal's own count of scans.
    pub sequence: i64,
    /// What was read.
    pub code: Vec<u8>,
    /// When, by the terminal's clock.
    pub at: Millis,
}

/// What the terminal is told.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The decision.
    pub decision: Decision,
    /// Its event.
    pub event: String,
    /// How long the door is to stay open, milliseconds.
    pub unlock_ms: i64,
    /// Within how many milliseconds, counted from the asking, it must open.
    pub left_ms: i64,
}

/// Decides about a scan and stores the decision.
///
/// # Errors
/// `Unavailable` when it could not be stored: then nothing may open.
pub async fn scan(app: &App, terminal: &TerminalRow, scan: Scan) -> Result<Scanned> {
    let _ = (app, terminal, scan);
    Err(Error::Unavailable("not yet".into()))
}
