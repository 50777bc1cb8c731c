//! The fuzz targets on every run: what is well made, and thousands of mutants of it. `cargo fuzz` goes on from there for as
//! long as somebody lets it.

#[path = "../fuzz/targets.rs"]
mod targets;

use domain::terminal::{Door, Entry, Key, List, Manifest};
use ed25519_dalek::SigningKey;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::{BTreeMap, BTreeSet};

/// One change of some bytes.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Put(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index, Index),
    /// The rest becomes another one's.
    Cross(Index, Vec<u8>),
}

impl Change {
    fn make(&self, bytes: &mut Vec<u8>) {
        let gap = |index: &Index| index.index(bytes.len() + 1);
        match self {
            Self::Flip(index, bit) => {
                let at = gap(index);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
            }
            Self::Put(index, new) => {
                let at = gap(index);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = *new);
            }
            Self::Insert(index, more) => {
                let at = gap(index);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Cut(one, other) => {
                let (one, other) = (gap(one), gap(other));
                bytes.drain(one.min(other)..one.max(other));
            }
            Self::Cross(index, other) => {
                let at = gap(index).min(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[at..]);
            }
        }
    }
}

/// Well made, or changed in up to four places; now and then bytes of nobody's.
fn bytes(well_made: Vec<Vec<u8>>, letters: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let new = || prop_oneof![3 => select(letters), 1 => any::<u8>()];
    let change = prop_oneof![
        (any::<Index>(), 0..8u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (any::<Index>(), new()).prop_map(|(at, byte)| Change::Put(at, byte)),
        (any::<Index>(), vec(new(), 1..12)).prop_map(|(at, more)| Change::Insert(at, more)),
        (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Change::Cut(one, other)),
        (any::<Index>(), select(well_made.clone())).prop_map(|(at, other)| Change::Cross(at, other)),
    ];
    let changed = (select(well_made), vec(change, 0..4)).prop_map(|(mut bytes, changes)| {
        changes.iter().for_each(|change| change.make(&mut bytes));
        bytes
    });
    prop_oneof![9 => changed, 1 => vec(any::<u8>(), 0..400)]
}

const LETTERS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZabciloILOU \n";
const JSON: &[u8] = b"{}[],:\"0123456789-.enul\\";

fn codes() -> Vec<Vec<u8>> {
    let others = [
        "LK1NM2GT58X4MPKAFA59NANTSBDENW",
        "LK1",
        "LK1X00",
        "lk1nm2gt58x4mpkafa59nantsbdenw",
        "https://example.com/ticket",
    ];
    targets::SIGNED.iter().chain(&others).map(|text| text.as_bytes().to_vec()).collect()
}

fn lists() -> Vec<Vec<u8>> {
    let entry = Entry { from: 1, until: Some(2), scopes: vec![1, 2], hours: Some("h1".into()), once: true };
    let list = List {
        audience: "e6943d5a".into(),
        door: Door { id: "door_1".into(), scope: 1, unlock_ms: 5_000, max_age_ms: 3_600_000, ..Door::default() },
        keys: vec![Key { id: 7, public: "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg".into() }],
        hours: BTreeMap::from([("h1".into(), vec![(1, 9)])]),
        codes: BTreeMap::from([("UDVjwbylMyf_RhdVDGvYFD_M1OeSmTS3zx6CbBumDJA".into(), entry)]),
        blocked: BTreeMap::from([("09".repeat(10), BTreeSet::from([domain::terminal::Blocked::Revoked]))]),
    };
    let manifest = Manifest {
        aud: "terminal_1".into(),
        version: 2,
        made_at: 1,
        expires_at: 9,
        hash: List::hash(&list.to_bytes()),
    };
    // Signed well, by somebody else.
    let signed = manifest.sign(&SigningKey::from_bytes(&[9; 32]));
    vec![list.to_bytes(), List::default().to_bytes(), signed.into_bytes()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_code_or_none_and_a_code_is_spelled_one_way(bytes in bytes(codes(), LETTERS)) {
        targets::code(&bytes);
    }

    #[test]
    fn nothing_but_what_was_signed_is_believed(bytes in bytes(codes(), LETTERS)) {
        targets::signed(&bytes);
    }

    #[test]
    fn any_bytes_are_a_list_or_none_and_no_manifest_of_others_is_believed(bytes in bytes(lists(), JSON)) {
        targets::list(&bytes);
    }
}
