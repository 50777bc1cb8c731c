//! `/terminals/{id}`.

use super::super::common::{Answer, lines, said, show};
use super::standing::{held, state};
use crate::app::App;
use crate::http::auth::Admin;
use crate::service::terminal::reach;
use crate::store::terminal::{self as store, desk};
use crate::store::{door, names};
use app::page::admin::{Section, terminal as page};
use app::text::Language;
use app::text::when;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// Scans shown.
const SCANS: i64 = 20;
/// A clock further off than this should be set, milliseconds.
const FAR_OFF_MS: i64 = 60_000;
/// Less than this is nothing to speak of, milliseconds.
const NEAR_MS: i64 = 1_000;

/// `GET /terminals/{id}`.
pub async fn detail(State(app): State<App>, admin: Admin, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, at, rows, names) = app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            let at = door::find(c, &organization, &row.door_id)?;
            let rows = desk::scans(c, &row, SCANS)?;
            let names = names::names(c, &organization, &rows)?;
            Ok((row, at, rows, names))
        })
        .await?;
    let may_open = reach::may_open(&app, &row.organization_id).await?;
    let zone = at.place.time_zone.clone();
    let moment = |at: Option<i64>| at.map(|at| said(&app, at, &zone));
    let model = page::Model {
        state: state(&app, &row),
        opens: crate::driver::terminal::of(&at.door).is_some_and(|named| named == row.id),
        paired: moment(row.paired_at),
        seen: moment(row.last_seen_at),
        revoked: moment(row.revoked_at),
        list: held(&app, &row, &at, may_open.get(&row.id)),
        clock: row.clock_offset_ms.map(clock).unwrap_or_default(),
        clock_far_off: row.clock_offset_ms.is_some_and(|offset| offset.saturating_abs() > FAR_OFF_MS),
        waiting: row.waiting,
        scans: lines(&app, &zone, &rows, &names),
        id: row.id,
        name: row.name,
        software: row.software,
        door_id: at.door.id,
        door: at.door.name,
        place: at.place.name,
    };
    show(&app, &admin, Section::Terminals, StatusCode::OK, model, page::view).await
}

/// How a clock goes that is off by so much: server time minus its own.
fn clock(offset: i64) -> String {
    let by = when::duration(offset.saturating_abs(), Language::En);
    if offset.saturating_abs() < NEAR_MS {
        "right".to_owned()
    } else if offset > 0 {
        format!("{by} slow")
    } else {
        format!("{by} fast")
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn a_clock_is_slow_when_the_servers_is_ahead() {
        assert_eq!(clock(0), "right");
        assert_eq!(clock(-999), "right");
        assert_eq!(clock(90_000), "1 min 30 s slow");
        assert_eq!(clock(-3_600_000), "1 h fast");
        assert!(clock(i64::MIN).ends_with(" fast"), "whatever was stored is shown");
    }
}
