//! Latchkey's server: pages, use cases, the store, drivers and the command line.

pub mod clock;
pub mod error;
pub mod store;
