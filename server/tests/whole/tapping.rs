//! A tap, from the visitor's finger to the log.

use crate::browser::Browser;
use crate::house::{House, Things};
use server::driver::simulator::Mode;
use server::service::{audit, door, link};

crate::on_both!(
    a_double_tap_is_one_unlock,
    two_hundred_taps_on_a_one_use_link_open_once,
    every_outcome_is_told_and_logged,
    a_tap_meets_what_was_changed_meanwhile,
    an_end_that_could_not_be_stored_at_once_is_stored_later,
    a_door_that_does_not_answer_costs_no_use,
    a_free_second_try_is_one_try,
    a_dead_link_does_not_fill_the_log,
    an_admins_odd_request_id_stops_nobody,
    cool_down_is_per_door_and_said,
    without_script_one_page_asks_once,
    a_tap_needs_a_whole_request,
);

async fn open(house: &House, things: &Things) -> (Browser, String) {
    let mut browser = house.browser();
    let token = browser.visit(&things.secret).await.token();
    (browser, token)
}

async fn a_double_tap_is_one_unlock(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |link| link.max_uses = "5".into()).await;
    let (browser, token) = open(&house, &things).await;
    let (mut one, mut two) = (browser.clone(), browser.clone());
    let (first, second) = tokio::join!(
        one.tap(&things.link, &things.door, &token, "0123456789abcdef"),
        two.tap(&things.link, &things.door, &token, "0123456789abcdef"),
    );
    for page in [first, second, one.tap(&things.link, &things.door, &token, "0123456789abcdef").await] {
        let said = page.json();
        assert_eq!((said["state"].as_str(), said["uses_left"].as_i64()), (Some("open"), Some(4)), "{said}");
    }
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 1);
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 1);
}

async fn two_hundred_taps_on_a_one_use_link_open_once(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |link| link.max_uses = "1".into()).await;
    let (browser, token) = open(&house, &things).await;
    let mut taps = tokio::task::JoinSet::new();
    for number in 0..200 {
        let (mut browser, things, token) = (browser.clone(), things.clone(), token.clone());
        taps.spawn(async move {
            browser.tap(&things.link, &things.door, &token, &format!("request-{number:012}")).await.json()["state"]
                .as_str()
                .unwrap()
                .to_owned()
        });
    }
    let states = taps.join_all().await;
    assert_eq!(states.iter().filter(|state| *state == "open").count(), 1);
    assert_eq!(states.iter().filter(|state| *state == "denied").count(), 199);
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 1);
    assert_eq!(house.count(&ours, "door.unlock", "denied").await, 199);
    audit::verify(&house.app).await.expect("an intact log");
}

async fn every_outcome_is_told_and_logged(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let things = house.things(&ours).await;
    let (mut browser, token) = open(&house, &things).await;
    for (mode, state, action, outcome) in [
        (Mode::Ready, "open", "door.confirmed", "done"),
        (Mode::Slow, "open", "door.confirmed", "done"),
        (Mode::Refusing, "failed", "door.failed", "failed"),
        (Mode::Offline, "denied", "door.unlock", "denied"),
        (Mode::Dead, "timed_out", "door.timed_out", "failed"),
    ] {
        door::simulate(&house.app, &actor, &things.door, mode).await.unwrap();
        let before = house.count(&ours, action, outcome).await;
        let request = format!("request-of-{}-mode", mode.code());
        let said = browser.tap(&things.link, &things.door, &token, &request).await.json();
        assert_eq!(said["state"], state, "{mode:?}: {said}");
        assert!(!said["title"].as_str().unwrap().is_empty());
        assert_eq!(said["open_ms"].as_i64().unwrap() > 0, state == "open");
        assert_eq!(house.count(&ours, action, outcome).await, before + 1, "{mode:?}");
    }
    audit::verify(&house.app).await.expect("an intact log");
}

