//! The lists that terminals decide by: what they hold, when there is another, and that they only ever grow newer.

use crate::house::{House, Organization, week};
use crate::reader::Held;
use domain::terminal::{Blocked, Manifest};
use server::service::link::{self, LinkInput};
use server::service::terminal::list::{self, Delivered};
use server::service::{door, group};
use server::store::terminal::TerminalRow;
use std::collections::BTreeMap;

crate::on_both!(
    a_list_holds_what_its_door_needs_and_names_nobody,
    a_code_is_listed_only_as_its_link_allows,
    an_offline_code_is_blocked_with_every_reason_until_it_ends,
    nothing_is_sent_while_nothing_changed,
    a_link_that_is_used_up_makes_a_newer_list,
    a_change_makes_the_newer_list_to_the_byte,
    versions_only_grow_whatever_the_clock_does,
    a_list_is_renewed_before_it_is_over,
    every_list_that_may_be_at_hand_is_kept_and_no_other,
    a_removed_door_opens_nothing,
    a_list_of_ten_thousand_codes_is_made_in_a_few_queries,
);

const HOUR: i64 = 3_600_000;

async fn deliver(house: &House, terminal: &TerminalRow, have: Option<i64>) -> Delivered {
    list::deliver(&house.app, &house.refreshed(terminal).await, have).await.expect("a delivery")
}

async fn newest(house: &House, terminal: &TerminalRow) -> i64 {
    list::newest_version(&house.app, &house.refreshed(terminal).await).await.expect("a version")
}

/// Applies what is sent to what a terminal has.
async fn follow(house: &House, terminal: &TerminalRow, held: &Held) -> Held {
    match deliver(house, terminal, Some(held.manifest.version)).await {
        Delivered::Changed { manifest, change, from } => {
            assert_eq!(from, held.manifest.version);
            house.held(terminal, &manifest, held.list.clone().changed(change).to_bytes())
        }
        other => panic!("no change: {other:?}"),
    }
}

async fn a_list_holds_what_its_door_needs_and_names_nobody(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (things, foreign) = (house.things(&ours).await, house.things(&theirs).await);
    let hours = house.schedule(&ours, &["mon-sun=08:00-18:00"]).await;
    let group = house.group(&ours, &[&things.door]).await;
    let with_hours = server::service::group::GroupInput {
        name: "By day".into(),
        doors: vec![things.door.clone()],
        schedule_id: hours.clone(),
        ..Default::default()
    };
    let by_day = group::create(&house.app, &house.owner(&ours), &with_hours).await.unwrap();
    let allowed = |groups: Vec<String>| {
        move |link: &mut LinkInput| {
            link.qr_off_line = true;
            link.groups = groups;
        }
    };
    let (link, text) = house.coded(&ours, &things.door, "online", allowed(vec![group.clone(), by_day.clone()])).await;
    house.coded(&theirs, &foreign.door, "online", allowed(Vec::new())).await;
    let (_, blocked) = house.coded(&theirs, &foreign.door, "offline", |_| ()).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let Held { manifest, list } = house.list(&terminal).await;
    assert_eq!(manifest.aud, terminal.id);
    assert_eq!(manifest.expires_at - manifest.made_at, 36 * HOUR);
    assert_eq!((list.door.id.as_str(), list.door.unlock_ms), (things.door.as_str(), 5_000));
    assert_eq!(list.door.groups.values().collect::<Vec<_>>(), [&None, &Some(hours.clone())]);
    assert_eq!(list.codes.len(), 1, "only the house's own");
    let entry = list.codes.values().next().unwrap();
    let mut scopes: Vec<u32> = list.door.groups.keys().copied().collect();
    scopes.push(list.door.scope);
    scopes.sort_unstable();
    assert_eq!(entry.scopes, scopes);
    // Two days of hours are there from any moment on.
    let spans = &list.hours[&hours];
    assert!(spans.len() == 3 && spans.last().unwrap().1 >= manifest.made_at + 35 * HOUR, "{spans:?}");
    let bytes = String::from_utf8(list.to_bytes()).unwrap();
    for secret in ["Quetzal", &link, &text, &ours.id, &blocked, &theirs.id, &text[4..]] {
        assert!(!bytes.contains(secret), "{secret}");
    }
    let now = house.app.clock.now();
    assert_eq!(Held { manifest, list }.reason(&text, now), "allowed");
}

