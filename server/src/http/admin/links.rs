//! `/links`.

use super::common::{Answer, lines, refused, said, show};
use super::week;
use crate::app::App;
use crate::error::Result;
use crate::http::auth::Admin;
use crate::service::schedule::words;
use crate::service::{link, notices};
use crate::store::facts::{self, AtDoor, Facts};
use crate::store::link::{self as store, LinkRow};
use crate::store::message::MessageRow;
use crate::store::names;
use crate::store::{door as doors, event, message, retention};
use app::page::admin::{MessageKind, MessageLine, MessageState, Section, link as link_page, said as saying};
use app::text::{Language, when};
use app::ui::{Choice, Field};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use domain::channel::Channel;
use domain::decide::{Asker, LinkFacts, decide};
use domain::link::State as LinkState;
use domain::role::Right;
use serde::Deserialize;

mod act;
mod advice;
mod code;
mod deeds;
mod export;
mod form;
pub(super) mod hours;
mod import;
mod list;
mod reach;

pub use act::{act, ask_act};
pub use code::{badge, png, svg};
pub use deeds::{ask_revoke, extend, pause, resume, revoke, rotate, send, whatsapp};
pub use export::export;
pub(super) use form::doors_to_choose;
pub use form::{create, duplicate, edit, new, update};
pub use import::{ask as ask_import, confirm as confirm_import, look as look_at_import, template};
pub use list::list;

/// Doors to choose one from, with their places where there are several.
pub(super) fn doors_of_choice(doors: &[doors::DoorAtPlace]) -> Vec<Choice> {
    let one_place = doors.windows(2).all(|pair| matches!(pair, [one, other] if one.place.id == other.place.id));
    let label = |at: &doors::DoorAtPlace| {
        if one_place { at.door.name.clone() } else { format!("{}, {}", at.door.name, at.place.name) }
    };
    doors.iter().map(|at| Choice { value: at.door.id.clone(), label: label(at) }).collect()
}

/// What a link's page is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    extend: String,
    #[serde(flatten)]
    week: week::Asked,
}

/// `GET /links/{id}`; with `?show=1` its address too, which is recorded; with `?extend=1` ready for a new end.
pub async fn detail(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let mut url = None;
    if asked.show == "1" {
        admin.actor.must(Right::Links)?;
        match link::show(&app, &admin.actor, &id, "dashboard").await {
            Ok((_, address)) => url = Some(address),
            Err(error) => return refused(&admin, &format!("/links/{id}"), error).await,
        }
    }
    let mut model = model(&app, &admin, &id, url, &asked.week).await?;
    model.extend_open = asked.extend == "1";
    if let Some(code) = model.code.as_mut().filter(|_| asked.code == "1") {
        admin.actor.must(Right::Links)?;
        code.picture = Some(format!("/links/{id}/code.svg"));
    }
    show(&app, &admin, Section::Links, StatusCode::OK, model, link_page::view).await
}

