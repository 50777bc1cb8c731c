//! A server with a data folder of its own, as it is shipped.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// The server at work; it ends with this.
pub(super) struct Server {
    binary: PathBuf,
    child: Child,
    folder: tempfile::TempDir,
    /// Host and port.
    pub(super) address: String,
}

impl Server {
    pub(super) fn start(binary: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut serve = configured(binary, &folder, &address);
        let child = serve.arg("serve").stdout(Stdio::null()).spawn()?;
        let mut server = Self { binary: binary.to_owned(), child, folder, address };
        let begun = Instant::now();
        while !get(&server.address, "/readyz").is_some_and(|head| head.contains(" 200 ")) {
            if begun.elapsed() > Duration::from_secs(20) || server.child.try_wait()?.is_some() {
                bail!("the server did not become ready");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// Resident memory, KiB.
    pub(super) fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// An organization to measure in.
    pub(super) fn set_up(&self) -> Result<()> {
        let mut setup = self.command();
        setup.args(["setup", "--organization", "Bench", "--email", "bench@example.com", "--password-stdin", "--json"]);
        let typed = self.path("password");
        std::fs::write(&typed, "a calm lighthouse at noon\n")?;
        said(setup.stdin(std::fs::File::open(typed)?)).map(drop)
    }

    /// A command's answer, the last object that it prints.
    pub(super) fn cli(&self, words: &[&str]) -> Result<Value> {
        let said = said(self.command().args(words).arg("--json"))?;
        Ok(serde_json::from_str(said.lines().last().unwrap_or_default())?)
    }

    /// The binary, to act on the same data.
    pub(super) fn command(&self) -> Command {
        configured(&self.binary, &self.folder, &self.address)
    }

    /// A file beside the data.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes the server away; its data stay.
    pub(super) fn stop(&mut self) {
        // It may have ended already, which is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn configured(binary: &Path, folder: &tempfile::TempDir, address: &str) -> Command {
    let mut command = shell::command(binary);
    command
        .env("LATCHKEY_DATA_DIR", folder.path())
        .env("LATCHKEY_DATABASE_URL", format!("sqlite://{}", folder.path().join("latchkey.db").display()))
        .env("LATCHKEY_LISTEN", address)
        .env("LATCHKEY_LOG", "warn");
    command
}

/// What a command prints.
pub(super) fn said(command: &mut Command) -> Result<String> {
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?.wait_with_output()?;
    if !output.status.success() {
        bail!("{command:?} did not end well: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// An answer with its head.
pub(super) fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let ask = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
