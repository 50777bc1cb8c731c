//! For which door a terminal's lists are. Lists are forgotten, but a journal that was decided by one may come much later.

use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::schema::terminal_list_doors;
use crate::store::writer::Tx;
use diesel::prelude::*;

/// Notes that a terminal's lists are for a door from a version on, where they were for another before.
///
/// # Errors
/// Those of the database.
pub(crate) fn note(tx: &mut Tx<'_>, terminal: &str, version: i64, door: &str) -> Result<()> {
    let before: Option<String> = terminal_list_doors::table
        .filter(terminal_list_doors::terminal_id.eq(terminal))
        .order(terminal_list_doors::from_version.desc())
        .select(terminal_list_doors::door_id)
        .first(tx.connection)
        .optional()?;
    if before.as_deref() != Some(door) {
        diesel::insert_into(terminal_list_doors::table)
            .values((
                terminal_list_doors::terminal_id.eq(terminal),
                terminal_list_doors::from_version.eq(version),
                terminal_list_doors::door_id.eq(door),
            ))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// The doors that a terminal's lists were for, each with the version from which on, in that order.
///
/// # Errors
/// Those of the database.
pub(crate) fn of(c: &mut AnyConnection, terminal: &str) -> Result<Vec<(i64, String)>> {
    Ok(terminal_list_doors::table
        .filter(terminal_list_doors::terminal_id.eq(terminal))
        .order(terminal_list_doors::from_version)
        .select((terminal_list_doors::from_version, terminal_list_doors::door_id))
        .load(c)?)
}
