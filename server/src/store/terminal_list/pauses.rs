//! Pauses between two openings of a door that run as its list is made.

use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::{codes, link_codes, link_door_states, links};
use diesel::prelude::*;
use domain::Millis;
use domain::qr::Kind;

/// A code whose link pauses.
pub(super) struct Pause {
    /// What the code is found by.
    pub(super) lookup: String,
    /// Whether it carries its own signature, so that no entry of the list is about it.
    pub(super) offline: bool,
    /// The first moment at which it may open again.
    pub(super) until: Millis,
}

/// The codes that could open off line, if their links did not pause at this door.
///
/// # Errors
/// Those of the database.
pub(super) fn running(c: &mut AnyConnection, organization: &str, door: &str, now: Millis) -> Result<Vec<Pause>> {
    type Row = (String, String, i64, Option<i64>);
    let rows: Vec<Row> = link_codes::table
        .inner_join(links::table)
        .inner_join(link_door_states::table.on(link_door_states::link_id.eq(link_codes::link_id)))
        .inner_join(codes::table.on(codes::link_id.eq(link_codes::link_id)))
        .filter(link_codes::organization_id.eq(organization))
        .filter(link_codes::off_line.eq(true))
        .filter(links::cooldown_ms.gt(0))
        .filter(link_door_states::door_id.eq(door))
        .filter(link_door_states::last_granted_at.is_not_null())
        .filter(codes::retired_at.is_null())
        .select((codes::lookup, codes::kind, links::cooldown_ms, link_door_states::last_granted_at))
        .load(c)?;
    let pause = |(lookup, kind, cooldown_ms, granted_at): Row| {
        let until = granted_at?.saturating_add(cooldown_ms);
        (until > now).then(|| Pause { lookup, offline: kind == Kind::Offline.code(), until })
    };
    Ok(rows.into_iter().filter_map(pause).collect())
}
