//! Access links.

mod choices;
mod conditions;
mod counts;
mod grants;
mod list;
mod lookup;
mod notices;
pub mod words;

pub use choices::{Choices, choices};
pub use counts::{count_active, ending};
pub use grants::{Grants, Opens, door_names, doors_of, grants_of, groups_of};
pub use list::{Cursor, Filter, list};
pub use lookup::{Called, Named, called, is_there, named_grants, of_ids, with_address, with_external_id};
pub use notices::{forget_reminder, set_reminded, to_announce, to_remind};

use super::code;
use super::connection::{AnyConnection, each};
use super::organization::OrganizationRow;
use super::schema::{link_codes, links, logos, organizations};
use super::settings::LogoSize;
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;
use domain::Millis;
use domain::link::{State, Validity};

/// An access link.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = links)]
pub struct LinkRow {
    /// `link_…`.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// Who visits.
    pub name: String,
    /// Their address, or empty.
    pub email: String,
    /// Their number, or empty.
    pub phone: String,
    /// Where they come from.
    pub company: String,
    /// Whom they come to see.
    pub host_name: String,
    /// How to reach the host.
    pub host_contact: String,
    /// For admins only.
    pub note: String,
    /// What another system calls it.
    pub external_id: String,
    /// `en`, `de`, or empty for the browser's.
    pub language: String,
    /// Unix milliseconds.
    pub valid_from: i64,
    /// Unix milliseconds; none never ends.
    pub valid_until: Option<i64>,
    /// The limit on openings.
    pub max_uses: Option<i64>,
    /// Openings counted.
    pub uses: i64,
    /// The least time between two openings of one door, milliseconds.
    pub cooldown_ms: i64,
    /// Since when.
    pub paused_at: Option<i64>,
    /// Since when.
    pub revoked_at: Option<i64>,
    /// SHA-256 of the secret, hexadecimal.
    pub secret_hash: String,
    /// The secret under the key outside the database.
    pub secret_sealed: Vec<u8>,
    /// Counts rotations.
    pub secret_version: i64,
    /// When its address was first opened.
    pub first_opened_at: Option<i64>,
    /// Counts changes, so that a stale form is seen.
    pub version: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Whether the host is told of the visitor's arrival.
    pub notify_host: bool,
    /// When the visitor was reminded of the end.
    pub reminded_at: Option<i64>,
    /// When a door opened for it first.
    pub arrived_at: Option<i64>,
    /// When a door opened for it last.
    pub last_used_at: Option<i64>,
    /// The name as lists sort it.
    pub name_key: String,
}

impl std::fmt::Debug for LinkRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkRow").field("id", &self.id).finish_non_exhaustive()
    }
}

impl LinkRow {
    /// The part the rules read.
    #[must_use]
    pub fn validity(&self) -> Validity {
        Validity {
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            paused_at: self.paused_at,
            revoked_at: self.revoked_at,
            uses: self.uses,
            max_uses: self.max_uses,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self, now: Millis) -> State {
        self.validity().state(now)
    }
}

/// What a form changes.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = links, treat_none_as_null = true)]
pub struct LinkChange {
    /// Who visits.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their number.
    pub phone: String,
    /// Where they come from.
    pub company: String,
    /// Whom they come to see.
    pub host_name: String,
    /// How to reach the host.
    pub host_contact: String,
    /// For admins only.
    pub note: String,
    /// What another system calls it.
    pub external_id: String,
    /// `en`, `de`, or empty.
    pub language: String,
    /// Unix milliseconds.
    pub valid_from: i64,
    /// Unix milliseconds.
    pub valid_until: Option<i64>,
    /// The limit on openings.
    pub max_uses: Option<i64>,
    /// Milliseconds.
    pub cooldown_ms: i64,
    /// Whether the host is told of the visitor's arrival.
    pub notify_host: bool,
    /// The name as lists sort it.
    pub name_key: String,
}

/// Stores a new link with what it opens.
///
/// # Errors
/// `Field` on `door` or `group` when one is not the organization's.
pub fn insert(tx: &mut Tx<'_>, row: &LinkRow, grants: &Grants) -> Result<()> {
    diesel::insert_into(links::table).values(row).execute(tx.connection)?;
    words::replace(tx, row)?;
    grants::put(tx, &row.organization_id, &row.id, grants)
}

/// One link of an organization.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn find(c: &mut AnyConnection, organization: &str, id: &str) -> Result<LinkRow> {
    Ok(links::table.find(id).filter(links::organization_id.eq(organization)).select(LinkRow::as_select()).first(c)?)
}

/// The link with this secret.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn by_secret(c: &mut AnyConnection, hash: &str) -> Result<LinkRow> {
    Ok(links::table.filter(links::secret_hash.eq(hash)).select(LinkRow::as_select()).first(c)?)
}

