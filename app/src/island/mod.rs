//! The only code that reaches the browser as wasm: what a form cannot do.
//!
//! Islands are plain signals with their props; without the script each shows what the server rendered.

#[expect(unreachable_pub, reason = "the macro makes a public item of every island")]
mod copy;
#[expect(unreachable_pub, reason = "the macro makes a public item of every island")]
mod feed;
#[expect(unreachable_pub, reason = "the macro makes a public item of every island")]
mod simulator;
#[expect(unreachable_pub, reason = "the macro makes a public item of every island")]
mod standing;
#[cfg(feature = "hydrate")]
mod stream;

pub use copy::{CopyButton, ShareButton};
pub use feed::{FeedItem, LiveFeed, LiveLog};
pub use simulator::{DoorNews, SimulatedDoor, SimulatorDoors};
pub use standing::{Standing, StandingBadge};
