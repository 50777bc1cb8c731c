//! What the whole server shares: opened once at start, handed to every use case.

use crate::clock::Clock;
use crate::config::Config;
use crate::driver::Drivers;
use crate::error::{Error, Result};
use crate::net::Net;
use crate::notify::sms::Texter;
use crate::secret::Keys;
use crate::service::password::Hasher;
use crate::service::refusals::Refusals;
use crate::service::terminal::journal::Complete;
use crate::store::Db;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The server's parts.
#[derive(Clone, Debug)]
pub struct App {
    /// How it is set up.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// The key outside the database, and what is derived from it.
    pub keys: Arc<Keys>,
    /// Time and randomness.
    pub clock: Clock,
    /// The way out to addresses that admins choose.
    pub net: Net,
    /// How doors open.
    pub drivers: Drivers,
    /// Password hashing, a few at a time.
    pub hasher: Hasher,
    /// Where text messages go.
    pub texter: Texter,
    /// Credentials that are refused too often to be heard.
    pub refusals: Arc<Refusals>,
    /// How much of terminals' journals is here.
    pub journals: Arc<Complete>,
    /// Wakes the outbox.
    pub outbox: Arc<Notify>,
    /// Work that goes on when its request is gone; a graceful stop waits for it.
    pub tasks: TaskTracker,
    /// Cancelled when the server is to stop.
    pub stop: CancellationToken,
}

impl App {
    /// Opens everything. Starts nothing yet that acts by itself.
    ///
    /// # Errors
    /// When the data folder, the key or the database cannot be used.
    pub fn open(config: Config) -> Result<Self> {
        // The log, names and addresses in it are for the one who runs the server; a folder that is there keeps its mode.
        let mut folder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.recursive(true).create(&config.data_dir).map_err(|cause| {
            Error::Unavailable(format!("the data folder {} cannot be made: {cause}", config.data_dir.display()))
        })?;
        let keys = Keys::load(&config).map_err(|cause| Error::Unavailable(cause.to_string()))?;
        let (keys, clock, net) = (Arc::new(keys), Clock::default(), Net::new(&config.allowed_targets));
        let drivers = Drivers::new(&net, &keys, &clock);
        let reach = drivers.clone();
        let db = Db::open(&config.database, clock.clone(), Arc::new(move |door| reach.tries(door)))?;
        drivers.terminal.attach(db.reader());
        Ok(Self {
            texter: Texter::new(&config),
            config: Arc::new(config),
            db,
            keys,
            clock,
            net,
            drivers,
            hasher: Hasher::default(),
            refusals: Arc::default(),
            journals: Arc::default(),
            outbox: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        })
    }

    /// The address under which people reach this server, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.config.base_url.trim_end_matches('/')
    }

    /// A session ends after so long without use, milliseconds.
    #[must_use]
    pub fn session_idle_ms(&self) -> i64 {
        i64::from(self.config.session_idle_minutes) * 60_000
    }

    /// The same for an organization's admins, which may shorten it.
    #[must_use]
    pub fn session_idle_ms_of(&self, organization: &crate::store::organization::OrganizationRow) -> i64 {
        let own = organization.session_idle_minutes.map_or(i64::MAX, |minutes| minutes * 60_000);
        self.session_idle_ms().min(own)
    }

    /// A session ends after so long in any case, milliseconds.
    #[must_use]
    pub fn session_absolute_ms(&self) -> i64 {
        i64::from(self.config.session_hours) * 3_600_000
    }

    /// Whether people reach it by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.config.base_url.starts_with("https://")
    }
}
