//! The database: two entry points, `read` and `write`, and one queue for everything that changes it.

pub mod admin;
pub mod audit;
mod backfill;
pub mod code;
pub mod command;
pub mod connection;
pub mod door;
pub mod event;
pub mod factor;
pub(crate) mod facts;
pub mod group;
pub mod invitation;
pub mod link;
pub mod message;
pub mod migrate;
pub mod names;
pub mod organization;
pub mod people;
pub mod place;
mod prepared;
pub mod quota;
pub mod retention;
pub(crate) mod rows;
pub mod schedule;
pub mod schema;
pub mod session;
pub mod settings;
pub(crate) mod statement;
pub mod terminal;
pub(crate) mod terminal_list;
pub mod throttle;
pub mod watch;
pub mod writer;

use crate::clock::Clock;
use crate::error::{Error, Result};
pub use connection::DatabaseUrl;

use connection::{AnyConnection, Manager};
use diesel::Connection;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch as signal};
use writer::{Admission, Answer, Tx, Writer};

/// How many readers work at once on a server's database, most of the time waiting for it.
const READERS: u32 = 8;

/// How many readers work at once. SQLite works in the reader's own thread, so that more than a few a core only take each
/// other's turn.
fn side_by_side(url: &DatabaseUrl) -> u32 {
    let cores = || std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    match url {
        DatabaseUrl::Sqlite(_) => u32::try_from(cores()).unwrap_or(READERS).clamp(4, 2 * READERS),
        DatabaseUrl::Postgres(_) => READERS,
    }
}

/// The half of the database that reads. Whoever holds only this does not keep the writer at work.
#[derive(Clone)]
pub struct Reader {
    readers: diesel::r2d2::Pool<Manager>,
    turns: Arc<Semaphore>,
    changed: signal::Sender<u64>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

impl Reader {
    /// Runs a read in one transaction, on a thread that may block.
    ///
    /// # Errors
    /// Those of the closure, or `Unavailable` when no connection can be had.
    pub async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        // Waiting for a turn costs no thread; the pool never has to make anybody wait.
        let turn = self.turns.clone().acquire_owned().await;
        let readers = self.readers.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut connection = readers.get().map_err(|cause| Error::Unavailable(cause.to_string()))?;
            AnyConnection::transaction(&mut connection, read)
        })
        .await
        .map_err(|cause| Error::Unavailable(format!("a read panicked: {cause}")))?
    }

    /// Wakes whenever something was committed, here or by another process.
    #[must_use]
    pub fn changes(&self) -> signal::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// The database of this process.
#[derive(Clone)]
pub struct Db {
    reader: Reader,
    writer: Arc<Writer>,
    clock: Clock,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Db")
    }
}

impl Db {
    /// Opens the database, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// When it cannot be reached, or a migration fails.
    pub fn open(url: &DatabaseUrl, clock: Clock, reachable: writer::Reachable) -> Result<Self> {
        let mut first = url.connect_writer().map_err(|cause| Error::Unavailable(cause.to_string()))?;
        migrate::run(&mut first)?;
        let readers = diesel::r2d2::Pool::builder()
            .max_size(side_by_side(url))
            .min_idle(Some(1))
            .connection_timeout(std::time::Duration::from_secs(5))
            .test_on_check_out(false)
            // Whoever asked is told, and says so once; the pool itself would fill the log while a database restarts.
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build_unchecked(Manager(url.clone()));
        let (changed, _) = signal::channel(0);
        let writer = Arc::new(Writer::start(url.clone(), first, clock.clone(), reachable, changed.clone())?);
        backfill::start(url.clone(), changed.subscribe());
        let turns = Arc::new(Semaphore::new(side_by_side(url) as usize));
        Ok(Self { reader: Reader { readers, turns, changed }, writer, clock })
    }

    /// Runs a read in one transaction, on a thread that may block.
    ///
    /// # Errors
    /// Those of the closure, or `Unavailable` when no connection can be had.
    pub async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        self.reader.read(read).await
    }

    /// Queues a change; it runs with others in one transaction and is answered after the commit.
    /// The closure may run more than once and must have no effect outside its transaction.
    ///
    /// # Errors
    /// Those of the closure (then nothing it did remains), or `Unavailable`.
    pub async fn write<T, F>(&self, write: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.writer.write(write).await
    }

    /// Queues a tap or an outcome, handled with all others that wait as one batch.
    ///
    /// # Errors
    /// `Unavailable` when it could not be stored; then nothing may open.
    pub async fn admit(&self, admission: Admission) -> Result<Answer> {
        self.writer.admit(admission).await
    }

    /// Whether something can be stored: the last batch could, or a try now can.
    ///
    /// # Errors
    /// `Unavailable` when nothing can.
    pub async fn stores(&self) -> Result<()> {
        if self.writer.stores() { Ok(()) } else { self.write(audit::touch).await }
    }

    /// Wakes whenever something was committed, here or by another process.
    #[must_use]
    pub fn changes(&self) -> signal::Receiver<u64> {
        self.reader.changes()
    }

    /// The half that reads.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// The clock that writes are stamped with.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn wake(&self) {
        self.reader.changed.send_modify(|count| *count += 1);
    }
}
