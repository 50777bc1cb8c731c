//! How a terminal stands, in words; and `/terminals/{id}/stream`, which says so as it changes.

use crate::app::App;
use crate::driver::terminal::ONLINE_MS;
use crate::http::admin::common::said;
use crate::http::auth::{self, Admin};
use crate::http::failure::Failure;
use crate::service::terminal::reach::MayOpen;
use crate::store::door::DoorAtPlace;
use crate::store::terminal::{self as store, TerminalRow};
use app::island::Standing;
use app::page::admin::terminals::{Held, TerminalState};
use app::text::Language;
use app::text::when;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// Looks are at least this far apart, however much happens.
const PAUSE: Duration = Duration::from_millis(300);
/// And at most this far: going off line is no change of the database.
const AGAIN: Duration = Duration::from_secs(10);
/// A stream ends after so long and the browser begins a new one, so that an ended session does not listen on.
const LENGTH: Duration = Duration::from_secs(600);

/// How a terminal stands.
pub(in crate::http::admin) fn state(app: &App, row: &TerminalRow) -> TerminalState {
    let now = app.clock.now();
    let heard = row.last_seen_at.is_some_and(|at| now - at < ONLINE_MS);
    if row.revoked_at.is_some() {
        TerminalState::Revoked
    } else if row.token_hash.is_none() {
        let good = row.pairing_expires_at.is_some_and(|until| now < until);
        if good { TerminalState::Unpaired } else { TerminalState::CodeOver }
    } else if heard || app.drivers.terminal.is_on_line(&row.id, &row.door_id) {
        TerminalState::OnLine
    } else {
        TerminalState::OffLine
    }
}

/// The list that a terminal opens by, or by what it may have where that is known: until the time that the list itself
/// names is over, whatever its door was set to since.
pub(in crate::http::admin) fn held(
    app: &App,
    row: &TerminalRow,
    at: &DoorAtPlace,
    may_open: Option<&MayOpen>,
) -> Option<Held> {
    let own = || row.list_made_at.zip(row.list_expires_at);
    let (made, until) = may_open.map(|list| (list.made_at, list.until)).or_else(own)?;
    let (now, zone) = (app.clock.now(), &at.place.time_zone);
    Some(Held {
        made: said(app, made, zone),
        age: when::duration((now - made).max(0), Language::En),
        until: said(app, until, zone),
        over: until <= now,
    })
}

struct Watching {
    app: App,
    admin: Admin,
    id: String,
    last: Option<TerminalState>,
    changes: watch::Receiver<u64>,
    news: watch::Receiver<u64>,
    until: tokio::time::Instant,
}

impl Watching {
    /// How the terminal stands, as soon as that is otherwise than before; nothing when the stream ends.
    async fn next(&mut self) -> Option<Standing> {
        loop {
            self.changes.mark_unchanged();
            self.news.mark_unchanged();
            if !auth::still_in(&self.app, &self.admin).await {
                return None;
            }
            let (organization, id) = (self.admin.organization.id.clone(), self.id.clone());
            let row = self.app.db.read(move |c| store::find(c, &organization, &id)).await.ok()?;
            let state = state(&self.app, &row);
            if self.last != Some(state) {
                self.last = Some(state);
                let badge = state.badge();
                return Some(Standing { class: badge.class().into(), text: badge.text });
            }
            let stop = self.app.stop.clone();
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep(PAUSE) => {}
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep(AGAIN) => {}
                changed = self.changes.changed() => changed.ok()?,
                changed = self.news.changed() => changed.ok()?,
            }
        }
    }
}

/// `GET /terminals/{id}/stream`.
pub async fn stream(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let (organization, wanted) = (admin.organization.id.clone(), id.clone());
    app.db.read(move |c| store::find(c, &organization, &wanted)).await?;
    let watching = Watching {
        admin,
        id,
        last: None,
        changes: app.db.changes(),
        news: app.drivers.news(),
        until: tokio::time::Instant::now() + LENGTH,
        app,
    };
    let news = stream::unfold(watching, |mut watching| async move {
        let standing = watching.next().await?;
        let event = Event::default().json_data(standing).unwrap_or_default();
        Some((Ok(event), watching))
    });
    Ok(Sse::new(news).keep_alive(KeepAlive::default()))
}
