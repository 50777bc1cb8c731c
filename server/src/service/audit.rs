//! The audit log as a whole: verification of the database or an export, signed checkpoints, exports.

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Keys;
use crate::store::{event, organization};
use domain::chain::{Broken, Checkpoint, Entry, Verifier, hex};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::path::Path;

/// Rows a step.
const STEP: i64 = 1_000;

/// A checkpoint as it stands in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// Ed25519 (RFC 8032), hexadecimal.
    pub signature: String,
    /// The key that verifies it, hexadecimal.
    pub public_key: String,
}

/// What a verification found out.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Whose log.
    pub organization: String,
    /// How many events it has.
    pub events: i64,
    /// Hash of the last one.
    pub head: String,
    /// How many signed checkpoints it agrees with.
    pub checkpoints: usize,
}

/// Verifies every organization's log in the database, against its checkpoints there and in the data folder.
///
/// # Errors
/// `Refused` names the first thing that is wrong.
pub async fn verify(app: &App) -> Result<Vec<Verified>> {
    let mut verified = Vec::new();
    for organization in app.db.read(organization::all).await? {
        let id = organization.id;
        // What the walk must reach is read first: the log may grow under it, and what comes later is walked as well.
        let owner = id.clone();
        let head = app.db.read(move |c| event::head(c, &owner)).await?;
        let mut checkpoints = stored_checkpoints(app, &id).await?;
        checkpoints.extend(filed_checkpoints(app, &id)?);
        let mut walk = Walk::new(&app.keys, checkpoints, Some(head))?;
        loop {
            let (owner, from) = (id.clone(), walk.verifier.position().0);
            let entries = app.db.read(move |c| event::entries(c, &owner, from, STEP)).await?;
            if entries.is_empty() {
                break;
            }
            for entry in &entries {
                walk.take(entry)?;
            }
        }
        verified.push(walk.finish(id)?);
    }
    Ok(verified)
}

