//! Places: made, changed, removed, each with its event.

use super::actor::Actor;
use crate::app::App;
use crate::error::{Checks, Result};
use crate::store::place::{self, PlaceChange, PlaceRow};
use domain::id::Kind;
use domain::input;
use std::collections::BTreeMap;

/// What a form or the command line gives.
#[derive(Clone, Debug, Default)]
pub struct PlaceInput {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// IANA name.
    pub time_zone: String,
    /// Degrees, as typed; empty for none.
    pub latitude: String,
    /// Degrees, as typed; empty for none.
    pub longitude: String,
    /// Metres, as typed; empty for none.
    pub geofence_m: String,
}

fn check(typed: &PlaceInput) -> Result<PlaceChange> {
    let mut checks = Checks::default();
    let change = PlaceChange {
        name: checks.take("name", input::line(&typed.name, 100)),
        address: checks.take("address", input::optional_line(&typed.address, 200)),
        time_zone: checks.take("time_zone", super::zone(&typed.time_zone)),
        latitude_e6: checks.take("latitude", input::degrees(&typed.latitude, 90)),
        longitude_e6: checks.take("longitude", input::degrees(&typed.longitude, 180)),
        geofence_m: match typed.geofence_m.trim() {
            "" => None,
            metres => checks.take("geofence_m", input::number(metres, 20, 50_000).map(Some)),
        },
    };
    let given = |text: &str| !text.trim().is_empty();
    match (given(&typed.latitude), given(&typed.longitude)) {
        (true, false) => checks.note("longitude", "Please give both coordinates, or none."),
        (false, true) => checks.note("latitude", "Please give both coordinates, or none."),
        (false, false) if given(&typed.geofence_m) => {
            checks.note("latitude", "A radius needs the coordinates of its middle.");
        }
        _ => {}
    }
    checks.done()?;
    Ok(change)
}

/// Says in an event where a place is.
fn describe(detail: &mut BTreeMap<String, String>, change: &PlaceChange) {
    if let (Some(latitude), Some(longitude)) = (change.latitude_e6, change.longitude_e6) {
        let at = format!("{}, {}", input::degrees_text(latitude), input::degrees_text(longitude));
        detail.insert("coordinates".into(), at);
    }
    if let Some(metres) = change.geofence_m {
        detail.insert("geofence_m".into(), metres.to_string());
    }
}

/// Makes a place.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn create(app: &App, actor: &Actor, typed: &PlaceInput) -> Result<String> {
    let change = check(typed)?;
    let (actor, id) = (actor.clone(), app.clock.id(Kind::Place));
    app.db
        .write(move |tx| {
            let row = PlaceRow {
                id: id.clone(),
                organization_id: actor.organization.clone(),
                name: change.name.clone(),
                address: change.address.clone(),
                time_zone: change.time_zone.clone(),
                locked_down_at: None,
                lockdown_reason: String::new(),
                version: 1,
                created_at: tx.now,
                removed_at: None,
                latitude_e6: change.latitude_e6,
                longitude_e6: change.longitude_e6,
                geofence_m: change.geofence_m,
                lockdown_by: String::new(),
                lockdown_lift_role: String::new(),
            };
            place::insert(tx, &row)?;
            let mut event = actor.event(tx.clock, tx.now, "place.created", &id);
            event.detail.insert("name".into(), change.name.clone());
            describe(&mut event.detail, &change);
            tx.record(event);
            Ok(id.clone())
        })
        .await
}

/// Changes a place.
///
/// # Errors
/// `Fields`, `NotFound`, `Stale`; those of the store.
pub async fn update(app: &App, actor: &Actor, id: &str, version: i64, typed: &PlaceInput) -> Result<()> {
    let change = check(typed)?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            place::update(tx, &actor.organization, &id, version, &change)?;
            let mut event = actor.event(tx.clock, tx.now, "place.changed", &id);
            event.detail.insert("name".into(), change.name.clone());
            event.detail.insert("time_zone".into(), change.time_zone.clone());
            describe(&mut event.detail, &change);
            tx.record(event);
            Ok(())
        })
        .await
}

/// Removes a place without doors; says what it was called.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let was = place::remove(tx, &actor.organization, &id)?;
            let mut event = actor.event(tx.clock, tx.now, "place.removed", &id);
            event.detail.insert("name".into(), was.name.clone());
            tx.record(event);
            Ok(was.name)
        })
        .await
}
