//! The link's code: on its page, and as a picture behind the visitor's cookie.

use super::access::{Access, trouble};
use crate::app::App;
use crate::error::Result;
use crate::http::failure::Failure;
use crate::http::picture;
use crate::service::code::{self, Current};
use app::page::visit::code::{Code, Shown};
use app::page::visit::trouble::Trouble;
use app::text::when;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use domain::Millis;
use domain::link::State as LinkState;
use domain::qr::Kind;

/// What the page shows of it.
pub(super) async fn shown(app: &App, access: &Access, now: Millis) -> Result<Shown> {
    let (link, Some(kind)) = (&access.link, access.code.kind) else {
        return Ok(Shown::Nothing);
    };
    match link.state(now) {
        LinkState::Active => {}
        // Before its time a rotating one would be stale by then.
        LinkState::Scheduled if kind != Kind::Rotating => {}
        // Also where the page lets a door be tried again: a scan would be refused.
        _ => return Ok(Shown::Nothing),
    }
    let said = |at: Millis| when::moment(at, now, access.zone(), access.language);
    let Some(current) = code::current(app, &link.organization_id, &link.id).await? else {
        return Ok(if link.state(now) == LinkState::Scheduled {
            Shown::Later(said(code::comes_at(link.valid_from)))
        } else {
            Shown::Nothing
        });
    };
    // A second less is the same end.
    let ends_before = |end: &Millis| link.valid_until.is_none_or(|until| end + 1_000 < until);
    Ok(Shown::Here(Box::new(Code {
        picture: format!("/visit/{}/code", link.id),
        kind,
        modules: current.modules(),
        good_until: current.row.not_after.filter(ends_before).map(said),
    })))
}

/// The code of a link that is good, or will be.
async fn current(app: &App, access: &Access) -> Result<Option<Current>> {
    let link = &access.link;
    if !matches!(link.state(app.clock.now()), LinkState::Active | LinkState::Scheduled) {
        return Ok(None);
    }
    code::current(app, &link.organization_id, &link.id).await
}

/// `GET /visit/{link}/code.png`.
pub async fn png(State(app): State<App>, access: Access, headers: HeaderMap) -> Response {
    match current(&app, &access).await {
        Ok(Some(code)) => picture::png(code.png().await),
        Ok(None) => trouble(&headers, &access, Trouble::Gone),
        Err(cause) => Failure(cause).into_response(),
    }
}

/// `GET /visit/{link}/code.svg`.
pub async fn svg(State(app): State<App>, access: Access, headers: HeaderMap) -> Response {
    match current(&app, &access).await {
        Ok(Some(code)) => picture::svg(code.svg().await),
        Ok(None) => trouble(&headers, &access, Trouble::Gone),
        Err(cause) => Failure(cause).into_response(),
    }
}