async fn a_code_is_listed_only_as_its_link_allows(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.owner(&ours);
    let things = house.things(&ours).await;
    let elsewhere = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (_, plain) = house.coded(&ours, &things.door, "online", |_| ()).await;
    let (_, other) = house.coded(&ours, &elsewhere.door, "online", |link| link.qr_off_line = true).await;
    let (id, allowed) = house.coded(&ours, &things.door, "online", |link| link.qr_off_line = true).await;
    let limited = |link: &mut LinkInput| {
        link.qr_off_line = true;
        link.max_uses = "2".into();
    };
    let (counted, once) = house.coded(&ours, &things.door, "online", limited).await;
    let own = |link: &mut LinkInput| {
        link.qr_off_line = true;
        link.days = week(&["mon-sun=00:00-00:00"]);
    };
    let (_, own) = house.coded(&ours, &things.door, "online", own).await;
    let held = house.list(&terminal).await;
    let now = house.app.clock.now();
    for (text, reason) in [
        (&plain, "needs_network"),
        (&other, "needs_network"),
        (&allowed, "allowed"),
        (&once, "allowed"),
        (&own, "allowed"),
    ] {
        assert_eq!(held.reason(text, now), reason);
    }
    assert_eq!(held.list.codes.values().filter(|entry| entry.once).count(), 1);
    assert_eq!(held.list.codes.values().filter(|entry| entry.hours.is_some()).count(), 1);
    // Whatever ends a link takes its code off the list.
    house.sql(&format!("UPDATE links SET uses = 2 WHERE id = '{counted}'")).unwrap();
    assert_eq!(house.list(&terminal).await.reason(&once, now), "needs_network");
    link::pause(&house.app, &owner, &id).await.unwrap();
    assert_eq!(house.list(&terminal).await.reason(&allowed, now), "needs_network");
    link::resume(&house.app, &owner, &id).await.unwrap();
    assert_eq!(house.list(&terminal).await.reason(&allowed, now), "allowed");
    link::rotate(&house.app, &owner, &id).await.unwrap();
    let held = house.list(&terminal).await;
    assert_eq!(held.reason(&allowed, now), "needs_network");
    assert_eq!(held.reason(&house.shows(&ours, &id).await, now), "allowed");
    link::revoke(&house.app, &owner, &id).await.unwrap();
    assert_eq!(house.list(&terminal).await.list.codes.len(), 1);
}

async fn an_offline_code_is_blocked_with_every_reason_until_it_ends(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.owner(&ours);
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let (id, text) = house
        .coded(&ours, &things.door, "offline", |link| {
            link.max_uses = "1".into();
            link.qr_off_line = true;
        })
        .await;
    let why = |held: &Held| -> Vec<Blocked> {
        assert!(held.list.blocked.len() <= 1);
        held.list.blocked.values().flatten().copied().collect()
    };
    assert_eq!(why(&house.list(&terminal).await), []);
    link::pause(&house.app, &owner, &id).await.unwrap();
    assert_eq!(why(&house.list(&terminal).await), [Blocked::Paused]);
    link::resume(&house.app, &owner, &id).await.unwrap();
    assert!(house.scan(&terminal, 1, &text).await.decision.granted());
    assert_eq!(why(&house.list(&terminal).await), [Blocked::UsedUp]);
    link::rotate(&house.app, &owner, &id).await.unwrap();
    link::revoke(&house.app, &owner, &id).await.unwrap();
    let held = house.list(&terminal).await;
    let all = held.list.blocked.values().next().unwrap();
    assert!(all.contains(&Blocked::Revoked) && all.contains(&Blocked::UsedUp), "{all:?}");
    assert!(held.list.blocked.values().flatten().any(|why| *why == Blocked::Retired));
    house.app.clock.shift(40 * 24 * HOUR);
    assert_eq!(house.list(&terminal).await.list.blocked, BTreeMap::new());
}

