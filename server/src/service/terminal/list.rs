//! The signed lists that terminals decide by without a network.

use crate::app::App;
use crate::error::{Error, Result};
use crate::store::terminal::TerminalRow;
use crate::store::writer::Tx;
use domain::terminal::Change;

/// What is sent.
#[derive(Clone, Debug)]
pub enum Delivered {
    /// All of it.
    Whole {
        /// JWS.
        manifest: String,
        /// The list's bytes, which are text.
        list: String,
    },
    /// What changed.
    Changed {
        /// JWS of the list that results.
        manifest: String,
        /// What is different.
        change: Change,
        /// Against this version.
        from: i64,
    },
    /// The list at hand is as good as a new one.
    Nothing,
}

/// The newest list for a terminal that has the version `have`, if any.
///
/// # Errors
/// Those of the store.
pub async fn deliver(app: &App, terminal: &TerminalRow, have: Option<i64>) -> Result<Delivered> {
    let _ = (app, terminal, have);
    Err(Error::Unavailable("not yet".into()))
}

/// The newest version there is for a terminal: greater than that of every list it was sent when it should ask for another.
///
/// # Errors
/// Those of the store.
pub async fn newest_version(app: &App, terminal: &TerminalRow) -> Result<i64> {
    let _ = (app, terminal);
    Err(Error::Unavailable("not yet".into()))
}

/// Notes in a row, still to be stored by [`crate::store::terminal::update`], by which list a terminal says that it
/// decides; lists before that one are forgotten. For the heartbeat's own transaction.
///
/// # Errors
/// Those of the store.
pub fn acknowledge(tx: &mut Tx<'_>, terminal: &mut TerminalRow, version: i64) -> Result<()> {
    let _ = (tx, terminal, version);
    Err(Error::Unavailable("not yet".into()))
}
