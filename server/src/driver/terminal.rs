//! Doors whose relay hangs on a terminal: a command waits where the terminal claims it, and what it says is the answer.
//! Whichever process the terminal talks to, both meet in the database.

use super::{Driver, DriverAnswer, OpenCommand};
use crate::clock::Clock;
use crate::store::door::DoorRow;
use crate::store::terminal::TerminalRow;
use crate::store::{Reader, command};
use async_trait::async_trait;
use domain::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The driver's name in a door's row.
pub const KIND: &str = "terminal";
/// For so long after it was heard a terminal counts as on line, milliseconds.
pub const ONLINE_MS: Millis = 90_000;
/// Looks for an answer are at least this far apart, however much happens.
const PAUSE: Duration = Duration::from_millis(20);
/// And at most this far, should no change be noticed.
const AGAIN: Duration = Duration::from_millis(250);

/// What a door's row holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `terminal_…`, one that stands at the door.
    pub terminal: String,
}

/// The terminal that a door's settings name; empty for none.
#[must_use]
pub fn named_in(settings: &str) -> String {
    serde_json::from_str::<Settings>(settings).unwrap_or_default().terminal
}

/// The terminal that opens a door; none where something else does.
#[must_use]
pub fn of(door: &DoorRow) -> Option<String> {
    (door.driver == KIND).then(|| named_in(&door.driver_settings))
}

/// When a terminal was heard, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Unix milliseconds.
    pub at: Millis,
    /// Its door.
    pub door: String,
}

/// The terminals as this process knows them.
pub struct Terminals {
    clock: Clock,
    news: watch::Sender<u64>,
    heard: Mutex<BTreeMap<String, Heard>>,
    store: OnceLock<Reader>,
}

impl fmt::Debug for Terminals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminals")
    }
}

impl Terminals {
    /// Knows nobody yet; `news` ticks whenever a door may stand otherwise than before.
    #[must_use]
    pub fn new(clock: Clock, news: watch::Sender<u64>) -> Self {
        Self { clock, news, heard: Mutex::default(), store: OnceLock::new() }
    }

    /// Where commands and their answers are found; without it no door opens.
    pub fn attach(&self, store: Reader) {
        // A second store would be a mistake of ours, and the first one goes on.
        let _ = self.store.set(store);
    }

    /// A terminal said something just now. One without a relay opens nothing here.
    pub fn hear(&self, terminal: &TerminalRow) {
        if !terminal.relay {
            return self.forget(&terminal.id);
        }
        let now = self.clock.now();
        let heard = Heard { at: now, door: terminal.door_id.clone() };
        let before = self.known().insert(terminal.id.clone(), heard);
        if before.is_none_or(|before| before.door != terminal.door_id || now - before.at >= ONLINE_MS) {
            self.tell();
        }
    }

    /// A terminal counts no more.
    pub fn forget(&self, terminal: &str) {
        if self.known().remove(terminal).is_some() {
            self.tell();
        }
    }

    /// Takes what the database says: of all with a relay that were heard within [`ONLINE_MS`]. What is not among it is off line.
    pub fn keep(&self, all: BTreeMap<String, Heard>) {
        let now = self.clock.now();
        let on = |heard: &BTreeMap<String, Heard>| -> BTreeSet<(String, String)> {
            let on = heard.iter().filter(|(_, heard)| now - heard.at < ONLINE_MS);
            on.map(|(id, heard)| (id.clone(), heard.door.clone())).collect()
        };
        let mut known = self.known();
        let before = on(&known);
        let mut after = all;
        for (id, heard) in after.iter_mut() {
            // What this process heard a moment ago need not be stored yet.
            heard.at = heard.at.max(known.get(id).map_or(heard.at, |known| known.at));
        }
        *known = after;
        if on(&known) != before {
            drop(known);
            self.tell();
        }
    }

    /// Whether a terminal that stands at a door is on line, and can open it.
    #[must_use]
    pub fn is_on_line(&self, terminal: &str, door: &str) -> bool {
        let now = self.clock.now();
        self.known().get(terminal).is_some_and(|heard| heard.door == door && now - heard.at < ONLINE_MS)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Heard>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.news.send_modify(|count| *count += 1);
    }
}

