//! Links in lists: searched, filtered, counted.

use super::LinkRow;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{group_doors, link_doors, link_groups, links};
use diesel::prelude::*;
use domain::Millis;
use domain::link::State;
/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words that must all occur in name, address, phone, company, host, note or external id.
    pub search: String,
    /// Only this state.
    pub state: Option<State>,
    /// Only links that name this door, themselves or through a group.
    pub door: Option<String>,
    /// The id of the last link seen.
    pub after: Option<String>,
}

/// An organization's links, newest first, at most `most`.
///
/// # Errors
/// Those of the database.
pub fn list(
    c: &mut AnyConnection,
    organization: &str,
    filter: &Filter,
    now: Millis,
    most: i64,
) -> Result<Vec<LinkRow>> {
    let mut query =
        links::table.filter(links::organization_id.eq(organization)).select(LinkRow::as_select()).into_boxed();
    for word in filter.search.to_lowercase().split_whitespace() {
        let word = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query = query.filter(links::search.like(format!("%{word}%")).escape('\\'));
    }
    if let Some(door) = &filter.door {
        let single = link_doors::table.filter(link_doors::door_id.eq(door.clone())).select(link_doors::link_id);
        let groups: Vec<String> =
            group_doors::table.filter(group_doors::door_id.eq(door)).select(group_doors::group_id).load(c)?;
        query = if groups.is_empty() {
            query.filter(links::id.eq_any(single))
        } else {
            let grouped = link_groups::table.filter(link_groups::group_id.eq_any(groups)).select(link_groups::link_id);
            query.filter(links::id.eq_any(single).or(links::id.eq_any(grouped)))
        };
    }
    if let Some(after) = &filter.after {
        query = query.filter(links::id.lt(after.clone()));
    }
    if let Some(state) = filter.state {
        let ended = links::valid_until.le(now);
        let spent = links::uses.ge(links::max_uses.assume_not_null());
        let alive = links::valid_until.is_null().or(links::valid_until.gt(now));
        let unspent = links::max_uses.is_null().or(links::uses.lt(links::max_uses.assume_not_null()));
        query = match state {
            State::Revoked => query.filter(links::revoked_at.is_not_null()),
            State::Expired => query.filter(links::revoked_at.is_null()).filter(ended.assume_not_null()),
            State::UsedUp => query
                .filter(links::revoked_at.is_null())
                .filter(alive.assume_not_null())
                .filter(links::max_uses.is_not_null())
                .filter(spent),
            State::Paused => query
                .filter(links::revoked_at.is_null())
                .filter(alive.assume_not_null())
                .filter(unspent)
                .filter(links::paused_at.is_not_null()),
            State::Scheduled | State::Active => {
                let query = query
                    .filter(links::revoked_at.is_null())
                    .filter(alive.assume_not_null())
                    .filter(unspent)
                    .filter(links::paused_at.is_null());
                if state == State::Scheduled {
                    query.filter(links::valid_from.gt(now))
                } else {
                    query.filter(links::valid_from.le(now))
                }
            }
        };
    }
    Ok(query.order(links::id.desc()).limit(most).load(c)?)
}

/// Links that end soon, the soonest first.
///
/// # Errors
/// Those of the database.
pub fn ending(
    c: &mut AnyConnection,
    organization: &str,
    now: Millis,
    before: Millis,
    most: i64,
) -> Result<Vec<LinkRow>> {
    Ok(links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::revoked_at.is_null())
        .filter(links::valid_until.gt(now))
        .filter(links::valid_until.le(before))
        .order((links::valid_until, links::id))
        .limit(most)
        .select(LinkRow::as_select())
        .load(c)?)
}

/// How many links are active, and how many of them end before a moment.
///
/// # Errors
/// Those of the database.
pub fn count_active(c: &mut AnyConnection, organization: &str, now: Millis, before: Millis) -> Result<(i64, i64)> {
    let rows: Vec<(Option<i64>, i64, Option<i64>)> = links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::revoked_at.is_null())
        .filter(links::paused_at.is_null())
        .filter(links::valid_from.le(now))
        .filter(links::valid_until.is_null().or(links::valid_until.gt(now)))
        .select((links::valid_until, links::uses, links::max_uses))
        .load(c)?;
    let active = rows.iter().filter(|(_, uses, max)| max.is_none_or(|max| *uses < max));
    let (mut all, mut soon) = (0, 0);
    for (until, _, _) in active {
        all += 1;
        soon += i64::from(until.is_some_and(|until| until <= before));
    }
    Ok((all, soon))
}