/// Whose a link is.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn organization_of(c: &mut AnyConnection, id: &str) -> Result<String> {
    Ok(links::table.find(id).select(links::organization_id).first(c)?)
}

/// The version of a link's secret.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn secret_version(c: &mut AnyConnection, id: &str) -> Result<i64> {
    Ok(links::table.find(id).select(links::secret_version).first(c)?)
}

/// A link as its visitor's page shows it.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The link.
    pub link: LinkRow,
    /// Whose it is.
    pub organization: OrganizationRow,
    /// Hash, width and height of the organization's logo, where it has one.
    pub logo: Option<LogoSize>,
    /// What it opens.
    pub opens: Opens,
    /// How it opens.
    pub code: code::Settings,
}

/// The link as its visitor knows it: another version of the secret finds nothing.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn visit(c: &mut AnyConnection, id: &str, secret_version: i64) -> Result<Visit> {
    let (link, organization, logo, code): (_, _, _, Option<code::SettingsRow>) = each!(c => links::table
        .inner_join(organizations::table.on(organizations::id.eq(links::organization_id)))
        .left_join(logos::table.on(logos::organization_id.eq(links::organization_id)))
        .left_join(link_codes::table.on(link_codes::link_id.eq(links::id)))
        .filter(links::id.eq(id))
        .filter(links::secret_version.eq(secret_version))
        .select((
            LinkRow::as_select(),
            OrganizationRow::as_select(),
            (logos::hash, logos::width, logos::height).nullable(),
            Option::<code::SettingsRow>::as_select(),
        ))
        .first(c))?;
    let opens = grants::opens(c, id)?;
    Ok(Visit { link, organization, logo, opens, code: code.map(code::Settings::from).unwrap_or_default() })
}

/// Changes a link, if nobody else has since `version`.
///
/// # Errors
/// `NotFound`, `Stale`, `Field` on `door` or `group`.
pub fn update(
    tx: &mut Tx<'_>,
    organization: &str,
    id: &str,
    version: i64,
    change: &LinkChange,
    grants: &Grants,
) -> Result<()> {
    let target =
        links::table.find(id).filter(links::organization_id.eq(organization)).filter(links::version.eq(version));
    let changed = diesel::update(target).set((change, links::version.eq(version + 1))).execute(tx.connection)?;
    if changed == 0 {
        find(tx.connection, organization, id)?;
        return Err(Error::Stale);
    }
    let row = find(tx.connection, organization, id)?;
    words::replace(tx, &row)?;
    grants::put(tx, organization, id, grants)
}

/// Switches a link off, on, or ends it for good.
///
/// # Errors
/// Those of the database.
pub fn set_switches(tx: &mut Tx<'_>, id: &str, paused_at: Option<Millis>, revoked_at: Option<Millis>) -> Result<()> {
    diesel::update(links::table.find(id))
        .set((links::paused_at.eq(paused_at), links::revoked_at.eq(revoked_at), links::version.eq(links::version + 1)))
        .execute(tx.connection)?;
    Ok(())
}

/// Moves a link's end.
///
/// # Errors
/// Those of the database.
pub fn set_until(tx: &mut Tx<'_>, id: &str, until: Option<Millis>) -> Result<()> {
    diesel::update(links::table.find(id))
        .set((links::valid_until.eq(until), links::reminded_at.eq(None::<i64>), links::version.eq(links::version + 1)))
        .execute(tx.connection)?;
    Ok(())
}

/// Replaces a link's secret of this version; the old one dies with the commit. Says whether it was still that one.
///
/// # Errors
/// Those of the database.
pub fn set_secret(tx: &mut Tx<'_>, id: &str, was: i64, hash: &str, sealed: &[u8]) -> Result<bool> {
    let replaced = diesel::update(links::table.find(id).filter(links::secret_version.eq(was)))
        .set((
            links::secret_hash.eq(hash),
            links::secret_sealed.eq(sealed),
            links::secret_version.eq(links::secret_version + 1),
            links::version.eq(links::version + 1),
        ))
        .execute(tx.connection)?;
    Ok(replaced == 1)
}

/// Notes the first time that a link's address was opened; says whether this was it.
///
/// # Errors
/// Those of the database.
pub fn set_first_opened(tx: &mut Tx<'_>, id: &str) -> Result<bool> {
    let first = links::table.find(id).filter(links::first_opened_at.is_null());
    Ok(diesel::update(first).set(links::first_opened_at.eq(tx.now)).execute(tx.connection)? == 1)
}

/// Whether a link may try some door again at no cost.
///
/// # Errors
/// Those of the database.
pub fn has_free_try(c: &mut AnyConnection, id: &str, now: Millis) -> Result<bool> {
    use super::schema::link_door_states;
    let free = link_door_states::table
        .filter(link_door_states::link_id.eq(id))
        .filter(link_door_states::free_until.gt(now))
        .filter(link_door_states::trying.eq(false));
    Ok(free.count().get_result::<i64>(c)? > 0)
}
