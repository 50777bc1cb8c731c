//! Erases a person: what names them goes, what happened stays, and the log still verifies.

use super::actor::Actor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::event::Is;
use crate::store::{link as links, retention as store};
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
            if link.name == store::ERASED {
                return Ok(Vec::new());
            }
            let messages = store::empty_link(tx, &link_id, link.revoked_at)?;
            tx.record(who.event(tx.clock, tx.now, "link.erased", &link_id));
            Ok(messages)
        })
        .await?;
    forget_kept_mail(app, &messages).await;
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
    app.db
        .write(move |tx| {
            store::empty_admin(tx, &who.organization, &admin)?;
            tx.record(who.event(tx.clock, tx.now, "admin.erased", &admin));
            Ok(())
        })
        .await?;
    take_people(app, &actor.organization, Is::Actor(id.to_owned())).await?;
    for object in came.into_iter().chain([id.to_owned()]) {
        take_people(app, &actor.organization, Is::Object(object)).await?;
    }
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

/// Mails that were kept as files, since there is no mail server, hold a name and an address.
async fn forget_kept_mail(app: &App, messages: &[String]) {
    for message in messages {
        let file = app.config.data_dir.join("mail").join(format!("{message}.eml"));
        match tokio::fs::remove_file(&file).await {
            Ok(()) => {}
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
            Err(cause) => tracing::warn!(%cause, file = %file.display(), "a kept mail could not be deleted"),
        }
    }
}

/// What erasing a link's person says beforehand.
///
/// # Errors
/// `NotFound`, `Refused` when it was done already; those of the store.
pub async fn look(app: &App, actor: &Actor, id: &str) -> Result<links::LinkRow> {
    let (owner, id) = (actor.organization.clone(), id.to_owned());
    let link = app.db.read(move |c| links::find(c, &owner, &id)).await?;
    if link.name == store::ERASED {
        return Err(Error::Refused("The person of this link was erased already.".into()));
    }
    Ok(link)
}
