//! Bytes of lists and changes are read without harm, a list survives its bytes, and no manifest is believed unsigned.
#![no_main]

#[path = "../targets.rs"]
#[expect(dead_code, reason = "the other targets'")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::list(bytes));
