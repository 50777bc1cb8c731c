//! Commands that wait for a terminal: each is claimed once and answered once, and none outlives its opening.

use super::connection::AnyConnection;
use super::schema::{commands, doors};
use super::terminal::TerminalRow;
use super::writer::Tx;
use crate::driver::terminal;
use crate::error::Result;
use diesel::prelude::*;
use domain::Millis;

/// A command that was given to its one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The grant that it follows from.
    pub event: String,
    /// How long the door is to stay open, milliseconds.
    pub unlock_ms: i64,
    /// After this nothing may open any more.
    pub deadline_at: Millis,
}

/// What a terminal answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Whether it opened.
    pub opened: bool,
    /// Its relay's words.
    pub note: String,
}

/// The commands that wait for a terminal: of its door, which it opens, unclaimed and not too late.
///
/// # Errors
/// Those of the database.
pub fn waiting(c: &mut AnyConnection, terminal: &TerminalRow, now: Millis) -> Result<Vec<Claimed>> {
    let rows: Vec<(String, i64, i64, String)> = commands::table
        .inner_join(doors::table.on(doors::id.eq(commands::door_id)))
        .filter(commands::door_id.eq(&terminal.door_id))
        .filter(commands::organization_id.eq(&terminal.organization_id))
        .filter(commands::claimed_at.is_null())
        .filter(commands::deadline_at.gt(now))
        .filter(doors::driver.eq(terminal::KIND))
        .order(commands::event_id)
        .select((commands::event_id, doors::unlock_ms, commands::deadline_at, doors::driver_settings))
        .load(c)?;
    let mine = rows.into_iter().filter(|(.., settings)| terminal::named_in(settings) == terminal.id);
    Ok(mine.map(|(event, unlock_ms, deadline_at, _)| Claimed { event, unlock_ms, deadline_at }).collect())
}

/// Gives a terminal what waits for it. Whatever another claim took meanwhile is not among it.
///
/// # Errors
/// Those of the database.
pub fn claim(tx: &mut Tx<'_>, terminal: &TerminalRow) -> Result<Vec<Claimed>> {
    let now = tx.now;
    let mut taken = Vec::new();
    for command in waiting(tx.connection, terminal, now)? {
        let free = commands::table.find(&command.event).filter(commands::claimed_at.is_null());
        let changed = diesel::update(free)
            .set((commands::claimed_by.eq(&terminal.id), commands::claimed_at.eq(now)))
            .execute(tx.connection)?;
        if changed == 1 {
            taken.push(command);
        }
    }
    Ok(taken)
}

/// Notes what became of a command, if this terminal claimed it and nothing was said before. What is late finds nothing.
///
/// # Errors
/// Those of the database.
pub fn answer(tx: &mut Tx<'_>, terminal: &str, event: &str, answered: &Answered) -> Result<bool> {
    let mine = commands::table.find(event).filter(commands::claimed_by.eq(terminal)).filter(commands::opened.is_null());
    let changed = diesel::update(mine)
        .set((commands::opened.eq(answered.opened), commands::answer.eq(&answered.note)))
        .execute(tx.connection)?;
    Ok(changed == 1)
}

/// What became of a command; none while nobody has said.
///
/// # Errors
/// Those of the database.
pub fn answered(c: &mut AnyConnection, event: &str) -> Result<Option<Answered>> {
    let row: Option<(Option<bool>, String)> =
        commands::table.find(event).select((commands::opened, commands::answer)).first(c).optional()?;
    Ok(row.and_then(|(opened, note)| opened.map(|opened| Answered { opened, note })))
}

/// Puts a command where its terminal finds it, for an opening that is no tap and no scan. Take it away afterwards.
///
/// # Errors
/// Those of the database.
pub fn place(
    tx: &mut Tx<'_>,
    organization: &str,
    door: &str,
    event: &str,
    (by, deadline_at): (&str, Millis),
) -> Result<()> {
    diesel::insert_into(commands::table)
        .values((
            commands::event_id.eq(event),
            commands::organization_id.eq(organization),
            commands::door_id.eq(door),
            commands::credential.eq(by),
            commands::took_use.eq(false),
            commands::deadline_at.eq(deadline_at),
        ))
        .execute(tx.connection)?;
    Ok(())
}

/// Takes a placed command away: nothing opens by it any more.
///
/// # Errors
/// Those of the database.
pub fn take_away(tx: &mut Tx<'_>, event: &str) -> Result<()> {
    diesel::delete(commands::table.find(event)).execute(tx.connection)?;
    Ok(())
}
