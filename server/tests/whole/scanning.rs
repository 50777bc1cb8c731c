//! Scans on line, from the terminal's request to the log.

use crate::house::House;
use crate::reader::off_line;
use crate::terminal::Device;
use domain::qr::{Flags, Offline, Online, Partner, PartnerKind, Rotating, audience, step};
use serde_json::{Value, json};
use server::driver::simulator::Mode;
use server::error::Error;
use server::secret::Signs;
use server::service::terminal::scan::{self, Scan};
use server::service::unlock::{self, Opening, Tapper};
use server::service::{audit, door, link};
use server::store::event::EventRow;
use server::store::writer::Credential;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

crate::on_both!(
    two_hundred_scans_of_a_one_use_code_at_two_terminals_open_once,
    a_link_and_its_code_share_one_counter,
    a_scan_is_an_event_with_terminal_kind_and_person,
    the_same_scan_gets_the_same_answer,
    what_proves_nothing_is_denied_with_one_event_and_no_credential,
    a_rotating_code_opens_once_a_step,
    an_old_picture_says_that_it_is_old,
    an_organizations_codes_open_nothing_of_anothers,
    a_scan_meets_what_was_changed_meanwhile,
    refusals_beyond_measure_leave_no_event_and_good_codes_still_open,
    a_grant_that_nobody_ends_is_interrupted_and_gives_no_free_try,
    a_scan_needs_a_whole_id,
    without_a_relay_the_server_opens_once_and_says_how_it_ended,
    without_a_relay_a_scan_that_hung_in_the_network_opens_nothing,
);

fn last(events: &[EventRow]) -> &EventRow {
    events.iter().rfind(|row| row.action == "door.unlock").expect("an event")
}

async fn two_hundred_scans_of_a_one_use_code_at_two_terminals_open_once(database: &str) {
    for kind in ["online", "offline"] {
        let house = House::open(database);
        let ours = house.organization("Quetzal").await;
        let things = house.things(&ours).await;
        let (_, text) = house.coded(&ours, &things.door, kind, |link| link.max_uses = "1".into()).await;
        let terminals = [house.terminal(&ours, &things.door).await, house.terminal(&ours, &things.door).await];
        let mut scans = tokio::task::JoinSet::new();
        for number in 0..200 {
            let (app, text) = (house.app.clone(), text.clone());
            let terminal = terminals[number % 2].clone();
            let sequence = i64::try_from(number / 2).unwrap() + 1;
            scans.spawn(async move {
                let scan =
                    Scan { scan: format!("scan-of-many-{number:04}"), sequence, code: text.into_bytes(), at: None };
                scan::scan(&app, &terminal, scan).await.unwrap().decision.reason.code()
            });
        }
        let reasons = scans.join_all().await;
        assert_eq!(reasons.iter().filter(|reason| **reason == "allowed").count(), 1, "{kind}");
        assert_eq!(reasons.iter().filter(|reason| **reason == "uses_exhausted").count(), 199, "{kind}");
        assert_eq!(house.count(&ours, "door.unlock", "granted").await, 1);
        assert_eq!(house.count(&ours, "door.unlock", "denied").await, 199);
        audit::verify(&house.app).await.expect("an intact log");
    }
}

async fn a_link_and_its_code_share_one_counter(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (link, text) = house.coded(&ours, &things.door, "online", |link| link.max_uses = "2".into()).await;
    let terminal = house.terminal(&ours, &things.door).await;
    assert!(house.scan(&terminal, 1, &text).await.decision.granted());
    let tap = |request: &'static str| {
        let tapper =
            Tapper { credential: Credential::Link { id: link.clone(), secret_version: 1 }, facts: BTreeMap::new() };
        unlock::unlock(&house.app, tapper, &things.door, request)
    };
    let report = tap("request-number-one").await.unwrap();
    assert!(matches!(report.opening, Opening::Open(_)) && report.uses_left == Some(0), "{report:?}");
    assert_eq!(house.scan(&terminal, 2, &text).await.decision.reason.code(), "uses_exhausted");
    assert!(matches!(tap("request-number-two").await.unwrap().opening, Opening::Denied(_)));
}

