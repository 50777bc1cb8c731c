//! Terminals from the form to the device: paired once, heard, opened by, revoked at once.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, PASSWORD, Things};
use crate::terminal::{Device, ask, ended, hear};
use axum::http::Method;
use domain::role::Role;
use serde_json::{Value, json};
use server::http::router::router;
use server::service::door::driver::DriverInput;
use server::service::door::{self, test};
use server::service::terminal::{hear as hearing, manage};
use std::time::{Duration, Instant};

crate::on_both!(
    an_admin_adds_a_terminal_and_its_code_pairs_it_once,
    a_code_is_good_for_a_quarter_of_an_hour_and_a_new_one_takes_its_place,
    a_pairing_code_is_made_and_shown_with_fresh_proof_only,
    wrong_codes_are_limited_by_network,
    a_revoked_terminal_is_told_so_everywhere_and_at_once,
    a_tap_is_claimed_once_and_ends_with_what_the_terminal_says,
    a_tap_meets_its_terminal_at_another_process,
    fifty_taps_into_a_partition_open_nothing_late,
    a_door_is_off_line_with_its_terminal,
    a_terminal_opens_only_the_door_it_stands_at,
    forms_name_what_is_wrong_and_keep_what_was_typed,
    a_test_of_a_door_goes_through_its_terminal,
    a_heartbeat_of_a_clock_that_cannot_be_is_refused,
);

async fn house(database: &str) -> (House, Organization, Things) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    (house, ours, things)
}

/// A door whose relay hangs on a terminal that was just heard.
async fn driven(database: &str) -> (House, Organization, Things, Device) {
    let (house, ours, things) = house(database).await;
    let device = Device::pair(&house, &ours, &things).await;
    let typed = DriverInput { kind: "terminal".into(), terminal: device.id.clone(), ..DriverInput::default() };
    door::set_driver(&house.app, &house.owner(&ours), &things.door, &typed).await.expect("a driver");
    (house, ours, things, device)
}

async fn visitor(house: &House, things: &Things) -> (Browser, String) {
    let mut browser = house.browser();
    let token = browser.visit(&things.secret).await.token();
    (browser, token)
}

async fn tap(house: &House, things: &Things, request: &str) -> Value {
    let (mut browser, token) = visitor(house, things).await;
    browser.tap(&things.link, &things.door, &token, request).await.json()
}

fn code_of(page: &Page) -> String {
    page.attribute("aria-label=\"Pairing code ").expect("a code").replace(' ', "")
}

async fn an_admin_adds_a_terminal_and_its_code_pairs_it_once(database: &str) {
    let (house, ours, things) = house(database).await;
    let mut owner = house.signed_in(&ours).await;
    let empty = owner.get("/terminals").await;
    assert!(empty.body.contains("No terminals yet") && empty.body.contains("Add the first terminal"));
    let fields = [("name", "Tablet"), ("door_id", things.door.as_str())];
    let added = owner.submit("/terminals/new", "/terminals/new", &fields).await;
    assert_eq!(added.status, 303, "{}", added.body);
    let page = added.location().to_owned();
    let shown = owner.get(&page).await;
    assert!(shown.body.contains("latchkey terminal pair --server http"), "{}", shown.body);
    let code = code_of(&shown);
    assert!(owner.get(&page).await.body.contains("Pairing code"), "it stays while it is good");
    // Another admin's browser does not know it, and neither does the database.
    let mut other = house.colleague(&ours, Role::Administrator).await;
    assert!(!other.get(&page).await.body.contains("Pairing code"));
    assert!(!house.dump().await.contains(&code));

    let device = Device::with_code(&house.router, &code.to_lowercase()).await;
    assert!(!house.dump().await.contains(&device.token));
    let again = ask(&house.router, Method::POST, "pair", None, Some(&json!({ "code": code }))).await;
    assert_eq!((again.status, again.json()["code"].as_str()), (404, Some("pairing_unknown")));
    assert_eq!(again.headers["content-type"], "application/problem+json");
    let told = device.heartbeat().await.json();
    assert_eq!(told["name"], "Tablet");
    assert_eq!(told["door"], json!({ "id": things.door, "name": "Quetzal Gate" }));
    assert_eq!((told["organization"].as_str(), told["place"].as_str()), (Some("Quetzal House"), Some("Quetzal Court")));

    assert_eq!(owner.get(&page).await.location(), format!("/terminals/{}", device.id), "there is no code any more");
    let page = owner.get(&format!("/terminals/{}", device.id)).await.body;
    assert!(
        page.contains(">On line<") && page.contains("test 1") && page.contains("0.12") | page.contains("right"),
        "{page}"
    );
    assert!(owner.get("/terminals").await.body.contains(">On line<"));
    assert!(owner.get(&format!("/doors/{}", things.door)).await.body.contains("Tablet"));
    let said: Vec<String> = house.events(&ours).await.into_iter().map(|row| row.action).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|action| action.starts_with("terminal.")).collect();
    assert_eq!(said, ["terminal.added", "terminal.paired"]);
    assert!(owner.get("/events").await.body.contains("was paired with a device"));
    let mut observer = house.colleague(&ours, Role::Observer).await;
    let page = observer.get(&format!("/terminals/{}", device.id)).await;
    assert!(page.status == 200 && !page.body.contains("Revoke"), "{}", page.body);
}

