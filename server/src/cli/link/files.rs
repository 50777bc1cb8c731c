//! `latchkey link import` and `latchkey link export`.

use super::super::output::{print, time};
use super::list::Narrow;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::service::link::export;
use crate::service::link::import::{self, Column, Fate, Judged, Problems};
use clap::Args;
use domain::qr::Kind;
use serde_json::{Value, json};
use std::io::Read;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in super::super) struct Import {
    /// A CSV file with a first line that names its columns; - reads standard input.
    file: PathBuf,
    /// Say what each row would make, and make nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object a row.
    #[arg(long)]
    json: bool,
}

fn say(problems: &Problems) -> String {
    let said = problems.iter().map(|(column, sentence)| match column {
        Some(column) => format!("{}: {sentence}", column.code()),
        None => sentence.clone(),
    });
    said.collect::<Vec<_>>().join(" ")
}

impl Import {
    pub(super) async fn run(self, app: &App, actor: &Actor) -> Result<()> {
        let mut bytes = Vec::new();
        // One byte more than may be, so that a larger file is noticed and not cut.
        let most = import::LONGEST as u64 + 1;
        let read = if self.file.as_os_str() == "-" {
            std::io::stdin().take(most).read_to_end(&mut bytes)
        } else {
            std::fs::File::open(&self.file).and_then(|file| file.take(most).read_to_end(&mut bytes))
        };
        read.map_err(|cause| Error::Refused(format!("{}: {cause}", self.file.display())))?;
        let mut bad = 0;
        let done: Vec<(Judged, Option<String>)> = if self.dry_run {
            import::preview(app, actor, &bytes).await?.rows.into_iter().map(|row| (row, None)).collect()
        } else {
            let batch = import::batch(app);
            let done = import::import(app, actor, &bytes, &batch).await?;
            done.into_iter().map(|done| (done.row, done.id)).collect()
        };
        for (row, id) in done {
            let (outcome, problems) = match &row.fate {
                Fate::Made(_) if self.dry_run => ("would_be_made", Problems::new()),
                Fate::Made(_) => ("made", Problems::new()),
                Fate::Skipped(_) => ("skipped", Problems::new()),
                Fate::Bad(problems) => ("left_out", problems.clone()),
            };
            bad += usize::from(outcome == "left_out");
            let line = format!("line {}  {}: {} {}", row.line, row.name, outcome.replace('_', " "), say(&problems));
            let problems: Vec<Value> = problems
                .iter()
                .map(|(column, said)| json!({ "column": column.map(Column::code), "sentence": said }))
                .collect();
            let object =
                json!({ "line": row.line, "name": row.name, "outcome": outcome, "id": id, "problems": problems });
            print(self.json, &object, line.trim_end())?;
        }
        if bad > 0 { Err(Error::Refused(format!("{bad} of the rows were left out."))) } else { Ok(()) }
    }
}

#[derive(Debug, Args)]
pub(in super::super) struct Export {
    #[command(flatten)]
    narrow: Narrow,
    /// Print one JSON object a line instead of CSV.
    #[arg(long)]
    json: bool,
}

impl Export {
    pub(super) async fn run(self, app: &App, actor: &Actor) -> Result<()> {
        let now = app.clock.now();
        let mut from = Some(self.narrow.filter(app, &actor.organization).await?.into());
        let mut first = true;
        while let Some(this) = from {
            let (links, next) = export::export(app, actor, this).await?;
            if self.json {
                for export::Exported { row, named, code } in &links {
                    let object = json!({
                        "id": row.id, "name": row.name, "email": row.email, "phone": row.phone, "company": row.company,
                        "host_name": row.host_name, "host_contact": row.host_contact, "note": row.note,
                        "external_id": row.external_id, "language": row.language, "doors": named.doors,
                        "groups": named.groups, "valid_from": time(row.valid_from), "valid_until": time(row.valid_until),
                        "uses": row.uses, "max_uses": row.max_uses, "cooldown_minutes": row.cooldown_ms / 60_000,
                        "state": row.state(now).code(), "last_used_at": time(row.last_used_at),
                        "created_at": time(row.created_at), "qr": code.kind.map_or("none", Kind::code),
                        "web": code.web, "qr_off_line": code.off_line,
                    });
                    print(true, &object, "")?;
                }
            } else if first || !links.is_empty() {
                let text = export::csv(&links, now, first)?;
                print(false, &Value::Null, String::from_utf8_lossy(&text).trim_end())?;
            }
            first = false;
            from = next;
        }
        Ok(())
    }
}
