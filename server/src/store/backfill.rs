//! Brings SQLite's write-ahead log back into its file beside the writer, so that no tap waits for that.
//!
//! SQLite does this at every so-many-th commit by itself, in the committing thread. The writer leaves it to this thread
//! and does itself only what is left when the log has grown long: then it is nearly done, and the log can begin anew,
//! which takes a moment without writers.

use super::connection::{AnyConnection, DatabaseUrl};
use diesel::connection::SimpleConnection;
use std::time::Duration;
use tokio::sync::watch;

/// How often, while there is something to bring back.
const EVERY: Duration = Duration::from_millis(250);

/// Starts the thread; it ends with the database that `changes` belongs to.
pub(super) fn start(url: DatabaseUrl, mut changes: watch::Receiver<u64>) {
    let DatabaseUrl::Sqlite(_) = &url else {
        return;
    };
    let thread = std::thread::Builder::new().name("backfill".into());
    let started = thread.spawn(move || {
        let mut connection = None;
        while let Ok(changed) = changes.has_changed() {
            if changed {
                changes.mark_unchanged();
                connection = connection.or_else(|| url.connect().ok());
                // Refused while somebody else is at it, and on a full disk; the writer says so when it matters.
                if let Some(AnyConnection::Sqlite(c)) = &mut connection
                    && let Err(cause) = c.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
                {
                    tracing::debug!(%cause, "the write-ahead log was not brought back");
                    connection = None;
                }
            }
            std::thread::sleep(EVERY);
        }
    });
    if let Err(cause) = started {
        tracing::warn!(%cause, "the write-ahead log is brought back by the writer itself");
    }
}
