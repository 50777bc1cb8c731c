//! How doors open: one interface, one module a kind of driver.

pub mod health;
pub mod http;
pub mod mqtt;
pub mod simulator;
pub mod terminal;

use crate::clock::Clock;
use crate::net::Net;
use crate::secret::Keys;
use crate::store::door::DoorRow;
use async_trait::async_trait;
use domain::Millis;
use domain::template::Values;
use health::Health;
use std::sync::Arc;
use tokio::sync::watch;

/// What a driver is told.
#[derive(Clone, Debug)]
pub struct OpenCommand {
    /// The door.
    pub door: DoorRow,
    /// The event that it follows from; a driver that sees it again does nothing again.
    pub event: String,
    /// When it was asked for.
    pub issued_at: Millis,
    /// After this it must not open any more.
    pub deadline: std::time::Instant,
}

impl OpenCommand {
    /// What the marks of a driver's texts stand for.
    #[must_use]
    pub fn values(&self) -> Values {
        Values {
            door_id: self.door.id.clone(),
            door_name: self.door.name.clone(),
            event_id: self.event.clone(),
            unlock_ms: self.door.unlock_ms,
            issued_at: self.issued_at,
        }
    }
}

/// What a driver says, with its own words where it has any. Silence is not an answer: whoever asks waits until the
/// deadline and then calls it a time-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriverAnswer {
    /// It opened.
    Opened(String),
    /// Something between took the command for the door; nobody says whether it opened.
    Sent(String),
    /// It did not open, and will not because of this command.
    Refused(String),
}

/// A kind of door hardware.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Whether the door can be reached, from what is known already; must not wait.
    fn online(&self, door: &DoorRow) -> bool;

    /// Whether an opening is let through: the door can be reached, or it is time to try whether it can again.
    fn tries(&self, door: &DoorRow) -> bool {
        self.online(door)
    }

    /// Opens the door once.
    async fn open(&self, command: OpenCommand) -> DriverAnswer;

    /// Hears that a command was given up at its deadline.
    fn unanswered(&self, _door: &DoorRow) {}

    /// Why the door cannot be reached, in a sentence; may be empty.
    fn trouble(&self, _door: &DoorRow) -> String {
        String::new()
    }
}

/// The drivers of this process.
#[derive(Clone, Debug)]
pub struct Drivers {
    /// Doors that exist only here.
    pub simulator: Arc<simulator::Simulator>,
    /// Doors behind an address on the web or the local network.
    pub http: Arc<http::Http>,
    /// Doors behind a message broker.
    pub mqtt: Arc<mqtt::Mqtt>,
    /// Doors whose relay hangs on a terminal.
    pub terminal: Arc<terminal::Terminals>,
    news: watch::Sender<u64>,
}

impl Drivers {
    /// All drivers, ready.
    #[must_use]
    pub fn new(net: &Net, keys: &Arc<Keys>, clock: &Clock) -> Self {
        let news = watch::channel(0).0;
        let health = Arc::new(Health::new(net.clone(), clock.clone(), news.clone()));
        Self {
            simulator: Arc::default(),
            http: Arc::new(http::Http::new(net.clone(), keys.clone(), clock.clone(), health.clone())),
            mqtt: Arc::new(mqtt::Mqtt::new(net.clone(), keys.clone(), health, news.clone())),
            terminal: Arc::new(terminal::Terminals::new(clock.clone(), news.clone())),
            news,
        }
    }

    /// The driver of a door.
    #[must_use]
    pub fn of(&self, door: &DoorRow) -> Option<Arc<dyn Driver>> {
        match door.driver.as_str() {
            simulator::KIND => Some(self.simulator.clone()),
            http::KIND => Some(self.http.clone()),
            mqtt::KIND => Some(self.mqtt.clone()),
            terminal::KIND => Some(self.terminal.clone()),
            _ => None,
        }
    }

    /// How a door says that it stands; nothing where it says nothing.
    #[must_use]
    pub fn standing(&self, door: &DoorRow) -> Option<mqtt::Standing> {
        if door.driver == mqtt::KIND { self.mqtt.standing(door) } else { None }
    }

    /// Ticks whenever a door may stand otherwise than before.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Whether a door can be reached.
    #[must_use]
    pub fn online(&self, door: &DoorRow) -> bool {
        self.of(door).is_some_and(|driver| driver.online(door))
    }

    /// Whether an opening of a door is let through, though it be to try whether the door answers again.
    #[must_use]
    pub fn tries(&self, door: &DoorRow) -> bool {
        self.of(door).is_some_and(|driver| driver.tries(door))
    }
}

/// What of a door's driver is secret, if there is anything and it can be read.
#[must_use]
pub fn secrets(keys: &Keys, door: &DoorRow) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    keys.open(&seal_context(&door.id), door.driver_sealed.as_deref()?)
}

/// What the sealed settings of a door are bound to.
#[must_use]
pub fn seal_context(door: &str) -> String {
    format!("doors.driver_sealed/{door}")
}

/// A driver's name for people.
#[must_use]
pub fn label(kind: &str) -> &str {
    match kind {
        simulator::KIND => "Simulator",
        http::KIND => "Web request",
        mqtt::KIND => "MQTT",
        terminal::KIND => "Terminal",
        other => other,
    }
}
