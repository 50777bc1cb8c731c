//! Groups: made, changed, removed, each with its event.

use super::actor::Actor;
use crate::app::App;
use crate::error::{Checks, Result};
use crate::store::group::{self, GroupChange, GroupRow};
use domain::id::Kind;
use domain::input;
use std::collections::BTreeMap;

/// The most doors of one group.
const MOST_DOORS: usize = 500;

/// What a form or the command line gives.
#[derive(Clone, Debug, Default)]
pub struct GroupInput {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Ids.
    pub doors: Vec<String>,
    /// Whether a member must be inside the place's geofence.
    pub geofence: bool,
    /// Whether a member must be at the reader.
    pub reader: bool,
    /// A schedule's id; empty: always.
    pub schedule_id: String,
}

fn check(typed: &GroupInput) -> Result<(GroupChange, Vec<String>)> {
    let mut checks = Checks::default();
    let change = GroupChange {
        name: checks.take("name", input::line(&typed.name, 100)),
        description: checks.take("description", input::optional_line(&typed.description, 200)),
        geofence: typed.geofence,
        reader: typed.reader,
        schedule_id: (!typed.schedule_id.is_empty()).then(|| typed.schedule_id.clone()),
    };
    let mut doors = typed.doors.clone();
    doors.sort();
    doors.dedup();
    if doors.len() > MOST_DOORS || !doors.iter().all(|door| Kind::Door.owns(door)) {
        checks.note("door", "One of these doors is not there any more. Choose again.");
    }
    checks.done()?;
    Ok((change, doors))
}

fn describe(detail: &mut BTreeMap<String, String>, change: &GroupChange, doors: &[String]) {
    detail.insert("name".into(), change.name.clone());
    detail.insert("doors".into(), doors.join(" "));
    detail.insert("schedule".into(), change.schedule_id.clone().unwrap_or_else(|| "always".into()));
    for (name, on) in [("geofence", change.geofence), ("reader", change.reader)] {
        if on {
            detail.insert(name.into(), "yes".into());
        }
    }
}

/// Makes a group.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn create(app: &App, actor: &Actor, typed: &GroupInput) -> Result<String> {
    let (change, doors) = check(typed)?;
    let (actor, id) = (actor.clone(), app.clock.id(Kind::Group));
    app.db
        .write(move |tx| {
            let row = GroupRow {
                id: id.clone(),
                organization_id: actor.organization.clone(),
                name: change.name.clone(),
                version: 1,
                created_at: tx.now,
                removed_at: None,
                description: change.description.clone(),
                geofence: change.geofence,
                reader: change.reader,
                schedule_id: change.schedule_id.clone(),
            };
            group::insert(tx, &row, &doors)?;
            let mut event = actor.event(tx.clock, tx.now, "group.created", &id);
            describe(&mut event.detail, &change, &doors);
            tx.record(event);
            Ok(id.clone())
        })
        .await
}

/// Changes a group.
///
/// # Errors
/// `Fields`, `NotFound`, `Stale`; those of the store.
pub async fn update(app: &App, actor: &Actor, id: &str, version: i64, typed: &GroupInput) -> Result<()> {
    let (change, doors) = check(typed)?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            group::update(tx, &actor.organization, &id, version, &change, &doors)?;
            let mut event = actor.event(tx.clock, tx.now, "group.changed", &id);
            describe(&mut event.detail, &change, &doors);
            tx.record(event);
            Ok(())
        })
        .await
}

/// Removes a group; links lose the way through it. Says what it was called.
///
/// # Errors
/// `NotFound`, `Stale`; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str, version: Option<i64>) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let was = group::remove(tx, &actor.organization, &id, version)?;
            let mut event = actor.event(tx.clock, tx.now, "group.removed", &id);
            event.detail.insert("name".into(), was.name.clone());
            tx.record(event);
            Ok(was.name)
        })
        .await
}
