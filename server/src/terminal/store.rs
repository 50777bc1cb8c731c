//! What a terminal keeps: one SQLite file and one process on it, each transaction on the disk before anything follows
//! from it.

mod rows;
mod tables;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use rows::{clear, put, put_text, put_value, text, value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use tables::{kept, marks, records};
use terminal::wire::Entry;
use terminal::{Kept, Mark, Record, Write};

/// The file's layout, step by step; the file knows how many it has.
const STEPS: [&str; 1] = ["CREATE TABLE kept (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
    CREATE TABLE records (sequence BIGINT PRIMARY KEY NOT NULL, done BOOLEAN NOT NULL, record TEXT NOT NULL);
    CREATE TABLE marks (credential TEXT PRIMARY KEY NOT NULL, mark TEXT NOT NULL);"];
/// Entries that travel together, at most in bytes.
const BATCH_BYTES: usize = 800_000;

/// Why nothing can be kept, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

type Result<T> = std::result::Result<T, Trouble>;

impl From<diesel::result::Error> for Trouble {
    fn from(cause: diesel::result::Error) -> Self {
        Self(format!("The terminal's file cannot be read or written: {cause}."))
    }
}

impl From<serde_json::Error> for Trouble {
    fn from(cause: serde_json::Error) -> Self {
        Self(format!("The terminal's file holds what this version cannot read: {cause}."))
    }
}

/// Where the server is, as it was paired.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Server {
    /// Its address.
    pub url: String,
    /// Whose certificate is believed, PEM; empty for the public authorities.
    pub certificate: String,
}

/// The open file.
pub struct Store {
    connection: SqliteConnection,
    _lock: File,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Integer)]
    user_version: i32,
}

impl Store {
    /// Opens the file, which only its owner may read; makes it when it is to be made.
    ///
    /// # Errors
    /// When there is none, another process has it, it cannot be opened, or a later version wrote it.
    pub fn open(path: &Path, make: bool) -> Result<Self> {
        let at = |cause: &dyn std::fmt::Display| Trouble(format!("{}: {cause}.", path.display()));
        if !make && !path.exists() {
            return Err(Trouble(format!(
                "{} does not exist. Pair this machine first: latchkey terminal pair --server … --code … --data {}",
                path.display(),
                path.display()
            )));
        }
        let lock = private(&beside(path)).map_err(|cause| at(&cause))?;
        lock.try_lock().map_err(|_| Trouble(format!("Another terminal uses {} already.", path.display())))?;
        private(path).map_err(|cause| at(&cause))?;
        let mut connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(|cause| at(&cause))?;
        for pragma in [
            "PRAGMA busy_timeout = 5000",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA secure_delete = ON",
            "PRAGMA cache_size = -2000",
        ] {
            connection.batch_execute(pragma).map_err(|cause| at(&cause))?;
        }
        let mut store = Self { connection, _lock: lock };
        store.migrate()?;
        Ok(store)
    }

    fn migrate(&mut self) -> Result<()> {
        let version: Version = diesel::sql_query("PRAGMA user_version").get_result(&mut self.connection)?;
        let done = usize::try_from(version.user_version).unwrap_or(0);
        if done > STEPS.len() {
            return Err(Trouble("The terminal's file was written by a later version of Latchkey.".into()));
        }
        for (at, step) in STEPS.iter().enumerate().skip(done) {
            self.connection.immediate_transaction(|c| {
                c.batch_execute(step)?;
                c.batch_execute(&format!("PRAGMA user_version = {}", at + 1))
            })?;
        }
        Ok(())
    }

    /// Stores all of it or nothing; when it returns, it would survive a loss of power.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn apply(&mut self, writes: &[Write]) -> Result<()> {
        self.connection.immediate_transaction(|c| writes.iter().try_for_each(|write| put(c, write)))
    }

    /// Remembers where the server is, in place of anything that was kept before.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn begin(&mut self, server: &Server, writes: &[Write]) -> Result<()> {
        self.connection.immediate_transaction(|c| {
            clear(c)?;
            put_value(c, "server", server)?;
            writes.iter().try_for_each(|write| put(c, write))
        })
    }

    /// Where the server is, and all that a terminal begins with; none: not paired.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn kept(&mut self) -> Result<Option<(Server, Kept)>> {
        let c = &mut self.connection;
        let (Some(server), Some(identity), Some(state)) =
            (value::<Server>(c, "server")?, value(c, "identity")?, value(c, "state")?)
        else {
            return Ok(None);
        };
        let list = text(c, "manifest")?.zip(text(c, "list")?);
        let marks: Vec<String> = marks::table.select(marks::mark).load(c)?;
        let marks = marks.iter().map(|mark| serde_json::from_str::<Mark>(mark)).collect::<serde_json::Result<_>>()?;
        let open = records::table.filter(records::done.eq(false)).order(records::sequence);
        let open: Vec<String> = open.select(records::record).load(c)?;
        let unfinished = open.iter().map(|one| serde_json::from_str(one)).collect::<serde_json::Result<_>>()?;
        Ok(Some((server, Kept { identity, state, list, marks, unfinished })))
    }

    /// The oldest entries that may go up, in order.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn batch(&mut self) -> Result<Vec<Entry>> {
        let most = i64::try_from(terminal::BATCH).unwrap_or(i64::MAX);
        let oldest = records::table.order(records::sequence).limit(most).select((records::done, records::record));
        let rows: Vec<(bool, String)> = oldest.load(&mut self.connection)?;
        let mut size = 0;
        let mut entries = Vec::new();
        for (_, record) in rows.into_iter().take_while(|(done, _)| *done) {
            size += record.len();
            if size > BATCH_BYTES {
                break;
            }
            entries.push(serde_json::from_str::<Record>(&record)?.entry);
        }
        Ok(entries)
    }

    /// How many entries the server does not have yet.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn waiting(&mut self) -> Result<i64> {
        Ok(records::table.count().get_result(&mut self.connection)?)
    }

    /// What a scanner's keys stand for, if that was learned.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn layout<T: DeserializeOwned>(&mut self) -> Result<Option<T>> {
        value(&mut self.connection, "layout")
    }

    /// Remembers what a scanner's keys stand for.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn set_layout<T: Serialize>(&mut self, layout: &T) -> Result<()> {
        put_value(&mut self.connection, "layout", layout)
    }

    /// In which run of the machine the terminal last ran, if that was noted.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn boot(&mut self) -> Result<Option<String>> {
        text(&mut self.connection, "boot")
    }

    /// Notes in which run of the machine the terminal runs.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn set_boot(&mut self, boot: &str) -> Result<()> {
        put_text(&mut self.connection, "boot", boot)
    }

    /// Forgets everything, in the file's pages too.
    ///
    /// # Errors
    /// When it cannot be stored.
    pub fn wipe(&mut self) -> Result<()> {
        self.connection.immediate_transaction(clear)?;
        self.connection.batch_execute("VACUUM")?;
        Ok(self.connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

#[cfg(test)]
mod tests;
