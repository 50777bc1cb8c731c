//! The visitor's page with five doors, read from the database each time, beside a small file from the same server.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Row, kibi, median};
use crate::{shell, tools};

/// What wrk keeps open at once.
const CONNECTIONS: &str = "-c32";

/// The server on a data folder of its own; it ends with this.
struct Server {
    child: Child,
    folder: tempfile::TempDir,
    address: String,
}

pub(super) fn measure(binary: &Path, seconds: u32) -> Result<Vec<Row>> {
    if shell::find_program("wrk").is_none() {
        tools::apt_install(&["wrk"], "the benchmark loads pages by wrk")?;
    }
    let server = Server::start(binary)?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = server.memory()?;
    let (page, cookie) = server.page(binary)?;
    let file = server.file()?;
    let length = format!("-d{seconds}s");
    let load = |path: &str| -> Result<f64> {
        let mut wrk = shell::words(&["wrk", "-t1", CONNECTIONS, &length, "-H"]);
        wrk.arg(format!("cookie: {cookie}")).arg(format!("http://{}{path}", server.address));
        requests(&shell::output(&mut wrk)?)
    };
    load(&page)?;
    let (mut ratios, mut pages, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        let (one, other) = (load(&page)?, load(&file)?);
        ratios.push(one / other);
        pages.push(one);
        files.push(other);
    }
    let ratio = median(ratios);
    Ok(vec![
        Row {
            name: "visitor's page to a fixed small body, requests/s",
            measured: format!("{:.0} to {:.0}: {:.1} %", median(pages), median(files), ratio * 100.0),
            target: ">= 12 %",
            met: ratio >= 0.12,
        },
        Row {
            name: "memory of an idle server",
            measured: format!("{:.1} MiB", kibi(idle)),
            target: "< 60 MiB",
            met: idle < 60 * 1024,
        },
    ])
}

/// What wrk says, unless an answer was none of ours.
fn requests(said: &str) -> Result<f64> {
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        bail!("not every answer was a good one:\n{said}");
    }
    let line = said.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    line.context("wrk said no rate")?.trim().parse().context("wrk's rate is no number")
}

impl Server {
    fn start(binary: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let mut serve = Command::new(binary);
        let child = configured(&mut serve, &folder, &address).arg("serve").stdout(Stdio::null()).spawn()?;
        let mut server = Self { child, folder, address };
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
    fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    fn cli(&self, binary: &Path, words: &[&str], typed: &str) -> Result<Value> {
        let script = "printf '%s\\n' \"$TYPED\" | \"$0\" \"$@\" --json";
        let mut shell = Command::new("sh");
        configured(&mut shell, &self.folder, &self.address).env("TYPED", typed);
        shell.args(["-c", script]).arg(binary).args(words);
        Ok(serde_json::from_str(&shell::output(&mut shell)?)?)
    }

    /// The page of a link to five doors, and the cookie that it takes.
    fn page(&self, binary: &Path) -> Result<(String, String)> {
        let setup = ["setup", "--organization", "Bench", "--email", "bench@example.com", "--password-stdin"];
        self.cli(binary, &setup, "a calm lighthouse at noon")?;
        self.cli(binary, &["place", "create", "--name", "Here"], "")?;
        let mut link = vec!["link", "create", "--name", "Ada Keller", "--host-name", "Jonas Weber"];
        for door in ["Front door", "Studio 3", "Workshop", "Parking gate", "Roof"] {
            self.cli(binary, &["door", "create", "--place", "Here", "--name", door], "")?;
            link.extend(["--door", door]);
        }
        let made = self.cli(binary, &link, "")?;
        let (url, id) = (made["url"].as_str().context("no address")?, made["id"].as_str().context("no id")?);
        let path = &url[url.find("/l/").context("no path")?..];
        let head = get(&self.address, path).context("no answer")?;
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
        Ok((format!("/visit/{id}"), cookie.context("no cookie")?.to_owned()))
    }

    /// The visitor's script: a fixed body of less than 2 KB, which makes the comparison the harder one.
    fn file(&self) -> Result<String> {
        let manifest = std::fs::read_to_string(shell::root().join("target/site/manifest.json"))?;
        let manifest: Value = serde_json::from_str(&manifest)?;
        let path = manifest["visit.js"].as_str().context("the site has no visit.js")?;
        Ok(format!("/{}", path.trim_start_matches('/')))
    }
}

/// An answer with its head.
fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let ask = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

fn configured<'a>(command: &'a mut Command, folder: &tempfile::TempDir, address: &str) -> &'a mut Command {
    command
        .env("LATCHKEY_DATA_DIR", folder.path())
        .env("LATCHKEY_DATABASE_URL", format!("sqlite://{}", folder.path().join("latchkey.db").display()))
        .env("LATCHKEY_LISTEN", address)
        .env("LATCHKEY_LOG", "warn")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