async fn nothing_is_sent_while_nothing_changed(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.owner(&ours);
    let things = house.things(&ours).await;
    let (_, text) = house.coded(&ours, &things.door, "online", |link| link.qr_off_line = true).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let promised = newest(&house, &terminal).await;
    let held = house.list(&terminal).await;
    assert!(held.manifest.version >= promised);
    let have = held.manifest.version;
    assert_eq!(newest(&house, &terminal).await, have);
    assert!(matches!(deliver(&house, &terminal, Some(have)).await, Delivered::Nothing));
    assert_eq!(house.refreshed(&terminal).await.list_version, have, "who asks with a version has it");
    // A scan is no reason for another list …
    assert!(house.scan(&terminal, 1, &text).await.decision.granted());
    assert_eq!(newest(&house, &terminal).await, have);
    // … and a change that is not about it is looked at once.
    house.things(&house.organization("Marmot").await).await;
    assert_eq!(newest(&house, &terminal).await, have, "another house's");
    house.things(&ours).await;
    assert!(newest(&house, &terminal).await > have);
    assert!(matches!(deliver(&house, &terminal, Some(have)).await, Delivered::Nothing));
    assert_eq!(newest(&house, &terminal).await, have);
    door::lock_down(&house.app, &owner, &things.door, "drill").await.unwrap();
    assert!(newest(&house, &terminal).await > have);
    let held = follow(&house, &terminal, &held).await;
    assert!(held.list.door.locked_down);
}

async fn a_link_that_is_used_up_makes_a_newer_list(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (_, text) = house
        .coded(&ours, &things.door, "offline", |link| {
            link.max_uses = "2".into();
            link.qr_off_line = true;
        })
        .await;
    let terminal = house.terminal(&ours, &things.door).await;
    let have = house.list(&terminal).await.manifest.version;
    house.scan(&terminal, 1, &text).await;
    assert_eq!(newest(&house, &terminal).await, have);
    house.scan(&terminal, 2, &text).await;
    assert!(newest(&house, &terminal).await > have);
    let held = house.list(&terminal).await;
    assert_eq!(held.reason(&text, house.app.clock.now()), "uses_exhausted");
    // The relay said no, so the use is back, and so is the code.
    let mut entry = crate::reader::off_line(&house, 2, None, "offline", true);
    (entry.mode, entry.outcome) = ("on_line".into(), "failed".into());
    house.upload(&terminal, vec![entry]).await;
    assert!(newest(&house, &terminal).await > held.manifest.version);
    assert_eq!(house.list(&terminal).await.reason(&text, house.app.clock.now()), "allowed");
}

async fn a_change_makes_the_newer_list_to_the_byte(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.owner(&ours);
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let mut held = house.list(&terminal).await;
    for round in 0..6 {
        let kind = if round == 0 || round == 2 { "online" } else { "offline" };
        let (id, _) = house.coded(&ours, &things.door, kind, |link| link.qr_off_line = true).await;
        if round > 2 {
            link::revoke(&house.app, &owner, &id).await.unwrap();
            door::lock_down(&house.app, &owner, &things.door, "drill").await.ok();
        } else if kind == "offline" {
            continue;
        }
        held = follow(&house, &terminal, &held).await;
        let Delivered::Whole { manifest, list } = deliver(&house, &terminal, None).await else { panic!("all of it") };
        assert_eq!(house.held(&terminal, &manifest, list.into_bytes()).list, held.list);
    }
    // Whoever has what nobody here remembers gets all of it.
    assert!(matches!(deliver(&house, &terminal, Some(12_345)).await, Delivered::Whole { .. }));
}

