//! Links in lists: searched, filtered, sorted, a page at a time by the key of the last one seen.
//!
//! No query reads more than it must, however many links there are. If few links meet one of the conditions, these
//! few are read by their ids and sorted here. If many meet each of them, the index of the wanted order is followed
//! until the page is full, which is soon.

use super::LinkRow;
use super::conditions::{Condition, conditions};
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::links;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use domain::Millis;
use domain::link::State;
use domain::list::{Sort, Standing};
use std::cmp::{Ordering, Reverse};
use std::collections::{HashMap, HashSet};

/// So many links are few enough to be read and sorted at once: very few are looked for first, since what meets a rare
/// condition need not be looked up by the others.
const STEPS: [usize; 2] = [100, 2_000];

/// The minute of a moment: of a link's last use, lists show and sort it, and there is an index of it that each opening in
/// the same minute leaves alone.
pub(super) fn minute(at: Millis) -> i64 {
    at.div_euclid(60_000)
}

/// What a list is narrowed to, and its order.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words that must each begin a word of name, address, phone, company, host, note or external id.
    pub search: String,
    /// Only these.
    pub standing: Option<Standing>,
    /// Only links that open this door, by themselves or through a group.
    pub door: Option<String>,
    /// Only links that open this group of doors.
    pub group: Option<String>,
    /// Words that must each begin a word of the host's name.
    pub host: String,
    /// The order.
    pub sort: Sort,
    /// The last link seen.
    pub after: Option<Cursor>,
    /// No link younger than this one.
    pub newest: Option<String>,
}

/// A link's place in every order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = links)]
pub struct Cursor {
    id: String,
    name_key: String,
    valid_until: Option<i64>,
    last_used_at: Option<i64>,
}

impl Cursor {
    /// The place of a link.
    #[must_use]
    pub fn of(row: &LinkRow) -> Self {
        Self {
            id: row.id.clone(),
            name_key: row.name_key.clone(),
            valid_until: row.valid_until,
            last_used_at: row.last_used_at,
        }
    }

    /// As it stands in the address of the next page.
    #[must_use]
    pub fn text(&self, sort: Sort) -> String {
        let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
        match sort {
            Sort::Newest => self.id.clone(),
            Sort::Name => format!("{}.{}", self.name_key, self.id),
            Sort::Ends => format!("{}.{}", number(self.valid_until), self.id),
            Sort::Used => format!("{}.{}", number(self.last_used_at), self.id),
        }
    }

    /// Reads the text of an address.
    #[must_use]
    pub fn parse(text: &str, sort: Sort) -> Option<Self> {
        let (key, id) = if sort == Sort::Newest { ("", text) } else { text.rsplit_once('.')? };
        if !domain::id::Kind::Link.owns(id) {
            return None;
        }
        let number =
            if matches!(sort, Sort::Ends | Sort::Used) && !key.is_empty() { Some(key.parse().ok()?) } else { None };
        Some(Self { id: id.into(), name_key: key.into(), valid_until: number, last_used_at: number })
    }

    fn compare(&self, other: &Self, sort: Sort) -> Ordering {
        match sort {
            Sort::Newest => other.id.cmp(&self.id),
            Sort::Name => (&self.name_key, &self.id).cmp(&(&other.name_key, &other.id)),
            Sort::Ends => {
                let key = |of: &Self| (of.valid_until.is_none(), of.valid_until);
                key(self).cmp(&key(other)).then_with(|| self.id.cmp(&other.id))
            }
            Sort::Used => {
                let key = |of: &Self| (of.last_used_at.is_none(), Reverse(of.last_used_at.map(minute)));
                key(self).cmp(&key(other)).then_with(|| other.id.cmp(&self.id))
            }
        }
    }
}

pub(super) type Backend = <AnyConnection as Connection>::Backend;
pub(super) type Query = links::BoxedQuery<'static, Backend>;

/// An organization's links in their order, at most `most`.
///
/// # Errors
/// Those of the database.
pub fn list(
    c: &mut AnyConnection,
    organization: &str,
    filter: &Filter,
    now: Millis,
    most: usize,
) -> Result<Vec<LinkRow>> {
    let Some(conditions) = conditions(filter) else {
        return Ok(Vec::new());
    };
    let mut few: Option<HashSet<String>> = None;
    let mut left = conditions;
    for most in STEPS {
        if few.is_some() {
            break;
        }
        let mut more = Vec::new();
        for condition in left {
            let Some(ids) = condition.candidates(c, organization, now, most)? else {
                more.push(condition);
                continue;
            };
            few = Some(match few {
                Some(before) => before.into_iter().filter(|id| ids.contains(id)).collect(),
                None => ids,
            });
            // Where a link stands is known from its row alone.
            if matches!(condition, Condition::Standing(..)) {
                more.push(condition);
            }
        }
        left = more;
    }
    match few {
        Some(ids) if ids.is_empty() => Ok(Vec::new()),
        Some(ids) => of_few(c, organization, ids, &left, filter, now, most),
        None => walk(c, organization, &left, filter, now, most),
    }
}

