//! Signing in and out, sessions, and what admins change about themselves.

mod change;
mod sessions;

pub use change::{change_address, change_password, rename, set_password};
pub use sessions::{end_other_sessions, end_session, signed_out};

use super::actor::{Actor, add_person};
use super::factor::{Method, Purpose};
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::HashedSecret;
use crate::store::admin::{self, AdminRow};
use crate::store::audit::NewEvent;
use crate::store::{factor, throttle};
use domain::event::Outcome;

/// Failures that an account, or a client, is let through in a quarter of an hour.
const LIMIT: throttle::Limit = throttle::Limit { failures: 10, window_ms: 900_000 };

/// Where a sign-in comes from.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The client's address.
    pub client: String,
    /// Its network prefix, which is all that is kept.
    pub prefix: String,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The secret of a device that signed in before, if it has one.
    pub device: Option<String>,
}

impl Visitor {
    fn facts(&self) -> [(&str, &str); 2] {
        [("address", &self.prefix), ("user_agent", &self.user_agent)]
    }
}

/// Whose password was right.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who it is.
    pub row: AdminRow,
    /// Whether a second factor is still to come; until then nobody is signed in.
    pub half: bool,
}

/// Checks an address and a password. An unknown address and a wrong password look and take the same.
///
/// # Errors
/// `Refused` when they do not fit; `TooMany` after too many failures, except on a device this admin signed in on before;
/// those of the store.
pub async fn sign_in(app: &App, email: &str, typed: &str, visitor: &Visitor) -> Result<Known> {
    let account = format!("sign-in:{}", HashedSecret::of(&admin::email_key(email)).to_hex());
    let client = format!("sign-in-from:{}", visitor.client);
    let (email, now) = (email.to_owned(), app.clock.now());
    let device = visitor.device.as_deref().map(|secret| HashedSecret::of(secret).to_hex());
    // Counted before the password is looked at and forgotten when it is right: tries side by side cannot slip under
    // the limit. A device this admin signed in on has a count of its own, so strangers cannot lock its owner out.
    let (found, keys) = app
        .db
        .write(move |tx| {
            let found = admin::by_email(tx.connection, &email)?;
            let known = match (&found, &device) {
                (Some(found), Some(device)) if admin::knows_device(tx.connection, device, &found.id)? => {
                    Some(format!("{account}:{device}"))
                }
                _ => None,
            };
            let keys = known.map_or_else(|| vec![account.clone(), client.clone()], |known| vec![known]);
            for key in &keys {
                if let Some(wait) = throttle::wait(tx.connection, key, LIMIT, now)? {
                    return Err(Error::TooMany(u64::try_from(wait / 1_000 + 1).unwrap_or(900)));
                }
            }
            for key in &keys {
                throttle::count(tx, key, LIMIT)?;
            }
            Ok((found, keys))
        })
        .await?;
    let right = match &found {
        Some(found) => app.hasher.verify(typed, &found.password_hash).await?,
        None => app.hasher.verify_dummy(typed).await?,
    };
    let visitor = visitor.clone();
    if !right {
        // Waited for in both cases, so that the time it takes does not tell who has an account.
        app.db
            .write(move |tx| {
                let Some(found) = &found else {
                    return throttle::count(tx, "sign-in to nobody", LIMIT);
                };
                let mut event = entry(tx, found, "admin.sign_in", &visitor);
                event.outcome = Outcome::Failed;
                tx.record(event);
                Ok(())
            })
            .await?;
        return Err(Error::Refused("The address or the password is not right.".into()));
    }
    let Some(found) = found else {
        return Err(Error::Refused("The address or the password is not right.".into()));
    };
    let row = found.clone();
    let half = app
        .db
        .write(move |tx| {
            // The account's failures are forgiven, the client's only this try: whoever has an account of their own
            // must not clear their way to guess at others'.
            for (position, key) in keys.iter().enumerate() {
                if position == 0 {
                    throttle::forget(tx, key)?;
                } else {
                    throttle::take_back(tx, key)?;
                }
            }
            // With a second factor it is the factor's check that signs in, and says so.
            let half = factor::has(tx.connection, &found.id)?;
            if !half {
                let mut event = entry(tx, &found, "admin.sign_in", &visitor);
                event.detail.insert("method".into(), Method::Password.code().into());
                tx.record(event);
            }
            Ok(half)
        })
        .await?;
    Ok(Known { row, half })
}

fn entry(tx: &crate::store::writer::Tx<'_>, admin: &AdminRow, action: &'static str, visitor: &Visitor) -> NewEvent {
    let actor = Actor { id: admin.id.clone(), ..Actor::system(&admin.organization_id) };
    let mut event = actor.event(tx.clock, tx.now, action, &admin.id);
    add_person(&mut event, tx.clock, &visitor.facts());
    event
}

/// Remembers that this admin signed in on this device.
///
/// # Errors
/// Those of the store.
pub async fn remember_device(app: &App, admin: &str, secret: &str) -> Result<()> {
    let (hash, admin) = (HashedSecret::of(secret).to_hex(), admin.to_owned());
    app.db.write(move |tx| admin::remember_device(tx, &hash, &admin)).await
}

/// Whether the actor knows their own password; `field` is where the form says that they do not. Counted before it is
/// looked at, so that tries side by side meet the limit.
///
/// # Errors
/// `Fields`; `TooMany`; those of the store.
async fn must_know(app: &App, actor: &Actor, typed: &str, field: &'static str) -> Result<AdminRow> {
    let key = format!("password:{}", actor.id);
    let (id, try_key) = (actor.id.clone(), key.clone());
    let row = app
        .db
        .write(move |tx| {
            if let Some(wait) = throttle::wait(tx.connection, &try_key, LIMIT, tx.now)? {
                return Err(Error::TooMany(u64::try_from(wait / 1_000 + 1).unwrap_or(900)));
            }
            throttle::count(tx, &try_key, LIMIT)?;
            admin::find(tx.connection, &id)
        })
        .await?;
    if !app.hasher.verify(typed, &row.password_hash).await? {
        return Err(Error::field(field, "This is not your password."));
    }
    app.db.write(move |tx| throttle::forget(tx, &key)).await?;
    Ok(row)
}

/// Checks the actor's password as fresh proof of who they are.
///
/// # Errors
/// `Fields` on `password`; `TooMany`; those of the store.
pub async fn prove(app: &App, actor: &Actor, typed: &str) -> Result<()> {
    let known = must_know(app, actor, typed, "password").await;
    let failed = match &known {
        Ok(_) => false,
        Err(Error::Fields(_)) => true,
        Err(_) => return known.map(|_| ()),
    };
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            let mut event = actor.event(tx.clock, tx.now, Purpose::Proof.action(), &actor.id);
            event.detail.insert("method".into(), Method::Password.code().into());
            if failed {
                event.outcome = Outcome::Failed;
            }
            tx.record(event);
            Ok(())
        })
        .await?;
    known.map(|_| ())
}
