//! Doors behind an MQTT broker: what counts as open, and what becomes of a command whose time is over.

use crate::broker::{Broker, Device, PASSWORD, USER};
use crate::browser::{Browser, Page};
use crate::house::{House, Organization, Things};
use futures_util::{SinkExt, StreamExt};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    Codec, ConnAck, ConnectReturnCode, Filter, Packet, PubAck, Publish, SubAck, SubscribeReasonCode,
};
use server::driver::mqtt;
use server::service::door::driver::{DriverInput, MqttInput};
use server::service::door::{self, test};
use std::time::{Duration, Instant};
use tokio_util::codec::Framed;

crate::on_both!(
    a_door_that_says_that_it_is_open_is_open,
    without_a_state_topic_people_read_that_it_was_sent,
    what_was_said_before_or_too_late_confirms_nothing,
    a_door_that_says_nothing_is_offline_until_it_does,
    a_topic_that_is_refused_takes_only_its_own_door_off_line,
    a_broker_that_dies_takes_its_doors_off_line_until_it_is_back,
    a_command_is_dead_before_its_device_comes_back,
    a_guarded_broker_wants_the_password,
    other_processes_settings_take_effect_at_once,
);

fn house(database: &str) -> House {
    House::open_with(database, &[("LATCHKEY_ALLOWED_TARGETS", "127.0.0.0/8".into())])
}

fn message(broker: &Broker) -> DriverInput {
    DriverInput {
        kind: mqtt::KIND.into(),
        mqtt: MqttInput {
            url: broker.url(),
            topic: "gate/do".into(),
            payload: r#"{"open":{{unlock_s}},"event":"{{event_id}}"}"#.into(),
            qos: "1".into(),
            ..MqttInput::default()
        },
        ..DriverInput::default()
    }
}

fn with_state(broker: &Broker) -> DriverInput {
    let mut typed = message(broker);
    typed.mqtt.state_topic = "gate/is".into();
    (typed.mqtt.open, typed.mqtt.closed) = ("state=OPEN".into(), "state=SHUT".into());
    typed
}

async fn drive(house: &House, ours: &Organization, things: &Things, typed: &DriverInput) {
    door::set_driver(&house.app, &house.owner(ours), &things.door, typed).await.expect("a driver");
}

async fn visitor(house: &House, things: &Things) -> (Browser, String) {
    let mut browser = house.browser();
    let token = browser.visit(&things.secret).await.token();
    (browser, token)
}