fn narrowed(organization: &str, left: &[Condition], filter: &Filter, now: Millis) -> Query {
    let mut query = links::table.filter(links::organization_id.eq(organization.to_owned())).into_boxed();
    if let Some(newest) = &filter.newest {
        query = query.filter(links::id.le(newest.clone()));
    }
    for condition in left {
        query = condition.hold(query, now);
    }
    query
}

/// The page among few links, sorted here.
fn of_few(
    c: &mut AnyConnection,
    organization: &str,
    ids: HashSet<String>,
    left: &[Condition],
    filter: &Filter,
    now: Millis,
    most: usize,
) -> Result<Vec<LinkRow>> {
    let query = narrowed(organization, left, filter, now).filter(links::id.eq_any(ids));
    let mut places: Vec<Cursor> = query.select(Cursor::as_select()).load(c)?;
    if let Some(after) = &filter.after {
        places.retain(|place| place.compare(after, filter.sort) == Ordering::Greater);
    }
    places.sort_by(|one, other| one.compare(other, filter.sort));
    places.truncate(most);
    let ids: Vec<&str> = places.iter().map(|place| place.id.as_str()).collect();
    let rows: Vec<LinkRow> = links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::id.eq_any(ids))
        .select(LinkRow::as_select())
        .load(c)?;
    let mut rows: HashMap<String, LinkRow> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    Ok(places.into_iter().filter_map(|place| rows.remove(&place.id)).collect())
}

/// The page by following the index of the order.
fn walk(
    c: &mut AnyConnection,
    organization: &str,
    left: &[Condition],
    filter: &Filter,
    now: Millis,
    most: usize,
) -> Result<Vec<LinkRow>> {
    let mut rows: Vec<LinkRow> = Vec::new();
    for part in parts(organization, left, filter, now) {
        let limit = i64::try_from(most - rows.len()).unwrap_or(i64::MAX);
        rows.extend(part.limit(limit).select(LinkRow::as_select()).load::<LinkRow>(c)?);
        if rows.len() >= most {
            break;
        }
    }
    Ok(rows)
}

/// The queries that one after the other give the list: where a key may be missing, those that have it, then the rest.
fn parts(organization: &str, left: &[Condition], filter: &Filter, now: Millis) -> Vec<Query> {
    let query = || narrowed(organization, left, filter, now);
    let after = filter.after.clone();
    match filter.sort {
        Sort::Newest => {
            let mut query = query();
            if let Some(after) = after {
                query = query.filter(links::id.lt(after.id));
            }
            vec![query.order(links::id.desc())]
        }
        Sort::Name => {
            let mut query = query();
            if let Some(after) = after {
                let beyond = sql::<Bool>("(links.name_key, links.id) > (").bind::<Text, _>(after.name_key);
                query = query.filter(beyond.sql(", ").bind::<Text, _>(after.id).sql(")"));
            }
            vec![query.order((links::name_key, links::id))]
        }
        Sort::Ends => {
            let mut with = query().filter(links::valid_until.is_not_null());
            let mut never = query().filter(links::valid_until.is_null());
            with = match filter.standing {
                None | Some(Standing::Is(State::Revoked)) => with,
                Some(Standing::Is(State::Expired)) => with.filter(links::valid_until.le(now)),
                Some(_) => with.filter(links::valid_until.gt(now)),
            };
            let among_never = after.as_ref().is_some_and(|after| after.valid_until.is_none());
            if let Some(after) = after {
                if let Some(until) = after.valid_until {
                    let beyond = sql::<Bool>("(links.valid_until, links.id) > (").bind::<BigInt, _>(until);
                    with = with.filter(beyond.sql(", ").bind::<Text, _>(after.id).sql(")"));
                } else {
                    never = never.filter(links::id.gt(after.id));
                }
            }
            let order = (links::valid_until, links::id);
            if among_never { vec![never.order(order)] } else { vec![with.order(order), never.order(order)] }
        }
        Sort::Used => {
            let mut with = query().filter(sql::<Bool>("links.used_minute IS NOT NULL"));
            let mut never = query().filter(sql::<Bool>("links.used_minute IS NULL"));
            let among_never = after.as_ref().is_some_and(|after| after.last_used_at.is_none());
            if let Some(after) = after {
                if let Some(used) = after.last_used_at {
                    let beyond = sql::<Bool>("(links.used_minute, links.id) < (").bind::<BigInt, _>(minute(used));
                    with = with.filter(beyond.sql(", ").bind::<Text, _>(after.id).sql(")"));
                } else {
                    never = never.filter(links::id.lt(after.id));
                }
            }
            let order = || (sql::<Nullable<BigInt>>("links.used_minute DESC"), links::id.desc());
            if among_never { vec![never.order(order())] } else { vec![with.order(order()), never.order(order())] }
        }
    }
}
