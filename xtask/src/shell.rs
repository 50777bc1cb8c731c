//! Running other programs: from the project's root, stopped with us, and reported in plain words.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Set once a signal asked us to stop; every later step then refuses to begin.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// The programs that run in the foreground now. Each leads a process group of its own, so that a signal
/// sent to us alone stops whatever it has started as well.
static FOREGROUND: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Catches Ctrl-C and termination, so that what we started is stopped and cleaned up on the way out.
///
/// # Errors
/// When the handler cannot be installed.
pub(crate) fn prepare() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let children = FOREGROUND.lock().map(|children| children.clone()).unwrap_or_default();
        for id in children {
            // A failure means that the child is gone already, which is what we want.
            let _ = Command::new("kill").args(["-TERM", "--", &format!("-{id}")]).stderr(Stdio::null()).status();
        }
    })
    .context("could not listen for Ctrl-C")
}

/// The project's root: the folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable at run time as well, so a moved checkout still finds itself.
    let own =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or_else(|| own.clone(), Path::to_path_buf)
}

/// Where native builds go: `CARGO_TARGET_DIR` when set, else `target` at the root.
pub(crate) fn native_target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// A command that will run at the project's root, without what cargo told us about our own package: build scripts look
/// at the same variables, and ring's would have a good part of everything compiled again whenever they differ from those
/// of a cargo that was started by hand.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|ours| name.to_string_lossy().starts_with(ours)) {
            command.env_remove(name);
        }
    }
    command
}

/// A command from words, the first of which is the program.
pub(crate) fn words(line: &[&str]) -> Command {
    let mut command = command(line[0]);
    command.args(&line[1..]);
    command
}

/// Runs a program in the foreground, its output streamed, and waits for it.
///
/// # Errors
/// When it cannot be started, was interrupted, or did not end well.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let mut child = start(command.stdin(Stdio::null()))?;
    let status = child.wait();
    forget_foreground(child.id());
    check_interrupted()?;
    let status = status.with_context(|| format!("could not wait for {}", line(command)))?;
    if !status.success() {
        bail!("`{}` did not end well ({status})", line(command));
    }
    Ok(())
}

/// Runs a program quietly; its output is shown only when it fails.
///
/// # Errors
/// When it cannot be started, was interrupted, or did not end well.
pub(crate) fn run_quietly(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// The same, and what it printed.
///
/// # Errors
/// When it cannot be started, was interrupted, or did not end well.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let child = start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let id = child.id();
    let output = child.wait_with_output();
    forget_foreground(id);
    check_interrupted()?;
    let output = output.with_context(|| format!("could not wait for {}", line(command)))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("`{}` did not end well ({})\n{}", line(command), output.status, String::from_utf8_lossy(&said).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What a short program prints, trimmed; nothing when it is missing or fails.
pub(crate) fn answer(line: &[&str]) -> Option<String> {
    let output = words(line).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs a program for at most `limit`; true when it ended well in time.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut child) = start(command.stdin(Stdio::null())) else {
        return false;
    };
    let begun = Instant::now();
    let ended_well = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.success(),
            Ok(None) if begun.elapsed() < limit => {
                std::thread::sleep(Duration::from_millis(100));
            }
            _ => {
                // It may have ended this very moment; either way it must not linger.
                let _ = child.kill();
                let _ = child.wait();
                break false;
            }
        }
    };
    forget_foreground(child.id());
    ended_well
}

/// Does one step and says on one line how long it took.
///
/// # Errors
/// Those of the step.
pub(crate) fn timed<T>(name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    check_interrupted()?;
    let begun = Instant::now();
    let value = step()?;
    println!("{name:<28} {:>6.1} s", begun.elapsed().as_secs_f32());
    Ok(value)
}

/// A program by name on `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn start(command: &mut Command) -> Result<Child> {
    check_interrupted()?;
    let child = command.process_group(0).spawn().with_context(|| format!("could not start `{}`", line(command)))?;
    if let Ok(mut foreground) = FOREGROUND.lock() {
        foreground.push(child.id());
    }
    Ok(child)
}

fn forget_foreground(id: u32) {
    if let Ok(mut foreground) = FOREGROUND.lock() {
        foreground.retain(|child| *child != id);
    }
}

fn check_interrupted() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        bail!("stopped on request");
    }
    Ok(())
}

fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