/// Looks at a page until it is as wished.
async fn until(browser: &mut Browser, path: &str, wished: impl Fn(&Page) -> bool) {
    let began = Instant::now();
    loop {
        let page = browser.get(path).await;
        if wished(&page) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{}", page.body);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn a_door_that_says_that_it_is_open_is_open(database: &str) {
    let (house, broker) = (house(database), Broker::start().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let answer = (Duration::from_millis(150), "gate/is", r#"{"state":"OPEN"}"#);
    let device = Device::connect(&broker, "gate", "gate/do", Some(answer)).await;
    drive(&house, &ours, &things, &with_state(&broker)).await;
    let (mut browser, token) = visitor(&house, &things).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "open", "{said}");
    let granted = house.events(&ours).await.into_iter().find(|row| row.action == "door.unlock").unwrap();
    assert_eq!(device.heard(), [format!(r#"{{"open":5,"event":"{}"}}"#, granted.id)]);
    let confirmed = house.events(&ours).await.pop().unwrap();
    assert_eq!(confirmed.action, "door.confirmed");
    assert!(confirmed.details()["after_ms"].parse::<u64>().unwrap() >= 150);
    // And its page says how it stands, as the door itself says it.
    let (mut owner, page) = (house.signed_in(&ours).await, format!("/doors/{}", things.door));
    let open = |page: &Page| page.body.contains("class=\"badge ok\">Open<");
    assert!(open(&owner.get(&page).await));
    device.say("gate/is", r#"{"state":"SHUT"}"#).await;
    until(&mut owner, &page, |page| page.body.contains("Locked<") && !open(page)).await;
    // It has a word about itself, too.
    let mut typed = with_state(&broker);
    (typed.mqtt.availability_topic, typed.mqtt.offline) = ("gate/do/there".into(), "Offline".into());
    drive(&house, &ours, &things, &typed).await;
    let tested = test::test(&house.app, &house.owner(&ours), &things.door).await.unwrap();
    assert_eq!(
        (tested.ended, tested.answer.as_str()),
        (test::Ended::Opened, "It says \u{201c}{\"state\":\"OPEN\"}\u{201d}.")
    );
    device.vanish().await;
    until(&mut owner, &page, |page| page.body.contains("Offline")).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!(said["state"], "denied", "{said}");
}

async fn without_a_state_topic_people_read_that_it_was_sent(database: &str) {
    let (house, broker) = (house(database), Broker::start().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |link| link.max_uses = "2".into()).await;
    drive(&house, &ours, &things, &message(&broker)).await;
    let (mut browser, token) = visitor(&house, &things).await;
    // Nobody is there to hear it, and this broker says so.
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!((said["state"].as_str(), said["uses_left"].as_i64()), (Some("failed"), Some(2)), "{said}");
    assert!(house.events(&ours).await.pop().unwrap().details()["answer"].contains("Nobody listens"));
    let device = Device::connect(&broker, "gate", "gate/do", None).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!((said["state"].as_str(), said["title"].as_str()), (Some("sent"), Some("Sent to the door")), "{said}");
    assert_eq!((said["open_ms"].as_i64(), said["uses_left"].as_i64()), (Some(0), Some(1)));
    let again = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!((again["state"].as_str(), device.hears(1).await.len()), (Some("sent"), 1), "a repeat is told the same");
    assert_eq!(house.count(&ours, "door.sent", "done").await, 1);
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 0);
    // Without script, and in German, it is the same.
    let ask = format!("/visit/{}/doors/{}", things.link, things.door);
    let page = browser.get(&ask).await;
    let request = page.attribute("name=\"request_id\" value=\"").unwrap();
    let form = [("csrf", page.token()), ("request_id", request)];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.get(&format!("/visit/{}?lang=de", things.link)).await;
    let page = browser.post(&format!("{ask}/unlock"), &form).await;
    assert!(page.body.contains("An die Tür gesendet") && page.body.contains("door sent"), "{}", page.body);
    // An admin is told the same.
    let (mut owner, page) = (house.signed_in(&ours).await, format!("/doors/{}", things.door));
    owner.submit(&page, &format!("{page}/unlock"), &[]).await;
    assert!(owner.get(&page).await.body.contains("does not report back"));
}

async fn what_was_said_before_or_too_late_confirms_nothing(database: &str) {
    let (house, broker) = (house(database), Broker::start().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    // It stood open at some time before, and the broker keeps that.
    let answer = (Duration::from_millis(5_600), "gate/is", r#"{"state":"OPEN"}"#);
    let device = Device::connect(&broker, "gate", "gate/do", Some(answer)).await;
    device.say("gate/is", r#"{"state":"OPEN"}"#).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    drive(&house, &ours, &things, &with_state(&broker)).await;
    let (mut browser, token) = visitor(&house, &things).await;
    let began = Instant::now();
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "timed_out", "{said}");
    assert!(began.elapsed() < Duration::from_secs(6));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(house.count(&ours, "door.confirmed", "done").await, 0);
    assert_eq!(house.count(&ours, "door.timed_out", "failed").await, 1);
    assert_eq!(device.heard().len(), 1);
}

async fn a_door_that_says_nothing_is_offline_until_it_does(database: &str) {
    let (house, broker) = (house(database), Broker::start().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let device = Device::connect(&broker, "gate", "gate/do", None).await;
    device.say("gate/is", r#"{"state":"SHUT"}"#).await;
    drive(&house, &ours, &things, &with_state(&broker)).await;
    let (mut browser, token) = visitor(&house, &things).await;
    let (mut owner, page) = (house.signed_in(&ours).await, format!("/doors/{}", things.door));
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "timed_out", "{said}");
    let shown = owner.get(&page).await.body;
    assert!(shown.contains("Offline") && shown.contains("The door did not answer in time."), "{shown}");
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!((said["state"].as_str(), device.heard().len()), (Some("denied"), 1), "{said}");
    house.app.clock.shift(15_000);
    let said = browser.tap(&things.link, &things.door, &token, "request-number-three").await.json();
    assert_eq!((said["state"].as_str(), device.heard().len()), (Some("timed_out"), 2), "let through to try: {said}");
    assert!(owner.get(&page).await.body.contains("Offline"));
    // Whatever it says of itself shows that it is there.
    device.say("gate/is", r#"{"state":"SHUT"}"#).await;
    until(&mut owner, &page, |page| !page.body.contains("Offline")).await;
}

/// A broker that takes every command for open, and lets nobody hear what is secret.
async fn strict() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let codec = Codec { max_incoming_size: None, max_outgoing_size: None };
            let mut line = Framed::new(stream, codec);
            tokio::spawn(async move {
                while let Some(Ok(packet)) = line.next().await {
                    let answers = match packet {
                        Packet::Connect(..) => vec![Packet::ConnAck(ConnAck {
                            session_present: false,
                            code: ConnectReturnCode::Success,
                            properties: None,
                        })],
                        Packet::Subscribe(asked) => {
                            let code = |filter: &Filter| match filter.path.starts_with("secret/") {
                                true => SubscribeReasonCode::NotAuthorized,
                                false => SubscribeReasonCode::Success(QoS::AtLeastOnce),
                            };
                            let return_codes = asked.filters.iter().map(code).collect();
                            vec![Packet::SubAck(SubAck { pkid: asked.pkid, return_codes, properties: None })]
                        }
                        Packet::Publish(command) => {
                            let says = Publish::new("gate/is", QoS::AtMostOnce, r#"{"state":"OPEN"}"#, None);
                            vec![Packet::PubAck(PubAck::new(command.pkid, None)), Packet::Publish(says)]
                        }
                        _ => Vec::new(),
                    };
                    for answer in answers {
                        line.send(answer).await.expect("a line");
                    }
                }
            });
        }
    });
    port
}

async fn a_topic_that_is_refused_takes_only_its_own_door_off_line(database: &str) {
    let (house, port) = (house(database), strict().await);
    let ours = house.organization("Quetzal").await;
    let (things, secret) = (house.things(&ours).await, house.things(&ours).await);
    let mut typed = DriverInput { kind: mqtt::KIND.into(), ..DriverInput::default() };
    typed.mqtt = MqttInput {
        url: format!("mqtt://127.0.0.1:{port}"),
        topic: "gate/do".into(),
        payload: "open".into(),
        qos: "1".into(),
        state_topic: "gate/is".into(),
        open: "state=OPEN".into(),
        closed: "state=SHUT".into(),
        ..MqttInput::default()
    };
    drive(&house, &ours, &things, &typed).await;
    let (mut browser, token) = visitor(&house, &things).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "open", "{said}");
    typed.mqtt.state_topic = "secret/is".into();
    drive(&house, &ours, &secret, &typed).await;
    test::test(&house.app, &house.owner(&ours), &secret.door).await.unwrap();
    let mut owner = house.signed_in(&ours).await;
    until(&mut owner, &format!("/doors/{}", secret.door), |page| {
        page.body.contains("Offline") && page.body.contains("does not let us hear")
    })
    .await;
    let tested = test::test(&house.app, &house.owner(&ours), &secret.door).await.unwrap();
    assert!(tested.ended == test::Ended::Refused && tested.answer.contains("NotAuthorized"), "{}", tested.answer);
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!(said["state"], "open", "others share the connection: {said}");
}

async fn a_broker_that_dies_takes_its_doors_off_line_until_it_is_back(database: &str) {
    let (house, mut broker) = (house(database), Broker::start().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let answer = (Duration::ZERO, "gate/is", r#"{"state":"OPEN"}"#);
    let device = Device::connect(&broker, "gate", "gate/do", Some(answer)).await;
    drive(&house, &ours, &things, &with_state(&broker)).await;
    let (mut browser, token) = visitor(&house, &things).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "open", "{said}");
    broker.stop();
    let (mut owner, page) = (house.signed_in(&ours).await, format!("/doors/{}", things.door));
    until(&mut owner, &page, |page| page.body.contains("Offline")).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!(said["state"], "denied");
    // Past the decision, as a test is: the driver itself queues nothing either.
    let tested = test::test(&house.app, &house.owner(&ours), &things.door).await.unwrap();
    assert_eq!(tested.ended, test::Ended::Refused);
    broker.go().await;
    until(&mut owner, &page, |page| !page.body.contains("Offline")).await;
    // The device comes back in its own time.
    let began = Instant::now();
    while test::test(&house.app, &house.owner(&ours), &things.door).await.unwrap().ended != test::Ended::Opened {
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    let said = browser.tap(&things.link, &things.door, &token, "request-number-three").await.json();
    assert_eq!(said["state"], "open", "{said}");
    let granted = house.count(&ours, "door.unlock", "granted").await;
    let tests = house.count(&ours, "door.tested", "done").await;
    assert_eq!(device.hears(granted + tests).await.len(), granted + tests, "only what was told open was ever heard");
}

async fn a_command_is_dead_before_its_device_comes_back(database: &str) {
    let (house, broker) = (house(database), Broker::start().await);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    Device::connect(&broker, "gate", "gate/do", None).await.vanish().await;
    drive(&house, &ours, &things, &message(&broker)).await;
    // The broker takes it, since it keeps the device's session.
    let (mut browser, token) = visitor(&house, &things).await;
    let said = browser.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["state"], "sent", "{said}");
    tokio::time::sleep(Duration::from_secs(6)).await;
    let device = Device::connect(&broker, "gate", "gate/do", None).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(device.heard().is_empty(), "a door opens when nobody stands there any more: {:?}", device.heard());
}

async fn a_guarded_broker_wants_the_password(database: &str) {
    let (house, broker) = (house(database), Broker::guarded().await);
    let ours = house.organization("Quetzal").await;
    let (things, actor) = (house.things(&ours).await, house.owner(&ours));
    let device = Device::connect(&broker, "gate", "gate/do", None).await;
    let mut typed = message(&broker);
    let with = |login: &str| broker.url().replace("mqtt://", &format!("mqtt://{login}@"));
    let encoded: String =
        url::form_urlencoded::byte_serialize(PASSWORD.as_bytes()).collect::<String>().replace('+', "%20");
    for (login, good) in [(format!("{USER}:wrong"), false), (format!("{USER}:{encoded}"), true)] {
        typed.mqtt.url = with(&login);
        drive(&house, &ours, &things, &typed).await;
        let tested = test::test(&house.app, &actor, &things.door).await.unwrap();
        assert_eq!(tested.ended == test::Ended::Sent, good, "{}", tested.answer);
        assert!(good || tested.answer.contains("check user and password"), "{}", tested.answer);
    }
    assert_eq!(device.hears(1).await.len(), 1);
    assert!(!house.dump().await.contains("hunter2"), "the password lies open in the database");
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/doors/{}/edit", things.door)).await;
    assert!(page.body.contains("latchkey:•••@") && !page.body.contains("hunter2"));
    // Kept for this broker, and for no other.
    typed.mqtt.url = with(&format!("{USER}:•••"));
    typed.mqtt.topic = "gate/do".into();
    drive(&house, &ours, &things, &typed).await;
    assert_eq!(test::test(&house.app, &actor, &things.door).await.unwrap().ended, test::Ended::Sent);
    typed.mqtt.url = format!("mqtt://{USER}:•••@127.0.0.2:{}", broker.port);
    let refused = door::set_driver(&house.app, &actor, &things.door, &typed).await.unwrap_err();
    assert!(refused.to_string().contains("The address changed"), "{refused}");
    // What does not belong into a message's settings is said, all at once.
    typed.mqtt = MqttInput {
        url: format!("{}/gate", broker.url()),
        topic: "gate/+".into(),
        payload: "{{lock}}".into(),
        state_topic: "gate/is".into(),
        availability_topic: "gate/there".into(),
        ..MqttInput::default()
    };
    let refused = door::set_driver(&house.app, &actor, &things.door, &typed).await.unwrap_err().to_string();
    for sentence in ["Only the broker", "without + and #", "no mark {{lock}}", "when it is open", "when it is off line"]
    {
        assert!(refused.contains(sentence), "{sentence} is not in {refused}");
    }
}

async fn other_processes_settings_take_effect_at_once(database: &str) {
    let (house, broker) = (house(database), Broker::start().await);
    let ours = house.organization("Quetzal").await;
    let (things, actor) = (house.things(&ours).await, house.owner(&ours));
    server::store::watch::start(house.app.db.clone(), house.app.config.database.clone(), house.app.stop.clone());
    tokio::spawn(server::service::brokers::follow(house.app.clone()));
    let device = Device::connect(&broker, "gate", "gate/do", None).await;
    device.say("gate/is", r#"{"state":"OPEN"}"#).await;
    // Nobody taps: the connection is there because the door is, and tells how it stands.
    let another = house.another();
    door::set_driver(&another, &actor, &things.door, &with_state(&broker)).await.unwrap();
    let (mut owner, page) = (house.signed_in(&ours).await, format!("/doors/{}", things.door));
    until(&mut owner, &page, |page| page.body.contains("class=\"badge ok\">Open<")).await;
    let mut other = with_state(&broker);
    other.mqtt.state_topic = "elsewhere".into();
    door::set_driver(&another, &actor, &things.door, &other).await.unwrap();
    until(&mut owner, &page, |page| page.body.contains("class=\"badge\">Locked<")).await;
    house.app.stop.cancel();
}
