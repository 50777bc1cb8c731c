//! `cargo xtask test`: every check of the project, in the order that finds mistakes soonest.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::build::{self, Mode};
use crate::postgres::{Cluster, Files};
use crate::wasm_std::{self, TARGET, Toolchain};
use crate::{browser, shell, tools, wasm};

/// A part of the checks. The order here is the order they run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Formatting
    Format,
    /// Lints of everything native
    Clippy,
    /// Lints of what runs in the browser
    ClippyWasm,
    /// The site's assets
    Build,
    /// All Rust tests, on SQLite and on a Postgres of their own
    Unit,
    /// Playwright
    Browser,
}

impl Part {
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn needs_postgres(self) -> bool {
        matches!(self, Self::Unit | Self::Browser)
    }
}

/// Runs the parts; none named means all. After the last one nothing is printed, so that the
/// runners' own summaries stand at the end.
///
/// # Errors
/// At the first part that fails, by name.
pub(crate) fn run(mut parts: Vec<Part>) -> Result<()> {
    if parts.is_empty() {
        parts = Part::value_variants().to_vec();
    }
    parts.sort_unstable();
    parts.dedup();
    let last = parts.last().copied();
    // Started at the first part that needs it; dropped, and so stopped, on every way out.
    let mut cluster = None;
    let both = [Part::Clippy, Part::ClippyWasm].iter().all(|part| parts.contains(part));
    for part in parts {
        if both && part == Part::ClippyWasm {
            continue;
        }
        println!("== {}", part.name());
        let begun = Instant::now();
        if part.needs_postgres() && cluster.is_none() {
            cluster = Some(Cluster::start(Files::InMemory)?);
        }
        let done = if both && part == Part::Clippy { both_lints() } else { one(part, cluster.as_ref()) };
        done.with_context(|| format!("{} failed", part.name()))?;
        if Some(part) != last {
            println!("== {}: {:.1} s", part.name(), begun.elapsed().as_secs_f32());
        }
    }
    Ok(())
}

fn one(part: Part, cluster: Option<&Cluster>) -> Result<()> {
    let cluster = || cluster.context("this part needs Postgres, and none was started");
    match part {
        Part::Format => {
            tools::rust_component("fmt", "rustfmt")?;
            shell::run(&mut shell::words(&["cargo", "fmt", "--all", "--check"]))
        }
        Part::Clippy => clippy(),
        Part::ClippyWasm => clippy_wasm(),
        Part::Build => build::site(Mode::Release),
        Part::Unit => unit(cluster()?),
        Part::Browser => browser::test(&cluster()?.url()),
    }
}

fn clippy() -> Result<()> {
    tools::rust_component("clippy", "clippy")?;
    tools::native_compiler()?;
    build::ensure_site_folder()?;
    let line = ["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    shell::run(&mut shell::words(&line))
}

/// Both side by side, in folders of their own: the largest crates are looked at one by one, and leave a core idle.
/// What they need is installed first, as only one may install.
fn both_lints() -> Result<()> {
    let toolchain = Toolchain::ready()?;
    tools::native_compiler()?;
    std::thread::scope(|scope| {
        let wasm = scope.spawn(|| shell::timed("clippy-wasm", || lint_wasm(toolchain)));
        let native = clippy();
        native.and(wasm.join().unwrap_or_else(|_| bail!("clippy-wasm panicked")))
    })
}

fn clippy_wasm() -> Result<()> {
    lint_wasm(Toolchain::ready()?)
}

/// The packages that browsers get, each with the features it has there.
fn lint_wasm(toolchain: Toolchain) -> Result<()> {
    let lints = match toolchain {
        Toolchain::Active => {
            tools::rust_component("clippy", "clippy")?;
            true
        }
        Toolchain::Debian => wasm_std::debian_clippy(),
    };
    if !lints {
        println!("Clippy cannot be had for this machine's wasm compiler: checking with the compiler's warnings only");
    }
    let programs = wasm::PROGRAMS.iter().map(wasm::Program::package);
    for package in std::iter::once(&["-p", "domain"][..]).chain(programs) {
        let mut cargo = toolchain.cargo();
        cargo
            .arg(if lints { "clippy" } else { "check" })
            .args(package)
            // The build's profile, so that macros and build scripts are compiled once for both.
            .args(["--lib", "--target", TARGET, "--profile", "wasm-release"]);
        if lints {
            cargo.args(["--", "-D", "warnings"]);
        } else {
            // Other flags would make cargo compile everything again for the build.
            cargo.env("RUSTFLAGS", "-D warnings").env("CARGO_TARGET_DIR", shell::root().join("target/wasm-check"));
        }
        shell::run(&mut cargo)?;
    }
    Ok(())
}

/// The product first; our own chores apart, so that their dependencies' features do not make
/// cargo compile the product's a second time.
fn unit(cluster: &Cluster) -> Result<()> {
    tools::native_compiler()?;
    build::ensure_site_folder()?;
    let mosquitto = tools::mosquitto()?;
    tools::decoders()?;
    tools::python()?;
    for packages in [&["--package", "xtask"][..], &["--workspace", "--exclude", "xtask"]] {
        let mut cargo = shell::words(&["cargo", "test"]);
        shell::run(
            cargo
                .args(packages)
                .env("LATCHKEY_TEST_POSTGRES", cluster.url())
                .env("LATCHKEY_TEST_POSTGRES_PROGRAMS", cluster.programs())
                .env("LATCHKEY_TEST_MOSQUITTO", &mosquitto)
                .env("RUST_TEST_THREADS", threads().to_string()),
        )?;
    }
    Ok(())
}

/// Tests side by side. They wait for disks, clocks and each other far more than they compute.
fn threads() -> usize {
    let told = std::env::var("RUST_TEST_THREADS").ok().and_then(|text| text.parse().ok());
    told.unwrap_or_else(|| 3 * std::thread::available_parallelism().map_or(2, usize::from))
}
