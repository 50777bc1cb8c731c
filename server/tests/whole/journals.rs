//! What terminals tell when the network is back: each entry once, and nothing of it lost.

use crate::house::{House, Organization};
use crate::reader::off_line;
use domain::qr::Code;
use domain::terminal::List;
use server::service::audit;
use server::service::terminal::journal::Entry;
use server::service::terminal::manage::{self, TerminalInput};
use server::store::event::EventRow;
use server::store::link::LinkRow;
use server::store::terminal::TerminalRow;

crate::on_both!(
    ten_thousand_entries_and_twenty_aborted_uploads_lose_and_double_nothing,
    what_the_server_decided_gets_its_end,
    what_a_terminal_decided_gets_its_events_and_takes_its_use,
    what_goes_over_a_limit_is_counted_and_marked,
    an_answer_that_came_too_late_is_one_story,
    a_terminal_that_opened_against_the_server_is_told_of,
    nonsense_is_stored_as_what_it_is_and_holds_up_nothing,
    a_journal_names_nobody_of_another_house,
    a_gap_is_not_passed_over,
    a_journal_beside_its_own_scan_makes_one_story,
    what_a_terminal_opened_before_it_heard_of_its_move_was_the_old_door,
);

fn unlocks(events: &[EventRow]) -> Vec<&EventRow> {
    events.iter().filter(|row| row.action == "door.unlock").collect()
}

fn ends<'a>(events: &'a [EventRow], of: &str) -> Vec<&'a EventRow> {
    events.iter().filter(|row| row.cause.as_deref() == Some(of)).collect()
}

async fn link(house: &House, ours: &Organization, id: &str) -> LinkRow {
    let (owner, id) = (ours.id.clone(), id.to_owned());
    house.app.db.read(move |c| server::store::link::find(c, &owner, &id)).await.unwrap()
}

/// What a terminal calls a code.
fn name(text: &str) -> String {
    match Code::read(text.as_bytes()).unwrap() {
        Code::Online(online) => List::code_name(&online.hash()),
        Code::Offline(offline) => List::id_name(&offline.id),
        other => panic!("{other:?} is in no list"),
    }
}

/// The entry of a scan that the server decided.
fn on_line(house: &House, sequence: i64, granted: bool, outcome: &str) -> Entry {
    Entry {
        mode: "on_line".into(),
        outcome: outcome.into(),
        reason: if granted { "allowed" } else { "expired" }.into(),
        ..off_line(house, sequence, None, "online", granted)
    }
}

async fn ten_thousand_entries_and_twenty_aborted_uploads_lose_and_double_nothing(database: &str) {
    const ALL: i64 = 10_000;
    const AT_ONCE: i64 = 500;
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (link_id, text) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let name = name(&text);
    let entries = |from: i64| -> Vec<Entry> {
        let some = from..(from + AT_ONCE).min(ALL + 1);
        some.map(|number| off_line(&house, number, Some(&name), "offline", number % 2 == 0)).collect()
    };
    let (mut upto, mut aborted) = (0, 0);
    while upto < ALL {
        let batch = entries(upto + 1);
        // The connection dies at some moment of every other upload: the server may have all of it, some, or nothing.
        if aborted < 20 {
            aborted += 1;
            let (app, terminal, half) = (house.app.clone(), terminal.clone(), batch.clone());
            let mut upload =
                tokio::spawn(async move { server::service::terminal::journal::upload(&app, &terminal, half).await });
            let patience = std::time::Duration::from_millis(u64::try_from(aborted).unwrap() * 3);
            if tokio::time::timeout(patience, &mut upload).await.is_err() {
                upload.abort();
            }
        }
        upto = house.upload(&terminal, batch).await;
    }
    assert_eq!(upto, ALL);
    assert_eq!(house.upload(&terminal, entries(1)).await, ALL, "all of it is known");
    let events = house.events(&ours).await;
    let unlocks = unlocks(&events);
    assert_eq!(unlocks.len(), usize::try_from(ALL).unwrap());
    assert_eq!(unlocks.iter().filter(|row| row.outcome == "granted").count(), 5_000);
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 5_000);
    assert_eq!(link(&house, &ours, &link_id).await.uses, 5_000);
    audit::verify(&house.app).await.expect("an intact log");
}

