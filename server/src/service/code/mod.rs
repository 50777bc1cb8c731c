//! QR codes of access links: issued and retired with their links, drawn, read and explained.

mod current;
mod inspect;
mod issue;
mod picture;
mod read;

pub use current::{Current, current};
pub use inspect::{Answer, Inspected, Says, What, inspect};
pub use issue::renew;
pub(crate) use issue::{Said, describe, follow, text};
pub use picture::{Picture, find, png, svg};
pub use read::{OFFLINE_KEY, offline_keys, read};
