//! How far a change has come, and who could still get in.

use crate::app::App;
use crate::error::{Error, Result};
use domain::Millis;

/// How many terminals know of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Those that know.
    pub know: usize,
    /// All that have a list to open by.
    pub of: usize,
    /// When the last one that does not know refuses everything; none: all know.
    pub last_until: Option<Millis>,
    /// Those that do not know: id, name, and until when its list opens.
    pub others: Vec<Unaware>,
}

/// A terminal that does not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unaware {
    /// The terminal.
    pub terminal: String,
    /// What it is called.
    pub name: String,
    /// From then on it refuses everything.
    pub until: Millis,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The link.
    pub link: String,
    /// Whose it is.
    pub name: String,
    /// Its code; none: the link's own page.
    pub code: Option<String>,
    /// The terminal that opens by its list; none: the server opens.
    pub terminal: Option<String>,
    /// Until when at the latest; none: without an end.
    pub until: Option<Millis>,
}

/// How many terminals know what changed at `since`, and when the last one that does not refuses everything.
///
/// # Errors
/// Those of the store.
pub async fn reach(app: &App, organization: &str, since: Millis) -> Result<Reach> {
    let _ = (app, organization, since);
    Err(Error::Unavailable("not yet".into()))
}

/// Who could get through a door at a moment from now on, as things stand now: by the server, and by each terminal's list.
///
/// # Errors
/// `NotFound`, or those of the store.
pub async fn could_get_in(app: &App, organization: &str, door: &str, at: Millis) -> Result<Vec<Way>> {
    let _ = (app, organization, door, at);
    Err(Error::Unavailable("not yet".into()))
}
