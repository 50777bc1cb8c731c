//! `latchkey qr …`: a link's code as a picture, and any code explained.

use super::options::acting;
use super::output::{print, time};
use super::{door, link};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::code::{self, Inspected};
use app::page::admin::said;
use clap::{ArgGroup, Args, Subcommand};
use domain::reason::Reason;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum Qr {
    /// Write a link's code as a picture; that it was shown is recorded.
    Picture(Picture),
    /// Say what a code is, whose, and what a terminal would answer now; changes nothing.
    Inspect(Inspect),
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("kind").required(true).multiple(true))]
pub(super) struct Picture {
    /// The link's id, or the name it was made for.
    link: String,
    /// Write a PNG; - for standard output.
    #[arg(long, value_name = "FILE", group = "kind")]
    png: Option<PathBuf>,
    /// Write an SVG; - for standard output.
    #[arg(long, value_name = "FILE", group = "kind")]
    svg: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// What the code says; - reads standard input, so that it stays out of the shell's memory.
    code: String,
    /// The door whose terminal is asked.
    #[arg(long, value_name = "ID|NAME")]
    door: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Qr {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        match self {
            Self::Picture(wanted) => {
                let row = link::find(app, &organization.id, &wanted.link).await?;
                let (_, code) =
                    code::show(app, &actor, &row.id, "command line").await.map_err(|error| match error {
                        Error::NotFound => Error::Refused("This link has no QR code, or none yet.".into()),
                        other => other,
                    })?;
                if let Some(file) = &wanted.png {
                    write(file, &code.clone().png().await?)?;
                }
                let object = json!({ "id": code.row.id, "link": row.id, "kind": code.kind.code() });
                if let Some(file) = &wanted.svg {
                    write(file, code.svg().await?.as_bytes())?;
                }
                if wanted.json { print(true, &object, "") } else { Ok(()) }
            }
            Self::Inspect(asked) => {
                let scanned = if asked.code == "-" { input()? } else { asked.code.into_bytes() };
                let door = match &asked.door {
                    Some(wanted) => Some(door::find(app, &organization.id, wanted).await?.door.id),
                    None => None,
                };
                let seen = code::inspect(app, &actor, &scanned, door.as_deref()).await?;
                print(asked.json, &object(app, &seen), &lines(&seen))
            }
        }
    }
}

/// A little more than a code can have, so that a longer input is told as too long.
fn input() -> Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let most = u64::try_from(domain::qr::LONGEST).unwrap_or(u64::MAX) + 16;
    let read = std::io::stdin().take(most).read_to_end(&mut bytes);
    read.map_err(|cause| Error::Refused(format!("standard input: {cause}")))?;
    Ok(bytes)
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    let written =
        if file.as_os_str() == "-" { std::io::stdout().lock().write_all(bytes) } else { std::fs::write(file, bytes) };
    written.map_err(|cause| Error::Refused(format!("{}: {cause}", file.display())))
}

fn object(app: &App, seen: &Inspected) -> Value {
    let scopes: Vec<Value> =
        seen.says.scopes.iter().map(|(number, name)| json!({ "number": number, "name": name })).collect();
    let answer = seen.answer.as_ref().map(|answer| {
        let decision = &answer.decision;
        json!({
            "door": answer.door.door.id,
            "decision": if decision.granted() { "grant" } else { "deny" },
            "reason": decision.reason.code(),
            "trace": decision.trace_text(),
        })
    });
    let (link, code, now) = (seen.link.as_ref(), seen.code.as_ref(), app.clock.now());
    json!({
        "id": code.map(|code| &code.id), "kind": seen.kind(),
        "link": link.map(|link| &link.id), "name": link.map(|link| &link.name),
        "state": link.map(|link| link.state(now).code()), "reason": seen.everywhere.map(Reason::code),
        "not_before": time(seen.says.not_before), "not_after": time(seen.says.not_after),
        "needs_server": seen.says.flags.map(|flags| flags.needs_server),
        "once_per_terminal": seen.says.flags.map(|flags| flags.once_per_terminal),
        "scopes": scopes, "retired_at": time(code.and_then(|code| code.retired_at)), "answer": answer,
    })
}

fn lines(seen: &Inspected) -> String {
    let mut lines = vec![format!("{}. {}", seen.name(), seen.about())];
    if let Some(link) = &seen.link {
        lines.push(format!("{}  {}", link.id, link.name));
    }
    if let Some(reason) = seen.everywhere {
        lines.push(app::text::reason::admin(reason.code()).to_owned());
    }
    if let Some(answer) = &seen.answer {
        let verdict = if answer.decision.granted() { "would open" } else { "would stay shut" };
        lines.push(format!("{} {verdict}: {}", answer.door.door.name, answer.decision.reason.code()));
        for check in &answer.decision.trace {
            let mark = if check.passed { "+" } else { "-" };
            lines.push(format!("{mark} {}", said::would(check)));
        }
    }
    lines.join("\n")
}
