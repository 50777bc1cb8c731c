//! One connection type over both databases, and how each is opened.
#![expect(missing_docs, reason = "the derive makes types that cannot carry any")]

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, R2D2Connection};
use std::path::PathBuf;

/// A connection to either database; queries are written once against it.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// An embedded file.
    Sqlite(SqliteConnection),
    /// A server.
    Postgres(PgConnection),
}

/// Runs a query on the connection's own type. Diesel then knows the statement by its type and finds it prepared; on the
/// enum it writes the SQL anew each time to look for it. For what every page and every tap runs.
macro_rules! each {
    ($c:ident => $query:expr) => {
        match $c {
            $crate::store::connection::AnyConnection::Sqlite($c) => $query,
            $crate::store::connection::AnyConnection::Postgres($c) => $query,
        }
    };
}
pub(crate) use each;

/// Which database, parsed once at start.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`.
    Sqlite(PathBuf),
    /// `postgres://…`, kept whole.
    Postgres(String),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

impl DatabaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// A sentence, when the scheme is neither `sqlite://` nor `postgres://`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            if path.is_empty() || path.starts_with(':') {
                return Err("sqlite:// needs the path of a file, such as sqlite://data/latchkey.db".into());
            }
            Ok(Self::Sqlite(path.into()))
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self::Postgres(text.to_owned()))
        } else {
            Err("a database address begins with sqlite:// or postgres://".into())
        }
    }

    /// Opens one connection, set up as Latchkey needs it.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub fn connect(&self) -> ConnectionResult<AnyConnection> {
        match self {
            Self::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
                // One statement each, the timeout first: switching to WAL may itself have to wait.
                // FULL, since NORMAL loses acknowledged events at a power cut.
                for pragma in [
                    "PRAGMA busy_timeout = 10000",
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = FULL",
                    "PRAGMA foreign_keys = ON",
                    "PRAGMA cache_size = -4000",
                ] {
                    connection.batch_execute(pragma).map_err(ConnectionError::CouldntSetupConfiguration)?;
                }
                Ok(AnyConnection::Sqlite(connection))
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::establish(url)?;
                connection
                    .batch_execute(
                        "SET lock_timeout = '8s'; SET statement_timeout = '20s'; SET synchronous_commit = on",
                    )
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(AnyConnection::Postgres(connection))
            }
        }
    }
}

impl DatabaseUrl {
    /// Opens the writer's connection.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub(crate) fn connect_writer(&self) -> ConnectionResult<AnyConnection> {
        let mut connection = self.connect()?;
        match &mut connection {
            // The log of a million events has some hundred megabytes of indexes, and each event goes to another corner of
            // them. The write-ahead log is brought back by another thread (see `backfill`); only under load without a pause
            // it grows to 32,000 pages, 128 MB, and the writer brings back what is left. What a statement notes of the pages
            // that it changes is in memory, not in a file.
            AnyConnection::Sqlite(c) => c.batch_execute(
                "PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 32000; PRAGMA temp_store = MEMORY",
            ),
            // Planning anew takes an eighth of a batch, and a plan that was made while the log was empty would read all of
            // it. The writer looks everything up by ids: told that nothing else will do, a plan is right at any size.
            // Without `jit`, since what is forbidden counts as dear, and what is dear is compiled first.
            AnyConnection::Postgres(c) => c.batch_execute(
                "SET plan_cache_mode = force_generic_plan; SET jit = off; SET enable_seqscan = off; \
                 SET enable_hashjoin = off; SET enable_mergejoin = off",
            ),
        }
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }
}

impl AnyConnection {
    /// Begins a transaction that may write; on SQLite it takes the write lock at once,
    /// since a transaction that reads first and writes later fails without waiting.
    pub(crate) fn begin_write(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
            Self::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
        }
    }

    /// Makes everything since `begin_write` durable.
    pub(crate) fn commit(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(c) => AnsiTransactionManager::commit_transaction(c),
            Self::Postgres(c) => AnsiTransactionManager::commit_transaction(c),
        }
    }

    /// Drops everything since `begin_write`.
    pub(crate) fn rollback(&mut self) -> QueryResult<()> {
        match self {
            Self::Sqlite(c) => AnsiTransactionManager::rollback_transaction(c),
            Self::Postgres(c) => AnsiTransactionManager::rollback_transaction(c),
        }
    }

    /// Whether the connection is beyond use.
    pub(crate) fn is_broken(&mut self) -> bool {
        match self {
            Self::Sqlite(c) => R2D2Connection::is_broken(c),
            Self::Postgres(c) => R2D2Connection::is_broken(c) || c.ping().is_err(),
        }
    }
}

/// Opens connections for the pool of readers.
#[derive(Clone, Debug)]
pub(crate) struct Manager(pub(crate) DatabaseUrl);

/// Why a pooled connection could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PoolError {
    #[error("{0}")]
    Connect(#[from] ConnectionError),
    #[error("{0}")]
    Ping(#[from] diesel::result::Error),
}

impl ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = PoolError;

    fn connect(&self) -> Result<AnyConnection, PoolError> {
        Ok(self.0.connect()?)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), PoolError> {
        match connection {
            AnyConnection::Sqlite(_) => Ok(()),
            AnyConnection::Postgres(c) => Ok(c.ping()?),
        }
    }

    fn has_broken(&self, connection: &mut AnyConnection) -> bool {
        match connection {
            AnyConnection::Sqlite(c) => R2D2Connection::is_broken(c),
            AnyConnection::Postgres(c) => R2D2Connection::is_broken(c),
        }
    }
}
