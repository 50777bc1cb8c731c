//! Latchkey over HTTP, whole: the real router on a real store.

mod bad_input;
mod browser;
mod house;
mod organizations;
mod routes;
mod sessions;
mod setting_up;
mod signing_in;
#[path = "../support/mod.rs"]
mod support;
mod tapping;
mod visiting;
