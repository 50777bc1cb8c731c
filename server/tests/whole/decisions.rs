//! The vectors of decisions without a network, for whoever builds a terminal from the documents alone:
//! `vectors/decisions.json` is what the rules say, no more and no less. `LATCHKEY_WRITE_VECTORS=1` writes it anew.

use domain::qr::{Code, Flags, Offline, Online, Partner, PartnerKind, Rotating, audience};
use domain::reason::Reason;
use domain::scan::refuse;
use domain::terminal::{Blocked, Door, Entry, Judged, Key, Known, List, Manifest, Time, judge};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;

mod machine;
mod orders;

use machine::{machine, mark, once, text};
use orders::{orders, unreadable};

const ORGANIZATION: &str = "org_01jd3v9q4me8n8f3s2c7a1b5xk";
const TERMINAL: &str = "terminal_01jd3v9q4me8n8f3s2c7a1b5xk";
/// A Sunday in November 2026, 09:46:40 UTC.
const NOW: i64 = 1_795_600_000_000;
const HOUR: i64 = 3_600_000;

fn codes_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn lists_key() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

fn seconds(at: i64) -> u32 {
    u32::try_from(at / 1_000).unwrap()
}

fn offline(id: u8, wish: impl FnOnce(&mut Offline)) -> Offline {
    let mut code = Offline {
        key: 1,
        audience: audience(ORGANIZATION),
        id: [id; 10],
        flags: Flags::default(),
        not_before: seconds(NOW - HOUR),
        not_after: seconds(NOW + 24 * HOUR),
        scopes: vec![4],
        signature: [0; 64],
    };
    wish(&mut code);
    code.sign(&codes_key()).unwrap()
}

/// The list that all others are made of.
fn open() -> List {
    let mut list = List {
        audience: domain::chain::hex(&audience(ORGANIZATION)),
        door: Door {
            id: "door_01jd3v9q4me8n8f3s2c7a1b5xk".into(),
            scope: 4,
            groups: BTreeMap::from([(10, None), (11, Some("schedule_on".into())), (12, Some("schedule_off".into()))]),
            hours: None,
            accepts_digital: true,
            locked_down: false,
            place_locked_down: false,
            unlock_ms: 5_000,
            max_age_ms: 36 * HOUR,
        },
        keys: vec![Key::new(1, &codes_key().verifying_key())],
        ..List::default()
    };
    list.hours.insert("schedule_on".into(), vec![(NOW - HOUR, NOW + HOUR)]);
    list.hours.insert("schedule_off".into(), vec![(NOW - 3 * HOUR, NOW), (NOW + HOUR, NOW + 2 * HOUR)]);
    let entry = Entry { from: NOW - HOUR, until: Some(NOW + HOUR), scopes: vec![4], hours: None, once: false };
    for (byte, entry) in [
        (1, entry.clone()),
        (2, Entry { from: NOW + 1, ..entry.clone() }),
        (3, Entry { until: Some(NOW), ..entry.clone() }),
        (4, Entry { scopes: vec![5], ..entry.clone() }),
        (5, Entry { hours: Some("schedule_off".into()), ..entry.clone() }),
        (6, Entry { scopes: vec![12], until: None, ..entry.clone() }),
        (7, Entry { scopes: vec![11, 12], ..entry.clone() }),
        (8, Entry { once: true, ..entry.clone() }),
        (10, Entry { scopes: vec![5], hours: Some("schedule_off".into()), ..entry.clone() }),
        (11, Entry { once: true, hours: Some("schedule_off".into()), ..entry }),
    ] {
        list.codes.insert(List::code_name(&Online([byte; 16]).hash()), entry);
    }
    for (id, why) in [
        (21, vec![Blocked::Revoked]),
        (22, vec![Blocked::Retired]),
        (23, vec![Blocked::Paused]),
        (24, vec![Blocked::UsedUp]),
        (25, vec![Blocked::Revoked, Blocked::Retired, Blocked::Paused, Blocked::UsedUp]),
        (26, vec![Blocked::Revoked, Blocked::Paused, Blocked::UsedUp]),
        (27, vec![Blocked::Paused, Blocked::UsedUp]),
    ] {
        list.blocked.insert(List::id_name(&[id; 10]), why.into_iter().collect());
    }
    list
}

fn shut(list: &mut List) {
    list.door.hours = Some("schedule_off".into());
    (list.door.place_locked_down, list.door.locked_down) = (true, true);
}

