//! Server and terminal agree: every generated code, shown to the server and judged by the list that the server made.

use crate::reader::Held;
use crate::world::{HOUR, Issued, World};
use domain::reason::Reason;
use server::store::terminal::TerminalRow;
use std::collections::BTreeMap;

crate::on_both!(what_the_server_says_a_terminal_says_by_its_list, around_both_changes_of_the_clocks_too);

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
    let mut held: Vec<(String, Held)> = Vec::new();
    for door in &world.doors {
        let terminal = world.house.terminal(&world.ours, door).await;
        held.push((door.clone(), world.house.list(&terminal).await));
    }
    let begun = clock.now();
    let mut said = BTreeMap::new();
    for hour in hours {
        clock.shift(begun + hour * HOUR - clock.now());
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
                terminal = Some((at, number));
            }
        }
    }
    said
}

/// What a terminal may say where the server says this.
fn same(code: &Issued, held: &Held, server: Reason, terminal: Reason) {
    if terminal != Reason::NeedsNetwork {
        assert_eq!(terminal, server, "{code:?}");
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
