//! The admins of an organization: their roles, and how they go. Whatever is done here holds from the next request on,
//! since every request reads its admin's row anew.

use super::actor::{Actor, add_person};
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::admin::AdminRow;
use crate::store::writer::Tx;
use crate::store::{factor, invitation, people, session};
use domain::role::{Right, Role};

/// What the actor may do at this very moment, by their row as this transaction sees it.
pub(super) fn role_now(tx: &mut Tx<'_>, actor: &Actor) -> Result<Role> {
    if !actor.id.starts_with("admin_") {
        return Ok(actor.role);
    }
    match people::find(tx.connection, &actor.organization, &actor.id) {
        Ok(row) => Ok(row.role()),
        Err(Error::NotFound) => Err(Error::Forbidden("You are no admin here any more.".into())),
        Err(other) => Err(other),
    }
}

/// Whether the actor may change or remove this person at all.
fn must_touch(tx: &mut Tx<'_>, actor: &Actor, row: &AdminRow) -> Result<Role> {
    let own = role_now(tx, actor)?;
    Actor { role: own, ..actor.clone() }.must(Right::People)?;
    if own.may_touch(row.role()) {
        Ok(own)
    } else {
        Err(Error::Forbidden("Only an owner may change or remove an owner. Ask one of them.".into()))
    }
}

/// Goes on unless this is the only owner that is left.
fn must_leave_an_owner(tx: &mut Tx<'_>, row: &AdminRow) -> Result<()> {
    if row.role() == Role::Owner && people::owners(tx, &row.organization_id)? == [row.id.as_str()] {
        let last = format!("{} is the only owner, and there must be one. Make somebody else an owner first.", row.name);
        return Err(Error::Refused(last));
    }
    Ok(())
}

/// Takes back what somebody invited people to, as far as they may no longer grant it. Says how many.
fn withdraw_beyond(tx: &mut Tx<'_>, actor: &Actor, inviter: &str, still: Option<Role>) -> Result<usize> {
    let mut withdrawn = 0;
    for row in invitation::pending(tx.connection, &actor.organization)? {
        if row.invited_by == inviter && !still.is_some_and(|role| role.may_grant(row.role())) {
            invitation::withdraw(tx, &actor.organization, &row.id)?;
            tx.record(actor.event(tx.clock, tx.now, "invitation.withdrawn", &row.id));
            withdrawn += 1;
        }
    }
    Ok(withdrawn)
}

/// Gives somebody another role. Says their name, and how many invitations of theirs went with it.
///
/// # Errors
/// `NotFound`; `Forbidden` beyond the actor's own role; `Refused` for oneself and for the last owner; those of the store.
pub async fn set_role(app: &App, actor: &Actor, id: &str, role: Role) -> Result<(String, usize)> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let row = people::find(tx.connection, &actor.organization, &id)?;
            let own = must_touch(tx, &actor, &row)?;
            if row.id == actor.id {
                let how = "You cannot change your own role. Ask somebody else who may.";
                return Err(Error::Refused(how.into()));
            }
            if !own.may_grant(role) {
                return Err(Error::Forbidden("Nobody may give a role above their own. Ask an owner.".into()));
            }
            if role == row.role() {
                return Err(Error::Refused(format!("That is the role that {} has.", row.name)));
            }
            if role < Role::Owner {
                must_leave_an_owner(tx, &row)?;
            }
            people::set_role(tx, &actor.organization, &id, role)?;
            let mut event = actor.event(tx.clock, tx.now, "admin.role_changed", &id);
            event.detail.insert("from".into(), row.role.clone());
            event.detail.insert("to".into(), role.code().into());
            tx.record(event);
            let withdrawn = withdraw_beyond(tx, &actor, &id, Some(role))?;
            Ok((row.name, withdrawn))
        })
        .await
}

/// Removes somebody: their sessions end and their invitations are taken back in the same moment. Says their name.
///
/// # Errors
/// `NotFound`; `Forbidden` for an owner, unless by one; `Refused` for oneself and for the last owner; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let row = people::find(tx.connection, &actor.organization, &id)?;
            must_touch(tx, &actor, &row)?;
            if row.id == actor.id {
                return Err(Error::Refused("You cannot remove yourself. Ask somebody else who may.".into()));
            }
            must_leave_an_owner(tx, &row)?;
            people::remove(tx, &actor.organization, &id)?;
            let ended = session::end_all(tx, &id)?;
            // What proved that it was them proves nothing any more.
            match factor::clear_totp(tx, &id) {
                Ok(()) | Err(Error::NotFound) => {}
                Err(other) => return Err(other),
            }
            factor::clear(tx, &id)?;
            let mut event = actor.event(tx.clock, tx.now, "admin.removed", &id);
            event.detail.insert("role".into(), row.role.clone());
            event.detail.insert("sessions_ended".into(), ended.to_string());
            add_person(&mut event, tx.clock, &[("name", &row.name), ("email", &row.email)]);
            tx.record(event);
            withdraw_beyond(tx, &actor, &id, None)?;
            Ok(row.name)
        })
        .await
}