async fn a_tap_meets_what_was_changed_meanwhile(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let things = house.things(&ours).await;
    let (mut browser, token) = open(&house, &things).await;
    let reason =
        |events: Vec<server::store::event::EventRow>| events.last().unwrap().reason.clone().unwrap_or_default();

    link::pause(&house.app, &actor, &things.link).await.unwrap();
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-one").await.json()["state"], "denied");
    assert_eq!(reason(house.events(&ours).await), "paused");
    link::resume(&house.app, &actor, &things.link).await.unwrap();
    door::lock_down(&house.app, &actor, &things.door, "drill").await.unwrap();
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-two").await.json()["state"], "denied");
    assert_eq!(reason(house.events(&ours).await), "door_lockdown");
    door::lift(&house.app, &actor, &things.door).await.unwrap();
    link::rotate(&house.app, &actor, &things.link).await.unwrap();
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-three").await.status, 404);
    let secret = house.secret(&ours, &things.link).await;
    let token = browser.visit(&secret).await.token();
    link::revoke(&house.app, &actor, &things.link).await.unwrap();
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-four").await.json()["state"], "denied");
    assert_eq!(reason(house.events(&ours).await), "revoked");
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 0);
}

async fn an_end_that_could_not_be_stored_at_once_is_stored_later(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let things = house.things_like(&ours, |link| link.max_uses = "3".into()).await;
    let (mut browser, token) = open(&house, &things).await;
    let (stop, go) = if house.url().starts_with("postgres") {
        (
            "ALTER TABLE events ADD CONSTRAINT no_ends CHECK (action NOT IN ('door.confirmed', 'door.failed')) NOT VALID",
            "ALTER TABLE events DROP CONSTRAINT no_ends",
        )
    } else {
        (
            "CREATE TRIGGER no_ends BEFORE INSERT ON events WHEN NEW.action IN ('door.confirmed', 'door.failed') \
             BEGIN SELECT RAISE(ABORT, 'no room'); END",
            "DROP TRIGGER no_ends",
        )
    };
    for (mode, request, state, action, told, then) in [
        (Mode::Ready, "request-number-one", "open", "door.confirmed", 2, 2),
        // Said to be there again only once it is.
        (Mode::Refusing, "request-number-two", "failed", "door.failed", 1, 2),
    ] {
        door::simulate(&house.app, &actor, &things.door, mode).await.unwrap();
        house.sql(stop).unwrap();
        let said = browser.tap(&things.link, &things.door, &token, request).await.json();
        assert_eq!((said["state"].as_str(), said["uses_left"].as_i64()), (Some(state), Some(told)), "{said}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        house.sql(go).unwrap();
        let events = house.events(&ours).await;
        assert_eq!(events.iter().filter(|event| event.action == action).count(), 1, "{action}");
        let said = browser.tap(&things.link, &things.door, &token, request).await.json();
        assert_eq!((said["state"].as_str(), said["uses_left"].as_i64()), (Some(state), Some(then)), "{said}");
    }
    assert_eq!(house.count(&ours, "door.interrupted", "failed").await, 0);
    audit::verify(&house.app).await.expect("an intact log");
}

async fn a_door_that_does_not_answer_costs_no_use(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let things = house.things_like(&ours, |link| link.max_uses = "1".into()).await;
    let (mut browser, token) = open(&house, &things).await;
    door::simulate(&house.app, &actor, &things.door, Mode::Refusing).await.unwrap();
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!((said["state"].as_str(), said["uses_left"].as_i64()), (Some("failed"), Some(1)), "{said}");
    door::simulate(&house.app, &actor, &things.door, Mode::Dead).await.unwrap();
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!((said["state"].as_str(), said["retry"].as_bool()), (Some("timed_out"), Some(true)), "{said}");
    // It may have opened, so the use is gone; but a second try within the minute is free, once.
    door::simulate(&house.app, &actor, &things.door, Mode::Ready).await.unwrap();
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-three").await.json()["state"], "open");
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-four").await.json()["state"], "denied");
}

async fn a_free_second_try_is_one_try(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |link| link.max_uses = "1".into()).await;
    let (mut browser, token) = open(&house, &things).await;
    let actor = house.owner(&ours);
    door::simulate(&house.app, &actor, &things.door, Mode::Dead).await.unwrap();
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "timed_out", "{said}");
    // A free try that the door refuses opened nothing, and is there again.
    door::simulate(&house.app, &actor, &things.door, Mode::Refusing).await.unwrap();
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!(said["state"], "failed", "{said}");
    door::simulate(&house.app, &actor, &things.door, Mode::Ready).await.unwrap();
    let many = (0..50).map(|number| {
        let (mut browser, token, things) = (browser.clone(), token.clone(), things.clone());
        async move {
            let request = format!("request-of-many-{number:02}");
            browser.tap(&things.link, &things.door, &token, &request).await.json()["state"] == "open"
        }
    });
    let opened = futures_util::future::join_all(many).await.into_iter().filter(|open| *open).count();
    assert_eq!(opened, 1);
}

