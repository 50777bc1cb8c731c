//! What a queued change sees: its transaction, the moment, and a buffer for its audit events.

use crate::clock::Clock;
use crate::error::Result;
use crate::store::audit::NewEvent;
use crate::store::connection::AnyConnection;
use diesel::Connection;
use domain::Millis;

/// A transaction under way.
pub struct Tx<'a> {
    /// For queries.
    pub connection: &'a mut AnyConnection,
    /// The moment of the batch.
    pub now: Millis,
    /// For new ids.
    pub clock: &'a Clock,
    pub(crate) events: Vec<NewEvent>,
}

impl Tx<'_> {
    /// Buffers an event; it is chained and stored at the end of the batch, or dropped with everything else this change did.
    pub fn record(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Runs a change in a savepoint that takes its buffered events back as well.
    pub(crate) fn attempt<T>(&mut self, change: impl FnOnce(&mut Self) -> Result<T>) -> Attempt<T> {
        let events = self.events.len();
        if let Err(cause) = begin(self.connection) {
            return Attempt::BatchLost(cause.to_string());
        }
        match change(self) {
            Ok(value) => match commit(self.connection) {
                Ok(()) => Attempt::Done(value),
                Err(cause) => Attempt::BatchLost(cause.to_string()),
            },
            Err(error) => {
                self.events.truncate(events);
                match rollback(self.connection) {
                    Ok(()) => Attempt::Refused(error),
                    // Some failures (a full disk among them) end the whole transaction, not just the savepoint.
                    Err(cause) => Attempt::BatchLost(cause.to_string()),
                }
            }
        }
    }
}

/// What became of one change within a batch.
pub(crate) enum Attempt<T> {
    Done(T),
    Refused(crate::error::Error),
    BatchLost(String),
}

use diesel::connection::TransactionManager as _;
type Manager = <AnyConnection as Connection>::TransactionManager;

fn begin(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    Manager::begin_transaction(connection)
}
fn commit(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    Manager::commit_transaction(connection)
}
fn rollback(connection: &mut AnyConnection) -> diesel::QueryResult<()> {
    Manager::rollback_transaction(connection)
}
