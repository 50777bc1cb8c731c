//! Scans on line by 32 callers, through the writer and as one transaction each on the same SQLite; and what a terminal
//! does without a network among 10,000 codes.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Row, median};
use crate::shell;

pub(super) fn measure(seconds: u32) -> Result<Vec<Row>> {
    let mut runs = Vec::new();
    for round in 0..3 {
        runs.push(once(round, seconds)?);
    }
    let numbers = |name: &str| -> Result<Vec<f64>> {
        runs.iter().map(|run| run[name].as_f64().with_context(|| format!("no {name}"))).collect()
    };
    let (writer, pool) = (numbers("writer_per_second")?, numbers("pool_per_second")?);
    let ratio = median(writer.iter().zip(&pool).map(|(writer, pool)| writer / pool).collect());
    let p99 = median(numbers("writer_p99_ms")?);
    let off_line = median(numbers("off_line_p99_ms")?);
    let (bytes, made) = (median(numbers("list_bytes")?), median(numbers("list_ms")?));
    Ok(vec![
        Row {
            name: "scans on SQLite, writer to pool of 8",
            measured: format!("{:.0}/s to {:.0}/s: {ratio:.1} times", median(writer), median(pool)),
            target: ">= 5 times",
            met: ratio >= 5.0,
        },
        Row {
            name: "99 of 100 scans on SQLite within",
            measured: format!("{p99:.1} ms"),
            target: "< 25 ms",
            met: p99 < 25.0,
        },
        Row {
            name: "99 of 100 decisions off line among 10,000 within",
            measured: format!("{off_line:.3} ms"),
            target: "< 1 ms",
            met: off_line < 1.0,
        },
        Row {
            name: "a list of 10,000 codes as sent",
            measured: format!("{:.0} KB", bytes / 1_000.0),
            target: "< 1,000 KB",
            met: bytes < 1_000_000.0,
        },
        Row {
            name: "a list of 10,000 codes made and packed within",
            measured: format!("{made:.0} ms"),
            target: "< 3,000 ms",
            met: made < 3_000.0,
        },
    ])
}

fn once(round: usize, seconds: u32) -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let mut bench = shell::words(&["cargo", "bench", "--quiet", "-p", "server", "--bench", "scans"]);
    bench
        .env("LATCHKEY_DATA_DIR", folder.path())
        .env("LATCHKEY_DATABASE_URL", format!("sqlite://{}", folder.path().join("latchkey.db").display()))
        .env("LATCHKEY_BENCH_SECONDS", seconds.to_string());
    let said = shell::timed(&format!("scans: run {} of 3", round + 1), || shell::output(&mut bench))?;
    let line = said.lines().rfind(|line| line.starts_with('{')).context("the benchmark printed no result")?;
    Ok(serde_json::from_str(line)?)
}
