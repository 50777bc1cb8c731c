//! Commands for a terminal's relay: taken by one claim, answered once.

use crate::app::App;
use crate::error::Result;
use crate::service::unlock::DEADLINE_MS;
use crate::store::command::{self, Answered};
use crate::store::terminal::TerminalRow;
use terminal::wire::Command;

/// Takes what waits for a terminal. Nobody gets the same command again.
///
/// # Errors
/// Those of the store.
pub async fn claim(app: &App, terminal: &TerminalRow) -> Result<Vec<Command>> {
    let (row, now) = (terminal.clone(), app.clock.now());
    // Most claims after a start find nothing, and what finds nothing changes nothing.
    if app.db.read(move |c| command::waiting(c, &row, now)).await?.is_empty() {
        return Ok(Vec::new());
    }
    let row = terminal.clone();
    let taken = app.db.write(move |tx| command::claim(tx, &row)).await?;
    let now = app.clock.now();
    let left = |deadline: i64| (deadline - now).min(DEADLINE_MS);
    Ok(taken
        .into_iter()
        .map(|one| Command { event: one.event, unlock_ms: one.unlock_ms, left_ms: left(one.deadline_at) })
        // Storing the claim may have taken what was left of its time.
        .filter(|one| one.left_ms > 0)
        .collect())
}

/// Notes what became of a command. What comes late, or about a command of somebody else's, changes nothing.
///
/// # Errors
/// Those of the store.
pub async fn result(app: &App, terminal: &TerminalRow, event: String, opened: bool, note: &str) -> Result<()> {
    let (id, answered) = (terminal.id.clone(), Answered { opened, note: line(note) });
    app.db.write(move |tx| command::answer(tx, &id, &event, &answered)).await?;
    Ok(())
}

/// A relay's words: one line, and not a long one.
fn line(note: &str) -> String {
    note.chars().filter(|character| !character.is_control()).take(200).collect::<String>().trim().to_owned()
}
