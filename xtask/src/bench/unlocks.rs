//! Durable unlocks by 64 callers: through the writer, and as one transaction each over a pool of eight.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Row, median};
use crate::postgres::{Cluster, Files};
use crate::shell;

pub(super) fn measure(seconds: u32) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let cluster = Cluster::start(Files::OnDisk)?;
    for (database, names) in [
        ("sqlite", ["unlocks on SQLite, writer to pool of 8", "99 of 100 unlocks on SQLite within"]),
        ("postgres", ["unlocks on Postgres, writer to pool of 8", "99 of 100 unlocks on Postgres within"]),
    ] {
        let (mut ratios, mut writer, mut pool, mut p99) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for round in 0..3 {
            let one = once(database, &cluster, round, seconds)?;
            let number = |name: &str| one[name].as_f64().with_context(|| format!("no {name}"));
            ratios.push(number("writer_per_second")? / number("pool_per_second")?);
            writer.push(number("writer_per_second")?);
            pool.push(number("pool_per_second")?);
            p99.push(number("writer_p99_ms")?);
        }
        let (ratio, p99) = (median(ratios), median(p99));
        rows.push(Row {
            name: names[0],
            measured: format!("{:.0}/s to {:.0}/s: {ratio:.1} times", median(writer), median(pool)),
            target: ">= 6 times",
            met: ratio >= 6.0,
        });
        rows.push(Row { name: names[1], measured: format!("{p99:.1} ms"), target: "< 25 ms", met: p99 < 25.0 });
    }
    Ok(rows)
}

fn once(database: &str, cluster: &Cluster, round: usize, seconds: u32) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let url = if database == "sqlite" {
        format!("sqlite://{}", folder.path().join("latchkey.db").display())
    } else {
        cluster.database(&format!("bench_{round}"))?
    };
    let mut bench = shell::words(&["cargo", "bench", "--quiet", "-p", "server", "--bench", "unlocks"]);
    bench
        .env("LATCHKEY_DATA_DIR", folder.path())
        .env("LATCHKEY_DATABASE_URL", url)
        .env("LATCHKEY_BENCH_SECONDS", seconds.to_string());
    let name = format!("unlocks: {database}, run {} of 3", round + 1);
    let said = shell::timed(&name, || shell::output(&mut bench))?;
    let line = said.lines().rfind(|line| line.starts_with('{')).context("the benchmark printed no result")?;
    Ok(serde_json::from_str(line)?)
}
