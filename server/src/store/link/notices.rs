//! Links of which somebody is to be told.

use super::LinkRow;
use super::list::minute;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::message;
use crate::store::schema::{links, messages};
use crate::store::writer::Tx;
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use domain::Millis;
use domain::channel::Channel;

/// Links that end before a moment and whose visitors got them by mail but no reminder yet, the soonest first.
///
/// # Errors
/// Those of the database.
pub fn to_remind(
    c: &mut AnyConnection,
    organization: &str,
    now: Millis,
    until: Millis,
    most: i64,
) -> Result<Vec<LinkRow>> {
    let mailed = messages::table
        .filter(messages::link_id.eq(links::id.nullable()))
        .filter(messages::kind.eq(message::LINK))
        .filter(messages::channel.eq(Channel::Email.code()))
        .filter(messages::state.eq_any(["sent", "kept"]));
    Ok(links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::valid_until.gt(now))
        .filter(links::valid_until.le(until))
        .filter(links::valid_from.le(now))
        .filter(links::revoked_at.is_null())
        .filter(links::paused_at.is_null())
        .filter(links::reminded_at.is_null())
        .filter(exists(mailed))
        .order((links::valid_until, links::id))
        .limit(most)
        .select(LinkRow::as_select())
        .load(c)?)
}

/// Links whose visitors arrived since a moment and whose hosts are to be told and were not yet.
///
/// # Errors
/// Those of the database.
pub fn to_announce(c: &mut AnyConnection, organization: &str, since: Millis, most: i64) -> Result<Vec<LinkRow>> {
    let told =
        messages::table.filter(messages::link_id.eq(links::id.nullable())).filter(messages::kind.eq(message::ARRIVAL));
    Ok(links::table
        .filter(links::organization_id.eq(organization))
        // No link arrives later than it was used last, and by that there is an index.
        .filter(sql::<Bool>("links.used_minute >= ").bind::<BigInt, _>(minute(since)))
        .filter(links::arrived_at.ge(since))
        .filter(links::notify_host)
        .filter(diesel::dsl::not(exists(told)))
        .order(links::id)
        .limit(most)
        .select(LinkRow::as_select())
        .load(c)?)
}

/// Notes that a link's visitor is reminded of this end.
///
/// # Errors
/// Those of the database.
pub fn set_reminded(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    diesel::update(links::table.find(id)).set(links::reminded_at.eq(tx.now)).execute(tx.connection)?;
    Ok(())
}

/// Forgets the reminder: the link has another end now.
///
/// # Errors
/// Those of the database.
pub fn forget_reminder(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    diesel::update(links::table.find(id)).set(links::reminded_at.eq(None::<i64>)).execute(tx.connection)?;
    Ok(())
}
