//! Links by what they carry: their ids, an address, what another system calls them.

use super::{LinkRow, words};
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{doors, groups, link_doors, link_groups, link_words, links, places};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::{HashMap, HashSet};

/// Links looked at for one address: nobody has more that live.
const LOOKED_AT: i64 = 200;

/// These links as far as they are the organization's, newest first.
///
/// # Errors
/// Those of the database.
pub fn of_ids(c: &mut AnyConnection, organization: &str, ids: &[String]) -> Result<Vec<LinkRow>> {
    Ok(links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::id.eq_any(ids))
        .order(links::id.desc())
        .select(LinkRow::as_select())
        .load(c)?)
}

/// The newest links with this e-mail address or this number; neither case nor a leading `+` counts.
///
/// # Errors
/// Those of the database.
pub fn with_address(c: &mut AnyConnection, organization: &str, email: &str, phone: &str) -> Result<Vec<LinkRow>> {
    let digits = phone.trim_start_matches('+');
    let mut ids: HashSet<String> = HashSet::new();
    for word in [words::whole(email), words::whole(digits)] {
        if !word.is_empty() {
            let found: Vec<String> = link_words::table
                .filter(link_words::organization_id.eq(organization))
                .filter(link_words::word.eq(word))
                .order(link_words::link_id.desc())
                .limit(LOOKED_AT)
                .select(link_words::link_id)
                .load(c)?;
            ids.extend(found);
        }
    }
    let ids: Vec<String> = ids.into_iter().collect();
    let mut rows = if ids.is_empty() { Vec::new() } else { of_ids(c, organization, &ids)? };
    let email = words::fold(email);
    rows.retain(|row| {
        let same_email = !email.is_empty() && words::fold(&row.email) == email;
        same_email || !digits.is_empty() && row.phone.trim_start_matches('+') == digits
    });
    Ok(rows)
}

/// Which of these external ids an organization's links have already.
///
/// # Errors
/// Those of the database.
pub fn with_external_id(c: &mut AnyConnection, organization: &str, ids: &[String]) -> Result<HashSet<String>> {
    let found: Vec<String> = links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::external_id.eq_any(ids))
        // Word for word as the index has it, or it is not used where values are not known yet.
        .filter(sql::<Bool>("links.external_id <> ''"))
        .select(links::external_id)
        .load(c)?;
    Ok(found.into_iter().collect())
}

/// Names of what a link opens itself.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Single doors.
    pub doors: Vec<String>,
    /// Groups.
    pub groups: Vec<String>,
}

/// How many of an organization's doors go by a name, alone or with its place.
#[derive(Debug)]
pub struct Called(HashMap<String, usize>);

/// How an organization's doors are called; read once, however many links are named by it.
///
/// # Errors
/// Those of the database.
pub fn called(c: &mut AnyConnection, organization: &str) -> Result<Called> {
    let all: Vec<(String, String)> = doors::table
        .inner_join(places::table)
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .select((doors::name, places::name))
        .load(c)?;
    let mut called: HashMap<String, usize> = HashMap::new();
    for (door, place) in all {
        *called.entry(format!("{door}, {place}")).or_default() += 1;
        *called.entry(door).or_default() += 1;
    }
    Ok(Called(called))
}

/// Names of what several links of one organization open themselves: single doors and groups. Where several doors are
/// called the same, each with its place; where that does not tell them apart either, its id.
///
/// # Errors
/// Those of the database.
pub fn named_grants(c: &mut AnyConnection, called: &Called, ids: &[String]) -> Result<HashMap<String, Named>> {
    let mut named: HashMap<String, Named> = HashMap::new();
    let alone = |name: &String| called.0.get(name) == Some(&1);
    let single: Vec<(String, String, String, String)> = link_doors::table
        .inner_join(doors::table.inner_join(places::table))
        .filter(link_doors::link_id.eq_any(ids))
        .filter(doors::removed_at.is_null())
        .order((doors::name, doors::id))
        .select((link_doors::link_id, doors::id, doors::name, places::name))
        .load(c)?;
    let single = single.into_iter().map(|(link, id, door, place)| {
        let placed = format!("{door}, {place}");
        (link, [door, placed].into_iter().find(alone).unwrap_or(id))
    });
    for (link, name) in single {
        named.entry(link).or_default().doors.push(name);
    }
    let grouped: Vec<(String, String)> = link_groups::table
        .inner_join(groups::table)
        .filter(link_groups::link_id.eq_any(ids))
        .filter(groups::removed_at.is_null())
        .order((groups::name, groups::id))
        .select((link_groups::link_id, groups::name))
        .load(c)?;
    for (link, name) in grouped {
        named.entry(link).or_default().groups.push(name);
    }
    Ok(named)
}

/// Whether a link with this id, or of this external id, is there already.
///
/// # Errors
/// Those of the database.
pub fn is_there(c: &mut AnyConnection, organization: &str, id: &str, external_id: &str) -> Result<bool> {
    let known: i64 = links::table.find(id).count().get_result(c)?;
    Ok(known > 0 || !with_external_id(c, organization, &[external_id.to_owned()])?.is_empty())
}
