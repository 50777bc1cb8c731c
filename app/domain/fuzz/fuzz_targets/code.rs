//! Anything that can be scanned is read without harm, and what is read is written the same way again.
#![no_main]

#[path = "../targets.rs"]
#[expect(dead_code, reason = "the other targets'")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::code(bytes));
