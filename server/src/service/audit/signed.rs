//! What is signed about a log: its head every hour, where it begins once older events were pruned, and the edges of
//! its exports.

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Keys;
use crate::store::{event, organization};
use domain::chain::{Checkpoint, End, Start, StartKind};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

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

/// The first line of an export that does not begin with the first event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedStart {
    /// What is signed.
    pub start: Start,
    /// The key that verifies it, hexadecimal.
    pub public_key: String,
    /// Ed25519, hexadecimal.
    pub signature: String,
}

/// The last line of an export that is complete.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedEnd {
    /// What is signed.
    pub end: End,
    /// The key that verifies it, hexadecimal.
    pub public_key: String,
    /// Ed25519, hexadecimal.
    pub signature: String,
}

impl SignedStart {
    pub(super) fn sign(keys: &Keys, start: Start) -> Self {
        let signature = keys.sign_checkpoint(&start.canonical());
        Self { start, public_key: keys.checkpoint_public_key(), signature }
    }
}

impl SignedEnd {
    pub(super) fn sign(keys: &Keys, end: End) -> Self {
        let signature = keys.sign_checkpoint(&end.canonical());
        Self { end, public_key: keys.checkpoint_public_key(), signature }
    }
}

/// A beginning after the last event that is pruned, with its signature.
#[must_use]
pub fn prune_start(keys: &Keys, organization: &str, sequence: i64, hash: &str, at: i64) -> (Start, String) {
    let (hash, organization) = (hash.to_owned(), organization.to_owned());
    let signed = SignedStart::sign(keys, Start { at, hash, kind: StartKind::Pruned, organization, sequence });
    (signed.start, signed.signature)
}

/// The checkpoints in the database.
pub(super) async fn stored(app: &App, organization: &str) -> Result<Vec<SignedCheckpoint>> {
    let (owner, public_key) = (organization.to_owned(), app.keys.checkpoint_public_key());
    let rows = app.db.read(move |c| event::checkpoints(c, &owner)).await?;
    let signed = |(checkpoint, signature)| SignedCheckpoint { checkpoint, signature, public_key: public_key.clone() };
    Ok(rows.into_iter().map(signed).collect())
}

/// What a checkpoint's line begins with.
const BEGINS: &str = "{\"checkpoint\"";

/// A file of checkpoints, as it was read.
#[derive(Debug, Default)]
pub(super) struct Filed {
    /// The whole ones, in their order.
    pub(super) checkpoints: Vec<SignedCheckpoint>,
    /// How many are there in part only: the server was killed, or the disk full, while it wrote them.
    pub(super) torn: usize,
}

fn path(app: &App, organization: &str) -> PathBuf {
    app.config.data_dir.join("checkpoints").join(format!("{organization}.jsonl"))
}

/// The checkpoints in the data folder.
///
/// # Errors
/// `Refused` when the file is there but cannot be read, or holds what no checkpoint begins with.
pub(super) fn filed(app: &App, organization: &str) -> Result<Filed> {
    let path = path(app, organization);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Filed::default()),
        Err(cause) => return Err(Error::Refused(format!("{} cannot be read: {cause}.", path.display()))),
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut filed = Filed::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        // A whole one may stand behind one that broke off before its line ended.
        let last = line.rfind(BEGINS).map_or(line, |at| &line[at..]);
        match serde_json::from_str(last) {
            Ok(whole) if line.starts_with('{') => {
                filed.checkpoints.push(whole);
                filed.torn += usize::from(last.len() < line.len());
            }
            Err(cause) if line.starts_with('{') && cause.is_eof() => filed.torn += 1,
            Ok(_) | Err(_) => {
                return Err(Error::Refused(format!("{} holds a line that is no checkpoint.", path.display())));
            }
        }
    }
    Ok(filed)
}

/// Signs the present head of every log that grew since its last checkpoint, in the database and in `data/checkpoints`.
/// What is in the database and could not be written to the file before is written there now.
///
/// # Errors
/// Those of the store or the file system.
pub async fn make_checkpoints(app: &App) -> Result<usize> {
    let (mut made, mut unfiled) = (0, None);
    for organization in app.db.read(organization::all).await? {
        let id = organization.id;
        made += usize::from(sign(app, &id).await?);
        // The other logs' are written all the same.
        if let Err(cause) = make_up(app, &id).await {
            unfiled = Some(cause);
        }
    }
    unfiled.map_or(Ok(made), Err)
}

/// Signs the present head of a log in the database; says whether it has grown.
async fn sign(app: &App, organization: &str) -> Result<bool> {
    let owner = organization.to_owned();
    let ((sequence, hash), last) =
        app.db.read(move |c| Ok((event::head(c, &owner)?, event::checkpoints(c, &owner)?.pop()))).await?;
    if sequence == 0 || last.is_some_and(|(last, _)| last.sequence >= sequence) {
        return Ok(false);
    }
    let checkpoint = Checkpoint { at: app.clock.now(), hash, organization: organization.to_owned(), sequence };
    let signature = app.keys.sign_checkpoint(&checkpoint.canonical());
    app.db.write(move |tx| event::put_checkpoint(tx, &checkpoint, &signature)).await?;
    Ok(true)
}

/// Writes to the file whatever checkpoints of the database are newer than its newest.
async fn make_up(app: &App, organization: &str) -> Result<()> {
    let newest = filed(app, organization)?.checkpoints.iter().map(|one| one.checkpoint.sequence).max().unwrap_or(0);
    let mut missing = stored(app, organization).await?;
    missing.retain(|one| one.checkpoint.sequence > newest);
    if missing.is_empty() {
        return Ok(());
    }
    let path = path(app, organization);
    append(&path, &missing).map_err(|cause| Error::Unavailable(format!("{}: {cause}", path.display())))
}

/// Appends lines at once, on a line of their own even where the one before broke off.
fn append(path: &Path, signed: &[SignedCheckpoint]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let mut lines = if ends_a_line(&mut file)? { Vec::new() } else { vec![b'\n'] };
    for one in signed {
        serde_json::to_writer(&mut lines, one)?;
        lines.push(b'\n');
    }
    file.write_all(&lines)?;
    file.sync_all()
}

fn ends_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
