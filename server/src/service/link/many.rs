//! One deed on many links: each link is a change of its own with its own event, a few in a batch, so that taps
//! never wait and one refusal stops nothing else.

use super::change::{self, allowed};
use super::{draft, share};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::store::link::{self, Filter, LinkRow};
use crate::store::organization;
use app::text::when;
use domain::channel::Channel;
use domain::input;
use domain::link::Change;
use domain::list::Deed;
use domain::schedule::Wall;
use futures_util::StreamExt;

/// Links that one deed may take on.
pub const MOST: usize = 5_000;
/// Changes that wait for the writer at once: as many as it takes into a batch.
const AT_ONCE: usize = 8;

/// What became of a deed.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// On how many links it was done.
    pub done: usize,
    /// The links it was not done on, and why.
    pub left: Vec<(String, String)>,
}

/// The links that match a filter, at most [`MOST`], newest first.
///
/// # Errors
/// `Refused` when they are more; those of the store.
pub async fn matching(app: &App, actor: &Actor, filter: &Filter) -> Result<Vec<LinkRow>> {
    let (owner, now) = (actor.organization.clone(), app.clock.now());
    let filter = Filter { sort: domain::list::Sort::Newest, after: None, ..filter.clone() };
    let rows = app.db.read(move |c| link::list(c, &owner, &filter, now, MOST + 1)).await?;
    if rows.len() > MOST {
        return Err(Error::Refused("More than 5,000 links match. Narrow the list first.".into()));
    }
    Ok(rows)
}

/// These links, as far as they are the organization's, newest first.
///
/// # Errors
/// Those of the store.
pub async fn named(app: &App, actor: &Actor, ids: Vec<String>) -> Result<Vec<LinkRow>> {
    let owner = actor.organization.clone();
    app.db.read(move |c| link::of_ids(c, &owner, &ids)).await
}

/// A number of days as typed.
///
/// # Errors
/// `Fields` on `days`.
pub fn days(typed: &str) -> Result<i64> {
    input::number(typed, 1, 365).map_err(|refused| Error::field("days", refused))
}

/// Works through things a few at a time, in their order, and goes on to the end even if whoever asked has gone.
///
/// # Errors
/// `Unavailable` when the work itself was cut off; what was done until then stays done.
pub(super) async fn in_steps<T, R, W, F>(app: &App, things: Vec<T>, work: W) -> Result<Vec<R>>
where
    T: Send + 'static,
    R: Send + 'static,
    W: Fn(T) -> F + Send + 'static,
    F: Future<Output = R> + Send + 'static,
{
    let all = app.tasks.spawn(futures_util::stream::iter(things).map(work).buffered(AT_ONCE).collect::<Vec<R>>());
    all.await.map_err(|cause| Error::Unavailable(format!("work on many links broke: {cause}")))
}

/// Does it.
///
/// # Errors
/// As [`in_steps`].
pub async fn many(app: &App, actor: &Actor, deed: Deed, days: i64, links: Vec<LinkRow>) -> Result<Outcome> {
    let (there, who) = (app.clone(), actor.clone());
    let one = move |link: LinkRow| {
        let (app, actor) = (there.clone(), who.clone());
        async move {
            let (app, actor, id) = (&app, &actor, &link.id);
            let done = match deed {
                Deed::Pause => change::pause(app, actor, id).await.map(drop),
                Deed::Resume => change::resume(app, actor, id).await.map(drop),
                Deed::Revoke => change::revoke(app, actor, id).await.map(drop),
                Deed::Extend => extend_by(app, actor, id, days).await,
                Deed::Send => share::send(app, actor, id, Channel::Email).await.map(drop),
            };
            (link.name, done)
        }
    };
    let results = in_steps(app, links, one).await?;
    if deed == Deed::Send {
        app.outbox.notify_one();
    }
    let mut outcome = Outcome::default();
    for (name, done) in results {
        match done {
            Ok(()) => outcome.done += 1,
            Err(error) => outcome.left.push((name, sentence(&error))),
        }
    }
    Ok(outcome)
}

/// Why a link was left as it was.
pub(super) fn sentence(error: &Error) -> String {
    match error {
        Error::Fields(fields) => fields.first().map(|field| field.sentence.clone()).unwrap_or_default(),
        Error::NotFound => "It is not there any more.".into(),
        other => other.to_string(),
    }
}

/// Moves an end by days, to the same time of day; an end that has passed counts from today.
async fn extend_by(app: &App, actor: &Actor, id: &str, days: i64) -> Result<()> {
    let owner = actor.organization.clone();
    let organization = app.db.read(move |c| organization::find(c, &owner)).await?;
    let (actor, id, keys) = (actor.clone(), id.to_owned(), app.keys.clone());
    app.db
        .write(move |tx| {
            let link = allowed(tx, &actor, &id, Change::Extend)?;
            let Some(before) = link.valid_until else {
                return Err(Error::Refused("This link never ends.".into()));
            };
            let zone = &organization.time_zone;
            let (end, today) = (when::wall(before, zone), when::wall(tx.now, zone));
            let day = end.day.max(today.day) + i32::try_from(days).unwrap_or(0);
            let until = when::instant(Wall { day, minute: end.minute }, zone);
            if until > draft::latest(&organization, link.valid_from, tx.now) {
                let days = organization.max_validity_days;
                return Err(Error::Refused(format!("A link may be good for {days} days at most from today.")));
            }
            change::move_end(tx, &actor, &keys, &link, until)?;
            Ok(())
        })
        .await
}
