//! A page of the list of links among 100,000, to the same among 10,000.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Row, median};
use crate::postgres::{Cluster, Files};
use crate::shell;

/// Another organization's ten times as many links may cost a page no more than this.
const MOST: f64 = 2.0;

pub(super) fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let cluster = Cluster::start(Files::OnDisk)?;
    for (database, names) in [
        (
            "sqlite",
            [("page: ", "a page of 100,000 links to 10,000, SQLite"), ("search: ", "search among them, SQLite")],
        ),
        (
            "postgres",
            [("page: ", "a page of 100,000 links to 10,000, Postgres"), ("search: ", "search among them, Postgres")],
        ),
    ] {
        let runs = three(database, &cluster)?;
        for (kind, name) in names {
            let (case, ratio, many) = worst(&runs, kind)?;
            let case = case.trim_start_matches(kind);
            rows.push(Row {
                name,
                measured: format!("{case}: {many:.1} ms, {ratio:.2} times"),
                target: "<= 2 times",
                met: ratio <= MOST,
            });
        }
    }
    Ok(rows)
}

/// The case whose median ratio is the largest.
fn worst(runs: &[Value], kind: &str) -> Result<(String, f64, f64)> {
    let cases = runs.first().and_then(Value::as_object).context("no run")?;
    let mut worst: Option<(String, f64, f64)> = None;
    for case in cases.keys().filter(|case| case.starts_with(kind)) {
        let (mut ratios, mut many) = (Vec::new(), Vec::new());
        for run in runs {
            let number = |name: &str| run[case][name].as_f64().with_context(|| format!("no {name} of {case}"));
            ratios.push(number("many_ms")? / number("few_ms")?);
            many.push(number("many_ms")?);
        }
        let ratio = median(ratios);
        if worst.as_ref().is_none_or(|(_, before, _)| ratio > *before) {
            worst = Some((case.clone(), ratio, median(many)));
        }
    }
    worst.context("the benchmark measured nothing")
}

fn three(database: &str, cluster: &Cluster) -> Result<Vec<Value>> {
    let folder = tempfile::tempdir()?;
    let url = if database == "sqlite" {
        format!("sqlite://{}", folder.path().join("latchkey.db").display())
    } else {
        cluster.database("lists")?
    };
    let mut bench = shell::words(&["cargo", "bench", "--quiet", "-p", "server", "--bench", "lists"]);
    bench.env("LATCHKEY_DATA_DIR", folder.path()).env("LATCHKEY_DATABASE_URL", url);
    let said = shell::timed(&format!("lists: {database}"), || shell::output(&mut bench))?;
    let runs = said.lines().filter(|line| line.starts_with('{')).map(serde_json::from_str);
    let runs: Vec<Value> = runs.collect::<Result<_, _>>()?;
    ensure!(runs.len() == 3, "the benchmark printed {} results", runs.len());
    Ok(runs)
}
