//! What an organization may send, how much of it is left, and what is said when nothing is.

use super::actor::Actor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::connection::AnyConnection;
use crate::store::organization::{self, OrganizationRow};
use crate::store::quota::{self, Standing};
use crate::store::writer::Tx;
use app::text::{Language, when};
use domain::Millis;
use domain::channel::Channel;

/// The most that an organization can be allowed.
pub const MOST: i64 = 1_000_000_000;

/// How an organization stands with every channel.
///
/// # Errors
/// Those of the store.
pub fn gauges(c: &mut AnyConnection, organization: &OrganizationRow, now: Millis) -> Result<Vec<Standing>> {
    Channel::ALL.into_iter().rev().map(|channel| quota::standing(c, organization, channel, now)).collect()
}

/// Counts a link's first send on a channel, in the transaction that stores its message.
///
/// # Errors
/// `Refused` with what to do when nothing is left; those of the store.
pub(super) fn take(
    tx: &mut Tx<'_>,
    contact: Option<&str>,
    organization: &str,
    channel: Channel,
    link: &str,
) -> Result<()> {
    let Some(full) = quota::take(tx, organization, channel, link)? else {
        return Ok(());
    };
    let organization = organization::find(tx.connection, organization)?;
    Err(Error::Refused(said(&full, &organization.time_zone, contact)))
}

/// What is said at the limit: which, when it renews, and who can raise it.
fn said(full: &Standing, zone: &str, contact: Option<&str>) -> String {
    let limit = full.limit;
    let used = match (full.channel, limit) {
        (Channel::Sms, 0) => "Your organization may send no links by text message".to_owned(),
        (Channel::Email, 0) => "Your organization may send no links by e-mail".to_owned(),
        (Channel::Sms, 1) => "The one link by text message of this month is used".to_owned(),
        (Channel::Email, 1) => "The one link by e-mail that your organization may send is used".to_owned(),
        (Channel::Sms, _) => format!("All {limit} links by text message of this month are used"),
        (Channel::Email, _) => format!("All {limit} links by e-mail that your organization may send are used"),
    };
    let renews = full
        .renews_at
        .filter(|_| limit > 0)
        .map_or_else(String::new, |at| format!("; the next month begins on {}", when::day(at, zone, Language::En)));
    format!("{used}{renews}. The link itself works: copy it and send it yourself. For more, ask {}.", whom(contact))
}

/// Who can raise a quota.
#[must_use]
pub fn whom(contact: Option<&str>) -> &str {
    contact.unwrap_or("whoever runs this server")
}

/// Sets what an organization may send; what is left out stays as it is.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn set(app: &App, id: &str, sms: Option<i64>, email: Option<i64>) -> Result<OrganizationRow> {
    if sms.is_none() && email.is_none() {
        return Err(Error::Refused("Say which: --sms N for links a month, --email N for links in all.".into()));
    }
    if [sms, email].into_iter().flatten().any(|limit| !(0..=MOST).contains(&limit)) {
        return Err(Error::Refused(format!("A quota is a number from 0 to {MOST}.")));
    }
    let (id, actor) = (id.to_owned(), Actor::operator(id));
    app.db
        .write(move |tx| {
            let was = organization::lock(tx, &id)?;
            let (sms, email) = (sms.unwrap_or(was.sms_quota), email.unwrap_or(was.email_quota));
            organization::set_quotas(tx, &id, sms, email)?;
            let mut event = actor.event(tx.clock, tx.now, "organization.quota_set", &id);
            for (name, value) in [
                ("name", was.name.clone()),
                ("sms", sms.to_string()),
                ("email", email.to_string()),
                ("sms_before", was.sms_quota.to_string()),
                ("email_before", was.email_quota.to_string()),
            ] {
                event.detail.insert(name.into(), value);
            }
            tx.record(event);
            organization::find(tx.connection, &id)
        })
        .await
}
