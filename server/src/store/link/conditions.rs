//! What a list is narrowed by: each condition knows its links by an index of its own, and how to try one link.

use super::list::{Filter, Query};
use super::words::{self, Term};
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{group_doors, groups, link_doors, link_groups, link_words, links};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use domain::Millis;
use domain::link::State;
use domain::list::{SOON_MS, Sort, Standing};
use std::collections::HashSet;

/// One condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// A word begins in one of these ways.
    Word(Term),
    /// The link opens this door, by itself or through a group.
    Door(String),
    /// The link opens this group.
    Group(String),
    /// Where the link stands, and in which order the list is.
    Standing(Standing, Sort),
}

/// A filter's conditions; `None` when nothing can meet them.
pub(super) fn conditions(filter: &Filter) -> Option<Vec<Condition>> {
    let mut all: Vec<Condition> = words::asked(&filter.search)?.into_iter().map(Condition::Word).collect();
    all.extend(words::asked_of_host(&filter.host).into_iter().map(Condition::Word));
    all.extend(filter.group.clone().map(Condition::Group));
    all.extend(filter.door.clone().map(Condition::Door));
    all.extend(filter.standing.map(|standing| Condition::Standing(standing, filter.sort)));
    Some(all)
}

impl Condition {
    /// The ids of the links that may meet it, and of all that do; `None` when they are more than `most`.
    pub(super) fn candidates(
        &self,
        c: &mut AnyConnection,
        organization: &str,
        now: Millis,
        most: usize,
    ) -> Result<Option<HashSet<String>>> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let ids: Vec<String> = match self {
            Self::Word(term) => {
                let begins = |way: &String| {
                    link_words::table
                        .filter(link_words::organization_id.eq(organization.to_owned()))
                        .filter(link_words::word.ge(way.clone()))
                        .filter(link_words::word.lt(words::end(way)))
                        .select(link_words::link_id)
                        .limit(limit)
                };
                let [one, other] = term;
                let mut ids: Vec<String> = begins(one).load(c)?;
                if one != other {
                    ids.extend(begins(other).load::<String>(c)?);
                }
                ids
            }
            Self::Door(door) => {
                let single = link_doors::table.filter(link_doors::door_id.eq(door)).select(link_doors::link_id);
                let mut ids: Vec<String> = single.limit(limit).load(c)?;
                let groups = group_doors::table
                    .inner_join(groups::table)
                    .filter(group_doors::door_id.eq(door))
                    .filter(groups::removed_at.is_null())
                    .select(group_doors::group_id);
                let grouped =
                    link_groups::table.filter(link_groups::group_id.eq_any(groups)).select(link_groups::link_id);
                ids.extend(grouped.limit(limit).load::<String>(c)?);
                ids
            }
            Self::Group(group) => {
                let grouped = link_groups::table.filter(link_groups::group_id.eq(group)).select(link_groups::link_id);
                grouped.limit(limit).load(c)?
            }
            Self::Standing(standing, _) => {
                let all = links::table.filter(links::organization_id.eq(organization)).select(links::id).limit(limit);
                match standing {
                    Standing::Is(State::Revoked) => all.filter(links::revoked_at.is_not_null()).load(c)?,
                    Standing::Is(State::Paused) => all.filter(links::paused_at.is_not_null()).load(c)?,
                    Standing::Is(State::UsedUp) => all.filter(sql::<Bool>("links.spent")).load(c)?,
                    Standing::Is(State::Scheduled) => all.filter(links::valid_from.gt(now)).load(c)?,
                    Standing::Is(State::Expired) => all.filter(links::valid_until.le(now)).load(c)?,
                    Standing::Is(State::Active) => {
                        let mut ids: Vec<String> = all.filter(links::valid_until.gt(now)).load(c)?;
                        ids.extend(all.filter(links::valid_until.is_null()).load::<String>(c)?);
                        ids
                    }
                    Standing::EndingSoon => {
                        let soon = all.filter(links::valid_until.gt(now)).filter(links::valid_until.le(now + SOON_MS));
                        soon.load(c)?
                    }
                }
            }
        };
        let found: HashSet<String> = ids.into_iter().collect();
        Ok((found.len() <= most).then_some(found))
    }

    /// Keeps the links that meet it. Each link is tried by itself: `LIMIT` and `OFFSET` tell either database not to
    /// turn the question round, and a sum instead of a column, not to leave the order's index for another.
    pub(super) fn hold(&self, query: Query, now: Millis) -> Query {
        match self {
            Self::Word([one, other]) => {
                let begins =
                    sql::<Bool>("EXISTS (SELECT 1 FROM link_words WHERE link_words.link_id = links.id AND ((word >= ")
                        .bind::<Text, _>(one.clone())
                        .sql(" AND word < ")
                        .bind::<Text, _>(words::end(one))
                        .sql(") OR (word >= ")
                        .bind::<Text, _>(other.clone())
                        .sql(" AND word < ")
                        .bind::<Text, _>(words::end(other))
                        .sql(")) LIMIT 1 OFFSET 0)");
                query.filter(begins)
            }
            Self::Door(door) => {
                let opens = sql::<Bool>(
                    "(EXISTS (SELECT 1 FROM link_doors WHERE link_doors.link_id = links.id AND door_id = ",
                )
                .bind::<Text, _>(door.clone())
                .sql(
                    " LIMIT 1 OFFSET 0) OR EXISTS (SELECT 1 FROM link_groups JOIN group_doors ON group_doors.group_id \
                         = link_groups.group_id JOIN groups ON groups.id = link_groups.group_id AND groups.removed_at IS NULL WHERE link_groups.link_id = links.id AND group_doors.door_id = ",
                )
                .bind::<Text, _>(door.clone())
                .sql(" LIMIT 1 OFFSET 0))");
                query.filter(opens)
            }
            Self::Group(group) => {
                let opens = sql::<Bool>(
                    "EXISTS (SELECT 1 FROM link_groups WHERE link_groups.link_id = links.id AND group_id = ",
                )
                .bind::<Text, _>(group.clone())
                .sql(" LIMIT 1 OFFSET 0)");
                query.filter(opens)
            }
            Self::Standing(standing, sort) => stands(query, *standing, *sort, now),
        }
    }
}