async fn a_code_is_good_for_a_quarter_of_an_hour_and_a_new_one_takes_its_place(database: &str) {
    let (house, ours, things) = house(database).await;
    let typed = manage::TerminalInput { name: "Tablet".into(), door_id: things.door.clone() };
    let (id, first) = manage::add(&house.app, &house.owner(&ours), &typed).await.unwrap();
    let pair = async |code: &str| ask(&house.router, Method::POST, "pair", None, Some(&json!({ "code": code }))).await;
    let (_, second) = manage::new_code(&house.app, &house.owner(&ours), &id).await.unwrap();
    assert_eq!(pair(&first.text).await.status, 404);
    house.app.clock.shift(manage::CODE_MS);
    assert_eq!(pair(&second.text).await.status, 404, "it is late");
    let mut owner = house.signed_in(&ours).await;
    let page = format!("/terminals/{id}");
    assert!(owner.get(&page).await.body.contains("Code ran out"));
    let made = owner.submit(&page, &format!("{page}/code"), &[]).await;
    assert_eq!(made.location(), format!("{page}/code"));
    let third = code_of(&owner.get(&format!("{page}/code")).await);
    assert_eq!(pair(&third).await.status, 200);
    // A second device would count its scans from 1 again.
    assert!(manage::new_code(&house.app, &house.owner(&ours), &id).await.is_err());
}

async fn a_pairing_code_is_made_and_shown_with_fresh_proof_only(database: &str) {
    let (house, ours, things) = house(database).await;
    let mut owner = house.signed_in(&ours).await;
    let waiting = house.waiting_terminal(&ours, &things.door).await;
    let code = format!("/terminals/{waiting}/code");
    assert_eq!(owner.submit("/account", &code, &[]).await.location(), code, "signing in is proof");
    assert!(owner.get(&code).await.body.contains("Pairing code"));
    house.app.clock.shift(601_000);
    let before = house.events(&ours).await.len();
    let prove = |page: &str| {
        let next: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
        format!("/account/prove?next={next}")
    };
    let at_door = format!("/terminals/new?door={}", things.door);
    for page in ["/terminals/new", &at_door, &code] {
        assert_eq!(owner.get(page).await.location(), prove(page), "{page}");
    }
    assert_eq!(owner.submit("/account", &code, &[]).await.location(), prove(&code));
    let fields = [("name", "Tablet & co"), ("door_id", things.door.as_str())];
    let sent = owner.submit("/account", "/terminals/new", &fields).await;
    assert!(sent.status == 403 && sent.body.contains("Is it you?"), "{}", sent.body);
    assert!(sent.body.contains("Tablet &amp; co"), "what was typed is held: {}", sent.body);
    assert_eq!(house.events(&ours).await.len(), before, "nothing was done");
    let proven = owner.submit("/account", "/account/prove", &[("password", PASSWORD)]).await;
    assert_eq!(proven.location(), "/account");
    let added = owner.submit("/account", "/terminals/new", &fields).await;
    assert!(owner.get(added.location()).await.body.contains("Pairing code"));
    // Whoever may not add one is not asked who they are.
    let mut observer = house.colleague(&ours, Role::Observer).await;
    house.app.clock.shift(601_000);
    assert_eq!(observer.get("/terminals/new").await.status, 403);
    assert_eq!(observer.submit("/account", &code, &[]).await.status, 403);
}