async fn a_scan_is_an_event_with_terminal_kind_and_person(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    for (number, kind) in [(1, "online"), (2, "offline"), (3, "rotating")] {
        let (link, text) = house.coded(&ours, &things.door, kind, |_| ()).await;
        let scanned = house.scan(&terminal, number, &text).await;
        assert!(scanned.decision.granted(), "{kind}: {:?}", scanned.decision);
        assert!(scanned.unlock_ms == 5_000 && (1..=5_000).contains(&scanned.left_ms), "{scanned:?}");
        let events = house.events(&ours).await;
        let event = last(&events);
        assert_eq!((&event.id, event.outcome.as_str()), (&scanned.event, "granted"));
        assert_eq!(event.credential.as_deref(), Some(link.as_str()));
        assert_eq!((event.door_id.as_ref(), event.link_id.as_ref()), (Some(&things.door), Some(&link)));
        let detail = event.details();
        assert_eq!(detail["code"], kind);
        assert_eq!((detail["terminal"].as_str(), detail["mode"].as_str()), (terminal.id.as_str(), "on_line"));
        assert!(detail["trace"].starts_with("qr_"), "{detail:?}");
        let id = event.id.clone();
        let people = house.app.db.read(move |c| server::store::event::people(c, &[id])).await.unwrap();
        assert_eq!(people[&scanned.event].facts["name"], "Quetzal Guest");
    }
    let left = house.app.db.read(|c| server::store::event::overdue(c, i64::MAX, 10)).await.unwrap();
    assert_eq!(left.len(), 3, "each waits for its end");
}

async fn the_same_scan_gets_the_same_answer(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (_, text) = house.coded(&ours, &things.door, "online", |link| link.max_uses = "5".into()).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (first, second) = tokio::join!(house.scan(&terminal, 1, &text), house.scan(&terminal, 1, &text));
    let third = house.scan(&terminal, 1, "anything else").await;
    for again in [&second, &third] {
        assert_eq!(again.event, first.event);
        assert_eq!(again.decision.reason, first.decision.reason);
        assert_eq!(again.decision.trace, first.decision.trace);
    }
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 1);
    // Later nothing is left of it, though the answer is still the same.
    house.app.clock.shift(6_000);
    let late = house.scan(&terminal, 1, &text).await;
    assert!(late.decision.granted() && late.left_ms == 0, "{late:?}");
    let another = Scan { scan: "another-scan-of-that-number".into(), sequence: 1, code: Vec::new(), at: None };
    assert!(matches!(scan::scan(&house.app, &terminal, another).await, Err(Error::Refused(_))));
}

async fn what_proves_nothing_is_denied_with_one_event_and_no_credential(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let ours_in_codes = audience(&ours.id);
    let (_, good) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    let forged = {
        let mut letters = good.clone().into_bytes();
        let at = letters.len() - 40;
        letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(letters).unwrap()
    };
    let partner = Partner {
        key: [1; 4],
        kind: PartnerKind::Link,
        subject: [2; 10],
        issued_at: 1,
        lifetime_s: 60,
        nonce: [3; 4],
        tag: [0; 16],
    };
    let unknown = Offline {
        key: 1,
        audience: ours_in_codes,
        id: [9; 10],
        flags: Flags::default(),
        not_before: 0,
        not_after: u32::MAX,
        scopes: vec![1],
        signature: [0; 64],
    };
    let ours_key = house.app.keys.signing(&ours.id, Signs::Offline(1));
    let lists_key = house.app.keys.signing(&ours.id, Signs::Lists);
    let cases = [
        ("online", Online([7; 16]).text(), "qr_unknown"),
        ("foreign", "https://example.com/LK1".to_owned(), "qr_unknown"),
        ("unreadable", "LK1N00".to_owned(), "qr_unreadable"),
        ("unreadable", String::new(), "qr_unreadable"),
        ("partner", partner.seal(ours_in_codes, &[0; 32]).text(), "qr_unknown"),
        ("offline", forged, "qr_bad_signature"),
        ("offline", unknown.clone().sign(&ours_key).unwrap().text(), "qr_unknown"),
        ("offline", unknown.sign(&lists_key).unwrap().text(), "qr_bad_signature"),
        ("rotating", Rotating::sign([8; 10], 0, 1, ours_in_codes, &ours_key).text(), "qr_unknown"),
    ];
    for (number, (kind, text, reason)) in (1..).zip(cases) {
        let scanned = house.scan(&terminal, number, &text).await;
        assert_eq!(scanned.decision.reason.code(), reason, "{text}");
        let events = house.events(&ours).await;
        let unlocks: Vec<&EventRow> = events.iter().filter(|row| row.action == "door.unlock").collect();
        assert_eq!(unlocks.len(), usize::try_from(number).unwrap());
        let event = last(&events);
        assert_eq!((event.outcome.as_str(), event.credential.as_deref()), ("denied", None), "{text}");
        assert_eq!(event.reason.as_deref(), Some(reason));
        assert_eq!(event.details()["code"], kind);
        assert_eq!(scanned.left_ms, 0);
    }
    let all = house.dump().await;
    assert!(!all.contains("example.com/LK1"), "what was read is kept nowhere");
}

