//! What machines speak: JSON in, JSON out, and errors as problem details (RFC 9457). No cookies and no sessions.

mod body;
pub mod problem;
pub mod terminal;

pub use problem::Problem;

/// Where it all lives.
pub const PREFIX: &str = "/api/";
