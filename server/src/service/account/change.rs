//! What admins change about themselves: name, address, password.

use super::must_know;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::{Actor, add_person};
use crate::service::password;
use crate::store::admin::{self, AdminRow};
use crate::store::message::{self, MessageRow};
use crate::store::{people, session};
use domain::channel::Channel;
use domain::id::Kind;
use domain::input;

/// What the actor is called from now on.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn rename(app: &App, actor: &Actor, name: &str) -> Result<()> {
    let name = input::line(name, 100).map_err(|refused| Error::field("name", refused))?;
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            people::rename(tx, &actor.id, &name)?;
            let mut event = actor.event(tx.clock, tx.now, "admin.renamed", &actor.id);
            add_person(&mut event, tx.clock, &[("name", &name)]);
            tx.record(event);
            Ok(())
        })
        .await
}

/// What the actor signs in with from now on; the address before is told by mail.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn change_address(app: &App, actor: &Actor, email: &str) -> Result<()> {
    let email = input::email(email).map_err(|refused| Error::field("email", refused))?;
    if email.is_empty() {
        return Err(Error::field("email", input::Refused::Empty));
    }
    let (actor, message) = (actor.clone(), app.clock.id(Kind::Message));
    app.db
        .write(move |tx| {
            let before = admin::find(tx.connection, &actor.id)?.email;
            if before == email {
                return Err(Error::field("email", "This is your address already."));
            }
            people::set_address(tx, &actor.id, &email)?;
            let notice = MessageRow::new(
                &message,
                &actor.organization,
                message::ADDRESS_CHANGED,
                Channel::Email,
                &before,
                tx.now,
            );
            message::insert(tx, &notice)?;
            let mut event = actor.event(tx.clock, tx.now, "admin.address_changed", &actor.id);
            event.detail.insert("message".into(), message.clone());
            add_person(&mut event, tx.clock, &[("before", &before), ("email", &email)]);
            tx.record(event);
            Ok(())
        })
        .await?;
    app.outbox.notify_one();
    Ok(())
}

/// Changes a password and ends every other session.
///
/// # Errors
/// `Fields`; `TooMany`; those of the store.
pub async fn change_password(app: &App, actor: &Actor, current: &str, new: &str, keep_session: &str) -> Result<usize> {
    let row = must_know(app, actor, current, "current").await?;
    password::check(new, &[&row.email]).map_err(|refused| Error::field("password", refused))?;
    let hash = app.hasher.hash(new).await?;
    let (actor, keep) = (actor.clone(), keep_session.to_owned());
    app.db
        .write(move |tx| {
            admin::set_password(tx, &actor.id, &hash)?;
            let ended = session::end_others(tx, &actor.id, &keep)?;
            let mut event = actor.event(tx.clock, tx.now, "admin.password_changed", &actor.id);
            event.detail.insert("sessions_ended".into(), ended.to_string());
            tx.record(event);
            Ok(ended)
        })
        .await
}

/// Gives somebody a new password, for an operator to let in whoever lost theirs, and ends all their sessions.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn set_password(app: &App, actor: &Actor, row: &AdminRow, new: &str) -> Result<()> {
    password::check(new, &[&row.email]).map_err(|refused| Error::field("password", refused))?;
    let hash = app.hasher.hash(new).await?;
    let (actor, id) = (actor.clone(), row.id.clone());
    app.db
        .write(move |tx| {
            admin::set_password(tx, &id, &hash)?;
            let ended = session::end_all(tx, &id)?;
            let mut event = actor.event(tx.clock, tx.now, "admin.password_changed", &id);
            event.detail.insert("sessions_ended".into(), ended.to_string());
            tx.record(event);
            Ok(())
        })
        .await
}
