//! Which doors this process could not reach lately, or which left a command unanswered: they show as off line until
//! they are found back.

use crate::clock::Clock;
use crate::net::{Net, Target};
use crate::store::door::DoorRow;
use domain::Millis;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// From a failure to the first look; each later one is twice as far away.
const FIRST: Duration = Duration::from_secs(5);
/// Looks are at most this far apart.
const LAST: Duration = Duration::from_secs(300);
/// From an unanswered command to the next opening that is let through to try, milliseconds: soon enough for the free
/// second try of whoever stands there.
const TRY_MS: Millis = 15_000;

/// The doors that are off line.
#[derive(Debug)]
pub struct Health {
    net: Net,
    clock: Clock,
    news: watch::Sender<u64>,
    down: Mutex<HashMap<String, Down>>,
}

#[derive(Debug)]
struct Down {
    /// Of the settings that it failed with; other settings deserve another try.
    settings: u64,
    said: String,
    /// When it left a command unanswered. That somebody takes a connection there says nothing then.
    silent_at: Option<Millis>,
}

impl Health {
    /// Everything is well. `news` ticks whenever that changes.
    #[must_use]
    pub fn new(net: Net, clock: Clock, news: watch::Sender<u64>) -> Self {
        Self { net, clock, news, down: Mutex::default() }
    }

    /// Whether nothing speaks against asking this door.
    #[must_use]
    pub fn online(&self, door: &DoorRow) -> bool {
        self.trouble(door).is_none()
    }

    /// Whether an opening is let through: nothing speaks against it, or the door was silent and it is time for a try.
    #[must_use]
    pub fn tries(&self, door: &DoorRow) -> bool {
        let now = self.clock.now();
        let down = self.down();
        down.get(&door.id).filter(|down| down.settings == mark(door)).is_none_or(|down| {
            // A clock that was set back must not shut a door for as long.
            down.silent_at.is_some_and(|at| (now - at).abs() >= TRY_MS)
        })
    }

    /// What went wrong last, while the door is off line.
    #[must_use]
    pub fn trouble(&self, door: &DoorRow) -> Option<String> {
        let down = self.down();
        down.get(&door.id).filter(|down| down.settings == mark(door)).map(|down| down.said.clone())
    }

    /// The door answered.
    pub fn well(&self, door: &DoorRow) {
        if self.down().remove(&door.id).is_some() {
            self.tell();
        }
    }

    /// The door left a command unanswered. Only an answer, or other settings, take it back on line.
    pub fn silent(&self, door: &DoorRow, said: String) {
        let down = Down { settings: mark(door), said, silent_at: Some(self.clock.now()) };
        self.down().insert(door.id.clone(), down);
        self.tell();
    }

    /// The door is gone.
    pub fn forget(&self, door: &str) {
        self.down().remove(door);
    }

    fn tell(&self) {
        self.news.send_modify(|count| *count += 1);
    }

    /// The door could not be reached. From now on its address is looked at until somebody takes a connection there.
    pub fn ill(self: &Arc<Self>, door: &DoorRow, said: String, target: Target) {
        let settings = mark(door);
        let before = self.down().insert(door.id.clone(), Down { settings, said, silent_at: None });
        self.tell();
        if before.is_some_and(|before| before.settings == settings && before.silent_at.is_none()) {
            return;
        }
        tokio::spawn(self.clone().look(door.id.clone(), settings, target));
    }

    async fn look(self: Arc<Self>, door: String, settings: u64, target: Target) {
        let mut pause = FIRST;
        loop {
            tokio::time::sleep(pause).await;
            let mine = |down: &MutexGuard<'_, HashMap<String, Down>>| {
                down.get(&door).is_some_and(|down| down.settings == settings && down.silent_at.is_none())
            };
            if !mine(&self.down()) {
                return;
            }
            if self.net.connect(&target).await.is_ok() {
                let mut down = self.down();
                if mine(&down) {
                    down.remove(&door);
                    drop(down);
                    self.tell();
                }
                return;
            }
            pause = (pause * 2).min(LAST);
        }
    }

    fn down(&self) -> MutexGuard<'_, HashMap<String, Down>> {
        self.down.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells one set of settings from another, within this process.
#[must_use]
pub fn mark(door: &DoorRow) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&door.driver, &door.driver_settings, &door.driver_sealed).hash(&mut hasher);
    hasher.finish()
}
