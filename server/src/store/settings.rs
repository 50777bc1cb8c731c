//! What an organization decides for itself: settings, its own words, its logo.

use super::connection::AnyConnection;
use super::organization::{self, OrganizationRow};
use super::schema::{logos, message_texts, organizations};
use super::writer::Tx;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// Name, zone, how long links are good, how long sessions last.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = organizations, treat_none_as_null = true)]
pub struct General {
    /// What it is called.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Days from today.
    pub default_validity_days: i64,
    /// Days.
    pub max_validity_days: i64,
    /// Minutes; none: as the server is set.
    pub session_idle_minutes: Option<i64>,
    /// Hours; none: as the server is set.
    pub session_hours: Option<i64>,
}

/// What is sent by itself.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = organizations, treat_none_as_null = true)]
pub struct Notices {
    /// Hours before a link's end; none: no reminder.
    pub reminder_hours: Option<i64>,
    /// Whether new links tell the host of the arrival.
    pub arrival_notice: bool,
}

/// How it looks.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = organizations)]
pub struct Looks {
    /// `#rrggbb`, or empty for ours.
    pub colour: String,
}

/// A change of an organization's settings.
#[derive(Clone, Debug)]
pub enum Change {
    /// Name, zone, validity, sessions.
    General(General),
    /// What is sent by itself.
    Notices(Notices),
    /// How it looks.
    Looks(Looks),
}

/// Changes settings, if nobody else has since `version`.
///
/// # Errors
/// `NotFound`, `Stale`; those of the database.
pub fn update(tx: &mut Tx<'_>, id: &str, version: i64, change: &Change) -> Result<OrganizationRow> {
    let target = organizations::table.find(id).filter(organizations::version.eq(version));
    let next = organizations::version.eq(version + 1);
    let c = &mut *tx.connection;
    let changed = match change {
        Change::General(change) => diesel::update(target).set((change, next)).execute(c)?,
        Change::Notices(change) => diesel::update(target).set((change, next)).execute(c)?,
        Change::Looks(change) => diesel::update(target).set((change, next)).execute(c)?,
    };
    let now = organization::find(tx.connection, id)?;
    if changed == 1 { Ok(now) } else { Err(Error::Stale) }
}

/// Notes a change that stands in another table.
///
/// # Errors
/// `NotFound`, `Stale`; those of the database.
pub fn touch(tx: &mut Tx<'_>, id: &str, version: i64) -> Result<OrganizationRow> {
    let target = organizations::table.find(id).filter(organizations::version.eq(version));
    let changed = diesel::update(target).set(organizations::version.eq(version + 1)).execute(tx.connection)?;
    let now = organization::find(tx.connection, id)?;
    if changed == 1 { Ok(now) } else { Err(Error::Stale) }
}

/// An organization's own words in one language.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = message_texts)]
pub struct TextRow {
    /// Whose.
    pub organization_id: String,
    /// `en` or `de`.
    pub language: String,
    /// Empty is ours.
    pub subject: String,
    /// Empty is ours.
    pub greeting: String,
}

/// An organization's own words, where it has any.
///
/// # Errors
/// Those of the database.
pub fn texts(c: &mut AnyConnection, organization: &str) -> Result<Vec<TextRow>> {
    Ok(message_texts::table
        .filter(message_texts::organization_id.eq(organization))
        .order(message_texts::language)
        .select(TextRow::as_select())
        .load(c)?)
}

/// Stores an organization's words in one language.
///
/// # Errors
/// Those of the database.
pub fn put_text(tx: &mut Tx<'_>, row: &TextRow) -> Result<()> {
    let key = (row.organization_id.as_str(), row.language.as_str());
    diesel::delete(message_texts::table.find(key)).execute(tx.connection)?;
    if !row.subject.is_empty() || !row.greeting.is_empty() {
        diesel::insert_into(message_texts::table).values(row).execute(tx.connection)?;
    }
    Ok(())
}

/// An organization's logo.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = logos)]
pub struct LogoRow {
    /// Whose.
    pub organization_id: String,
    /// The picture.
    pub png: Vec<u8>,
    /// Of its bytes, which is also its address.
    pub hash: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

impl std::fmt::Debug for LogoRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogoRow({}, {}×{})", self.hash, self.width, self.height)
    }
}

/// What pages need to know of a logo: its hash, width and height.
pub type LogoSize = (String, i64, i64);

/// The logo's address and size, where there is one.
///
/// # Errors
/// Those of the database.
pub fn logo_size(c: &mut AnyConnection, organization: &str) -> Result<Option<LogoSize>> {
    Ok(logos::table.find(organization).select((logos::hash, logos::width, logos::height)).first(c).optional()?)
}

/// The whole logo, where there is one.
///
/// # Errors
/// Those of the database.
pub fn logo(c: &mut AnyConnection, organization: &str) -> Result<Option<LogoRow>> {
    Ok(logos::table.find(organization).select(LogoRow::as_select()).first(c).optional()?)
}

/// The picture with this hash.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn logo_by_hash(c: &mut AnyConnection, hash: &str) -> Result<Vec<u8>> {
    Ok(logos::table.filter(logos::hash.eq(hash)).select(logos::png).first(c)?)
}

/// Stores a logo in place of the one before, or none.
///
/// # Errors
/// Those of the database.
pub fn put_logo(tx: &mut Tx<'_>, organization: &str, row: Option<&LogoRow>) -> Result<bool> {
    let gone = diesel::delete(logos::table.find(organization)).execute(tx.connection)?;
    if let Some(row) = row {
        diesel::insert_into(logos::table).values(row).execute(tx.connection)?;
    }
    Ok(gone == 1)
}
