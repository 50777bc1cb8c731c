//! `cargo xtask test`: every check of the project, in the order that finds mistakes soonest.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::build::{self, Mode};
use crate::lint::{self, Compiler};
use crate::postgres::{Cluster, Files};
use crate::wasm_std::Toolchain;
use crate::{browser, shell, tools};

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

    /// Whether it is only about what browsers get, which is compiled in a folder of its own.
    fn is_for_browsers(self) -> bool {
        matches!(self, Self::ClippyWasm | Self::Build)
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
    let named = |part| parts.contains(&part);
    let compiler = if named(Part::Clippy) && named(Part::Unit) { Compiler::linting() } else { Compiler::Plain };
    let (beside, parts): (Vec<Part>, Vec<Part>) =
        parts.iter().partition(|part| part.is_for_browsers() && named(Part::Clippy));
    let last = parts.last().copied();
    // Started at the first part that needs it; dropped, and so stopped, on every way out.
    let mut cluster = None;
    for part in parts {
        println!("== {}", part.name());
        let begun = Instant::now();
        if part.needs_postgres() && cluster.is_none() {
            cluster = Some(Cluster::start(Files::InMemory)?);
        }
        if part == Part::Clippy && !beside.is_empty() {
            side_by_side(&beside, &compiler)?;
        } else {
            one(part, &compiler, cluster.as_ref())?;
        }
        if Some(part) != last {
            println!("== {}: {:.1} s", part.name(), begun.elapsed().as_secs_f32());
        }
    }
    Ok(())
}

fn one(part: Part, compiler: &Compiler, cluster: Option<&Cluster>) -> Result<()> {
    let cluster = || cluster.context("this part needs Postgres, and none was started");
    let done = match part {
        Part::Format => format(),
        Part::Clippy => lint::native(compiler),
        Part::ClippyWasm => lint::wasm(),
        Part::Build => build::site(Mode::Release),
        Part::Unit => cluster().and_then(|cluster| unit(compiler, cluster)),
        Part::Browser => cluster().and_then(|cluster| browser::test(compiler, &cluster.url())),
    };
    done.with_context(|| format!("{} failed", part.name()))
}

fn format() -> Result<()> {
    tools::rust_component("fmt", "rustfmt")?;
    shell::run(&mut shell::words(&["cargo", "fmt", "--all", "--check"]))
}

/// What browsers get beside the native lints: the largest crates are compiled one by one on either side, and leave a core
/// idle. What they need is installed first, as only one may install.
fn side_by_side(for_browsers: &[Part], compiler: &Compiler) -> Result<()> {
    Toolchain::ready()?;
    tools::native_compiler()?;
    std::thread::scope(|scope| {
        let browsers = scope.spawn(|| {
            for_browsers.iter().try_for_each(|part| shell::timed(&part.name(), || one(*part, compiler, None)))
        });
        let native = one(Part::Clippy, compiler, None);
        native.and(browsers.join().unwrap_or_else(|_| bail!("what goes beside the lints panicked")))
    })
}

fn unit(compiler: &Compiler, cluster: &Cluster) -> Result<()> {
    tools::native_compiler()?;
    build::ensure_site_folder()?;
    let mosquitto = tools::mosquitto()?;
    tools::decoders()?;
    tools::python()?;
    for packages in lint::PACKAGES {
        let mut cargo = compiler.cargo_test();
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
