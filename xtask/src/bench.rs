//! `cargo xtask bench`: the targets of speed, size and memory, each measured three times and told by its median.
//!
//! Numbers of one machine say little about another, so what can be is a ratio of two measures of the same run.

mod events;
mod lists;
mod pages;
mod scans;
mod server;
mod terminals;
mod unlocks;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::build::{self, Mode};
use crate::{run, shell};

/// One line of the table.
struct Row {
    name: &'static str,
    measured: String,
    target: &'static str,
    met: bool,
}

/// What can be measured. The order here is the order it is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// The visitor's page, memory, and what browsers download
    Pages,
    /// Openings, through the writer and by a pool
    Unlocks,
    /// Codes at a terminal, on line and off
    Scans,
    /// Real terminals, headless and in a browser
    Terminals,
    /// The list of links among many
    Lists,
    /// The event log with a million rows
    Events,
}

/// Builds what is measured, measures it and prints a line each as soon as it is known, and all of them at the end; no
/// part named means all. A missed target is told, not an error: this is no test.
///
/// # Errors
/// When something does not build or run; the other parts are measured all the same.
pub(crate) fn run(mut parts: Vec<Part>, seconds: u32) -> Result<()> {
    if parts.is_empty() {
        parts = Part::value_variants().to_vec();
    }
    parts.sort_unstable();
    parts.dedup();
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    for part in &parts {
        match measure(*part, seconds) {
            Ok(measured) => {
                measured.iter().for_each(Row::print);
                rows.extend(measured);
            }
            Err(error) => failed.push(format!("{part:?}: {error:#}")),
        }
    }
    println!();
    println!("{:<52} {:>34}   {:<14} met", "measure, median of three", "measured", "target");
    rows.iter().for_each(Row::print);
    ensure!(failed.is_empty(), "not measured:\n{}", failed.join("\n"));
    Ok(())
}

fn measure(part: Part, seconds: u32) -> Result<Vec<Row>> {
    match part {
        Part::Pages => {
            build::site(Mode::Release)?;
            let mut rows = pages::measure(&run::server(Mode::Release)?, seconds)?;
            rows.push(program("islands in all, brotli", "latchkey", 120, "<= 120 KiB")?);
            rows.push(program("terminal in a browser, brotli", "terminal", 250, "<= 250 KiB")?);
            Ok(rows)
        }
        Part::Unlocks => unlocks::measure(seconds),
        Part::Scans => scans::measure(seconds),
        Part::Terminals => {
            build::site(Mode::Release)?;
            terminals::measure(&run::server(Mode::Release)?)
        }
        Part::Lists => lists::measure(),
        Part::Events => events::measure(),
    }
}

impl Row {
    fn print(&self) {
        let Self { name, measured, target, met } = self;
        let met = if *met { "yes" } else { "NO" };
        println!("{name:<52} {measured:>34}   {target:<14} {met}");
    }
}

/// What a page loads of a program, so that a program of its own for the terminal burdens no admin.
fn program(name: &'static str, stem: &str, most: u64, target: &'static str) -> Result<Row> {
    let folder = shell::root().join("target/site/pkg");
    let mut bytes = 0;
    for file in folder.read_dir().context("the site is not built")?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let ours = name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.'));
        if ours && (name.ends_with(".js.br") || name.ends_with(".wasm.br")) {
            bytes += file.metadata()?.len();
        }
    }
    let met = bytes > 0 && bytes <= most * 1024;
    Ok(Row { name, measured: format!("{:.1} KiB", kibi(bytes)), target, met })
}

#[expect(clippy::cast_precision_loss, reason = "sizes that people read have few digits")]
fn kibi(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

/// The middle one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
