//! The outbox and delivery log: which link goes out to whom, and what became of it. Never a body, never a secret.

use super::connection::AnyConnection;
use super::schema::{links, messages};
use super::writer::Tx;
use crate::error::Result;
use diesel::prelude::*;
use domain::Millis;
use domain::channel::Channel;

/// A message.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = messages)]
pub struct MessageRow {
    /// `message_…`.
    pub id: String,
    /// Whose.
    pub organization_id: String,
    /// What it is: `link`, `reminder`, `arrival`, `invitation`, `test`.
    pub kind: String,
    /// The link it carries or is about.
    pub link_id: Option<String>,
    /// The invitation it carries.
    pub invitation_id: Option<String>,
    /// `email` or `sms`.
    pub channel: String,
    /// To whom.
    pub recipient: String,
    /// The secret it was made for; after a rotation it is not sent any more.
    pub secret_version: i64,
    /// One of [`State`]'s codes.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Not before.
    pub next_at: i64,
    /// What the server said last.
    pub server_reply: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

/// A message that carries a link.
pub const LINK: &str = "link";
/// A message that reminds a visitor of their link's end.
pub const REMINDER: &str = "reminder";
/// A message that tells a host of their visitor's arrival.
pub const ARRIVAL: &str = "arrival";
/// A message that invites somebody to become an admin.
pub const INVITATION: &str = "invitation";
/// A message to the address that an admin had before.
pub const ADDRESS_CHANGED: &str = "address_changed";
/// A message that only shows that messages arrive.
pub const TEST: &str = "test";

impl MessageRow {
    /// A message that waits to be sent, about nothing yet.
    #[must_use]
    pub fn new(id: &str, organization: &str, kind: &str, channel: Channel, recipient: &str, now: Millis) -> Self {
        Self {
            id: id.to_owned(),
            organization_id: organization.to_owned(),
            kind: kind.to_owned(),
            link_id: None,
            invitation_id: None,
            channel: channel.code().into(),
            recipient: recipient.to_owned(),
            secret_version: 0,
            state: State::Waiting.code().into(),
            attempts: 0,
            next_at: now,
            server_reply: String::new(),
            created_at: now,
            updated_at: now,
        }
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// To be sent.
    Waiting,
    /// Handed to the server at this moment.
    Sending,
    /// The server took it.
    Sent,
    /// Written to a file, since no server is configured.
    Kept,
    /// Given up.
    Failed,
    /// The server stopped while it was being sent: it may have gone out, so it is not sent again by itself.
    Unknown,
}

impl State {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Kept => "kept",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// Stores a message to be sent.
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &mut Tx<'_>, row: &MessageRow) -> Result<()> {
    diesel::insert_into(messages::table).values(row).execute(tx.connection)?;
    Ok(())
}

/// Takes due messages for sending; nobody else will take them.
///
/// # Errors
/// Those of the database.
pub fn claim(tx: &mut Tx<'_>, most: i64) -> Result<Vec<MessageRow>> {
    let due = messages::table
        .filter(messages::state.eq(State::Waiting.code()))
        .filter(messages::next_at.le(tx.now))
        .order((messages::next_at, messages::id))
        .limit(most);
    let rows: Vec<MessageRow> = match &mut *tx.connection {
        AnyConnection::Sqlite(c) => due.select(MessageRow::as_select()).load(c)?,
        AnyConnection::Postgres(c) => due.select(MessageRow::as_select()).for_update().skip_locked().load(c)?,
    };
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    diesel::update(messages::table.filter(messages::id.eq_any(ids)))
        .set((
            messages::state.eq(State::Sending.code()),
            messages::attempts.eq(messages::attempts + 1),
            messages::updated_at.eq(tx.now),
        ))
        .execute(tx.connection)?;
    Ok(rows.into_iter().map(|row| MessageRow { attempts: row.attempts + 1, ..row }).collect())
}

/// Notes what became of a message.
///
/// # Errors
/// Those of the database.
pub fn set_state(tx: &mut Tx<'_>, id: &str, state: State, reply: &str, next_at: Millis) -> Result<()> {
    diesel::update(messages::table.find(id))
        .set((
            messages::state.eq(state.code()),
            messages::server_reply.eq(reply),
            messages::next_at.eq(next_at),
            messages::updated_at.eq(tx.now),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Messages that were being sent when their process stopped.
///
/// # Errors
/// Those of the database.
pub fn stuck(c: &mut AnyConnection, before: Millis) -> Result<Vec<MessageRow>> {
    Ok(messages::table
        .filter(messages::state.eq(State::Sending.code()))
        .filter(messages::updated_at.lt(before))
        .limit(100)
        .select(MessageRow::as_select())
        .load(c)?)
}

/// When the next message is due.
///
/// # Errors
/// Those of the database.
pub fn next_due(c: &mut AnyConnection) -> Result<Option<Millis>> {
    Ok(messages::table
        .filter(messages::state.eq(State::Waiting.code()))
        .order(messages::next_at)
        .select(messages::next_at)
        .first(c)
        .optional()?)
}

/// A link's messages, latest first.
///
/// # Errors
/// Those of the database.
pub fn of_link(c: &mut AnyConnection, organization: &str, link: &str) -> Result<Vec<MessageRow>> {
    Ok(messages::table
        .filter(messages::organization_id.eq(organization))
        .filter(messages::link_id.eq(link))
        .order(messages::id.desc())
        .limit(50)
        .select(MessageRow::as_select())
        .load(c)?)
}

/// An organization's messages with the names on the links they are about, latest first.
///
/// # Errors
/// Those of the database.
pub fn list(
    c: &mut AnyConnection,
    organization: &str,
    after: Option<&str>,
    most: i64,
) -> Result<Vec<(MessageRow, Option<String>)>> {
    let mut query = messages::table
        .left_join(links::table)
        .filter(messages::organization_id.eq(organization))
        .select((MessageRow::as_select(), links::name.nullable()))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(messages::id.lt(after.to_owned()));
    }
    Ok(query.order(messages::id.desc()).limit(most).load(c)?)
}

/// One message.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn find(c: &mut AnyConnection, id: &str) -> Result<MessageRow> {
    Ok(messages::table.find(id).select(MessageRow::as_select()).first(c)?)
}

/// An organization's test messages, latest first.
///
/// # Errors
/// Those of the database.
pub fn tests(c: &mut AnyConnection, organization: &str, most: i64) -> Result<Vec<MessageRow>> {
    Ok(messages::table
        .filter(messages::organization_id.eq(organization))
        .filter(messages::kind.eq(TEST))
        .order(messages::id.desc())
        .limit(most)
        .select(MessageRow::as_select())
        .load(c)?)
}

/// How many tests an organization sent since a moment.
///
/// # Errors
/// Those of the database.
pub fn tests_since(c: &mut AnyConnection, organization: &str, since: Millis) -> Result<i64> {
    Ok(messages::table
        .filter(messages::organization_id.eq(organization))
        .filter(messages::kind.eq(TEST))
        .filter(messages::created_at.gt(since))
        .count()
        .get_result(c)?)
}

/// How many of an organization's messages, made since a moment, stand how.
///
/// # Errors
/// Those of the database.
pub fn states_since(c: &mut AnyConnection, organization: &str, since: Millis) -> Result<Vec<(String, i64)>> {
    Ok(messages::table
        .filter(messages::organization_id.eq(organization))
        .filter(messages::created_at.ge(since))
        .group_by(messages::state)
        .select((messages::state, diesel::dsl::count_star()))
        .load(c)?)
}