async fn what_the_server_decided_gets_its_end(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    for (number, outcome, action, uses) in
        [(1, "opened", "door.confirmed", 1), (2, "failed", "door.failed", 0), (3, "none", "door.interrupted", 1)]
    {
        let (id, text) = house.coded(&ours, &things.door, "online", |link| link.max_uses = "3".into()).await;
        let scanned = house.scan(&terminal, number, &text).await;
        let mut entry = on_line(&house, number, true, outcome);
        entry.note = "the relay's\u{0} words".into();
        assert_eq!(house.upload(&terminal, vec![entry]).await, number);
        let events = house.events(&ours).await;
        let ends = ends(&events, &scanned.event);
        assert_eq!(ends.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(), [action]);
        let page = house.signed_in(&ours).await.get(&format!("/events/{}", ends[0].id)).await;
        assert_eq!(page.body.contains("does not know whether"), outcome == "none", "{}", page.body);
        assert!(!page.body.contains("Latchkey stopped"), "it did not: {}", page.body);
        assert_eq!(ends[0].details()["terminal"], terminal.id);
        let row = link(&house, &ours, &id).await;
        assert_eq!((row.uses, row.arrived_at.is_some()), (uses, outcome == "opened"), "{outcome}");
    }
    assert_eq!(house.scan(&terminal, 4, "rubbish").await.decision.reason.code(), "qr_unknown");
    assert_eq!(house.upload(&terminal, vec![on_line(&house, 4, false, "none")]).await, 4);
    assert_eq!(unlocks(&house.events(&ours).await).len(), 4);
}

async fn what_a_terminal_decided_gets_its_events_and_takes_its_use(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (id, text) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    let entry = off_line(&house, 1, Some(&name(&text)), "offline", true);
    let denied = off_line(&house, 2, None, "online", false);
    assert_eq!(house.upload(&terminal, vec![entry.clone(), denied]).await, 2);
    let events = house.events(&ours).await;
    let [granted, denied] = unlocks(&events)[..] else { panic!("two events") };
    assert_eq!((granted.outcome.as_str(), granted.credential.as_deref()), ("granted", Some(id.as_str())));
    assert_eq!(granted.occurred_at, entry.at);
    assert!(granted.recorded_at > granted.occurred_at);
    let detail = granted.details();
    assert_eq!((detail["mode"].as_str(), detail["list"].as_str()), ("off_line", "7"));
    assert_eq!((detail["trace"].as_str(), detail["code"].as_str()), ("revoked=pass", "offline"));
    assert!(!detail.contains_key("over_limit") && !detail.contains_key("fault"), "{detail:?}");
    assert_eq!(ends(&events, &granted.id)[0].action, "door.confirmed");
    assert_eq!((denied.outcome.as_str(), denied.reason.as_deref()), ("denied", Some("needs_network")));
    assert_eq!(denied.details()["hash"], "c2hhMjU2", "so that the code can be found");
    let row = link(&house, &ours, &id).await;
    assert_eq!((row.uses, row.last_used_at, row.arrived_at), (1, Some(entry.at), Some(entry.at)));
}

async fn what_goes_over_a_limit_is_counted_and_marked(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (one, two) = (house.terminal(&ours, &things.door).await, house.terminal(&ours, &things.door).await);
    let (id, text) = house
        .coded(&ours, &things.door, "offline", |link| {
            link.max_uses = "1".into();
            link.qr_off_line = true;
        })
        .await;
    for (terminal, over) in [(&one, false), (&two, true)] {
        house.upload(terminal, vec![off_line(&house, 1, Some(&name(&text)), "offline", true)]).await;
        let events = house.events(&ours).await;
        let event = *unlocks(&events).last().unwrap();
        assert_eq!(event.details().contains_key("over_limit"), over);
    }
    assert_eq!(link(&house, &ours, &id).await.uses, 2);
    assert_eq!(house.scan(&one, 2, &text).await.decision.reason.code(), "uses_exhausted");
}

