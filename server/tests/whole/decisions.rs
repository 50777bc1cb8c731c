//! The vectors of decisions without a network, for whoever builds a terminal from the documents alone:
//! `vectors/decisions.json` is what the rules say, no more and no less. `LATCHKEY_WRITE_VECTORS=1` writes it anew.

use ::terminal::wire::{DoorName, ListAnswer};
use ::terminal::{Identity, Kept, Mark, State, Terminal};
use domain::qr::{Code, Flags, Offline, Online, Partner, PartnerKind, Rotating, audience};
use domain::reason::Reason;
use domain::scan::refuse;
use domain::terminal::{Blocked, Door, Entry, Judged, Key, Known, List, Manifest, Time, judge};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;

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

fn unreadable(name: &'static str) -> Case {
    Case { code: "LK1F000".into(), ..case(name, &offline(1, |_| ())) }
}

/// The same code with other scopes than it was signed with.
fn forged(code: &Offline) -> Offline {
    Offline { scopes: vec![4, 5], ..code.clone() }
}

/// Several things wrong at once, one less from case to case: whoever takes them in another order finds another reason.
fn orders() -> Vec<Case> {
    let old = Some(NOW + 40 * HOUR);
    let worst = |name, code: &Offline| Case { list: "everything_shut", reachable: false, ..case(name, code) };
    let elsewhere = |code: &mut Offline| code.scopes = vec![5];
    let ended = |code: &mut Offline| code.not_after = seconds(NOW);
    let early = |code: &mut Offline| code.not_before = seconds(NOW) + 1;
    let server = |code: &mut Offline| code.flags.needs_server = true;
    let other = |code: &mut Offline| code.audience = [9; 4];
    let foreign = offline(25, |code| {
        other(code);
        code.key = 2;
        server(code);
    });
    let unlisted = offline(25, |code| {
        code.key = 2;
        server(code);
    });
    let everything = offline(25, |code| {
        ended(code);
        early(code);
        elsewhere(code);
    });
    vec![
        Case { now: None, ..unreadable("order: a damaged code before the clock") },
        Case { now: old, ..unreadable("order: a damaged code before the list's age") },
        Case { now: None, ..worst("order: the clock before another organization", &foreign) },
        Case { now: old, ..worst("order: the list's age before another organization", &foreign) },
        Case {
            now: old,
            code: "https://example.com/".into(),
            ..worst("order: the list's age before the kind", &foreign)
        },
        worst("order: another organization before key, signature and flag", &forged(&foreign)),
        worst("order: the key before signature and flag", &forged(&unlisted)),
        worst("order: the signature before the flag", &forged(&offline(25, server))),
        worst("order: the flag before what is blocked", &offline(25, server)),
        worst("order: retired before everything that follows", &everything),
        worst(
            "order: revoked before the dates",
            &offline(26, |code| {
                ended(code);
                elsewhere(code);
            }),
        ),
        worst(
            "order: the end before paused and the beginning",
            &offline(27, |code| {
                ended(code);
                early(code);
                elsewhere(code);
            }),
        ),
        worst(
            "order: paused before the beginning",
            &offline(27, |code| {
                early(code);
                elsewhere(code);
            }),
        ),
        worst(
            "order: the beginning before the door",
            &offline(24, |code| {
                early(code);
                elsewhere(code);
            }),
        ),
        worst("order: another door before used up and locked down", &offline(24, elsewhere)),
        worst("order: the group's hours before used up", &offline(24, |code| code.scopes = vec![12])),
        worst("order: used up before the door itself", &offline(24, |_| ())),
        Case {
            opened: true,
            ..worst(
                "order: opened once before the door itself",
                &offline(1, |code| code.flags.once_per_terminal = true),
            )
        },
        worst("order: shut to codes before its hours", &offline(1, |_| ())),
        Case {
            list: "hours_off_and_locked_down",
            ..worst("order: the door's hours before a lockdown", &offline(1, |_| ()))
        },
        Case {
            list: "place_locked_down",
            ..worst("order: the place's lockdown before the relay", &offline(1, |_| ()))
        },
        Case { list: "door_locked_down", ..worst("order: the door's lockdown before the relay", &offline(1, |_| ())) },
        Case { list: "door_locked_down", ..case("order: another door before its lockdown", &offline(1, elsewhere)) },
        Case { list: "everything_shut", ..online("order: another door before an entry's own hours", 10) },
        Case { list: "everything_shut", opened: true, ..online("order: an entry's own hours before opened once", 11) },
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

fn text(list: &List) -> String {
    String::from_utf8(list.to_bytes()).unwrap()
}

fn mark(credential: &str, stored_at: Option<i64>) -> Mark {
    Mark { credential: credential.to_owned(), sequence: 1, stored_at }
}

/// Our own terminal after a start, with this list and these marks; without `now` it never heard the server.
fn machine(list: (String, String), marks: Vec<Mark>, now: Option<i64>) -> Terminal {
    let identity = Identity {
        terminal: TERMINAL.into(),
        token: "token".into(),
        list_key: Key::new(0, &lists_key().verifying_key()).public,
        organization: String::new(),
        place: String::new(),
        door: DoorName::default(),
        name: String::new(),
    };
    let state = State { next: 2, newest: NOW, offset: now.map(|_| 0), seen: 0, own: 0 };
    Terminal::restored(Kept { identity, state, list: Some(list), marks, unfinished: Vec::new() }).unwrap().0
}

/// What a terminal says of a code that opened once, by a list that it takes afterwards.
fn once() -> Vec<Value> {
    let code = Online([8; 16]);
    let list = open();
    let answer = |made_at: i64| {
        let hash = List::hash(&list.to_bytes());
        let manifest =
            Manifest { aud: TERMINAL.into(), version: made_at, made_at, expires_at: made_at + 47 * HOUR, hash };
        (manifest.sign(&lists_key()), text(&list))
    };
    [
        ("a list taken while the scan waits to go up", None, NOW + 60_000),
        ("a list made before the server was known to have the scan", Some(NOW + 60_000), NOW + 59_999),
        ("a list made at that very moment", Some(NOW + 60_000), NOW + 60_000),
        ("a list made after the server was known to have the scan", Some(NOW + 60_000), NOW + 60_001),
    ]
    .into_iter()
    .map(|(name, stored_at, made_at)| {
        let mut machine = machine(answer(NOW), vec![mark(&List::code_name(&code.hash()), stored_at)], Some(NOW));
        let time = Time { wall: NOW + 120_000, steady: 0 };
        let (manifest, list) = answer(made_at);
        machine.list_received(ListAnswer { manifest, list: Some(list), ..ListAnswer::default() }, time);
        assert_eq!(machine.have(), Some(made_at), "{name}: it is taken");
        let reason = machine.judged(Some(&Code::Online(code)), time).decision.reason.code();
        json!({
            "name": name, "code": code.text(), "opened_at": NOW, "stored_at": stored_at, "made_at": made_at,
            "now": time.wall, "reason": reason,
        })
    })
    .collect()
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
