//! `cargo xtask run`: assets, server, and then Latchkey itself in the foreground.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::build::{self, Mode};
use crate::{shell, tools};

/// Builds everything and becomes the server, so that Ctrl-C and every other signal reach it directly.
///
/// # Errors
/// When something does not build, the example data cannot be made, or the server cannot be started.
pub(crate) fn run(demo: bool, mode: Mode) -> Result<()> {
    build::site(mode)?;
    tools::native_compiler()?;
    let binary = server(mode)?;
    if demo {
        shell::run(shell::command(&binary).arg("demo"))?;
    }
    let failure = shell::command(&binary).arg("serve").exec();
    Err(failure).with_context(|| format!("could not start {}", binary.display()))
}

/// Compiles the server and tells where its binary is.
///
/// # Errors
/// When it does not compile.
pub(crate) fn server(mode: Mode) -> Result<std::path::PathBuf> {
    let mut cargo = shell::words(&["cargo", "build", "-p", "server", "--bin", "latchkey"]);
    if mode == Mode::Release {
        cargo.arg("--release");
    }
    shell::timed("server: compile", || shell::run(&mut cargo))?;
    let folder = if mode == Mode::Release { "release" } else { "debug" };
    Ok(shell::native_target().join(folder).join("latchkey"))
}
