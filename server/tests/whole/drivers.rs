//! Doors opened by a web request, from the form to the relay and back to whoever stands there.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, Things};
use crate::relay::{Mood, Relay};
use server::driver::http;
use server::error::Error;
use server::service::door::driver::{DriverInput, HttpInput};
use server::service::door::{self, test};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

crate::on_both!(
    a_tap_reaches_the_relay_signed_and_filled_in,
    every_answer_of_a_relay_is_what_it_means,
    a_door_that_cannot_be_reached_is_offline_until_it_answers,
    a_door_that_answers_nothing_is_offline_until_it_answers,
    fifty_taps_into_a_dead_door_open_nothing_late,
    an_address_on_the_own_network_must_be_listed,
    secrets_stay_sealed_and_never_move_to_another_host,
    the_form_names_every_wrong_field_and_keeps_what_was_typed,
    a_test_opens_takes_no_use_and_stands_in_the_log,
    a_lockdown_that_comes_between_holds_for_a_test,
);

const ALLOWED: &str = "LATCHKEY_ALLOWED_TARGETS";
const SECRET: &str = "a signing secret of some length";

fn house(database: &str) -> House {
    House::open_with(database, &[(ALLOWED, "127.0.0.0/8".into())])
}

fn web(url: String) -> DriverInput {
    DriverInput {
        kind: http::KIND.into(),
        http: HttpInput { url, method: "POST".into(), ..HttpInput::default() },
        ..DriverInput::default()
    }
}

async fn drive(house: &House, ours: &Organization, things: &Things, typed: &DriverInput) {
    door::set_driver(&house.app, &house.owner(ours), &things.door, typed).await.expect("a driver");
}

async fn visitor(house: &House, things: &Things) -> (Browser, String) {
    let mut browser = house.browser();
    let token = browser.visit(&things.secret).await.token();
    (browser, token)
}

