//! Pages of the event log among a million events, compared with the same among ten thousand.

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::Row;
use crate::postgres::{Cluster, Files};
use crate::shell;

/// The pages, by what the benchmark calls them, with their line of the table on each database.
const PAGES: [(&str, [&str; 2]); 10] = [
    (
        "first page",
        ["events, first page, 1,000,000 to 10,000, SQLite", "events, first page, 1,000,000 to 10,000, Postgres"],
    ),
    ("door", ["events of a door, SQLite", "events of a door, Postgres"]),
    ("link", ["events of a link, SQLite", "events of a link, Postgres"]),
    ("action", ["events by action, SQLite", "events by action, Postgres"]),
    ("outcome", ["events by outcome, SQLite", "events by outcome, Postgres"]),
    ("reason", ["events by reason, SQLite", "events by reason, Postgres"]),
    ("rare reason", ["events by a reason long past, SQLite", "events by a reason long past, Postgres"]),
    ("person", ["events of a person, SQLite", "events of a person, Postgres"]),
    ("search", ["events by search, SQLite", "events by search, Postgres"]),
    ("door and outcome", ["events of a door by outcome, SQLite", "events of a door by outcome, Postgres"]),
];

pub(super) fn measure() -> Result<Vec<Row>> {
    let cluster = Cluster::start(Files::OnDisk)?;
    let mut rows = Vec::new();
    for (at, database) in ["sqlite", "postgres"].into_iter().enumerate() {
        let (few, many) = (once(database, &cluster, 10_000)?, once(database, &cluster, 1_000_000)?);
        for (page, names) in PAGES {
            let number =
                |of: &Map<String, Value>| of.get(page).and_then(Value::as_f64).with_context(|| format!("no {page}"));
            let (few, many) = (number(&few)?, number(&many)?);
            let ratio = many / few;
            rows.push(Row {
                name: names[at],
                measured: format!("{many:.1} ms to {few:.1} ms: {ratio:.2}"),
                target: "<= 2 times",
                met: ratio <= 2.0,
            });
        }
    }
    Ok(rows)
}

/// The benchmark in a log of so many events.
fn once(database: &str, cluster: &Cluster, events: u32) -> Result<Map<String, Value>> {
    let folder = tempfile::tempdir()?;
    let url = if database == "sqlite" {
        format!("sqlite://{}", folder.path().join("latchkey.db").display())
    } else {
        cluster.database(&format!("events_{events}"))?
    };
    let mut bench = shell::words(&["cargo", "bench", "--quiet", "-p", "server", "--bench", "events"]);
    bench
        .env("LATCHKEY_DATA_DIR", folder.path())
        .env("LATCHKEY_DATABASE_URL", url)
        .env("LATCHKEY_BENCH_EVENTS", events.to_string());
    let said = shell::timed(&format!("events: {database}, {events}"), || shell::output(&mut bench))?;
    let line = said.lines().rfind(|line| line.starts_with('{')).context("the benchmark printed no result")?;
    Ok(serde_json::from_str(line)?)
}
