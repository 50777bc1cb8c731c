//! Anything that can be scanned is read without harm, and what is read is written the same way again.
#![no_main]

use domain::qr::Code;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|scanned: &[u8]| {
    let Ok(code) = Code::read(scanned) else {
        return;
    };
    let again = match &code {
        Code::Online(code) => code.text(),
        Code::Offline(code) => code.text(),
        Code::Rotating(code) => code.text(),
        Code::Partner(code) => code.text(),
        Code::Foreign(bytes) => {
            assert_eq!(bytes, scanned.trim_ascii());
            return;
        }
    };
    assert_eq!(Code::read(again.as_bytes()), Ok(code));
});
