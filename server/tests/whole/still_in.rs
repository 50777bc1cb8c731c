//! Who could still get in, held against asking about everybody; and how far a change has come.

use crate::house::House;
use crate::reader::Held;
use crate::terminal::Device;
use crate::world::{Dice, HOUR, World};
use server::service::link;
use server::service::terminal::list::{self, Delivered};
use server::service::terminal::manage;
use server::service::terminal::reach::{self, Way};
use server::service::unlock::{self, Opening, Tapper};
use server::store::terminal::TerminalRow;
use server::store::writer::Credential;
use std::collections::{BTreeMap, BTreeSet};

crate::on_both!(
    the_list_of_who_could_get_in_is_the_truth,
    a_revocation_says_how_many_terminals_know_of_it,
    a_list_that_was_sent_counts_before_anybody_says_that_it_was_taken,
    a_door_that_wants_fresher_lists_ends_none_that_is_at_hand,
    a_terminal_that_was_revoked_counts_until_it_was_told,
);

type Names = BTreeSet<(String, String)>;

/// Links and what their codes are found by, among the ways of the server, or of a terminal.
fn of(world: &World, ways: &[Way], ids: &BTreeMap<String, String>, terminal: Option<&str>) -> Names {
    let these = ways.iter().filter(|way| way.terminal.as_deref() == terminal);
    let name = |way: &Way| way.code.as_ref().map_or_else(|| "page".to_owned(), |code| ids[code].clone());
    let names: Names = these.map(|way| (way.link.clone(), name(way))).collect();
    assert!(names.iter().all(|(link, _)| world.links.contains(link)));
    names
}

async fn the_list_of_who_could_get_in_is_the_truth(database: &str) {
    for (seed, later) in [(3, 0), (4, 12)] {
        let world = World::make(database, seed, 40).await;
        let (app, owner) = (&world.house.app, world.house.owner(&world.ours));
        let mut dice = Dice(seed + 100);
        // Each with the lists that it may have.
        let mut terminals: Vec<(TerminalRow, Vec<Held>)> = Vec::new();
        for door in &world.doors {
            for number in 0..4 {
                let terminal = world.house.terminal(&world.ours, door).await;
                let held = world.house.list(&terminal).await;
                if number % 2 == 0 {
                    world.house.decides_by(&terminal, held.manifest.version).await;
                }
                terminals.push((terminal, vec![held]));
            }
        }
        // Then much is changed, and most terminals are sent it; of these some say that they have it.
        for id in &world.links {
            if dice.one_in(3) {
                drop(link::rotate(app, &owner, id).await);
            }
            world.end_somehow(&mut dice, id, false).await;
        }
        let mut codes: Vec<(String, String)> =
            world.codes.iter().map(|code| (code.link.clone(), code.text.clone())).collect();
        app.clock.shift(HOUR);
        for (number, (terminal, held)) in terminals.iter_mut().enumerate().filter(|(number, _)| number % 4 != 1) {
            let new = world.house.list(terminal).await;
            if number % 4 == 2 {
                world.house.decides_by(terminal, new.manifest.version).await;
                held.clear();
            }
            held.push(new);
        }
        app.clock.shift(later * HOUR);
        for id in &world.links {
            codes.push((id.clone(), world.house.shows(&world.ours, id).await));
        }
        codes.sort_unstable();
        codes.dedup();
        let ids = ids(&world).await;
        let mut all = 0;
        let now = app.clock.now();
        let mut asked = Vec::new();
        for (ahead, door) in
            [0, 5, 20, 30, 40].into_iter().flat_map(|ahead| world.doors.iter().map(move |at| (ahead, at)))
        {
            let at = now + ahead * HOUR;
            let ways = reach::could_get_in(app, &world.ours.id, door, at).await.unwrap();
            all += ways.len();
            assert!(ways.iter().all(|way| way.until.is_none_or(|until| until > at)), "{ways:?}");
            for (terminal, held) in terminals.iter().filter(|(terminal, _)| terminal.door_id == *door) {
                let opens = |text: &str| held.iter().any(|held| held.judge(text, at).decision.granted());
                let open = codes.iter().filter(|(_, text)| opens(text));
                let brute: Names = open.map(|(link, text)| (link.clone(), name(text))).collect();
                assert_eq!(
                    of(&world, &ways, &ids, Some(&terminal.id)),
                    brute,
                    "{ahead} h on by its lists, seed {seed}"
                );
            }
            asked.push((ahead, door, of(&world, &ways, &ids, None)));
        }
        // What was said about a later moment, the server does when that has come.
        for (ahead, door, said) in asked.iter().filter(|(ahead, ..)| [0, 20].contains(ahead)) {
            app.clock.shift(now + ahead * HOUR - app.clock.now());
            assert_eq!(*said, by_server(&world, door, &codes).await, "{ahead} h on by the server, seed {seed}");
        }
        assert!(all > 30, "{all} ways prove little");
    }
}

