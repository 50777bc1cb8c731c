//! Lists of events, narrowed by anything: each list is led by an index that also gives its order, and what no index
//! leads to is searched within bounds, so that a page costs the same however long the log is.

mod filter;
mod ordered;

pub use filter::{Filter, Is};
pub use ordered::{Hour, hours, in_order, span, stretch};

use super::EventRow;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::events;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use domain::Millis;
use std::cmp::Reverse;

/// Events that are looked at for one page where an index leads only part of the way.
const SEARCHED: i64 = 3_000;
/// The least of them for each of several ways that are followed at once.
const EACH: i64 = 500;

/// Ways that are followed at once; a choice of more is searched for row by row.
const WAYS: usize = 64;

/// One page of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Latest first.
    pub rows: Vec<EventRow>,
    /// Where the next page begins.
    pub next: Option<(Millis, i64)>,
    /// The page is not full, and yet there may be more: only the latest so many events were searched.
    pub searched: Option<i64>,
}

type Query<'a> = events::BoxedQuery<'a, <AnyConnection as Connection>::Backend>;

/// The organization's events between two moments, both included.
fn within<'a>(organization: &'a str, filter: &Filter, first: Option<Millis>, last: Option<Millis>) -> Query<'a> {
    let mut query = events::table.filter(events::organization_id.eq(organization)).into_boxed();
    if let Some(first) = first {
        query = query.filter(events::occurred_at.ge(first));
    }
    if let Some(last) = last {
        query = query.filter(events::occurred_at.le(last));
    }
    if filter.brief {
        query = query.filter(events::action.ne_all(["door.dispatched", "door.confirmed", "door.sent"]));
    }
    query
}

/// Follows the index that leads to what an event is. Conditions stand as the index' own do.
fn led<'a>(query: Query<'a>, is: &'a Is) -> Query<'a> {
    match is {
        Is::Door(id) => query.filter(events::door_id.eq(id)),
        Is::Link(id) => query.filter(events::link_id.eq(id)),
        Is::Actor(id) => {
            query.filter(events::actor.eq(id)).filter(sql::<Bool>("actor <> 'visitor' AND actor <> 'system'"))
        }
        Is::Action(code) => query.filter(events::action.eq(code)).filter(sql::<Bool>(
            "action <> 'door.unlock' AND action <> 'door.dispatched' AND action <> 'door.confirmed'",
        )),
        Is::Outcome(outcome) => query
            .filter(events::outcome.eq(outcome.code()))
            .filter(sql::<Bool>("outcome <> 'done' AND outcome <> 'granted'")),
        Is::Reason(code) => query.filter(events::reason.eq(code)).filter(sql::<Bool>("reason <> 'allowed'")),
        Is::Object(id) => query.filter(events::object.eq(id)),
    }
}

/// Keeps only what is one of these, row by row: no database shall take another index for it.
fn kept<'a>(query: Query<'a>, any: &[Is]) -> Query<'a> {
    let [mut doors, mut links, mut actors, mut actions, mut outcomes, mut reasons, mut objects]: [Vec<String>; 7] =
        Default::default();
    for is in any {
        match is.clone() {
            Is::Door(id) => doors.push(id),
            Is::Link(id) => links.push(id),
            Is::Actor(id) => actors.push(id),
            Is::Action(code) => actions.push(code),
            Is::Outcome(outcome) => outcomes.push(outcome.code().to_owned()),
            Is::Reason(code) => reasons.push(code),
            Is::Object(id) => objects.push(id),
        }
    }
    query.filter(
        sql::<Text>("(coalesce(door_id, ''))")
            .eq_any(doors)
            .or(sql::<Text>("(coalesce(link_id, ''))").eq_any(links))
            .or(sql::<Text>("(actor || '')").eq_any(actors))
            .or(sql::<Text>("(action || '')").eq_any(actions))
            .or(sql::<Text>("(outcome || '')").eq_any(outcomes))
            .or(sql::<Text>("(coalesce(reason, ''))").eq_any(reasons))
            .or(sql::<Text>("(object || '')").eq_any(objects)),
    )
}

