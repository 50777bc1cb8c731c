//! Codes come and go with their links: issued in the transaction that makes or changes the link, retired with it.

use super::read::{OFFLINE_KEY, SERVER_SLOT};
use crate::app::App;
use crate::clock;
use crate::error::{Error, Result};
use crate::secret::{Keys, Signs};
use crate::service::actor::Actor;
use crate::store::code::{self, CodeRow, Due, Settings};
use crate::store::connection::AnyConnection;
use crate::store::link::{self, LinkRow};
use crate::store::organization;
use crate::store::writer::Tx;
use domain::Millis;
use domain::id::Kind as Id;
use domain::qr::{Flags, Kind, Offline, Online, Rotating, TooManyScopes, audience, step};
use domain::terminal::List;

/// An offline code lives no longer, milliseconds: so long its id stays in terminals' lists when it is blocked.
const LIFE_MS: i64 = 30 * DAY_MS;
/// The next one is there so long before the end.
const AHEAD_MS: i64 = 7 * DAY_MS;
/// Links renewed in one step.
const STEP: i64 = 50;
const DAY_MS: i64 = 86_400_000;
/// How often [`renew`] looks, milliseconds.
const HOUSEKEEPING_MS: i64 = 1_800_000;

/// The context a code's text is sealed for.
fn context(code: &str) -> String {
    format!("code:{code}")
}

/// When the offline code of a link that begins then is there, at the latest.
#[must_use]
pub fn comes_at(valid_from: Millis) -> Millis {
    valid_from - (LIFE_MS - DAY_MS) + 2 * HOUSEKEEPING_MS
}

/// What became of a link's codes in a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Issued {
    /// The new one.
    pub(crate) new: Option<String>,
    /// Those whose pictures are void.
    pub(crate) retired: Vec<String>,
}

impl Issued {
    /// Whether a picture that somebody may have saved is worth nothing now.
    pub(crate) fn voids_a_picture(&self) -> bool {
        !self.retired.is_empty()
    }

    /// Says it in the event of the change.
    pub(crate) fn describe(&self, detail: &mut std::collections::BTreeMap<String, String>) {
        if let Some(code) = &self.new {
            detail.insert("code".into(), code.clone());
        }
        if !self.retired.is_empty() {
            detail.insert("retired_codes".into(), self.retired.join(" "));
        }
    }
}

/// Says in an event how a link opens, where it is more than its page.
pub(crate) fn describe(detail: &mut std::collections::BTreeMap<String, String>, settings: Settings) {
    if let Some(kind) = settings.kind {
        detail.insert("qr".into(), kind.code().into());
    }
    if !settings.web {
        detail.insert("web".into(), "off".into());
    }
    if settings.off_line {
        detail.insert("qr_off_line".into(), "allowed".into());
    }
}

/// What a link's code goes by, before a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    kind: Option<Kind>,
    /// What an offline code says; a picture that says something else is void.
    words: Option<(Vec<u32>, Flags, Millis, Option<Millis>)>,
}

impl Said {
    /// By a link as it stands in this transaction.
    pub(crate) fn of(c: &mut AnyConnection, link: &LinkRow) -> Result<Self> {
        let settings = code::settings(c, &link.id)?;
        let words = if settings.kind == Some(Kind::Offline) {
            let scopes = code::scopes(c, &link.id)?;
            Some((scopes, flags(c, link, settings)?, link.valid_from, link.valid_until))
        } else {
            None
        };
        Ok(Self { kind: settings.kind, words })
    }

    /// Issues another code if the link's is of another kind now, or says something else.
    pub(crate) fn follow(&self, tx: &mut Tx<'_>, keys: &Keys, before: &LinkRow) -> Result<Issued> {
        let link = link::find(tx.connection, &before.organization_id, &before.id)?;
        if Self::of(tx.connection, &link)? == *self {
            return Ok(Issued::default());
        }
        let settings = code::settings(tx.connection, &link.id)?;
        follow(tx, keys, &link, settings)
    }
}

fn flags(c: &mut AnyConnection, link: &LinkRow, settings: Settings) -> Result<Flags> {
    let counted = link.max_uses.is_some() || link.cooldown_ms > 0;
    // A picture says nothing of its link's own hours, and a terminal must not open outside them.
    let needs_server = code::has_windows(c, &link.id)? || (counted && !settings.off_line);
    Ok(Flags { needs_server, once_per_terminal: counted && settings.off_line })
}

/// Retires a link's codes and issues what it shall have now. The link's row must be written before, in the same
/// transaction: who decides about a scan locks it.
pub(crate) fn follow(tx: &mut Tx<'_>, keys: &Keys, link: &LinkRow, settings: Settings) -> Result<Issued> {
    let retired = code::retire(tx, &link.id)?;
    let new = issue(tx, keys, link, settings)?;
    Ok(Issued { new, retired })
}

