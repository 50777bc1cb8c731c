//! What goes out by itself: a reminder before a link ends, and word to the host that the visitor is there.
//! Neither counts against a quota.

use super::actor::{Actor, add_person};
use crate::app::App;
use crate::error::Result;
use crate::store::link::{self, LinkRow};
use crate::store::message::{self, MessageRow};
use crate::store::organization::{self, OrganizationRow};
use crate::store::writer::Tx;
use domain::Millis;
use domain::channel::Channel;
use domain::id::Kind;
use domain::input;
use domain::link::State;

const HOUR_MS: i64 = 3_600_000;
/// An arrival that nobody was told of within this time is told no more, milliseconds.
const FRESH_MS: i64 = HOUR_MS;
/// Looked at in one go.
const STEP: i64 = 100;

/// Queues what is due for every organization; says how many messages that were.
///
/// # Errors
/// Those of the store.
pub async fn sweep(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let due = app
        .db
        .read(move |c| {
            let mut due = Vec::new();
            for organization in organization::all(c)? {
                if let Some(hours) = organization.reminder_hours {
                    let until = now + hours * HOUR_MS;
                    let links = link::to_remind(c, &organization.id, now, until, STEP)?;
                    due.extend(links.into_iter().map(|link| (organization.clone(), link, message::REMINDER)));
                }
                let links = link::to_announce(c, &organization.id, now - FRESH_MS, STEP)?;
                due.extend(links.into_iter().map(|link| (organization.clone(), link, message::ARRIVAL)));
            }
            Ok(due)
        })
        .await?;
    let mut queued = 0;
    for (organization, link, kind) in due {
        let id = app.clock.id(Kind::Message);
        let (organization_id, link_id) = (organization.id, link.id);
        let done = app.db.write(move |tx| queue(tx, &id, &organization_id, &link_id, kind)).await?;
        queued += usize::from(done);
    }
    if queued > 0 {
        app.outbox.notify_one();
    }
    Ok(queued)
}

/// Decides again in the transaction that stores the message: another process may have been first.
fn queue(tx: &mut Tx<'_>, id: &str, organization: &str, link: &str, kind: &'static str) -> Result<bool> {
    let organization = organization::lock(tx, organization)?;
    let link = link::find(tx.connection, &organization.id, link)?;
    let sent = message::of_link(tx.connection, &organization.id, &link.id)?;
    let wanted = if kind == message::REMINDER {
        is_to_remind(&organization, &link, &sent, tx.now).then(|| (Channel::Email, link.email.clone()))
    } else {
        is_to_announce(&link, &sent).then(|| host(&link)).flatten()
    };
    let Some((channel, recipient)) = wanted else {
        return Ok(false);
    };
    if kind == message::REMINDER {
        link::set_reminded(tx, &link.id)?;
    }
    let row = MessageRow {
        link_id: Some(link.id.clone()),
        secret_version: link.secret_version,
        ..MessageRow::new(id, &organization.id, kind, channel, &recipient, tx.now)
    };
    message::insert(tx, &row)?;
    let action = if kind == message::REMINDER { "link.reminded" } else { "link.announced" };
    let mut event = Actor::system(&organization.id).event(tx.clock, tx.now, action, &link.id);
    event.detail.insert("channel".into(), channel.code().into());
    event.detail.insert("message".into(), id.to_owned());
    let fact = if channel == Channel::Email { "email" } else { "phone" };
    add_person(&mut event, tx.clock, &[(fact, &recipient)]);
    tx.record(event);
    Ok(true)
}

/// Once for each end, while the link works, to those who got it by mail. Where the mail itself went out within the
/// reminder's time, half of what was left then goes by first: two mails at once would say one thing.
fn is_to_remind(organization: &OrganizationRow, link: &LinkRow, sent: &[MessageRow], now: Millis) -> bool {
    let (Some(hours), Some(until)) = (organization.reminder_hours, link.valid_until) else {
        return false;
    };
    let mailed = sent.iter().find(|row| {
        row.kind == message::LINK
            && row.channel == Channel::Email.code()
            && ["sent", "kept"].contains(&row.state.as_str())
    });
    let Some(mailed) = mailed.filter(|_| link.reminded_at.is_none() && link.state(now) == State::Active) else {
        return false;
    };
    let usual = until - hours * HOUR_MS;
    let from = if mailed.created_at <= usual { usual } else { mailed.created_at.midpoint(until) };
    !link.email.is_empty() && now >= from
}

