//! What terminals say of themselves, and which of them are on line, whichever process they talk to.

use super::list;
use super::pair::{self, Stand};
use crate::app::App;
use crate::driver::terminal::{Heard, ONLINE_MS};
use crate::error::{Checks, Error, Result};
use crate::store::terminal::{self, TerminalRow, desk};
use domain::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

/// Looks are at least this far apart, however much happens.
const PAUSE: Duration = Duration::from_millis(500);
/// And at most this far: going off line is no change of the database.
const AGAIN: Duration = Duration::from_secs(5);

/// The end of the year 9999, Unix milliseconds: no clock shows more, or is further off.
const FURTHEST_MS: i64 = 253_402_300_800_000;

/// A heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beat {
    /// What it runs.
    pub software: String,
    /// Whether it moves a relay of its own.
    pub relay: bool,
    /// Its clock.
    pub wall: Millis,
    /// What it adds to that; none when it never heard the server.
    pub offset: Option<i64>,
    /// The list it decides by; 0: none.
    pub list: i64,
    /// How many entries of its journal are not here yet.
    pub waiting: i64,
}

/// What it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The server's time.
    pub now: Millis,
    /// The newest list there is.
    pub list: i64,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub stand: Stand,
}

/// Stores what a terminal says of itself.
///
/// # Errors
/// `Fields` when no clock can be as it says; `Forbidden` when it was revoked meanwhile; those of the store.
pub async fn heartbeat(app: &App, terminal: &TerminalRow, beat: Beat) -> Result<Told> {
    check(&beat)?;
    let now = app.clock.now();
    let (organization, id) = (terminal.organization_id.clone(), terminal.id.clone());
    let software = pair::software(&beat.software);
    let (row, stand) = app
        .db
        .write(move |tx| {
            let mut row = terminal::find(tx.connection, &organization, &id)?;
            row.software.clone_from(&software);
            row.clock_offset_ms = Some(beat.offset.unwrap_or(now - beat.wall));
            row.relay = beat.relay;
            row.waiting = beat.waiting.max(0);
            list::acknowledge(tx, &mut row, beat.list)?;
            if !desk::hear(tx, &row)? {
                return Err(Error::Forbidden("This terminal is revoked.".into()));
            }
            let stand = pair::stand(tx.connection, &row)?;
            Ok((row, stand))
        })
        .await?;
    app.drivers.terminal.hear(&row);
    Ok(Told { now: app.clock.now(), list: list::newest_version(app, &row).await?, name: row.name, stand })
}

/// A clock that was never set may show anything, but nothing beyond what a clock can show.
fn check(beat: &Beat) -> Result<()> {
    let can_be = |ms: i64| (-FURTHEST_MS..=FURTHEST_MS).contains(&ms);
    let mut checks = Checks::default();
    if !can_be(beat.wall) {
        checks.note("wall", "wall is what the clock shows, Unix milliseconds, in a year of four digits.");
    }
    if !beat.offset.is_none_or(can_be) {
        checks.note("offset", "offset is server time minus wall, milliseconds, and no clock is off by so much.");
    }
    checks.done()
}

/// Notes that a terminal that was revoked is being told so. It hears it in any case: what cannot be noted only goes on
/// counting as one that may open.
pub async fn told(app: &App, id: &str) {
    let terminal = id.to_owned();
    if let Err(cause) = app.db.write(move |tx| desk::told(tx, &terminal)).await {
        tracing::warn!(?cause, terminal = id, "that a revoked terminal was told so could not be stored");
    }
}

/// Learns from the database which terminals are on line.
///
/// # Errors
/// Those of the store.
pub async fn look(app: &App) -> Result<()> {
    let since = app.clock.now() - ONLINE_MS;
    let rows = app.db.read(move |c| desk::heard_since(c, since)).await?;
    let heard: BTreeMap<String, Heard> = rows.into_iter().map(|(id, door, at)| (id, Heard { at, door })).collect();
    app.drivers.terminal.keep(heard);
    Ok(())
}

/// Goes on learning it until the server stops.
pub async fn follow(app: App) {
    let mut changes = app.db.changes();
    loop {
        changes.mark_unchanged();
        if let Err(cause) = look(&app).await {
            tracing::warn!(?cause, "which terminals are on line cannot be read; trying again soon");
        }
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
            changed = changes.changed() => if changed.is_err() { return },
        }
    }
}
