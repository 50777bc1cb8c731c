//! Latchkey's server: pages, use cases, the store, drivers and the command line.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod driver;
pub mod error;
pub mod http;
pub mod logging;
pub mod net;
pub mod notify;
pub mod secret;
pub mod service;
pub mod store;
pub mod terminal;

/// A page is a thousand small strings, and a tap some hundred: the C library's allocator took a fifth of their time.
/// It is taken over for SQLite and libpq too (the crate's feature `override`), and asks for no huge pages (`no_thp`): they
/// were half of an idle server's memory, and measured nothing faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
