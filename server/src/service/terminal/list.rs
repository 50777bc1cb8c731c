//! The signed lists that terminals decide by without a network.

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Signs;
use crate::service::code::offline_keys;
use crate::store::terminal::{self, TerminalRow};
use crate::store::terminal_list::{self, LONGEST_MS, ListRow, opened};
use crate::store::writer::Tx;
use domain::Millis;
use domain::terminal::{Change, List, Manifest};
use std::sync::Arc;

/// A list that is good for so long need not be made anew, milliseconds.
const GOOD_MS: i64 = 24 * 3_600_000;

/// What is sent.
#[derive(Clone, Debug)]
pub enum Delivered {
    /// All of it.
    Whole {
        /// JWS.
        manifest: String,
        /// The list's bytes, which are text.
        list: String,
    },
    /// What changed.
    Changed {
        /// JWS of the list that results.
        manifest: String,
        /// What is different.
        change: Change,
        /// Against this version.
        from: i64,
    },
    /// The list at hand is as good as a new one.
    Nothing,
}

/// What was read for a delivery.
struct Read {
    list: List,
    body: Arc<Vec<u8>>,
    revision: i64,
    newest: Option<ListRow>,
    had: Option<List>,
}

/// The newest list for a terminal that decides by the version `have`, if any.
///
/// # Errors
/// Those of the store.
pub async fn deliver(app: &App, terminal: &TerminalRow, have: Option<i64>) -> Result<Delivered> {
    let made_at = app.clock.now();
    let have = have.filter(|version| can_be(*version, made_at));
    let keys = offline_keys(&app.keys, &terminal.organization_id);
    let of = terminal.clone();
    let read = app
        .db
        .read(move |c| {
            let (list, revision) = terminal_list::read(c, &of.organization_id, &of.door_id, keys, made_at)?;
            let newest = terminal_list::newest(c, &of.id)?;
            let had = match have {
                Some(version) => terminal_list::find(c, &of.id, version)?,
                None => None,
            };
            let had = had.and_then(|row| List::from_bytes(&row.body).ok());
            Ok(Read { body: Arc::new(list.to_bytes()), list, revision, newest, had })
        })
        .await?;
    let same = read.newest.as_ref().filter(|row| row.body == *read.body && is_good(&row.manifest, made_at));
    if let Some(row) = same {
        let (version, manifest) = (row.version, row.manifest.clone());
        let held = have == Some(version);
        if row.revision < read.revision || (held && terminal.list_version != version) {
            let (of, revision) = (terminal.clone(), read.revision);
            app.db
                .write(move |tx| {
                    terminal_list::confirm(tx, &of.id, version, revision)?;
                    if held { hold(tx, &of, version) } else { Ok(()) }
                })
                .await?;
        }
        return if held { Ok(Delivered::Nothing) } else { sent(read, manifest, have) };
    }
    let (of, body, revision) = (terminal.clone(), read.body.clone(), read.revision);
    let life = read.list.door.max_age_ms.clamp(0, LONGEST_MS);
    let key = app.keys.signing(&terminal.organization_id, Signs::Lists);
    let manifest = app
        .db
        .write(move |tx| {
            let before = terminal_list::newest(tx.connection, &of.id)?.map_or(0, |row| row.version);
            let now_at = terminal::find(tx.connection, &of.organization_id, &of.id)?.list_version;
            let version = made_at.max(before.max(now_at).max(have.unwrap_or(0)) + 1);
            let manifest =
                Manifest { aud: of.id.clone(), version, made_at, expires_at: made_at + life, hash: List::hash(&body) };
            let manifest = manifest.sign(&key);
            let row = ListRow {
                terminal_id: of.id.clone(),
                version,
                manifest: manifest.clone(),
                body: body.to_vec(),
                revision,
            };
            if let Some(version) = have {
                hold(tx, &of, version)?;
            }
            terminal_list::forget(tx, &of.id, have.unwrap_or(now_at))?;
            terminal_list::put(tx, &row)?;
            terminal_list::doors::note(tx, &of.id, version, &of.door_id)?;
            Ok(manifest)
        })
        .await?;
    sent(read, manifest, have)
}

/// The list as a change when it is known what the terminal has, else whole.
fn sent(read: Read, manifest: String, have: Option<i64>) -> Result<Delivered> {
    if let (Some(had), Some(from)) = (read.had, have) {
        return Ok(Delivered::Changed { manifest, change: had.change_to(&read.list), from });
    }
    let list = String::from_utf8(read.body.to_vec()).map_err(|_| Error::Unavailable("a list is not text".into()))?;
    Ok(Delivered::Whole { manifest, list })
}

/// The newest version there is for a terminal: greater than that of every list it was sent when it should ask for
/// another.
///
/// # Errors
/// Those of the store.
pub async fn newest_version(app: &App, terminal: &TerminalRow) -> Result<i64> {
    let now = app.clock.now();
    let (organization, id) = (terminal.organization_id.clone(), terminal.id.clone());
    let (newest, changed) = app.db.read(move |c| terminal_list::newest_head(c, &organization, &id)).await?;
    Ok(match newest {
        Some(row) if row.revision >= changed && is_good(&row.manifest, now) => row.version,
        Some(row) => now.max(row.version + 1),
        None => now.max(terminal.list_version + 1),
    })
}

/// Notes in a row, still to be stored by [`crate::store::terminal::update`], by which list a terminal says that it
/// decides; lists that it cannot open by any more are forgotten. For the heartbeat's own transaction.
///
/// # Errors
/// Those of the store.
pub fn acknowledge(tx: &mut Tx<'_>, terminal: &mut TerminalRow, version: i64) -> Result<()> {
    let version = if can_be(version, tx.now) { version } else { 0 };
    if terminal.list_version == version {
        return Ok(());
    }
    let stored = terminal_list::find(tx.connection, &terminal.id, version)?;
    let of = stored.as_ref().and_then(|row| opened(&row.manifest));
    terminal.list_version = version;
    // One that is not here any more: its version is about the time it was made.
    let made_at = of.as_ref().map_or(version.min(tx.now), |manifest| manifest.made_at);
    let expires_at = of.as_ref().map_or(made_at + LONGEST_MS, |manifest| manifest.expires_at);
    terminal.list_made_at = (version > 0).then_some(made_at);
    terminal.list_expires_at = (version > 0).then_some(expires_at);
    terminal_list::forget(tx, &terminal.id, version)
}

/// The same, stored.
fn hold(tx: &mut Tx<'_>, terminal: &TerminalRow, version: i64) -> Result<()> {
    let mut row = terminal::find(tx.connection, &terminal.organization_id, &terminal.id)?;
    if row.list_version == version {
        return Ok(());
    }
    acknowledge(tx, &mut row, version)?;
    terminal::update(tx, &row)
}

/// Versions are times, Unix ms, and none is from before 2020.
const EARLIEST: Millis = 1_577_836_800_000;

/// Whether this can be a version: a terminal does not make the server count beyond what it takes for now.
fn can_be(version: i64, now: Millis) -> bool {
    (EARLIEST..now + LONGEST_MS).contains(&version)
}

/// Whether a list will do for a while: a day, or half of its life where that is less.
fn is_good(manifest: &str, now: Millis) -> bool {
    opened(manifest)
        .is_some_and(|manifest| manifest.expires_at - now >= GOOD_MS.min((manifest.expires_at - manifest.made_at) / 2))
}
