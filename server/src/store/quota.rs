//! What an organization sent of what it may: a counter for each channel and period, and a row for each link counted.

use super::connection::AnyConnection;
use super::organization::{self, OrganizationRow};
use super::schema::{quota_counters, quota_uses};
use super::writer::Tx;
use crate::error::Result;
use app::text::when;
use diesel::prelude::*;
use domain::Millis;
use domain::channel::Channel;

/// How an organization stands with a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The channel.
    pub channel: Channel,
    /// The month, `2026-11`; empty where all time counts.
    pub period: String,
    /// Links counted in it.
    pub used: i64,
    /// Links allowed in it.
    pub limit: i64,
    /// When the next period begins; none where all time counts.
    pub renews_at: Option<Millis>,
}

impl Standing {
    /// Whether nothing is left.
    #[must_use]
    pub fn full(&self) -> bool {
        self.used >= self.limit
    }
}

/// How an organization stands with a channel.
///
/// # Errors
/// Those of the database.
pub fn standing(
    c: &mut AnyConnection,
    organization: &OrganizationRow,
    channel: Channel,
    now: Millis,
) -> Result<Standing> {
    let of_channel = quota_counters::table
        .filter(quota_counters::organization_id.eq(&organization.id))
        .filter(quota_counters::channel.eq(channel.code()));
    let last: Option<(String, i64)> = of_channel
        .order(quota_counters::period.desc())
        .select((quota_counters::period, quota_counters::used))
        .first(c)
        .optional()?;
    let (limit, period) = match channel {
        Channel::Email => (organization.email_quota, String::new()),
        Channel::Sms => (organization.sms_quota, when::month(now, &organization.time_zone)),
    };
    // Where a later month was counted in already, the clock or the zone was set back: that month goes on, so that
    // nothing used comes back.
    let (period, used) = match last {
        Some((last, used)) if last >= period => (last, used),
        _ => (period, 0),
    };
    let renews_at = when::after_month(&period, &organization.time_zone);
    Ok(Standing { channel, period, used, limit, renews_at })
}

/// Counts a link's first send on a channel; later ones are free. Says how the organization stands when nothing is
/// left, and counts nothing then.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn take(tx: &mut Tx<'_>, organization: &str, channel: Channel, link: &str) -> Result<Option<Standing>> {
    // Whoever counts for an organization does so alone.
    let organization = organization::lock(tx, organization)?;
    let key = (organization.id.as_str(), channel.code(), link);
    let counted: i64 = quota_uses::table.find(key).count().get_result(tx.connection)?;
    if counted > 0 {
        return Ok(None);
    }
    let standing = standing(tx.connection, &organization, channel, tx.now)?;
    if standing.full() {
        return Ok(Some(standing));
    }
    let counter = (organization.id.as_str(), channel.code(), standing.period.as_str());
    let counter = quota_counters::table.find(counter);
    let updated = diesel::update(counter).set(quota_counters::used.eq(standing.used + 1)).execute(tx.connection)?;
    if updated == 0 {
        diesel::insert_into(quota_counters::table)
            .values((
                quota_counters::organization_id.eq(&organization.id),
                quota_counters::channel.eq(channel.code()),
                quota_counters::period.eq(&standing.period),
                quota_counters::used.eq(1),
            ))
            .execute(tx.connection)?;
    }
    diesel::insert_into(quota_uses::table)
        .values((
            quota_uses::organization_id.eq(&organization.id),
            quota_uses::channel.eq(channel.code()),
            quota_uses::link_id.eq(link),
            quota_uses::period.eq(&standing.period),
            quota_uses::used_at.eq(tx.now),
        ))
        .execute(tx.connection)?;
    Ok(None)
}
