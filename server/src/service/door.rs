//! Doors: made, changed, locked down, removed, each with its event.

pub mod driver;
pub mod test;

use super::actor::Actor;
use crate::app::App;
use crate::driver::simulator::{self, Mode, Settings};
use crate::error::{Checks, Error, Result};
use crate::store::audit::NewEvent;
use crate::store::door::{self, DoorChange, DoorRow};
use crate::store::writer::Tx;
use crate::store::{place, schedule, terminal};
use domain::id::Kind;
use domain::input;
use driver::{DriverInput, Prepared};
use std::collections::BTreeMap;

/// What a form or the command line gives.
#[derive(Clone, Debug, Default)]
pub struct DoorInput {
    /// What it is called.
    pub name: String,
    /// How to find it.
    pub description: String,
    /// Where.
    pub place_id: String,
    /// How long it stays open, seconds, as typed.
    pub unlock_seconds: String,
    /// Whether links and codes may open it.
    pub accepts_digital: bool,
    /// Whether a member must be inside the place's geofence.
    pub geofence: bool,
    /// Whether a member must be at the reader.
    pub reader: bool,
    /// A schedule's id; empty: always.
    pub schedule_id: String,
    /// For how long a terminal without a network opens it, hours as typed; empty: as it is, and a new one 36.
    pub list_hours: String,
    /// How it opens; none: as it does, and a new one by the simulator.
    pub driver: Option<DriverInput>,
}

/// The age of a list that a new door bears, hours; more than [`MOST_LIST_HOURS`] no list lives.
pub const LIST_HOURS: i64 = 36;
/// The greatest age of a list, hours.
pub const MOST_LIST_HOURS: i64 = 47;
const HOUR_MS: i64 = 3_600_000;

fn check(typed: &DoorInput, list_max_age_ms: i64, checks: &mut Checks) -> DoorChange {
    let change = DoorChange {
        list_max_age_ms: match typed.list_hours.trim() {
            "" => list_max_age_ms,
            hours => checks.take("list_hours", input::number(hours, 1, MOST_LIST_HOURS)) * HOUR_MS,
        },
        name: checks.take("name", input::line(&typed.name, 100)),
        description: checks.take("description", input::optional_line(&typed.description, 200)),
        place_id: typed.place_id.clone(),
        unlock_ms: checks.take("unlock_seconds", input::number(&typed.unlock_seconds, 1, 120)) * 1_000,
        accepts_digital: typed.accepts_digital,
        geofence: typed.geofence,
        reader: typed.reader,
        schedule_id: (!typed.schedule_id.is_empty()).then(|| typed.schedule_id.clone()),
    };
    if !Kind::Place.owns(&change.place_id) {
        checks.note("place_id", "Please choose one of your places.");
    }
    change
}

/// Says in an event when the door opens and what binds members.
fn describe(detail: &mut BTreeMap<String, String>, change: &DoorChange) {
    detail.insert("schedule".into(), change.schedule_id.clone().unwrap_or_else(|| "always".into()));
    for (name, on) in [("geofence", change.geofence), ("reader", change.reader)] {
        if on {
            detail.insert(name.into(), "yes".into());
        }
    }
}