/// What each code is found by, by its id.
async fn ids(world: &World) -> BTreeMap<String, String> {
    use diesel::prelude::*;
    use server::store::schema::codes;
    let rows = world.house.app.db.read(|c| Ok(codes::table.select((codes::id, codes::lookup)).load(c)?)).await;
    rows.unwrap().into_iter().collect()
}

fn name(text: &str) -> String {
    use domain::qr::Code;
    use domain::terminal::List;
    match Code::read(text.as_bytes()).unwrap() {
        Code::Online(code) => List::code_name(&code.hash()),
        Code::Offline(code) => List::id_name(&code.id),
        Code::Rotating(code) => List::id_name(&code.badge),
        other => panic!("{other:?}"),
    }
}

/// As if nobody had tried before.
const ANEW: &str = "UPDATE codes SET last_step = -1; UPDATE link_door_states SET last_granted_at = NULL";

/// Everybody tries.
async fn by_server(world: &World, door: &str, codes: &[(String, String)]) -> Names {
    let app = &world.house.app;
    let mut open = Names::new();
    let (mut terminal, mut number) = (world.house.terminal(&world.ours, door).await, 0);
    for (link, text) in codes {
        number += 1;
        if number > 250 {
            (terminal, number) = (world.house.terminal(&world.ours, door).await, 1);
        }
        // Whoever has a rotating code has the one of this moment.
        let current = world.house.shows(&world.ours, link).await;
        let text = if name(&current) == name(text) { &current } else { text };
        world.house.sql(ANEW).unwrap();
        if world.house.scan(&terminal, number, text).await.decision.granted() {
            open.insert((link.clone(), name(text)));
        }
    }
    for link in &world.links {
        for secret_version in 1..=3 {
            let credential = Credential::Link { id: link.clone(), secret_version };
            let tapper = Tapper { credential, facts: BTreeMap::new() };
            let request = app.clock.salt();
            world.house.sql(ANEW).unwrap();
            if let Ok(report) = unlock::unlock(app, tapper, door, &request).await
                && matches!(report.opening, Opening::Open(_))
            {
                open.insert((link.clone(), "page".into()));
            }
        }
    }
    open
}

async fn a_revocation_says_how_many_terminals_know_of_it(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.owner(&ours);
    let things = house.things(&ours).await;
    let (link, text) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    let mut terminals = Vec::new();
    for _ in 0..3 {
        let terminal = house.terminal(&ours, &things.door).await;
        let held = house.list(&terminal).await;
        house.decides_by(&terminal, held.manifest.version).await;
        terminals.push((terminal, held));
    }
    let never = house.terminal(&ours, &things.door).await;
    house.app.clock.shift(60_000);
    link::revoke(&house.app, &owner, &link).await.unwrap();
    let since = house.app.clock.now();
    let reach = |since| reach::reach(&house.app, &ours.id, since);
    let told = reach(since).await.unwrap();
    assert_eq!((told.know, told.of), (0, 3), "{told:?}");
    assert_eq!(told.last_until, terminals.iter().map(|(_, held)| held.manifest.expires_at).max());
    // What happened before its list was made, a terminal knows.
    assert_eq!(reach(since - 61_000).await.unwrap().know, 3);
    house.app.clock.shift(1_000);
    let have = Some(terminals[0].1.manifest.version);
    let Delivered::Changed { manifest, change, from } = list::deliver(&house.app, &terminals[0].0, have).await.unwrap()
    else {
        panic!("a change")
    };
    assert_eq!(Some(from), have);
    let told = reach(since).await.unwrap();
    assert_eq!((told.know, told.of), (0, 3), "sent is not taken: {told:?}");
    let new = house.held(&terminals[0].0, &manifest, terminals[0].1.list.clone().changed(change).to_bytes());
    house.decides_by(&terminals[0].0, new.manifest.version).await;
    terminals[0].1 = new;
    let told = reach(since).await.unwrap();
    assert_eq!((told.know, told.of), (1, 3), "{told:?}");
    let others: Vec<&str> = told.others.iter().map(|other| other.terminal.as_str()).collect();
    assert!(!others.contains(&terminals[0].0.id.as_str()) && others.len() == 2);
    // It is as the lists say.
    let now = house.app.clock.now();
    let knowing = terminals.iter().filter(|(_, held)| held.reason(&text, now) == "revoked").count();
    assert_eq!(knowing, told.know);
    // Taps change nothing about it, and a list that is over opens nothing.
    house.scan(&never, 1, "rubbish").await;
    assert_eq!(reach(house.app.clock.now()).await.unwrap().know, 1);
    house.app.clock.shift(told.last_until.unwrap() - now);
    let told = reach(since).await.unwrap();
    assert_eq!((told.know, told.of, told.last_until), (1, 1, None), "{told:?}");
}

