//! The files of `public/`: pictures and scripts under hashed names, the few with a fixed name at the root.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::npm::NodeTools;
use crate::site::Site;

/// Asked for by these very names: by crawlers, by browsers, and as a service worker, whose address is its identity.
const FIXED_NAMES: [&str; 5] =
    ["robots.txt", "manifest.webmanifest", "favicon.ico", "terminal.webmanifest", "terminal-worker.js"];

/// Adds everything in `public/`. Pictures come first, so that what names them can be pointed at their hashed names.
///
/// # Errors
/// When the folder is missing or not flat, or a file cannot be read or does not parse.
pub(crate) fn add_public(site: &mut Site, folder: &Path, tools: Option<&NodeTools>) -> Result<()> {
    let (named_later, first): (Vec<_>, Vec<_>) =
        list(folder)?.into_iter().partition(|(name, _)| name.ends_with(".webmanifest"));
    for (name, path) in first.into_iter().chain(named_later) {
        let bytes = content(&name, &path, tools, site.files()).with_context(|| format!("public/{name}"))?;
        if FIXED_NAMES.contains(&name.as_str()) {
            site.add_root(&name, &bytes)?;
        } else {
            site.add(&name, &bytes)?;
        }
    }
    Ok(())
}

fn list(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).context("the folder public/ is missing")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            bail!("public/{name} is a folder, but public/ is flat; please move its files up");
        }
        files.push((name, path));
    }
    files.sort();
    Ok(files)
}

fn content(name: &str, path: &Path, tools: Option<&NodeTools>, files: &BTreeMap<String, String>) -> Result<Vec<u8>> {
    match (name.rsplit_once('.').map(|(_, extension)| extension), tools) {
        (Some("js"), Some(tools)) => tools.minify_script(path),
        (Some("webmanifest"), _) => Ok(web_manifest(&fs::read_to_string(path)?, files)?.into_bytes()),
        _ => Ok(fs::read(path)?),
    }
}

/// Points the icons of a web app manifest at their hashed names.
fn web_manifest(text: &str, files: &BTreeMap<String, String>) -> Result<String> {
    let mut manifest: Value = serde_json::from_str(text)?;
    let icons = manifest.get_mut("icons").and_then(Value::as_array_mut);
    for source in icons.into_iter().flatten().filter_map(|icon| icon.get_mut("src")) {
        let plain = source.as_str().unwrap_or_default();
        let name = plain.rsplit('/').next().unwrap_or(plain);
        if let Some(hashed) = files.get(name) {
            *source = Value::String(format!("/{hashed}"));
        } else if !FIXED_NAMES.contains(&name) {
            bail!("the icon {plain} is not in public/");
        }
    }
    Ok(serde_json::to_string(&manifest)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::web_manifest;

    #[test]
    fn icons_get_their_hashed_names_and_an_unknown_one_is_an_error() -> anyhow::Result<()> {
        let files = BTreeMap::from([("icon.png".to_owned(), "pkg/icon.ab.png".to_owned())]);
        let text = web_manifest(r#"{"icons":[{"src":"/icon.png"},{"src":"/favicon.ico"}]}"#, &files)?;
        assert_eq!(text, r#"{"icons":[{"src":"/pkg/icon.ab.png"},{"src":"/favicon.ico"}]}"#);
        assert!(web_manifest(r#"{"icons":[{"src":"/gone.png"}]}"#, &files).is_err());
        Ok(())
    }
}
