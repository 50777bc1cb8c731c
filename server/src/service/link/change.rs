//! What admins do to links. Each change reads the link and decides within its own transaction.

use super::draft::{self, Draft, LinkInput};
use super::grants;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::{Keys, PlainSecret};
use crate::service::actor::{Actor, add_person};
use crate::service::code;
use crate::store::code as codes;
use crate::store::door;
use crate::store::group;
use crate::store::link::{self, Grants, LinkRow};
use crate::store::organization::{self, OrganizationRow};
use crate::store::writer::Tx;
use domain::id::Kind;
use domain::link::{Change, may};

/// The context a link's secret is sealed for, so that it cannot be put into another row.
pub(super) fn context(link: &str) -> String {
    format!("link:{link}")
}

async fn organization(app: &App, actor: &Actor) -> Result<OrganizationRow> {
    let id = actor.organization.clone();
    app.db.read(move |c| organization::find(c, &id)).await
}

/// Checks what was typed about a new link, or about this one, as a whole.
async fn check(app: &App, actor: &Actor, id: Option<&str>, typed: &LinkInput) -> Result<Draft> {
    let organization = organization(app, actor).await?;
    let was = match id {
        Some(id) => {
            let (owner, id) = (actor.organization.clone(), id.to_owned());
            let row = app.db.read(move |c| link::find(c, &owner, &id)).await?;
            Some((row.valid_from, row.valid_until))
        }
        None => None,
    };
    let zones = zones(app, actor, typed).await?;
    draft::check(typed, actor, &organization, &zones, was, app.clock.now())
}

/// The zones of the chosen doors' places; none are looked up where the end is given.
async fn zones(app: &App, actor: &Actor, typed: &LinkInput) -> Result<Vec<String>> {
    if typed.never_expires || !typed.valid_until.trim().is_empty() {
        return Ok(Vec::new());
    }
    let (owner, mut doors, groups) = (actor.organization.clone(), typed.doors.clone(), typed.groups.clone());
    app.db
        .read(move |c| {
            if !groups.is_empty() {
                let chosen = group::all(c, &owner)?.into_iter().filter(|group| groups.contains(&group.row.id));
                doors.extend(chosen.flat_map(|group| group.door_ids));
            }
            let all = door::all(c, &owner)?.into_iter().filter(|at| doors.contains(&at.door.id));
            Ok(all.map(|at| at.place.time_zone).collect())
        })
        .await
}

/// Says what is wrong with what was typed about a new link, or about this one; changes nothing.
///
/// # Errors
/// `Fields`, `NotFound`; those of the store.
pub async fn refuses(app: &App, actor: &Actor, id: Option<&str>, typed: &LinkInput) -> Result<()> {
    check(app, actor, id, typed).await.map(drop)
}

/// Makes a link.
///
/// # Errors
/// `Fields`; those of the store.
pub async fn create(app: &App, actor: &Actor, typed: &LinkInput) -> Result<String> {
    let draft = check(app, actor, None, typed).await?;
    let id = app.clock.id(Kind::Link);
    put(app, actor, draft, id.clone(), false).await?;
    Ok(id)
}

/// Stores a checked link under an id. `once` says no, and does nothing, when the id or the external id is there
/// already.
pub(super) async fn put(app: &App, actor: &Actor, draft: Draft, id: String, once: bool) -> Result<bool> {
    let secret = PlainSecret::new();
    let row = LinkRow {
        id: id.clone(),
        organization_id: actor.organization.clone(),
        name: draft.change.name,
        email: draft.change.email,
        phone: draft.change.phone,
        company: draft.change.company,
        host_name: draft.change.host_name,
        host_contact: draft.change.host_contact,
        note: draft.change.note,
        external_id: draft.change.external_id,
        language: draft.change.language,
        valid_from: draft.change.valid_from,
        valid_until: draft.change.valid_until,
        max_uses: draft.change.max_uses,
        uses: 0,
        cooldown_ms: draft.change.cooldown_ms,
        paused_at: None,
        revoked_at: None,
        secret_hash: secret.hash().to_hex(),
        secret_sealed: app.keys.seal(&context(&id), secret.expose().as_bytes()),
        secret_version: 1,
        first_opened_at: None,
        version: 1,
        created_at: app.clock.now(),
        notify_host: draft.change.notify_host,
        reminded_at: None,
        arrived_at: None,
        last_used_at: None,
        name_key: draft.change.name_key,
    };
    let (actor, grants, settings, keys) = (actor.clone(), draft.grants, draft.code, app.keys.clone());
    app.db
        .write(move |tx| {
            if once && link::is_there(tx.connection, &row.organization_id, &row.id, &row.external_id)? {
                return Ok(false);
            }
            link::insert(tx, &row, &grants)?;
            codes::put_settings(tx, &row.organization_id, &row.id, settings)?;
            let issued = code::follow(tx, &keys, &row, settings)?;
            let mut event = actor.event(tx.clock, tx.now, "link.created", &row.id);
            describe(&mut event.detail, row.valid_from, row.valid_until, row.max_uses, &grants);
            code::describe(&mut event.detail, settings);
            issued.describe(&mut event.detail);
            add_person(&mut event, tx.clock, &[("name", &row.name), ("email", &row.email), ("phone", &row.phone)]);
            tx.record(event);
            Ok(true)
        })
        .await
}

fn describe(
    detail: &mut std::collections::BTreeMap<String, String>,
    from: i64,
    until: Option<i64>,
    max_uses: Option<i64>,
    grants: &Grants,
) {
    grants::describe(detail, grants);
    detail.insert("valid_from".into(), from.to_string());
    detail.insert("valid_until".into(), until.map_or("never".into(), |until| until.to_string()));
    if let Some(max) = max_uses {
        detail.insert("max_uses".into(), max.to_string());
    }
}

