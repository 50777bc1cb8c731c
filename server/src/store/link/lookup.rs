//! Links by what they carry: their ids, an address, what another system calls them.

use super::{LinkRow, words};
use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{link_words, links};
use diesel::prelude::*;
use std::collections::HashSet;

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
        .filter(links::external_id.ne(""))
        .select(links::external_id)
        .load(c)?;
    Ok(found.into_iter().collect())
}
