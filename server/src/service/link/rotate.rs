//! A new address for a link, in the place of the old one.

use super::change::{allowed, context};
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::PlainSecret;
use crate::service::actor::Actor;
use crate::service::code;
use crate::store::code as codes;
use crate::store::link;
use domain::link::Change;

/// Replaces a link's secret, and its code with it: the old address, every page opened by it and every picture die with
/// the commit. Says whose it is.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn rotate(app: &App, actor: &Actor, id: &str) -> Result<String> {
    replace(app, actor, id, None).await
}

/// The same for a form that says which address it is about, by the version of its secret. Pressed twice, or by two
/// admins, it makes one new address: the second would kill the one that was just sent. Says whose it is.
///
/// # Errors
/// `NotFound`, `Refused`, `Stale` when it says no address that there was; those of the store.
pub async fn rotate_shown(app: &App, actor: &Actor, id: &str, shown: i64) -> Result<String> {
    replace(app, actor, id, Some(shown)).await
}

async fn replace(app: &App, actor: &Actor, id: &str, shown: Option<i64>) -> Result<String> {
    let secret = PlainSecret::new();
    let (hash, sealed) = (secret.hash().to_hex(), app.keys.seal(&context(id), secret.expose().as_bytes()));
    let (actor, id, keys) = (actor.clone(), id.to_owned(), app.keys.clone());
    app.db
        .write(move |tx| {
            let link = allowed(tx, &actor, &id, Change::Rotate)?;
            let shown = shown.unwrap_or(link.secret_version);
            if (1..link.secret_version).contains(&shown) {
                return Ok(link.name);
            }
            if !link::set_secret(tx, &id, shown, &hash, &sealed)? {
                return Err(Error::Stale);
            }
            let settings = codes::settings(tx.connection, &id)?;
            let issued = code::follow(tx, &keys, &link, settings)?;
            let mut event = actor.event(tx.clock, tx.now, "link.rotated", &id);
            event.detail.insert("secret_version".into(), (link.secret_version + 1).to_string());
            issued.describe(&mut event.detail);
            tx.record(event);
            Ok(link.name)
        })
        .await
}