#[async_trait]
impl Driver for Terminals {
    fn online(&self, door: &DoorRow) -> bool {
        of(door).is_some_and(|terminal| self.is_on_line(&terminal, &door.id))
    }

    /// The command waits in the database already; this only waits for what the terminal says. It never opens late: who
    /// claims it is told how long it is good, and with its opening's outcome it is gone.
    async fn open(&self, command: OpenCommand) -> DriverAnswer {
        let Some(store) = self.store.get() else {
            return DriverAnswer::Refused("There is nothing here through which a terminal could be told.".into());
        };
        if Instant::now() >= command.deadline {
            return DriverAnswer::Refused("The command came too late.".into());
        }
        let mut changes = store.changes();
        loop {
            changes.mark_unchanged();
            let event = command.event.clone();
            match store.read(move |c| command::answered(c, &event)).await {
                Ok(Some(said)) if said.opened => return DriverAnswer::Opened(said.note),
                Ok(Some(said)) if said.note.is_empty() => {
                    return DriverAnswer::Refused("The terminal says that it did not open.".into());
                }
                Ok(Some(said)) => return DriverAnswer::Refused(said.note),
                Ok(None) => {}
                Err(cause) => tracing::warn!(?cause, "what a terminal answered cannot be read; looking again"),
            }
            tokio::time::sleep(PAUSE).await;
            let _ = tokio::time::timeout(AGAIN, changes.changed()).await;
        }
    }

    fn trouble(&self, door: &DoorRow) -> String {
        if self.online(door) {
            String::new()
        } else {
            "Its terminal was not heard in the last 90 seconds, or has no relay.".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(relay: bool) -> TerminalRow {
        TerminalRow {
            id: "terminal_1".into(),
            organization_id: "org_1".into(),
            door_id: "door_1".into(),
            name: String::new(),
            pairing_hash: None,
            pairing_expires_at: None,
            token_hash: None,
            paired_at: None,
            revoked_at: None,
            removed_at: None,
            software: String::new(),
            relay,
            clock_offset_ms: None,
            last_seen_at: None,
            waiting: 0,
            list_version: 0,
            list_made_at: None,
            list_expires_at: None,
            version: 1,
            created_at: 0,
        }
    }

    fn heard(at: Millis) -> BTreeMap<String, Heard> {
        BTreeMap::from([("terminal_1".to_owned(), Heard { at, door: "door_1".to_owned() })])
    }

    #[test]
    fn a_terminal_is_on_line_for_ninety_seconds_at_its_own_door() {
        let (clock, news) = (Clock::default(), watch::channel(0).0);
        let terminals = Terminals::new(clock.clone(), news.clone());
        let mut ticks = news.subscribe();
        terminals.hear(&row(true));
        assert!(ticks.has_changed().unwrap());
        ticks.mark_unchanged();
        assert!(terminals.is_on_line("terminal_1", "door_1") && !terminals.is_on_line("terminal_1", "door_2"));
        terminals.hear(&row(true));
        assert!(!ticks.has_changed().unwrap(), "nothing is new about it");
        terminals.hear(&row(false));
        assert!(!terminals.is_on_line("terminal_1", "door_1"), "it cannot open");
        terminals.hear(&row(true));
        ticks.mark_unchanged();
        clock.shift(ONLINE_MS);
        assert!(!terminals.is_on_line("terminal_1", "door_1"));
        terminals.keep(heard(clock.now() - 1));
        assert!(terminals.is_on_line("terminal_1", "door_1") && ticks.has_changed().unwrap());
        ticks.mark_unchanged();
        terminals.keep(BTreeMap::new());
        assert!(!terminals.is_on_line("terminal_1", "door_1") && ticks.has_changed().unwrap(), "revoked elsewhere");
    }

    #[test]
    fn what_was_heard_here_stands_against_what_is_stored_later() {
        let clock = Clock::default();
        let terminals = Terminals::new(clock.clone(), watch::channel(0).0);
        terminals.hear(&row(true));
        terminals.keep(heard(clock.now() - ONLINE_MS + 1));
        clock.shift(1_000);
        assert!(terminals.is_on_line("terminal_1", "door_1"));
    }
}