/// Every list by a name.
fn lists() -> BTreeMap<&'static str, List> {
    let with = |wish: fn(&mut List)| {
        let mut list = open();
        wish(&mut list);
        list
    };
    BTreeMap::from([
        ("open", open()),
        ("door_shut_to_codes", with(|list| list.door.accepts_digital = false)),
        ("door_locked_down", with(|list| list.door.locked_down = true)),
        ("place_locked_down", with(|list| (list.door.place_locked_down, list.door.locked_down) = (true, true))),
        ("door_hours_off", with(|list| list.door.hours = Some("schedule_off".into()))),
        ("door_hours_missing", with(|list| list.door.hours = Some("schedule_gone".into()))),
        ("hours_off_and_locked_down", with(shut)),
        (
            "everything_shut",
            with(|list| {
                shut(list);
                list.door.accepts_digital = false;
            }),
        ),
    ])
}

struct Case {
    name: &'static str,
    list: &'static str,
    code: String,
    now: Option<i64>,
    reachable: bool,
    opened: bool,
}

fn case(name: &'static str, code: &Offline) -> Case {
    Case { name, list: "open", code: code.text(), now: Some(NOW), reachable: true, opened: false }
}

fn online(name: &'static str, byte: u8) -> Case {
    Case { code: Online([byte; 16]).text(), ..case(name, &offline(1, |_| ())) }
}

fn cases() -> Vec<Case> {
    let good = offline(1, |_| ());
    let mut forged = good.clone();
    forged.scopes = vec![4, 5];
    let partner = Partner {
        key: [1; 4],
        kind: PartnerKind::Link,
        subject: [2; 10],
        issued_at: seconds(NOW),
        lifetime_s: 300,
        nonce: [3; 4],
        tag: [0; 16],
    };
    let partner = partner.seal(audience(ORGANIZATION), &[7; 32]).text();
    let rotating = Rotating::sign([3; 10], 0, seconds(NOW) / 15, audience(ORGANIZATION), &codes_key()).text();
    let once = offline(2, |code| code.flags.once_per_terminal = true);
    let nobody = case("a clock that cannot be trusted decides nothing", &good);
    let old = NOW + 36 * HOUR;
    vec![
        case("a good offline code opens", &good),
        Case { now: None, ..nobody },
        Case { now: Some(old + 1), ..case("a list that is too old opens nothing", &good) },
        Case {
            now: Some(NOW + 36 * HOUR),
            ..case("a list lasts to its very age", &offline(1, |code| code.not_after = u32::MAX))
        },
        case("a code for another organization", &offline(1, |code| code.audience = [9; 4])),
        case("a code under a key that the list does not name", &offline(1, |code| code.key = 2)),
        case("a code that was changed", &forged),
        case("a code that needs the server", &offline(1, |code| code.flags.needs_server = true)),
        case("a code before its time", &offline(1, |code| code.not_before = seconds(NOW) + 1)),
        case("a code at its first moment", &offline(1, |code| code.not_before = seconds(NOW))),
        case("a code at its end", &offline(1, |code| code.not_after = seconds(NOW))),
        case("a revoked code", &offline(21, |_| ())),
        case("a retired code", &offline(22, |_| ())),
        case("a paused code", &offline(23, |_| ())),
        case("a code that is used up", &offline(24, |_| ())),
        case("of several reasons the first in order", &offline(25, |_| ())),
        case("a code that opens once", &once),
        Case { opened: true, ..case("a code that opened once", &once) },
        Case { opened: true, ..case("a code that may open again", &good) },
        case("a code for another door", &offline(1, |code| code.scopes = vec![5, 6])),
        case("a code for a group without hours", &offline(1, |code| code.scopes = vec![10])),
        case("a code for a group whose hours are on", &offline(1, |code| code.scopes = vec![11])),
        case("a code for a group whose hours are off", &offline(1, |code| code.scopes = vec![12])),
        case("one way that is open is enough", &offline(1, |code| code.scopes = vec![12, 11])),
        case("the door itself has no group's hours", &offline(1, |code| code.scopes = vec![12, 4])),
        Case { list: "door_shut_to_codes", ..case("a door shut to codes", &good) },
        Case { list: "door_locked_down", ..case("a door locked down", &good) },
        Case { list: "place_locked_down", ..case("a place locked down", &good) },
        Case { list: "door_hours_off", ..case("a door outside its hours", &good) },
        Case { list: "door_hours_missing", ..case("hours that are named but not there", &good) },
        Case { reachable: false, ..case("a relay that cannot be reached", &good) },
        online("an online code in the list", 1),
        online("an online code in the list before its time", 2),
        online("an online code in the list after its time", 3),
        online("an online code in the list for another door", 4),
        online("an online code in the list outside its own hours", 5),
        online("an online code in the list outside its group's hours", 6),
        online("an online code in the list by one of two groups", 7),
        online("an online code in the list that opens once", 8),
        Case { opened: true, ..online("an online code in the list that opened once", 8) },
        online("an online code that is not in the list", 9),
        Case { code: rotating, ..case("a rotating code", &good) },
        Case { code: partner, ..case("a partner's code", &good) },
        Case { code: "https://example.com/".into(), ..case("somebody else's code", &good) },
        unreadable("a damaged code"),
    ]
}