async fn an_answer_that_came_too_late_is_one_story(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (id, text) = house.coded(&ours, &things.door, "offline", |link| link.max_uses = "5".into()).await;
    // Granted by both: one event, one use, one end.
    let scanned = house.scan(&terminal, 1, &text).await;
    house.upload(&terminal, vec![off_line(&house, 1, Some(&name(&text)), "offline", true)]).await;
    // Granted by the server, denied by the terminal: nothing opened, and the use is back.
    let refused = house.scan(&terminal, 2, &text).await;
    house.upload(&terminal, vec![off_line(&house, 2, None, "offline", false)]).await;
    let events = house.events(&ours).await;
    assert_eq!(unlocks(&events).len(), 2);
    let end = ends(&events, &scanned.event);
    assert_eq!((end.len(), end[0].action.as_str()), (1, "door.confirmed"));
    assert_eq!(end[0].details()["mode"], "off_line");
    let end = ends(&events, &refused.event);
    assert_eq!((end.len(), end[0].action.as_str()), (1, "door.failed"));
    assert_eq!(end[0].details()["answer"], "decided off line: needs_network");
    assert_eq!(link(&house, &ours, &id).await.uses, 1);
}

async fn a_terminal_that_opened_against_the_server_is_told_of(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (id, text) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    server::service::link::revoke(&house.app, &house.owner(&ours), &id).await.unwrap();
    let denied = house.scan(&terminal, 1, &text).await;
    assert_eq!(denied.decision.reason.code(), "revoked");
    house.upload(&terminal, vec![off_line(&house, 1, Some(&name(&text)), "offline", true)]).await;
    let events = house.events(&ours).await;
    let [first, second] = unlocks(&events)[..] else { panic!("two events") };
    assert_eq!((first.outcome.as_str(), second.outcome.as_str()), ("denied", "granted"));
    assert_eq!(second.cause.as_ref(), Some(&denied.event));
    assert_eq!(ends(&events, &second.id)[0].action, "door.confirmed");
    assert_eq!(link(&house, &ours, &id).await.uses, 1);
}

async fn nonsense_is_stored_as_what_it_is_and_holds_up_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let good = off_line(&house, 1, None, "foreign", false);
    let future = house.app.clock.now() + 86_400_000;
    let odd: Vec<Entry> = vec![
        Entry { at: future, ..good.clone() },
        Entry { at: -5, sequence: 2, scan: "\u{0}\n".into(), ..good.clone() },
        Entry { sequence: 3, scan: good.scan.clone(), decision: "maybe".into(), ..good.clone() },
        Entry { sequence: 4, mode: "\u{0}beside".into(), kind: "x".repeat(5_000), ..good.clone() },
        Entry {
            sequence: 5,
            scan: "scan-00000000005".into(),
            reason: "because".into(),
            trace: "\u{0}= no such=pass revoked=fail ".repeat(500),
            credential: Some("\u{0}".into()),
            code: "\u{0}".repeat(300),
            note: "\u{7}".into(),
            ..good.clone()
        },
        Entry { sequence: 6, scan: "scan-00000000006".into(), outcome: "opened".into(), ..good.clone() },
        Entry { sequence: 7, scan: "scan-00000000007".into(), at: i64::MAX, list: i64::MIN, ..good.clone() },
        Entry { sequence: 0, ..good.clone() },
        Entry { sequence: -9, ..good.clone() },
        Entry::default(),
        Entry { sequence: 8, scan: "scan-00000000008".into(), ..good.clone() },
    ];
    assert_eq!(house.upload(&terminal, odd.clone()).await, 8);
    assert_eq!(house.upload(&terminal, odd).await, 8);
    let events = house.events(&ours).await;
    let unlocks = unlocks(&events);
    assert_eq!(unlocks.len(), 8);
    let fault = |at: usize| unlocks[at].details().get("fault").cloned().unwrap_or_default();
    assert_eq!(fault(0), "at");
    assert_eq!(unlocks[0].details()["said_at"], future.to_string());
    assert!(unlocks[0].occurred_at <= unlocks[0].recorded_at);
    assert_eq!(fault(1), "scan at");
    assert_eq!(fault(2), "decision scan_taken");
    assert_eq!(fault(3), "mode kind scan_taken");
    assert_eq!(unlocks[3].details()["said_mode"], "beside");
    assert_eq!((fault(4).as_str(), unlocks[4].reason.as_deref()), ("reason", None));
    assert_eq!(fault(5), "outcome");
    assert_eq!(ends(&events, &unlocks[5].id)[0].action, "door.confirmed", "the door stood open, whoever let it");
    assert_eq!(fault(6), "at");
    assert_eq!(fault(7), "");
    audit::verify(&house.app).await.expect("an intact log");
}