async fn a_rotating_code_opens_once_a_step(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (one, two) = (house.terminal(&ours, &things.door).await, house.terminal(&ours, &things.door).await);
    let (link, text) = house.coded(&ours, &things.door, "rotating", |_| ()).await;
    // Both at once: one wins.
    let (first, second) = tokio::join!(house.scan(&one, 1, &text), house.scan(&two, 1, &text));
    let mut reasons = [first.decision.reason.code(), second.decision.reason.code()];
    reasons.sort_unstable();
    assert_eq!(reasons, ["allowed", "qr_replayed"]);
    assert_eq!(house.scan(&two, 2, &text).await.decision.reason.code(), "qr_replayed");
    house.app.clock.shift(15_000);
    let next = house.shows(&ours, &link).await;
    assert_eq!(house.scan(&two, 3, &next).await.decision.reason.code(), "allowed");
    // The step before is spent with it.
    assert_eq!(house.scan(&one, 2, &text).await.decision.reason.code(), "qr_replayed");
    house.app.clock.shift(15_000);
    let kept = house.shows(&ours, &link).await;
    house.app.clock.shift(60_000);
    assert_eq!(house.scan(&one, 3, &kept).await.decision.reason.code(), "qr_stale");
    let domain::qr::Code::Rotating(of) = domain::qr::Code::read(kept.as_bytes()).unwrap() else {
        panic!("a rotating code");
    };
    let key = house.app.keys.signing(&ours.id, Signs::Rotating(of.badge));
    let ahead = step(u32::try_from(house.app.clock.now() / 1_000).unwrap()) + 10;
    let ahead = Rotating::sign(of.badge, 0, ahead, audience(&ours.id), &key).text();
    assert_eq!(house.scan(&one, 4, &ahead).await.decision.reason.code(), "qr_stale");
    let device = Rotating::sign(of.badge, 1, of.step + 4, audience(&ours.id), &key).text();
    assert_eq!(house.scan(&one, 5, &device).await.decision.reason.code(), "qr_bad_signature");
}

async fn an_old_picture_says_that_it_is_old(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    for (number, kind) in [(1, "online"), (3, "offline")] {
        let (link, text) = house.coded(&ours, &things.door, kind, |_| ()).await;
        link::rotate(&house.app, &house.owner(&ours), &link).await.unwrap();
        assert_eq!(house.scan(&terminal, number, &text).await.decision.reason.code(), "qr_retired", "{kind}");
        let events = house.events(&ours).await;
        assert_eq!(last(&events).credential.as_deref(), Some(link.as_str()), "whose picture it was is known");
        let new = house.shows(&ours, &link).await;
        assert!(house.scan(&terminal, number + 1, &new).await.decision.granted());
    }
}

async fn an_organizations_codes_open_nothing_of_anothers(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (things, foreign) = (house.things(&ours).await, house.things(&theirs).await);
    let terminal = house.terminal(&ours, &things.door).await;
    for (number, kind) in [(1, "online"), (2, "offline"), (3, "rotating")] {
        let (_, text) = house.coded(&theirs, &foreign.door, kind, |_| ()).await;
        let scanned = house.scan(&terminal, number, &text).await;
        assert_eq!(scanned.decision.reason.code(), "qr_unknown", "{kind}");
    }
    let events = house.events(&ours).await;
    assert!(events.iter().filter(|row| row.action == "door.unlock").all(|row| row.credential.is_none()));
    assert_eq!(house.count(&theirs, "door.unlock", "denied").await, 0);
}

