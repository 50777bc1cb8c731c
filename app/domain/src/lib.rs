//! Latchkey's rules and wire formats. No I/O, no clock and no randomness of its own: both come in as arguments,
//! so that the server and a terminal run the very same decision.

pub mod chain;
pub mod channel;
pub mod colour;
pub mod decide;
pub mod event;
pub mod id;
pub mod input;
pub mod link;
pub mod list;
pub mod qr;
pub mod reason;
pub mod role;
pub mod scan;
pub mod schedule;
pub mod sms;
pub mod terminal;

/// A moment: Unix milliseconds, UTC.
pub type Millis = i64;
