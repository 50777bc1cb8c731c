//! The browser tests: Playwright drives Debian's Chromium against a debug build of the server.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{npm, shell, tools};

/// Builds the server, prepares Playwright and runs it. Its own summary is the last thing printed.
///
/// # Errors
/// When something is missing and cannot be installed, or a test fails.
pub(crate) fn test(postgres: &str) -> Result<()> {
    let folder = shell::root().join("end2end");
    if !folder.join("package.json").is_file() {
        bail!("end2end/package.json is missing");
    }
    if !shell::root().join("target/site/pkg").read_dir().is_ok_and(|mut files| files.next().is_some()) {
        bail!("the assets are missing; please run `cargo xtask build` first");
    }
    tools::node()?;
    let chromium = chromium()?;
    let mosquitto = tools::mosquitto()?;
    tools::zbar()?;
    let binary = server()?;
    shell::timed("browser: npm ci", || npm::install(&folder, &folder))?;
    let mut playwright = shell::words(&["npx", "--no-install", "playwright", "test"]);
    playwright
        .current_dir(&folder)
        .env("LATCHKEY_BIN", binary)
        .env("LATCHKEY_TEST_POSTGRES", postgres)
        .env("CHROMIUM", chromium)
        .env("LATCHKEY_TEST_MOSQUITTO", mosquitto);
    shell::run(&mut playwright)
}

/// The server in its debug build. Compiled together with the Rust tests, as they are: chosen alone, its dependencies would
/// have fewer features and be compiled a second time.
fn server() -> Result<PathBuf> {
    let line = ["cargo", "test", "--workspace", "--exclude", "xtask", "--test", "whole", "--no-run"];
    shell::timed("server: compile", || shell::run(&mut shell::words(&line)))?;
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