async fn a_scan_meets_what_was_changed_meanwhile(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (link, text) = house.coded(&ours, &things.door, "online", |_| ()).await;
    link::pause(&house.app, &actor, &link).await.unwrap();
    assert_eq!(house.scan(&terminal, 1, &text).await.decision.reason.code(), "paused");
    link::resume(&house.app, &actor, &link).await.unwrap();
    door::lock_down(&house.app, &actor, &things.door, "drill").await.unwrap();
    assert_eq!(house.scan(&terminal, 2, &text).await.decision.reason.code(), "door_lockdown");
    door::lift(&house.app, &actor, &things.door).await.unwrap();
    assert!(house.scan(&terminal, 3, &text).await.decision.granted());
    link::revoke(&house.app, &actor, &link).await.unwrap();
    assert_eq!(house.scan(&terminal, 4, &text).await.decision.reason.code(), "revoked");
}

async fn refusals_beyond_measure_leave_no_event_and_good_codes_still_open(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (_, text) = house.coded(&ours, &things.door, "online", |_| ()).await;
    for number in 1..=300 {
        assert_eq!(house.scan(&terminal, number, "rubbish").await.decision.reason.code(), "qr_unknown");
    }
    let last = house.scan(&terminal, 301, "rubbish").await;
    assert!(last.decision.reason.code() == "rate_limited" && !last.event.is_empty(), "one event says so");
    for number in [302, 303] {
        let unheard = house.scan(&terminal, number, "rubbish").await;
        assert_eq!((unheard.decision.reason.code(), unheard.event.as_str()), ("rate_limited", ""));
    }
    assert!(house.scan(&terminal, 304, &text).await.decision.granted(), "a good code is always heard");
    assert_eq!(house.count(&ours, "door.unlock", "denied").await, 301);
    // Its journal tells of it like of any other, and the numbers stay without a gap.
    let mut entries: Vec<_> = (1..=303).map(|number| off_line(&house, number, None, "foreign", false)).collect();
    for entry in &mut entries {
        entry.mode = "on_line".into();
        entry.reason = if entry.sequence > 300 { "rate_limited" } else { "qr_unknown" }.into();
    }
    assert_eq!(house.upload(&terminal, entries).await, 303);
    assert_eq!(house.count(&ours, "door.unlock", "denied").await, 301);
}

async fn a_grant_that_nobody_ends_is_interrupted_and_gives_no_free_try(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (_, text) = house.coded(&ours, &things.door, "online", |link| link.max_uses = "1".into()).await;
    let scanned = house.scan(&terminal, 1, &text).await;
    let before = |ms: i64| house.app.clock.now() + ms;
    assert_eq!(unlock::sweep_interrupted(&house.app, before(50_000)).await.unwrap(), 0, "it has a minute");
    assert_eq!(unlock::sweep_interrupted(&house.app, before(61_000)).await.unwrap(), 1);
    assert_eq!(house.scan(&terminal, 2, &text).await.decision.reason.code(), "uses_exhausted");
    let mut entry = off_line(&house, 1, None, "online", true);
    entry.mode = "on_line".into();
    assert_eq!(house.upload(&terminal, vec![entry.clone()]).await, 1);
    assert_eq!(house.upload(&terminal, vec![entry]).await, 1);
    let events = house.events(&ours).await;
    let ends: Vec<&str> =
        events.iter().filter(|row| row.cause.as_ref() == Some(&scanned.event)).map(|row| row.action.as_str()).collect();
    assert_eq!(ends, ["door.interrupted", "door.confirmed"], "what happened is told, late as it is");
}

async fn a_scan_needs_a_whole_id(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    for (scan, sequence) in [("short", 1), ("with a blank in it", 1), ("scan-0123456789ab", 0)] {
        let asked = Scan { scan: scan.into(), sequence, code: b"x".to_vec(), at: None };
        assert!(matches!(scan::scan(&house.app, &terminal, asked).await, Err(Error::Fields(_))), "{scan}");
    }
    assert_eq!(house.count(&ours, "door.unlock", "denied").await, 0);
}

