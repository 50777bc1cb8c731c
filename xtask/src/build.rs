//! `cargo xtask build`: everything the browser downloads, into `target/site`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::npm::NodeTools;
use crate::site::Site;
use crate::{assets, css, shell, wasm};

/// The style sheets that pages link; the others are imported by these.
const STYLE_SHEETS: [&str; 3] = ["admin.css", "visitor.css", "terminal.css"];

/// How much time to spend on making things small and fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Small and fast: what is shipped.
    Release,
    /// Quick to build.
    Debug,
}

impl Mode {
    /// From the flag `--debug`.
    pub(crate) fn from_debug(debug: bool) -> Self {
        if debug { Self::Debug } else { Self::Release }
    }
}

/// Builds the site and puts it in the place of the old one.
///
/// # Errors
/// When a source is missing or does not build; the old site then stays.
pub(crate) fn site(mode: Mode) -> Result<()> {
    let root = shell::root();
    for name in STYLE_SHEETS {
        if !root.join("style").join(name).is_file() {
            bail!("style/{name} is missing");
        }
    }
    let tools = NodeTools::ready()?;
    let mut programs = Vec::new();
    for program in &wasm::PROGRAMS {
        programs.push((program.name, wasm::build(program, mode, tools.as_ref())?));
    }
    let mut site = Site::begin(&root.join("target/site"), mode == Mode::Release)?;
    shell::timed("public files", || assets::add_public(&mut site, &root.join("public"), tools.as_ref()))?;
    shell::timed("style sheets", || {
        for name in STYLE_SHEETS {
            let text =
                css::bundle(&root.join("style").join(name), site.files()).with_context(|| format!("style/{name}"))?;
            site.add(name, text.as_bytes())?;
        }
        Ok(())
    })?;
    shell::timed("wasm: hash and compress", || {
        programs.iter().try_for_each(|(name, pair)| site.add_pair(name, &pair.script, &pair.wasm))
    })?;
    site.finish()
}

/// Makes an empty site where there is none, since the server embeds the folder when it compiles:
/// linting and unit tests need it to be there, not to be complete.
///
/// # Errors
/// When the folder cannot be made.
pub(crate) fn ensure_site_folder() -> Result<()> {
    let site = shell::root().join("target/site");
    let manifest = site.join("manifest.json");
    if !manifest.exists() {
        fs::create_dir_all(site.join("pkg"))?;
        fs::create_dir_all(site.join("root"))?;
        fs::write(manifest, "{}\n")?;
    }
    Ok(())
}
