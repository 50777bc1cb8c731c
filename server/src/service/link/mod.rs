//! Access links: made, changed, shared, ended, each with its event.

mod change;
mod draft;
pub mod export;
mod fill;
mod grants;
pub mod import;
mod many;
mod rotate;
mod same;
mod share;

pub use change::{Changed, create, edit, extend, pause, refuses, resume, revoke};
pub use draft::{LinkInput, code_warning, default_end, default_until, from_today, hours_warning, warnings};
pub use fill::fill_words;
pub use many::{MOST, Outcome, days, many, matching, named};
pub use rotate::{rotate, rotate_shown};
pub use same::same;
pub use share::{address, open_address, send, show, whatsapp};
