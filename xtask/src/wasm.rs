//! The browser part: compiled, given its script glue by wasm-bindgen, and made small.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::build::Mode;
use crate::npm::NodeTools;
use crate::shell;
use crate::wasm_std::{TARGET, Toolchain};

/// The package's output name; Leptos is told the same in `.cargo/config.toml`.
pub(crate) const NAME: &str = "latchkey";

/// What the browser loads: a module and the wasm file that Leptos' start script hands to it.
pub(crate) struct Pair {
    /// The script glue.
    pub(crate) script: Vec<u8>,
    /// The program.
    pub(crate) wasm: Vec<u8>,
}

/// Builds the browser part. Cargo decides what to compile; the steps after it are skipped when the
/// compiled file, their own code and the tools are the same as last time.
///
/// # Errors
/// When no compiler can be had, the code does not compile, or it exports nothing to hydrate.
pub(crate) fn build(mode: Mode, tools: Option<&NodeTools>) -> Result<Pair> {
    let toolchain = Toolchain::ready()?;
    let profile = match mode {
        Mode::Release => "wasm-release",
        Mode::Debug => "dev",
    };
    shell::timed("wasm: compile", || {
        let mut cargo = toolchain.cargo();
        cargo.args(["build", "--quiet", "-p", "app", "--lib", "--no-default-features"]);
        cargo.args(["--features", "hydrate", "--target", TARGET, "--profile", profile]);
        shell::run(&mut cargo)
    })?;

    let folder = if mode == Mode::Debug { "debug" } else { profile };
    let target = shell::root().join("target");
    let compiled = target.join("wasm").join(TARGET).join(folder).join("app.wasm");
    let bytes = fs::read(&compiled)
        .with_context(|| format!("{} is missing; is `cdylib` still a crate type of app?", compiled.display()))?;
    let out = target.join("wasm-out").join(folder);
    let stamp = stamp(&bytes, tools.is_some());
    let stamp_file = out.join("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) {
        return read(&out);
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    shell::timed("wasm: script glue", || bind(&compiled, &out, mode))?;
    finish(&out, mode, tools)?;
    let pair = read(&out)?;
    fs::write(&stamp_file, stamp)?;
    Ok(pair)
}

fn bind(compiled: &Path, out: &Path, mode: Mode) -> Result<()> {
    let debug = mode == Mode::Debug;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .web(true)
        .map_err(|error| anyhow!("{error:?}"))?
        .out_name(NAME)
        .typescript(false)
        .debug(debug)
        .keep_debug(debug)
        .remove_name_section(!debug)
        .remove_producers_section(!debug)
        .generate(out)
        .map_err(|error| anyhow!("wasm-bindgen: {error:?}"))?;
    let glue = fs::read_to_string(out.join(format!("{NAME}.js")))?;
    if !glue.contains("export function hydrate(") {
        bail!(
            "package app exports no function `hydrate` to the browser (`#[wasm_bindgen] pub fn hydrate()` behind the feature `hydrate`)"
        );
    }
    Ok(())
}

/// Makes both files small; one file of script comes out, whatever wasm-bindgen split off.
fn finish(out: &Path, mode: Mode, tools: Option<&NodeTools>) -> Result<()> {
    let script = out.join(format!("{NAME}.js"));
    let Some(tools) = tools else {
        if out.join("snippets").exists() {
            bail!("the browser part uses script snippets, and joining them needs Node; please install it");
        }
        return Ok(());
    };
    let bundled = tools.bundle_module(&script)?;
    fs::write(&script, bundled)?;
    if mode == Mode::Release {
        shell::timed("wasm: wasm-opt", || tools.optimise_wasm(&out.join(format!("{NAME}_bg.wasm"))))?;
    }
    Ok(())
}

fn read(out: &Path) -> Result<Pair> {
    let file =
        |name: String| fs::read(out.join(&name)).with_context(|| format!("could not read {name} of the browser part"));
    Ok(Pair { script: file(format!("{NAME}.js"))?, wasm: file(format!("{NAME}_bg.wasm"))? })
}

fn stamp(compiled: &[u8], with_tools: bool) -> String {
    let mut hash = Sha256::new();
    hash.update(compiled);
    hash.update([u8::from(with_tools)]);
    for own in [include_str!("wasm.rs"), include_str!("npm.rs"), include_str!("../tools/package-lock.json")] {
        hash.update(own);
    }
    format!("{:x}", hash.finalize())
}
