//! What runs in browsers as wasm: compiled, given its script glue by wasm-bindgen, and made small.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::build::Mode;
use crate::npm::NodeTools;
use crate::shell;
use crate::wasm_std::{TARGET, Toolchain};

/// One program that browsers run.
pub(crate) struct Program {
    /// The name of its files.
    pub(crate) name: &'static str,
    package: &'static [&'static str],
    compiled: &'static str,
    /// What its page calls.
    entry: &'static str,
}

/// The islands of the dashboard; Leptos is told the same name in `.cargo/config.toml`.
const ISLANDS: Program = Program {
    name: "latchkey",
    package: &["-p", "app", "--no-default-features", "--features", "hydrate"],
    compiled: "app.wasm",
    entry: "hydrate",
};
/// The terminal in a browser.
const TERMINAL: Program =
    Program { name: "terminal", package: &["-p", "terminal-web"], compiled: "terminal_web.wasm", entry: "start" };
/// All of them.
pub(crate) const PROGRAMS: [Program; 2] = [ISLANDS, TERMINAL];

impl Program {
    /// How cargo is told what to compile.
    pub(crate) fn package(&self) -> &'static [&'static str] {
        self.package
    }
}

/// What a browser loads: a module, and the wasm file that the page hands to it.
pub(crate) struct Pair {
    /// The script glue.
    pub(crate) script: Vec<u8>,
    /// The program.
    pub(crate) wasm: Vec<u8>,
}

/// Builds a program. Cargo decides what to compile; the steps after it are skipped when the
/// compiled file, their own code and the tools are the same as last time.
///
/// # Errors
/// When no compiler can be had, the code does not compile, or it does not export what its page calls.
pub(crate) fn build(program: &Program, mode: Mode, tools: Option<&NodeTools>) -> Result<Pair> {
    let toolchain = Toolchain::ready()?;
    let profile = match mode {
        Mode::Release => "wasm-release",
        Mode::Debug => "dev",
    };
    shell::timed(&format!("wasm: compile {}", program.name), || {
        let mut cargo = toolchain.cargo();
        cargo.args(["build", "--quiet", "--lib", "--target", TARGET, "--profile", profile]).args(program.package);
        shell::run(&mut cargo)
    })?;

    let folder = if mode == Mode::Debug { "debug" } else { profile };
    let target = shell::root().join("target");
    let compiled = target.join("wasm").join(TARGET).join(folder).join(program.compiled);
    let bytes = fs::read(&compiled)
        .with_context(|| format!("{} is missing; is `cdylib` still a crate type?", compiled.display()))?;
    let out = target.join("wasm-out").join(folder).join(program.name);
    let stamp = stamp(&bytes, tools.is_some());
    let stamp_file = out.join("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) {
        return read(program, &out);
    }
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    shell::timed("wasm: script glue", || bind(program, &compiled, &out, mode))?;
    finish(program, &out, mode, tools)?;
    let pair = read(program, &out)?;
    fs::write(&stamp_file, stamp)?;
    Ok(pair)
}

fn bind(program: &Program, compiled: &Path, out: &Path, mode: Mode) -> Result<()> {
    let debug = mode == Mode::Debug;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .web(true)
        .map_err(|error| anyhow!("{error:?}"))?
        .out_name(program.name)
        .typescript(false)
        .debug(debug)
        .keep_debug(debug)
        .remove_name_section(!debug)
        .remove_producers_section(!debug)
        .generate(out)
        .map_err(|error| anyhow!("wasm-bindgen: {error:?}"))?;
    let Program { name, entry, .. } = program;
    let glue = fs::read_to_string(out.join(format!("{name}.js")))?;
    if !glue.contains(&format!("export function {entry}(")) {
        bail!("the program {name} exports no function `{entry}` to the browser (`#[wasm_bindgen] pub fn {entry}()`)");
    }
    Ok(())
}

/// Makes both files small; one file of script comes out, whatever wasm-bindgen split off.
fn finish(program: &Program, out: &Path, mode: Mode, tools: Option<&NodeTools>) -> Result<()> {
    let script = out.join(format!("{}.js", program.name));
    let Some(tools) = tools else {
        if out.join("snippets").exists() {
            bail!("the browser part uses script snippets, and joining them needs Node; please install it");
        }
        return Ok(());
    };
    let bundled = tools.bundle_module(&script)?;
    fs::write(&script, bundled)?;
    if mode == Mode::Release {
        shell::timed("wasm: wasm-opt", || tools.optimise_wasm(&out.join(format!("{}_bg.wasm", program.name))))?;
    }
    Ok(())
}

fn read(program: &Program, out: &Path) -> Result<Pair> {
    let file = |end: &str| {
        let name = format!("{}{end}", program.name);
        fs::read(out.join(&name)).with_context(|| format!("could not read {name}"))
    };
    Ok(Pair { script: file(".js")?, wasm: file("_bg.wasm")? })
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
