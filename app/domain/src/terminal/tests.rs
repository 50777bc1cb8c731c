use super::*;
use crate::decide::{DoorFacts, LinkFacts};
use crate::link::Validity;
use crate::qr::{Code, Flags, Offline, Online, audience};
use crate::reason::Reason;
use crate::scan::{self, CodeFacts};
use crate::schedule::{DAY, Schedule, Span, Window};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const NOW: i64 = 1_800_000_000_000;

fn signer() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn list() -> List {
    let key = signer().verifying_key();
    List {
        audience: audience("org_1").iter().map(|byte| format!("{byte:02x}")).collect(),
        door: Door {
            id: "door_1".into(),
            scope: 4,
            accepts_digital: true,
            unlock_ms: 5_000,
            max_age_ms: 36 * 3_600_000,
            ..Door::default()
        },
        keys: vec![Key::new(1, &key)],
        ..List::default()
    }
}

fn manifest(list: &List) -> Manifest {
    Manifest {
        aud: "terminal_1".into(),
        version: 10,
        made_at: NOW,
        expires_at: NOW + 47 * 3_600_000,
        hash: List::hash(&list.to_bytes()),
    }
}

fn offline(change: impl FnOnce(&mut Offline)) -> Offline {
    let mut code = Offline {
        key: 1,
        audience: audience("org_1"),
        id: [9; 10],
        flags: Flags::default(),
        not_before: 1_799_999_000,
        not_after: 1_800_100_000,
        scopes: vec![4],
        signature: [0; 64],
    };
    change(&mut code);
    code.sign(&signer()).expect("few scopes")
}

fn reason(list: &List, code: Offline, now: i64) -> Reason {
    let manifest = manifest(list);
    let known = Known { manifest: &manifest, list, now: Some(now), reachable: true };
    judge(known, &Code::Offline(code), |_| false).decision.reason
}

#[test]
fn an_offline_code_opens_by_the_list_alone() {
    assert_eq!(reason(&list(), offline(|_| ()), NOW + 1_000), Reason::Allowed);
    assert_eq!(reason(&list(), offline(|code| code.scopes = vec![5]), NOW), Reason::DoorNotGranted);
    assert_eq!(reason(&list(), offline(|code| code.not_after = 1_800_000_000), NOW), Reason::Expired);
    assert_eq!(reason(&list(), offline(|code| code.not_before = 1_800_000_001), NOW), Reason::NotYetValid);
    assert_eq!(reason(&list(), offline(|code| code.flags.needs_server = true), NOW), Reason::NeedsNetwork);
    assert_eq!(reason(&list(), offline(|code| code.key = 2), NOW), Reason::NeedsNetwork);
    assert_eq!(reason(&list(), offline(|code| code.audience = [1; 4]), NOW), Reason::QrUnknown);
    let mut forged = offline(|_| ());
    forged.scopes = vec![4, 5];
    assert_eq!(reason(&list(), forged, NOW), Reason::QrBadSignature);
}

#[test]
fn a_blocked_code_says_why() {
    for (blocked, expected) in [
        (Blocked::Revoked, Reason::Revoked),
        (Blocked::Retired, Reason::QrRetired),
        (Blocked::Paused, Reason::Paused),
        (Blocked::UsedUp, Reason::UsesExhausted),
    ] {
        let mut list = list();
        list.blocked.insert(List::id_name(&[9; 10]), [blocked].into());
        assert_eq!(reason(&list, offline(|_| ()), NOW), expected);
    }
}

#[test]
fn what_opens_once_opens_once() {
    let (list, code) = (list(), offline(|code| code.flags.once_per_terminal = true));
    let manifest = manifest(&list);
    let known = Known { manifest: &manifest, list: &list, now: Some(NOW), reachable: true };
    let first = judge(known, &Code::Offline(code.clone()), |_| false);
    assert!(first.decision.granted());
    let name = first.credential.expect("a name");
    let second = judge(known, &Code::Offline(code), |asked| asked == name);
    assert_eq!(second.decision.reason, Reason::UsesExhausted);
}

#[test]
fn without_a_clock_or_with_an_old_list_nothing_opens() {
    let list = list();
    let manifest = manifest(&list);
    let at = |now| {
        let known = Known { manifest: &manifest, list: &list, now, reachable: true };
        judge(known, &Code::Offline(offline(|code| code.not_after = u32::MAX)), |_| false).decision.reason
    };
    assert_eq!(at(None), Reason::ClockWrong);
    assert_eq!(at(Some(NOW + 36 * 3_600_000)), Reason::Allowed);
    assert_eq!(at(Some(NOW + 36 * 3_600_000 + 1)), Reason::ListTooOld);
}

