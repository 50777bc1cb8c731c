//! Places locked down and lifted again, each with its event. Nothing under way is stopped.

use super::actor::Actor;
use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::store::place::{self, Lockdown, PlaceRow};
use domain::input;
use domain::role::{Right, Role};

/// The least role that may lift a place's lockdown; what is not known is the owner's.
#[must_use]
pub fn lift_role(row: &PlaceRow) -> Role {
    Role::from_code(&row.lockdown_lift_role).unwrap_or(Role::Owner)
}

/// Locks a place down: nothing opens there until the lockdown is lifted. Says what it is called.
///
/// # Errors
/// `Fields`, `Forbidden`, `NotFound`, `Refused`; those of the store.
pub async fn lock_down(app: &App, actor: &Actor, id: &str, reason: &str, lift_role: &str) -> Result<String> {
    actor.must(Right::Doors)?;
    let mut checks = Checks::default();
    let lockdown = Lockdown {
        reason: checks.take("reason", input::line(reason, 200)),
        by: actor.id.clone(),
        lift_role: lift_role.to_owned(),
    };
    if Role::from_code(lift_role).is_none_or(|role| role < Right::Doors.least()) {
        checks.note("lift_role", "Please choose who may lift it.");
    }
    checks.done()?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let place = place::set_lockdown(tx, &actor.organization, &id, Some(&lockdown))?;
            let mut event = actor.event(tx.clock, tx.now, "place.locked_down", &id);
            event.detail.insert("reason".into(), lockdown.reason.clone());
            event.detail.insert("lift_role".into(), lockdown.lift_role.clone());
            tx.record(event);
            Ok(place.name)
        })
        .await
}

/// Lifts a place's lockdown, for whoever holds the role it asks for. Says what the place is called.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused`; those of the store.
pub async fn lift(app: &App, actor: &Actor, id: &str) -> Result<String> {
    actor.must(Right::Doors)?;
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let was = place::find(tx.connection, &actor.organization, &id)?;
            if was.locked_down_at.is_some() && actor.role < lift_role(&was) {
                let who = match lift_role(&was) {
                    Role::Owner => "an owner",
                    _ => "an administrator or owner",
                };
                return Err(Error::Forbidden(format!("Only {who} may lift this lockdown. Ask one of them.")));
            }
            place::set_lockdown(tx, &actor.organization, &id, None)?;
            let mut event = actor.event(tx.clock, tx.now, "place.lockdown_lifted", &id);
            event.detail.insert("reason".into(), was.lockdown_reason.clone());
            tx.record(event);
            Ok(was.name)
        })
        .await
}
