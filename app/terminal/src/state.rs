//! What a terminal keeps over a loss of power.

use crate::wire::{DoorName, Entry};
use domain::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who a terminal is, since it was paired.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `terminal_…`.
    pub terminal: String,
    /// What every request carries.
    pub token: String,
    /// The Ed25519 key that signs lists, base64url; never replaced by the network.
    pub list_key: String,
    /// The organization's name.
    pub organization: String,
    /// The place's name.
    pub place: String,
    /// Where it stands.
    pub door: DoorName,
    /// Its own name; empty until the first heartbeat.
    pub name: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}

/// The small numbers that a terminal counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The number of the next scan.
    pub next: i64,
    /// The version of the newest list it ever took, kept even when the list is lost.
    pub newest: i64,
    /// Server time minus wall time, as last measured.
    pub offset: Option<i64>,
    /// The latest server time seen.
    pub seen: Millis,
    /// The latest time of its own at which it scanned since it heard the server; 0 for none.
    #[serde(default)]
    pub own: Millis,
}

/// A credential that opens once a terminal, and has opened here since the list was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its name in the list.
    pub credential: String,
    /// The scan that opened.
    pub sequence: i64,
    /// When the server was known to have that scan: a list made later knows of it, and the mark may go.
    pub stored_at: Option<Millis>,
}

/// How far a scan has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The server is being asked.
    Asked,
    /// It was granted; the relay is being moved.
    Granted,
    /// Nothing will change any more: it may go up.
    Done,
}

/// A scan as the terminal keeps it: the journal's entry and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// How far it has come.
    pub stage: Stage,
    /// What goes up when it is done.
    pub entry: Entry,
}

/// All that was stored, as it is read after a start.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Who it is.
    pub identity: Identity,
    /// Its numbers.
    pub state: State,
    /// The manifest and the list, as they were stored.
    pub list: Option<(String, String)>,
    /// What opened once.
    pub marks: Vec<Mark>,
    /// The records that are not [`Stage::Done`].
    pub unfinished: Vec<Record>,
}

/// The key that came with pairing, or was kept, is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The server's key for lists cannot be read. Pair the terminal again.")]
pub struct BadKey;
