//! A terminal without a network: the signed list it decides by, its clock, and the decision itself. The same lines
//! run on the server, in the headless terminal and, as wasm, in the browser's.

mod clock;
mod decide;
mod list;
mod manifest;
pub mod pairing;

pub use clock::{Clock, Time};
pub use decide::{Judged, Known, judge};
pub use list::{Blocked, Change, Door, Entry, Hours, Key, List, Spoiled};
pub use manifest::{Manifest, Refused};

#[cfg(test)]
mod tests;
