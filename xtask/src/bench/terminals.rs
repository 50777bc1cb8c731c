//! Real terminals beside a real server: how soon one with 10,000 codes is ready, and how soon it knows of a revocation;
//! and a terminal in a browser.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::server::{Server, said};
use super::{Row, median};
use crate::{browser, shell, tools};

/// Codes in the list.
const CODES: usize = 10_000;
/// Rows that one import takes.
const ROWS: usize = 2_000;
const REVOKED: usize = 10;
/// No answer within it is a failure, not a slow one.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn measure(binary: &Path) -> Result<Vec<Row>> {
    tools::decoders()?;
    let mut server = Server::start(binary)?;
    shell::timed("terminals: 10,000 codes", || furnish(&server))?;
    let code = code_of(&server, "Visitor 0")?;
    let (mut paired, mut terminals) = (Vec::new(), Vec::new());
    for name in ["One", "Two", "Three"] {
        let (file, took) = pair(&server, name)?;
        paired.push(took);
        terminals.push(file);
    }
    let known = shell::timed("terminals: revocations", || revocations(&server, &terminals[0]))?;
    server.stop();
    let mut alone = Vec::new();
    for file in &terminals {
        alone.push(decision_alone(&server, file, &code)?);
    }
    let browsers = browser::p99(binary, "ten thousand codes are decided by at once")?;
    let slowest = known.iter().copied().fold(0.0, f64::max);
    let cold = median(paired.iter().zip(&alone).map(|(paired, alone)| paired + alone).collect());
    Ok(vec![
        Row {
            name: "a new terminal takes 10,000 codes and decides within",
            measured: format!("{:.0} + {:.0} ms", median(paired), median(alone)),
            target: "< 3,000 ms",
            met: cold < 3_000.0,
        },
        Row {
            name: "a revocation is known to a terminal, slowest of ten",
            measured: format!("{slowest:.0} ms (median {:.0})", median(known)),
            target: "< 2,000 ms",
            met: slowest < 2_000.0,
        },
        Row {
            name: "99 of 100 decisions in a browser among 10,000 within",
            measured: format!("{browsers:.1} ms"),
            target: "< 15 ms",
            met: browsers < 15.0,
        },
    ])
}

/// A door, and links whose codes its terminals' lists hold.
fn furnish(server: &Server) -> Result<()> {
    server.set_up()?;
    server.cli(&["place", "create", "--name", "Here"])?;
    server.cli(&["door", "create", "--place", "Here", "--name", "Front door"])?;
    for first in (0..CODES).step_by(ROWS) {
        let rows: String =
            (first..first + ROWS).map(|number| format!("Visitor {number},Front door,online,yes\n")).collect();
        let file = server.path("links.csv");
        std::fs::write(&file, format!("name,doors,qr,qr_off_line\n{rows}"))?;
        said(server.command().args(["link", "import"]).arg(file))?;
    }
    Ok(())
}

/// What a scanner reads from a link's picture.
fn code_of(server: &Server, link: &str) -> Result<String> {
    let picture = server.path("code.png");
    said(server.command().args(["qr", "picture", link, "--png"]).arg(&picture))?;
    Ok(said(shell::words(&["zbarimg", "--quiet", "--raw"]).arg(picture))?.trim().to_owned())
}

/// A terminal's file, and after how many ms it held the list: from an empty folder, so with pairing, with the list made,
/// sent, verified and stored.
fn pair(server: &Server, name: &str) -> Result<(std::path::PathBuf, f64)> {
    let made = server.cli(&["terminal", "create", "--name", name, "--door", "Front door"])?;
    let code = made["pairing_code"].as_str().context("no pairing code")?;
    let file = server.path(&format!("{name}.db"));
    let address = format!("http://{}", server.address);
    let begun = Instant::now();
    let line = ["terminal", "pair", "--json", "--server", &address, "--code", code, "--data"];
    let told = said(server.command().args(line).arg(&file))?;
    let took = millis(begun.elapsed());
    let told: serde_json::Value = serde_json::from_str(&told)?;
    ensure!(told["list"].is_i64(), "the terminal has no list: {told}");
    Ok((file, took))
}

/// A program whose lines are heard with the moment at which they came.
struct Heard {
    child: Child,
    lines: Receiver<(Instant, String)>,
}

impl Heard {
    fn start(server: &Server, file: &Path) -> Result<Self> {
        let mut run = server.command();
        run.env("LATCHKEY_LOG", "info").args(["terminal", "run", "--input", "none", "--data"]).arg(file);
        let mut child = run.stderr(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let errors = BufReader::new(child.stderr.take().context("no log")?);
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                if sender.send((Instant::now(), line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, lines })
    }

    /// When a line came that says that a list of so many codes is at hand.
    fn list_of(&self, codes: usize) -> Result<Instant> {
        let wanted = format!(" is at hand: {codes} online codes");
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let (at, line) = self.lines.recv_timeout(left).with_context(|| format!("no list of {codes} codes came"))?;
            if line.contains(&wanted) {
                return Ok(at);
            }
        }
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// After how many ms a connected terminal held a list without the code, each time. They count from the moment at which
/// the command that revokes had ended; it is a process of its own, so the server has to notice what another wrote.
fn revocations(server: &Server, file: &Path) -> Result<Vec<f64>> {
    let terminal = Heard::start(server, file)?;
    // The first revocation finds it connected, which is waited for; it is not counted.
    let mut took = Vec::new();
    for number in 0..=REVOKED {
        server.cli(&["link", "revoke", &format!("Visitor {}", CODES - 1 - number)])?;
        let begun = Instant::now();
        let known = terminal.list_of(CODES - 1 - number)?;
        if number > 0 {
            took.push(millis(known.saturating_duration_since(begun)));
        }
    }
    Ok(took)
}

/// After how many ms a terminal that was switched on without a network had decided about a code.
fn decision_alone(server: &Server, file: &Path, code: &str) -> Result<f64> {
    let scanned = server.path("scanned");
    std::fs::write(&scanned, format!("{code}\n"))?;
    let mut run = server.command();
    run.args(["terminal", "run", "--relay-command", "true", "--data"]).arg(file);
    let begun = Instant::now();
    let mut child = run.stdin(std::fs::File::open(scanned)?).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut line = String::new();
    let read = BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line);
    let took = millis(begun.elapsed());
    let _ = child.kill();
    child.wait()?;
    read?;
    ensure!(line.contains("\"decision\":\"grant\"") && line.contains("off_line"), "no grant off line: {line:?}");
    Ok(took)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
