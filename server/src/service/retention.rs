//! How long things are kept: old events go behind a signed beginning, people beside events and on links that ended
//! long ago are emptied, a few hundred rows at a time, so that nobody's tap waits.

use super::actor::Actor;
use super::{audit, erase};
use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::store::organization::{self, OrganizationRow};
use crate::store::{event, retention as store};
use domain::Millis;
use domain::input;

const DAY_MS: i64 = 86_400_000;
/// Rows a step.
const STEP: i64 = 500;
/// Links a step; each takes its words and messages with it.
const LINKS: i64 = 50;
/// The longest that can be chosen, days.
pub const MOST_DAYS: i64 = 3_650;

/// What a form gives.
#[derive(Clone, Debug, Default)]
pub struct RetentionInput {
    /// Days that events are kept; empty: for good.
    pub event_days: String,
    /// Days that people are kept; empty: as long as their events.
    pub person_days: String,
    /// What the form said would go, as [`Going::said`] has it; once that is so, it is done.
    pub confirmed: String,
}

/// What a shorter time destroys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Going {
    /// Days that events are kept.
    pub event_days: Option<i64>,
    /// Days that people are kept.
    pub person_days: Option<i64>,
    /// Events that go at once.
    pub events: i64,
    /// Events whose people go at once.
    pub people: i64,
    /// Links whose people go at once.
    pub links: i64,
}

