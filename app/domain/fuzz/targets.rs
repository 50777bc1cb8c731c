//! What must hold of any bytes, for the fuzz targets and for the ordinary tests (`tests/fuzz.rs`), which share this file.

use domain::qr::{Code, Flags, Offline, audience};
use domain::terminal::{Key, Known, List, Manifest, judge};

/// A point of the curve whose secret half the fuzzer does not have.
const KEY: &str = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg";
/// Its owner, and what a partner of theirs seals with.
const ORGANIZATION: &str = "org_01m11bmkk6e3jakwe996fzjav4";
const SECRET: &[u8] = b"@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_";
/// All that was ever signed with these: the vectors of `docs/qr-codes.md`.
pub(crate) const SIGNED: [&str; 3] = [
    "LK1F07K98FAT208H44RM2MB1E60S09NGDBM0DC400002000001R00002NFJC6YDN1AMNS4123Z3G0SMC63RQ5TN3K0GSSW9MM40ZDSSZG6NFH8XE6H9CX7RHTH1C32XA4DZFV6VFFWRABDRECYV2BAF853CH0W5G",
    "LK1R60RK4CSM6MV3EE1S043J551AQ20VRWDWPYYKY3DE8VCWRP8AHDXABV0A3YCNBYQJHST0K5QP3WZW04TP85BZ0M929Z92NBGCHGEJTGA6VT1AM2VVPMA7GE6T2SEJ42G",
    "LK1PVTPVXVR15Q164KWD6TKV61D1DC3AX0015G0G40R4YE4GMZYNBNQ5MD32A199X7M5J4",
];

/// Anything that can be scanned is read without harm, and what is read is written the same way again.
pub(crate) fn code(scanned: &[u8]) {
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
}

/// No bytes but those that were signed are believed, whatever kind of code they claim to be.
pub(crate) fn signed(bytes: &[u8]) {
    let key = Key { id: 7, public: KEY.into() }.key().expect("a key");
    let ours = audience(ORGANIZATION);
    let code = Code::read(bytes);
    let believed = match &code {
        Ok(Code::Offline(code)) => code.verify(&key),
        Ok(Code::Rotating(code)) => code.verify(ours, &key),
        Ok(Code::Partner(code)) => code.verify(ours, SECRET),
        _ => false,
    };
    // Lower case and look-alikes are the same code, spelled otherwise.
    assert_eq!(believed, SIGNED.iter().any(|signed| Code::read(signed.as_bytes()) == code));
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
}

/// Bytes of lists and changes are read without harm, a list survives its bytes, and no manifest is believed unsigned.
pub(crate) fn list(bytes: &[u8]) {
    if let Ok(jws) = std::str::from_utf8(bytes) {
        let key = Key { id: 1, public: KEY.into() }.key().expect("a key");
        assert!(Manifest::open(jws, &key).is_err());
    }
    let Ok(list) = List::from_bytes(bytes) else {
        return;
    };
    assert_eq!(List::from_bytes(&list.to_bytes()).as_ref(), Ok(&list));
    // An organization's place in codes never changes, and no change carries it.
    let empty = List { audience: list.audience.clone(), ..List::default() };
    assert_eq!(empty.clone().changed(empty.change_to(&list)), list);
    let manifest =
        Manifest { aud: String::new(), version: 1, made_at: 0, expires_at: i64::MAX, hash: List::hash(bytes) };
    let known = Known { manifest: &manifest, list: &list, now: Some(1), reachable: true };
    for code in ["LK1N00000000000000000000000000", "https://example.com"] {
        if let Ok(code) = Code::read(code.as_bytes()) {
            let _ = judge(known, &code, |_| false);
        }
    }
}
