//! What an organization decides for itself, checked as a whole, each change with its event.

use super::actor::Actor;
use super::logo::{self, Picture};
use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::store::message::{self, MessageRow};
use crate::store::organization::{self, OrganizationRow};
use crate::store::settings::{self, Change, General, LogoRow, Looks, Notices, TextRow};
use crate::store::writer::Tx;
use app::text::Language;
use app::text::mail::own;
use domain::channel::Channel;
use domain::colour::Colour;
use domain::id::Kind;
use domain::input;
use std::collections::BTreeMap;

/// The longest that links can be good for at all, days.
pub const MOST_DAYS: i64 = 3_650;
/// The least idle time that an organization can set, minutes.
pub const LEAST_IDLE: i64 = 5;

/// What the general form gives, as typed.
#[derive(Clone, Debug, Default)]
pub struct GeneralInput {
    /// What it is called.
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// Days from today.
    pub default_validity_days: String,
    /// Days.
    pub max_validity_days: String,
    /// Minutes, or empty.
    pub session_idle_minutes: String,
    /// Hours, or empty.
    pub session_hours: String,
}

/// What the messages form gives, as typed.
#[derive(Clone, Debug, Default)]
pub struct MessagesInput {
    /// Hours, or empty for none.
    pub reminder_hours: String,
    /// Whether new links tell the host of the arrival.
    pub arrival_notice: bool,
    /// Subject and greeting in each language.
    pub words: Vec<(Language, own::OwnWords)>,
}

fn optional(text: &str, least: i64, most: i64) -> std::result::Result<Option<i64>, input::Refused> {
    match text.trim() {
        "" => Ok(None),
        text => input::number(text, least, most).map(Some),
    }
}

/// Records which settings have which value now, where it is another than before.
fn record(tx: &mut Tx<'_>, actor: &Actor, what: &str, name: &str, values: &[(&str, String, String)]) {
    let mut event = actor.event(tx.clock, tx.now, "organization.changed", &actor.organization);
    event.detail = BTreeMap::from([("name".to_owned(), name.to_owned()), ("what".to_owned(), what.to_owned())]);
    let changed: Vec<_> = values.iter().filter(|(_, before, after)| before != after).collect();
    // Saved as it was: nothing happened.
    if changed.is_empty() {
        return;
    }
    for (key, before, after) in changed {
        event.detail.insert((*key).to_owned(), after.clone());
        event.detail.insert(format!("{key}_before"), before.clone());
    }
    tx.record(event);
}

fn said(number: Option<i64>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| number.to_string())
}

/// Changes name, zone, validity and sessions.
///
/// # Errors
/// `Fields`, `Stale`; those of the store.
pub async fn general(app: &App, actor: &Actor, version: i64, typed: &GeneralInput) -> Result<()> {
    let mut checks = Checks::default();
    let idle = i64::from(app.config.session_idle_minutes);
    let general = General {
        name: checks.take("name", input::line(&typed.name, 100)),
        time_zone: checks.take("time_zone", super::zone(&typed.time_zone)),
        default_validity_days: checks
            .take("default_validity_days", input::number(&typed.default_validity_days, 0, MOST_DAYS)),
        max_validity_days: checks.take("max_validity_days", input::number(&typed.max_validity_days, 1, MOST_DAYS)),
        session_idle_minutes: checks
            .take("session_idle_minutes", optional(&typed.session_idle_minutes, LEAST_IDLE.min(idle), idle)),
        session_hours: checks
            .take("session_hours", optional(&typed.session_hours, 1, i64::from(app.config.session_hours))),
    };
    let both = input::number(&typed.max_validity_days, 1, MOST_DAYS).is_ok();
    if both && general.default_validity_days > general.max_validity_days {
        checks.note("default_validity_days", "This is longer than the longest. Choose fewer days, or allow more.");
    }
    checks.done()?;
    let (actor, now) = (actor.clone(), Change::General(general));
    app.db
        .write(move |tx| {
            let before = crate::store::organization::find(tx.connection, &actor.organization)?;
            let after = settings::update(tx, &actor.organization, version, &now)?;
            let values = [
                ("called", before.name, after.name.clone()),
                ("time_zone", before.time_zone, after.time_zone.clone()),
                ("default_days", before.default_validity_days.to_string(), after.default_validity_days.to_string()),
                ("most_days", before.max_validity_days.to_string(), after.max_validity_days.to_string()),
                ("session_idle_minutes", said(before.session_idle_minutes), said(after.session_idle_minutes)),
                ("session_hours", said(before.session_hours), said(after.session_hours)),
            ];
            record(tx, &actor, "general", &after.name, &values);
            Ok(())
        })
        .await
}

