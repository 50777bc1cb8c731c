//! Inviting people to become admins: by mail, for one day, with a secret that works once.

use super::actor::{Actor, add_person};
use super::password;
use super::people::role_now;
use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::secret::{HashedSecret, PlainSecret};
use crate::store::admin::{self, AdminRow};
use crate::store::invitation::{self, InvitationRow, Renewal};
use crate::store::message::{self, MessageRow};
use crate::store::writer::Tx;
use crate::store::{organization, people};
use domain::channel::Channel;
use domain::id::Kind;
use domain::input;
use domain::role::{Right, Role};

/// How long an invitation is good, milliseconds.
pub(crate) const GOOD_MS: i64 = 86_400_000;
/// Between two mails of one invitation, milliseconds.
const RESEND_MS: i64 = 60_000;

/// What a form or the command line gives.
#[derive(Clone, Debug, Default)]
pub struct InviteInput {
    /// Who is invited.
    pub name: String,
    /// Where the mail goes.
    pub email: String,
    /// A role's code.
    pub role: String,
    /// Whether a mail goes out; without one the address is told some other way.
    pub mail: bool,
}

/// What whoever joins typed.
#[derive(Clone, Default)]
pub struct JoinInput {
    /// What they are called.
    pub name: String,
    /// Their password.
    pub password: String,
}

impl std::fmt::Debug for JoinInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinInput").finish_non_exhaustive()
    }
}

fn context(id: &str) -> String {
    format!("invitations/{id}/secret")
}

/// An invitation's address, with its secret.
///
/// # Errors
/// `Unavailable` when the key does not open it.
pub fn address(app: &App, row: &InvitationRow) -> Result<String> {
    let secret = app
        .keys
        .open(&context(&row.id), &row.secret_sealed)
        .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
        .ok_or_else(|| Error::Unavailable(format!("the secret of {} cannot be opened with this key", row.id)))?;
    Ok(format!("{}/invitation/{secret}", app.base_url()))
}

/// Invites somebody. Gives the invitation's id.
///
/// # Errors
/// `Fields`; `Forbidden` beyond the actor's own role; those of the store.
pub async fn invite(app: &App, actor: &Actor, typed: &InviteInput) -> Result<String> {
    let mut checks = Checks::default();
    let name = checks.take("name", input::line(&typed.name, 100));
    let email = checks.take("email", input::email(&typed.email));
    if typed.email.trim().is_empty() {
        checks.note("email", input::Refused::Empty);
    }
    let role = Role::from_code(&typed.role);
    if role.is_none() {
        checks.note("role", "Please choose a role.");
    }
    checks.done()?;
    let role = role.unwrap_or(Role::Observer);
    let secret = PlainSecret::new();
    let (id, message) = (app.clock.id(Kind::Invitation), app.clock.id(Kind::Message));
    let sealed = app.keys.seal(&context(&id), secret.expose().as_bytes());
    let (actor, hash, mail) = (actor.clone(), secret.hash().to_hex(), typed.mail);
    let invited = app
        .db
        .write(move |tx| {
            must_grant(tx, &actor, role)?;
            must_be_new(tx, &actor, &email)?;
            let row = InvitationRow {
                id: id.clone(),
                organization_id: actor.organization.clone(),
                name: name.clone(),
                email: email.clone(),
                role: role.code().into(),
                secret_hash: hash.clone(),
                secret_sealed: sealed.clone(),
                invited_by: actor.id.clone(),
                created_at: tx.now,
                expires_at: tx.now + GOOD_MS,
                used_at: None,
                withdrawn_at: None,
            };
            invitation::insert(tx, &row)?;
            if mail {
                queue(tx, &row, &message)?;
            }
            let mut event = actor.event(tx.clock, tx.now, "admin.invited", &id);
            event.detail.insert("role".into(), role.code().into());
            add_person(&mut event, tx.clock, &[("name", &name), ("email", &email)]);
            tx.record(event);
            Ok(id.clone())
        })
        .await?;
    app.outbox.notify_one();
    Ok(invited)
}

fn must_grant(tx: &mut Tx<'_>, actor: &Actor, role: Role) -> Result<()> {
    let own = role_now(tx, actor)?;
    Actor { role: own, ..actor.clone() }.must(Right::People)?;
    if own.may_grant(role) {
        Ok(())
    } else {
        Err(Error::Forbidden("Nobody may give a role above their own. Ask an owner.".into()))
    }
}

/// Nobody is invited twice, nor where they are already. Whether the address has an account elsewhere is not told.
fn must_be_new(tx: &mut Tx<'_>, actor: &Actor, email: &str) -> Result<()> {
    let key = admin::email_key(email);
    let here = people::all(tx.connection, &actor.organization)?;
    if let Some(row) = here.iter().find(|row| row.email_key == key) {
        return Err(Error::field("email", format!("{} has this address and is an admin here already.", row.name)));
    }
    let pending = invitation::pending(tx.connection, &actor.organization)?;
    if pending.iter().any(|row| admin::email_key(&row.email) == key) {
        return Err(Error::field("email", "This address is invited already. Send that invitation again instead."));
    }
    Ok(())
}

