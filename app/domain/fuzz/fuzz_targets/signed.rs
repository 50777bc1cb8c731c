//! No bytes but those that were signed are believed, whatever kind of code they claim to be.
#![no_main]

use domain::qr::{Code, Flags, Offline, audience};
use domain::terminal::Key;
use libfuzzer_sys::fuzz_target;

/// A point of the curve whose secret half the fuzzer does not have.
const KEY: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fuzz_target!(|bytes: &[u8]| {
    let key = Key { id: 1, public: KEY.into() }.key().expect("a key");
    let ours = audience("org_1");
    match Code::read(bytes) {
        Ok(Code::Offline(code)) => assert!(!code.verify(&key)),
        Ok(Code::Rotating(code)) => assert!(!code.verify(ours, &key)),
        Ok(Code::Partner(code)) => assert!(!code.verify(ours, &[7; 32])),
        _ => {}
    }
    // The same bytes as the fields of an offline code, so that the reader's own checks do not stop them.
    if let Some((id, rest)) = bytes.split_first_chunk::<10>()
        && let Some((signature, scopes)) = rest.split_first_chunk::<64>()
    {
        let scopes = scopes.chunks_exact(4).map(|scope| scope.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)));
        let code = Offline {
            key: 1,
            audience: ours,
            id: *id,
            flags: Flags::default(),
            not_before: 0,
            not_after: u32::MAX,
            scopes: scopes.collect(),
            signature: *signature,
        };
        assert!(!code.verify(&key));
    }
});
