//! A link's way to its visitor: its address, by mail, by text message, by WhatsApp, and the first time it is opened.

use super::change::context;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::HashedSecret;
use crate::service::actor::{Actor, add_person};
use crate::service::quota;
use crate::store::link::{self, LinkRow};
use crate::store::message::{self, MessageRow};
use crate::store::{organization, throttle};
use app::text::Language;
use domain::channel::Channel;
use domain::event::Outcome;
use domain::id::Kind;
use domain::input;
use domain::link::{Change, may};

/// Between two messages of one link on a channel, milliseconds: a mail bomb must not come from a door.
const RESEND_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// Sends of one link on one channel within a day. Only the first one counts against the quota, so that without an end
/// a changed number or secret would be a way around it.
const MOST_A_DAY: usize = 10;

/// A link's address, with its secret.
///
/// # Errors
/// `Unavailable` when the key does not open it.
pub fn address(app: &App, link: &LinkRow) -> Result<String> {
    let secret = app
        .keys
        .open(&context(&link.id), &link.secret_sealed)
        .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
        .ok_or_else(|| Error::Unavailable(format!("the secret of {} cannot be opened with this key", link.id)))?;
    Ok(format!("{}/l/{secret}", app.base_url()))
}

/// Shows a link's address to an admin; that it was shown is an event.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn show(app: &App, actor: &Actor, id: &str, channel: &'static str) -> Result<(LinkRow, String)> {
    let (who, link_id) = (actor.clone(), id.to_owned());
    let link = app
        .db
        .write(move |tx| {
            let link = link::find(tx.connection, &who.organization, &link_id)?;
            if link.revoked_at.is_some() {
                return Err(Error::Refused("This link is revoked; its address opens nothing any more.".into()));
            }
            let mut event = who.event(tx.clock, tx.now, "link.shown", &link_id);
            event.detail.insert("channel".into(), channel.into());
            tx.record(event);
            Ok(link)
        })
        .await?;
    let address = address(app, &link)?;
    Ok((link, address))
}

/// Where WhatsApp is told to begin a message with the link.
///
/// # Errors
/// As [`show`].
pub async fn whatsapp(app: &App, actor: &Actor, id: &str) -> Result<String> {
    let (link, address) = show(app, actor, id, "whatsapp").await?;
    let organization_id = actor.organization.clone();
    let organization = app.db.read(move |c| organization::find(c, &organization_id)).await?;
    let language = Language::choose(Some(&link.language).filter(|code| !code.is_empty()).map(String::as_str), "");
    let words = match language {
        Language::De => format!("Hallo {}, hier ist Ihr Zugang zu {}: {address}", link.name, organization.name),
        Language::En => format!("Hello {}, here is your access to {}: {address}", link.name, organization.name),
    };
    // A number without its country's code is none to WhatsApp, which then asks whom to write to.
    let number = link.phone.strip_prefix('+').unwrap_or_default();
    let text = percent_encoding::utf8_percent_encode(&words, percent_encoding::NON_ALPHANUMERIC);
    Ok(format!("https://wa.me/{number}?text={text}"))
}