/// Changes what is sent by itself, and in which words.
///
/// # Errors
/// `Fields`, `Stale`; those of the store.
pub async fn messages(app: &App, actor: &Actor, version: i64, typed: &MessagesInput) -> Result<()> {
    let mut checks = Checks::default();
    let notices = Notices {
        reminder_hours: checks.take("reminder_hours", optional(&typed.reminder_hours, 1, 720)),
        arrival_notice: typed.arrival_notice,
    };
    let mut texts = Vec::new();
    for (language, words) in &typed.words {
        let (subject, greeting) = match language {
            Language::En => ("subject_en", "greeting_en"),
            Language::De => ("subject_de", "greeting_de"),
        };
        texts.push(TextRow {
            organization_id: actor.organization.clone(),
            language: language.code().to_owned(),
            subject: checks.take(subject, words_in(&words.subject)),
            greeting: checks.take(greeting, words_in(&words.greeting)),
        });
    }
    checks.done()?;
    let (actor, now) = (actor.clone(), Change::Notices(notices));
    app.db
        .write(move |tx| {
            let before = crate::store::organization::find(tx.connection, &actor.organization)?;
            let own = settings::texts(tx.connection, &actor.organization)?;
            let after = settings::update(tx, &actor.organization, version, &now)?;
            let mut values = vec![
                ("reminder_hours", said(before.reminder_hours), said(after.reminder_hours)),
                ("arrival_notice", before.arrival_notice.to_string(), after.arrival_notice.to_string()),
            ];
            for text in &texts {
                settings::put_text(tx, text)?;
                let was = own.iter().find(|row| row.language == text.language).cloned().unwrap_or_default();
                let (subject, greeting) =
                    if text.language == "de" { ("subject_de", "greeting_de") } else { ("subject_en", "greeting_en") };
                values.push((subject, was.subject, text.subject.clone()));
                values.push((greeting, was.greeting, text.greeting.clone()));
            }
            record(tx, &actor, "messages", &after.name, &values);
            Ok(())
        })
        .await
}

fn words_in(text: &str) -> std::result::Result<String, String> {
    let line = input::optional_line(text, 150).map_err(|refused| refused.to_string())?;
    own::check(&line).map(|()| line)
}

/// Changes the colour; empty is ours.
///
/// # Errors
/// `Fields`, `Stale`; those of the store.
pub async fn colour(app: &App, actor: &Actor, version: i64, typed: &str) -> Result<()> {
    let colour = match typed.trim() {
        "" => String::new(),
        typed => Colour::accent(typed).map_err(|refused| Error::field("colour", refused))?.to_string(),
    };
    let (actor, now) = (actor.clone(), Change::Looks(Looks { colour }));
    app.db
        .write(move |tx| {
            let before = crate::store::organization::find(tx.connection, &actor.organization)?;
            let after = settings::update(tx, &actor.organization, version, &now)?;
            record(tx, &actor, "looks", &after.name, &[("colour", before.colour, after.colour.clone())]);
            Ok(())
        })
        .await
}

