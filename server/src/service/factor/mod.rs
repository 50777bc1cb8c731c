//! The second factor: an authenticator app, recovery codes and passkeys; how they are set up, checked and taken away.

pub mod codes;
pub mod passkey;
pub mod totp;

use super::actor::Actor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Keys;
use crate::store::factor::{self as store, PasskeyRow};
use crate::store::writer::Tx;
use crate::store::{organization, throttle};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::event::Outcome;
use totp::Seed;

/// Wrong codes that an account is let through in a quarter of an hour.
const LIMIT: throttle::Limit = throttle::Limit { failures: 5, window_ms: 900_000 };

/// Said when a code does not fit.
pub const WRONG: &str = "This code is not right, or it was used already. Check it, or type the next one.";

/// What somebody proved themselves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The password.
    Password,
    /// A code of the authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

impl Method {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
        }
    }
}

/// What a check is for, which its event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in, after the password was right.
    SignIn,
    /// Fresh proof before something that matters.
    Proof,
}

impl Purpose {
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::SignIn => "admin.sign_in",
            Self::Proof => "admin.proved",
        }
    }
}

/// What an admin has set up.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Since when there is an authenticator app.
    pub app_since: Option<i64>,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// The passkeys, oldest first.
    pub passkeys: Vec<PasskeyRow>,
}

impl Standing {
    /// Whether there is any second factor.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.app_since.is_some() || !self.passkeys.is_empty()
    }
}

/// What this admin has set up.
///
/// # Errors
/// Those of the store.
pub async fn standing(app: &App, admin: &str) -> Result<Standing> {
    let admin = admin.to_owned();
    app.db
        .read(move |c| {
            Ok(Standing {
                app_since: store::totp(c, &admin)?.totp_confirmed_at,
                codes_left: store::codes_left(c, &admin)?,
                passkeys: store::passkeys_of(c, &admin)?,
            })
        })
        .await
}

fn context(admin: &str) -> String {
    format!("admins/{admin}/totp")
}

fn pending_context(admin: &str) -> String {
    format!("admins/{admin}/new-totp")
}

/// An app that is being set up: nothing of it is stored until a code proves that it works.
#[derive(Clone, Debug)]
pub struct NewApp {
    /// What app and server will share.
    pub seed: Seed,
    /// The same, sealed, as the form carries it.
    pub sealed: String,
}

/// Begins to set an app up.
#[must_use]
pub fn new_app(app: &App, admin: &str) -> NewApp {
    let seed = Seed::draw();
    let sealed = URL_SAFE_NO_PAD.encode(app.keys.seal(&pending_context(admin), seed.as_bytes()));
    NewApp { seed, sealed }
}

/// The app that a form carries; nothing when this server did not make it for this admin.
#[must_use]
pub fn reopen(app: &App, admin: &str, sealed: &str) -> Option<NewApp> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let seed = Seed::from_bytes(&app.keys.open(&pending_context(admin), &bytes)?)?;
    Some(NewApp { seed, sealed: sealed.to_owned() })
}

/// Sets the app up, or puts it in the place of another, once a code shows that it works. Gives recovery codes where
/// there were none; they are told here and never again.
///
/// # Errors
/// `Fields` when the code does not fit; those of the store.
pub async fn set_up_app(app: &App, actor: &Actor, new: &NewApp, code: &str) -> Result<Option<Vec<String>>> {
    let Some(step) = new.seed.step_of(code, app.clock.now()) else {
        let wrong =
            "This code does not fit. Type the six digits that the app shows now; the phone's clock must be right.";
        return Err(Error::field("code", wrong));
    };
    let sealed = app.keys.seal(&context(&actor.id), new.seed.as_bytes());
    let (actor, fresh) = (actor.clone(), codes::draw());
    app.db
        .write(move |tx| {
            let replaced = store::totp(tx.connection, &actor.id)?.sealed().is_some();
            store::set_totp(tx, &actor.id, &sealed, step)?;
            let mut event = actor.event(tx.clock, tx.now, "factor.added", &actor.id);
            event.detail.insert("factor".into(), "totp".into());
            event.detail.insert("replaced".into(), replaced.to_string());
            tx.record(event);
            first_codes(tx, &actor, &fresh)
        })
        .await
}

/// Stores recovery codes where there are none left.
pub(super) fn first_codes(tx: &mut Tx<'_>, actor: &Actor, fresh: &[String]) -> Result<Option<Vec<String>>> {
    if store::codes_left(tx.connection, &actor.id)? > 0 {
        return Ok(None);
    }
    put_codes(tx, actor, fresh)?;
    Ok(Some(fresh.to_vec()))
}

fn put_codes(tx: &mut Tx<'_>, actor: &Actor, fresh: &[String]) -> Result<()> {
    let hashes: Vec<String> = fresh.iter().map(|code| codes::hash(&actor.id, code)).collect();
    store::replace_codes(tx, &actor.id, &hashes)?;
    tx.record(actor.event(tx.clock, tx.now, "recovery_codes.made", &actor.id));
    Ok(())
}

