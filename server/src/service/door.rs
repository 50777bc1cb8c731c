//! Doors: made, changed, locked down, removed, each with its event.

use super::actor::Actor;
use crate::app::App;
use crate::driver::simulator::{self, Mode, Settings};
use crate::error::{Checks, Error, Result};
use crate::store::door::{self, DoorChange, DoorRow};
use crate::store::{place, schedule};
use domain::id::Kind;
use domain::input;
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
}

fn check(typed: &DoorInput) -> Result<DoorChange> {
    let mut checks = Checks::default();
    let change = DoorChange {
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
    checks.done()?;
    Ok(change)
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

/// Makes a door, opened by the simulator.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn create(app: &App, actor: &Actor, typed: &DoorInput) -> Result<String> {
    let change = check(typed)?;
    let (actor, id) = (actor.clone(), app.clock.id(Kind::Door));
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
                driver: simulator::KIND.into(),
                driver_settings: "{}".into(),
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
                driver_sealed: None,
            };
            door::insert(tx, &row)?;
            let mut event = actor.event(tx.clock, tx.now, "door.created", &id);
            event.detail.insert("name".into(), change.name.clone());
            event.detail.insert("place".into(), change.place_id.clone());
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
    let change = check(typed)?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            door::update(tx, &actor.organization, &id, version, &change)?;
            let mut event = actor.event(tx.clock, tx.now, "door.changed", &id);
            event.detail.insert("name".into(), change.name.clone());
            event.detail.insert("place".into(), change.place_id.clone());
            event.detail.insert("unlock_ms".into(), change.unlock_ms.to_string());
            event.detail.insert("accepts_digital".into(), change.accepts_digital.to_string());
            describe(&mut event.detail, &change);
            tx.record(event);
            Ok(())
        })
        .await
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
/// `NotFound`; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let was = door::remove(tx, &actor.organization, &id)?;
            let mut event = actor.event(tx.clock, tx.now, "door.removed", &id);
            event.detail.insert("name".into(), was.name.clone());
            tx.record(event);
            Ok(was.name)
        })
        .await
}