async fn model(
    app: &App,
    admin: &Admin,
    id: &str,
    url: Option<String>,
    asked: &week::Asked,
) -> Result<link_page::Model> {
    let (organization, link_id) = (admin.organization.id.clone(), id.to_owned());
    let now = app.clock.now();
    let (link, erased, own, opens, groups, facts, messages, rows, names, advice, code) = app
        .db
        .read(move |c| {
            let link = store::find(c, &organization, &link_id)?;
            let filter = event::Filter { link: Some(link_id.clone()), brief: true, ..Default::default() };
            let rows = event::list(c, &organization, &filter, 50)?;
            let names = names::names(c, &organization, &rows)?;
            let opens = store::doors_of(c, &link_id)?;
            let groups = store::groups_of(c, &link_id)?;
            let ids: Vec<&str> = opens.iter().map(|at| at.door.id.as_str()).collect();
            let facts = Facts::load_ahead(c, &facts::Asked::each(&[link_id.as_str()], &ids), now, hours::AHEAD)?;
            let own = store::grants_of(c, &link_id)?.windows;
            let advice = advice::advice(c, &organization, &link, now)?;
            let messages = message::of_link(c, &organization, &link_id)?;
            let code = code::read(c, &link)?;
            let erased = retention::is_erased(c, &link_id)?;
            Ok((link, erased, own, opens, groups, facts, messages, rows, names, advice, code))
        })
        .await?;
    let zone = opens.first().map_or(&admin.organization.time_zone, |at| &at.place.time_zone).clone();
    let state = link.state(now);
    let window = match (state, link.valid_until) {
        (LinkState::Active, Some(until)) => format!("{zone}, ends in {}", when::duration(until - now, Language::En)),
        (LinkState::Scheduled, _) => {
            format!("{zone}, begins in {}", when::duration(link.valid_from - now, Language::En))
        }
        _ => zone.clone(),
    };
    let door = |at: &doors::DoorAtPlace| link_page::Door {
        id: at.door.id.clone(),
        name: at.door.name.clone(),
        place: at.place.name.clone(),
        refused: could_open(app, &facts, &link, at, now),
        opens: hours::opens(&facts, &link, at, now),
    };
    let made_by = rows.iter().find(|row| row.action == "link.created").map(|row| row.actor.clone());
    let made_by = match made_by.as_deref() {
        Some("operator") => "the operator".to_owned(),
        Some(admin) => names.of(admin).unwrap_or("somebody").to_owned(),
        None => "somebody".to_owned(),
    };
    let reach = reach::of(app, (&link.id, &admin.organization.id), state, &rows, &opens, &zone).await?;
    Ok(link_page::Model {
        reach,
        doors: opens.iter().map(door).collect(),
        groups,
        week: hours::week(app, asked, id, &zone, &own)
            .map(|week| week::for_all(week, opens.iter().map(|at| at.place.time_zone.clone()))),
        hours: words::week(&own),
        from: said(app, link.valid_from, &zone),
        until: link.valid_until.map(|until| said(app, until, &zone)),
        window,
        cooldown: if link.cooldown_ms > 0 {
            format!("{} between two openings of one door", when::duration(link.cooldown_ms, Language::En))
        } else {
            String::new()
        },
        made_by,
        made: said(app, link.created_at, &zone),
        opened: link.first_opened_at.map(|at| said(app, at, &zone)),
        masked_url: format!("{}/l/••••••••••••", app.base_url()),
        url,
        messages: messages.iter().map(|row| message_line(app, row, &link.name, &zone)).collect(),
        events: lines(app, &zone, &rows, &names),
        advice,
        code: code::model(app, &link, code, &zone),
        extend_open: false,
        extend_until: Field::new(link.valid_until.map_or_else(String::new, |until| when::input(until, &zone))),
        zone,
        language: match link.language.as_str() {
            "en" => "English",
            "de" => "German",
            _ => "As the browser says",
        }
        .to_owned(),
        erased,
        id: link.id.clone(),
        version: link.version,
        secret_version: link.secret_version,
        name: link.name.clone(),
        state,
        email: link.email.clone(),
        phone: link.phone.clone(),
        company: link.company.clone(),
        host_name: link.host_name.clone(),
        host_contact: link.host_contact.clone(),
        arrival: arrival(&link),
        note: link.note.clone(),
        external_id: link.external_id.clone(),
        uses: link.uses,
        max_uses: link.max_uses,
    })
}

/// A message as a line.
pub(super) fn message_line(app: &App, row: &MessageRow, name: &str, zone: &str) -> MessageLine {
    MessageLine {
        id: row.id.clone(),
        kind: MessageKind::from_code(&row.kind).unwrap_or_default(),
        channel: Channel::from_code(&row.channel).unwrap_or_default(),
        link_id: row.link_id.clone().unwrap_or_default(),
        link_name: name.to_owned(),
        recipient: row.recipient.clone(),
        state: MessageState::from_code(&row.state).unwrap_or_default(),
        attempts: row.attempts,
        server_reply: row.server_reply.clone(),
        created: said(app, row.created_at, zone),
        updated: said(app, row.updated_at, zone),
        next: (row.state == "waiting" && row.attempts > 0).then(|| said(app, row.next_at, zone)),
    }
}

/// Why a door would not open now, by the very decision that a tap meets; nothing if it would.
/// Whether the host is told when the visitor arrives.
fn arrival(link: &LinkRow) -> String {
    match (link.notify_host, notices::reachable(&link.host_contact)) {
        (false, _) => String::new(),
        (true, Some((Channel::Email, _))) => "The host is told by e-mail".to_owned(),
        (true, Some((Channel::Sms, _))) => "The host is told by text message".to_owned(),
        (true, None) => "Nobody is told: the host has no e-mail address or number here".to_owned(),
    }
}

fn could_open(app: &App, facts: &Facts, link: &LinkRow, at: &doors::DoorAtPlace, now: i64) -> Option<String> {
    let pair = (link.id.clone(), at.door.id.clone());
    // By its code, where that alone opens.
    let of_link = LinkFacts { web: true, ..facts.link(&pair, link.validity(), 0, AtDoor::default()) };
    let door = facts.door(&at.door.id, app.drivers.online(&at.door), now)?;
    let decision = decide(Asker::Link(&of_link), &door, now);
    // As it stands now: the sentences of the log are about what was.
    let check = decision.trace.iter().find(|check| !check.passed && check.reason == decision.reason)?;
    Some(format!("{}.", saying::would(check)))
}
