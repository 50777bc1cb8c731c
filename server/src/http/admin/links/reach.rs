//! How far the change that shut a link's codes out has come among the terminals.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::common::said;
use crate::service::terminal::reach;
use crate::store::door::DoorAtPlace;
use crate::store::event::EventRow;
use crate::store::terminal::desk;
use app::page::admin::reach as page;
use domain::link::State;

/// No list lives longer than this, so that every terminal knows or refuses by then, milliseconds.
const OVER_MS: i64 = 48 * 3_600_000;

/// What the link's page says; none where no terminal ever heard of its codes, or all of it is long over.
pub(super) async fn of(
    app: &App,
    (link, organization): (&str, &str),
    state: State,
    rows: &[EventRow],
    doors: &[DoorAtPlace],
    zone: &str,
) -> Result<Option<page::Model>> {
    let action = match state {
        State::Revoked => "link.revoked",
        State::Paused => "link.paused",
        _ => "link.rotated",
    };
    let Some(since) = rows.iter().find(|row| row.action == action).map(|row| row.recorded_at) else {
        return Ok(None);
    };
    let id = link.to_owned();
    if app.clock.now() - since > OVER_MS || !app.db.read(move |c| desk::has_codes(c, &id)).await? {
        return Ok(None);
    }
    let reach = reach::reach(app, organization, since).await?;
    Ok(Some(page::Model {
        know: reach.know,
        of: reach.of,
        last: reach.last_until.map(|until| said(app, until, zone)),
        others: reach.others.into_iter().map(|one| (one.terminal, one.name, said(app, one.until, zone))).collect(),
        doors: doors.iter().map(|at| (at.door.id.clone(), at.door.name.clone())).collect(),
    }))
}
