//! The outbox: takes each message once, puts it into words only then, and notes what became of it.

use super::compose::{Composed, compose};
use super::mail::{Delivery, Mailer};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::store::message::{self, MessageRow, State};
use domain::Millis;
use domain::event::Outcome;
use std::time::Duration;

/// Waits before the second, third … try, milliseconds; after the last the message has failed.
const BACKOFF: [i64; 6] = [10_000, 60_000, 300_000, 1_800_000, 7_200_000, 28_800_000];
/// Sent side by side, so that one slow server's answer does not hold up the rest.
const AT_ONCE: i64 = 8;
/// After this a message that is still being sent belongs to a process that is gone, milliseconds.
const STUCK_MS: i64 = 180_000;

/// Works until the server stops. What is being handed over then is finished first.
pub async fn work(app: App, mailer: Mailer) {
    let mut changes = app.db.changes();
    while !app.stop.is_cancelled() {
        let sent = match round(&app, &mailer).await {
            Ok(sent) => sent,
            Err(cause) => {
                tracing::warn!(?cause, "the outbox could not work; trying again soon");
                0
            }
        };
        if sent > 0 {
            continue;
        }
        let wait = next_wait(&app).await;
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = app.outbox.notified() => {}
            // Another process may have queued a message.
            _ = changes.changed() => tokio::time::sleep(Duration::from_millis(200)).await,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn next_wait(app: &App) -> Duration {
    let due = app.db.read(message::next_due).await.ok().flatten();
    let wait = due.map_or(30_000, |due| (due - app.clock.now()).clamp(50, 30_000));
    Duration::from_millis(wait.cast_unsigned())
}

/// Sends what is due; says how many messages that were.
///
/// # Errors
/// Those of the store.
pub async fn round(app: &App, mailer: &Mailer) -> Result<usize> {
    // Looked at first, so that an idle server writes nothing.
    let now = app.clock.now();
    if app.db.read(message::next_due).await?.is_none_or(|due| due > now) {
        return Ok(0);
    }
    let claimed = app.db.write(|tx| message::claim(tx, AT_ONCE)).await?;
    let count = claimed.len();
    let sending = claimed.into_iter().map(|row| one(app, mailer, row));
    futures_util::future::join_all(sending).await;
    Ok(count)
}

async fn one(app: &App, mailer: &Mailer, row: MessageRow) {
    let (state, reply, next_at) = match compose(app, &row).await {
        Ok(composed) => {
            let delivery = match composed {
                Composed::Mail(letter) => mailer.deliver(&letter).await,
                Composed::Text(text) => app.texter.deliver(&text).await,
            };
            outcome(delivery, row.attempts, app.clock.now())
        }
        Err(Error::Refused(why)) => (State::Failed, why, 0),
        Err(cause) => {
            tracing::warn!(?cause, message = row.id, "a message could not be made");
            outcome(Delivery::Later("The message could not be made.".into()), row.attempts, app.clock.now())
        }
    };
    for _ in 0..20 {
        match note(app, &row, state, &reply, next_at).await {
            Ok(()) => return,
            Err(cause) => tracing::warn!(?cause, message = row.id, "what became of a message could not be stored yet"),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn outcome(delivery: Delivery, attempts: i64, now: Millis) -> (State, String, Millis) {
    match delivery {
        Delivery::Taken(reply) => (State::Sent, reply, 0),
        Delivery::Kept(name) => (State::Kept, name, 0),
        Delivery::Never(reply) => (State::Failed, reply, 0),
        Delivery::Unsure(reply) => (State::Unknown, reply, 0),
        Delivery::Later(reply) => {
            let waits = usize::try_from(attempts - 1).ok().and_then(|at| BACKOFF.get(at));
            match waits {
                Some(wait) => (State::Waiting, reply, now + wait),
                None => (State::Failed, reply, 0),
            }
        }
    }
}

async fn note(app: &App, row: &MessageRow, state: State, reply: &str, next_at: Millis) -> Result<()> {
    let (row, reply) = (row.clone(), reply.to_owned());
    app.db
        .write(move |tx| {
            message::set_state(tx, &row.id, state, &reply, next_at)?;
            let (action, outcome) = match state {
                State::Sent => ("message.sent", Outcome::Done),
                State::Kept => ("message.kept", Outcome::Done),
                State::Failed => ("message.failed", Outcome::Failed),
                State::Unknown => ("message.unknown", Outcome::Failed),
                State::Waiting | State::Sending => return Ok(()),
            };
            let mut event = Actor::system(&row.organization_id).event(
                tx.clock,
                tx.now,
                action,
                row.link_id.as_deref().or(row.invitation_id.as_deref()).unwrap_or(&row.id),
            );
            event.outcome = outcome;
            event.detail.insert("message".into(), row.id.clone());
            event.detail.insert("kind".into(), row.kind.clone());
            event.detail.insert("channel".into(), row.channel.clone());
            event.detail.insert("attempts".into(), row.attempts.to_string());
            tx.record(event);
            Ok(())
        })
        .await
}

/// Messages that a stopped process was sending: they may have gone out, so they are not sent again by themselves.
///
/// # Errors
/// Those of the store.
pub async fn sweep_stuck(app: &App, before: Millis) -> Result<usize> {
    let stuck = app.db.read(move |c| message::stuck(c, before)).await?;
    for row in &stuck {
        note(
            app,
            row,
            State::Unknown,
            "The server stopped while this was being sent. It may or may not have arrived.",
            0,
        )
        .await?;
    }
    Ok(stuck.len())
}

/// The moment before which a message that is being sent belongs to nobody any more.
#[must_use]
pub fn stuck_before(now: Millis) -> Millis {
    now - STUCK_MS
}