/// Makes what was uploaded the logo.
///
/// # Errors
/// `Fields` with what is wrong with the file, `Stale`; those of the store.
pub async fn put_logo(app: &App, actor: &Actor, version: i64, bytes: Option<Vec<u8>>) -> Result<()> {
    let bytes = bytes.ok_or_else(|| Error::field("logo", "Choose a PNG or SVG first."))?;
    let made = tokio::task::spawn_blocking(move || logo::make(bytes)).await;
    let made = made.map_err(|cause| Error::Unavailable(format!("a logo could not be made: {cause}")))?;
    let Picture { png, width, height } = made.map_err(|refused| Error::field("logo", refused))?;
    let row = LogoRow {
        organization_id: actor.organization.clone(),
        hash: domain::chain::hex(&domain::chain::sha256(&[&png])),
        png,
        width: width.into(),
        height: height.into(),
        updated_at: app.clock.now(),
    };
    change_logo(app, actor, version, Some(row)).await
}

/// Removes the logo.
///
/// # Errors
/// `Refused` when there is none, `Stale`; those of the store.
pub async fn remove_logo(app: &App, actor: &Actor, version: i64) -> Result<()> {
    change_logo(app, actor, version, None).await
}

async fn change_logo(app: &App, actor: &Actor, version: i64, row: Option<LogoRow>) -> Result<()> {
    let actor = actor.clone();
    app.db
        .write(move |tx| {
            let after = settings::touch(tx, &actor.organization, version)?;
            let gone = settings::put_logo(tx, &actor.organization, row.as_ref())?;
            if row.is_none() && !gone {
                return Err(Error::Refused("There is no logo to remove.".into()));
            }
            let hash = row.as_ref().map_or_else(|| "none".to_owned(), |row| row.hash.clone());
            record(tx, &actor, "looks", &after.name, &[("logo", String::new(), hash)]);
            Ok(())
        })
        .await
}

/// Puts a test into the outbox; it does not count. Says the message's id.
///
/// # Errors
/// `Fields`; `Refused` when too many went out within a minute or an hour; those of the store.
pub async fn test(app: &App, actor: &Actor, channel: Channel, to: &str) -> Result<String> {
    let (field, checked) = match channel {
        Channel::Email => ("email", input::email(to)),
        Channel::Sms => ("phone", input::e164(to)),
    };
    let to = checked.map_err(|refused| Error::field(field, refused))?;
    if to.is_empty() {
        return Err(Error::field(field, input::Refused::Empty));
    }
    let (actor, id) = (actor.clone(), app.clock.id(Kind::Message));
    app.db
        .write(move |tx| {
            // Text messages cost; a test is for looking, not for sending.
            organization::lock(tx, &actor.organization)?;
            let hour = message::tests_since(tx.connection, &actor.organization, tx.now - HOUR_MS)?;
            if hour >= TESTS_AN_HOUR {
                return Err(Error::Refused(
                    "Ten tests went out within an hour, which is the most. Try again later; what became of the last ones stands below.".into(),
                ));
            }
            if message::tests_since(tx.connection, &actor.organization, tx.now - TEST_PAUSE_MS)? > 2 {
                return Err(Error::Refused(
                    "Three tests went out within a minute. Wait a little, then try again.".into(),
                ));
            }
            let row = MessageRow::new(&id, &actor.organization, message::TEST, channel, &to, tx.now);
            message::insert(tx, &row)?;
            let mut event = actor.event(tx.clock, tx.now, "organization.tested", &actor.organization);
            event.detail.insert("channel".into(), channel.code().into());
            event.detail.insert("message".into(), id.clone());
            tx.record(event);
            Ok(id.clone())
        })
        .await
}

/// Three tests within this time are enough, milliseconds.
const TEST_PAUSE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
/// The most tests of an organization within an hour: whoever finds a session open must not write to the world by it.
const TESTS_AN_HOUR: i64 = 10;

/// The organization's own words, for each language.
#[must_use]
pub fn words(rows: &[TextRow], language: Language) -> own::OwnWords {
    rows.iter().find(|row| row.language == language.code()).map_or_else(own::OwnWords::default, |row| own::OwnWords {
        subject: row.subject.clone(),
        greeting: row.greeting.clone(),
    })
}

/// The organization's colour, where it has one.
#[must_use]
pub fn colour_of(organization: &OrganizationRow) -> Option<Colour> {
    Colour::parse(&organization.colour).ok()
}
