//! What terminals did: their journals, merged into the log.

use crate::app::App;
use crate::error::{Error, Result};
use crate::store::terminal::TerminalRow;
use domain::Millis;

/// An entry of a terminal's journal, as it says it. Words that nobody knows are stored as what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The terminal's own count of scans, from 1 and without gaps.
    pub sequence: i64,
    /// The scan.
    pub scan: String,
    /// When it was scanned.
    pub at: Millis,
    /// Base64url of the SHA-256 of what was read.
    pub code: String,
    /// `online`, `offline`, …
    pub kind: String,
    /// Its name in the list, where it told one.
    pub credential: Option<String>,
    /// `grant` or `deny`.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Every check.
    pub trace: String,
    /// `on_line` or `off_line`: who decided.
    pub mode: String,
    /// The list it decided by.
    pub list: i64,
    /// `opened`, `failed` or `none`.
    pub outcome: String,
    /// The relay's words.
    pub note: String,
}

/// Stores what a terminal did, each entry once however often it comes. Says up to which sequence nothing is missing.
///
/// # Errors
/// `Unavailable` when it could not be stored; then the terminal keeps it and comes back.
pub async fn upload(app: &App, terminal: &TerminalRow, entries: Vec<Entry>) -> Result<i64> {
    let _ = (app, terminal, entries);
    Err(Error::Unavailable("not yet".into()))
}