/// A link that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Whose it is.
    pub name: String,
    /// Whether a picture of its code that somebody saved opens nothing any more.
    pub void_picture: bool,
}

/// Changes what a link says and opens.
///
/// # Errors
/// `Fields`, `NotFound`, `Stale`, `Refused`; those of the store.
pub async fn edit(app: &App, actor: &Actor, id: &str, version: i64, typed: &LinkInput) -> Result<Changed> {
    let draft = check(app, actor, Some(id), typed).await?;
    let (actor, id, keys) = (actor.clone(), id.to_owned(), app.keys.clone());
    app.db
        .write(move |tx| {
            let before = allowed(tx, &actor, &id, Change::Edit)?;
            let said = code::Said::of(tx.connection, &before)?;
            link::update(tx, &actor.organization, &id, version, &draft.change, &draft.grants)?;
            if before.valid_until != draft.change.valid_until {
                link::forget_reminder(tx, &id)?;
            }
            codes::put_settings(tx, &actor.organization, &id, draft.code)?;
            let issued = said.follow(tx, &keys, &before)?;
            let mut event = actor.event(tx.clock, tx.now, "link.changed", &id);
            let change = &draft.change;
            code::describe(&mut event.detail, draft.code);
            issued.describe(&mut event.detail);
            describe(&mut event.detail, change.valid_from, change.valid_until, change.max_uses, &draft.grants);
            add_person(
                &mut event,
                tx.clock,
                &[("name", &change.name), ("email", &change.email), ("phone", &change.phone)],
            );
            tx.record(event);
            Ok(Changed { name: change.name.clone(), void_picture: issued.voids_a_picture() })
        })
        .await
}

pub(super) fn allowed(tx: &mut Tx<'_>, actor: &Actor, id: &str, change: Change) -> Result<LinkRow> {
    let link = link::find(tx.connection, &actor.organization, id)?;
    may(change, link.state(tx.now)).map_err(|refused| Error::Refused(refused.to_string()))?;
    Ok(link)
}

async fn switch(app: &App, actor: &Actor, id: &str, change: Change, action: &'static str) -> Result<String> {
    let (actor, id) = (actor.clone(), id.to_owned());
    app.db
        .write(move |tx| {
            let link = allowed(tx, &actor, &id, change)?;
            let (paused_at, revoked_at) = match change {
                Change::Pause => (Some(tx.now), None),
                Change::Revoke => (link.paused_at, Some(tx.now)),
                _ => (None, None),
            };
            link::set_switches(tx, &id, paused_at, revoked_at)?;
            tx.record(actor.event(tx.clock, tx.now, action, &id));
            Ok(link.name)
        })
        .await
}

/// Switches a link off for a while. Says whose it is.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn pause(app: &App, actor: &Actor, id: &str) -> Result<String> {
    switch(app, actor, id, Change::Pause, "link.paused").await
}

/// Switches a link on again. Says whose it is.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn resume(app: &App, actor: &Actor, id: &str) -> Result<String> {
    switch(app, actor, id, Change::Resume, "link.resumed").await
}

/// Ends a link for good. Says whose it is.
///
/// # Errors
/// `NotFound`, `Refused`; those of the store.
pub async fn revoke(app: &App, actor: &Actor, id: &str) -> Result<String> {
    switch(app, actor, id, Change::Revoke, "link.revoked").await
}

/// Moves a link's end.
///
/// # Errors
/// `Fields`, `NotFound`, `Refused`; those of the store.
pub async fn extend(app: &App, actor: &Actor, id: &str, typed: &str, zone: &str) -> Result<Changed> {
    let organization = organization(app, actor).await?;
    let zone = if app::text::when::is_zone(zone) { zone } else { &organization.time_zone };
    let until = draft::moment(typed.trim(), zone).map_err(|refused| Error::field("valid_until", refused))?;
    let (actor, id, keys) = (actor.clone(), id.to_owned(), app.keys.clone());
    app.db
        .write(move |tx| {
            let link = allowed(tx, &actor, &id, Change::Extend)?;
            if until <= tx.now || until <= link.valid_from {
                return Err(Error::field("valid_until", "This moment has passed already. Choose a later end."));
            }
            if until > draft::latest(&organization, link.valid_from, tx.now) {
                let days = organization.max_validity_days;
                return Err(Error::field(
                    "valid_until",
                    format!("A link may be good for {days} days at most from today. Choose an earlier end."),
                ));
            }
            let void_picture = move_end(tx, &actor, &keys, &link, until)?;
            Ok(Changed { name: link.name, void_picture })
        })
        .await
}

/// Moves a checked end, with the code that says it, and records it. Says whether that voids a saved picture.
pub(super) fn move_end(tx: &mut Tx<'_>, actor: &Actor, keys: &Keys, link: &LinkRow, until: i64) -> Result<bool> {
    let said = code::Said::of(tx.connection, link)?;
    link::set_until(tx, &link.id, Some(until))?;
    let issued = said.follow(tx, keys, link)?;
    let mut event = actor.event(tx.clock, tx.now, "link.extended", &link.id);
    event.detail.insert("valid_until".into(), until.to_string());
    event.detail.insert("before".into(), link.valid_until.map_or("never".into(), |until| until.to_string()));
    issued.describe(&mut event.detail);
    tx.record(event);
    Ok(issued.voids_a_picture())
}
