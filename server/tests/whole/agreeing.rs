//! Server and terminal agree: every generated code, shown to the server and judged by the list that the server made.

use crate::house::House;
use crate::reader::{Held, off_line};
use crate::world::{Dice, HOUR, Issued, World};
use domain::qr::Code;
use domain::reason::Reason;
use domain::terminal::List;
use server::service::link::LinkInput;
use server::store::terminal::TerminalRow;
use std::collections::BTreeMap;

crate::on_both!(
    what_the_server_says_a_terminal_says_by_its_list,
    around_both_changes_of_the_clocks_too,
    a_pause_that_runs_is_in_the_list_and_a_journal_that_breaks_one_is_marked,
);

/// A terminal is replaced before it was refused so often that it is heard no more.
const REFUSALS: i64 = 250;

async fn what_the_server_says_a_terminal_says_by_its_list(database: &str) {
    let said = agree(database, 20_261_126, 90, &[0, 7, 15, 30], "2026-12-02T10:00:00Z").await;
    // The generator must reach what it is for.
    for reason in [
        "allowed",
        "revoked",
        "paused",
        "uses_exhausted",
        "expired",
        "not_yet_valid",
        "qr_retired",
        "door_not_granted",
        "outside_schedule",
        "door_lockdown",
        "digital_not_allowed",
        "needs_network",
        "cooldown",
    ] {
        assert!(said.get(reason).copied().unwrap_or(0) > 2, "{reason}: {said:?}");
    }
}

async fn around_both_changes_of_the_clocks_too(database: &str) {
    for (seed, at) in [(7, "2027-03-27T12:00:00Z"), (9, "2027-10-30T12:00:00Z")] {
        let said = agree(database, seed, 25, &[9, 12, 13, 14, 20], at).await;
        assert!(said.contains_key("allowed") && said.contains_key("outside_schedule"), "{said:?}");
    }
}

/// Makes a house, then a list for each door, and asks both about everything at each hour after.
async fn agree(database: &str, seed: u64, links: usize, hours: &[i64], at: &str) -> BTreeMap<&'static str, usize> {
    let world = World::make_at(database, seed, links, at).await;
    let clock = &world.house.app.clock;
    world.opened(&mut Dice(seed + 1));
    let mut held: Vec<(String, Held)> = Vec::new();
    for door in &world.doors {
        let terminal = world.house.terminal(&world.ours, door).await;
        held.push((door.clone(), world.house.list(&terminal).await));
    }
    let begun = clock.now();
    let mut said = BTreeMap::new();
    for hour in hours {
        clock.shift(begun + hour * HOUR - clock.now());
        // What opened since the lists were made, they do not know.
        let forgotten = format!("UPDATE link_door_states SET last_granted_at = NULL WHERE last_granted_at >= {begun}");
        world.house.sql(&forgotten).unwrap();
        for (door, held) in &held {
            let mut terminal: Option<(TerminalRow, i64)> = None;
            for code in &world.codes {
                let (at, mut number) = match terminal.take() {
                    Some((row, number)) if number < REFUSALS => (row, number),
                    _ => (world.house.terminal(&world.ours, door).await, 0),
                };
                number += 1;
                let text = match code.kind {
                    "rotating" => world.house.shows(&world.ours, &code.link).await,
                    _ => code.text.clone(),
                };
                let server = world.house.scan(&at, number, &text).await.decision;
                let judged = held.judge(&text, clock.now()).decision;
                same(code, held, server.reason, judged.reason);
                *said.entry(judged.reason.code()).or_default() += 1;
                if server.reason == Reason::Cooldown && judged.reason != Reason::NeedsNetwork {
                    *said.entry(server.reason.code()).or_default() += 1;
                }
                terminal = Some((at, number));
            }
        }
    }
    said
}

/// What a terminal may say where the server says this.
fn same(code: &Issued, held: &Held, server: Reason, terminal: Reason) {
    if terminal == server {
        return;
    }
    if terminal != Reason::NeedsNetwork {
        // A pause that ran when the list was made, a list says in words of its own: of an offline code for as long as it
        // opens anything.
        assert!(code.pauses && code.off_line, "{code:?}: {terminal:?}, {server:?}");
        match code.kind {
            "offline" => assert_eq!(terminal, Reason::UsesExhausted, "{code:?}"),
            _ => assert!(terminal == Reason::NotYetValid && server != Reason::Allowed, "{code:?}: {terminal:?}"),
        }
        return;
    }
    match code.kind {
        "rotating" => {}
        "offline" => assert!(code.needs_server, "{code:?} says all that there is to know"),
        _ => {
            // What its link lets open off line, and what would, is in the list.
            let listed = code.off_line && server == Reason::Allowed;
            assert!(!listed, "{code:?} is missing among {} codes", held.list.codes.len());
        }
    }
}

async fn a_pause_that_runs_is_in_the_list_and_a_journal_that_breaks_one_is_marked(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let elsewhere = house.things(&ours).await;
    for kind in ["online", "offline"] {
        let pauses = |link: &mut LinkInput| {
            link.doors.push(elsewhere.door.clone());
            link.cooldown_minutes = "60".into();
            link.qr_off_line = true;
        };
        let (link, text) = house.coded(&ours, &things.door, kind, pauses).await;
        let (one, two) = (house.terminal(&ours, &things.door).await, house.terminal(&ours, &things.door).await);
        let other = house.terminal(&ours, &elsewhere.door).await;
        let before = house.list(&two).await;
        assert!(house.scan(&one, 1, &text).await.decision.granted());
        let now = house.app.clock.now();
        let held = house.list(&two).await;
        assert_eq!(house.scan(&two, 1, &text).await.decision.reason.code(), "cooldown");
        let said = if kind == "online" { "not_yet_valid" } else { "uses_exhausted" };
        assert_eq!(held.reason(&text, now), said);
        assert_eq!(house.list(&other).await.reason(&text, now), "allowed", "a pause is one door's");
        // A list that was made before cannot know; then the log says what happened.
        assert_eq!(before.reason(&text, now), "allowed");
        let name = match Code::read(text.as_bytes()).unwrap() {
            Code::Online(code) => List::code_name(&code.hash()),
            Code::Offline(code) => List::id_name(&code.id),
            other => panic!("{other:?}"),
        };
        house.app.clock.shift(10_000);
        house.upload(&two, vec![off_line(&house, 2, Some(&name), kind, true)]).await;
        house.upload(&other, vec![off_line(&house, 1, Some(&name), kind, true)]).await;
        let events = house.events(&ours).await;
        let opened = events.iter().filter(|row| row.action == "door.unlock" && row.outcome == "granted");
        let opened = opened.filter(|row| row.credential.as_ref() == Some(&link));
        let soon: Vec<bool> = opened.map(|row| row.details().contains_key("too_soon")).collect();
        assert_eq!(soon, [false, true, false]);
        // The pause is over: an entry opens by the same list, a signed code by the next.
        house.app.clock.shift(HOUR);
        let now = house.app.clock.now();
        assert_eq!(held.reason(&text, now), if kind == "online" { "allowed" } else { "uses_exhausted" });
        assert_eq!(house.list(&two).await.reason(&text, now), "allowed");
    }
}