async fn a_dead_link_does_not_fill_the_log(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (mut browser, token) = open(&house, &things).await;
    server::service::link::pause(&house.app, &house.owner(&ours), &things.link).await.unwrap();
    let mut said = serde_json::Value::Null;
    let other = house.organization("Marmot").await;
    let foreign = house.things(&other).await.door;
    for number in 0..310 {
        // The first that is not heard names a door that is not theirs: that cannot be written down, and the next one is.
        let door = if number == 300 { &foreign } else { &things.door };
        let page = browser.tap(&things.link, door, &token, &format!("request-of-many-{number:03}")).await;
        assert_eq!(page.status == 404, number == 300, "{number}: {}", page.body);
        if page.status != 404 {
            said = page.json();
        }
    }
    assert_eq!((said["state"].as_str(), said["title"].as_str()), (Some("denied"), Some("Too many tries")), "{said}");
    // The one after the last that was decided says that there are more.
    assert_eq!(house.count(&ours, "door.unlock", "denied").await, 301);
    let events = house.events(&ours).await;
    assert_eq!(events.iter().filter(|event| event.reason.as_deref() == Some("rate_limited")).count(), 1);
}

async fn an_admins_odd_request_id_stops_nobody(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    let path = format!("/doors/{}", things.door);
    let page = owner.submit(&path, &format!("{path}/unlock"), &[("request_id", "nul\0 in the middle")]).await;
    assert_eq!((page.status, page.location()), (303, path.as_str()), "{}", page.body);
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 1);
    for address in ["/doors/door_%00", "/events?q=%00", "/links/%00/edit", "/l/%00"] {
        assert_eq!(owner.get(address).await.status, 404, "{address}");
    }
}

async fn cool_down_is_per_door_and_said(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let second = house.things(&ours).await;
    let things = house
        .things_like(&ours, |link| {
            link.cooldown_minutes = "10".into();
            link.doors.push(second.door.clone());
        })
        .await;
    let (mut browser, token) = open(&house, &things).await;
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-one").await.json()["state"], "open");
    assert_eq!(browser.tap(&things.link, &second.door, &token, "request-number-two").await.json()["state"], "open");
    let said = browser.tap(&things.link, &things.door, &token, "request-number-three").await.json();
    assert_eq!((said["state"].as_str(), said["title"].as_str()), (Some("denied"), Some("Not again so soon")));
    house.app.clock.shift(601_000);
    assert_eq!(browser.tap(&things.link, &things.door, &token, "request-number-four").await.json()["state"], "open");
}

async fn without_script_one_page_asks_once(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (mut browser, _) = open(&house, &things).await;
    let ask = format!("/visit/{}/doors/{}", things.link, things.door);
    let page = browser.get(&ask).await;
    let request = page.attribute("name=\"request_id\" value=\"").unwrap();
    let token = page.token();
    let fields = [("csrf", token.as_str()), ("request_id", request.as_str())];
    for _ in 0..2 {
        let page = browser.post(&format!("{ask}/unlock"), &fields).await;
        assert!(page.status == 200 && page.body.contains("Open now"), "{}", page.body);
    }
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 1, "sending the form again is the same tap");
}

async fn a_tap_needs_a_whole_request(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (mut browser, token) = open(&house, &things).await;
    for request in ["", "short", "has spaces in it all over", "<script>alert(1)</script>", &"x".repeat(65)] {
        assert_eq!(browser.tap(&things.link, &things.door, &token, request).await.status, 403, "{request:?}");
    }
    let path = format!("/visit/{}/doors/{}/unlock", things.link, things.door);
    let fields = [("csrf", token.as_str()), ("request_id", "0123456789abcdef")];
    for headers in [vec![], vec![("sec-fetch-site", "cross-site")], vec![("origin", "https://evil.example")]] {
        assert_eq!(browser.post_as(&path, &fields, &headers).await.status, 403, "{headers:?}");
    }
    let json = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    let page = browser.ask(axum::http::Method::POST, &path, &json, "{\"csrf\":1}".into()).await;
    assert_eq!(page.status, 422);
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 0);
}
