//! The audit log as a whole: verification of the database or an export, signed checkpoints, exports.

mod export;
mod signed;
mod walk;

pub use export::{Asked, Format, export, export_to};
pub use signed::{SignedCheckpoint, SignedEnd, SignedStart, make_checkpoints, prune_start};

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Keys;
use crate::store::{event, organization};
use domain::chain::{Entry, StartKind};
use serde::Serialize;
use std::io::BufRead;
use walk::Walk;

/// Rows a step.
const STEP: i64 = 1_000;

/// What a verification found out.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Whose log.
    pub organization: String,
    /// The first event that is there; 1 unless older ones were pruned or left out.
    pub first: i64,
    /// How many events it has.
    pub events: i64,
    /// Hash of the last one.
    pub head: String,
    /// How many signed checkpoints it agrees with.
    pub checkpoints: usize,
    /// How many lines of its file of checkpoints broke off while they were written, which is no tampering.
    pub torn: usize,
}

/// Verifies every organization's log in the database, against its checkpoints there and in the data folder.
///
/// # Errors
/// `Refused` names the first thing that is wrong.
pub async fn verify(app: &App) -> Result<Vec<Verified>> {
    let mut verified = Vec::new();
    for organization in app.db.read(organization::all).await? {
        let id = organization.id;
        let mut tries = 0;
        loop {
            let began = newest_beginning(app, &id).await?;
            match verify_one(app, id.clone()).await {
                // Older events may go while it is walked; then it is walked again from where it begins now.
                Err(_) if tries < 3 && newest_beginning(app, &id).await? != began => tries += 1,
                done => {
                    verified.push(done?);
                    break;
                }
            }
        }
    }
    Ok(verified)
}

async fn newest_beginning(app: &App, organization: &str) -> Result<Option<i64>> {
    let owner = organization.to_owned();
    let beginnings = app.db.read(move |c| event::beginnings(c, &owner)).await?;
    Ok(beginnings.last().map(|(start, _)| start.sequence))
}

async fn verify_one(app: &App, id: String) -> Result<Verified> {
    // What the walk must reach is read first: the log may grow under it, and what comes later is walked as well.
    let owner = id.clone();
    let (head, starts) = app.db.read(move |c| Ok((event::head(c, &owner)?, event::beginnings(c, &owner)?))).await?;
    let mut checkpoints = signed::stored(app, &id).await?;
    let filed = signed::filed(app, &id)?;
    checkpoints.extend(filed.checkpoints);
    let public_key = app.keys.checkpoint_public_key();
    let starts = starts
        .into_iter()
        .map(|(start, signature)| SignedStart { start, public_key: public_key.clone(), signature })
        .collect();
    let mut walk = Walk::new(&app.keys, checkpoints, Some(head))?;
    walk.begin(&app.keys, starts)?;
    loop {
        let (owner, from) = (id.clone(), walk.position());
        let entries = app.db.read(move |c| event::entries(c, &owner, from, STEP)).await?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            walk.take(entry)?;
        }
    }
    Ok(Verified { torn: filed.torn, ..walk.finish(id)? })
}

/// Verifies an export: JSON lines of one organization's log, of where it begins and ends, and of signed checkpoints.
///
/// # Errors
/// `Refused` names the first thing that is wrong; `Unavailable` when the file cannot be read.
pub fn verify_export(keys: &Keys, file: impl BufRead) -> Result<Verified> {
    let (mut entries, mut checkpoints, mut starts, mut end) = (Vec::new(), Vec::new(), Vec::new(), None);
    for (at, line) in file.lines().enumerate() {
        let line = line.map_err(|cause| Error::Unavailable(cause.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        if let Ok(entry) = serde_json::from_str::<Entry>(&line) {
            entries.push(entry);
        } else if let Ok(checkpoint) = serde_json::from_str::<SignedCheckpoint>(&line) {
            checkpoints.push(checkpoint);
        } else if let Ok(start) = serde_json::from_str::<SignedStart>(&line) {
            starts.push(start);
        } else if let Ok(last) = serde_json::from_str::<SignedEnd>(&line) {
            end = Some(last);
        } else {
            return Err(Error::Refused(format!("Line {} is nothing that an export of Latchkey holds.", at + 1)));
        }
    }
    if starts.iter().any(|one| one.start.kind == StartKind::Filtered) {
        return Err(Error::Refused(
            "This export holds only the events that fit a filter, so its chain has gaps. Export the same time without a filter to verify it."
                .into(),
        ));
    }
    let Some(end) = end else {
        return Err(Error::Refused(
            "This export has no last line that says that it is complete: it was cut off. Export it again.".into(),
        ));
    };
    let organization = end.end.organization.clone();
    let mut walk = Walk::new(keys, checkpoints, None)?;
    walk.begin(keys, starts)?;
    for entry in &entries {
        if entry.event.organization != organization {
            return Err(Error::Refused("This file holds events of more than one organization.".into()));
        }
        walk.take(entry)?;
    }
    walk.end(keys, &end)?;
    walk.finish(organization)
}