async fn wrong_codes_are_limited_by_network(database: &str) {
    let (house, ours, things) = house(database).await;
    let typed = manage::TerminalInput { name: "Tablet".into(), door_id: things.door.clone() };
    let (_, code) = manage::add(&house.app, &house.owner(&ours), &typed).await.unwrap();
    let pair = async |code: &str, address: [u8; 4]| {
        let mut browser = house.browser();
        browser.address = address;
        let body = json!({ "code": code }).to_string();
        browser.ask(Method::POST, "/api/terminal/v1/pair", &[("content-type", "application/json")], body).await
    };
    for wrong in 0..10 {
        assert_eq!(pair(&format!("0000000{wrong}"), [203, 0, 113, 7]).await.status, 404);
    }
    let refused = pair(&code.text, [203, 0, 113, 7]).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (429, Some("too_many")));
    let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=601).contains(&wait), "{wait}");
    assert_eq!(pair(&code.text, [203, 0, 113, 8]).await.status, 200, "others are not kept waiting");
}

async fn a_revoked_terminal_is_told_so_everywhere_and_at_once(database: &str) {
    let (house, ours, things, device) = driven(database).await;
    let mut stream = device.stream().await;
    hear(&mut stream, "hello").await;
    let mut owner = house.signed_in(&ours).await;
    let page = format!("/terminals/{}", device.id);
    let asked = owner.get(&format!("{page}/revoke")).await;
    assert!(asked.body.contains("cannot open Quetzal Gate"), "{}", asked.body);
    let began = Instant::now();
    assert_eq!(owner.submit(&format!("{page}/revoke"), &format!("{page}/revoke"), &[]).await.location(), page);
    ended(&mut stream).await;
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let body = json!({ "scan": "0123456789abcdef", "sequence": 1, "code": "", "at": 0, "wall": 0, "entries": [], "event": "", "opened": true });
    for path in ["heartbeat", "scan", "journal", "claim", "result"] {
        let told = device.post(path, body.clone()).await;
        assert_eq!((told.status, told.json()["code"].as_str()), (401, Some("revoked")), "{path}");
        assert_eq!(told.headers["www-authenticate"], "Bearer");
    }
    for path in ["list", "stream"] {
        assert_eq!(device.get(path).await.json()["code"], "revoked", "{path}");
    }
    assert_eq!(tap(&house, &things, "request-number-one").await["state"], "denied");
    let shown = owner.get(&page).await.body;
    assert!(shown.contains(">Revoked<") && !shown.contains(&format!("{page}/revoke")), "{shown}");
    // Removed, it goes on being told.
    assert_eq!(owner.submit(&format!("{page}/remove"), &format!("{page}/remove"), &[]).await.location(), "/terminals");
    assert_eq!(owner.get(&page).await.status, 404);
    assert_eq!(device.heartbeat().await.json()["code"], "revoked");
    assert_eq!(house.count(&ours, "terminal.revoked", "done").await, 1);
    assert_eq!(house.count(&ours, "terminal.removed", "done").await, 1);
}

