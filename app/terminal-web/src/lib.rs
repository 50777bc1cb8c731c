//! The terminal in a browser: a program of its own, apart from the dashboard's islands.
//!
//! Every rule of a terminal lives in the package `terminal`, the same as in the headless one; here are the browser's
//! camera, keys, memory and screen.

pub mod browser;
pub mod camera;
pub mod decode;
pub mod http;
pub mod keys;
pub mod run;
pub mod screen;
pub mod settings;
pub mod sound;
pub mod store;
pub mod view;
pub mod words;

use browser::Browser;
use wasm_bindgen::prelude::wasm_bindgen;

/// A program that broke starts anew after so long, milliseconds.
const ANEW_MS: i32 = 3_000;

/// Called by the page once the program is loaded.
#[wasm_bindgen]
pub fn start() {
    let Some(browser) = Browser::here() else { return };
    // Nobody at a door can mend a program. What was stored says how to go on.
    std::panic::set_hook(Box::new(|broken| {
        console_error_panic_hook::hook(broken);
        if let Some(browser) = Browser::here() {
            browser.reload_in(ANEW_MS);
        }
    }));
    wasm_bindgen_futures::spawn_local(run::run(browser));
}
