//! Codes by the hundred, for asking who could get in.

use super::CodeRow;
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::link::LinkRow;
use crate::store::schema::{codes, group_doors, groups, link_doors, link_groups, links};
use diesel::prelude::*;
use domain::Millis;
use domain::qr::Kind;

/// Rows in one step: no database takes any number of values in a statement.
pub(crate) const STEP: usize = 1_000;

/// Links that name a door, themselves or by a group, and have not ended for good by a moment; in the order of their ids
/// from after one on.
///
/// # Errors
/// Those of the database.
pub(crate) fn links_to(
    c: &mut AnyConnection,
    organization: &str,
    door: &str,
    at: Millis,
    after: &str,
) -> Result<Vec<LinkRow>> {
    let direct = link_doors::table.filter(link_doors::door_id.eq(door)).select(link_doors::link_id);
    let through = link_groups::table
        .inner_join(groups::table)
        .inner_join(group_doors::table.on(group_doors::group_id.eq(link_groups::group_id)))
        .filter(group_doors::door_id.eq(door))
        .filter(groups::removed_at.is_null())
        .select(link_groups::link_id);
    Ok(links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::id.eq_any(direct).or(links::id.eq_any(through)))
        .filter(links::revoked_at.is_null())
        .filter(links::valid_until.is_null().or(links::valid_until.gt(at)))
        .filter(links::id.gt(after))
        .order(links::id)
        .limit(1_000)
        .select(LinkRow::as_select())
        .load(c)?)
}

/// The codes of some links that nothing took the place of.
///
/// # Errors
/// Those of the database.
pub(crate) fn living(c: &mut AnyConnection, organization: &str, links: &[&str]) -> Result<Vec<CodeRow>> {
    Ok(codes::table
        .filter(codes::organization_id.eq(organization))
        .filter(codes::link_id.eq_any(links))
        .filter(codes::retired_at.is_null())
        .select(CodeRow::as_select())
        .load(c)?)
}

/// Every offline code that has not ended by a moment, also those that nobody should have any more, each with the name
/// on its link.
///
/// # Errors
/// Those of the database.
pub(crate) fn offline(c: &mut AnyConnection, organization: &str, at: Millis) -> Result<Vec<(CodeRow, String)>> {
    Ok(codes::table
        .inner_join(links::table)
        .filter(codes::organization_id.eq(organization))
        .filter(codes::not_after.gt(at))
        .filter(codes::kind.eq(Kind::Offline.code()))
        .select((CodeRow::as_select(), links::name))
        .load(c)?)
}

/// Online codes by what they are found by, each with the name on its link.
///
/// # Errors
/// Those of the database.
pub(crate) fn named(c: &mut AnyConnection, organization: &str, lookups: &[&str]) -> Result<Vec<(CodeRow, String)>> {
    let mut found = Vec::with_capacity(lookups.len());
    for some in lookups.chunks(STEP) {
        let rows: Vec<(CodeRow, String)> = codes::table
            .inner_join(links::table)
            .filter(codes::organization_id.eq(organization))
            .filter(codes::kind.eq(Kind::Online.code()))
            .filter(codes::lookup.eq_any(some))
            .select((CodeRow::as_select(), links::name))
            .load(c)?;
        found.extend(rows);
    }
    Ok(found)
}
