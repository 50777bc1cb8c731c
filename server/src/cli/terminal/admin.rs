//! What an admin does with terminals: `create`, `list`, `show`, `code`, `revoke`, `remove`.

use crate::app::App;
use crate::cli::door;
use crate::cli::options::{acting, named};
use crate::cli::output::{print, time};
use crate::driver::terminal::ONLINE_MS;
use crate::error::{Error, Result};
use crate::service::terminal::manage::{self, Code, TerminalInput};
use crate::store::door::DoorRow;
use crate::store::terminal::{self as store, TerminalRow, desk};
use clap::{Args, Subcommand};
use domain::terminal::pairing;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Admin {
    /// Add a terminal at a door; prints its pairing code, good for 15 minutes and once.
    Create(Create),
    /// List the terminals, one a line.
    List(List),
    /// Show one terminal.
    Show(Show),
    /// Make a new pairing code for a terminal that no device is yet.
    Code(Show),
    /// End a terminal at once: it opens nothing more.
    Revoke(Show),
    /// Take a terminal off every list; ends it, too.
    Remove(Show),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// What it is called.
    #[arg(long)]
    name: String,
    /// The door it stands at: its id or name.
    #[arg(long, value_name = "ID|NAME")]
    door: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// Its id or name.
    terminal: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How a terminal stands, a stable word.
fn state(app: &App, row: &TerminalRow) -> &'static str {
    let now = app.clock.now();
    if row.revoked_at.is_some() {
        "revoked"
    } else if row.token_hash.is_none() {
        if row.pairing_expires_at.is_some_and(|until| now < until) { "unpaired" } else { "code_over" }
    } else if row.last_seen_at.is_some_and(|at| now - at < ONLINE_MS) {
        "on_line"
    } else {
        "off_line"
    }
}

fn object(app: &App, row: &TerminalRow, code: Option<&Code>) -> Value {
    let mut object = json!({
        "id": row.id, "name": row.name, "door": row.door_id, "state": state(app, row), "software": row.software,
        "paired_at": time(row.paired_at), "last_seen_at": time(row.last_seen_at), "revoked_at": time(row.revoked_at),
        "list_made_at": time(row.list_made_at), "list_expires_at": time(row.list_expires_at),
        "clock_offset_ms": row.clock_offset_ms, "waiting": row.waiting, "created_at": time(row.created_at),
    });
    if let (Some(code), Some(members)) = (code, object.as_object_mut()) {
        members.insert("pairing_code".into(), pairing::shown(&code.text).into());
        members.insert("pairing_expires_at".into(), time(code.expires_at));
    }
    object
}

/// The terminal of this id or name.
async fn find(app: &App, organization: &str, wanted: &str) -> Result<TerminalRow> {
    let organization = organization.to_owned();
    let rows = app.db.read(move |c| store::all(c, &organization)).await?;
    named(rows, wanted, "terminal", |row| &row.id, |row| &row.name)
}

/// The terminal of this id or name at a door; the only one there when none is named.
pub(in crate::cli) async fn at_door(app: &App, door: &DoorRow, wanted: Option<&str>) -> Result<TerminalRow> {
    let (organization, id) = (door.organization_id.clone(), door.id.clone());
    let mut rows = app.db.read(move |c| desk::at_door(c, &organization, &id)).await?;
    rows.retain(|row| row.revoked_at.is_none());
    match (wanted, rows.len()) {
        (Some(wanted), _) => named(rows, wanted, "terminal at this door", |row| &row.id, |row| &row.name),
        (None, 1) => rows.pop().ok_or(Error::NotFound),
        (None, 0) => {
            Err(Error::Refused("No terminal stands at this door. Add one with latchkey terminal create.".into()))
        }
        (None, _) => Err(Error::Refused("Several terminals stand at this door. Say which with --terminal.".into())),
    }
}

impl Admin {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        let id = organization.id;
        let line = |row: &TerminalRow| format!("{}  {}, {}", row.id, row.name, state(app, row).replace('_', " "));
        let with_code = |row: &TerminalRow, code: &Code| {
            let until = app::text::when::iso_utc(code.expires_at);
            format!("{}\nPairing code {}, good once until {until}", line(row), pairing::shown(&code.text))
        };
        let (wanted, json) = match self {
            Self::Create(create) => {
                let door_id = door::find(app, &id, &create.door).await?.door.id;
                let typed = TerminalInput { name: create.name, door_id };
                let (made, code) = manage::add(app, &actor, &typed).await?;
                let row = find(app, &id, &made).await?;
                return print(create.json, &object(app, &row, Some(&code)), &with_code(&row, &code));
            }
            Self::Code(show) => {
                let row = find(app, &id, &show.terminal).await?;
                let (_, code) = manage::new_code(app, &actor, &row.id).await?;
                let row = find(app, &id, &row.id).await?;
                return print(show.json, &object(app, &row, Some(&code)), &with_code(&row, &code));
            }
            Self::List(list) => {
                for row in app.db.read(move |c| store::all(c, &id)).await? {
                    print(list.json, &object(app, &row, None), &line(&row))?;
                }
                return Ok(());
            }
            Self::Show(show) => (show.terminal, show.json),
            Self::Revoke(show) => {
                let row = find(app, &id, &show.terminal).await?;
                manage::revoke(app, &actor, &row.id).await?;
                (row.id, show.json)
            }
            Self::Remove(show) => {
                let row = find(app, &id, &show.terminal).await?;
                manage::remove(app, &actor, &row.id).await?;
                return print(show.json, &object(app, &row, None), &format!("{} is removed.", row.name));
            }
        };
        let row = find(app, &id, &wanted).await?;
        print(json, &object(app, &row, None), &line(&row))
    }
}
