//! Invitations to become an admin: one day each, used once, their secret hashed for looking up and sealed for the mail.

use super::connection::AnyConnection;
use super::schema::{invitations, messages};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use domain::Millis;
use domain::role::Role;

/// An invitation.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations)]
pub struct InvitationRow {
    /// `invitation_…`.
    pub id: String,
    /// Where to.
    pub organization_id: String,
    /// Who is invited.
    pub name: String,
    /// Their address, which becomes that of their account.
    pub email: String,
    /// A code of `domain::role::Role`.
    pub role: String,
    /// SHA-256 of the secret, hexadecimal.
    pub secret_hash: String,
    /// The secret under the key outside the database.
    pub secret_sealed: Vec<u8>,
    /// Who answers for it: an admin's id, or `operator`.
    pub invited_by: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// The end of its day.
    pub expires_at: i64,
    /// When somebody joined by it.
    pub used_at: Option<i64>,
    /// When it was taken back.
    pub withdrawn_at: Option<i64>,
}

impl std::fmt::Debug for InvitationRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InvitationRow").field("id", &self.id).finish_non_exhaustive()
    }
}

impl InvitationRow {
    /// The role it gives; a code that this version does not know gives the least.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::from_code(&self.role).unwrap_or(Role::Observer)
    }

    /// Whether somebody may still join by it.
    #[must_use]
    pub fn is_good(&self, now: Millis) -> bool {
        self.used_at.is_none() && self.withdrawn_at.is_none() && self.expires_at > now
    }
}

/// Stores a new invitation.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &InvitationRow) -> Result<()> {
    diesel::insert_into(invitations::table).values(row).execute(tx.connection)?;
    Ok(())
}

/// The invitations that nobody used or took back, those past their day included, latest first.
///
/// # Errors
/// Those of the database.
pub fn pending(c: &mut AnyConnection, organization: &str) -> Result<Vec<InvitationRow>> {
    Ok(invitations::table
        .filter(invitations::organization_id.eq(organization))
        .filter(invitations::used_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .order(invitations::id.desc())
        .select(InvitationRow::as_select())
        .load(c)?)
}

/// One invitation.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<InvitationRow> {
    Ok(invitations::table
        .find(id)
        .filter(invitations::organization_id.eq(organization))
        .select(InvitationRow::as_select())
        .first(c)?)
}

/// The invitation behind a secret, used and ended ones included.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn by_secret(c: &mut AnyConnection, hash: &str) -> Result<InvitationRow> {
    Ok(invitations::table.filter(invitations::secret_hash.eq(hash)).select(InvitationRow::as_select()).first(c)?)
}

/// Uses an invitation up; it works once.
///
/// # Errors
/// `NotFound` when it was used, taken back or has ended.
pub fn use_up(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    let good = invitations::table
        .find(id)
        .filter(invitations::used_at.is_null())
        .filter(invitations::withdrawn_at.is_null())
        .filter(invitations::expires_at.gt(tx.now));
    let used = diesel::update(good).set(invitations::used_at.eq(tx.now)).execute(tx.connection)?;
    if used == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Takes an invitation back.
///
/// # Errors
/// `NotFound` when somebody used it or took it back meanwhile.
pub fn withdraw(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    let pending = invitations::table
        .find(id)
        .filter(invitations::organization_id.eq(organization))
        .filter(invitations::used_at.is_null())
        .filter(invitations::withdrawn_at.is_null());
    let withdrawn = diesel::update(pending).set(invitations::withdrawn_at.eq(tx.now)).execute(tx.connection)?;
    if withdrawn == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// What makes an invitation good for another day.
#[derive(Clone)]
pub struct Renewal {
    /// The new secret's hash; with it the old address dies.
    pub secret_hash: String,
    /// The new secret, sealed.
    pub secret_sealed: Vec<u8>,
    /// Who answers for it from now on.
    pub invited_by: String,
    /// Its new end.
    pub expires_at: i64,
}

/// Gives an invitation a new secret and a new day.
///
/// # Errors
/// `NotFound` when somebody used it or took it back meanwhile.
pub fn renew(tx: &mut Tx<'_>, organization: &str, id: &str, renewal: &Renewal) -> Result<()> {
    let pending = invitations::table
        .find(id)
        .filter(invitations::organization_id.eq(organization))
        .filter(invitations::used_at.is_null())
        .filter(invitations::withdrawn_at.is_null());
    let renewed = diesel::update(pending)
        .set((
            invitations::secret_hash.eq(&renewal.secret_hash),
            invitations::secret_sealed.eq(&renewal.secret_sealed),
            invitations::invited_by.eq(&renewal.invited_by),
            invitations::expires_at.eq(renewal.expires_at),
        ))
        .execute(tx.connection)?;
    if renewed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// The last mail of each of these invitations: its state and what the mail server said.
///
/// # Errors
/// Those of the database.
pub fn mails(c: &mut AnyConnection, organization: &str, ids: &[String]) -> Result<Vec<(String, String, String)>> {
    let rows: Vec<(Option<String>, String, String)> = messages::table
        .filter(messages::organization_id.eq(organization))
        .filter(messages::invitation_id.eq_any(ids))
        .order(messages::id.asc())
        .select((messages::invitation_id, messages::state, messages::server_reply))
        .load(c)?;
    Ok(rows.into_iter().filter_map(|(id, state, reply)| Some((id?, state, reply))).collect())
}

/// When an invitation was last put into the outbox.
///
/// # Errors
/// Those of the database.
pub fn last_mailed_at(c: &mut AnyConnection, id: &str) -> Result<Option<Millis>> {
    Ok(messages::table
        .filter(messages::invitation_id.eq(id))
        .order(messages::id.desc())
        .select(messages::created_at)
        .first(c)
        .optional()?)
}
