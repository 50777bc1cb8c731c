//! Clippy, over everything native and over what runs in browsers.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::wasm_std::{self, TARGET, Toolchain};
use crate::{build, shell, tools, wasm};

/// What compiles the Rust tests: the compiler alone, or Clippy's driver, which is the same compiler with more lints. It leaves
/// out what little a debug build is optimised, and makes the same of the code otherwise.
pub(crate) enum Compiler {
    /// Lints are looked at apart, or not at all.
    Plain,
    /// Every crate of ours is linted while it is compiled, and a warning is an error.
    Linting(PathBuf),
}

impl Compiler {
    /// The one that lints, where the toolchain has it in its usual place.
    pub(crate) fn linting() -> Self {
        tools::clippy_driver().map_or(Self::Plain, Self::Linting)
    }

    /// `cargo test` by this compiler. All of one run must go by the same: cargo keeps apart what each compiled.
    pub(crate) fn cargo_test(&self) -> Command {
        let mut cargo = shell::words(&["cargo", "test"]);
        if let Self::Linting(driver) = self {
            // These two are what `cargo clippy -- -D warnings` adds to `cargo check`.
            cargo.env("RUSTC_WORKSPACE_WRAPPER", driver).env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings");
        }
        cargo
    }
}

/// Lints everything native. Where the compiler of the tests lints by the way, nothing is left to compile for them: to check
/// four hundred packages first, only to compile them afterwards, took a sixth of the whole run.
///
/// # Errors
/// When Clippy is missing, or has something to say.
pub(crate) fn native(compiler: &Compiler) -> Result<()> {
    tools::rust_component("clippy", "clippy")?;
    tools::native_compiler()?;
    build::ensure_site_folder()?;
    if let Compiler::Plain = compiler {
        let line = ["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        return shell::run(&mut shell::words(&line));
    }
    for packages in PACKAGES {
        shell::run(compiler.cargo_test().args(packages).args(["--all-targets", "--no-run"]))?;
    }
    Ok(())
}

/// Our own chores apart from the product, so that their dependencies' features do not make cargo compile the product's a
/// second time.
pub(crate) const PACKAGES: [&[&str]; 2] = [&["--package", "xtask"], &["--workspace", "--exclude", "xtask"]];

/// Lints the packages that browsers get, each with the features it has there.
///
/// # Errors
/// When there is no compiler for them, or it has something to say.
pub(crate) fn wasm() -> Result<()> {
    let toolchain = Toolchain::ready()?;
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
