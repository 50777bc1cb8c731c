//! Access links: made, changed, shared, ended, each with its event.

mod change;
mod draft;
mod grants;
mod share;

pub use change::{create, edit, extend, pause, refuses, resume, revoke, rotate};
pub use draft::{LinkInput, default_until, warnings};
pub use share::{address, open_address, send, show, whatsapp};
