//! What admins prove themselves with besides their password: an authenticator app, recovery codes, passkeys.

use super::connection::AnyConnection;
use super::schema::{admins, passkeys, recovery_codes};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use std::collections::HashSet;

/// An admin's authenticator app.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = admins)]
pub struct TotpRow {
    /// The secret under the key outside the database; none without an app.
    pub totp_sealed: Option<Vec<u8>>,
    /// Since when, Unix milliseconds; none without an app.
    pub totp_confirmed_at: Option<i64>,
    /// The last 30-second step whose code was accepted.
    pub totp_last_step: i64,
}

impl TotpRow {
    /// The sealed secret, where the app is set up.
    #[must_use]
    pub fn sealed(&self) -> Option<&[u8]> {
        self.totp_confirmed_at.and(self.totp_sealed.as_deref())
    }
}

/// A passkey.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys)]
pub struct PasskeyRow {
    /// `passkey_…`.
    pub id: String,
    /// Whose.
    pub admin_id: String,
    /// As the authenticator calls it, base64url.
    pub credential_id: String,
    /// As its owner calls it.
    pub name: String,
    /// Public key and counter, JSON.
    pub data: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub last_used_at: Option<i64>,
}

/// The admins of an organization who have a second factor.
///
/// # Errors
/// Those of the database.
pub fn holders(c: &mut AnyConnection, organization: &str) -> Result<HashSet<String>> {
    let ours = admins::table.filter(admins::organization_id.eq(organization)).filter(admins::removed_at.is_null());
    let with_app: Vec<String> = ours.filter(admins::totp_confirmed_at.is_not_null()).select(admins::id).load(c)?;
    let with_passkey: Vec<String> = ours.inner_join(passkeys::table).select(admins::id).distinct().load(c)?;
    Ok(with_app.into_iter().chain(with_passkey).collect())
}

/// Whether an admin has a second factor.
///
/// # Errors
/// Those of the database.
pub fn has(c: &mut AnyConnection, admin: &str) -> Result<bool> {
    Ok(totp(c, admin)?.sealed().is_some() || passkey_count(c, admin)? > 0)
}

/// How many passkeys an admin has.
///
/// # Errors
/// Those of the database.
pub fn passkey_count(c: &mut AnyConnection, admin: &str) -> Result<i64> {
    Ok(passkeys::table.filter(passkeys::admin_id.eq(admin)).count().get_result(c)?)
}

/// An admin's authenticator app.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn totp(c: &mut AnyConnection, admin: &str) -> Result<TotpRow> {
    Ok(admins::table.find(admin).select(TotpRow::as_select()).first(c)?)
}

/// Sets an app up, or another in its place, whose code of this step was just accepted.
///
/// # Errors
/// Those of the database.
pub fn set_totp(tx: &mut Tx<'_>, admin: &str, sealed: &[u8], step: i64) -> Result<()> {
    diesel::update(admins::table.find(admin))
        .set((
            admins::totp_sealed.eq(Some(sealed)),
            admins::totp_confirmed_at.eq(Some(tx.now)),
            admins::totp_last_step.eq(step),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Accepts a step's code once: true for the first to come, false for everybody after, side by side or later.
///
/// # Errors
/// Those of the database.
pub fn take_step(tx: &mut Tx<'_>, admin: &str, step: i64) -> Result<bool> {
    let fresh = admins::table.find(admin).filter(admins::totp_last_step.lt(step));
    Ok(diesel::update(fresh).set(admins::totp_last_step.eq(step)).execute(tx.connection)? == 1)
}

/// Forgets an app. The last step stays, so that another app with the same secret would not bring old codes back.
///
/// # Errors
/// `NotFound` when there was none.
pub fn clear_totp(tx: &mut Tx<'_>, admin: &str) -> Result<()> {
    let cleared = diesel::update(admins::table.find(admin).filter(admins::totp_confirmed_at.is_not_null()))
        .set((admins::totp_sealed.eq(None::<Vec<u8>>), admins::totp_confirmed_at.eq(None::<i64>)))
        .execute(tx.connection)?;
    if cleared == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Replaces an admin's recovery codes, by their hashes.
///
/// # Errors
/// Those of the database.
pub fn replace_codes(tx: &mut Tx<'_>, admin: &str, hashes: &[String]) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::admin_id.eq(admin))).execute(tx.connection)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((
                recovery_codes::code_hash.eq(hash),
                recovery_codes::admin_id.eq(admin),
                recovery_codes::created_at.eq(tx.now),
            ))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// How many recovery codes are left.
///
/// # Errors
/// Those of the database.
pub fn codes_left(c: &mut AnyConnection, admin: &str) -> Result<i64> {
    let left =
        recovery_codes::table.filter(recovery_codes::admin_id.eq(admin)).filter(recovery_codes::used_at.is_null());
    Ok(left.count().get_result(c)?)
}

/// Uses a recovery code up: true for the first to come.
///
/// # Errors
/// Those of the database.
pub fn use_code(tx: &mut Tx<'_>, admin: &str, hash: &str) -> Result<bool> {
    let unused = recovery_codes::table
        .find(hash)
        .filter(recovery_codes::admin_id.eq(admin))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(unused).set(recovery_codes::used_at.eq(tx.now)).execute(tx.connection)? == 1)
}

/// Stores a new passkey.
///
/// # Errors
/// `Refused` when somebody has it already.
pub fn insert_passkey(tx: &mut Tx<'_>, row: &PasskeyRow) -> Result<()> {
    match diesel::insert_into(passkeys::table).values(row).execute(tx.connection) {
        Ok(_) => Ok(()),
        Err(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(Error::Refused("This passkey is in use already.".into()))
        }
        Err(other) => Err(other.into()),
    }
}

/// An admin's passkeys, oldest first.
///
/// # Errors
/// Those of the database.
pub fn passkeys_of(c: &mut AnyConnection, admin: &str) -> Result<Vec<PasskeyRow>> {
    Ok(passkeys::table
        .filter(passkeys::admin_id.eq(admin))
        .order(passkeys::id)
        .select(PasskeyRow::as_select())
        .load(c)?)
}

/// One of an admin's passkeys.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn passkey(c: &mut AnyConnection, admin: &str, id: &str) -> Result<PasskeyRow> {
    Ok(passkeys::table.find(id).filter(passkeys::admin_id.eq(admin)).select(PasskeyRow::as_select()).first(c)?)
}

/// Notes that a passkey was used, with what changed about it.
///
/// # Errors
/// `NotFound` when it was removed meanwhile.
pub fn used_passkey(tx: &mut Tx<'_>, admin: &str, id: &str, data: &str) -> Result<()> {
    let used = diesel::update(passkeys::table.find(id).filter(passkeys::admin_id.eq(admin)))
        .set((passkeys::data.eq(data), passkeys::last_used_at.eq(tx.now)))
        .execute(tx.connection)?;
    if used == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Removes a passkey.
///
/// # Errors
/// `NotFound` when there is none such.
pub fn remove_passkey(tx: &mut Tx<'_>, admin: &str, id: &str) -> Result<()> {
    let one = passkeys::table.find(id).filter(passkeys::admin_id.eq(admin));
    if diesel::delete(one).execute(tx.connection)? == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Removes every passkey and recovery code of an admin. Says how many passkeys that were.
///
/// # Errors
/// Those of the database.
pub fn clear(tx: &mut Tx<'_>, admin: &str) -> Result<usize> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::admin_id.eq(admin))).execute(tx.connection)?;
    Ok(diesel::delete(passkeys::table.filter(passkeys::admin_id.eq(admin))).execute(tx.connection)?)
}