/// Puts a link into the outbox, to be sent on a channel. Says to whom.
///
/// # Errors
/// `NotFound`; `Refused` without an address, after its end, too soon after the last time, or when the quota is used
/// up; those of the store.
pub async fn send(app: &App, actor: &Actor, id: &str, channel: Channel) -> Result<String> {
    let (actor, id, contact) = (actor.clone(), id.to_owned(), app.config.operator_contact.clone());
    let message = app.clock.id(Kind::Message);
    let recipient = app
        .db
        .write(move |tx| {
            let link = link::find(tx.connection, &actor.organization, &id)?;
            may(Change::Send, link.state(tx.now)).map_err(|refused| Error::Refused(refused.to_string()))?;
            let recipient = recipient(&link, channel)?;
            let sent = message::of_link(tx.connection, &actor.organization, &id)?;
            if sent.iter().any(|row| {
                row.kind == message::LINK
                    && row.channel == channel.code()
                    && row.created_at > tx.now - RESEND_MS
                    && row.recipient == recipient
                    && row.secret_version == link.secret_version
            }) {
                return Err(Error::Refused(
                    "This link was sent less than a minute ago. Give it a moment to arrive.".into(),
                ));
            }
            let lately = |row: &&MessageRow| {
                row.kind == message::LINK && row.channel == channel.code() && row.created_at > tx.now - DAY_MS
            };
            if sent.iter().filter(lately).count() >= MOST_A_DAY {
                return Err(Error::Refused(
                    "This link was sent ten times within a day. Copy it, or send it again tomorrow.".into(),
                ));
            }
            // With the message in one transaction: neither is there without the other.
            quota::take(tx, contact.as_deref(), &actor.organization, channel, &id)?;
            let row = MessageRow {
                link_id: Some(id.clone()),
                secret_version: link.secret_version,
                ..MessageRow::new(&message, &actor.organization, message::LINK, channel, &recipient, tx.now)
            };
            message::insert(tx, &row)?;
            let mut event = actor.event(tx.clock, tx.now, "link.sent", &id);
            event.detail.insert("channel".into(), channel.code().into());
            event.detail.insert("message".into(), message.clone());
            let fact = if channel == Channel::Email { "email" } else { "phone" };
            add_person(&mut event, tx.clock, &[(fact, &recipient)]);
            tx.record(event);
            Ok(recipient)
        })
        .await?;
    Ok(recipient)
}

/// Where a link goes on a channel.
fn recipient(link: &LinkRow, channel: Channel) -> Result<String> {
    let refused = |sentence: &str| Err(Error::Refused(sentence.into()));
    match channel {
        Channel::Email if link.email.is_empty() => {
            refused("This link has no e-mail address. Edit it to add one, or copy the link.")
        }
        Channel::Email => Ok(link.email.clone()),
        Channel::Sms if link.phone.is_empty() => {
            refused("This link has no phone number. Edit it to add one, or copy the link.")
        }
        Channel::Sms => input::e164(&link.phone).or_else(|_| {
            refused("A text message needs the number with its country code, such as +49 30 555 0117. Edit the link to correct it, or copy the link.")
        }),
    }
}

/// Guesses of secrets that are let through, per client and minute.
const MISSES: throttle::Limit = throttle::Limit { failures: 30, window_ms: 60_000 };

/// What a visitor's secret opens, and the note of its first opening. A miss is counted against the client. Whoever has
/// a link's secret is let in whatever others of their network tried: 192 bits are not guessed, however often.
///
/// # Errors
/// `NotFound`, the same whatever was wrong; `TooMany` for a miss after too many others.
pub async fn open_address(app: &App, secret: &str, client: &str) -> Result<LinkRow> {
    let key = format!("miss:{client}");
    let (hash, now, read_key) = (HashedSecret::of(secret).to_hex(), app.clock.now(), key.clone());
    let found = app
        .db
        .read(move |c| {
            let found = link::by_secret(c, &hash);
            if matches!(found, Err(Error::NotFound))
                && let Some(wait) = throttle::wait(c, &read_key, MISSES, now)?
            {
                return Err(Error::TooMany(u64::try_from(wait / 1_000 + 1).unwrap_or(60)));
            }
            found
        })
        .await;
    match found {
        Ok(link) => {
            if link.first_opened_at.is_none() {
                note_first_opening(app, &link).await;
            }
            Ok(link)
        }
        Err(Error::NotFound) => {
            tracing::info!(client, "a secret that is no link's was tried");
            app.db.write(move |tx| throttle::count(tx, &key, MISSES)).await?;
            Err(Error::NotFound)
        }
        Err(other) => Err(other),
    }
}

async fn note_first_opening(app: &App, link: &LinkRow) {
    let (id, organization) = (link.id.clone(), link.organization_id.clone());
    let noted = app
        .db
        .write(move |tx| {
            if link::set_first_opened(tx, &id)? {
                let mut event = Actor::system(&organization).event(tx.clock, tx.now, "link.opened", &id);
                event.actor = "visitor".into();
                event.credential = Some(id.clone());
                event.outcome = Outcome::Done;
                tx.record(event);
            }
            Ok(())
        })
        .await;
    // The visitor's way in must not hang on a note.
    if let Err(cause) = noted {
        tracing::warn!(?cause, "the first opening of a link could not be noted");
    }
}
