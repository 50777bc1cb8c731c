//! `/api/terminal/v1/…`: the protocol of docs/terminal-protocol.md.

mod caller;
mod commands;
mod heartbeat;
mod journal;
mod list;
mod openapi;
mod pair;
mod scan;
mod stream;

pub use commands::{claim, result};
pub use heartbeat::heartbeat;
pub use journal::journal;
pub use list::list;
pub use openapi::openapi;
pub use pair::pair;
pub use scan::scan;
pub use stream::stream;

/// Where journals go up, the only long bodies.
const JOURNAL: &str = "/api/terminal/v1/journal";
/// The longest of those, bytes.
pub const JOURNAL_BYTES: usize = 1_048_576;
/// The longest body of any other request, bytes.
const BYTES: usize = 65_536;

/// Whether journals are posted to this address, which are longer than a form.
#[must_use]
pub fn takes_journals(path: &str) -> bool {
    path == JOURNAL
}

/// The longest body that an address takes, bytes.
pub(super) fn longest_body(path: &str) -> usize {
    if takes_journals(path) { JOURNAL_BYTES } else { BYTES }
}