async fn a_tap_is_claimed_once_and_ends_with_what_the_terminal_says(database: &str) {
    let (house, ours, things, device) = driven(database).await;
    let mut stream = device.stream().await;
    hear(&mut stream, "hello").await;
    assert!(device.claim().await.is_empty());
    for (request, opened, note, state) in [
        ("request-number-one", true, "", "open"),
        ("request-number-two", false, "the relay is hot", "failed"),
        ("request-number-three", false, "", "failed"),
    ] {
        let works = async {
            hear(&mut stream, "command").await;
            let (first, second) = tokio::join!(device.claim(), device.claim());
            let [command] = &[first, second].concat()[..] else { panic!("once, to one claim") };
            let left = command["left_ms"].as_i64().unwrap();
            assert!((1..=5_000).contains(&left), "{left}");
            assert_eq!(command["unlock_ms"], 5_000);
            let said = json!({ "event": command["event"], "opened": opened, "note": note });
            assert_eq!(device.post("result", said).await.status, 204);
            command["event"].as_str().unwrap().to_owned()
        };
        let (event, said) = tokio::join!(works, tap(&house, &things, request));
        assert_eq!(said["state"], state, "{said}");
        let rows = house.events(&ours).await;
        let unlock = rows.iter().find(|row| row.id == event).expect("the grant");
        assert_eq!((unlock.action.as_str(), unlock.outcome.as_str()), ("door.unlock", "granted"));
        let end = rows.last().unwrap();
        assert_eq!(end.cause.as_deref(), Some(event.as_str()));
        match (opened, note) {
            (true, _) => assert_eq!(end.action, "door.confirmed"),
            (false, "") => assert_eq!(end.details()["answer"], "The terminal says that it did not open."),
            (false, note) => assert_eq!(end.details()["answer"], note),
        }
        // What comes twice or late changes nothing.
        let late = json!({ "event": event, "opened": true });
        assert_eq!(device.post("result", late).await.status, 204);
        assert_eq!(house.events(&ours).await.len(), rows.len());
    }
}

async fn a_tap_meets_its_terminal_at_another_process(database: &str) {
    let (house, _, things, device) = driven(database).await;
    // The second process answers the phone; the terminal hangs on the first.
    let (other, stop) = (house.another(), tokio_util::sync::CancellationToken::new());
    for app in [&house.app, &other] {
        server::store::watch::start(app.db.clone(), app.config.database.clone(), stop.clone());
    }
    hearing::look(&other).await.unwrap();
    let mut phone = Browser::new(router(other.clone()));
    let token = phone.visit(&things.secret).await.token();
    let mut stream = device.stream().await;
    hear(&mut stream, "hello").await;
    let works = async {
        hear(&mut stream, "command").await;
        let there = device.at(&router(other.clone()));
        let (here, there) = tokio::join!(device.claim(), there.claim());
        let [command] = &[here, there].concat()[..] else { panic!("once, whichever process gives it") };
        device.post("result", json!({ "event": command["event"], "opened": true })).await
    };
    let began = Instant::now();
    let (told, said) = tokio::join!(works, phone.tap(&things.link, &things.door, &token, "request-number-one"));
    assert_eq!((told.status, said.json()["state"].as_str()), (204, Some("open")), "{}", said.body);
    println!("{database}: from the tap at one process to open through the other: {:?}", began.elapsed());
    // An end that comes from elsewhere is known here, too.
    let began = Instant::now();
    let organization = device_organization(&house, &device).await;
    let actor = server::service::actor::Actor::operator(&organization);
    manage::revoke(&other, &actor, &device.id).await.unwrap();
    ended(&mut stream).await;
    println!("{database}: a revocation at one process ended a stream at the other after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    stop.cancel();
}

async fn device_organization(house: &House, device: &Device) -> String {
    let hash = server::secret::HashedSecret::of(&device.token).to_hex();
    let row = house.app.db.read(move |c| server::store::terminal::by_token(c, &hash)).await.unwrap();
    row.expect("a terminal").organization_id
}

async fn fifty_taps_into_a_partition_open_nothing_late(database: &str) {
    let (house, ours, things, device) = driven(database).await;
    assert_eq!(device.heartbeat().await.status, 200);
    // From here on the network is gone: nothing is claimed.
    let (browser, token) = visitor(&house, &things).await;
    let taps = (0..50).map(|number| {
        let (mut browser, token, things) = (browser.clone(), token.clone(), things.clone());
        tokio::spawn(async move {
            let began = Instant::now();
            let request = format!("request-number-{number:04}");
            let said = browser.tap(&things.link, &things.door, &token, &request).await.json();
            (said["state"].as_str().unwrap_or_default().to_owned(), began.elapsed())
        })
    });
    let mut longest = Duration::ZERO;
    for told in futures_util::future::join_all(taps).await {
        let (state, took) = told.unwrap();
        assert_eq!(state, "timed_out");
        longest = longest.max(took);
    }
    println!("{database}: the last of fifty visitors was told after {longest:?}");
    assert!(longest < Duration::from_secs(6), "{longest:?}");
    // The network is back after half a minute, and whatever the terminal asks and says, nothing opens any more.
    house.app.clock.shift(25_000);
    assert!(device.claim().await.is_empty());
    let granted: Vec<String> =
        house.events(&ours).await.into_iter().filter(|row| row.action == "door.unlock").map(|row| row.id).collect();
    assert_eq!(granted.len(), 50);
    for event in &granted {
        assert_eq!(device.post("result", json!({ "event": event, "opened": true })).await.status, 204);
    }
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 0);
    assert_eq!(house.count(&ours, "door.timed_out", "failed").await, 50);
}

