//! The outbox: takes each message once, makes its mail only then, and notes what became of it.

use super::mail::{Delivery, Letter, Mailer};
use super::{account, calendar};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::service::link::address;
use crate::store::door::DoorAtPlace;
use crate::store::link::{self, LinkRow};
use crate::store::message::{self, MessageRow, State};
use crate::store::organization::{self, OrganizationRow};
use app::text::mail::{MailModel, MailPlace, access_link};
use app::text::{Language, mail::MailText};
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
    let (state, reply, next_at) = match letter(app, &row).await {
        Ok(letter) => outcome(mailer.deliver(&letter).await, row.attempts, app.clock.now()),
        Err(Error::Refused(why)) => (State::Failed, why, 0),
        Err(cause) => {
            tracing::warn!(?cause, message = row.id, "a mail could not be made");
            outcome(Delivery::Later("The mail could not be made.".into()), row.attempts, app.clock.now())
        }
    };
    for _ in 0..20 {
        match note(app, &row, state, &reply, next_at).await {
            Ok(()) => return,
            Err(cause) => tracing::warn!(?cause, message = row.id, "what became of a mail could not be stored yet"),
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
            event.detail.insert("attempts".into(), row.attempts.to_string());
            tx.record(event);
            Ok(())
        })
        .await
}

async fn letter(app: &App, row: &MessageRow) -> Result<Letter> {
    match row.kind.as_str() {
        "invitation" => account::invitation(app, row).await,
        "address_changed" => account::address_changed(app, row).await,
        _ => link_letter(app, row).await,
    }
}

async fn link_letter(app: &App, row: &MessageRow) -> Result<Letter> {
    let (organization_id, link_id) = (row.organization_id.clone(), row.link_id.clone().unwrap_or_default());
    let (organization, link, doors) = app
        .db
        .read(move |c| {
            Ok((
                organization::find(c, &organization_id)?,
                link::find(c, &organization_id, &link_id)?,
                link::doors_of(c, &link_id)?,
            ))
        })
        .await?;
    if link.secret_version != row.secret_version {
        return Err(Error::Refused("The link was rotated before this was sent.".into()));
    }
    if link.revoked_at.is_some() {
        return Err(Error::Refused("The link was revoked before this was sent.".into()));
    }
    let language = Language::choose(Some(link.language.as_str()).filter(|code| !code.is_empty()), "");
    let MailText { subject, text, html } = access_link(model(app, &organization, &link, &doors, language)?);
    let calendar = calendar::file(&link, &organization, &doors, language, app.clock.now());
    Ok(Letter {
        id: row.id.clone(),
        to_name: link.name,
        to: row.recipient.clone(),
        from_name: organization.name,
        subject,
        text,
        html,
        calendar: Some(calendar),
    })
}

fn model(
    app: &App,
    organization: &OrganizationRow,
    link: &LinkRow,
    doors: &[DoorAtPlace],
    language: Language,
) -> Result<MailModel> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut places: Vec<MailPlace> = Vec::new();
    for at in doors.iter().filter(|at| at.door.accepts_digital) {
        match places.last_mut() {
            Some(place) if place.name == at.place.name => place.doors.push(at.door.name.clone()),
            _ => places.push(MailPlace {
                name: at.place.name.clone(),
                address: at.place.address.clone(),
                doors: vec![at.door.name.clone()],
            }),
        }
    }
    Ok(MailModel {
        language,
        organization: organization.name.clone(),
        visitor: link.name.clone(),
        host: given(&link.host_name),
        contact: given(&link.host_contact),
        places,
        good_from_ms: (link.valid_from > app.clock.now()).then_some(link.valid_from),
        good_until_ms: link.valid_until,
        zone: doors.first().map_or(&organization.time_zone, |at| &at.place.time_zone).clone(),
        uses: link.max_uses.and_then(|max| u64::try_from(max).ok()),
        url: address(app, link)?,
    })
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
