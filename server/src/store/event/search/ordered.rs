//! Stretches of the log in its own order, and what its hours come to.

use super::{Filter, kept, within};
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::event::EventRow;
use crate::store::schema::events;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::Millis;

/// An organization's events after a place in the log, in order, at most `most`.
///
/// # Errors
/// Those of the database.
pub fn in_order(
    c: &mut AnyConnection,
    organization: &str,
    filter: &Filter,
    after: i64,
    most: i64,
) -> Result<Vec<EventRow>> {
    ordered(c, organization, filter, (after, i64::MAX), most)
}

/// Those of an organization's events after a place in the log, up to and with another, that a filter lets through.
///
/// # Errors
/// Those of the database.
pub fn stretch(
    c: &mut AnyConnection,
    organization: &str,
    filter: &Filter,
    after: i64,
    through: i64,
) -> Result<Vec<EventRow>> {
    ordered(c, organization, filter, (after, through), i64::MAX)
}

fn ordered(
    c: &mut AnyConnection,
    organization: &str,
    filter: &Filter,
    (after, through): (i64, i64),
    most: i64,
) -> Result<Vec<EventRow>> {
    let all = filter.all();
    if all.iter().any(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let mut query = within(organization, filter, filter.since, filter.until.map(|until| until - 1));
    for any in &all {
        query = kept(query, any);
    }
    let query = query.filter(events::sequence.gt(after)).filter(events::sequence.le(through));
    Ok(query.order(events::sequence).limit(most).select(EventRow::as_select()).load(c)?)
}

/// The first and last place in the log of what happened between two moments, the second left out.
///
/// # Errors
/// Those of the database.
pub fn span(
    c: &mut AnyConnection,
    organization: &str,
    since: Option<Millis>,
    until: Option<Millis>,
) -> Result<Option<(i64, i64)>> {
    if since.is_none() && until.is_none() {
        let ends = |last: bool| {
            let all =
                events::table.filter(events::organization_id.eq(organization)).select(events::sequence).into_boxed();
            if last { all.order(events::sequence.desc()) } else { all.order(events::sequence) }
        };
        let first: Option<i64> = ends(false).first(c).optional()?;
        let last: Option<i64> = ends(true).first(c).optional()?;
        return Ok(first.zip(last));
    }
    let query = within(organization, &Filter::default(), since, until.map(|until| until - 1));
    let ends = (diesel::dsl::min(events::sequence), diesel::dsl::max(events::sequence));
    let (first, last): (Option<i64>, Option<i64>) = query.select(ends).first(c)?;
    Ok(first.zip(last))
}

/// An hour since the beginning, an outcome, a reason, and how many taps came out so.
pub type Hour = (i64, String, Option<String>, i64);

/// How many taps came out how, by hour since a moment, and by reason.
///
/// # Errors
/// Those of the database.
pub fn hours(c: &mut AnyConnection, organization: &str, since: Millis) -> Result<Vec<Hour>> {
    // A number of ours, not a parameter: Postgres groups only by what it sees to be the same.
    let said = format!("(occurred_at - {since}) / 3600000, outcome, reason, count(*)");
    Ok(events::table
        .filter(events::organization_id.eq(organization))
        .filter(events::occurred_at.ge(since))
        .filter(events::action.eq("door.unlock"))
        .group_by(sql::<BigInt>("1, 2, 3"))
        .select(sql::<(BigInt, Text, Nullable<Text>, BigInt)>(&said))
        .load(c)?)
}
