//! A code shown to an admin: as good as handing over a key, and so an event of its own.

use super::current::{Current, open};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::store::code;
use crate::store::link::{self, LinkRow};
use domain::qr::Kind;
use domain::role::Right;

/// Shows a link's code to an admin; that it was shown is an event. `channel` says how.
///
/// # Errors
/// `NotFound`, also when there is no code; `Forbidden`, `Refused`; those of the store.
pub async fn show(app: &App, actor: &Actor, id: &str, channel: &'static str) -> Result<(LinkRow, Current)> {
    actor.must(Right::Links)?;
    let (who, link_id) = (actor.clone(), id.to_owned());
    let (link, row) = app
        .db
        .write(move |tx| {
            let link = link::find(tx.connection, &who.organization, &link_id)?;
            if link.revoked_at.is_some() {
                return Err(Error::Refused("This link is revoked; its code opens nothing any more.".into()));
            }
            let row = code::newest(tx.connection, &who.organization, &link_id)?.ok_or(Error::NotFound)?;
            if row.kind == Kind::Rotating.code() {
                return Err(Error::Refused("A rotating code is on the visitor's page only.".into()));
            }
            let mut event = who.event(tx.clock, tx.now, "link.code_shown", &link_id);
            event.detail.insert("channel".into(), channel.into());
            event.detail.insert("code".into(), row.id.clone());
            tx.record(event);
            Ok((link, row))
        })
        .await?;
    Ok((link, open(app, row)?))
}