async fn a_door_is_off_line_with_its_terminal(database: &str) {
    let (house, ours, things, device) = driven(database).await;
    let mut owner = house.signed_in(&ours).await;
    let page = format!("/doors/{}", things.door);
    assert!(owner.get(&page).await.body.contains("Locked<"));
    house.app.clock.shift(90_000);
    let shown = owner.get(&page).await.body;
    assert!(shown.contains("Offline") && shown.contains("not heard in the last 90 seconds"), "{shown}");
    assert!(owner.get("/").await.body.contains("is off line, heard"));
    let said = tap(&house, &things, "request-number-one").await;
    assert_eq!(said["state"], "denied", "nobody waits for a terminal that is not there: {said}");
    assert_eq!(device.heartbeat().await.status, 200);
    assert!(owner.get(&page).await.body.contains("Locked<"));
    assert!(!owner.get("/").await.body.contains("is off line, heard"));
    // A process that has just begun knows it from the database.
    let other = house.another();
    let organization = ours.id.clone();
    let door = things.door.clone();
    let row = other.db.read(move |c| server::store::door::find(c, &organization, &door)).await.unwrap().door;
    assert!(!other.drivers.online(&row));
    other.clock.shift(90_000);
    hearing::look(&other).await.unwrap();
    assert!(other.drivers.online(&row));
}

