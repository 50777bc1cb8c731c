//! A terminal as a state machine: events with their times go in, effects to carry out come out. No I/O, no clock and
//! no randomness of its own, so that the headless terminal and the browser's run the very same lines.
//!
//! The order of the effects is part of what they say: a scan is [`Effect::Store`]d before the relay is asked to
//! [`Effect::Open`]. `docs/terminal-protocol.md` is what it speaks; [`wire`] has that page's bodies.

mod effect;
mod follow;
mod heart;
mod list;
mod machine;
mod scan;
mod state;
pub mod wire;

pub use effect::{Effect, Job, Opening, Say, Shown, Write};
pub use machine::Terminal;
pub use state::{BadKey, Identity, Kept, Mark, Record, Stage, State};

/// The server has so long to answer a scan; then the terminal decides by itself.
pub const PATIENCE_MS: i64 = 1_500;
/// The same code within so long after it was last read is the same scan.
pub const REPEAT_MS: i64 = 3_000;
/// Between a scan and its opening lies so much at most: whoever stood there may have left.
pub const DEADLINE_MS: i64 = 5_000;
/// An opening that the server does is asked after so often, and for so long at most.
pub const AGAIN_MS: i64 = 500;
/// See [`AGAIN_MS`].
pub const FOLLOWED_MS: i64 = 6_000;
/// Between two heartbeats.
pub const HEARTBEAT_MS: i64 = 30_000;
/// Entries in one upload of the journal, at most.
pub const BATCH: usize = 500;

#[cfg(test)]
mod tests;