/// Verifies an export: JSON lines of one organization's log, and of signed checkpoints.
///
/// # Errors
/// `Refused` names the first thing that is wrong; `Unavailable` when the file cannot be read.
pub fn verify_export(keys: &Keys, file: impl BufRead) -> Result<Verified> {
    let mut entries = Vec::new();
    let mut checkpoints = Vec::new();
    for (at, line) in file.lines().enumerate() {
        let line = line.map_err(|cause| Error::Unavailable(cause.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        if let Ok(entry) = serde_json::from_str::<Entry>(&line) {
            entries.push(entry);
        } else if let Ok(checkpoint) = serde_json::from_str::<SignedCheckpoint>(&line) {
            checkpoints.push(checkpoint);
        } else {
            return Err(Error::Refused(format!("Line {} is neither an event nor a checkpoint of Latchkey.", at + 1)));
        }
    }
    let organization = entries.first().map(|entry| entry.event.organization.clone()).unwrap_or_default();
    let mut walk = Walk::new(keys, checkpoints, None)?;
    for entry in &entries {
        walk.take(entry)?;
    }
    walk.finish(organization)
}

struct Walk {
    verifier: Verifier,
    checkpoints: Vec<Checkpoint>,
    agreed: usize,
    /// A place that the log must reach with this hash.
    head: Option<(i64, String)>,
    reached: bool,
}

impl Walk {
    fn new(keys: &Keys, signed: Vec<SignedCheckpoint>, head: Option<(i64, String)>) -> Result<Self> {
        let mut checkpoints = Vec::with_capacity(signed.len());
        for one in signed {
            let sequence = one.checkpoint.sequence;
            if !keys.verify_checkpoint(&one.checkpoint.canonical(), &one.signature) {
                return Err(Error::Refused(format!(
                    "The checkpoint at event {sequence} is not signed with this server's key."
                )));
            }
            checkpoints.push(one.checkpoint);
        }
        checkpoints.sort_by_key(|checkpoint| checkpoint.sequence);
        checkpoints.dedup();
        let reached = head.as_ref().is_none_or(|(sequence, _)| *sequence == 0);
        Ok(Self { verifier: Verifier::default(), checkpoints, agreed: 0, head, reached })
    }

    fn take(&mut self, entry: &Entry) -> Result<()> {
        self.verifier.take(entry).map_err(broken)?;
        while let Some(next) = self.checkpoints.get(self.agreed)
            && next.sequence == entry.event.sequence
        {
            if next.hash != entry.hash {
                return Err(broken(Broken::Checkpoint(next.sequence)));
            }
            self.agreed += 1;
        }
        let here = (entry.event.sequence, entry.hash.as_str());
        self.reached |= self.head.as_ref().is_some_and(|(sequence, hash)| (*sequence, hash.as_str()) == here);
        Ok(())
    }

    fn finish(self, organization: String) -> Result<Verified> {
        let (sequence, hash) = self.verifier.position();
        if let Some(missed) = self.checkpoints.get(self.agreed) {
            return Err(broken(Broken::Checkpoint(missed.sequence)));
        }
        if let Some((at, _)) = self.head
            && !self.reached
        {
            return Err(Error::Refused(format!(
                "The log ends at event {sequence} without reaching its head, {at}: its tail was cut off."
            )));
        }
        Ok(Verified { organization, events: sequence, head: hex(&hash), checkpoints: self.agreed })
    }
}

fn broken(what: Broken) -> Error {
    Error::Refused(format!("The audit log was tampered with: {what}."))
}

async fn stored_checkpoints(app: &App, organization: &str) -> Result<Vec<SignedCheckpoint>> {
    let (owner, public_key) = (organization.to_owned(), app.keys.checkpoint_public_key());
    let rows = app.db.read(move |c| event::checkpoints(c, &owner)).await?;
    let signed = |(checkpoint, signature)| SignedCheckpoint { checkpoint, signature, public_key: public_key.clone() };
    Ok(rows.into_iter().map(signed).collect())
}

fn filed_checkpoints(app: &App, organization: &str) -> Result<Vec<SignedCheckpoint>> {
    let path = app.config.data_dir.join("checkpoints").join(format!("{organization}.jsonl"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(Vec::new());
    };
    text.lines()
        .map(|line| {
            serde_json::from_str(line)
                .map_err(|_| Error::Refused(format!("{} holds a line that is no checkpoint.", path.display())))
        })
        .collect()
}

/// Signs the present head of every log that grew since its last checkpoint, in the database and in `data/checkpoints`.
///
/// # Errors
/// Those of the store or the file system.
pub async fn make_checkpoints(app: &App) -> Result<usize> {
    let mut made = 0;
    for organization in app.db.read(organization::all).await? {
        let id = organization.id;
        let owner = id.clone();
        let ((sequence, hash), last) =
            app.db.read(move |c| Ok((event::head(c, &owner)?, event::checkpoints(c, &owner)?.pop()))).await?;
        if sequence == 0 || last.is_some_and(|(last, _)| last.sequence >= sequence) {
            continue;
        }
        let checkpoint = Checkpoint { at: app.clock.now(), hash, organization: id, sequence };
        let signature = app.keys.sign_checkpoint(&checkpoint.canonical());
        let (row, signed) = (checkpoint.clone(), signature.clone());
        app.db.write(move |tx| event::put_checkpoint(tx, &row, &signed)).await?;
        let signed = SignedCheckpoint { checkpoint, signature, public_key: app.keys.checkpoint_public_key() };
        append_to_file(&app.config.data_dir.join("checkpoints"), &signed)
            .map_err(|cause| Error::Unavailable(cause.to_string()))?;
        made += 1;
    }
    Ok(made)
}

fn append_to_file(folder: &Path, signed: &SignedCheckpoint) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("{}.jsonl", signed.checkpoint.organization));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{}", serde_json::to_string(signed)?)?;
    file.sync_all()
}

/// Writes one organization's log with its checkpoints as JSON lines.
///
/// # Errors
/// Those of the store or of the writer.
pub async fn export(app: &App, organization: &str, out: &mut (dyn Write + Send)) -> Result<i64> {
    // First, so that none is ahead of the events that are written here.
    let checkpoints = stored_checkpoints(app, organization).await?;
    let mut last = 0;
    loop {
        let (owner, from) = (organization.to_owned(), last);
        let entries = app.db.read(move |c| event::entries(c, &owner, from, STEP)).await?;
        let Some(end) = entries.last() else { break };
        last = end.event.sequence;
        for entry in &entries {
            let line = serde_json::to_string(entry).map_err(|cause| Error::Unavailable(cause.to_string()))?;
            writeln!(out, "{line}").map_err(|cause| Error::Unavailable(cause.to_string()))?;
        }
    }
    for signed in checkpoints {
        let line = serde_json::to_string(&signed).map_err(|cause| Error::Unavailable(cause.to_string()))?;
        writeln!(out, "{line}").map_err(|cause| Error::Unavailable(cause.to_string()))?;
    }
    Ok(last)
}
