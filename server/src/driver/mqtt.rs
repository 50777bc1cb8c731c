//! Doors behind an MQTT broker: a command is published, and where the door says how it stands, that is what counts.

mod connection;
pub mod settings;

use super::health::{self, Health};
use super::{Driver, DriverAnswer, OpenCommand};
use crate::net::{CONNECT, Net};
use crate::secret::Keys;
use crate::store::door::DoorRow;
use async_trait::async_trait;
use connection::{Broker, Connection, Phase, Progress};
use settings::{Secrets, Settings, says};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// The driver's name in a door's row.
pub const KIND: &str = "mqtt";

/// How a door says that it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// The doors.
pub struct Mqtt {
    net: Net,
    keys: Arc<Keys>,
    health: Arc<Health>,
    news: watch::Sender<u64>,
    known: Mutex<Known>,
}

impl fmt::Debug for Mqtt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mqtt")
    }
}

#[derive(Default)]
struct Known {
    doors: HashMap<String, Way>,
    /// Doors that left a command unanswered, with the last message that had come by then.
    silent: HashMap<String, u64>,
    connections: HashMap<Broker, Arc<Connection>>,
}

/// The way to a door.
#[derive(Clone)]
struct Way {
    /// Of the settings that this was made from.
    mark: u64,
    broker: Broker,
    settings: Arc<Settings>,
    connection: Arc<Connection>,
}

impl Way {
    fn trouble(&self) -> Option<String> {
        match self.connection.phase() {
            Phase::New => None,
            Phase::Down(why) => Some(why),
            Phase::Up if self.away() => Some("The device says of itself that it is off line.".to_owned()),
            Phase::Up => self.settings.topics().iter().find_map(|topic| self.connection.refused(topic)),
        }
    }

    /// The number of the last message that the device itself sent; what the broker kept is none.
    fn heard(&self) -> u64 {
        let topics = self.settings.topics();
        let last = topics.iter().filter_map(|topic| self.connection.last(topic));
        last.filter(|message| !message.retained).map(|message| message.number).max().unwrap_or(0)
    }

    fn away(&self) -> bool {
        let topic = &self.settings.availability_topic;
        !topic.is_empty() && self.connection.last(topic).is_some_and(|last| says(&last.payload, &self.settings.offline))
    }
}

impl Known {
    /// Tells each connection what to listen to, and ends those that nobody needs.
    fn tidy(&mut self) {
        let mut topics: HashMap<&Broker, BTreeSet<String>> = HashMap::new();
        for way in self.doors.values() {
            topics.entry(&way.broker).or_default().extend(way.settings.topics());
        }
        self.connections.retain(|broker, connection| match topics.get(broker) {
            Some(topics) => {
                connection.want(topics.clone());
                true
            }
            None => false,
        });
    }
}

/// How a door is set up, if it can be read.
#[must_use]
pub fn settings(door: &DoorRow) -> Option<Settings> {
    serde_json::from_str(&door.driver_settings).ok()
}

impl Mqtt {
    /// Over this way out; `news` ticks whenever a door may stand otherwise than before.
    #[must_use]
    pub fn new(net: Net, keys: Arc<Keys>, health: Arc<Health>, news: watch::Sender<u64>) -> Self {
        Self { net, keys, health, news, known: Mutex::default() }
    }

    /// Connects to the brokers of these doors, which are all there are, and lets go of others.
    pub fn keep(&self, doors: &[DoorRow]) {
        let ids: BTreeSet<&str> = doors.iter().map(|door| door.id.as_str()).collect();
        {
            let mut known = self.known();
            known.doors.retain(|id, _| ids.contains(id.as_str()));
            known.silent.retain(|id, _| ids.contains(id.as_str()));
            known.tidy();
        }
        for door in doors {
            if self.way(door).is_none() && self.make(door).is_err() {
                tracing::warn!(door = door.id, "the settings of a door cannot be read");
            }
        }
    }

