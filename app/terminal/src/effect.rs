//! What a terminal asks of the machine it runs on.

use crate::state::{Identity, Mark, Record, State};
use crate::wire::{Entry, Progress, ResultRequest, ScanRequest};
use domain::terminal::Refused;

/// Something to carry out, each before the next begins; [`Effect::Ask`], [`Effect::Open`] and the requests are begun
/// and answered by the method that they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Store all of it or nothing, and let nothing after it begin before it would survive a loss of power.
    Store(Vec<Write>),
    /// Ask the server: [`crate::Terminal::answered`], or [`crate::Terminal::gave_up`] after
    /// [`crate::PATIENCE_MS`], or as soon as it is known that no answer will come.
    Ask(ScanRequest),
    /// Ask the server the same again after [`crate::AGAIN_MS`], with the same two ends.
    AskAgain(ScanRequest),
    /// Move the relay: [`crate::Terminal::relayed`].
    Open(Opening),
    /// Tell whoever stands there.
    Show(Shown),
    /// Send what became of a command.
    Result(ResultRequest),
    /// `GET list`, with the version at hand if there is one: [`crate::Terminal::list_received`].
    FetchList {
        /// The version to tell, none for the list as a whole.
        have: Option<i64>,
    },
    /// Entries wait to go up: [`crate::Terminal::stored`].
    Upload,
    /// For the log.
    Say(Say),
    /// Forget everything, for good: the terminal was revoked.
    Wipe,
}

/// A part of what is stored together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// In place of the identity that was kept.
    Identity(Identity),
    /// In place of the state that was kept.
    State(State),
    /// In place of the list that was kept.
    List {
        /// The manifest as it came.
        manifest: String,
        /// The list's own text, of which the manifest has the hash.
        list: String,
    },
    /// In place of the record with the same sequence, if there is one.
    Record(Record),
    /// In place of the mark of the same credential, if there is one.
    Mark(Mark),
    /// Take the mark of this credential away.
    Unmark(String),
    /// Records up to this sequence are the server's now.
    Forget(i64),
}

/// Why a relay moves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// For the scan of this sequence.
    Scan(i64),
    /// For the command of this event.
    Command(String),
}

/// An opening that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// What for.
    pub job: Job,
    /// How long the door stays open.
    pub unlock_ms: i64,
    /// It begins only while the steady clock shows less, else it is [`crate::wire::Outcome::None`].
    pub before: i64,
}

/// An answer for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The scan with its decision.
    pub entry: Entry,
    /// Whether nothing more will come; a grant is shown before and after its door opened.
    pub done: bool,
    /// How far the server's opening has come, where the server opens.
    pub opening: Option<Progress>,
    /// Whether the same code was read again and nothing else happened.
    pub repeat: bool,
    /// How long the door stays open, for a grant.
    pub unlock_ms: i64,
}

impl Shown {
    /// Whether it may take a screen on which `on` stands. How an earlier scan's opening ended may not: whoever has shown
    /// the later code would take it for theirs.
    #[must_use]
    pub fn may_follow(&self, on: &Self) -> bool {
        self.repeat || self.entry.sequence >= on.entry.sequence
    }
}

/// A line for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Say {
    /// A newer list is at hand.
    #[error("list {version} is at hand: {codes} online codes, {blocked} blocked ones")]
    ListTaken {
        /// Its version.
        version: i64,
        /// Online codes in it.
        codes: usize,
        /// Blocked offline codes in it.
        blocked: usize,
    },
    /// A list was not taken.
    #[error("{0} The one at hand is kept.")]
    ListRefused(Refused),
    /// What was kept is no list.
    #[error("The list that was kept is damaged and was put aside.")]
    ListSpoiled,
    /// The wall's clock is far off, and is corrected.
    #[error("this machine's clock differs from the server's by {0} ms: it is corrected, and somebody should set it")]
    ClockFarOff(i64),
    /// Scans that a loss of power interrupted were closed.
    #[error("{0} scans were interrupted by a loss of power")]
    Interrupted(usize),
}