fn queue(tx: &mut Tx<'_>, row: &InvitationRow, message: &str) -> Result<()> {
    let waiting =
        MessageRow::new(message, &row.organization_id, message::INVITATION, Channel::Email, &row.email, tx.now);
    let row = MessageRow { invitation_id: Some(row.id.clone()), ..waiting };
    message::insert(tx, &row)
}

/// Sends an invitation again, good for another day, with a new secret; the old address dies. Says to whom.
///
/// # Errors
/// `NotFound`; `Forbidden` beyond the actor's own role; `Refused` too soon after the last time; those of the store.
pub async fn resend(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let secret = PlainSecret::new();
    let sealed = app.keys.seal(&context(id), secret.expose().as_bytes());
    let (actor, id, message) = (actor.clone(), id.to_owned(), app.clock.id(Kind::Message));
    let hash = secret.hash().to_hex();
    let email = app
        .db
        .write(move |tx| {
            let row = invitation::find(tx.connection, &actor.organization, &id)?;
            must_grant(tx, &actor, row.role())?;
            if row.used_at.is_some() || row.withdrawn_at.is_some() {
                return Err(Error::NotFound);
            }
            if invitation::last_mailed_at(tx.connection, &id)?.is_some_and(|at| at > tx.now - RESEND_MS) {
                let soon = "This invitation was sent less than a minute ago. Give it a moment to arrive.";
                return Err(Error::Refused(soon.into()));
            }
            let renewal = Renewal {
                secret_hash: hash.clone(),
                secret_sealed: sealed.clone(),
                invited_by: actor.id.clone(),
                expires_at: tx.now + GOOD_MS,
            };
            invitation::renew(tx, &actor.organization, &id, &renewal)?;
            queue(tx, &row, &message)?;
            let mut event = actor.event(tx.clock, tx.now, "invitation.resent", &id);
            event.detail.insert("role".into(), row.role.clone());
            add_person(&mut event, tx.clock, &[("email", &row.email)]);
            tx.record(event);
            Ok(row.email)
        })
        .await?;
    app.outbox.notify_one();
    Ok(email)
}

/// Takes an invitation back. Says whose it was.
///
/// # Errors
/// `NotFound`; `Forbidden` beyond the actor's own role; those of the store.
pub async fn withdraw(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let row = invitation::find(tx.connection, &actor.organization, &id)?;
            must_grant(tx, &actor, row.role())?;
            invitation::withdraw(tx, &actor.organization, &id)?;
            tx.record(actor.event(tx.clock, tx.now, "invitation.withdrawn", &id));
            Ok(row.name)
        })
        .await
}

/// An invitation as whoever opens its address sees it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The invitation, good or not.
    pub row: InvitationRow,
    /// The organization's name.
    pub organization: String,
    /// Who answers for it; empty for the operator.
    pub inviter: String,
    /// Whether one can still join by it.
    pub good: bool,
}

/// Looks an invitation up by its secret.
///
/// # Errors
/// `NotFound` for an unknown secret; those of the store.
pub async fn open(app: &App, secret: &str) -> Result<Opened> {
    let (hash, now) = (HashedSecret::of(secret).to_hex(), app.clock.now());
    app.db
        .read(move |c| {
            let row = invitation::by_secret(c, &hash)?;
            let organization = organization::find(c, &row.organization_id)?.name;
            let inviter = admin::names(c, &row.organization_id, std::slice::from_ref(&row.invited_by))?;
            let inviter = inviter.into_iter().next().map(|(_, name)| name).unwrap_or_default();
            Ok(Opened { good: row.is_good(now), row, organization, inviter })
        })
        .await
}

/// Joins by an invitation. Gives the new admin's id.
///
/// # Errors
/// `Fields`; `NotFound` when the invitation is not good any more; those of the store.
pub async fn join(
    app: &App,
    opened: &Opened,
    facts: &std::collections::BTreeMap<String, String>,
    typed: &JoinInput,
) -> Result<String> {
    let mut checks = Checks::default();
    let name = checks.take("name", input::line(&typed.name, 100));
    if let Err(refused) = password::check(&typed.password, &[&opened.row.email, &opened.organization]) {
        checks.note("password", refused);
    }
    checks.done()?;
    let password_hash = app.hasher.hash(&typed.password).await?;
    let (id, row, facts) = (app.clock.id(Kind::Admin), opened.row.clone(), facts.clone());
    app.db
        .write(move |tx| {
            invitation::use_up(tx, &row.id)?;
            let new = AdminRow {
                id: id.clone(),
                organization_id: row.organization_id.clone(),
                name: name.clone(),
                email: row.email.clone(),
                email_key: admin::email_key(&row.email),
                password_hash: password_hash.clone(),
                role: row.role().code().into(),
                created_at: tx.now,
                password_changed_at: tx.now,
                removed_at: None,
            };
            admin::insert(tx, &new)?;
            let actor = Actor {
                id: id.clone(),
                organization: row.organization_id.clone(),
                role: row.role(),
                facts: facts.clone(),
            };
            let mut event = actor.event(tx.clock, tx.now, "admin.joined", &id);
            event.detail.insert("invitation".into(), row.id.clone());
            event.detail.insert("role".into(), row.role.clone());
            add_person(&mut event, tx.clock, &[("name", &name), ("email", &row.email)]);
            tx.record(event);
            Ok(id.clone())
        })
        .await
}
