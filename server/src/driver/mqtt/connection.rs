//! One connection to a broker (MQTT 5), shared by the doors that use it. It comes back by itself; a command never
//! waits for that, and carries its deadline along, so that no broker keeps it for a device that is away.

mod worker;

use crate::net::{Net, Target};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use worker::Worker;

/// How the connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not yet tried to the end.
    New,
    /// There.
    Up,
    /// Not there, and why.
    Down(String),
}

/// A message that came.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) number: u64,
    pub(super) topic: String,
    pub(super) payload: Vec<u8>,
    /// Kept by the broker from some time before.
    pub(super) retained: bool,
}

/// How far a command got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// On its way; messages up to this number came before it.
    Written(u64),
    /// The broker has it.
    Taken,
    /// It went nowhere, and why.
    Dropped(String),
}

/// A command.
struct Command {
    topic: String,
    payload: String,
    qos: u8,
    deadline: Instant,
    progress: mpsc::UnboundedSender<Progress>,
}

struct Shared {
    phase: watch::Sender<Phase>,
    last: Mutex<HashMap<String, Message>>,
    /// Topics that the broker does not let us hear, and why.
    refused: Mutex<HashMap<String, String>>,
    messages: broadcast::Sender<Message>,
    news: watch::Sender<u64>,
}

impl Shared {
    fn last(&self) -> MutexGuard<'_, HashMap<String, Message>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, phase: Phase) {
        self.phase.send_replace(phase);
        self.news.send_modify(|count| *count += 1);
    }
}

/// The connection. It ends when this is dropped.
pub(super) struct Connection {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
    topics: watch::Sender<BTreeSet<String>>,
    _stop: DropGuard,
}

/// Where to, and as whom.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Broker {
    pub(super) organization: String,
    pub(super) target: Target,
    pub(super) user: String,
    pub(super) password: String,
}

impl Connection {
    /// Begins to connect.
    pub(super) fn open(net: Net, broker: Broker, client: String, news: watch::Sender<u64>) -> Self {
        let (commands, received) = mpsc::channel(64);
        let (topics, wanted) = watch::channel(BTreeSet::new());
        let shared = Arc::new(Shared {
            phase: watch::channel(Phase::New).0,
            last: Mutex::default(),
            refused: Mutex::default(),
            messages: broadcast::channel(1_024).0,
            news,
        });
        let stop = CancellationToken::new();
        let worker =
            Worker { net, broker, client, shared: shared.clone(), commands: received, topics: wanted, number: 0 };
        tokio::spawn({
            let stop = stop.clone();
            async move {
                let _ = stop.run_until_cancelled(worker.work()).await;
            }
        });
        Self { shared, commands, topics, _stop: stop.drop_guard() }
    }

    pub(super) fn want(&self, topics: BTreeSet<String>) {
        self.topics.send_if_modified(|now| {
            let other = *now != topics;
            *now = topics;
            other
        });
    }

    pub(super) fn phase(&self) -> Phase {
        self.shared.phase.borrow().clone()
    }

    /// Waits for the end of the first try.
    pub(super) async fn tried(&self) -> Phase {
        let mut phase = self.shared.phase.subscribe();
        match phase.wait_for(|phase| *phase != Phase::New).await {
            Ok(phase) => phase.clone(),
            Err(_) => Phase::Down("The connection to the broker ended.".into()),
        }
    }

    /// The last message under a topic.
    pub(super) fn last(&self, topic: &str) -> Option<Message> {
        self.shared.last().get(topic).cloned()
    }

    /// Why the broker does not let us hear a topic, while it does not.
    pub(super) fn refused(&self, topic: &str) -> Option<String> {
        self.shared.refused().get(topic).cloned()
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Message> {
        self.shared.messages.subscribe()
    }

    /// Hands a command over. Nothing comes back when the connection breaks while it is on its way.
    pub(super) fn send(
        &self,
        topic: &str,
        payload: String,
        qos: u8,
        deadline: Instant,
    ) -> mpsc::UnboundedReceiver<Progress> {
        let (progress, received) = mpsc::unbounded_channel();
        let command = Command { topic: topic.to_owned(), payload, qos, deadline, progress: progress.clone() };
        if self.commands.try_send(command).is_err() {
            let _ = progress.send(Progress::Dropped("Too many commands wait for this broker.".into()));
        }
        received
    }
}
