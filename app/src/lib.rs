//! Latchkey's pages: plain-data view models in, HTML out, and the few islands that reach the browser.

// A view's type nests as deep as its markup, and the compiler walks it to lay it out.
#![recursion_limit = "256"]

pub mod island;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod text;
#[cfg(feature = "ssr")]
pub mod ui;

/// Called by the page's script: wakes the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
