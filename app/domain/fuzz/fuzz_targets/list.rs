//! Bytes of lists and changes are read without harm, a list survives its bytes, and no manifest is believed unsigned.
#![no_main]

use domain::qr::Code;
use domain::terminal::{Key, Known, List, Manifest, judge};
use libfuzzer_sys::fuzz_target;

/// A point of the curve whose secret half the fuzzer does not have.
const KEY: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fuzz_target!(|bytes: &[u8]| {
    let key = Key { id: 1, public: KEY.into() }.key().expect("a key");
    if let Ok(jws) = std::str::from_utf8(bytes) {
        assert!(Manifest::open(jws, &key).is_err());
    }
    let Ok(list) = List::from_bytes(bytes) else {
        return;
    };
    assert_eq!(List::from_bytes(&list.to_bytes()).as_ref(), Ok(&list));
    let empty = List::default();
    assert_eq!(empty.clone().changed(empty.change_to(&list)), list);
    let manifest =
        Manifest { aud: String::new(), version: 1, made_at: 0, expires_at: i64::MAX, hash: List::hash(bytes) };
    let known = Known { manifest: &manifest, list: &list, now: Some(1), reachable: true };
    for code in ["LK1N00000000000000000000000000", "https://example.com"] {
        if let Ok(code) = Code::read(code.as_bytes()) {
            let _ = judge(known, &code, |_| false);
        }
    }
});
