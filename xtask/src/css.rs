//! Style sheets: each entry joined with what it imports, minified, and its pictures pointed at their hashed names.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};

/// Bundles one style sheet. No browser targets are set: nesting, layers and `light-dark()` stay as written.
///
/// `files` maps the plain name of a picture to its path below the site's root.
///
/// # Errors
/// When a file is missing, a rule does not parse, or a picture is unknown.
pub(crate) fn bundle(entry: &Path, files: &BTreeMap<String, String>) -> Result<String> {
    let provider = FileProvider::new();
    let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
    let mut sheet = bundler.bundle(entry).map_err(|error| anyhow!("{error}"))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{error}"))?;
    let printed = sheet
        .to_css(PrinterOptions {
            minify: true,
            analyze_dependencies: Some(DependencyOptions { remove_imports: false }),
            ..PrinterOptions::default()
        })
        .map_err(|error| anyhow!("{error}"))?;

    let mut code = printed.code;
    for dependency in printed.dependencies.unwrap_or_default() {
        if let Dependency::Url(url) = dependency {
            code = code.replace(&url.placeholder, &address(&url.url, files)?);
        }
    }
    Ok(code)
}

/// What stands between the quotes of `url("…")`.
fn address(url: &str, files: &BTreeMap<String, String>) -> Result<String> {
    let elsewhere = ["data:", "#", "https:"].iter().any(|prefix| url.starts_with(prefix));
    if elsewhere {
        return Ok(url.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let (path, fragment) = url.split_once('#').map_or((url, None), |(path, rest)| (path, Some(rest)));
    let name = path.rsplit('/').next().unwrap_or(path);
    let hashed = files.get(name).with_context(|| format!("url({url}): there is no public/{name}"))?;
    Ok(fragment.map_or_else(|| format!("/{hashed}"), |rest| format!("/{hashed}#{rest}")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::bundle;

    fn bundled(files: &[(&str, &str)]) -> anyhow::Result<String> {
        let folder = tempfile::tempdir()?;
        for (name, text) in files {
            fs::write(folder.path().join(name), text)?;
        }
        let known = BTreeMap::from([("key.svg".to_owned(), "pkg/key.0123456789.svg".to_owned())]);
        bundle(&folder.path().join(files[0].0), &known)
    }

    #[test]
    fn modern_css_survives_and_imports_are_joined() -> anyhow::Result<()> {
        let css = bundled(&[
            ("admin.css", "@layer base, parts;\n@import './base.css' layer(base);\n"),
            (
                "base.css",
                ":root { color-scheme: light dark }\n.card { color: light-dark(#111, #eee);\n & .x { color: red } }",
            ),
        ])?;
        assert!(css.contains("light-dark(#111,#eee)"), "{css}");
        assert!(css.contains("& .x{color:red}"), "{css}");
        assert!(css.contains("@layer base{"), "{css}");
        assert!(!css.contains("@import"), "{css}");
        Ok(())
    }

    #[test]
    fn pictures_get_their_hashed_names_and_data_urls_stay() -> anyhow::Result<()> {
        let css = bundled(&[(
            "a.css",
            "a{background:url('/key.svg#x')}b{background:url(\"data:image/svg+xml,<svg xmlns='y'/>\")}",
        )])?;
        assert!(css.contains("/pkg/key.0123456789.svg#x"), "{css}");
        assert!(css.contains("data:image/svg+xml,<svg xmlns='y'/>"), "{css}");
        Ok(())
    }

    #[test]
    fn an_unknown_picture_is_an_error() {
        let error = bundled(&[("a.css", "a{background:url(/none.svg)}")]).err().map(|e| e.to_string());
        assert_eq!(error.as_deref(), Some("url(/none.svg): there is no public/none.svg"));
    }
}
