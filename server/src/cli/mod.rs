//! The command line: the operator's face, and the contract for scripts.

mod admin;
mod audit;
mod door;
mod event;
mod group;
mod link;
mod options;
mod org;
mod output;
mod place;
mod qr;
mod schedule;
mod serve;
mod setup;
mod terminal;

use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Access links that open doors: no account, no app.
///
/// Without any configuration `latchkey serve` keeps its data in ./data, listens on 127.0.0.1:3000, writes mail to
/// files and opens simulated doors. It is set up by environment variables, or by the same names in lower case and
/// without LATCHKEY_ in a TOML file (data/latchkey.toml, or the one that --config or LATCHKEY_CONFIG names).
///
///   LATCHKEY_DATA_DIR         where everything is kept (./data)
///   LATCHKEY_LISTEN           address and port (127.0.0.1:3000)
///   LATCHKEY_BASE_URL         how people reach the server, such as https://door.example.com
///   LATCHKEY_DATABASE_URL     sqlite://PATH or postgres://… (sqlite in the data folder)
///   LATCHKEY_SMTP_URL         smtp://user:password@host:587 (STARTTLS) or smtps://… (none: mail to files)
///   LATCHKEY_MAIL_FROM        the sender of mail
///   LATCHKEY_SMS_URL          twilio://ACCOUNT:TOKEN@HOST?from=+49… or https://… (none: text messages to files)
///   LATCHKEY_OPERATOR_CONTACT whom people ask for more links by text message or e-mail
///   LATCHKEY_TLS_CERT         with LATCHKEY_TLS_KEY, PEM files for https, read again when they change
///   LATCHKEY_SECRET_KEY_FILE  the key that seals secrets (secret.key in the data folder), or LATCHKEY_SECRET_KEY
///   LATCHKEY_TRUSTED_PROXIES  proxies whose X-Forwarded-For is believed
///   LATCHKEY_ALLOWED_TARGETS  addresses off the public internet that doors may be opened at
///   LATCHKEY_SESSION_HOURS    how long an admin stays signed in (12), or without use
///                             LATCHKEY_SESSION_IDLE_MINUTES (60)
///   LATCHKEY_MAX_CONNECTIONS  connections served at once (4096)
///   LATCHKEY_LOG              what is logged, such as info or server=debug
///   LATCHKEY_LOG_FORMAT       text or json (text)
///
/// Exit status: 0 done, 1 failed with a sentence on standard error, 2 wrong usage.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version, verbatim_doc_comment, max_term_width = 110)]
struct Cli {
    /// A TOML file with settings.
    #[arg(long, global = true, value_name = "FILE", env = "LATCHKEY_CONFIG")]
    config: Option<std::path::PathBuf>,
    /// The organization to act for: its name or id. Needed when there are several.
    #[arg(long = "org", global = true, value_name = "NAME|ID")]
    org: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Bring the database to this version's schema and stop.
    Migrate,
    /// Make an organization and its owner.
    Setup(setup::Setup),
    /// Fill a new organization with places, doors, links and 90 days of events, to look around in.
    Demo(setup::Demo),
    /// Admins: who runs the organization.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Places: sites with an address and a time zone.
    #[command(subcommand)]
    Place(place::Place),
    /// Doors.
    #[command(subcommand)]
    Door(door::Door),
    /// Organizations and what they may send.
    #[command(subcommand)]
    Org(org::Org),
    /// Groups: named sets of doors.
    #[command(subcommand)]
    Group(group::Group),
    /// Schedules: weekly hours with exceptions for dates.
    #[command(subcommand)]
    Schedule(schedule::Schedule),
    /// Access links.
    #[command(subcommand)]
    Link(link::Link),
    /// Terminals: the devices at doors that read codes.
    #[command(subcommand)]
    Terminal(terminal::Terminal),
    /// QR codes of access links.
    #[command(subcommand)]
    Qr(qr::Qr),
    /// The audit log's events.
    #[command(subcommand)]
    Event(event::Event),
    /// The audit log as a whole.
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// Runs the command that was typed.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::parse() {
        // A machine at a door is no server: what is wrong with a server's settings is nothing to it.
        Cli { command: Command::Terminal(terminal::Terminal::Device(device)), .. } => return device.main(),
        cli => cli,
    };
    let config = match options::configuration(cli.config.as_deref()) {
        Ok(config) => config,
        Err(sentences) => {
            for sentence in sentences {
                eprintln!("latchkey: {sentence}");
            }
            return ExitCode::FAILURE;
        }
    };
    // What a command prints is for whoever typed it; only the server tells what it does besides.
    let filter = if matches!(cli.command, Command::Serve) || std::env::var_os("LATCHKEY_LOG").is_some() {
        config.log.as_str()
    } else {
        "warn"
    };
    if let Err(sentence) = crate::logging::start(filter, config.log_format) {
        eprintln!("latchkey: {sentence}");
        return ExitCode::FAILURE;
    }
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => {
            eprintln!("latchkey: the runtime could not start: {cause}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latchkey: {}", options::sentence(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli, config: Config) -> Result<(), Error> {
    if matches!(cli.command, Command::Serve) {
        return serve::serve(config).await;
    }
    let app = App::open(options::beside_server(config))?;
    let org = cli.org.as_deref();
    match cli.command {
        Command::Serve => Ok(()),
        Command::Migrate => {
            println!("The database is up to date.");
            Ok(())
        }
        Command::Setup(setup) => setup.run(&app).await,
        Command::Demo(demo) => demo.run(&app).await,
        Command::Admin(admin) => admin.run(&app, org).await,
        Command::Place(place) => place.run(&app, org).await,
        Command::Door(door) => door.run(&app, org).await,
        Command::Org(command) => command.run(&app, org).await,
        Command::Group(group) => group.run(&app, org).await,
        Command::Schedule(schedule) => schedule.run(&app, org).await,
        Command::Link(link) => link.run(&app, org).await,
        Command::Terminal(terminal) => terminal.run(&app, org).await,
        Command::Qr(qr) => qr.run(&app, org).await,
        Command::Event(event) => event.run(&app, org).await,
        Command::Audit(audit) => audit.run(&app, org).await,
    }
}
