//! No bytes but those that were signed are believed, whatever kind of code they claim to be.
#![no_main]

#[path = "../targets.rs"]
#[expect(dead_code, reason = "the other targets'")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::signed(bytes));
