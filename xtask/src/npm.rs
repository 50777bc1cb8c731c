//! The two Node programs that make files smaller, at the versions of `xtask/tools/package-lock.json`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::shell;

const WASM_OPT_FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// The installed programs.
pub(crate) struct NodeTools {
    folder: PathBuf,
}

impl NodeTools {
    /// Installs the programs into `target/tools` unless they are there; `None` where Node is not.
    ///
    /// # Errors
    /// When npm fails.
    pub(crate) fn ready() -> Result<Option<Self>> {
        if shell::find_program("node").is_none() || shell::find_program("npm").is_none() {
            println!("Node is missing: the assets work, but are not minified");
            return Ok(None);
        }
        let folder = shell::root().join("target/tools");
        let pinned = shell::root().join("xtask/tools");
        if install(&pinned, &folder)? {
            println!("installed wasm-opt and esbuild into target/tools");
        }
        Ok(Some(Self { folder }))
    }

    /// Shrinks a wasm file in place.
    ///
    /// # Errors
    /// When `wasm-opt` fails.
    pub(crate) fn optimise_wasm(&self, file: &Path) -> Result<()> {
        let smaller = file.with_extension("smaller");
        let mut command = shell::command(self.program("wasm-opt"));
        shell::run_quietly(command.args(WASM_OPT_FLAGS).arg(file).arg("-o").arg(&smaller))?;
        fs::rename(&smaller, file).context("could not keep the smaller wasm file")
    }

    /// Minifies a classic script; its top-level names stay.
    ///
    /// # Errors
    /// When the script does not parse.
    pub(crate) fn minify_script(&self, file: &Path) -> Result<Vec<u8>> {
        self.esbuild(file, &[])
    }

    /// Joins a module with everything it imports and minifies it.
    ///
    /// # Errors
    /// When a module is missing or does not parse.
    pub(crate) fn bundle_module(&self, file: &Path) -> Result<Vec<u8>> {
        self.esbuild(file, &["--bundle", "--format=esm"])
    }

    fn esbuild(&self, file: &Path, flags: &[&str]) -> Result<Vec<u8>> {
        let scratch = tempfile::tempdir().context("could not make a temporary folder")?;
        let out = scratch.path().join("out.js");
        let mut command = shell::command(self.program("esbuild"));
        command.arg(file).args(["--minify", "--target=es2022", "--log-level=warning"]).args(flags);
        shell::run_quietly(command.arg(format!("--outfile={}", out.display())))?;
        fs::read(&out).context("esbuild wrote nothing")
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.join("node_modules/.bin").join(name)
    }
}

/// Runs `npm ci` in `folder` with the lock file of `pinned`, unless that was done for this very lock file.
/// Returns whether it had to.
///
/// # Errors
/// When a file cannot be copied or npm fails.
pub(crate) fn install(pinned: &Path, folder: &Path) -> Result<bool> {
    fs::create_dir_all(folder)?;
    let lock = fs::read(pinned.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", pinned.display()))?;
    let stamp = format!("{:x}", Sha256::digest(&lock));
    let stamp_file = folder.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp_file).is_ok_and(|known| known == stamp) {
        return Ok(false);
    }
    if pinned != folder {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(pinned.join(name), folder.join(name))?;
        }
    }
    let mut npm = shell::command("npm");
    npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund"]);
    // The browser is Debian's; its own download is large and often unreachable.
    shell::run_quietly(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(&stamp_file, stamp)?;
    Ok(true)
}
