//! Doors that exist only in this process: they open, or are slow, silent, refusing or away, as their switch says.

use super::{Driver, DriverAnswer, OpenCommand};
use crate::store::door::DoorRow;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// The driver's name in a door's row.
pub const KIND: &str = "simulator";

/// How long a slow door takes.
const SLOW: Duration = Duration::from_secs(3);

/// How a simulated door behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Opens at once.
    #[default]
    Ready,
    /// Opens after three seconds.
    Slow,
    /// Takes the command and never answers.
    Dead,
    /// Answers that it will not open.
    Refusing,
    /// Cannot be reached, and is known to be so.
    Offline,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 5] = [Self::Ready, Self::Slow, Self::Dead, Self::Refusing, Self::Offline];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Slow => "slow",
            Self::Dead => "dead",
            Self::Refusing => "refusing",
            Self::Offline => "offline",
        }
    }

    /// The mode with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }

    /// The mode a door is set to.
    #[must_use]
    pub fn of(door: &DoorRow) -> Self {
        serde_json::from_str::<Settings>(&door.driver_settings).map(|settings| settings.mode).unwrap_or_default()
    }
}

/// What a simulated door's row holds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// How it behaves.
    #[serde(default)]
    pub mode: Mode,
}

/// A door that opened.
#[derive(Clone, Debug, Serialize)]
pub struct Opened {
    /// Which door.
    pub door: String,
    /// Whose, so that nobody else hears of it.
    #[serde(skip)]
    pub organization: String,
    /// For how long, milliseconds.
    pub open_ms: i64,
}

/// The simulated doors.
#[derive(Debug)]
pub struct Simulator {
    open_until: Mutex<HashMap<String, Instant>>,
    opened: broadcast::Sender<Opened>,
}

impl Default for Simulator {
    fn default() -> Self {
        Self { open_until: Mutex::default(), opened: broadcast::channel(256).0 }
    }
}

impl Simulator {
    /// Hears of every door that opens.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Opened> {
        self.opened.subscribe()
    }

    /// How much longer a door stays open, if it is.
    #[must_use]
    pub fn open_for(&self, door: &str) -> Option<Duration> {
        let doors = self.open_until.lock().unwrap_or_else(PoisonError::into_inner);
        doors.get(door).and_then(|until| until.checked_duration_since(Instant::now()))
    }

    fn swing(&self, door: &DoorRow) {
        let open = Duration::from_millis(door.unlock_ms.max(0).cast_unsigned());
        let now = Instant::now();
        let mut doors = self.open_until.lock().unwrap_or_else(PoisonError::into_inner);
        doors.retain(|_, until| *until > now);
        doors.insert(door.id.clone(), now + open);
        drop(doors);
        // Nobody listening is fine.
        let _ = self.opened.send(Opened {
            door: door.id.clone(),
            organization: door.organization_id.clone(),
            open_ms: door.unlock_ms,
        });
    }
}

#[async_trait]
impl Driver for Simulator {
    fn online(&self, door: &DoorRow) -> bool {
        Mode::of(door) != Mode::Offline
    }

    async fn open(&self, command: OpenCommand) -> DriverAnswer {
        match Mode::of(&command.door) {
            Mode::Ready => {}
            Mode::Slow => tokio::time::sleep(SLOW).await,
            Mode::Dead => std::future::pending::<()>().await,
            Mode::Refusing => {
                return DriverAnswer::Refused("The simulated door is set to refuse.".into());
            }
            Mode::Offline => {
                return DriverAnswer::Refused("The simulated door is set to be off line.".into());
            }
        }
        if Instant::now() >= command.deadline {
            return DriverAnswer::Refused("The command came too late.".into());
        }
        self.swing(&command.door);
        DriverAnswer::Opened(String::new())
    }
}