async fn versions_only_grow_whatever_the_clock_does(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let mut last = 0;
    for shift in [0, 5_000, -3_600_000, 1, -86_400_000, 90_000_000] {
        house.app.clock.shift(shift);
        house.coded(&ours, &things.door, "online", |link| link.qr_off_line = true).await;
        let promised = newest(&house, &terminal).await;
        let version = house.list(&terminal).await.manifest.version;
        assert!(promised > last && version > last, "{version} after {last}");
        last = version;
    }
    // A restored server that knows of no list is told what the terminal has.
    house.decides_by(&terminal, 0).await;
    house.sql(&format!("DELETE FROM terminal_lists WHERE terminal_id = '{}'", terminal.id)).unwrap();
    let have = house.app.clock.now() + 60_000;
    let Delivered::Whole { manifest, .. } = deliver(&house, &terminal, Some(have)).await else { panic!("all of it") };
    assert!(version(&house, &ours, &manifest) > have);
    let Delivered::Whole { manifest, .. } = deliver(&house, &terminal, Some(i64::MAX)).await else {
        panic!("all of it")
    };
    assert!(version(&house, &ours, &manifest) < have + 10 * HOUR, "nobody makes it count to the end");
}

fn version(house: &House, ours: &Organization, manifest: &str) -> i64 {
    let key = house.app.keys.signing(&ours.id, server::secret::Signs::Lists).verifying_key();
    Manifest::open(manifest, &key).unwrap().version
}

async fn a_list_is_renewed_before_it_is_over(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let held = house.list(&terminal).await;
    let have = held.manifest.version;
    house.app.clock.shift(17 * HOUR);
    assert!(matches!(deliver(&house, &terminal, Some(have)).await, Delivered::Nothing));
    house.app.clock.shift(2 * HOUR);
    assert!(newest(&house, &terminal).await > have);
    let held = follow(&house, &terminal, &held).await;
    assert!(held.manifest.version > have);
    // A door that wants fresh lists gets them sooner, and none lives longer than 47 hours.
    for (allowed, life) in [(2 * HOUR, 2 * HOUR), (300 * HOUR, 47 * HOUR)] {
        house.sql(&format!("UPDATE doors SET list_max_age_ms = {allowed} WHERE id = '{}'", things.door)).unwrap();
        let held = house.list(&terminal).await;
        assert_eq!((held.manifest.expires_at - held.manifest.made_at, held.list.door.max_age_ms), (life, life));
    }
}

async fn every_list_that_may_be_at_hand_is_kept_and_no_other(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let first = house.list(&terminal).await;
    house.decides_by(&terminal, first.manifest.version).await;
    for _ in 0..4 {
        house.coded(&ours, &things.door, "online", |link| link.qr_off_line = true).await;
        house.list(&terminal).await;
    }
    let versions = kept(&house, &terminal).await;
    assert_eq!((versions.len(), versions[0]), (5, first.manifest.version), "each may have been taken");
    let row = house.refreshed(&terminal).await;
    assert_eq!(row.list_made_at, Some(first.manifest.made_at));
    assert_eq!(row.list_expires_at, Some(first.manifest.expires_at));
    let held = follow(&house, &terminal, &first).await;
    assert_eq!(held.list.codes.len(), 4);
    house.decides_by(&terminal, held.manifest.version).await;
    assert_eq!(kept(&house, &terminal).await, [held.manifest.version]);
    // Nobody says a word about some more, until their time is over.
    for _ in 0..3 {
        house.coded(&ours, &things.door, "online", |link| link.qr_off_line = true).await;
        house.list(&terminal).await;
    }
    assert_eq!(kept(&house, &terminal).await.len(), 4);
    house.app.clock.shift(48 * HOUR);
    let last = house.list(&terminal).await.manifest.version;
    let versions = kept(&house, &terminal).await;
    assert_eq!((versions.len(), versions[0], versions[2]), (3, held.manifest.version, last), "{versions:?}");
    // A terminal that lost its list says so.
    house.decides_by(&terminal, 0).await;
    assert_eq!(house.refreshed(&terminal).await.list_made_at, None);
}