async fn a_journal_names_nobody_of_another_house(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (things, foreign) = (house.things(&ours).await, house.things(&theirs).await);
    let (id, text) = house.coded(&theirs, &foreign.door, "offline", |_| ()).await;
    let terminal = house.terminal(&ours, &things.door).await;
    house.upload(&terminal, vec![off_line(&house, 1, Some(&name(&text)), "offline", true)]).await;
    let events = house.events(&ours).await;
    assert_eq!(unlocks(&events)[0].credential, None);
    assert_eq!(link(&house, &theirs, &id).await.uses, 0);
}

async fn a_gap_is_not_passed_over(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal: TerminalRow = house.terminal(&ours, &things.door).await;
    let entry = |number| off_line(&house, number, None, "foreign", false);
    assert_eq!(house.upload(&terminal, vec![entry(1), entry(2), entry(4), entry(6)]).await, 2);
    // A number that the server gave an answer for is complete when the journal told its end.
    house.scan(&terminal, 5, "rubbish").await;
    assert_eq!(house.upload(&terminal, vec![entry(3)]).await, 4);
    assert_eq!(house.upload(&terminal, Vec::new()).await, 4);
    assert_eq!(house.upload(&terminal, vec![on_line(&house, 5, false, "none")]).await, 6);
    // Another process, which knows nothing of it yet, says the same.
    let other = house.another();
    let upto = server::service::terminal::journal::upload(&other, &terminal, Vec::new()).await.unwrap();
    assert_eq!(upto, 6);
    assert_eq!(unlocks(&house.events(&ours).await).len(), 6);
}

async fn a_journal_beside_its_own_scan_makes_one_story(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (id, text) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    for number in 1..=20 {
        let entry = off_line(&house, number, Some(&name(&text)), "offline", true);
        let (scanned, upto) = tokio::join!(house.scan(&terminal, number, &text), house.upload(&terminal, vec![entry]));
        assert!(scanned.decision.granted() && upto == number, "{number}: {scanned:?}, {upto}");
    }
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 20);
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 20);
    assert_eq!(link(&house, &ours, &id).await.uses, 20);
}

async fn what_a_terminal_opened_before_it_heard_of_its_move_was_the_old_door(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (cellar, loft) = (house.things(&ours).await.door, house.things(&ours).await.door);
    let terminal = house.terminal(&ours, &cellar).await;
    let pauses = |link: &mut server::service::link::LinkInput| link.cooldown_minutes = "1".into();
    let (_, text) = house.coded(&ours, &cellar, "online", pauses).await;
    let at_cellar = house.list(&terminal).await.manifest.version;
    house.decides_by(&terminal, at_cellar).await;
    // The server opens once more before the move; how that ended is told after it.
    assert!(house.scan(&terminal, 1, &text).await.decision.granted());
    let typed = TerminalInput { name: "Moved".into(), door_id: loft.clone() };
    manage::change(&house.app, &house.owner(&ours), &terminal.id, 1, &typed).await.unwrap();
    let terminal = house.refreshed(&terminal).await;
    house.app.clock.shift(5_000);
    let at_loft = house.list(&terminal).await.manifest.version;
    // By then the old list is forgotten.
    house.decides_by(&terminal, at_loft).await;
    let by = |sequence, list| Entry { list, ..off_line(&house, sequence, None, "offline", true) };
    let mut told = vec![Entry { list: at_cellar, ..on_line(&house, 1, true, "opened") }];
    told.extend([by(2, at_cellar), by(3, at_cellar + 1), by(4, at_loft), by(5, at_cellar), by(6, 0), by(7, i64::MAX)]);
    assert_eq!(house.upload(&terminal, told).await, 7);
    let events = house.events(&ours).await;
    let unlocks = unlocks(&events);
    let doors: Vec<&str> = unlocks.iter().map(|row| row.object.as_str()).collect();
    let (c, l) = (cellar.as_str(), loft.as_str());
    assert_eq!(doors, [c, c, c, l, c, l, l]);
    for unlock in unlocks {
        let ends = ends(&events, &unlock.id);
        assert_eq!((ends.len(), ends[0].object.as_str()), (1, unlock.object.as_str()));
    }
}
