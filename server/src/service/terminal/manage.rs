//! Terminals as admins see them: added, changed, revoked, removed, each with its event.

use crate::app::App;
use crate::clock;
use crate::driver::terminal as driver;
use crate::error::{Checks, Error, Result};
use crate::secret::HashedSecret;
use crate::service::actor::Actor;
use crate::store::terminal::{self, TerminalRow, desk};
use crate::store::{door, writer::Tx};
use domain::Millis;
use domain::id::Kind;
use domain::input;
use domain::terminal::pairing;

/// How long a pairing code is good, milliseconds.
pub const CODE_MS: Millis = 15 * 60_000;

/// What a form or the command line gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerminalInput {
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub door_id: String,
}

/// A pairing code in the clear: made, shown, then only known as its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    /// As it is typed, without a dash.
    pub text: String,
    /// Until when it is good.
    pub expires_at: Millis,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(redacted)")
    }
}

impl Code {
    fn draw(app: &App) -> Self {
        Self { text: pairing::code(clock::random()), expires_at: app.clock.now() + CODE_MS }
    }

    fn hash(&self) -> String {
        HashedSecret::of(&self.text).to_hex()
    }
}

fn check(typed: &TerminalInput) -> Result<String> {
    let mut checks = Checks::default();
    let name = checks.take("name", input::line(&typed.name, 100));
    if !Kind::Door.owns(&typed.door_id) {
        checks.note("door_id", "Please choose one of your doors.");
    }
    checks.done()?;
    Ok(name)
}

fn must_be_there(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    door::find(tx.connection, organization, id)
        .map(|_| ())
        .map_err(|_| Error::field("door_id", "Please choose one of your doors."))
}

/// Adds a terminal at a door. Says its id, and the code with which a device becomes it.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn add(app: &App, actor: &Actor, typed: &TerminalInput) -> Result<(String, Code)> {
    let name = check(typed)?;
    let (actor, id, door, code) = (actor.clone(), app.clock.id(Kind::Terminal), typed.door_id.clone(), Code::draw(app));
    let made = code.clone();
    let id = app
        .db
        .write(move |tx| {
            must_be_there(tx, &actor.organization, &door)?;
            let row = TerminalRow {
                id: id.clone(),
                organization_id: actor.organization.clone(),
                door_id: door.clone(),
                name: name.clone(),
                pairing_hash: Some(made.hash()),
                pairing_expires_at: Some(made.expires_at),
                token_hash: None,
                paired_at: None,
                revoked_at: None,
                removed_at: None,
                software: String::new(),
                relay: true,
                clock_offset_ms: None,
                last_seen_at: None,
                waiting: 0,
                list_version: 0,
                list_made_at: None,
                list_expires_at: None,
                version: 1,
                created_at: tx.now,
            };
            terminal::insert(tx, &row)?;
            let mut event = actor.event(tx.clock, tx.now, "terminal.added", &id);
            event.detail.insert("name".into(), name.clone());
            event.detail.insert("door".into(), door.clone());
            tx.record(event);
            Ok(id.clone())
        })
        .await?;
    Ok((id, code))
}

/// Changes what a terminal is called and where it stands.
///
/// # Errors
/// `Fields`, `NotFound`, `Stale`; those of the store.
pub async fn change(app: &App, actor: &Actor, id: &str, version: i64, typed: &TerminalInput) -> Result<()> {
    let name = check(typed)?;
    let (actor, id, door) = (actor.clone(), id.to_owned(), typed.door_id.clone());
    app.db
        .write(move |tx| {
            let was = terminal::find(tx.connection, &actor.organization, &id)?;
            must_be_there(tx, &actor.organization, &door)?;
            if was.door_id != door && opens(tx, &was)? {
                let sentence = "Its relay opens the door where it stands. Choose another driver there first.";
                return Err(Error::field("door_id", sentence));
            }
            desk::change(tx, &actor.organization, &id, version, (&name, &door))?;
            let mut event = actor.event(tx.clock, tx.now, "terminal.changed", &id);
            event.detail.insert("name".into(), name.clone());
            event.detail.insert("door".into(), door.clone());
            tx.record(event);
            Ok(())
        })
        .await
}

/// Whether its door opens by its relay.
fn opens(tx: &mut Tx<'_>, terminal: &TerminalRow) -> Result<bool> {
    let at = door::find(tx.connection, &terminal.organization_id, &terminal.door_id)?;
    Ok(driver::of(&at.door).is_some_and(|named| named == terminal.id))
}

/// Gives a terminal that no device ever became another code; the one before is void. Says what it is called.
///
/// # Errors
/// `NotFound`; `Refused` once a device became it; those of the store.
pub async fn new_code(app: &App, actor: &Actor, id: &str) -> Result<(String, Code)> {
    let (actor, id, code) = (actor.clone(), id.to_owned(), Code::draw(app));
    let made = code.clone();
    let name = app
        .db
        .write(move |tx| {
            let was = terminal::find(tx.connection, &actor.organization, &id)?;
            if was.revoked_at.is_some() || !desk::set_code(tx, &id, &made.hash(), made.expires_at)? {
                // A journal is counted from 1 by the device that writes it: a second device would begin anew.
                let sentence = "A terminal is paired once. For another device, add another terminal.";
                return Err(Error::Refused(sentence.into()));
            }
            tx.record(actor.event(tx.clock, tx.now, "terminal.code_made", &id));
            Ok(was.name)
        })
        .await?;
    Ok((name, code))
}

/// Ends a terminal at once. Says what it is called.
///
/// # Errors
/// `NotFound`; `Refused` when it was ended before; those of the store.
pub async fn revoke(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, gone) = (actor.clone(), id.to_owned());
    let name = app
        .db
        .write(move |tx| {
            let was = terminal::find(tx.connection, &actor.organization, &gone)?;
            if !desk::revoke(tx, &gone)? {
                return Err(Error::Refused(format!("{} is revoked already.", was.name)));
            }
            tx.record(actor.event(tx.clock, tx.now, "terminal.revoked", &gone));
            Ok(was.name)
        })
        .await?;
    app.drivers.terminal.forget(id);
    Ok(name)
}

/// Takes a terminal off every list, and ends it if that was not done before. Says what it was called.
///
/// # Errors
/// `NotFound`; those of the store.
pub async fn remove(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, gone) = (actor.clone(), id.to_owned());
    let name = app
        .db
        .write(move |tx| {
            let was = terminal::find(tx.connection, &actor.organization, &gone)?;
            desk::revoke(tx, &gone)?;
            desk::remove(tx, &gone)?;
            let mut event = actor.event(tx.clock, tx.now, "terminal.removed", &gone);
            event.detail.insert("name".into(), was.name.clone());
            tx.record(event);
            Ok(was.name)
        })
        .await?;
    app.drivers.terminal.forget(id);
    Ok(name)
}