#[test]
fn a_list_is_for_one_terminal_newer_than_the_last_and_as_it_was_signed() {
    let list = list();
    let (bytes, jws) = (list.to_bytes(), manifest(&list).sign(&signer()));
    let key = signer().verifying_key();
    let opened = Manifest::open(&jws, &key).expect("our own");
    assert_eq!(opened.admit("terminal_1", 9, &bytes, NOW), Ok(()));
    assert_eq!(opened.admit("terminal_2", 9, &bytes, NOW), Err(Refused::Audience));
    assert_eq!(opened.admit("terminal_1", 10, &bytes, NOW), Err(Refused::Older));
    assert_eq!(opened.admit("terminal_1", 9, &bytes, opened.expires_at), Err(Refused::Expired));
    let mut fewer = list.clone();
    fewer.door.max_age_ms += 1;
    assert_eq!(opened.admit("terminal_1", 9, &fewer.to_bytes(), NOW), Err(Refused::Content));
    assert_eq!(Manifest::open(&jws, &SigningKey::from_bytes(&[8; 32]).verifying_key()), Err(Refused::Signature));
}

#[test]
fn no_mutant_of_a_manifest_is_taken() {
    let jws = manifest(&list()).sign(&signer());
    let key = signer().verifying_key();
    let mut mutants = 0;
    for at in 0..jws.len() {
        for with in *b"A_.z" {
            let mut bytes = jws.clone().into_bytes();
            if bytes[at] != with {
                bytes[at] = with;
                let mutant = String::from_utf8(bytes).expect("letters");
                assert_eq!(Manifest::open(&mutant, &key), Err(Refused::Signature), "{mutant}");
                mutants += 1;
            }
        }
        assert_eq!(Manifest::open(&jws[..at], &key), Err(Refused::Signature));
    }
    assert!(mutants > 1_000);
}

fn some_list() -> impl Strategy<Value = List> {
    let hours = prop::collection::btree_map("[a-c]", prop::collection::vec((0..4i64, 4..8i64), 0..3), 0..3);
    let entry = (0..9i64, prop::option::of(0..9i64), prop::collection::vec(1..6u32, 1..3), any::<bool>())
        .prop_map(|(from, until, scopes, once)| Entry { from, until, scopes, hours: None, once });
    let codes = prop::collection::btree_map("[a-e]", entry, 0..5);
    let blocked = prop::collection::btree_map("[0-4]", Just([Blocked::Paused].into()), 0..5);
    (hours, codes, blocked, any::<bool>()).prop_map(|(hours, codes, blocked, down)| {
        let mut list = list();
        list.door.locked_down = down;
        List { hours, codes, blocked, ..list }
    })
}

/// Facts as the server has them, and the same as a list has them.
#[derive(Clone, Debug)]
struct Case {
    link: LinkFacts,
    door: DoorFacts,
    ways: Vec<Option<bool>>,
    hours: Option<bool>,
    blocked: BTreeSet<Blocked>,
    scopes: Vec<u32>,
    code: (i64, i64),
    at: i64,
}