    /// How a door says that it stands; nothing while that is not known.
    #[must_use]
    pub fn standing(&self, door: &DoorRow) -> Option<Standing> {
        let way = self.way(door).filter(|way| way.connection.phase() == Phase::Up)?;
        let last = way.connection.last(&way.settings.state_topic)?;
        match () {
            () if says(&last.payload, &way.settings.open) => Some(Standing::Open),
            () if says(&last.payload, &way.settings.closed) => Some(Standing::Closed),
            () => None,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn way(&self, door: &DoorRow) -> Option<Way> {
        self.known().doors.get(&door.id).filter(|way| way.mark == health::mark(door)).cloned()
    }

    /// A door that was silent and says something by itself is back.
    fn listen_for(&self, door: &DoorRow, way: &Way) {
        let silent = self.known().silent.get(&door.id).copied();
        if silent.is_some_and(|before| way.heard() > before) {
            self.back(door);
        }
    }

    fn back(&self, door: &DoorRow) {
        self.known().silent.remove(&door.id);
        self.health.well(door);
    }

    fn make(&self, door: &DoorRow) -> Result<Way, String> {
        let broken = || "This door's settings cannot be read. Edit the door and save them again.".to_owned();
        let settings = settings(door).ok_or_else(broken)?;
        let secrets: Secrets = match &door.driver_sealed {
            None => Secrets::default(),
            Some(_) => super::secrets(&self.keys, door).and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or(
                "This door's password cannot be read with this server's key. Type it again in the door's form.",
            )?,
        };
        let broker = Broker {
            organization: door.organization_id.clone(),
            target: settings.target().ok_or_else(broken)?,
            user: settings.user.clone(),
            password: secrets.password,
        };
        let mut known = self.known();
        let connection = known.connections.entry(broker.clone()).or_insert_with(|| {
            let client = format!("latchkey-{}", domain::chain::hex(&crate::clock::random::<6>()));
            Arc::new(Connection::open(self.net.clone(), broker.clone(), client, self.news.clone()))
        });
        let way =
            Way { mark: health::mark(door), connection: connection.clone(), broker, settings: Arc::new(settings) };
        known.doors.insert(door.id.clone(), way.clone());
        known.tidy();
        Ok(way)
    }

    async fn command(&self, way: &Way, command: &OpenCommand) -> DriverAnswer {
        let settings = &way.settings;
        // Nothing is sent yet, so that this is no silence of the door.
        match tokio::time::timeout(CONNECT, way.connection.tried()).await {
            Ok(Phase::Down(why)) => return DriverAnswer::Refused(why),
            Ok(_) => {}
            Err(_) => return DriverAnswer::Refused("The broker did not answer in time.".into()),
        }
        if let Some(why) = way.trouble() {
            return DriverAnswer::Refused(why);
        }
        let mut messages = way.connection.listen();
        let text = settings.command(&command.values());
        let mut progress = way.connection.send(&settings.topic, text, settings.qos, command.deadline);
        let confirms = !settings.state_topic.is_empty();
        let (mut before, mut lost) = (None, false);
        loop {
            tokio::select! {
                biased;
                step = progress.recv(), if !lost => match step {
                    Some(Progress::Written(number)) if !confirms && settings.qos == 0 => {
                        let _ = number;
                        return DriverAnswer::Sent("The message went out to the broker.".into());
                    }
                    Some(Progress::Written(number)) => before = Some(number),
                    Some(Progress::Taken) if !confirms => {
                        return DriverAnswer::Sent("The broker took the message.".into());
                    }
                    Some(Progress::Taken) => {}
                    Some(Progress::Dropped(why)) => return DriverAnswer::Refused(why),
                    // It may have arrived; only the door itself, or the deadline, has a word now.
                    None => lost = true,
                },
                message = messages.recv() => match message {
                    // What the broker kept, or had sent before, is no answer to this command.
                    Ok(message)
                        if !message.retained
                            && confirms
                            && message.topic == settings.state_topic
                            && before.is_some_and(|before| message.number > before)
                            && says(&message.payload, &settings.open) =>
                    {
                        return DriverAnswer::Opened(format!("It says \u{201c}{}\u{201d}.", words(&message.payload)));
                    }
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => std::future::pending().await,
                },
            }
        }
    }
}

fn words(payload: &[u8]) -> String {
    let text = String::from_utf8_lossy(payload);
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}

#[async_trait]
impl Driver for Mqtt {
    fn online(&self, door: &DoorRow) -> bool {
        let way = self.way(door);
        if let Some(way) = &way {
            self.listen_for(door, way);
        }
        way.and_then(|way| way.trouble()).is_none() && self.health.online(door)
    }

    fn tries(&self, door: &DoorRow) -> bool {
        self.online(door) || (self.way(door).and_then(|way| way.trouble()).is_none() && self.health.tries(door))
    }

    async fn open(&self, command: OpenCommand) -> DriverAnswer {
        let way = match self.way(&command.door) {
            Some(way) => way,
            None => match self.make(&command.door) {
                Ok(way) => way,
                Err(sentence) => return DriverAnswer::Refused(sentence),
            },
        };
        if Instant::now() >= command.deadline {
            return DriverAnswer::Refused("The command came too late.".into());
        }
        let answer = self.command(&way, &command).await;
        if !matches!(answer, DriverAnswer::Refused(_)) {
            self.back(&command.door);
        }
        answer
    }

    fn unanswered(&self, door: &DoorRow) {
        if let Some(way) = self.way(door) {
            self.known().silent.insert(door.id.clone(), way.heard());
            let whose = if way.settings.state_topic.is_empty() { "The broker" } else { "The door" };
            self.health.silent(door, format!("{whose} did not answer in time."));
        }
    }

    fn trouble(&self, door: &DoorRow) -> String {
        let trouble = self.way(door).and_then(|way| way.trouble());
        trouble.or_else(|| self.health.trouble(door)).unwrap_or_default()
    }
}
