//! A compiler for wasm: the active toolchain's own target, or Debian's compiler with a library built from source.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::{shell, tools};

/// The target the browser part is compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_TOOLCHAIN: &str = "rust-web";
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";
/// Names the compiler's package version that the copied library was built by.
const DEBIAN_MARK: &str = "built-by";
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
/// A closed network may swallow packets; past this we go on without the download.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(90);

/// Which compiler builds the browser part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The active toolchain has the target.
    Active,
    /// Debian's compiler, linked into rustup.
    Debian,
}

impl Toolchain {
    /// Finds a compiler for wasm, or makes one.
    ///
    /// # Errors
    /// When none can be had, with what is missing and how to mend it.
    pub(crate) fn ready() -> Result<Self> {
        if active_has_target() {
            return Ok(Self::Active);
        }
        if debian_is_ready() {
            return Ok(Self::Debian);
        }
        println!("the Rust target {TARGET} is missing: trying rustup");
        let mut add = shell::words(&["rustup", "target", "add", TARGET]);
        if shell::succeeds_within(&mut add, DOWNLOAD_LIMIT) && active_has_target() {
            return Ok(Self::Active);
        }
        println!("rustup could not download it: building it with Debian's compiler");
        install_debian().with_context(|| {
            format!("no compiler for the browser part; where rustup can reach its server, `rustup target add {TARGET}` is enough")
        })?;
        Ok(Self::Debian)
    }

    /// A cargo of this toolchain with the linker it needs; build output goes to a folder of its own,
    /// so that it neither locks nor invalidates the native one.
    pub(crate) fn cargo(self) -> Command {
        let mut cargo = shell::command("cargo");
        if self == Self::Debian {
            cargo.arg(format!("+{DEBIAN_TOOLCHAIN}"));
            // Cargo hands these of the active toolchain down to us; they would win over `+`.
            cargo.env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC").env_remove("RUSTDOC");
            if let Some(linker) = linker() {
                cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            }
        }
        cargo.env("CARGO_TARGET_DIR", shell::root().join("target/wasm"));
        cargo
    }
}

/// Debian's linter, which fits Debian's compiler; false when it cannot be had.
pub(crate) fn debian_clippy() -> bool {
    let present = || Path::new("/usr/bin/clippy-driver").is_file();
    present() || (tools::apt_install(&["rust-web-clippy"], "linting the browser part").is_ok() && present())
}

fn active_has_target() -> bool {
    sysroot().is_some_and(|root| has_core(&root.join("lib/rustlib").join(TARGET).join("lib")))
}

fn sysroot() -> Option<PathBuf> {
    shell::answer(&["rustc", "--print", "sysroot"]).map(PathBuf::from)
}

fn has_core(library: &Path) -> bool {
    fs::read_dir(library).is_ok_and(|files| {
        files.flatten().any(|file| {
            let name = file.file_name();
            name.to_string_lossy().starts_with("libcore-")
        })
    })
}

fn debian_version() -> Option<String> {
    let version = shell::answer(&["dpkg-query", "-W", "-f=${db:Status-Status} ${Version}", "rustc-web"])?;
    version.strip_prefix("installed ").map(str::to_owned)
}

fn debian_is_ready() -> bool {
    let library = Path::new(DEBIAN_LIBRARY);
    let built_by = fs::read_to_string(library.join(DEBIAN_MARK)).ok();
    built_by.is_some()
        && built_by == debian_version()
        && has_core(library)
        && linker().is_some()
        && shell::answer(&["rustup", "run", DEBIAN_TOOLCHAIN, "rustc", "--version"]).is_some()
}

fn install_debian() -> Result<()> {
    if shell::find_program("rustup").is_none() {
        bail!("rustup is missing, which joins Debian's compiler to the project's; please install it from rustup.rs");
    }
    tools::apt_install(&DEBIAN_PACKAGES, "the browser part needs Debian's compiler and its library sources")?;
    if linker().is_none() {
        tools::apt_install(&["lld"], "the browser part needs a linker for wasm")?;
    }
    if !tools::is_root() {
        bail!("the library for wasm goes to {DEBIAN_LIBRARY}; please run `cargo xtask build` once as root");
    }
    let version = debian_version().context("the package rustc-web is not installed")?;
    shell::timed("library for wasm", || build_library(&version))?;
    shell::run(&mut shell::words(&["rustup", "toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]))?;
    if !debian_is_ready() {
        bail!("Debian's compiler was installed, but `rustup run {DEBIAN_TOOLCHAIN} rustc --version` does not answer");
    }
    Ok(())
}

/// Compiles the standard library in an empty crate and keeps what came out of it.
fn build_library(version: &str) -> Result<()> {
    let scratch = tempfile::tempdir().context("could not make a temporary folder")?;
    let manifest = "[package]\nname = \"scratch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[lib]\n[workspace]\n";
    fs::create_dir(scratch.path().join("src"))?;
    fs::write(scratch.path().join("src/lib.rs"), "")?;
    fs::write(scratch.path().join("Cargo.toml"), manifest)?;
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo
        .current_dir(scratch.path())
        .args(["build", "--release", "--target", TARGET, "-Z", "build-std=std,panic_abort"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", "/usr/bin/rustc")
        .env("CARGO_TARGET_DIR", scratch.path().join("target"))
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    shell::run(&mut cargo)?;

    let library = Path::new(DEBIAN_LIBRARY);
    // What an older compiler left would be found twice.
    if library.exists() {
        fs::remove_dir_all(library)?;
    }
    fs::create_dir_all(library).with_context(|| format!("could not make {DEBIAN_LIBRARY}"))?;
    let built = scratch.path().join("target").join(TARGET).join("release/deps");
    for file in fs::read_dir(&built)?.flatten() {
        let name = file.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libscratch-") {
            fs::copy(file.path(), library.join(&name))?;
        }
    }
    fs::write(library.join(DEBIAN_MARK), version)?;
    Ok(())
}

/// The toolchain's own linker, else Debian's.
fn linker() -> Option<PathBuf> {
    let hosts = fs::read_dir(sysroot()?.join("lib/rustlib")).ok()?;
    let bundled = hosts.flatten().map(|host| host.path().join("bin/rust-lld")).find(|file| file.is_file());
    bundled
        .or_else(|| shell::find_program("wasm-ld"))
        .or_else(|| env::var_os("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER").map(PathBuf::from))
}
