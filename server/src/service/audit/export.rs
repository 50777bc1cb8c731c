//! Exports: a stretch of the log, written step by step so that its length costs no memory, and recorded itself.

use super::signed::{self, SignedEnd, SignedStart};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::store::event::{self, EventRow, Filter};
use crate::store::names::{self, Names};
use domain::chain::{End, GENESIS, Start, StartKind, hex};
use domain::event::Outcome;
use serde::Serialize;
use std::io::Write;

/// Places in the log a step.
const STEP: i64 = 500;

/// How an export is written.
#[derive(Clone, Copy)]
pub enum Format {
    /// JSON lines, which verify where they have no gap.
    Lines,
    /// A table for people: makes the rows, and the heading when it is given none.
    Table(fn(&[EventRow], &Names, &str) -> Result<Vec<u8>>),
}

/// What is asked for.
#[derive(Clone)]
pub struct Asked {
    /// Which events.
    pub filter: Filter,
    /// How.
    pub format: Format,
    /// The zone that a table's times are in.
    pub zone: String,
    /// What was asked for as the export's own event tells it.
    pub told: Vec<(&'static str, String)>,
}

/// Where an export begins and ends in the log.
struct Stretch {
    first: i64,
    last: i64,
    start: Option<(StartKind, String)>,
    pruned: Option<SignedStart>,
}

/// Writes an export through `send`, which says whether anybody still reads. Says how many events were written.
/// It is an event of its own, which is stored before the line that says that the export is complete.
///
/// # Errors
/// Those of the store; then the export is cut off, and its end never written.
pub async fn export<S, F>(app: &App, actor: &Actor, asked: Asked, send: S) -> Result<i64>
where
    S: Fn(Vec<u8>) -> F,
    F: Future<Output = bool>,
{
    let mut rows = 0;
    let written = write(app, actor, &asked, &send, &mut rows).await;
    let complete = matches!(written, Ok((_, true)));
    record(app, actor, &asked, rows, complete).await?;
    let (end, complete) = written?;
    if let Some(end) = end
        && complete
    {
        send(line(&SignedEnd::sign(&app.keys, End { events: rows, ..end }))?).await;
    }
    Ok(rows)
}

async fn write<S, F>(app: &App, actor: &Actor, asked: &Asked, send: &S, rows: &mut i64) -> Result<(Option<End>, bool)>
where
    S: Fn(Vec<u8>) -> F,
    F: Future<Output = bool>,
{
    let organization = actor.organization.clone();
    let lines = matches!(asked.format, Format::Lines);
    // First, so that none is ahead of the events that are written here.
    let checkpoints =
        if lines && !asked.filter.narrows() { signed::stored(app, &organization).await? } else { Vec::new() };
    let (owner, filter, keys) = (organization.clone(), asked.filter.clone(), app.keys.clone());
    let Some(stretch) = app.db.read(move |c| stretch(c, &keys, &owner, &filter)).await? else {
        if let Format::Table(table) = asked.format {
            let heading = table(&[], &Names::default(), &asked.zone)?;
            return Ok((None, send(heading).await));
        }
        let end = End { at: app.clock.now(), events: 0, hash: hex(&GENESIS), last: 0, organization };
        return Ok((Some(end), true));
    };
    let head = match (asked.format, &stretch.start) {
        (Format::Table(table), _) => table(&[], &Names::default(), &asked.zone)?,
        (Format::Lines, None) => Vec::new(),
        (Format::Lines, Some((kind, hash))) => match &stretch.pruned {
            Some(pruned) if *kind == StartKind::Pruned => line(pruned)?,
            _ => {
                let (at, hash, sequence) = (app.clock.now(), hash.clone(), stretch.first - 1);
                let start = Start { at, hash, kind: *kind, organization: organization.clone(), sequence };
                line(&SignedStart::sign(&app.keys, start))?
            }
        },
    };
    if !head.is_empty() && !send(head).await {
        return Ok((None, false));
    }
    let (mut at, mut end) = (stretch.first - 1, (0, String::new()));
    let mut asked = asked.clone();
    if lines && !asked.filter.narrows() {
        // What a terminal told late, or a clock that was set back dated, stands between events of other times: lines
        // without it would not verify.
        asked.filter = Filter::default();
    }
    while at < stretch.last {
        let to = (at + STEP).min(stretch.last);
        let (owner, step) = (organization.clone(), asked.clone());
        let (bytes, count, last) = app
            .db
            .read(move |c| {
                let found = event::stretch(c, &owner, &step.filter, at, to)?;
                let count = i64::try_from(found.len()).unwrap_or(0);
                let last = found.last().map(|row| (row.sequence, row.hash.clone()));
                let bytes = match step.format {
                    Format::Table(_) if found.is_empty() => Vec::new(),
                    Format::Table(table) => {
                        let names = names::names(c, &owner, &found)?;
                        table(&found, &names, &step.zone)?
                    }
                    Format::Lines => {
                        let mut bytes = Vec::new();
                        for entry in event::with_people(c, found)? {
                            bytes.extend(line(&entry)?);
                        }
                        bytes
                    }
                };
                Ok((bytes, count, last))
            })
            .await?;
        if !bytes.is_empty() && !send(bytes).await {
            return Ok((None, false));
        }
        *rows += count;
        end = last.unwrap_or(end);
        at = to;
    }
    for signed in checkpoints {
        if (stretch.first..=stretch.last).contains(&signed.checkpoint.sequence) && !send(line(&signed)?).await {
            return Ok((None, false));
        }
    }
    let (last, hash) = end;
    let end = End { at: app.clock.now(), events: *rows, hash, last, organization };
    Ok((lines.then_some(end), true))
}

fn stretch(
    c: &mut crate::store::connection::AnyConnection,
    keys: &crate::secret::Keys,
    organization: &str,
    filter: &Filter,
) -> Result<Option<Stretch>> {
    let pruned = event::beginnings(c, organization)?.pop();
    let Some((first, last)) = event::span(c, organization, filter.since, filter.until)? else { return Ok(None) };
    let pruned = pruned.filter(|(start, _)| start.sequence == first - 1);
    let start = if filter.narrows() {
        Some((StartKind::Filtered, String::new()))
    } else if first == 1 {
        None
    } else if pruned.is_some() {
        Some((StartKind::Pruned, String::new()))
    } else {
        Some((StartKind::Excerpt, event::hash_before(c, organization, first)?.unwrap_or_default()))
    };
    let public_key = keys.checkpoint_public_key();
    let pruned = pruned.map(|(start, signature)| SignedStart { start, public_key, signature });
    Ok(Some(Stretch { first, last, start, pruned }))
}

async fn record(app: &App, actor: &Actor, asked: &Asked, rows: i64, complete: bool) -> Result<()> {
    let (actor, told) = (actor.clone(), asked.told.clone());
    let format = if matches!(asked.format, Format::Lines) { "jsonl" } else { "csv" };
    app.db
        .write(move |tx| {
            let mut event = actor.event(tx.clock, tx.now, "events.exported", &actor.organization);
            event.detail.extend(told.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            event.detail.insert("format".into(), format.into());
            event.detail.insert("rows".into(), rows.to_string());
            event.detail.insert("complete".into(), complete.to_string());
            event.outcome = if complete { Outcome::Done } else { Outcome::Failed };
            tx.record(event);
            Ok(())
        })
        .await
}

fn line(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(value).map_err(|cause| Error::Unavailable(cause.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes one organization's whole log with its checkpoints as JSON lines, for the command line. A reader who had
/// enough ends it.
///
/// # Errors
/// Those of the store.
pub async fn export_to(app: &App, actor: &Actor, out: &mut (dyn Write + Send)) -> Result<i64> {
    let out = std::sync::Mutex::new(out);
    let asked = Asked { filter: Filter::default(), format: Format::Lines, zone: "UTC".into(), told: Vec::new() };
    export(app, actor, asked, |bytes| {
        let mut out = out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        std::future::ready(out.write_all(&bytes).is_ok())
    })
    .await
}
