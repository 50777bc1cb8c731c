//! What is signed about a log: its head every hour, where it begins once older events were pruned, and the edges of
//! its exports.

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Keys;
use crate::store::{event, organization};
use domain::chain::{Checkpoint, End, Start, StartKind};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

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

/// The checkpoints in the data folder.
pub(super) fn filed(app: &App, organization: &str) -> Result<Vec<SignedCheckpoint>> {
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
