//! The web: every route stands in `router`, layers around them, handlers below.

pub mod accept;
pub mod admin;
pub mod api;
pub mod assets;
pub mod auth;
pub mod client;
pub mod csrf;
pub mod failure;
pub mod form;
pub mod health;
pub mod held;
pub mod log;
pub mod logo;
pub mod page;
mod picture;
pub mod proof;
pub mod router;
pub mod security;
pub mod session_store;
pub mod signing;
pub mod tls;
pub mod visit;
pub mod web_terminal;
