//! What terminals did: their journals, merged into the log, each entry once.

mod sense;

use crate::app::App;
use crate::error::Result;
use crate::store::terminal::{TerminalRow, scans};
use crate::store::terminal_list::doors;
use crate::store::writer::{Admission, Entries};
use domain::Millis;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Entries that the writer takes at once: nobody's tap waits for a terminal's long night.
const STEP: usize = 100;

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
    /// Members that were of another kind than they are, by name, as their JSON.
    #[serde(skip)]
    pub strange: BTreeMap<&'static str, String>,
}

/// Up to which number everything of a terminal is here, as far as this process knows. A number that was complete stays
/// so, and looking from there on is quick however long the journal has become.
#[derive(Debug, Default)]
pub struct Complete(Mutex<HashMap<String, i64>>);

impl Complete {
    fn known(&self, terminal: &TerminalRow) -> i64 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&terminal.id).copied().unwrap_or(0)
    }

    fn note(&self, terminal: &TerminalRow, upto: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.entry(terminal.id.clone()).or_default();
        *entry = upto.max(*entry);
    }
}

/// The doors that a terminal's lists were for.
struct Doors<'a> {
    /// Where it stands now.
    stands_at: &'a str,
    /// Each with the version from which on, in that order.
    of_lists: Vec<(i64, String)>,
}

impl<'a> Doors<'a> {
    async fn read(app: &App, terminal: &'a TerminalRow, entries: &[Entry]) -> Result<Self> {
        let id = terminal.id.clone();
        let of_lists = if entries.iter().any(|entry| by_list(entry).is_some()) {
            app.db.read(move |c| doors::of(c, &id)).await?
        } else {
            Vec::new()
        };
        Ok(Self { stands_at: &terminal.door_id, of_lists })
    }

    /// The door that an entry is about: a terminal that was moved opens the old one until it has another list.
    fn of(&self, entry: &Entry) -> &str {
        let of = |list: i64| self.of_lists.iter().rev().find(|(from, _)| *from <= list);
        by_list(entry).and_then(of).map_or(self.stands_at, |(_, door)| door)
    }
}

/// The list that an entry was decided by, where the server did not decide.
fn by_list(entry: &Entry) -> Option<i64> {
    (entry.mode != "on_line" && entry.list > 0).then_some(entry.list)
}

/// Stores what a terminal did, each entry once however often it comes. Says up to which sequence nothing is missing.
///
/// # Errors
/// `Unavailable` when it could not be stored; then the terminal keeps it and comes back.
pub async fn upload(app: &App, terminal: &TerminalRow, entries: Vec<Entry>) -> Result<i64> {
    let now = app.clock.now();
    let doors = Doors::read(app, terminal, &entries).await?;
    for some in entries.chunks(STEP) {
        for some in some.chunk_by(|one, next| doors.of(one) == doors.of(next)) {
            let door = some.first().map_or(terminal.door_id.as_str(), |entry| doors.of(entry)).to_owned();
            let entries = some.iter().filter(|entry| entry.sequence >= 1);
            let told = Entries {
                organization: terminal.organization_id.clone(),
                terminal: terminal.id.clone(),
                door,
                entries: entries.map(|entry| sense::make(&app.clock, terminal, entry, now)).collect(),
            };
            app.db.admit(Admission::Journal(Box::new(told))).await?;
        }
    }
    let (id, known) = (terminal.id.clone(), app.journals.known(terminal));
    let upto = app.db.read(move |c| scans::complete(c, &id, known)).await?;
    app.journals.note(terminal, upto);
    Ok(upto)
}