fn issue(tx: &mut Tx<'_>, keys: &Keys, link: &LinkRow, settings: Settings) -> Result<Option<String>> {
    let Some(kind) = settings.kind else {
        return Ok(None);
    };
    let id = tx.clock.id(Id::Code);
    let seal = |text: String| Some(keys.seal(&context(&id), text.as_bytes()));
    let (lookup, sealed, ends) = match kind {
        Kind::Online => {
            let online = Online(clock::random());
            (List::code_name(&online.hash()), seal(online.text()), None)
        }
        Kind::Offline => {
            let Some(code) = offline(tx, keys, link, settings)? else {
                return Ok(None);
            };
            let times = (i64::from(code.not_before) * 1_000, i64::from(code.not_after) * 1_000);
            (List::id_name(&code.id), seal(code.text()), Some(times))
        }
        Kind::Rotating => (List::id_name(&clock::random()), None, None),
    };
    let row = CodeRow {
        id: id.clone(),
        organization_id: link.organization_id.clone(),
        link_id: link.id.clone(),
        kind: kind.code().into(),
        lookup,
        sealed,
        not_before: ends.map(|(from, _)| from),
        not_after: ends.map(|(_, until)| until),
        last_step: -1,
        created_at: tx.now,
        retired_at: None,
    };
    code::insert(tx, &row)?;
    Ok(Some(id))
}

/// An offline code for a link as it is now; none when it begins too late for one, or opens nothing any more.
fn offline(tx: &mut Tx<'_>, keys: &Keys, link: &LinkRow, settings: Settings) -> Result<Option<Offline>> {
    let scopes = code::scopes(tx.connection, &link.id)?;
    let until = link.valid_until.unwrap_or(i64::MAX).min(tx.now + LIFE_MS);
    // Never longer than the link, not by a part of a second.
    let not_before = seconds(link.valid_from.max(0) + 999);
    let not_after = seconds(until);
    if scopes.is_empty() || not_before >= not_after {
        return Ok(None);
    }
    let unsigned = Offline {
        key: OFFLINE_KEY,
        audience: audience(&link.organization_id),
        id: clock::random(),
        flags: flags(tx.connection, link, settings)?,
        not_before,
        not_after,
        scopes,
        signature: [0; 64],
    };
    let key = keys.signing(&link.organization_id, Signs::Offline(OFFLINE_KEY));
    unsigned.sign(&key).map(Some).map_err(|TooManyScopes| Error::field("qr", TooManyScopes))
}

fn seconds(at: Millis) -> u32 {
    u32::try_from(at / 1_000).unwrap_or(if at < 0 { 0 } else { u32::MAX })
}

/// What a code shows at a moment.
///
/// # Errors
/// `Unavailable` when the key does not open it.
pub(crate) fn text(keys: &Keys, row: &CodeRow, now: Millis) -> Result<String> {
    let broken = || Error::Unavailable(format!("{} cannot be opened with this key", row.id));
    if row.kind == Kind::Rotating.code() {
        let badge = unhex(&row.lookup).ok_or_else(broken)?;
        let key = keys.signing(&row.organization_id, Signs::Rotating(badge));
        let audience = audience(&row.organization_id);
        return Ok(Rotating::sign(badge, SERVER_SLOT, step(seconds(now)), audience, &key).text());
    }
    let sealed = row.sealed.as_deref().ok_or_else(broken)?;
    let opened = keys.open(&context(&row.id), sealed).ok_or_else(broken)?;
    String::from_utf8(opened.to_vec()).map_err(|_| broken())
}

fn unhex(text: &str) -> Option<[u8; 10]> {
    let mut bytes = [0; 10];
    if text.len() != 20 {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Issues the next offline code of links that outlive the one they have. The old one stays good until its end.
///
/// # Errors
/// Those of the store.
pub async fn renew(app: &App) -> Result<()> {
    for owner in app.db.read(organization::all).await? {
        let mut after = String::new();
        loop {
            let (id, from, now) = (owner.id.clone(), after.clone(), app.clock.now());
            // A day less, so that the code of a link that begins late is good for a while when it comes.
            let due = Due { now, ends_before: now + AHEAD_MS, begins_before: now + LIFE_MS - DAY_MS };
            let links = app.db.read(move |c| code::to_renew(c, &id, due, &from, STEP)).await?;
            let Some(last) = links.last() else {
                break;
            };
            after.clone_from(last);
            for link in links {
                let (keys, organization) = (app.keys.clone(), owner.id.clone());
                app.db.write(move |tx| renew_one(tx, &keys, &organization, &link)).await?;
            }
        }
    }
    Ok(())
}

fn renew_one(tx: &mut Tx<'_>, keys: &Keys, organization: &str, id: &str) -> Result<()> {
    let link = link::find(tx.connection, organization, id)?;
    let settings = code::settings(tx.connection, id)?;
    let end = code::newest(tx.connection, organization, id)?.and_then(|row| row.not_after);
    let enough = |end: Millis| end >= tx.now + AHEAD_MS || link.valid_until.is_some_and(|until| end + 1_000 > until);
    if link.revoked_at.is_some() || settings.kind != Some(Kind::Offline) || end.is_some_and(enough) {
        return Ok(());
    }
    if let Some(new) = issue(tx, keys, &link, settings)? {
        let mut event = Actor::system(organization).event(tx.clock, tx.now, "link.code_renewed", id);
        Issued { new: Some(new), retired: Vec::new() }.describe(&mut event.detail);
        tx.record(event);
    }
    Ok(())
}
