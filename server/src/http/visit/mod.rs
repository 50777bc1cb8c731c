//! The visitor's routes: from the link's address to an open door.

mod access;
mod code;
pub mod cookie;
mod hours;
mod show;
mod tap;

pub use access::{Access, failed, is_visitors, nowhere};
pub use code::{png, svg};
pub use cookie::arrive;
pub use show::{calendar, confirm, doors};
pub use tap::unlock;
