//! Organizations, their first owners, and the one-time set-up address.

use super::schema::{audit_heads, organizations, setup_addresses};
use super::writer::Tx;
use crate::error::{Error, Result};
use crate::store::connection::AnyConnection;
use diesel::prelude::*;

/// A tenant.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = organizations)]
pub struct OrganizationRow {
    /// `org_…`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// The longest a link may be good for, days.
    pub max_validity_days: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// A link that nobody gave an end ends with the day so many days from today: 0 today, 1 tomorrow.
    pub default_validity_days: i64,
    /// An admin's session ends after so long without use, minutes; none: as the server is set.
    pub session_idle_minutes: Option<i64>,
    /// An admin's session ends after so long in any case, hours; none: as the server is set.
    pub session_hours: Option<i64>,
    /// Whether admins must prove themselves by more than a password.
    pub second_factor_required: bool,
    /// How long before its end a link's visitor is reminded, hours; none: not at all.
    pub reminder_hours: Option<i64>,
    /// Whether new links tell the host of the visitor's arrival unless somebody says otherwise.
    pub arrival_notice: bool,
    /// After so many days events go; none: never.
    pub event_retention_days: Option<i64>,
    /// After so many days the people beside events go; none: never.
    pub person_retention_days: Option<i64>,
    /// Links by text message a month.
    pub sms_quota: i64,
    /// Links by e-mail in all.
    pub email_quota: i64,
    /// The visitor's pages' and mails' colour, `#rrggbb`; empty for ours.
    pub colour: String,
    /// Counts changes, so that a stale form is seen.
    pub version: i64,
}

impl OrganizationRow {
    /// A new one, with everything as it is until somebody decides otherwise.
    #[must_use]
    pub fn new(id: String, name: String, time_zone: String, now: domain::Millis) -> Self {
        Self {
            id,
            name,
            time_zone,
            max_validity_days: 30,
            created_at: now,
            default_validity_days: 1,
            session_idle_minutes: None,
            session_hours: None,
            second_factor_required: false,
            reminder_hours: None,
            arrival_notice: false,
            event_retention_days: None,
            person_retention_days: None,
            sms_quota: 10,
            email_quota: 1_000,
            colour: String::new(),
            version: 1,
        }
    }
}

/// Stores a new organization with the beginning of its audit log.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &OrganizationRow) -> Result<()> {
    diesel::insert_into(organizations::table).values(row).execute(tx.connection)?;
    let head = domain::chain::hex(&domain::chain::GENESIS);
    diesel::insert_into(audit_heads::table)
        .values((audit_heads::organization_id.eq(&row.id), audit_heads::sequence.eq(0), audit_heads::hash.eq(head)))
        .execute(tx.connection)?;
    Ok(())
}

/// One organization.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, id: &str) -> Result<OrganizationRow> {
    Ok(organizations::table.find(id).select(OrganizationRow::as_select()).first(c)?)
}

/// The same, for a change that must see it as it is until it is done: on Postgres others wait for their turn.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn lock(tx: &mut Tx<'_>, id: &str) -> Result<OrganizationRow> {
    let query = organizations::table.find(id);
    Ok(match &mut *tx.connection {
        AnyConnection::Sqlite(c) => query.select(OrganizationRow::as_select()).get_result(c)?,
        // Not `FOR UPDATE`: that would also hold up every insert that refers to the organization.
        AnyConnection::Postgres(c) => query.select(OrganizationRow::as_select()).for_no_key_update().get_result(c)?,
    })
}

/// The next number for a door or a group in codes. A number never comes back, so that an old code never opens what was
/// made after it.
///
/// # Errors
/// Those of the database.
pub(super) fn next_scope(tx: &mut Tx<'_>, id: &str) -> Result<i64> {
    let query = diesel::update(organizations::table.find(id))
        .set(organizations::last_scope.eq(organizations::last_scope + 1))
        .returning(organizations::last_scope);
    Ok(query.get_result(tx.connection)?)
}

/// Sets what an organization may send.
///
/// # Errors
/// Those of the database.
pub fn set_quotas(tx: &mut Tx<'_>, id: &str, sms: i64, email: i64) -> Result<()> {
    diesel::update(organizations::table.find(id))
        .set((
            organizations::sms_quota.eq(sms),
            organizations::email_quota.eq(email),
            organizations::version.eq(organizations::version + 1),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Demands a second factor of everybody, or no longer.
///
/// # Errors
/// `Stale` when the organization was changed since this version.
pub fn set_second_factor_required(tx: &mut Tx<'_>, id: &str, version: i64, required: bool) -> Result<()> {
    let changed = diesel::update(organizations::table.find(id).filter(organizations::version.eq(version)))
        .set((organizations::second_factor_required.eq(required), organizations::version.eq(version + 1)))
        .execute(tx.connection)?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Every organization, oldest first.
///
/// # Errors
/// Those of the database.
pub fn all(c: &mut AnyConnection) -> Result<Vec<OrganizationRow>> {
    Ok(organizations::table.order(organizations::id).select(OrganizationRow::as_select()).load(c)?)
}

/// Forgets the set-up addresses that nobody used: once there is an organization, none founds another.
///
/// # Errors
/// Those of the database.
pub fn drop_setup_addresses(tx: &mut Tx<'_>) -> Result<()> {
    diesel::delete(setup_addresses::table.filter(setup_addresses::used_at.is_null())).execute(tx.connection)?;
    Ok(())
}

/// Stores the hash of a set-up address, in place of earlier unused ones.
///
/// # Errors
/// Those of the database.
pub fn put_setup_address(tx: &mut Tx<'_>, hash: &str) -> Result<()> {
    drop_setup_addresses(tx)?;
    diesel::insert_into(setup_addresses::table)
        .values((setup_addresses::secret_hash.eq(hash), setup_addresses::created_at.eq(tx.now)))
        .execute(tx.connection)?;
    Ok(())
}

/// Whether a set-up address is good and unused.
///
/// # Errors
/// Those of the database.
pub fn setup_address_is_good(c: &mut AnyConnection, hash: &str) -> Result<bool> {
    let found: i64 =
        setup_addresses::table.find(hash).filter(setup_addresses::used_at.is_null()).count().get_result(c)?;
    Ok(found == 1)
}

/// Uses a set-up address up; it works once.
///
/// # Errors
/// `NotFound` when it is unknown or used.
pub fn use_setup_address(tx: &mut Tx<'_>, hash: &str) -> Result<()> {
    let used = diesel::update(setup_addresses::table.find(hash).filter(setup_addresses::used_at.is_null()))
        .set(setup_addresses::used_at.eq(tx.now))
        .execute(tx.connection)?;
    if used == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Whether there is an organization.
///
/// # Errors
/// Those of the database.
pub fn any(c: &mut AnyConnection) -> Result<bool> {
    Ok(organizations::table.select(organizations::id).first::<String>(c).optional()?.is_some())
}
