//! `/links/{id}/code.png`, `code.svg` and `badge`: the link's code for admins who may hand it over.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::admin::common::{Answer, said, show};
use crate::http::auth::{Holder, needs};
use crate::http::picture;
use crate::service::code;
use crate::store::code::{self as store, CodeRow, Settings};
use crate::store::connection::AnyConnection;
use crate::store::link::{self, LinkRow};
use app::page::admin::link::Code;
use app::page::admin::{Section, badge as badge_page};
use app::text::{Language, when};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use domain::qr::Kind;
use serde::Deserialize;

/// What the page needs of a link's code.
pub(super) struct Read {
    settings: Settings,
    row: Option<CodeRow>,
    counted: bool,
    /// Whether the link has hours of its own.
    hours: bool,
    /// The longest that a terminal at one of its doors opens by an old list, milliseconds.
    lag_ms: i64,
}

pub(super) fn read(c: &mut AnyConnection, link: &LinkRow) -> Result<Read> {
    Ok(Read {
        settings: store::settings(c, &link.id)?,
        row: store::newest(c, &link.organization_id, &link.id)?,
        counted: link.max_uses.is_some() || link.cooldown_ms > 0,
        hours: store::has_windows(c, &link.id)?,
        lag_ms: store::longest_list(c, &link.id)?,
    })
}

/// The code as the page shows it.
pub(super) fn model(app: &App, link: &LinkRow, read: Read, zone: &str) -> Option<Code> {
    let Read { settings, row, counted, hours, lag_ms } = read;
    let kind = settings.kind?;
    // Hours do not fit into an offline code, and no leave makes a terminal keep them; a list carries an online code's.
    let bound = kind == Kind::Offline && hours;
    let comes = code::comes_at(link.valid_from);
    let until = row.as_ref().and_then(|row| row.not_after);
    Some(Code {
        kind,
        web: settings.web,
        off_line: settings.off_line && !bound,
        counted: counted || bound,
        comes: (kind == Kind::Offline && comes > app.clock.now()).then(|| said(app, comes, zone)),
        made: row.as_ref().map(|row| said(app, row.created_at, zone)),
        goes_on: until.is_some_and(|end| link.valid_until.is_none_or(|until| end + 1_000 < until)),
        until: until.map(|until| said(app, until, zone)),
        picture: None,
        lag: when::duration(lag_ms, Language::En),
    })
}

/// `GET /links/{id}/code.png`.
pub async fn png(State(app): State<App>, admin: Holder<needs::Links>, Path(id): Path<String>) -> Answer {
    let (_, code) = code::show(&app, &admin.actor, &id, "picture").await?;
    Ok(picture::png(code.png().await))
}

/// `GET /links/{id}/code.svg`.
pub async fn svg(State(app): State<App>, admin: Holder<needs::Links>, Path(id): Path<String>) -> Answer {
    let (_, code) = code::show(&app, &admin.actor, &id, "picture").await?;
    Ok(picture::svg(code.svg().await))
}

/// How large a badge is wanted.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    size: String,
}

/// `GET /links/{id}/badge`: to be printed. Its picture is an address of its own, which records that it was shown.
pub async fn badge(
    State(app): State<App>,
    admin: Holder<needs::Links>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let organization = admin.organization.id.clone();
    let (link, opens, row) = app
        .db
        .read(move |c| {
            let link = link::find(c, &organization, &id)?;
            let (opens, row) = (link::doors_of(c, &id)?, store::newest(c, &organization, &id)?);
            Ok((link, opens, row))
        })
        .await?;
    let row =
        row.filter(|row| row.kind != Kind::Rotating.code() && link.revoked_at.is_none()).ok_or(Error::NotFound)?;
    let zone = opens.first().map_or(&admin.organization.time_zone, |at| &at.place.time_zone).clone();
    let language = Language::choose(Some(link.language.as_str()).filter(|code| !code.is_empty()), "");
    let moment = |at: i64| when::absolute(at, &zone, language);
    let ends = [link.valid_until, row.not_after].into_iter().flatten().min();
    let logo = {
        let id = admin.organization.id.clone();
        app.db.read(move |c| crate::store::settings::logo_size(c, &id)).await?
    };
    let model = badge_page::Model {
        card: asked.size == "card",
        language,
        name: link.name.clone(),
        company: link.company.clone(),
        organization: admin.organization.name.clone(),
        logo: logo.map(|(hash, width, height)| (crate::http::logo::address(&hash), width, height)),
        doors: opens.iter().map(|at| at.door.name.clone()).collect(),
        // The zone once is enough.
        from: moment(link.valid_from).replace(&format!(" ({zone})"), ""),
        until: ends.map(moment),
        picture: format!("/links/{}/code.svg", link.id),
        id: link.id,
    };
    show(&app, &admin, Section::Links, StatusCode::OK, model, badge_page::view).await
}