fn case() -> impl Strategy<Value = Case> {
    let window = (-3..3i64, -3..6i64);
    let link = (window, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let door = (any::<bool>(), any::<bool>(), any::<bool>(), prop::option::of(any::<bool>()));
    let ways = prop::collection::vec(prop::option::of(any::<bool>()), 0..3);
    (link, door, ways, any::<bool>(), window_of_code(), -4..7i64).prop_map(|(link, door, ways, direct, code, at)| {
        let ((from, until), revoked, paused, used, retired) = link;
        let (accepts_digital, locked_down, place_locked_down, hours_on) = door;
        let link = LinkFacts {
            validity: Validity {
                valid_from: NOW + from * 1_000,
                valid_until: Some(NOW + until * 1_000),
                paused_at: paused.then_some(1),
                revoked_at: revoked.then_some(1),
                uses: i64::from(used),
                max_uses: used.then_some(1),
            },
            web: true,
            direct,
            groups: ways.iter().map(|on| on.map(hours)).collect(),
            windows: None,
            cooldown_ms: 0,
            last_granted_at: None,
            free_until: None,
        };
        let blocked = [
            (retired, Blocked::Retired),
            (revoked, Blocked::Revoked),
            (paused, Blocked::Paused),
            (used, Blocked::UsedUp),
        ];
        let blocked = blocked.into_iter().filter(|(is, _)| *is).map(|(_, blocked)| blocked).collect();
        let mut scopes: Vec<u32> = (0..ways.len()).map(|at| 10 + u32::try_from(at).expect("few")).collect();
        scopes.push(if direct { 4 } else { 5 });
        let schedule = hours_on.map(hours);
        let door = DoorFacts {
            accepts_digital,
            locked_down,
            place_locked_down,
            reachable: true,
            schedule,
            ..DoorFacts::default()
        };
        // A code is made for its link's window, and retired when that changes.
        let code = (code.0.max(from), code.1.min(until));
        Case { link, door, ways, hours: hours_on, blocked, scopes, code, at: NOW + at * 1_000 }
    })
}

/// Hours that are on now, or off.
fn hours(on: bool) -> Arc<Schedule> {
    let span = Span { from: 0, until: DAY };
    let weekly = (0..7).filter(|_| on).map(|weekday| Window { weekday, span }).collect();
    Arc::new(Schedule { weekly, ..Schedule::default() })
}

fn window_of_code() -> impl Strategy<Value = (i64, i64)> {
    (-3..3i64, -3..6i64)
}

fn hours_of(list: &mut List, name: &str, on: bool) -> Option<String> {
    let span = if on { (NOW - 100_000, NOW + 100_000) } else { (NOW + 200_000, NOW + 300_000) };
    list.hours.insert(name.into(), vec![span]);
    Some(name.into())
}

proptest! {
    #[test]
    fn a_change_makes_the_newer_list_to_the_byte(older in some_list(), newer in some_list()) {
        let change = serde_json::to_vec(&older.change_to(&newer)).expect("JSON");
        let change: Change = serde_json::from_slice(&change).expect("a change");
        prop_assert_eq!(older.changed(change).to_bytes(), newer.to_bytes());
    }

    #[test]
    fn a_list_survives_its_bytes(list in some_list()) {
        prop_assert_eq!(List::from_bytes(&list.to_bytes()), Ok(list));
    }

    #[test]
    fn an_offline_code_gets_the_servers_verdict_and_reason(case in case()) {
        let mut list = list();
        list.door.accepts_digital = case.door.accepts_digital;
        list.door.locked_down = case.door.locked_down;
        list.door.place_locked_down = case.door.place_locked_down;
        list.door.hours = case.hours.and_then(|on| hours_of(&mut list, "door", on));
        for (at, on) in case.ways.iter().enumerate() {
            let scope = 10 + u32::try_from(at).expect("few");
            let hours = on.and_then(|on| hours_of(&mut list, &format!("group {at}"), on));
            list.door.groups.insert(scope, hours);
        }
        if !case.blocked.is_empty() {
            list.blocked.insert(List::id_name(&[9; 10]), case.blocked.clone());
        }
        let base = NOW / 1_000;
        let seconds = |at: i64| u32::try_from(base + at).expect("a time");
        let (from, until) = (seconds(case.code.0), seconds(case.code.1));
        let code = offline(|code| {
            code.scopes.clone_from(&case.scopes);
            code.not_before = from;
            code.not_after = until;
        });
        let facts = CodeFacts {
            signed: Some(true),
            retired: case.blocked.contains(&Blocked::Retired),
            not_before: Some(i64::from(from) * 1_000),
            not_after: Some(i64::from(until) * 1_000),
            ..CodeFacts::PLAIN
        };
        let server = scan::decide(&facts, &case.link, &case.door, case.at);
        let manifest = Manifest { made_at: NOW - 10_000, ..manifest(&list) };
        let known = Known { manifest: &manifest, list: &list, now: Some(case.at), reachable: true };
        let terminal = judge(known, &Code::Offline(code), |_| false).decision;
        prop_assert_eq!(terminal.reason, server.reason);
    }

    #[test]
    fn an_online_code_in_the_list_opens_as_its_entry_says(bytes in any::<[u8; 16]>(), once in any::<bool>()) {
        let mut list = list();
        let code = Online(bytes);
        let name = List::code_name(&code.hash());
        let entry = Entry { from: NOW - 5, until: Some(NOW + 5), scopes: vec![4], hours: None, once };
        list.codes.insert(name, entry);
        let manifest = manifest(&list);
        let at = |now, opened| {
            let known = Known { manifest: &manifest, list: &list, now: Some(now), reachable: true };
            judge(known, &Code::Online(code), |_| opened).decision.reason
        };
        prop_assert_eq!(at(NOW, false), Reason::Allowed);
        prop_assert_eq!(at(NOW + 5, false), Reason::Expired);
        prop_assert_eq!(at(NOW, true), if once { Reason::UsesExhausted } else { Reason::Allowed });
        let other = Code::Online(Online([!bytes[0]; 16]));
        let known = Known { manifest: &manifest, list: &list, now: Some(NOW), reachable: true };
        prop_assert_eq!(judge(known, &other, |_| false).decision.reason, Reason::NeedsNetwork);
    }
}
