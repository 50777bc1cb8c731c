//! Server-sent events: what happens, and which simulated doors swing.

use super::common::{feed_item, lines};
use crate::app::App;
use crate::error::Result;
use crate::http::auth::Admin;
use crate::http::failure::Failure;
use crate::service::feed;
use crate::store::event::{self, Filter};
use app::island::DoorNews;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// Events a look; more than that at once and the older ones are on the events page.
const MOST: i64 = 50;
/// Looks are at least this far apart, however much happens.
const PAUSE: Duration = Duration::from_millis(300);
/// A stream ends after so long and the browser begins a new one, so that an ended session does not listen on.
const LENGTH: Duration = Duration::from_secs(600);

struct Following {
    app: App,
    admin: Admin,
    changes: watch::Receiver<u64>,
    last: i64,
    until: tokio::time::Instant,
}

/// `GET /events/stream`.
pub async fn stream(
    State(app): State<App>,
    admin: Admin,
) -> std::result::Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>, Failure> {
    let organization = admin.organization.id.clone();
    let changes = app.db.changes();
    let (last, _) = app.db.read(move |c| event::head(c, &organization)).await?;
    let following = Following {
        app,
        admin,
        changes,
        last,
        until: tokio::time::Instant::now() + LENGTH,
    };
    let batches = stream::unfold(following, |mut following| async move {
        let news = following.next().await?;
        Some((stream::iter(news.into_iter().map(Ok)), following))
    });
    Ok(Sse::new(futures_util::StreamExt::flatten(batches)).keep_alive(KeepAlive::default()))
}

impl Following {
    /// Waits for events of this organization; nothing when the stream ends.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            let stop = self.app.stop.clone();
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                changed = self.changes.changed() => changed.ok()?,
            }
            tokio::time::sleep(PAUSE).await;
            self.changes.mark_unchanged();
            match self.news().await {
                Ok(news) if news.is_empty() => {}
                Ok(news) => return Some(news),
                Err(cause) => {
                    tracing::warn!(?cause, "the live feed could not read");
                    return None;
                }
            }
        }
    }

    async fn news(&mut self) -> Result<Vec<Event>> {
        let (organization, from) = (self.admin.organization.id.clone(), self.last);
        let (rows, names) = self
            .app
            .db
            .read(move |c| {
                let rows = event::in_order(c, &organization, &Filter::default(), from, MOST)?;
                let names = feed::names(c, &organization, &rows)?;
                Ok((rows, names))
            })
            .await?;
        if let Some(row) = rows.last() {
            self.last = row.sequence;
        }
        let lines = lines(&self.app, &self.admin.organization.time_zone, &rows, &names);
        Ok(lines
            .into_iter()
            .filter_map(|line| Event::default().json_data(feed_item(line)).ok())
            .collect())
    }
}

/// `GET /simulator/stream`.
pub async fn simulator(
    State(app): State<App>,
    admin: Admin,
) -> Sse<impl Stream<Item = std::result::Result<Event, Infallible>>> {
    let opened = app.drivers.simulator.listen();
    let until = tokio::time::Instant::now() + LENGTH;
    let organization = admin.organization.id;
    let news = stream::unfold(
        (app, opened, organization, until),
        |(app, mut opened, organization, until)| async move {
            loop {
                let stop = app.stop.clone();
                let door = tokio::select! {
                    () = stop.cancelled() => return None,
                    () = tokio::time::sleep_until(until) => return None,
                    door = opened.recv() => door,
                };
                let door = match door {
                    Ok(door) if door.organization == organization => door,
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => continue,
                    Err(broadcast::error::RecvError::Closed) => return None,
                };
                let news = DoorNews {
                    door: door.door,
                    state: "open".into(),
                    until_ms: Some(app.clock.now() + door.open_ms),
                };
                if let Ok(event) = Event::default().json_data(news) {
                    return Some((Ok(event), (app, opened, organization, until)));
                }
            }
        },
    );
    Sse::new(news).keep_alive(KeepAlive::default())
}
