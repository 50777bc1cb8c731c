//! The writer: one queue and one thread a process; whatever waits is run in one transaction and answered after its commit.

mod batch;
mod counts;
mod journal;
mod load;
mod outcome;
mod queue;
mod scan;
mod tap;
mod transaction;

pub use journal::{Entries, Entry, Said};
pub use outcome::{OpeningOutcome, OutcomeKind};
pub use queue::{Admission, Answer};
pub use scan::{Refused, Scan, ScanAnswer};
pub use tap::{Credential, Tap, TapAnswer};
pub use transaction::Tx;

use super::connection::{AnyConnection, DatabaseUrl};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::door::DoorRow;
use queue::{Job, Queue};
use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{oneshot, watch};

/// Says whether what opens a door can be reached; asked within the batch, so it must answer at once from memory.
pub type Reachable = Arc<dyn Fn(&DoorRow) -> bool + Send + Sync>;

/// Runs again in a retried batch, so it changes nothing outside its transaction.
pub(crate) type Change = Box<dyn Fn(&mut Tx<'_>) -> Result<Box<dyn Any + Send>> + Send>;

/// The writer of this process.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    stores: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What a batch needs besides its connection.
pub(crate) struct Surroundings {
    pub(crate) url: DatabaseUrl,
    pub(crate) clock: Clock,
    pub(crate) reachable: Reachable,
    pub(crate) changed: watch::Sender<u64>,
    /// Whether the last batch could be stored.
    pub(crate) stores: Arc<AtomicBool>,
}

impl Writer {
    pub(crate) fn start(
        url: DatabaseUrl,
        connection: AnyConnection,
        clock: Clock,
        reachable: Reachable,
        changed: watch::Sender<u64>,
    ) -> Result<Self> {
        let queue = Arc::new(Queue::default());
        let stores = Arc::new(AtomicBool::new(true));
        let surroundings = Surroundings { url, clock, reachable, changed, stores: stores.clone() };
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn({
                let queue = queue.clone();
                move || batch::work(&queue, connection, &surroundings)
            })
            .map_err(|cause| Error::Unavailable(format!("the writer's thread could not start: {cause}")))?;
        Ok(Self { queue, stores, thread: Some(thread) })
    }

    /// Whether the last batch could be stored.
    pub(crate) fn stores(&self) -> bool {
        self.stores.load(Ordering::Relaxed)
    }

    pub(crate) async fn admit(&self, admission: Admission) -> Result<Answer> {
        let (answer, answered) = oneshot::channel();
        self.queue.push_admission(admission, answer)?;
        answered.await.map_err(|_| lost())?
    }

    pub(crate) async fn write<T, F>(&self, write: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let change: Change = Box::new(move |tx| write(tx).map(|value| Box::new(value) as Box<dyn Any + Send>));
        self.queue.push_job(Job { change, answer })?;
        let value = answered.await.map_err(|_| lost())??;
        value
            .downcast()
            .map(|value| *value)
            .map_err(|_| Error::Unavailable("a change answered with another type".into()))
    }
}

impl Drop for Writer {
    /// Finishes what is queued, so that a graceful stop loses nothing.
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

fn lost() -> Error {
    Error::Unavailable("the writer stopped before it answered".into())
}
