//! The folder `target/site`: hashed names, compressed copies and the manifest, swapped in as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Below this many bytes a compressed copy saves nothing on the wire.
const WORTH_COMPRESSING: usize = 256;

/// A site in the making, beside the one that is being served.
pub(crate) struct Site {
    current: PathBuf,
    next: PathBuf,
    compress: bool,
    manifest: BTreeMap<String, String>,
    sizes: Vec<Size>,
}

struct Size {
    path: String,
    raw: usize,
    brotli: Option<usize>,
}

impl Site {
    /// Begins an empty site next to `current`; with `compress` each file gets its `.br` and `.gz`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub(crate) fn begin(current: &Path, compress: bool) -> Result<Self> {
        let next = current.with_extension("new");
        remove(&next)?;
        fs::create_dir_all(next.join("pkg"))?;
        fs::create_dir_all(next.join("root"))?;
        Ok(Self { current: current.to_owned(), next, compress, manifest: BTreeMap::new(), sizes: Vec::new() })
    }

    /// The files so far: plain name to path below the site.
    pub(crate) fn files(&self) -> &BTreeMap<String, String> {
        &self.manifest
    }

    /// Adds a file under a name that carries the hash of its content.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.add_hashed(name, bytes, &hash(&[bytes]))
    }

    /// Adds the browser part: both files share one hash, so that one output name finds them both.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(crate) fn add_pair(&mut self, stem: &str, script: &[u8], wasm: &[u8]) -> Result<()> {
        let shared = hash(&[script, wasm]);
        self.add_hashed(&format!("{stem}.js"), script, &shared)?;
        self.add_hashed(&format!("{stem}.wasm"), wasm, &shared)
    }

    /// Adds a file that the outside world asks for by a fixed name at the root.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add_root(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.write(&format!("root/{name}"), bytes)
    }

    /// Writes the manifest and puts the site in the place of the old one, unless nothing changed:
    /// a fresh time stamp would make the server compile again.
    ///
    /// # Errors
    /// When a file cannot be written or moved.
    pub(crate) fn finish(self) -> Result<()> {
        let mut text = serde_json::to_string_pretty(&self.manifest)?;
        text.push('\n');
        fs::write(self.next.join("manifest.json"), text)?;
        self.report();
        if same(&self.next, &self.current) {
            println!("target/site is unchanged");
            return remove(&self.next);
        }
        let old = self.current.with_extension("old");
        remove(&old)?;
        if self.current.exists() {
            fs::rename(&self.current, &old)?;
        }
        fs::rename(&self.next, &self.current).context("could not put the new site in place")?;
        remove(&old)
    }

    fn add_hashed(&mut self, name: &str, bytes: &[u8], hash: &str) -> Result<()> {
        let (stem, extension) = name.rsplit_once('.').with_context(|| format!("{name} has no extension"))?;
        let path = format!("pkg/{stem}.{hash}.{extension}");
        self.write(&path, bytes)?;
        self.manifest.insert(name.to_owned(), path);
        Ok(())
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        fs::write(self.next.join(path), bytes).with_context(|| format!("could not write {path}"))?;
        let mut brotli = None;
        if self.compress && bytes.len() > WORTH_COMPRESSING {
            brotli = self.write_smaller(path, "br", bytes, brotli_best)?;
            self.write_smaller(path, "gz", bytes, gzip_best)?;
        }
        self.sizes.push(Size { path: path.to_owned(), raw: bytes.len(), brotli });
        Ok(())
    }

    /// Writes a compressed copy when it is smaller; the old site's copy is taken over when its
    /// original is the same, since the best compression is slow.
    fn write_smaller(
        &self,
        path: &str,
        extension: &str,
        bytes: &[u8],
        compress: fn(&[u8]) -> Result<Vec<u8>>,
    ) -> Result<Option<usize>> {
        let name = format!("{path}.{extension}");
        let unchanged = fs::read(self.current.join(path)).is_ok_and(|known| known == bytes);
        let kept = unchanged.then(|| fs::read(self.current.join(&name)).ok()).flatten();
        let smaller = kept.map_or_else(|| compress(bytes), Ok)?;
        if smaller.len() >= bytes.len() {
            return Ok(None);
        }
        fs::write(self.next.join(&name), &smaller).with_context(|| format!("could not write {name}"))?;
        Ok(Some(smaller.len()))
    }

    fn report(&self) {
        println!("{:<44} {:>10} {:>10}", "target/site", "bytes", "brotli");
        for size in &self.sizes {
            let brotli = size.brotli.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
            println!("  {:<42} {:>10} {brotli:>10}", size.path, size.raw);
        }
    }
}

/// Ten hexadecimal digits of SHA-256: 40 bits are plenty to tell a name's versions apart.
fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let mut text = format!("{:x}", hash.finalize());
    text.truncate(10);
    text
}

fn brotli_best(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

fn gzip_best(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("could not remove {}", folder.display()))?;
    }
    Ok(())
}

/// Whether two folders hold the same files; anything unreadable counts as different.
fn same(one: &Path, other: &Path) -> bool {
    let (Some(files), Some(others)) = (contents(one), contents(other)) else {
        return false;
    };
    files == others
}

fn contents(folder: &Path) -> Option<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        let name = PathBuf::from(path.file_name()?);
        if path.is_dir() {
            found.extend(contents(&path)?.into_iter().map(|(below, bytes)| (name.join(below), bytes)));
        } else {
            found.insert(name, fs::read(&path).ok()?);
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use super::{Site, contents};

    #[test]
    fn the_browser_part_shares_one_hash_and_small_files_stay_uncompressed() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let current = folder.path().join("site");
        let mut site = Site::begin(&current, true)?;
        site.add_pair("latchkey", &[b'a'; 4000], &[b'b'; 100])?;
        site.add_root("robots.txt", b"User-agent: *\n")?;
        site.finish()?;

        let names: Vec<String> =
            contents(&current).unwrap_or_default().keys().map(|path| path.display().to_string()).collect();
        let hash = &names[1]["pkg/latchkey.".len()..][..10];
        let expected = ["js", "js.br", "js.gz", "wasm"].map(|end| format!("pkg/latchkey.{hash}.{end}"));
        assert_eq!(names[0], "manifest.json");
        assert_eq!(names[1..5], expected);
        assert_eq!(names[5], "root/robots.txt");
        let manifest = fs::read_to_string(current.join("manifest.json"))?;
        assert!(manifest.contains(&format!("\"latchkey.wasm\": \"pkg/latchkey.{hash}.wasm\"")), "{manifest}");
        Ok(())
    }

    #[test]
    fn an_unchanged_site_is_left_alone() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let current = folder.path().join("site");
        let build = |text: &[u8]| -> anyhow::Result<u64> {
            let mut site = Site::begin(&current, true)?;
            site.add("a.css", text)?;
            site.finish()?;
            Ok(fs::metadata(current.join("manifest.json"))?.ino())
        };
        let first = build(b"a{}")?;
        assert_eq!(first, build(b"a{}")?);
        assert_ne!(first, build(b"b{}")?);
        Ok(())
    }
}