/// A page of an organization's events, latest first, at most `most` of them.
///
/// # Errors
/// Those of the database.
pub fn page(c: &mut AnyConnection, organization: &str, filter: &Filter, most: i64) -> Result<Page> {
    let all = filter.all();
    if all.iter().any(Vec::is_empty) {
        return Ok(Page::default());
    }
    // The rarest of all leads, by few ways rather than many; where none does, time does.
    let rank = |any: &Vec<Is>| {
        let ranks = any.iter().map(Is::rank).collect::<Option<Vec<u8>>>()?;
        (ranks.len() <= WAYS).then(|| ranks.into_iter().max())?
    };
    let lead = all.iter().enumerate().filter_map(|(at, any)| Some((usize::from(rank(any)?) + any.len() / 8, at))).min();
    let lead = lead.map(|(_, at)| at);
    let ways: Vec<Option<&Is>> = match lead.and_then(|at| all.get(at)) {
        Some(any) => any.iter().map(Some).collect(),
        None => vec![None],
    };
    let rest: Vec<&Vec<Is>> = all.iter().enumerate().filter(|(at, _)| Some(*at) != lead).map(|(_, any)| any).collect();
    let each = (SEARCHED / i64::try_from(ways.len()).unwrap_or(1).max(1)).max(EACH);
    let last = match (filter.until.map(|until| until - 1), filter.after.map(|(at, _)| at)) {
        (Some(until), Some(after)) => Some(until.min(after)),
        (until, after) => until.or(after),
    };
    let (mut rows, mut edge) = (Vec::new(), None);
    for way in ways {
        let base = |first: Option<Millis>| {
            let mut query = within(organization, filter, first, last);
            if let Some(is) = way {
                query = led(query, is);
            }
            if let Some((at, sequence)) = filter.after {
                // The range above leads there; this only leaves out what stands at the very moment.
                query = query
                    .filter(sql::<BigInt>("(occurred_at + 0)").lt(at).or(sql::<BigInt>("(sequence + 0)").lt(sequence)));
            }
            query.order((events::occurred_at.desc(), events::sequence.desc()))
        };
        let mut end = None;
        if !rest.is_empty() {
            let key = (events::occurred_at, events::sequence);
            end = base(filter.since).offset(each - 1).limit(1).select(key).first::<(i64, i64)>(c).optional()?;
        }
        let mut query = base(end.map(|(at, _)| at).or(filter.since));
        for any in &rest {
            query = kept(query, any);
        }
        rows.extend(query.limit(most + 1).select(EventRow::as_select()).load(c)?);
        edge = edge.max(end);
    }
    rows.sort_by_key(|row: &EventRow| Reverse((row.occurred_at, row.sequence)));
    rows.dedup_by_key(|row| row.sequence);
    // Beyond this not every way was followed.
    if let Some(edge) = edge {
        rows.retain(|row| (row.occurred_at, row.sequence) >= edge);
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if rows.len() > most {
        rows.truncate(most);
        let next = rows.last().map(|row| (row.occurred_at, row.sequence));
        return Ok(Page { rows, next, searched: None });
    }
    Ok(Page { rows, next: edge, searched: edge.map(|_| each) })
}

/// An organization's events, latest first, at most `most`.
///
/// # Errors
/// Those of the database.
pub fn list(c: &mut AnyConnection, organization: &str, filter: &Filter, most: i64) -> Result<Vec<EventRow>> {
    Ok(page(c, organization, filter, most)?.rows)
}

/// The events before and after another one that are about the same thing, without the steps of an opening.
///
/// # Errors
/// Those of the database.
pub fn beside(
    c: &mut AnyConnection,
    organization: &str,
    is: &Is,
    row: &EventRow,
) -> Result<(Option<EventRow>, Option<EventRow>)> {
    let filter = Filter { brief: true, ..Filter::default() };
    let (at, sequence) = (row.occurred_at, row.sequence);
    let (moment, number) = (sql::<BigInt>("(occurred_at + 0)"), sql::<BigInt>("(sequence + 0)"));
    let earlier = led(within(organization, &filter, None, Some(at)), is)
        .filter(moment.lt(at).or(number.lt(sequence)))
        .order((events::occurred_at.desc(), events::sequence.desc()))
        .select(EventRow::as_select())
        .first(c)
        .optional()?;
    let (moment, number) = (sql::<BigInt>("(occurred_at + 0)"), sql::<BigInt>("(sequence + 0)"));
    let later = led(within(organization, &filter, Some(at), None), is)
        .filter(moment.gt(at).or(number.gt(sequence)))
        .order((events::occurred_at, events::sequence))
        .select(EventRow::as_select())
        .first(c)
        .optional()?;
    Ok((earlier, later))
}
