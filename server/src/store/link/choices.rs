//! What a list's filters offer.

use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{doors, groups, places};
use diesel::prelude::*;

/// Doors and groups to choose from: ids and names.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Doors by name, with their place.
    pub doors: Vec<(String, String)>,
    /// Groups by name.
    pub groups: Vec<(String, String)>,
}

/// An organization's doors and groups.
///
/// # Errors
/// Those of the database.
pub fn choices(c: &mut AnyConnection, organization: &str) -> Result<Choices> {
    let rows: Vec<(String, String, String)> = doors::table
        .inner_join(places::table)
        .filter(doors::organization_id.eq(organization))
        .filter(doors::removed_at.is_null())
        .order((doors::name, doors::id))
        .select((doors::id, doors::name, places::name))
        .load(c)?;
    let one_place = rows.windows(2).all(|pair| matches!(pair, [one, other] if one.2 == other.2));
    let label =
        |(id, name, place): (String, String, String)| (id, if one_place { name } else { format!("{name}, {place}") });
    let groups = groups::table
        .filter(groups::organization_id.eq(organization))
        .filter(groups::removed_at.is_null())
        .order((groups::name, groups::id))
        .select((groups::id, groups::name))
        .load(c)?;
    Ok(Choices { doors: rows.into_iter().map(label).collect(), groups })
}
