//! What the server does by itself: declares lost openings and mails, signs checkpoints, sweeps what is over.

use super::{audit, code, notices, retention, unlock};
use crate::app::App;
use crate::error::Result;
use crate::notify::outbox;
use crate::store::writer::Tx;
use crate::store::{DatabaseUrl, session, throttle};
use std::time::Duration;

/// Between two looks at what was left behind.
const SWEEP: Duration = Duration::from_secs(5);
/// Between two checkpoints.
const CHECKPOINT: Duration = Duration::from_secs(3_600);
/// Between two looks at what is kept too long.
const RETENTION: Duration = Duration::from_secs(1_800);
/// An outcome later than this after its deadline will never be reported, milliseconds.
const GRACE_MS: i64 = 10_000;
/// Throttle windows older than this are over, milliseconds.
const OLD_MS: i64 = 86_400_000;
/// What is over goes in steps of so many rows, so that no tap waits for a clean-up.
const STEP: i64 = 500;

/// At start: on SQLite this process is the only server, so everything left open belongs to a process that is gone.
///
/// # Errors
/// Those of the store.
pub async fn at_start(app: &App) -> Result<()> {
    let now = app.clock.now();
    let alone = matches!(app.config.database, DatabaseUrl::Sqlite(_));
    let (openings, messages) = if alone { (i64::MAX, i64::MAX) } else { (now - GRACE_MS, outbox::stuck_before(now)) };
    while unlock::sweep_interrupted(app, openings).await? > 0 {}
    while outbox::sweep_stuck(app, messages).await? > 0 {}
    Ok(())
}

/// Works until the server stops.
pub async fn work(app: App) {
    let mut sweep = tokio::time::interval(SWEEP);
    let mut checkpoint = tokio::time::interval(CHECKPOINT);
    let mut keep = tokio::time::interval(RETENTION);
    sweep.tick().await;
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = sweep.tick() => {
                if let Err(cause) = sweep_once(&app).await {
                    tracing::warn!(?cause, "housekeeping could not work; trying again soon");
                }
            }
            _ = keep.tick() => {
                if let Err(cause) = code::renew(&app).await {
                    tracing::warn!(?cause, "no next codes could be made; trying again in half an hour");
                }
                if let Err(cause) = retention::sweep(&app).await {
                    tracing::warn!(?cause, "what is kept too long could not go; trying again in half an hour");
                }
            }
            _ = checkpoint.tick() => {
                if let Err(cause) = audit::make_checkpoints(&app).await {
                    tracing::warn!(?cause, "no checkpoint could be signed; trying again in an hour");
                }
            }
        }
    }
}

async fn sweep_once(app: &App) -> Result<()> {
    let now = app.clock.now();
    unlock::sweep_interrupted(app, now - GRACE_MS).await?;
    outbox::sweep_stuck(app, outbox::stuck_before(now)).await?;
    notices::sweep(app).await?;
    let idle = app.session_idle_ms();
    let step = move |tx: &mut Tx<'_>| {
        let gone = session::sweep(tx, idle, STEP)?;
        Ok(gone + throttle::sweep(tx, tx.now - OLD_MS, STEP - gone)?)
    };
    while app.db.write(step).await? >= STEP {}
    Ok(())
}
