//! Links that end soon, and how many are active: for the overview.

use super::LinkRow;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::links;
use diesel::prelude::*;
use domain::Millis;

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
