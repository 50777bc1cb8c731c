//! Links from a file: what each row would make is said first, and made only when somebody says so.

mod columns;
mod house;
mod read;
mod times;

pub use columns::Column;
pub use read::LONGEST;

use super::change;
use super::draft::Draft;
use super::many::{in_steps, sentence};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::store::link;
use domain::Millis;
use domain::chain;
use domain::id::Kind;
use domain::link::State;
use house::House;
use std::collections::{HashMap, HashSet};

/// A preview may be confirmed for so long.
const GOOD_MS: i64 = 86_400_000;

/// What a row would make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Will {
    /// Who visits.
    pub name: String,
    /// Names of what it opens.
    pub opens: Vec<String>,
    /// From when.
    pub valid_from: Millis,
    /// Until when.
    pub valid_until: Option<Millis>,
    /// The zone that its times are meant in.
    pub zone: String,
    /// Whether somebody with this address or number has a living link already.
    pub same: bool,
    /// Names of doors among these that refuse links.
    pub refusing: Vec<String>,
}

/// Cells that need another value, and what to do; a problem without a column is the row's as a whole.
pub type Problems = Vec<(Option<Column>, String)>;

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A link.
    Made(Will),
    /// Nothing: a link with its external id is there.
    Skipped(String),
    /// Nothing: these need another value.
    Bad(Problems),
}

/// A row as it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its line in the file.
    pub line: u64,
    /// The name in it.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// A file as it was judged.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Row by row.
    pub rows: Vec<Judged>,
    /// Heads that say nothing to us; their cells are left out.
    pub unknown: Vec<String>,
    /// What makes a second confirmation of the same file do nothing.
    pub batch: String,
}

/// A row after it was made, or was not.
#[derive(Clone, Debug)]
pub struct Done {
    /// The row.
    pub row: Judged,
    /// The link, where there is one.
    pub id: Option<String>,
    /// Whether it was made just now, and not by an earlier confirmation.
    pub fresh: bool,
}

/// A judged row with what it takes to make it.
type Ready = (Judged, Option<Draft>);

async fn judge(app: &App, actor: &Actor, bytes: &[u8]) -> Result<(Vec<Ready>, Vec<String>)> {
    let sheet = read::read(bytes)?;
    let house = House::load(app, actor).await?;
    let now = app.clock.now();
    let wanted: Vec<String> = sheet.rows.iter().map(|row| row.get(Column::ExternalId).to_owned()).collect();
    let owner = actor.organization.clone();
    let there = app.db.read(move |c| link::with_external_id(c, &owner, &wanted)).await?;
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut judged: Vec<Ready> = Vec::with_capacity(sheet.rows.len());
    for row in &sheet.rows {
        let external = row.get(Column::ExternalId);
        let (fate, draft) = if there.contains(external) {
            (Fate::Skipped(external.to_owned()), None)
        } else {
            match (house.check(actor, row, now), lines.get(external)) {
                (Ok(_), Some(line)) => {
                    (Fate::Bad(vec![(Some(Column::ExternalId), format!("Line {line} has the same."))]), None)
                }
                (Ok((draft, zone)), None) => {
                    let names = draft.grants.doors.iter().chain(&draft.grants.groups);
                    let will = Will {
                        name: draft.change.name.clone(),
                        opens: names.filter_map(|id| house.names.get(id).cloned()).collect(),
                        valid_from: draft.change.valid_from,
                        valid_until: draft.change.valid_until,
                        zone,
                        same: false,
                        refusing: house.refusing(&draft.grants.doors),
                    };
                    (Fate::Made(will), Some(draft))
                }
                (Err(problems), _) => (Fate::Bad(problems), None),
            }
        };
        if !external.is_empty() {
            lines.entry(external.to_owned()).or_insert(row.line);
        }
        judged.push((Judged { line: row.line, name: row.get(Column::Name).to_owned(), fate }, draft));
    }
    Ok((judged, sheet.unknown))
}

/// Says what a file would make; makes nothing.
///
/// # Errors
/// `Fields` on `file`; those of the store.
pub async fn preview(app: &App, actor: &Actor, bytes: &[u8]) -> Result<Preview> {
    let (mut judged, unknown) = judge(app, actor, bytes).await?;
    let addresses: Vec<(String, String)> = judged
        .iter()
        .map(|(_, draft)| draft.as_ref().map(|draft| (draft.change.email.clone(), draft.change.phone.clone())))
        .map(Option::unwrap_or_default)
        .collect();
    let (owner, now) = (actor.organization.clone(), app.clock.now());
    let known = app
        .db
        .read(move |c| {
            let mut known = HashSet::new();
            for (at, (email, phone)) in addresses.iter().enumerate() {
                let rows = link::with_address(c, &owner, email, phone)?;
                let lives = |state| matches!(state, State::Active | State::Scheduled | State::Paused);
                if rows.iter().any(|row| lives(row.state(now))) {
                    known.insert(at);
                }
            }
            Ok(known)
        })
        .await?;
    for at in known {
        if let Some((Judged { fate: Fate::Made(will), .. }, _)) = judged.get_mut(at) {
            will.same = true;
        }
    }
    Ok(Preview { rows: judged.into_iter().map(|(judged, _)| judged).collect(), unknown, batch: batch(app) })
}

/// What tells one confirmation from another.
#[must_use]
pub fn batch(app: &App) -> String {
    format!("{}-{}", app.clock.now(), app.clock.salt())
}

/// Makes the links of all good rows, in steps. What `batch` made already is not made again.
///
/// # Errors
/// `Fields` on `file`, also when the preview is too old; those of the store.
pub async fn import(app: &App, actor: &Actor, bytes: &[u8], batch: &str) -> Result<Vec<Done>> {
    let now = app.clock.now();
    let previewed = batch.split_once('-').and_then(|(at, salt)| Some((at.parse::<i64>().ok()?, salt.len())));
    let Some((at, 32)) = previewed.filter(|(at, _)| (now - GOOD_MS..=now).contains(at)) else {
        return Err(Error::field("file", "This preview is too old. Choose the file again."));
    };
    let (judged, _) = judge(app, actor, bytes).await?;
    let seed = format!("{}\n{batch}", actor.organization);
    let ready = judged.into_iter().map(move |(row, draft)| {
        // The same row of the same preview is the same link.
        let hash = chain::sha256(&[seed.as_bytes(), row.line.to_string().as_bytes(), row.name.as_bytes()]);
        let mut tail = [0; 10];
        tail.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        (row, draft, Kind::Link.make(at, tail))
    });
    let (app_there, actor) = (app.clone(), actor.clone());
    in_steps(app, ready.collect(), move |(row, draft, id)| {
        let (app, actor) = (app_there.clone(), actor.clone());
        async move {
            let Some(draft) = draft else {
                return Done { row, id: None, fresh: false };
            };
            match change::put(&app, &actor, draft, id.clone(), true).await {
                Ok(fresh) => Done { row, id: Some(id), fresh },
                Err(error) => {
                    let problem = (None, sentence(&error));
                    Done { row: Judged { fate: Fate::Bad(vec![problem]), ..row }, id: None, fresh: false }
                }
            }
        }
    })
    .await
}
