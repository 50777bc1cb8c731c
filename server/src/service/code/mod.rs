//! QR codes of access links: issued and retired with their links, drawn, read and explained.

mod current;
mod inspect;
mod issue;
mod picture;
mod read;
mod show;

pub(crate) use current::open;
pub use current::{Current, current, next_step};
pub use inspect::{Answer, Inspected, Says, What, inspect};
pub(crate) use issue::{Said, describe, follow, text};
pub use issue::{comes_at, renew};
pub use picture::{Picture, find, png, svg};
pub use read::{OFFLINE_KEY, offline_keys, read};
pub use show::show;