async fn a_tap_reaches_the_relay_signed_and_filled_in(database: &str) {
    let (house, relay) = (house(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut typed = web(relay.url("/open/{{door_id}}?name={{door_name}}&s={{unlock_s}}"));
    typed.http.url = typed.http.url.replace("http://", "http://hub:pass%20word@");
    typed.http.headers = "X-Token: hunter2\nX-Other:  two words".into();
    typed.http.body = r#"{"door":"{{door_name}}","event":"{{event_id}}","ms":{{unlock_ms}},"at":{{issued_at}}}"#.into();
    typed.http.secret = SECRET.into();
    drive(&house, &ours, &things, &typed).await;
    let (mut browser, token) = visitor(&house, &things).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "open", "{said}");
    let granted = house.events(&ours).await.into_iter().find(|row| row.action == "door.unlock").unwrap();
    let [asked] = &relay.asked()[..] else { panic!("once, not {:?}", relay.asked()) };
    let path = format!("/open/{}?name=Quetzal%20Gate&s=5", things.door);
    assert_eq!(asked.line, format!("POST {path}"));
    let body: serde_json::Value = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!((body["door"].as_str(), body["ms"].as_i64()), (Some("Quetzal Gate"), Some(5_000)));
    assert_eq!(body["event"].as_str(), Some(granted.id.as_str()));
    assert_eq!(body["at"].as_i64(), Some(granted.occurred_at));
    assert_eq!(asked.header("x-token"), Some("hunter2"));
    assert_eq!(asked.header("x-other"), Some("two words"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("host"), Some(format!("127.0.0.1:{}", relay.port).as_str()));
    assert_eq!(asked.header("authorization"), Some("Basic aHViOnBhc3Mgd29yZA=="));
    let signed = asked.header("x-latchkey-signature").expect("a signature");
    let at: i64 = signed.strip_prefix("t=").and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap();
    assert!((at - granted.occurred_at / 1_000).abs() < 10);
    assert_eq!(http::signature(SECRET, at, "POST", &path, &asked.body).as_deref(), Some(signed));
}

async fn every_answer_of_a_relay_is_what_it_means(database: &str) {
    let (house, relay) = (house(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let rule = |success: &str, status: &str, contains: &str| {
        let mut typed = web(relay.url("/open"));
        (typed.http.success, typed.http.status, typed.http.contains) = (success.into(), status.into(), contains.into());
        typed
    };
    let (any, exact, text) = (rule("ok", "", ""), rule("status", "202", ""), rule("contains", "", "\"ok\":true"));
    let (mut browser, token) = visitor(&house, &things).await;
    for (number, (typed, mood, state, answer)) in [
        (&any, Mood::Says(204, ""), "open", ""),
        (&any, Mood::Says(500, "relay jammed"), "failed", "It answered 500: relay jammed"),
        (&any, Mood::Cut, "open", ""),
        (&any, Mood::Elsewhere, "failed", "It answered 302. Redirects are not followed."),
        (&any, Mood::Huge, "open", ""),
        (&any, Mood::Slow(300), "open", ""),
        (&exact, Mood::Says(202, ""), "open", ""),
        (&exact, Mood::Says(200, "no"), "failed", "It answered 200: no"),
        (&text, Mood::Says(200, "{\"ok\":true}"), "open", ""),
        (&text, Mood::Says(500, "{\"ok\":true}"), "failed", "It answered 500: {\"ok\":true}"),
        (&text, Mood::Says(200, "{\"ok\":false}"), "failed", "does not contain"),
        (&text, Mood::Huge, "failed", "does not contain"),
        // It was asked and may have opened.
        (&any, Mood::HangsUp, "timed_out", ""),
        (&text, Mood::Silent, "timed_out", ""),
    ]
    .into_iter()
    .enumerate()
    {
        relay.be(mood.clone());
        drive(&house, &ours, &things, typed).await;
        let before = relay.asked().len();
        let said = browser.tap(&things.link, &things.door, &token, &format!("request-number-{number}")).await.json();
        assert_eq!(said["state"], state, "{mood:?}: {said}");
        assert_eq!(relay.asked().len(), before + 1, "{mood:?}");
        if state == "failed" {
            let last = house.events(&ours).await.pop().unwrap();
            assert_eq!(last.action, "door.failed");
            assert!(last.details()["answer"].contains(answer), "{mood:?}: {:?}", last.details());
        }
    }
}

async fn a_door_that_cannot_be_reached_is_offline_until_it_answers(database: &str) {
    let (house, relay) = (house(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |link| link.max_uses = "2".into()).await;
    let (port, typed) = (relay.port, web(relay.url("/open")));
    drive(&house, &ours, &things, &typed).await;
    relay.close().await;
    let (mut browser, token) = visitor(&house, &things).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!((said["state"].as_str(), said["uses_left"].as_i64()), (Some("failed"), Some(2)), "{said}");
    // Known to be away now: nothing is tried, and pages say so.
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!(said["state"], "denied");
    assert_eq!(house.events(&ours).await.pop().unwrap().reason.as_deref(), Some("door_unreachable"));
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/doors/{}", things.door)).await;
    assert!(page.body.contains("Offline") && page.body.contains("refused the connection"), "{}", page.body);
    assert!(browser.visit(&things.secret).await.body.contains("off line"));
    // It comes back by itself, as soon as somebody takes a connection there.
    let relay = Relay::at(port).await;
    let began = Instant::now();
    loop {
        let page = owner.get(&format!("/doors/{}", things.door)).await;
        if !page.body.contains("Offline") {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it stays off line");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(relay.asked().is_empty(), "a look is no request");
    let said = browser.tap(&things.link, &things.door, &token, "request-number-three").await.json();
    assert_eq!(said["state"], "open");
    // Other settings deserve a try at once.
    relay.close().await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-four").await.json();
    assert_eq!(said["state"], "failed");
    let relay = Relay::open().await;
    drive(&house, &ours, &things, &web(relay.url("/other"))).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-five").await.json();
    assert_eq!(said["state"], "open");
}

async fn a_door_that_answers_nothing_is_offline_until_it_answers(database: &str) {
    let (house, relay) = (house(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    relay.be(Mood::Silent);
    drive(&house, &ours, &things, &web(relay.url("/open"))).await;
    let (mut browser, token) = visitor(&house, &things).await;
    let mut owner = house.signed_in(&ours).await;
    let page = format!("/doors/{}", things.door);
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "timed_out", "{said}");
    let shown = owner.get(&page).await.body;
    assert!(shown.contains("Offline") && shown.contains("did not answer in time"), "{shown}");
    // It goes on taking connections, which says nothing.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(owner.get(&page).await.body.contains("Offline"));
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!((said["state"].as_str(), relay.asked().len()), (Some("denied"), 1), "{said}");
    // After a while one is let through to try, while whoever stands there still has a free one.
    house.app.clock.shift(10_000);
    let said = browser.tap(&things.link, &things.door, &token, "request-number-three").await.json();
    assert_eq!((said["state"].as_str(), relay.asked().len()), (Some("timed_out"), 2), "{said}");
    let said = browser.tap(&things.link, &things.door, &token, "request-number-four").await.json();
    assert_eq!((said["state"].as_str(), relay.asked().len()), (Some("denied"), 2), "{said}");
    relay.be(Mood::Says(200, ""));
    house.app.clock.shift(15_000);
    assert!(owner.get(&page).await.body.contains("Offline"), "it has not answered yet");
    let said = browser.tap(&things.link, &things.door, &token, "request-number-five").await.json();
    assert_eq!(said["state"], "open", "{said}");
    assert!(!owner.get(&page).await.body.contains("Offline"));
}

async fn fifty_taps_into_a_dead_door_open_nothing_late(database: &str) {
    let (house, relay) = (house(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    // It would open a second after everybody has gone.
    relay.be(Mood::Slow(6_000));
    drive(&house, &ours, &things, &web(relay.url("/open"))).await;
    let (browser, token) = visitor(&house, &things).await;
    let mut taps = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (mut browser, things, token) = (browser.clone(), things.clone(), token.clone());
        taps.spawn(async move {
            let began = Instant::now();
            let page = browser.tap(&things.link, &things.door, &token, &format!("request-{number:012}")).await;
            (page.json()["state"].as_str().unwrap().to_owned(), began.elapsed())
        });
    }
    for (state, took) in taps.join_all().await {
        assert!(state == "timed_out" && took < Duration::from_secs(6), "{state} after {took:?}");
    }
    let asked = relay.asked().len();
    assert_eq!(asked, 50);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(relay.asked().len(), asked, "nothing is sent again");
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 0, "a late answer is nobody's");
    assert_eq!(house.count(&ours, "door.timed_out", "failed").await, 50);
}

async fn an_address_on_the_own_network_must_be_listed(database: &str) {
    let (house, relay) = (House::open(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let (things, actor) = (house.things(&ours).await, house.owner(&ours));
    for url in [relay.url("/open"), "http://192.168.1.20/".into(), "http://0x7f.1/".into(), "http://[::1]/".into()] {
        let refused = door::set_driver(&house.app, &actor, &things.door, &web(url.clone())).await.unwrap_err();
        assert!(refused.to_string().contains(ALLOWED), "{url}: {refused}");
    }
    // Past the form, it is looked at again when it is connected to.
    let settings = format!("{{\"url\":\"{}\"}}", relay.url("/open"));
    house.sql(&format!("UPDATE doors SET driver = 'http', driver_settings = '{settings}'")).unwrap();
    let tested = test::test(&house.app, &actor, &things.door).await.unwrap();
    assert_eq!(tested.ended, test::Ended::Refused);
    assert!(tested.answer.contains("a loopback address") && tested.answer.contains(ALLOWED), "{}", tested.answer);
    assert!(relay.asked().is_empty());
}

/// What the form of a door holds, as a browser would send it back.
fn fields(page: &Page) -> Vec<(String, String)> {
    let unescape = |text: &str| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&amp;", "&")
    };
    let within = |tag: &str, name: &str| {
        let from = tag.find(&format!("{name}=\""))? + name.len() + 2;
        Some(unescape(&tag[from..from + tag[from..].find('"')?]))
    };
    let mut fields = Vec::new();
    for part in page.body.split('<').filter(|part| part.starts_with("input")) {
        let (Some(name), value) = (within(part, " name"), within(part, " value").unwrap_or_default()) else { continue };
        if within(part, " type").as_deref() != Some("checkbox") || part.contains(" checked") {
            fields.push((name, value));
        }
    }
    for part in page.body.split("<textarea").skip(1) {
        let text = &part[part.find('>').unwrap() + 1..part.find("</textarea>").unwrap()];
        fields.push((within(part, " name").unwrap(), unescape(text)));
    }
    for part in page.body.split("<select").skip(1) {
        let part = &part[..part.find("</select>").unwrap()];
        let chosen = part.split("<option").find(|option| option.contains(" selected")).unwrap_or_default();
        fields.push((within(part, " name").unwrap(), within(chosen, " value").unwrap_or_default()));
    }
    fields
}

async fn save(owner: &mut Browser, door: &str, change: &[(&str, &str)]) -> Page {
    let path = format!("/doors/{door}/edit");
    let page = owner.get(&path).await;
    let mut all = fields(&page);
    for (name, value) in change {
        all.retain(|(key, _)| key != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    owner.post(&path, &all).await
}

async fn secrets_stay_sealed_and_never_move_to_another_host(database: &str) {
    let (house, relay, other) = (house(database), Relay::open().await, Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let (things, actor) = (house.things(&ours).await, house.owner(&ours));
    let mut owner = house.signed_in(&ours).await;
    let url = relay.url("/open").replace("http://", "http://hub:hunter2@");
    let typed = [
        ("driver", "http"),
        ("http_url", url.as_str()),
        ("http_headers", "Authorisation: Bearer hunter3\nX-Kind: hunter4"),
        ("http_secret", "hunter5hunter5hunter5"),
    ];
    let page = save(&mut owner, &things.door, &typed).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let edit = format!("/doors/{}/edit", things.door);
    for path in [edit.clone(), format!("/doors/{}", things.door), "/events".into(), "/doors".into()] {
        assert!(!owner.get(&path).await.body.contains("hunter"), "{path}");
    }
    assert!(!house.dump().await.contains("hunter"), "a secret lies open in the database");
    let row = house.events(&ours).await.into_iter().rfind(|row| row.action == "door.changed").unwrap();
    assert_eq!(row.details()["secrets"], "changed");
    assert_eq!(row.details()["host"], format!("127.0.0.1:{}", relay.port));

    // Saved again as it stands, with another path: everything is kept, and nothing typed.
    let path = relay.url("/other").replace("http://", "http://hub:•••@");
    let page = save(&mut owner, &things.door, &[("http_url", &path)]).await;
    assert_eq!(page.status, 303, "{}", page.body);
    test::test(&house.app, &actor, &things.door).await.unwrap();
    let asked = relay.asked().pop().unwrap();
    assert_eq!(asked.line, "POST /other");
    assert_eq!(asked.header("authorisation"), Some("Bearer hunter3"));
    assert_eq!(asked.header("authorization"), Some("Basic aHViOmh1bnRlcjI="));
    assert!(asked.header("x-latchkey-signature").is_some());

    // Whoever may edit the door learns no secret by sending it to an address of theirs.
    let away = other.url("/open").replace("http://", "http://hub:•••@");
    for url in [away, other.url("/open")] {
        let page = save(&mut owner, &things.door, &[("http_url", &url)]).await;
        assert!(page.status == 422 && page.body.contains("The address changed"), "{}", page.status);
    }
    assert!(other.asked().is_empty());
    // One header typed anew, the other kept, the signature taken away.
    let change = [("http_headers", "Authorisation: Bearer new\nX-Kind: •••"), ("http_secret", "")];
    assert_eq!(save(&mut owner, &things.door, &change).await.status, 303);
    test::test(&house.app, &actor, &things.door).await.unwrap();
    let asked = relay.asked().pop().unwrap();
    assert_eq!((asked.header("authorisation"), asked.header("x-kind")), (Some("Bearer new"), Some("hunter4")));
    assert!(asked.header("x-latchkey-signature").is_none());
    // Simulated again, nothing of it is left.
    assert_eq!(save(&mut owner, &things.door, &[("driver", "simulator")]).await.status, 303);
    assert!(!owner.get(&edit).await.body.contains("X-Kind"));
}

async fn the_form_names_every_wrong_field_and_keeps_what_was_typed(database: &str) {
    let house = house(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    let typed = [
        ("driver", "http"),
        ("name", ""),
        ("http_url", "ftp://relay/{{lock}}"),
        ("http_headers", "no header at all\nHost: x\nX-A: •••"),
        ("http_body", "{\"a\": {{door_id}}"),
        ("http_success", "status"),
        ("http_status", "999"),
        ("http_secret", "short"),
        ("http_certificate", "-----BEGIN NOTHING-----"),
    ];
    let page = save(&mut owner, &things.door, &typed).await;
    assert_eq!(page.status, 422);
    for sentence in [
        "Please fill this in.",
        "There is no mark {{lock}}",
        "Please type the value of X-A.",
        "This is not JSON",
        "from 200 to 599",
        "at least 16 characters",
        "-----BEGIN CERTIFICATE-----",
    ] {
        assert!(page.body.contains(sentence), "{sentence} is not said");
    }
    let again: std::collections::HashMap<String, String> = fields(&page).into_iter().collect();
    for (name, value) in typed {
        assert_eq!(again[name].trim(), value, "{name} is lost");
    }
    for (url, sentence) in [
        ("relay.local/open", "should read like"),
        ("http://{{door_id}}.example/", "not in the name of the host"),
        ("http://relay.example/#top", "leave out #"),
        ("http://", "should read like"),
        ("http://relay.example:0/", "should read like"),
        ("http://10.0.0.1/", "LATCHKEY_ALLOWED_TARGETS"),
    ] {
        let page = save(&mut owner, &things.door, &[("driver", "http"), ("http_url", url)]).await;
        assert!(page.status == 422 && page.body.contains(sentence), "{url}: {}", page.status);
    }
    let page = save(&mut owner, &things.door, &[("driver", "drawbridge")]).await;
    assert!(page.status == 422 && page.body.contains("choose how the door opens"));
}

async fn a_test_opens_takes_no_use_and_stands_in_the_log(database: &str) {
    let (house, relay) = (house(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let (things, actor) = (house.things(&ours).await, house.owner(&ours));
    drive(&house, &ours, &things, &web(relay.url("/open"))).await;
    let mut owner = house.signed_in(&ours).await;
    let page = format!("/doors/{}", things.door);
    let test_path = format!("{page}/test");
    assert_eq!(owner.submit(&page, &test_path, &[]).await.location(), page);
    let shown = owner.get(&page).await.body;
    assert!(shown.contains("says that it opened") && shown.contains("was_on"), "{shown}");
    let last = house.events(&ours).await.pop().unwrap();
    assert_eq!((last.action.as_str(), last.actor.as_str()), ("door.tested", ours.admin.as_str()));
    assert!(last.details()["took_ms"].parse::<u64>().unwrap() < 5_000);
    assert_eq!(house.count(&ours, "door.test_sent", "done").await, 1);
    relay.be(Mood::Says(503, "busy"));
    let tested = test::test(&house.app, &actor, &things.door).await.unwrap();
    assert_eq!((tested.ended, tested.answer.as_str()), (test::Ended::Refused, "It answered 503: busy"));
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 0);
    // A lockdown holds for tests, too.
    door::lock_down(&house.app, &actor, &things.door, "drill").await.unwrap();
    let before = relay.asked().len();
    assert!(test::test(&house.app, &actor, &things.door).await.is_err());
    assert_eq!(relay.asked().len(), before);
    // A success of the test brings an off-line door back.
    door::lift(&house.app, &actor, &things.door).await.unwrap();
    let port = relay.port;
    relay.close().await;
    assert_eq!(test::test(&house.app, &actor, &things.door).await.unwrap().ended, test::Ended::Refused);
    assert!(owner.get(&page).await.body.contains("Offline"));
    let _relay = Relay::at(port).await;
    assert_eq!(test::test(&house.app, &actor, &things.door).await.unwrap().ended, test::Ended::Opened);
    assert!(!owner.get(&page).await.body.contains("Offline"));
}

async fn a_lockdown_that_comes_between_holds_for_a_test(database: &str) {
    let (house, relay) = (house(database), Relay::open().await);
    let ours = house.organization("Quetzal").await;
    let (things, actor) = (house.things(&ours).await, house.owner(&ours));
    drive(&house, &ours, &things, &web(relay.url("/open"))).await;
    // Whoever looks at the door while this is written sees it without a lockdown.
    let begun = Arc::new(AtomicBool::new(false));
    let (writing, organization, door) = (begun.clone(), ours.id.clone(), things.door.clone());
    let locking = house.app.db.write(move |tx| {
        writing.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(500));
        server::store::door::set_lockdown(tx, &organization, &door, Some("drill")).map(drop)
    });
    let testing = async {
        while !begun.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        test::test(&house.app, &actor, &things.door).await
    };
    let (locked, tested) = tokio::join!(locking, testing);
    locked.unwrap();
    assert!(matches!(&tested, Err(Error::Refused(why)) if why.contains("was not tested")), "{tested:?}");
    assert!(relay.asked().is_empty(), "the door heard nothing");
    assert_eq!(house.count(&ours, "door.test_sent", "done").await, 0);
}
