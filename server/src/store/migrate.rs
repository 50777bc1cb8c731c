//! Brings a database to this version's schema.

use super::connection::AnyConnection;
use crate::error::{Error, Result};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Runs what is pending, each in its transaction, and says how many there were.
///
/// # Errors
/// When a migration fails, or when the database was made by a newer version.
pub fn run(connection: &mut AnyConnection) -> Result<usize> {
    let ran = match connection {
        AnyConnection::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|ran| ran.len()),
        AnyConnection::Postgres(c) => {
            use diesel::connection::SimpleConnection;
            // Replicas that start together take turns.
            c.batch_execute("SELECT pg_advisory_lock(7042001)")?;
            let ran = c.run_pending_migrations(POSTGRES).map(|ran| ran.len());
            c.batch_execute("SELECT pg_advisory_unlock(7042001)")?;
            ran
        }
    };
    ran.map_err(|cause| Error::Unavailable(format!("the schema could not be brought up to date: {cause}")))
}