async fn a_list_that_was_sent_counts_before_anybody_says_that_it_was_taken(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.owner(&ours);
    let things = house.things(&ours).await;
    let until = app::text::when::iso_utc(house.app.clock.now() + 400 * HOUR);
    let lasting = |link: &mut link::LinkInput| {
        link.zone = "UTC".into();
        link.valid_until = until;
    };
    let (link, _) = house.coded(&ours, &things.door, "offline", lasting).await;
    let device = Device::pair(&house, &ours, &things).await;
    assert_eq!(device.get("list").await.status, 200);
    // Renewed, and again nobody says whether that came.
    house.app.clock.shift(20 * HOUR);
    let sent = house.app.clock.now();
    assert_eq!(device.get("list").await.status, 200);
    house.app.clock.shift(60_000);
    link::revoke(&house.app, &owner, &link).await.unwrap();
    let since = house.app.clock.now();
    let told = reach::reach(&house.app, &ours.id, since).await.unwrap();
    assert_eq!((told.know, told.of), (0, 1), "{told:?}");
    let last = told.last_until.unwrap();
    assert!((sent + 36 * HOUR..sent + 37 * HOUR).contains(&last), "as long as the newer one: {told:?}");
    for (ahead, ways) in [(0, 1), (30 * HOUR, 1), (40 * HOUR, 0)] {
        let at = house.app.clock.now() + ahead;
        let found = reach::could_get_in(&house.app, &ours.id, &things.door, at).await.unwrap();
        let found: Vec<&Way> = found.iter().filter(|way| way.link == link).collect();
        assert_eq!(found.len(), ways, "{found:?}");
        assert!(found.iter().all(|way| way.terminal.as_ref() == Some(&device.id) && way.until == Some(last)));
    }
    let mut browser = house.signed_in(&ours).await;
    let page = browser.get(&format!("/doors/{}/still-in", things.door)).await.body;
    assert!(page.contains("opens by its list, even without a network"), "{page}");
    assert!(!page.contains("without a list"), "{page}");
    // What it says that it has ends what it had before.
    let row = house.app.db.read({
        let (owner, id) = (ours.id.clone(), device.id.clone());
        move |c| server::store::terminal::find(c, &owner, &id)
    });
    let held = house.list(&row.await.unwrap()).await;
    assert_eq!(reach::reach(&house.app, &ours.id, since).await.unwrap().know, 0, "sent is not taken");
    let beat = serde_json::json!({ "software": "test 1", "wall": 0, "list": held.manifest.version, "waiting": 0 });
    assert_eq!(device.post("heartbeat", beat).await.status, 200);
    assert_eq!(reach::reach(&house.app, &ours.id, since).await.unwrap().know, 1);
}

async fn a_door_that_wants_fresher_lists_ends_none_that_is_at_hand(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    house.coded(&ours, &things.door, "offline", |_| ()).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let held = house.list(&terminal).await;
    house.decides_by(&terminal, held.manifest.version).await;
    house.sql(&format!("UPDATE doors SET list_max_age_ms = {HOUR} WHERE id = '{}'", things.door)).unwrap();
    for (shift, is_over) in [(2 * HOUR, false), (35 * HOUR, true)] {
        house.app.clock.shift(shift);
        let mut browser = house.signed_in(&ours).await;
        let page = browser.get(&format!("/terminals/{}", terminal.id)).await.body;
        assert_eq!(page.contains("opens nothing since"), is_over, "{page}");
        let page = browser.get(&format!("/doors/{}/still-in", things.door)).await.body;
        assert_eq!(page.contains("without a list that opens anything"), is_over, "{page}");
    }
}

async fn a_terminal_that_was_revoked_counts_until_it_was_told(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.owner(&ours);
    let things = house.things(&ours).await;
    let (link, _) = house.coded(&ours, &things.door, "offline", |_| ()).await;
    for removed in [false, true] {
        let device = Device::pair(&house, &ours, &things).await;
        assert_eq!(device.get("list").await.status, 200);
        assert_eq!(device.heartbeat().await.status, 200);
        house.app.clock.shift(10_000);
        if removed {
            manage::remove(&house.app, &owner, &device.id).await.unwrap();
        } else {
            manage::revoke(&house.app, &owner, &device.id).await.unwrap();
        }
        let by_list = || async {
            let ways = reach::could_get_in(&house.app, &ours.id, &things.door, house.app.clock.now()).await.unwrap();
            ways.into_iter().filter(|way| way.terminal.is_some() && way.link == link).count()
        };
        let of = || async { reach::reach(&house.app, &ours.id, house.app.clock.now()).await.unwrap().of };
        assert_eq!((by_list().await, of().await), (1, 1), "whoever stands before it does not care");
        // It is told at its next word, whatever that is about, and that is written down once.
        house.app.clock.shift(5_000);
        let seen = || async {
            let hash = server::secret::HashedSecret::of(&device.token).to_hex();
            let row = house.app.db.read(move |c| server::store::terminal::by_token(c, &hash)).await;
            row.unwrap().unwrap().last_seen_at
        };
        let before = seen().await;
        assert_eq!(device.get("list").await.json()["code"], "revoked");
        assert_eq!((by_list().await, of().await), (0, 0));
        let told = seen().await;
        assert!(told > before, "{told:?}");
        house.app.clock.shift(5_000);
        assert_eq!(device.heartbeat().await.json()["code"], "revoked");
        assert_eq!(seen().await, told);
    }
}