async fn without_a_relay_the_server_opens_once_and_says_how_it_ended(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (_, text) = house.coded(&ours, &things.door, "online", |link| link.max_uses = "9".into()).await;
    let ask = |sequence: i64| {
        let (scan, code) = (format!("scan-{sequence:011}"), text.clone().into_bytes());
        scan::scan_and_open(&house.app, &terminal, Scan { scan, sequence, code, at: None })
    };
    let (scanned, opening) = ask(1).await.unwrap();
    assert!(scanned.decision.granted() && matches!(opening, Some(Opening::Open(_))), "{opening:?}");
    let (again, opening) = ask(1).await.unwrap();
    assert!(again.event == scanned.event && matches!(opening, Some(Opening::Open(_))), "{opening:?}");
    // Its journal tells nothing that the server does not know, and ends nothing that the server still opens.
    let journal = |number: i64| {
        let mut entry = off_line(&house, number, None, "online", true);
        (entry.mode, entry.outcome) = ("on_line".into(), "none".into());
        entry
    };
    assert_eq!(house.upload(&terminal, vec![journal(1)]).await, 1);
    door::simulate(&house.app, &actor, &things.door, Mode::Slow).await.unwrap();
    let (_, opening) = ask(2).await.unwrap();
    assert_eq!(house.upload(&terminal, vec![journal(2)]).await, 2);
    let mut known = opening;
    for _ in 0..100 {
        if known.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        known = ask(2).await.unwrap().1;
    }
    assert!(matches!(known, Some(Opening::Open(_))), "{known:?}");
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 2);
    assert_eq!(house.count(&ours, "door.interrupted", "failed").await, 0);
    door::simulate(&house.app, &actor, &things.door, Mode::Refusing).await.unwrap();
    assert_eq!(ask(3).await.unwrap().1, Some(Opening::Failed));
    // Whether that driver can be reached counts here, and not for a terminal that has a relay.
    door::simulate(&house.app, &actor, &things.door, Mode::Offline).await.unwrap();
    let (denied, opening) = ask(4).await.unwrap();
    assert_eq!((denied.decision.reason.code(), opening), ("door_unreachable", None));
    assert!(house.scan(&terminal, 5, &text).await.decision.granted());
}

async fn without_a_relay_a_scan_that_hung_in_the_network_opens_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let device = Device::pair(&house, &ours, &things).await;
    let (link, text) = house.coded(&ours, &things.door, "online", |link| link.max_uses = "5".into()).await;
    let code = ::terminal::wire::ScanRequest::text(text.as_bytes());
    let ask = |sequence: i64, relay: &str, at: Value| {
        let (scan, device) = (format!("scan-{sequence:011}"), &device);
        let mut body = json!({ "scan": scan, "sequence": sequence, "code": code, "relay": relay });
        if !at.is_null() {
            body["at"] = at;
        }
        async move {
            let page = device.post("scan", body).await;
            assert_eq!(page.status, 200, "{}", page.body);
            page.json()
        }
    };
    let ago = |ms: i64| Value::from(house.app.clock.now() - ms);
    for (sequence, ms) in [(1, 20_000), (2, 5_000)] {
        let said = ask(sequence, "none", ago(ms)).await;
        assert_eq!((&said["decision"], &said["reason"]), (&json!("deny"), &json!("too_late")), "{said}");
        assert_eq!(ask(sequence, "none", ago(0)).await["event"], said["event"], "the stored answer");
    }
    let events = house.events(&ours).await;
    let late: Vec<_> = events.iter().filter(|row| row.reason.as_deref() == Some("too_late")).collect();
    assert_eq!(late.len(), 2);
    assert!(late.iter().all(|row| row.outcome == "denied" && row.credential.as_ref() == Some(&link)));
    assert!(late.iter().all(|row| row.detail.contains("too_late=fail")));
    assert!(events.iter().all(|row| row.action != "door.dispatched"), "the door heard nothing");
    // What is wrong with the code besides is said first.
    let owner = house.owner(&ours);
    link::pause(&house.app, &owner, &link).await.unwrap();
    assert_eq!(ask(3, "none", ago(20_000)).await["reason"], "paused");
    link::resume(&house.app, &owner, &link).await.unwrap();
    assert_eq!(ask(4, "none", Value::from(0)).await["reason"], "too_late");
    // A moment on the way, a clock that is ahead, and none that can be trusted.
    for (sequence, at) in [(5, ago(1_000)), (6, ago(-20_000)), (7, Value::Null)] {
        let said = ask(sequence, "none", at).await;
        assert_eq!((&said["decision"], &said["opening"]), (&json!("grant"), &json!("open")), "{said}");
    }
    // A terminal that opens by itself looks at its own clock.
    assert_eq!(ask(8, "own", ago(20_000)).await["decision"], "grant");
    // The door has what is left of the five seconds.
    door::simulate(&house.app, &owner, &things.door, Mode::Dead).await.unwrap();
    let (began, at) = (Instant::now(), ago(3_500));
    assert_eq!(ask(9, "none", at.clone()).await["opening"], "opening");
    while ask(9, "none", at.clone()).await["opening"] == "opening" {
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(ask(9, "none", at).await["opening"], "timed_out");
}
