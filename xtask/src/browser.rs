//! The browser tests: Playwright drives Debian's Chromium against a debug build of the server.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::lint::Compiler;
use crate::{npm, shell, tools};

/// Builds the server, prepares Playwright and runs it. Its own summary is the last thing printed.
///
/// # Errors
/// When something is missing and cannot be installed, or a test fails.
pub(crate) fn test(compiler: &Compiler, postgres: &str) -> Result<()> {
    let mosquitto = tools::mosquitto()?;
    tools::decoders()?;
    let binary = server(compiler)?;
    let mut playwright = playwright(&binary)?;
    playwright.env("LATCHKEY_TEST_POSTGRES", postgres).env("LATCHKEY_TEST_MOSQUITTO", mosquitto);
    shell::run(&mut playwright)
}

/// What one test, on SQLite, says that it measured: the milliseconds that 99 of 100 took at most.
///
/// # Errors
/// When something is missing and cannot be installed, the test fails, or says no number.
pub(crate) fn p99(binary: &Path, title: &str) -> Result<f64> {
    let said = shell::output(playwright(binary)?.args(["--project", "sqlite", "--workers", "1", "-g", title]))?;
    let number = said.lines().find_map(|line| line.split_once("p99: ")?.1.strip_suffix(" ms"));
    number.with_context(|| format!("no number in:\n{said}"))?.parse().context("no number")
}

/// Playwright, ready to run all tests against this binary.
fn playwright(binary: &Path) -> Result<Command> {
    let folder = shell::root().join("end2end");
    if !folder.join("package.json").is_file() {
        bail!("end2end/package.json is missing");
    }
    if !shell::root().join("target/site/pkg").read_dir().is_ok_and(|mut files| files.next().is_some()) {
        bail!("the assets are missing; please run `cargo xtask build` first");
    }
    tools::node()?;
    let chromium = chromium()?;
    shell::timed("browser: npm ci", || npm::install(&folder, &folder))?;
    let mut playwright = shell::words(&["npx", "--no-install", "playwright", "test"]);
    playwright.current_dir(&folder).env("LATCHKEY_BIN", binary).env("CHROMIUM", chromium);
    Ok(playwright)
}

/// The server in its debug build. Compiled together with the Rust tests, as they are: chosen alone, its dependencies would
/// have fewer features and be compiled a second time.
fn server(compiler: &Compiler) -> Result<PathBuf> {
    let line = ["--workspace", "--exclude", "xtask", "--test", "whole", "--no-run"];
    shell::timed("server: compile", || shell::run(compiler.cargo_test().args(line)))?;
    Ok(shell::native_target().join("debug/latchkey"))
}

/// The browser named by `CHROMIUM`, else the one on this machine, else Debian's.
fn chromium() -> Result<PathBuf> {
    let present = || std::env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| shell::find_program("chromium"));
    if let Some(browser) = present() {
        return Ok(browser);
    }
    // Without a font every letter is an empty box, and screenshots say nothing.
    tools::apt_install(&["chromium", "fonts-liberation"], "the browser tests need Chromium")?;
    present().map_or_else(|| bail!("Chromium was installed, but is not on PATH"), Ok)
}