fn vectors() -> Value {
    let mut manifests = BTreeMap::new();
    let mut shown = serde_json::Map::new();
    for (name, list) in lists() {
        let bytes = list.to_bytes();
        let manifest = Manifest {
            aud: TERMINAL.into(),
            version: NOW,
            made_at: NOW,
            expires_at: NOW + 47 * HOUR,
            hash: List::hash(&bytes),
        };
        let list = String::from_utf8(bytes).unwrap();
        shown.insert(name.into(), json!({ "manifest": manifest.sign(&lists_key()), "list": list }));
        manifests.insert(name, manifest);
    }
    let lists = lists();
    let cases: Vec<Value> = cases()
        .into_iter()
        .chain(orders())
        .map(|case| {
            let known = Known {
                manifest: &manifests[case.list],
                list: &lists[case.list],
                now: case.now,
                reachable: case.reachable,
            };
            let code = Code::read(case.code.as_bytes()).ok();
            let judged = match &code {
                Some(code) => judge(known, code, |_| case.opened),
                None => Judged { decision: refuse(Reason::QrUnreadable), credential: None },
            };
            if case.reachable {
                let marks = judged.credential.iter().filter(|_| case.opened).map(|name| mark(name, None)).collect();
                let machine =
                    machine((manifests[case.list].sign(&lists_key()), text(&lists[case.list])), marks, case.now);
                let time = Time { wall: case.now.unwrap_or(NOW), steady: 0 };
                assert_eq!(machine.judged(code.as_ref(), time), judged, "{}", case.name);
            }
            json!({
                "name": case.name, "list": case.list, "code": case.code, "now": case.now,
                "reachable": case.reachable, "opened": case.opened,
                "decision": if judged.decision.granted() { "grant" } else { "deny" },
                "reason": judged.decision.reason.code(),
                "trace": judged.decision.trace_text(),
                "credential": judged.credential,
            })
        })
        .collect();
    let key = Key::new(0, &lists_key().verifying_key()).public;
    json!({ "terminal": TERMINAL, "list_key": key, "lists": shown, "cases": cases, "once": once() })
}

#[test]
fn the_published_decisions_are_what_the_rules_say() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/whole/vectors/decisions.json");
    let mut now = serde_json::to_string_pretty(&vectors()).unwrap();
    now.push('\n');
    if std::env::var_os("LATCHKEY_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == now, "{} is not what the rules say", path.display());
    // The vectors show every answer that a terminal gives by itself.
    for reason in [
        "allowed",
        "qr_unreadable",
        "clock_wrong",
        "list_too_old",
        "needs_network",
        "qr_unknown",
        "qr_bad_signature",
        "qr_retired",
        "revoked",
        "paused",
        "not_yet_valid",
        "expired",
        "uses_exhausted",
        "place_lockdown",
        "door_lockdown",
        "digital_not_allowed",
        "door_not_granted",
        "outside_schedule",
        "door_unreachable",
    ] {
        assert!(published.contains(&format!("\"reason\": \"{reason}\"")), "{reason}");
    }
    for (name, list) in vectors()["lists"].as_object().unwrap() {
        let key = lists_key().verifying_key();
        let manifest = Manifest::open(list["manifest"].as_str().unwrap(), &key).unwrap();
        assert_eq!(manifest.admit(TERMINAL, 0, list["list"].as_str().unwrap().as_bytes(), NOW), Ok(()), "{name}");
    }
}
