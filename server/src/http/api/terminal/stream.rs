//! `GET stream`: wakes a terminal. Nothing in it is worth trusting; whoever is woken asks.

use super::caller::{Caller, still_counts};
use crate::app::App;
use crate::error::Result;
use crate::http::api::Problem;
use crate::service::terminal::list;
use crate::store::command;
use crate::store::terminal::TerminalRow;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Looks are at least this far apart, however much happens. The first after a quiet time comes at once: somebody may
/// stand before the door.
const PAUSE: Duration = Duration::from_millis(100);
/// Looks for a newer list are at least this far apart.
const LISTS: Duration = Duration::from_millis(400);
/// And at most this far: a list grows old without any change.
const QUIET: Duration = Duration::from_secs(30);
/// A stream ends after so long and the terminal begins a new one.
const LENGTH: Duration = Duration::from_secs(600);
/// Between two comments that keep the connection.
const COMMENT: Duration = Duration::from_secs(15);

struct Following {
    app: App,
    terminal: TerminalRow,
    changes: watch::Receiver<u64>,
    greeted: bool,
    /// The newest list that was told of, or that the terminal has.
    list: i64,
    /// When lists were looked at last.
    looked: Option<Instant>,
    /// Whether something changed since.
    owed: bool,
    /// The commands that were told of.
    told: BTreeSet<String>,
    until: Instant,
}

/// `GET /api/terminal/v1/stream`.
pub async fn stream(
    State(app): State<App>,
    caller: Caller,
) -> std::result::Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>, Problem> {
    let following = Following {
        changes: app.db.changes(),
        list: caller.list_version,
        terminal: (*caller).clone(),
        app,
        greeted: false,
        looked: None,
        owed: false,
        told: BTreeSet::new(),
        until: Instant::now() + LENGTH,
    };
    let batches = stream::unfold(following, |mut following| async move {
        let news = following.next().await?;
        Some((stream::iter(news.into_iter().map(Ok)), following))
    });
    Ok(Sse::new(futures_util::StreamExt::flatten(batches)).keep_alive(KeepAlive::new().interval(COMMENT)))
}

/// An event of this name. Its data are an empty object: without data no browser passes it on.
fn wake(name: &'static str) -> Event {
    Event::default().event(name).data("{}")
}

impl Following {
    /// Waits for something to wake the terminal for; nothing when the stream ends.
    async fn next(&mut self) -> Option<Vec<Event>> {
        if !self.greeted {
            self.greeted = true;
            return Some(vec![wake("hello")]);
        }
        loop {
            self.changes.mark_unchanged();
            match self.look().await {
                Ok(None) => return None,
                Ok(Some(news)) if !news.is_empty() => return Some(news),
                Ok(Some(_)) => {}
                Err(cause) => {
                    tracing::warn!(?cause, "a terminal's stream could not read");
                    return None;
                }
            }
            let stop = self.app.stop.clone();
            let rest = if self.owed { LISTS } else { QUIET };
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep(PAUSE) => {}
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
                () = tokio::time::sleep(rest) => {}
                changed = self.changes.changed() => changed.ok()?,
            }
        }
    }

    /// What there is to wake for; none when the terminal counts no more.
    async fn look(&mut self) -> Result<Option<Vec<Event>>> {
        let (row, now) = (self.terminal.clone(), self.app.clock.now());
        let found = self
            .app
            .db
            .read(move |c| match still_counts(c, &row)? {
                Some(row) => Ok(Some((command::waiting(c, &row, now)?, row))),
                None => Ok(None),
            })
            .await?;
        let Some((waiting, row)) = found else {
            return Ok(None);
        };
        self.terminal = row;
        let mut news = Vec::new();
        let waiting: BTreeSet<String> = waiting.into_iter().map(|command| command.event).collect();
        if !waiting.is_subset(&self.told) {
            news.push(wake("command"));
        }
        self.told = waiting;
        self.owed = self.looked.is_some_and(|at| at.elapsed() < LISTS);
        if !self.owed {
            self.looked = Some(Instant::now());
            let newest = list::newest_version(&self.app, &self.terminal).await?;
            if newest > self.list.max(self.terminal.list_version) {
                self.list = newest;
                news.push(wake("list"));
            }
        }
        Ok(Some(news))
    }
}
