//! Erases a person: what names them goes, what happened stays, and the log still verifies.

use super::actor::Actor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::event::Is;
use crate::store::{invitation, link as links, retention as store};
use domain::role::Right;

/// People beside events that one step takes.
const STEP: i64 = 500;

/// Erases the person a link was made for: ends the link, empties it, and deletes the people beside its events. May be
/// begun again after it was cut off. Erasing what is erased changes nothing.
///
/// # Errors
/// `NotFound`; those of the store.
pub async fn link(app: &App, actor: &Actor, id: &str) -> Result<()> {
    let (who, link_id) = (actor.clone(), id.to_owned());
    // Ended first, so that no tap adds to what is taken away.
    app.db
        .write(move |tx| {
            let link = links::find(tx.connection, &who.organization, &link_id)?;
            if link.revoked_at.is_none() {
                links::set_switches(tx, &link_id, link.paused_at, Some(tx.now))?;
                tx.record(who.event(tx.clock, tx.now, "link.revoked", &link_id));
            }
            Ok(())
        })
        .await?;
    take_people(app, &actor.organization, Is::Link(id.to_owned())).await?;
    let (who, link_id) = (actor.clone(), id.to_owned());
    let messages = app
        .db
        .write(move |tx| {
            let link = links::find(tx.connection, &who.organization, &link_id)?;
            if store::is_erased(tx.connection, &link_id)? {
                return Ok(Vec::new());
            }
            let messages = store::empty_link(tx, &link_id, link.revoked_at)?;
            tx.record(who.event(tx.clock, tx.now, "link.erased", &link_id));
            Ok(messages)
        })
        .await?;
    forget_kept(app, &messages).await;
    Ok(())
}

/// Erases an admin who was removed.
///
/// # Errors
/// `Forbidden`, `NotFound`; `Refused` while they may still sign in; those of the store.
pub async fn admin(app: &App, actor: &Actor, id: &str) -> Result<()> {
    actor.must(Right::Own)?;
    let (owner, of) = (actor.organization.clone(), id.to_owned());
    let (_, _, came) = app.db.read(move |c| store::admin(c, &owner, &of)).await?;
    let (who, admin) = (actor.clone(), id.to_owned());
    let messages = app
        .db
        .write(move |tx| {
            let (_, _, came) = store::admin(tx.connection, &who.organization, &admin)?;
            let open = invitation::pending(tx.connection, &who.organization)?;
            let messages = store::empty_admin(tx, &who.organization, &admin)?;
            // Invited once more to an address that goes now: nobody is left who could join.
            for row in open.iter().filter(|row| came.contains(&row.id)) {
                tx.record(who.event(tx.clock, tx.now, "invitation.withdrawn", &row.id));
            }
            tx.record(who.event(tx.clock, tx.now, "admin.erased", &admin));
            Ok(messages)
        })
        .await?;
    take_people(app, &actor.organization, Is::Actor(id.to_owned())).await?;
    for object in came.into_iter().chain([id.to_owned()]) {
        take_people(app, &actor.organization, Is::Object(object)).await?;
    }
    forget_kept(app, &messages).await;
    Ok(())
}

/// In steps, since one link may have opened a door many thousand times.
async fn take_people(app: &App, organization: &str, is: Is) -> Result<()> {
    loop {
        let (owner, of) = (organization.to_owned(), is.clone());
        // Looked for outside the writer, which others wait for.
        let people = app.db.read(move |c| store::people_of(c, &owner, &of, STEP)).await?;
        if people.is_empty() {
            return Ok(());
        }
        app.db.write(move |tx| store::delete_people(tx, &people)).await?;
    }
}

/// Messages that were kept as files, since there is no server for them, hold a name, an address and what opens doors.
pub(super) async fn forget_kept(app: &App, messages: &[String]) {
    for message in messages {
        for (folder, name) in [("mail", format!("{message}.eml")), ("sms", format!("{message}.txt"))] {
            // A server that was killed may have left half of it.
            for name in [format!("{name}.part"), name] {
                let file = app.config.data_dir.join(folder).join(name);
                match tokio::fs::remove_file(&file).await {
                    Ok(()) => {}
                    Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
                    Err(cause) => tracing::warn!(%cause, file = %file.display(), "a kept message could not be deleted"),
                }
            }
        }
    }
}

/// What erasing a link's person says beforehand.
///
/// # Errors
/// `NotFound`, `Refused` when it was done already; those of the store.
pub async fn look(app: &App, actor: &Actor, id: &str) -> Result<links::LinkRow> {
    let (owner, id) = (actor.organization.clone(), id.to_owned());
    let (link, erased) = app.db.read(move |c| Ok((links::find(c, &owner, &id)?, store::is_erased(c, &id)?))).await?;
    if erased {
        return Err(Error::Refused("The person of this link was erased already.".into()));
    }
    Ok(link)
}