/// Makes new recovery codes; the old ones work no more. They are told here and never again.
///
/// # Errors
/// `Refused` without a second factor; those of the store.
pub async fn make_codes(app: &App, actor: &Actor) -> Result<Vec<String>> {
    let (actor, fresh) = (actor.clone(), codes::draw());
    app.db
        .write(move |tx| {
            if !store::has(tx.connection, &actor.id)? {
                let first = "Recovery codes stand in for a second factor. Set one up first.";
                return Err(Error::Refused(first.into()));
            }
            put_codes(tx, &actor, &fresh)?;
            Ok(fresh.clone())
        })
        .await
}

/// Takes the authenticator app away.
///
/// # Errors
/// `NotFound` without one; `Refused` when it is the last factor and one is required; those of the store.
pub async fn remove_app(app: &App, actor: &Actor) -> Result<()> {
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            store::clear_totp(tx, &actor.id)?;
            after_removal(tx, &actor, "totp")
        })
        .await
}

/// What follows when a factor is gone: the event, and no recovery codes without anything to recover.
pub(super) fn after_removal(tx: &mut Tx<'_>, actor: &Actor, factor: &str) -> Result<()> {
    if !store::has(tx.connection, &actor.id)? {
        if organization::find(tx.connection, &actor.organization)?.second_factor_required {
            let last =
                "Your organization asks everybody for a second factor, and this is your last. Add another first.";
            return Err(Error::Refused(last.into()));
        }
        store::clear(tx, &actor.id)?;
    }
    let mut event = actor.event(tx.clock, tx.now, "factor.removed", &actor.id);
    event.detail.insert("factor".into(), factor.to_owned());
    tx.record(event);
    Ok(())
}

/// Takes every factor of somebody away, for an operator to let in whoever lost theirs.
///
/// # Errors
/// `Refused` when there is none; those of the store.
pub async fn reset(app: &App, actor: &Actor, admin: &str) -> Result<()> {
    let (actor, admin) = (actor.clone(), admin.to_owned());
    app.db
        .write(move |tx| {
            if !store::has(tx.connection, &admin)? {
                return Err(Error::Refused("They have no second factor.".into()));
            }
            match store::clear_totp(tx, &admin) {
                Ok(()) | Err(Error::NotFound) => {}
                Err(other) => return Err(other),
            }
            store::clear(tx, &admin)?;
            throttle::forget(tx, &key(&admin))?;
            let mut event = actor.event(tx.clock, tx.now, "factor.removed", &admin);
            event.detail.insert("factor".into(), "all".into());
            tx.record(event);
            Ok(())
        })
        .await
}

fn key(admin: &str) -> String {
    format!("factor:{admin}")
}

/// Checks a code of the app or a recovery code, and uses it up in the same breath. Counted before it is looked at, so
/// that tries side by side meet the limit.
///
/// # Errors
/// `Fields` when it does not fit; `TooMany` after too many that did not; those of the store.
pub async fn check_code(app: &App, actor: &Actor, typed: &str, purpose: Purpose) -> Result<Method> {
    let (actor, keys, typed) = (actor.clone(), app.keys.clone(), typed.to_owned());
    let accepted = app
        .db
        .write(move |tx| {
            let key = key(&actor.id);
            if let Some(wait) = throttle::wait(tx.connection, &key, LIMIT, tx.now)? {
                return Err(Error::TooMany(u64::try_from(wait / 1_000 + 1).unwrap_or(900)));
            }
            throttle::count(tx, &key, LIMIT)?;
            let method = accept(tx, &keys, &actor.id, &typed)?;
            let mut event = actor.event(tx.clock, tx.now, purpose.action(), &actor.id);
            event.detail.insert("method".into(), method.map_or("code", Method::code).into());
            match method {
                Some(_) => throttle::forget(tx, &key)?,
                None => event.outcome = Outcome::Failed,
            }
            tx.record(event);
            Ok(method)
        })
        .await?;
    accepted.ok_or_else(|| Error::field("code", WRONG))
}

fn accept(tx: &mut Tx<'_>, keys: &Keys, admin: &str, typed: &str) -> Result<Option<Method>> {
    if let Some(sealed) = store::totp(tx.connection, admin)?.sealed() {
        let seed = keys.open(&context(admin), sealed).and_then(|bytes| Seed::from_bytes(&bytes));
        let seed = seed
            .ok_or_else(|| Error::Unavailable(format!("the app of {admin} cannot be opened with this server's key")))?;
        if let Some(step) = seed.step_of(typed, tx.now) {
            return Ok(store::take_step(tx, admin, step)?.then_some(Method::Totp));
        }
    }
    Ok(store::use_code(tx, admin, &codes::hash(admin, typed))?.then_some(Method::RecoveryCode))
}

/// Demands a second factor of everybody in the organization, or no longer.
///
/// # Errors
/// `Stale`; `Refused` when the actor has none themselves; those of the store.
pub async fn require(app: &App, actor: &Actor, version: i64, required: bool) -> Result<()> {
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            if required && actor.id.starts_with("admin_") && !store::has(tx.connection, &actor.id)? {
                let own = "Set up a second factor for yourself first; otherwise you would shut yourself out.";
                return Err(Error::Refused(own.into()));
            }
            organization::set_second_factor_required(tx, &actor.organization, version, required)?;
            let mut event = actor.event(tx.clock, tx.now, "organization.second_factor_required", &actor.organization);
            event.detail.insert("required".into(), required.to_string());
            tx.record(event);
            Ok(())
        })
        .await
}
