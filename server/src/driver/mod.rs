//! How doors open: one interface, one module a kind of driver.

pub mod simulator;

use crate::store::door::DoorRow;
use async_trait::async_trait;
use std::sync::Arc;

/// What a driver is told.
#[derive(Clone, Debug)]
pub struct OpenCommand {
    /// The door.
    pub door: DoorRow,
    /// The grant that it follows from; a driver that sees it again does nothing again.
    pub event: String,
    /// After this it must not open any more.
    pub deadline: std::time::Instant,
}

/// What a driver says. Silence is not an answer: whoever asks waits until the deadline and then calls it a time-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriverAnswer {
    /// It opened.
    Opened,
    /// It did not open, and will not because of this command.
    Refused(String),
}

/// A kind of door hardware.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Whether the door can be reached, from what is known already; must not wait.
    fn online(&self, door: &DoorRow) -> bool;

    /// Opens the door once.
    async fn open(&self, command: OpenCommand) -> DriverAnswer;
}

/// The drivers of this process.
#[derive(Clone, Debug)]
pub struct Drivers {
    /// Doors that exist only here.
    pub simulator: Arc<simulator::Simulator>,
}

impl Drivers {
    /// All drivers, ready.
    #[must_use]
    pub fn new() -> Self {
        Self { simulator: Arc::new(simulator::Simulator::default()) }
    }

    /// The driver of a door.
    #[must_use]
    pub fn of(&self, door: &DoorRow) -> Option<Arc<dyn Driver>> {
        match door.driver.as_str() {
            simulator::KIND => Some(self.simulator.clone()),
            _ => None,
        }
    }

    /// Whether a door can be reached.
    #[must_use]
    pub fn online(&self, door: &DoorRow) -> bool {
        self.of(door).is_some_and(|driver| driver.online(door))
    }
}

impl Default for Drivers {
    fn default() -> Self {
        Self::new()
    }
}

/// A driver's name for people.
#[must_use]
pub fn label(kind: &str) -> &str {
    match kind {
        simulator::KIND => "Simulator",
        other => other,
    }
}
