//! `/doors/{id}/stream`: how a door stands, as it changes.

use super::common::door_state;
use crate::app::App;
use crate::driver::simulator::Opened;
use crate::http::auth::{self, Admin};
use crate::http::failure::Failure;
use crate::store::door;
use app::island::Standing;
use app::page::admin::DoorState;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// Looks are at least this far apart, however much happens.
const PAUSE: Duration = Duration::from_millis(300);
/// A stream ends after so long and the browser begins a new one, so that an ended session does not listen on.
const LENGTH: Duration = Duration::from_secs(600);

struct Watching {
    app: App,
    admin: Admin,
    door: String,
    last: Option<DoorState>,
    changes: watch::Receiver<u64>,
    news: watch::Receiver<u64>,
    opened: broadcast::Receiver<Opened>,
    until: tokio::time::Instant,
}

impl Watching {
    /// How the door stands, as soon as that is otherwise than before; nothing when the stream ends.
    async fn next(&mut self) -> Option<Standing> {
        loop {
            if !auth::still_in(&self.app, &self.admin).await {
                return None;
            }
            let (organization, id) = (self.admin.organization.id.clone(), self.door.clone());
            let at = self.app.db.read(move |c| door::find(c, &organization, &id)).await.ok()?;
            let state = door_state(&self.app, &at);
            if self.last.as_ref() != Some(&state) {
                let badge = state.badge();
                self.last = Some(state);
                return Some(Standing { class: badge.class().into(), text: badge.text });
            }
            let counts = matches!(state, DoorState::Open { .. });
            let stop = self.app.stop.clone();
            let pause = tokio::time::sleep(PAUSE);
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = pause => {}
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep(PAUSE), if counts => {}
                changed = self.changes.changed() => changed.ok()?,
                changed = self.news.changed() => changed.ok()?,
                _ = self.opened.recv() => {}
            }
        }
    }
}

/// `GET /doors/{id}/stream`.
pub async fn stream(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let (organization, door) = (admin.organization.id.clone(), id.clone());
    app.db.read(move |c| door::find(c, &organization, &door)).await?;
    let watching = Watching {
        admin,
        door: id,
        last: None,
        changes: app.db.changes(),
        news: app.drivers.news(),
        opened: app.drivers.simulator.listen(),
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