/// Once for each link.
fn is_to_announce(link: &LinkRow, sent: &[MessageRow]) -> bool {
    link.notify_host && link.arrived_at.is_some() && sent.iter().all(|row| row.kind != message::ARRIVAL)
}

fn host(link: &LinkRow) -> Option<(Channel, String)> {
    reachable(&link.host_contact)
}

/// How a host can be told: by mail or text message, where their contact is plainly one of both.
#[must_use]
pub fn reachable(contact: &str) -> Option<(Channel, String)> {
    let contact = contact.trim();
    if contact.contains('@') {
        return input::email(contact).ok().filter(|email| email.contains('.')).map(|email| (Channel::Email, email));
    }
    input::e164(contact).ok().map(|number| (Channel::Sms, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> LinkRow {
        LinkRow {
            id: "link_1".into(),
            organization_id: "org_1".into(),
            name: "Ada".into(),
            email: "ada@keller.example".into(),
            phone: String::new(),
            company: String::new(),
            host_name: String::new(),
            host_contact: String::new(),
            note: String::new(),
            external_id: String::new(),
            language: String::new(),
            valid_from: 0,
            valid_until: Some(100 * HOUR_MS),
            max_uses: None,
            uses: 0,
            cooldown_ms: 0,
            paused_at: None,
            revoked_at: None,
            secret_hash: String::new(),
            secret_sealed: Vec::new(),
            secret_version: 1,
            first_opened_at: None,
            version: 1,
            created_at: 0,
            notify_host: true,
            reminded_at: None,
            arrived_at: None,
            last_used_at: None,
            name_key: String::new(),
        }
    }

    #[test]
    fn a_reminder_waits_for_its_time_and_not_for_the_mail_of_a_moment_ago() {
        let mut organization = OrganizationRow::new("org_1".into(), "N".into(), "UTC".into(), 0);
        let mailed = |at: i64| {
            let row = MessageRow::new(
                "message_1",
                "org_1",
                message::LINK,
                Channel::Email,
                "ada@keller.example",
                at * HOUR_MS,
            );
            vec![MessageRow { state: "sent".into(), ..row }]
        };
        let due = |organization: &OrganizationRow, link: &LinkRow, sent: i64, now: i64| {
            is_to_remind(organization, link, &mailed(sent), now * HOUR_MS)
        };
        assert!(!due(&organization, &link(), 1, 99), "off by default");
        organization.reminder_hours = Some(24);
        assert!(!due(&organization, &link(), 1, 75) && due(&organization, &link(), 1, 76));
        assert!(due(&organization, &link(), 70, 76), "a mail well before does not put it off");
        assert!(!due(&organization, &link(), 90, 91) && due(&organization, &link(), 90, 95));
        assert!(!due(&organization, &link(), 1, 100), "it has ended");
        for changed in [
            LinkRow { paused_at: Some(1), ..link() },
            LinkRow { reminded_at: Some(1), ..link() },
            LinkRow { valid_until: None, ..link() },
            LinkRow { email: String::new(), ..link() },
        ] {
            assert!(!due(&organization, &changed, 1, 90));
        }
        assert!(!is_to_remind(&organization, &link(), &[], 90 * HOUR_MS), "nor who never got it by mail");
    }

    #[test]
    fn a_host_is_told_where_their_contact_is_an_address_or_a_whole_number() {
        for (contact, told) in [
            ("jonas@northwind.example", Some((Channel::Email, "jonas@northwind.example"))),
            ("+49 30 555 0117", Some((Channel::Sms, "+49305550117"))),
            ("030 5550117", None),
            ("Reception, room 12", None),
            ("@jonas", None),
            ("", None),
        ] {
            let found = host(&LinkRow { host_contact: contact.into(), ..link() });
            assert_eq!(found.as_ref().map(|(channel, to)| (*channel, to.as_str())), told, "{contact}");
        }
    }
}
