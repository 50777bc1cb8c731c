//! People who sign in to the dashboard, and the devices they are known by.

use super::connection::AnyConnection;
use super::schema::{admins, known_devices};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use domain::role::Role;

/// An admin.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = admins)]
pub struct AdminRow {
    /// `admin_…`.
    pub id: String,
    /// Where they belong.
    pub organization_id: String,
    /// What they are called.
    pub name: String,
    /// As they wrote it.
    pub email: String,
    /// As it is compared.
    pub email_key: String,
    /// PHC string.
    pub password_hash: String,
    /// A code of `domain::role::Role`.
    pub role: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub password_changed_at: i64,
    /// Kept for the log's sake, but may do nothing any more.
    pub removed_at: Option<i64>,
}

impl AdminRow {
    /// What they may do; a code that this version does not know may only look.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::from_code(&self.role).unwrap_or(Role::Observer)
    }
}

impl std::fmt::Debug for AdminRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdminRow").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How addresses are compared: case is not told apart.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Stores a new admin.
///
/// # Errors
/// `Field` on `email` when the address has an account already.
pub fn insert(tx: &mut Tx<'_>, row: &AdminRow) -> Result<()> {
    match diesel::insert_into(admins::table).values(row).execute(tx.connection) {
        Ok(_) => Ok(()),
        Err(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(Error::field("email", "This address has an account already. Sign in with it, or use another."))
        }
        Err(other) => Err(other.into()),
    }
}

/// The admin with this address.
///
/// # Errors
/// Those of the database.
pub fn by_email(c: &mut AnyConnection, email: &str) -> Result<Option<AdminRow>> {
    Ok(admins::table
        .filter(admins::email_key.eq(email_key(email)))
        .filter(admins::removed_at.is_null())
        .select(AdminRow::as_select())
        .first(c)
        .optional()?)
}

/// One admin who was not removed.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, id: &str) -> Result<AdminRow> {
    Ok(admins::table.find(id).filter(admins::removed_at.is_null()).select(AdminRow::as_select()).first(c)?)
}

/// The names of all admins, for a filter to choose from; the log also tells of removed ones.
///
/// # Errors
/// Those of the database.
pub fn all_names(c: &mut AnyConnection, organization: &str) -> Result<Vec<String>> {
    Ok(admins::table
        .filter(admins::organization_id.eq(organization))
        .order((admins::name, admins::id))
        .select(admins::name)
        .load(c)?)
}

/// Names of admins, for events.
///
/// # Errors
/// Those of the database.
pub fn names(c: &mut AnyConnection, organization: &str, ids: &[String]) -> Result<Vec<(String, String)>> {
    let query = admins::table.filter(admins::organization_id.eq(organization)).filter(admins::id.eq_any(ids));
    Ok(query.select((admins::id, admins::name)).load(c)?)
}

/// Replaces a password.
///
/// # Errors
/// Those of the database.
pub fn set_password(tx: &mut Tx<'_>, id: &str, hash: &str) -> Result<()> {
    diesel::update(admins::table.find(id))
        .set((admins::password_hash.eq(hash), admins::password_changed_at.eq(tx.now)))
        .execute(tx.connection)?;
    // Whoever knew the old password shall not stay exempt from the limit on tries.
    diesel::delete(known_devices::table.filter(known_devices::admin_id.eq(id))).execute(tx.connection)?;
    Ok(())
}

/// Remembers a device that signed in.
///
/// # Errors
/// Those of the database.
pub fn remember_device(tx: &mut Tx<'_>, hash: &str, admin: &str) -> Result<()> {
    let known = diesel::update(known_devices::table.find(hash).filter(known_devices::admin_id.eq(admin)))
        .set(known_devices::last_used_at.eq(tx.now))
        .execute(tx.connection)?;
    if known == 0 {
        diesel::delete(known_devices::table.find(hash)).execute(tx.connection)?;
        diesel::insert_into(known_devices::table)
            .values((
                known_devices::secret_hash.eq(hash),
                known_devices::admin_id.eq(admin),
                known_devices::created_at.eq(tx.now),
                known_devices::last_used_at.eq(tx.now),
            ))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// Whether this admin has signed in on this device before.
///
/// # Errors
/// Those of the database.
pub fn knows_device(c: &mut AnyConnection, hash: &str, admin: &str) -> Result<bool> {
    let found: i64 = known_devices::table.find(hash).filter(known_devices::admin_id.eq(admin)).count().get_result(c)?;
    Ok(found == 1)
}
