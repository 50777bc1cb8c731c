//! `latchkey terminal pair`, `run` and `calibrate`: the commands of a machine at a door.

use crate::clock::Clock;
use crate::config::LogFormat;
use crate::terminal::input::layout::{CALIBRATION, Layout};
use crate::terminal::input::{Input, Source};
use crate::terminal::pair::pair;
use crate::terminal::relay::Relay;
use crate::terminal::run::{self, Ended};
use crate::terminal::store::{Server, Store};
use crate::terminal::{Clocks, output};
use clap::{Args, Subcommand, ValueEnum};
use ipnet::IpNet;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Device {
    /// Make this machine a terminal: a pairing code for a token and the first list.
    Pair(Pair),
    /// Be a terminal: read codes, decide, open, and print each decision as a JSON line.
    Run(Box<Run>),
    /// Teach this machine what a scanner that types means by its keys.
    Calibrate(Calibrate),
}

/// Make this machine a terminal.
#[derive(Debug, Args)]
pub(in crate::cli) struct Pair {
    /// The server's address, such as https://door.example.com. Plain http only on this very machine.
    #[arg(long, value_name = "URL")]
    server: String,
    /// The pairing code that the admin's page shows.
    #[arg(long, value_name = "CODE")]
    code: String,
    /// The file to keep everything in.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Believe only the certificates in this PEM file: an authority of your own, or the server's own certificate.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// Forget what the file holds, should this machine be paired already.
    #[arg(long)]
    replace: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Keys {
    /// What calibration taught, else those of the United States.
    Auto,
    /// Those of the United States.
    Us,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Method {
    Get,
    Post,
    Put,
}

/// Be a terminal.
#[derive(Debug, Args)]
pub(in crate::cli) struct Run {
    /// The file that `latchkey terminal pair` made.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Where codes are read: stdin (a code a line), serial:/dev/ttyUSB0[:BAUD], hid:/dev/input/event3, or none.
    #[arg(long, value_name = "INPUT", default_value = "stdin")]
    input: Source,
    /// What the keys of a scanner that types stand for.
    #[arg(long, value_name = "LAYOUT", default_value = "auto")]
    scanner_layout: Keys,
    /// Open by a web request to this address. Without a relay the server opens, through the door's driver.
    #[arg(long, value_name = "URL", conflicts_with = "relay_command")]
    relay: Option<String>,
    /// How the relay is asked.
    #[arg(long, value_name = "METHOD", default_value = "post", requires = "relay")]
    relay_method: Method,
    /// A header for the relay, NAME: VALUE. May be given several times.
    #[arg(long, value_name = "HEADER", env = "LATCHKEY_RELAY_HEADER", hide_env_values = true)]
    relay_header: Vec<String>,
    /// Open by this command, which sh runs, with LATCHKEY_UNLOCK_MS and $1 as the milliseconds to stay open. It must
    /// end within 3 s.
    #[arg(long, value_name = "COMMAND")]
    relay_command: Option<String>,
    /// Addresses and networks off the public internet where the relay may be.
    #[arg(long, value_name = "NETWORKS", env = "LATCHKEY_ALLOWED_TARGETS", value_delimiter = ',', value_parser = network)]
    allow_target: Vec<IpNet>,
}

/// Teach this machine what a scanner that types means by its keys.
#[derive(Debug, Args)]
pub(in crate::cli) struct Calibrate {
    /// The file that `latchkey terminal pair` made.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The scanner, hid:/dev/input/event3.
    #[arg(long, value_name = "INPUT")]
    input: Source,
}

fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let alone = || text.parse().map(|ip: std::net::IpAddr| IpNet::from(ip));
    text.parse().or_else(|_| alone()).map_err(|_| format!("{text} is no address or network, such as 192.168.1.0/24"))
}

impl Device {
    /// These run on a machine at a door, which has nothing of the server's: no configuration, no key, no database.
    pub(in crate::cli) fn main(self) -> ExitCode {
        let filter = std::env::var("LATCHKEY_LOG").unwrap_or_else(|_| match self {
            Self::Run(_) => "info".into(),
            _ => "warn".into(),
        });
        let format = match std::env::var("LATCHKEY_LOG_FORMAT").as_deref() {
            Ok("json") => LogFormat::Json,
            _ => LogFormat::Text,
        };
        let started = crate::logging::start(&filter, format).and_then(|()| {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            // A small machine has little memory; the work is waiting.
            builder
                .worker_threads(2)
                .enable_all()
                .build()
                .map_err(|cause| format!("the runtime could not start: {cause}"))
        });
        let done = started.and_then(|runtime| {
            let done = runtime.block_on(async {
                match self {
                    Self::Pair(pair) => pair.run().await,
                    Self::Run(run) => run.run().await,
                    Self::Calibrate(calibrate) => calibrate.run().await,
                }
            });
            // A reader may be waiting for its next byte for ever.
            runtime.shutdown_background();
            done
        });
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(sentence) => {
                eprintln!("latchkey: {sentence}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Pair {
    async fn run(self) -> Result<(), String> {
        let certificate = match &self.certificate {
            Some(path) => std::fs::read_to_string(path).map_err(|cause| format!("{}: {cause}.", path.display()))?,
            None => String::new(),
        };
        let mut store = Store::open(&self.data, true).map_err(|trouble| trouble.0)?;
        if !self.replace && store.kept().map_err(|trouble| trouble.0)?.is_some() {
            return Err(format!(
                "{} belongs to a terminal that is paired already. Use another file, or --replace to forget that one with its journal.",
                self.data.display()
            ));
        }
        let server = Server { url: self.server, certificate };
        let clocks = Clocks::new(Clock::default());
        let terminal = pair(&mut store, &server, &self.code, &clocks).await?;
        let identity = terminal.identity();
        if self.json {
            output::print(&json!({
                "id": identity.terminal, "organization": identity.organization, "place": identity.place,
                "door": { "id": identity.door.id, "name": identity.door.name }, "list": terminal.have(),
            }));
        } else {
            println!(
                "This machine stands at {}, {}, of {}.",
                identity.door.name, identity.place, identity.organization
            );
        }
        Ok(())
    }
}

impl Run {
    async fn run(self: Box<Self>) -> Result<(), String> {
        let mut store = Store::open(&self.data, false).map_err(|trouble| trouble.0)?;
        let learned = store.layout().map_err(|trouble| trouble.0)?;
        let layout = learned.filter(|_| self.scanner_layout == Keys::Auto).unwrap_or_else(Layout::us);
        let clocks = Clocks::new(Clock::default());
        let input = Input::start(self.input.clone(), layout)?;
        let run = run::Run::new(store, clocks, input, |door| self.relay(door))?;
        match run.until(stopped()).await? {
            Ended::Input | Ended::Stopped => Ok(()),
            Ended::Revoked => {
                Err("This terminal was revoked and has forgotten everything. Pair it again to use it.".into())
            }
        }
    }

    fn relay(&self, door: (String, String)) -> Result<Option<Relay>, String> {
        if let Some(line) = &self.relay_command {
            return Ok(Some(Relay::command(line, door)));
        }
        let method = match self.relay_method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
        };
        let http = |url: &String| Relay::http(url, method, &self.relay_header, &self.allow_target, door);
        self.relay.as_ref().map(http).transpose()
    }
}

impl Calibrate {
    async fn run(self) -> Result<(), String> {
        let Source::Hid(path) = &self.input else {
            return Err("Only a scanner that types needs calibration: hid:/dev/input/event3.".into());
        };
        let mut store = Store::open(&self.data, false).map_err(|trouble| trouble.0)?;
        let code = qrcode::QrCode::new(CALIBRATION).map_err(|cause| format!("The code cannot be drawn: {cause}."))?;
        let picture = code.render::<qrcode::render::unicode::Dense1x2>().quiet_zone(true).build();
        for line in picture.lines() {
            println!("\x1b[30;107m{line}\x1b[0m");
        }
        println!("Scan this code with the scanner at {}.", path.display());
        let layout = Layout::learned(&strokes(path).await?)?;
        store.set_layout(&layout).map_err(|trouble| trouble.0)?;
        println!("Learned. `latchkey terminal run` uses it from now on.");
        Ok(())
    }
}

#[cfg(target_os = "linux")]
async fn strokes(path: &std::path::Path) -> Result<Vec<crate::terminal::input::layout::Stroke>, String> {
    crate::terminal::input::strokes(path).await.map_err(|cause| format!("{}: {cause}.", path.display()))
}

#[cfg(not(target_os = "linux"))]
async fn strokes(_: &std::path::Path) -> Result<Vec<crate::terminal::input::layout::Stroke>, String> {
    Err("Scanners that type are read on Linux only.".into())
}

async fn stopped() {
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    match terminate {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
    tracing::info!("stopping");
}