fn plain(query: Query, said: &'static str) -> Query {
    query.filter(sql::<Bool>(said))
}

fn at(query: Query, before: &'static str, moment: Millis, after: &'static str) -> Query {
    query.filter(sql::<Bool>(before).bind::<BigInt, _>(moment).sql(after))
}

/// The states in the order of their weight, as `Validity::state` has it.
fn stands(query: Query, standing: Standing, sort: Sort, now: Millis) -> Query {
    let newest = sort == Sort::Newest;
    if standing == Standing::Is(State::Revoked) {
        // The newest of them have an index of their own.
        return plain(query, if newest { "links.revoked_at IS NOT NULL" } else { "links.revoked_at + 0 IS NOT NULL" });
    }
    let query = plain(query, "links.revoked_at IS NULL");
    if standing == Standing::Is(State::Expired) {
        return at(query, "links.valid_until + 0 <= ", now, "");
    }
    let query = at(query, "(links.valid_until IS NULL OR links.valid_until + 0 > ", now, ")");
    if standing == Standing::Is(State::UsedUp) {
        return plain(query, if newest { "links.spent" } else { "links.uses >= links.max_uses" });
    }
    let query = plain(query, "(links.max_uses IS NULL OR links.uses < links.max_uses)");
    if standing == Standing::Is(State::Paused) {
        return plain(query, if newest { "links.paused_at IS NOT NULL" } else { "links.paused_at + 0 IS NOT NULL" });
    }
    let query = plain(query, "links.paused_at IS NULL");
    match standing {
        Standing::Is(State::Scheduled) => at(query, "links.valid_from + 0 > ", now, ""),
        Standing::EndingSoon => {
            let query = at(query, "links.valid_from + 0 <= ", now, "");
            at(query, "links.valid_until + 0 <= ", now + SOON_MS, "")
        }
        Standing::Is(_) => at(query, "links.valid_from + 0 <= ", now, ""),
    }
}