impl Going {
    /// What is confirmed: these two times and no others.
    #[must_use]
    pub fn said(&self) -> String {
        let days = |days: Option<i64>| days.map_or_else(|| "all".to_owned(), |days| days.to_string());
        format!("{}/{}", days(self.event_days), days(self.person_days))
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is done.
    Done,
    /// It destroys something and has to be confirmed first.
    Asks(Going),
}

fn days(checks: &mut Checks, field: &'static str, typed: &str) -> Option<i64> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| checks.take(field, input::number(typed, 1, MOST_DAYS)))
}

fn shorter(new: Option<i64>, old: Option<i64>) -> bool {
    match (new, old) {
        (Some(new), Some(old)) => new < old,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Changes how long things are kept. A shorter time is asked about once more, with what it destroys.
///
/// # Errors
/// `Fields`, `Stale`; those of the store.
pub async fn change(app: &App, actor: &Actor, version: i64, typed: &RetentionInput) -> Result<Changed> {
    let mut checks = Checks::default();
    let event_days = days(&mut checks, "event_days", &typed.event_days);
    let person_days = days(&mut checks, "person_days", &typed.person_days);
    checks.done()?;
    let (id, now) = (actor.organization.clone(), app.clock.now());
    let (was, going) = app
        .db
        .read(move |c| {
            let was = organization::find(c, &id)?;
            let before = |days: Option<i64>| days.map(|days| now - days * DAY_MS);
            let going = Going {
                event_days,
                person_days,
                events: store::count_events(c, &id, before(event_days))?,
                people: store::count_people(c, &id, before(person_days))?,
                links: store::count_links(c, &id, before(person_days))?,
            };
            Ok((was, going))
        })
        .await?;
    if was.version != version {
        return Err(Error::Stale);
    }
    let less = shorter(event_days, was.event_retention_days) || shorter(person_days, was.person_retention_days);
    if less && typed.confirmed != going.said() {
        return Ok(Changed::Asks(going));
    }
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            store::set(tx, &actor.organization, version, event_days, person_days)?;
            let mut event = actor.event(tx.clock, tx.now, "organization.retention_changed", &actor.organization);
            for (name, days) in [("events_days", event_days), ("people_days", person_days)] {
                event.detail.insert(name.into(), days.map_or_else(|| "for good".into(), |days| days.to_string()));
            }
            tx.record(event);
            Ok(())
        })
        .await?;
    Ok(Changed::Done)
}

/// Does what is due for every organization.
///
/// # Errors
/// Those of the store; what was done so far stays done.
pub async fn sweep(app: &App) -> Result<()> {
    for organization in app.db.read(organization::all).await? {
        keep(app, &organization).await?;
    }
    Ok(())
}

async fn keep(app: &App, organization: &OrganizationRow) -> Result<()> {
    let now = app.clock.now();
    if let Some(days) = organization.event_retention_days {
        while !app.stop.is_cancelled() && prune(app, &organization.id, now - days * DAY_MS).await? > 0 {}
    }
    if let Some(days) = organization.person_retention_days {
        let before = now - days * DAY_MS;
        while !app.stop.is_cancelled() && forget(app, &organization.id, before).await? > 0 {}
        loop {
            let id = organization.id.clone();
            let due = app.db.read(move |c| store::ended_links(c, &id, before, LINKS)).await?;
            if due.is_empty() || app.stop.is_cancelled() {
                break;
            }
            let system = Actor::system(&organization.id);
            for link in due {
                erase::link(app, &system, &link).await?;
            }
        }
        while !app.stop.is_cancelled() && forget_invited(app, &organization.id, before).await? > 0 {}
    }
    Ok(())
}

/// One step: the oldest events that happened before a moment go, and the log begins after them. Says how many went.
/// The signed beginning and the deletion are one transaction, so that a log is whole whenever it is looked at.
///
/// # Errors
/// Those of the store.
pub async fn prune(app: &App, organization: &str, before: Millis) -> Result<usize> {
    let (organization, keys) = (organization.to_owned(), app.keys.clone());
    app.db
        .write(move |tx| {
            let Some((last, hash, count)) = store::oldest(tx.connection, &organization, before, STEP)? else {
                return Ok(0);
            };
            let (start, signature) = audit::prune_start(&keys, &organization, last, &hash, tx.now);
            event::put_beginning(tx, &start, &signature)?;
            store::delete_through(tx, &organization, last)?;
            let mut event = Actor::system(&organization).event(tx.clock, tx.now, "events.pruned", &organization);
            event.detail.insert("events".into(), count.to_string());
            event.detail.insert("through".into(), last.to_string());
            tx.record(event);
            Ok(count)
        })
        .await
}

/// One step: people beside events that happened before a moment go. Says how many went.
async fn forget(app: &App, organization: &str, before: Millis) -> Result<usize> {
    let (id, moment) = (organization.to_owned(), before);
    // Looked for outside the writer, since other organizations' people may stand in between.
    let due = app.db.read(move |c| store::people(c, &id, moment, STEP)).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let organization = organization.to_owned();
    app.db
        .write(move |tx| {
            let count = store::delete_people(tx, &due)?;
            if count > 0 {
                let mut event =
                    Actor::system(&organization).event(tx.clock, tx.now, "events.people_erased", &organization);
                event.detail.insert("people".into(), count.to_string());
                event.detail.insert("before".into(), before.to_string());
                tx.record(event);
            }
            Ok(count)
        })
        .await
}

/// One step: invitations that ended before a moment and messages about no link tell of nobody any more. Says how many.
async fn forget_invited(app: &App, organization: &str, before: Millis) -> Result<usize> {
    let id = organization.to_owned();
    let (invitations, messages) = app
        .db
        .read(move |c| {
            Ok((store::ended_invitations(c, &id, before, STEP)?, store::old_messages(c, &id, before, STEP)?))
        })
        .await?;
    let count = invitations.len() + messages.len();
    if count == 0 {
        return Ok(0);
    }
    let (organization, emptied) = (organization.to_owned(), messages.clone());
    app.db
        .write(move |tx| {
            store::empty_invitations(tx, &invitations)?;
            store::empty_messages(tx, &emptied)?;
            let mut event = Actor::system(&organization).event(tx.clock, tx.now, "events.people_erased", &organization);
            event.detail.insert("people".into(), count.to_string());
            event.detail.insert("before".into(), before.to_string());
            tx.record(event);
            Ok(())
        })
        .await?;
    erase::forget_kept(app, &messages).await;
    Ok(count)
}