/// The versions of a terminal's lists that are here.
async fn kept(house: &House, terminal: &TerminalRow) -> Vec<i64> {
    use diesel::prelude::*;
    use server::store::schema::terminal_lists;
    let id = terminal.id.clone();
    let versions = house.app.db.read(move |c| {
        let all = terminal_lists::table.filter(terminal_lists::terminal_id.eq(id));
        Ok(all.order(terminal_lists::version).select(terminal_lists::version).load(c)?)
    });
    versions.await.unwrap()
}

async fn a_removed_door_opens_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (_, text) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    let terminal = house.terminal(&ours, &things.door).await;
    assert_eq!(house.list(&terminal).await.reason(&text, house.app.clock.now()), "allowed");
    house.sql(&format!("UPDATE doors SET removed_at = 1 WHERE id = '{}'", things.door)).unwrap();
    assert_eq!(house.list(&terminal).await.reason(&text, house.app.clock.now()), "door_lockdown");
}

async fn a_list_of_ten_thousand_codes_is_made_in_a_few_queries(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (id, _) = house.coded(&ours, &things.door, "online", |link| link.qr_off_line = true).await;
    many(&house, &id, 10_000);
    let terminal = house.terminal(&ours, &things.door).await;
    let begun = std::time::Instant::now();
    let held = house.list(&terminal).await;
    let took = begun.elapsed();
    assert_eq!(held.list.codes.len(), 10_001);
    // Far more than it takes, even built without care for speed; a query for each code would take minutes.
    assert!(took < std::time::Duration::from_secs(20), "{took:?}");
}

/// Copies a link with its code so many times, past everything that Latchkey guards.
fn many(house: &House, id: &str, count: usize) {
    let postgres = house.url().starts_with("postgres");
    let numbers = if postgres {
        format!("generate_series(1, {count}) AS n (n)")
    } else {
        format!(
            "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s) AS n"
        )
    };
    let copy = |table: &str, key: &str, columns: &[(&str, &str)]| {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let values: Vec<&str> =
            columns.iter().map(|(name, value)| if value.is_empty() { *name } else { *value }).collect();
        let sql = format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {table}, {numbers} WHERE {key} = '{id}'",
            names.join(", "),
            values.join(", ")
        );
        house.unguarded(&sql);
    };
    let of = "link_id || n";
    copy(
        "links",
        "id",
        &[
            ("id", "id || n"),
            ("organization_id", ""),
            ("name", ""),
            ("email", ""),
            ("phone", ""),
            ("company", ""),
            ("host_name", ""),
            ("host_contact", ""),
            ("note", ""),
            ("external_id", ""),
            ("language", ""),
            ("valid_from", ""),
            ("valid_until", ""),
            ("uses", ""),
            ("cooldown_ms", ""),
            ("secret_hash", "secret_hash || n"),
            ("secret_sealed", ""),
            ("secret_version", ""),
            ("version", ""),
            ("created_at", ""),
            ("notify_host", ""),
            ("name_key", ""),
        ],
    );
    copy("link_doors", "link_id", &[("link_id", of), ("door_id", "")]);
    copy(
        "link_codes",
        "link_id",
        &[("link_id", of), ("organization_id", ""), ("kind", ""), ("web", ""), ("off_line", "")],
    );
    copy(
        "codes",
        "link_id",
        &[
            ("id", "id || n"),
            ("organization_id", ""),
            ("link_id", of),
            ("kind", ""),
            ("lookup", "lookup || n"),
            ("last_step", ""),
            ("created_at", ""),
        ],
    );
}
