//! Server-sent events: what happens, and which simulated doors swing.

use super::common::{feed_item, lines};
use super::events::{Narrow, narrowed};
use crate::app::App;
use crate::driver::simulator;
use crate::http::auth::{self, Admin};
use crate::http::failure::Failure;
use crate::store::door;
use crate::store::event::{self, Filter};
use crate::store::names;
use app::island::DoorNews;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
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
    filter: Filter,
    changes: watch::Receiver<u64>,
    last: i64,
    until: tokio::time::Instant,
}

/// What a page has already.
#[derive(Debug, Default, Deserialize)]
pub struct From {
    #[serde(default)]
    after: Option<i64>,
    /// Only what this filter of the event log lets through; without one, what the overview shows.
    #[serde(default)]
    log: String,
}

/// `GET /events/stream`: what comes after the page was made, or after the last event a broken stream had.
pub async fn stream(
    State(app): State<App>,
    admin: Admin,
    Query(from): Query<From>,
    Query(narrow): Query<Narrow>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let (organization, zone) = (admin.organization.id.clone(), admin.organization.time_zone.clone());
    let changes = app.db.changes();
    let (head, mut filter) = app
        .db
        .read(move |c| {
            let filter = if from.log == "1" {
                let said = narrowed(c, &organization, &zone, &narrow)?;
                // What cannot be understood is never let through.
                let any = said.refused.map(|_| Vec::new());
                Filter { any: said.filter.any.iter().cloned().chain(any).collect(), ..said.filter }
            } else {
                Filter { brief: true, ..Filter::default() }
            };
            Ok((event::head(c, &organization)?.0, filter))
        })
        .await?;
    // Whatever comes now comes after all that was.
    (filter.since, filter.until, filter.after) = (None, None, None);
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).or(from.after);
    // Whoever was away for long reads the log itself.
    let last = seen.map_or(head, |seen: i64| seen.clamp((head - MOST).max(0), head));
    let mut changes = changes;
    if last < head {
        changes.mark_changed();
    }
    let following = Following { app, admin, filter, changes, last, until: tokio::time::Instant::now() + LENGTH };
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
            if !auth::still_in(&self.app, &self.admin).await {
                return None;
            }
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

    async fn news(&mut self) -> crate::error::Result<Vec<Event>> {
        let (organization, from, filter) = (self.admin.organization.id.clone(), self.last, self.filter.clone());
        let (rows, names, head) = self
            .app
            .db
            .read(move |c| {
                let head = event::head(c, &organization)?.0;
                let rows = event::in_order(c, &organization, &filter, from, MOST)?;
                let names = names::names(c, &organization, &rows)?;
                Ok((rows, names, head))
            })
            .await?;
        // Where less than a look's worth was found, everything up to the head was looked at.
        let all = rows.len() < usize::try_from(MOST).unwrap_or(usize::MAX);
        let found = rows.last().map_or(from, |row| row.sequence);
        self.last = if all { head.max(found) } else { found };
        let lines = lines(&self.app, &self.admin.organization.time_zone, &rows, &names);
        Ok(rows
            .iter()
            .zip(lines)
            .filter_map(|(row, line)| {
                let event = Event::default().id(row.sequence.to_string());
                event.json_data(feed_item(line)).ok()
            })
            .collect())
    }
}

/// What a simulator's page follows, and the doors that it saw open.
struct Swinging {
    app: App,
    admin: Admin,
    changes: watch::Receiver<u64>,
    /// When to look whether the admin may still listen, once something was committed.
    look_at: Option<tokio::time::Instant>,
    opened: broadcast::Receiver<simulator::Opened>,
    closing: Vec<(tokio::time::Instant, String)>,
    until: tokio::time::Instant,
}

impl Swinging {
    /// The next door that opens, or closes again; nothing when the stream ends.
    async fn next(&mut self) -> Option<DoorNews> {
        loop {
            let stop = self.app.stop.clone();
            let first = self.closing.iter().map(|(at, _)| *at).min();
            let close = async {
                match first {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let look_at = self.look_at;
            let look = async {
                match look_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                changed = self.changes.changed(), if self.look_at.is_none() => {
                    changed.ok()?;
                    self.look_at = Some(tokio::time::Instant::now() + PAUSE);
                }
                () = look => {
                    self.look_at = None;
                    if !auth::still_in(&self.app, &self.admin).await {
                        return None;
                    }
                }
                () = close => {
                    let at = self.closing.iter().position(|(at, _)| Some(*at) == first)?;
                    let (_, door) = self.closing.swap_remove(at);
                    return Some(DoorNews { door, state: "locked".into(), until_ms: None });
                }
                door = self.opened.recv() => match door {
                    Ok(door) if door.organization == self.admin.organization.id => {
                        let open = Duration::from_millis(door.open_ms.unsigned_abs());
                        self.closing.retain(|(_, other)| *other != door.door);
                        self.closing.push((tokio::time::Instant::now() + open, door.door.clone()));
                        let until_ms = Some(self.app.clock.now() + door.open_ms);
                        return Some(DoorNews { door: door.door, state: "open".into(), until_ms });
                    }
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
    }
}

/// `GET /simulator/stream`.
pub async fn simulator(
    State(app): State<App>,
    admin: Admin,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let opened = app.drivers.simulator.listen();
    let organization = admin.organization.id.clone();
    let doors = app.db.read(move |c| door::all(c, &organization)).await?;
    // What is open already closes too.
    let closing = doors
        .iter()
        .filter_map(|at| {
            let left = app.drivers.simulator.open_for(&at.door.id)?;
            Some((tokio::time::Instant::now() + left, at.door.id.clone()))
        })
        .collect();
    let swinging = Swinging {
        changes: app.db.changes(),
        app,
        admin,
        look_at: None,
        opened,
        closing,
        until: tokio::time::Instant::now() + LENGTH,
    };
    let news = stream::unfold(swinging, |mut swinging| async move {
        let news = swinging.next().await?;
        let event = Event::default().json_data(news).unwrap_or_default();
        Some((Ok(event), swinging))
    });
    Ok(Sse::new(news).keep_alive(KeepAlive::default()))
}