async fn a_terminal_opens_only_the_door_it_stands_at(database: &str) {
    let (house, ours, things, device) = driven(database).await;
    let other = house.things(&ours).await;
    let elsewhere = Device::pair(&house, &ours, &other).await;
    let owner = house.owner(&ours);
    let typed = DriverInput { kind: "terminal".into(), terminal: elsewhere.id.clone(), ..DriverInput::default() };
    assert!(door::set_driver(&house.app, &owner, &things.door, &typed).await.is_err(), "it stands elsewhere");
    // Its door opens by it, so that it can neither go nor leave its door behind.
    let moved = manage::TerminalInput { name: "Tablet".into(), door_id: other.door.clone() };
    assert!(manage::change(&house.app, &owner, &device.id, 1, &moved).await.is_err());
    assert!(door::remove(&house.app, &owner, &things.door).await.is_err());
    // What waits for one terminal is not given to another, of this or of another organization.
    let theirs = house.organization("Marmot").await;
    let foreign = house.things(&theirs).await;
    let foreign = Device::pair(&house, &theirs, &foreign).await;
    let works = async {
        let mut commands = Vec::new();
        while commands.is_empty() {
            assert!(elsewhere.claim().await.is_empty() && foreign.claim().await.is_empty());
            commands = device.claim().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let event = commands[0]["event"].clone();
        let lie = json!({ "event": event, "opened": true });
        assert_eq!(foreign.post("result", lie.clone()).await.status, 204);
        assert_eq!(elsewhere.post("result", lie).await.status, 204);
        device.post("result", json!({ "event": event, "opened": false, "note": "jammed" })).await
    };
    let (_, said) = tokio::join!(works, tap(&house, &things, "request-number-one"));
    assert_eq!(said["state"], "failed", "only its own word counts: {said}");
}

async fn forms_name_what_is_wrong_and_keep_what_was_typed(database: &str) {
    let (house, ours, things) = house(database).await;
    let theirs = house.organization("Marmot").await;
    let foreign = house.things(&theirs).await;
    let mut owner = house.signed_in(&ours).await;
    let wrong = owner.submit("/terminals/new", "/terminals/new", &[("name", ""), ("door_id", "x")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("id=\"name-error\"") && wrong.body.contains("id=\"door_id-error\""), "{}", wrong.body);
    let fields = [("name", "Kept tablet"), ("door_id", foreign.door.as_str())];
    let wrong = owner.submit("/terminals/new", "/terminals/new", &fields).await;
    assert!(wrong.status == 422 && wrong.body.contains("Kept tablet"), "{}", wrong.body);
    let device = Device::pair(&house, &ours, &things).await;
    let page = format!("/terminals/{}", device.id);
    let fields = [("name", "Renamed"), ("door_id", things.door.as_str()), ("version", "1")];
    assert_eq!(owner.submit(&format!("{page}/edit"), &format!("{page}/edit"), &fields).await.status, 303);
    let stale = owner.submit(&format!("{page}/edit"), &format!("{page}/edit"), &fields).await;
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert_eq!(device.heartbeat().await.json()["name"], "Renamed", "a change of name ends no pairing");
    // The list's age is bounded where it is typed.
    let edit = format!("/doors/{}/edit", things.door);
    let door =
        [("name", "Gate"), ("place_id", things.place.as_str()), ("unlock_seconds", "5"), ("accepts_digital", "on")];
    for (hours, status) in [("48", 422), ("0", 422), ("47", 303)] {
        let version = owner.get(&edit).await.attribute("name=\"version\" value=\"").unwrap();
        let mut fields = door.to_vec();
        fields.extend([("list_hours", hours), ("version", &version), ("driver", "simulator")]);
        assert_eq!(owner.submit(&edit, &edit, &fields).await.status, status, "{hours}");
    }
    assert!(owner.get(&edit).await.body.contains("value=\"47\""));
    let gone =
        owner.submit(&format!("/doors/{}/remove", things.door), &format!("/doors/{}/remove", things.door), &[]).await;
    assert_eq!(gone.status, 303);
    assert!(owner.get(gone.location()).await.body.contains("The terminal Renamed stands at this door"));
}

async fn a_test_of_a_door_goes_through_its_terminal(database: &str) {
    let (house, ours, things, device) = driven(database).await;
    let owner = house.owner(&ours);
    let works = async {
        let mut commands = Vec::new();
        while commands.is_empty() {
            commands = device.claim().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        device.post("result", json!({ "event": commands[0]["event"], "opened": true, "note": "clicked" })).await
    };
    let (_, tested) = tokio::join!(works, test::test(&house.app, &owner, &things.door));
    let tested = tested.unwrap();
    assert_eq!((tested.ended, tested.answer.as_str()), (test::Ended::Opened, "clicked"));
    house.app.clock.shift(60_000);
    assert_eq!(
        server::service::unlock::sweep_interrupted(&house.app, i64::MAX).await.unwrap(),
        0,
        "nothing is left over"
    );
}

async fn a_heartbeat_of_a_clock_that_cannot_be_is_refused(database: &str) {
    let (house, _, _, device) = driven(database).await;
    let beat = |wall: i64, offset: Option<i64>| {
        device
            .post("heartbeat", json!({ "software": "test 1", "wall": wall, "offset": offset, "list": 0, "waiting": 0 }))
    };
    for (wall, offset) in
        [(i64::MIN, None), (i64::MAX, None), (0, Some(i64::MIN)), (0, Some(i64::MAX)), (i64::MIN, Some(i64::MIN))]
    {
        let told = beat(wall, offset).await;
        assert_eq!((told.status, told.json()["code"].as_str()), (422, Some("invalid")), "{wall} {offset:?}");
    }
    // A board without a battery begins in 1970, and must hear what time it is.
    for (wall, offset) in [(0, None), (-60_000, None), (5, Some(house.app.clock.now()))] {
        assert_eq!(beat(wall, offset).await.status, 200, "{wall} {offset:?}");
    }
}
