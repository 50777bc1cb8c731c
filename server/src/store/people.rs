//! The admins of an organization together: their list, their roles, and how they go.

use super::admin::AdminRow;
use super::connection::AnyConnection;
use super::schema::{admins, known_devices, sessions};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use domain::Millis;
use domain::role::Role;
use std::collections::HashMap;

/// Everybody who was not removed, by name.
///
/// # Errors
/// Those of the database.
pub fn all(c: &mut AnyConnection, organization: &str) -> Result<Vec<AdminRow>> {
    Ok(admins::table
        .filter(admins::organization_id.eq(organization))
        .filter(admins::removed_at.is_null())
        .order((admins::name, admins::id))
        .select(AdminRow::as_select())
        .load(c)?)
}

/// One of them.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<AdminRow> {
    Ok(admins::table
        .find(id)
        .filter(admins::organization_id.eq(organization))
        .filter(admins::removed_at.is_null())
        .select(AdminRow::as_select())
        .first(c)?)
}

/// When each of an organization's admins was last seen: by a session that still is, or by signing in on a device.
///
/// # Errors
/// Those of the database.
pub fn last_seen(c: &mut AnyConnection, organization: &str) -> Result<HashMap<String, Millis>> {
    let mut seen: HashMap<String, Millis> = HashMap::new();
    let ours: Vec<String> =
        admins::table.filter(admins::organization_id.eq(organization)).select(admins::id).load(c)?;
    let by_session: Vec<(Option<String>, Millis)> = sessions::table
        .filter(sessions::admin_id.eq_any(&ours))
        .select((sessions::admin_id, sessions::last_seen_at))
        .load(c)?;
    let by_device: Vec<(String, Millis)> = known_devices::table
        .filter(known_devices::admin_id.eq_any(&ours))
        .select((known_devices::admin_id, known_devices::last_used_at))
        .load(c)?;
    let known = by_session.into_iter().filter_map(|(id, at)| Some((id?, at))).chain(by_device);
    for (id, at) in known {
        let latest = seen.entry(id).or_insert(at);
        *latest = at.max(*latest);
    }
    Ok(seen)
}

/// The owners, locked where the database has locks, so that two of them cannot go at once and leave none.
///
/// # Errors
/// Those of the database.
pub fn owners(tx: &mut Tx<'_>, organization: &str) -> Result<Vec<String>> {
    let owners = admins::table
        .filter(admins::organization_id.eq(organization))
        .filter(admins::role.eq(Role::Owner.code()))
        .filter(admins::removed_at.is_null())
        .order(admins::id)
        .select(admins::id);
    Ok(match &mut *tx.connection {
        AnyConnection::Sqlite(c) => owners.load(c)?,
        AnyConnection::Postgres(c) => owners.for_update().load(c)?,
    })
}

/// Gives somebody another role.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn set_role(tx: &mut Tx<'_>, organization: &str, id: &str, role: Role) -> Result<()> {
    let one =
        admins::table.find(id).filter(admins::organization_id.eq(organization)).filter(admins::removed_at.is_null());
    let changed = diesel::update(one).set(admins::role.eq(role.code())).execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Removes somebody. The row stays for the log's sake; its address is free again, and no device is known any more.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn remove(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    let one =
        admins::table.find(id).filter(admins::organization_id.eq(organization)).filter(admins::removed_at.is_null());
    let removed = diesel::update(one)
        .set((admins::removed_at.eq(tx.now), admins::email_key.eq(format!("removed {id}"))))
        .execute(tx.connection)?;
    diesel::delete(known_devices::table.filter(known_devices::admin_id.eq(id))).execute(tx.connection)?;
    if removed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// What somebody is called from now on.
///
/// # Errors
/// Those of the database.
pub fn rename(tx: &mut Tx<'_>, id: &str, name: &str) -> Result<()> {
    diesel::update(admins::table.find(id)).set(admins::name.eq(name)).execute(tx.connection)?;
    Ok(())
}

/// What somebody signs in with from now on.
///
/// # Errors
/// `Fields` on `email` when the address has an account already.
pub fn set_address(tx: &mut Tx<'_>, id: &str, email: &str) -> Result<()> {
    let changed = diesel::update(admins::table.find(id))
        .set((admins::email.eq(email), admins::email_key.eq(super::admin::email_key(email))))
        .execute(tx.connection);
    match changed {
        Ok(_) => Ok(()),
        Err(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(Error::field("email", "This address has an account already. Use another."))
        }
        Err(other) => Err(other.into()),
    }
}
