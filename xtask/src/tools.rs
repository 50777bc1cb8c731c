//! The programs this machine must have: installed by apt as root, else named with the command that mends it.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};

use crate::shell;

/// `apt-get update` is slow; once for a run is enough.
static LISTS_ARE_FRESH: AtomicBool = AtomicBool::new(false);

/// Whether we may install packages.
pub(crate) fn is_root() -> bool {
    shell::answer(&["id", "-u"]).as_deref() == Some("0")
}

/// Installs Debian packages, or says which command would.
///
/// # Errors
/// When we are not root, this is not Debian, or apt fails.
pub(crate) fn apt_install(packages: &[&str], why: &str) -> Result<()> {
    let list = packages.join(" ");
    let remedy = format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {list}");
    if shell::find_program("apt-get").is_none() {
        bail!("{why}; this machine has no apt-get, so please install the equivalent of: {list}");
    }
    if !is_root() {
        bail!("{why}; please run: {remedy}");
    }
    shell::timed(&format!("apt {list}"), || {
        if !LISTS_ARE_FRESH.swap(true, Ordering::SeqCst) {
            shell::run_quietly(&mut apt(&["update"])).with_context(|| why.to_owned())?;
        }
        let mut arguments = vec!["install", "-y", "--no-install-recommends"];
        arguments.extend(packages);
        shell::run_quietly(&mut apt(&arguments)).with_context(|| format!("{why}; tried: {remedy}"))
    })
}

/// What compiling the server needs: a C compiler for SQLite and libpq, Perl and make for OpenSSL.
///
/// # Errors
/// When something is missing and cannot be installed.
pub(crate) fn native_compiler() -> Result<()> {
    let wanted = [("cc", "build-essential"), ("make", "make"), ("pkg-config", "pkg-config")];
    let mut missing: Vec<&str> = wanted
        .iter()
        .filter(|(program, _)| shell::find_program(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    // A bare Debian has a Perl, without the modules that OpenSSL's own set-up is written with.
    if shell::answer(&["perl", "-MFindBin", "-MIPC::Cmd", "-e1"]).is_none() {
        missing.push("perl");
    }
    if missing.is_empty() {
        return Ok(());
    }
    apt_install(&missing, "compiling the server's C libraries needs more programs")
}

/// The Python that outside verifiers of the log and of codes are run by, in the tests.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(crate) fn python() -> Result<()> {
    if shell::find_program("python3").is_some() {
        return Ok(());
    }
    apt_install(&["python3"], "the tests run the documents' Python")
}

/// The MQTT broker that tests start for themselves. Debian starts one on its own, which nobody needs.
///
/// # Errors
/// When it is missing and cannot be installed.
pub(crate) fn mosquitto() -> Result<std::path::PathBuf> {
    // Debian keeps it where only root looks for programs.
    let find = || {
        let debian = std::path::PathBuf::from("/usr/sbin/mosquitto");
        shell::find_program("mosquitto").or_else(|| debian.is_file().then_some(debian))
    };
    if let Some(program) = find() {
        return Ok(program);
    }
    apt_install(&["mosquitto"], "the tests need an MQTT broker")?;
    find().map_or_else(|| bail!("mosquitto was installed, but cannot be found"), Ok)
}

/// The decoders of QR codes that share no code with ours nor with each other, for the tests: zbar and ZXing.
///
/// # Errors
/// When one is missing and cannot be installed.
pub(crate) fn decoders() -> Result<()> {
    if ["zbarimg", "ZXingReader"].into_iter().all(|name| shell::find_program(name).is_some()) {
        return Ok(());
    }
    apt_install(&["zbar-tools", "zxing-cpp-tools"], "the tests read QR codes with decoders that are not ours")
}

/// Makes sure that a component of the Rust toolchain answers.
///
/// # Errors
/// When it is missing, with the command that adds it.
pub(crate) fn rust_component(subcommand: &str, component: &str) -> Result<()> {
    if shell::answer(&["cargo", subcommand, "--version"]).is_none() {
        bail!("`cargo {subcommand}` is missing; please run: rustup component add {component}");
    }
    Ok(())
}

/// The compiler that lints, beside the active toolchain's own; a toolchain may keep it elsewhere, or have none.
pub(crate) fn clippy_driver() -> Option<std::path::PathBuf> {
    let driver = std::path::PathBuf::from(shell::answer(&["rustc", "--print", "sysroot"])?).join("bin/clippy-driver");
    driver.is_file().then_some(driver)
}

/// Makes sure that Node and npm are there.
///
/// # Errors
/// When they are missing: which version to install is the operator's choice, so we do not.
pub(crate) fn node() -> Result<()> {
    if shell::find_program("node").is_none() || shell::find_program("npm").is_none() {
        bail!(
            "the browser tests need Node 20 or newer with npm; please install them from nodejs.org or your distribution"
        );
    }
    Ok(())
}

fn apt(arguments: &[&str]) -> std::process::Command {
    let mut command = shell::command("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
