//! Notices what other processes commit: the command line on SQLite, replicas on Postgres.

use super::Db;
use super::connection::{AnyConnection, DatabaseUrl};
use diesel::prelude::*;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often is looked.
const EVERY: Duration = Duration::from_millis(250);

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    data_version: i64,
}

/// Starts a thread that wakes whoever waits on [`Db::changes`], until the token is cancelled.
pub fn start(db: Db, url: DatabaseUrl, stop: CancellationToken) {
    std::thread::spawn(move || {
        let mut connection = None;
        let mut seen = None;
        while !stop.is_cancelled() {
            std::thread::sleep(EVERY);
            if connection.is_none() {
                connection = url.connect().ok();
                if let Some(AnyConnection::Postgres(c)) = &mut connection {
                    let _ = diesel::sql_query("LISTEN latchkey").execute(c);
                }
            }
            let Some(open) = &mut connection else {
                continue;
            };
            match changed(open, &mut seen) {
                Ok(true) => db.wake(),
                Ok(false) => {}
                Err(cause) => {
                    tracing::warn!(%cause, "cannot see what other processes write; connecting again");
                    connection = None;
                }
            }
        }
    });
}

fn changed(connection: &mut AnyConnection, seen: &mut Option<i64>) -> QueryResult<bool> {
    match connection {
        AnyConnection::Sqlite(c) => {
            let now = diesel::sql_query("PRAGMA data_version").get_result::<DataVersion>(c)?.data_version;
            Ok(seen.replace(now).is_some_and(|before| before != now))
        }
        AnyConnection::Postgres(c) => {
            diesel::sql_query("SELECT 1").execute(c)?;
            Ok(c.notifications_iter().filter_map(Result::ok).count() > 0)
        }
    }
}