/// Makes a door.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn create(app: &App, actor: &Actor, typed: &DoorInput) -> Result<String> {
    let (actor, id) = (actor.clone(), app.clock.id(Kind::Door));
    let mut checks = Checks::default();
    let change = check(typed, LIST_HOURS * HOUR_MS, &mut checks);
    let prepared = typed.driver.as_ref().and_then(|typed| driver::prepare(app, &id, None, typed, &mut checks));
    checks.done()?;
    app.db
        .write(move |tx| {
            place::find(tx.connection, &actor.organization, &change.place_id)
                .map_err(|_| Error::field("place_id", "Please choose one of your places."))?;
            schedule::must_exist(tx.connection, &actor.organization, change.schedule_id.as_deref())?;
            let row = DoorRow {
                id: id.clone(),
                organization_id: actor.organization.clone(),
                place_id: change.place_id.clone(),
                name: change.name.clone(),
                description: change.description.clone(),
                driver: prepared.as_ref().map_or(simulator::KIND, |driver| driver.kind).into(),
                driver_settings: prepared.as_ref().map_or("{}", |driver| driver.settings.as_str()).into(),
                unlock_ms: change.unlock_ms,
                accepts_digital: change.accepts_digital,
                locked_down_at: None,
                lockdown_reason: String::new(),
                version: 1,
                created_at: tx.now,
                removed_at: None,
                geofence: change.geofence,
                reader: change.reader,
                schedule_id: change.schedule_id.clone(),
                driver_sealed: prepared.as_ref().and_then(|driver| driver.sealed.clone()),
                list_max_age_ms: change.list_max_age_ms,
            };
            door::insert(tx, &row)?;
            let mut event = actor.event(tx.clock, tx.now, "door.created", &id);
            event.detail.insert("name".into(), change.name.clone());
            event.detail.insert("place".into(), change.place_id.clone());
            note_driver(&mut event, prepared.as_ref());
            describe(&mut event.detail, &change);
            tx.record(event);
            Ok(id.clone())
        })
        .await
}

/// Changes a door.
///
/// # Errors
/// `Fields`, `NotFound`, `Stale`; those of the store.
pub async fn update(app: &App, actor: &Actor, id: &str, version: i64, typed: &DoorInput) -> Result<()> {
    let (actor, id) = (actor.clone(), id.to_owned());
    let (organization, wanted) = (actor.organization.clone(), id.clone());
    let before = app.db.read(move |c| door::find(c, &organization, &wanted)).await?.door;
    let mut checks = Checks::default();
    let change = check(typed, before.list_max_age_ms, &mut checks);
    let typed = typed.driver.as_ref();
    let prepared = typed.and_then(|typed| driver::prepare(app, &id, Some(&before), typed, &mut checks));
    checks.done()?;
    let prepared = prepared.filter(|driver| {
        (driver.kind, &driver.settings, &driver.sealed)
            != (before.driver.as_str(), &before.driver_settings, &before.driver_sealed)
    });
    app.db
        .write(move |tx| {
            door::update(tx, &actor.organization, &id, version, &change)?;
            if let Some(driver) = &prepared {
                must_stand_there(tx, &actor.organization, &id, driver)?;
                let driver = (driver.kind, driver.settings.as_str(), driver.sealed.as_deref());
                door::set_driver(tx, &actor.organization, &id, version + 1, driver)?;
            }
            let mut event = actor.event(tx.clock, tx.now, "door.changed", &id);
            event.detail.insert("name".into(), change.name.clone());
            event.detail.insert("place".into(), change.place_id.clone());
            event.detail.insert("unlock_ms".into(), change.unlock_ms.to_string());
            event.detail.insert("accepts_digital".into(), change.accepts_digital.to_string());
            event.detail.insert("list_hours".into(), (change.list_max_age_ms / HOUR_MS).to_string());
            note_driver(&mut event, prepared.as_ref());
            describe(&mut event.detail, &change);
            tx.record(event);
            Ok(())
        })
        .await
}

/// What an event says about how a door opens: never a secret.
fn note_driver(event: &mut NewEvent, driver: Option<&Prepared>) {
    let Some(driver) = driver else {
        return;
    };
    event.detail.insert("driver".into(), driver.kind.into());
    if !driver.host.is_empty() {
        event.detail.insert("host".into(), driver.host.clone());
    }
    if driver.secrets_changed {
        event.detail.insert("secrets".into(), "changed".into());
    }
}

/// A door's terminal is one that stands at it and counts.
fn must_stand_there(tx: &mut Tx<'_>, organization: &str, door: &str, driver: &Prepared) -> Result<()> {
    if driver.kind != crate::driver::terminal::KIND {
        return Ok(());
    }
    let named = crate::driver::terminal::named_in(&driver.settings);
    let here = terminal::desk::at_door(tx.connection, organization, door)?;
    if here.iter().any(|row| row.id == named && row.revoked_at.is_none()) {
        return Ok(());
    }
    Err(Error::field("terminal_id", "Please choose a terminal that stands at this door."))
}

/// Sets how a door opens, and nothing else. Says what it is called.
///
/// # Errors
/// `Fields`, `NotFound`; those of the store.
pub async fn set_driver(app: &App, actor: &Actor, id: &str, typed: &DriverInput) -> Result<String> {
    let (organization, wanted) = (actor.organization.clone(), id.to_owned());
    let before = app.db.read(move |c| door::find(c, &organization, &wanted)).await?.door;
    let mut checks = Checks::default();
    let prepared = driver::prepare(app, id, Some(&before), typed, &mut checks);
    checks.done()?;
    let Some(prepared) = prepared else {
        return Ok(before.name);
    };
    let (actor, id, name) = (actor.clone(), id.to_owned(), before.name);
    app.db
        .write(move |tx| {
            must_stand_there(tx, &actor.organization, &id, &prepared)?;
            let change = (prepared.kind, prepared.settings.as_str(), prepared.sealed.as_deref());
            door::set_driver(tx, &actor.organization, &id, before.version, change)?;
            let mut event = actor.event(tx.clock, tx.now, "door.changed", &id);
            note_driver(&mut event, Some(&prepared));
            tx.record(event);
            Ok(())
        })
        .await?;
    Ok(name)
}

/// Locks a door down: nothing opens it until the lockdown is lifted. Says what it is called.
///
/// # Errors
/// `Fields`, `NotFound`, `Refused`; those of the store.
pub async fn lock_down(app: &App, actor: &Actor, id: &str, reason: &str) -> Result<String> {
    let reason = input::line(reason, 200).map_err(|refused| Error::field("reason", refused))?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let door = door::set_lockdown(tx, &actor.organization, &id, Some(&reason))?;
            let mut event = actor.event(tx.clock, tx.now, "door.locked_down", &id);
            event.detail.insert("reason".into(), reason.clone());
            tx.record(event);
            Ok(door.name)
        })
        .await
}

/// Lifts a lockdown. Says what the door is called.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn lift(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let door = door::set_lockdown(tx, &actor.organization, &id, None)?;
            tx.record(actor.event(tx.clock, tx.now, "door.lockdown_lifted", &id));
            Ok(door.name)
        })
        .await
}

/// Sets how a simulated door behaves. Says what it is called.
///
/// # Errors
/// `NotFound`; `Refused` when the door is not a simulated one; those of the store.
pub async fn simulate(app: &App, actor: &Actor, id: &str, mode: Mode) -> Result<String> {
    let settings = serde_json::to_string(&Settings { mode }).map_err(|cause| Error::Unavailable(cause.to_string()))?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let door = door::set_driver_settings(tx, &actor.organization, &id, &settings)?;
            if door.driver != simulator::KIND {
                return Err(Error::Refused(format!("{} is not a simulated door.", door.name)));
            }
            let mut event = actor.event(tx.clock, tx.now, "door.simulated", &id);
            event.detail.insert("mode".into(), mode.code().into());
            tx.record(event);
            Ok(door.name)
        })
        .await
}

/// Removes a door; links lose it. Says what it was called.
///
/// # Errors
/// `NotFound`; `Refused` while a terminal stands at it; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, gone) = (actor.clone(), id.to_owned());
    let name = app
        .db
        .write(move |tx| {
            let here = terminal::desk::at_door(tx.connection, &actor.organization, &gone)?;
            if let Some(first) = here.first() {
                return Err(Error::Refused(format!(
                    "The terminal {} stands at this door. Remove it, or move it to another door, first.",
                    first.name
                )));
            }
            let was = door::remove(tx, &actor.organization, &gone)?;
            let mut event = actor.event(tx.clock, tx.now, "door.removed", &gone);
            event.detail.insert("name".into(), was.name.clone());
            tx.record(event);
            Ok(was.name)
        })
        .await?;
    app.drivers.http.forget(id);
    Ok(name)
}
