//! Settings: what an administrator decides holds from the next request on, and what is wrong is said at its field.

use crate::house::{House, Organization};
use crate::sink::Sink;
use domain::channel::Channel;
use domain::role::Role;
use server::notify::{mail::Mailer, outbox};
use server::service::{link, settings};
use std::time::Duration;

crate::on_both!(
    general_settings_hold_at_once_and_stale_forms_do_not,
    sessions_end_sooner_for_those_who_are_signed_in_too,
    ones_own_words_stand_in_the_mail_of_each_language,
    a_logo_and_a_colour_reach_visitors_and_mail,
    what_is_wrong_is_said_at_its_field,
    a_test_shows_the_servers_own_answer_and_counts_nothing,
    settings_are_not_offered_to_those_who_may_not,
    tests_of_messages_are_bounded,
);

const GENERAL: [(&str, &str); 6] = [
    ("name", "Quetzal Works"),
    ("time_zone", "Pacific/Auckland"),
    ("default_validity_days", "3"),
    ("max_validity_days", "5"),
    ("session_idle_minutes", ""),
    ("session_hours", ""),
];

fn with<'a>(version: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("version", version)];
    all.extend_from_slice(fields);
    all
}

async fn general_settings_hold_at_once_and_stale_forms_do_not(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut browser = house.signed_in(&ours).await;
    let path = "/settings/general";
    let saved = browser.submit(path, path, &with("1", &GENERAL)).await;
    assert_eq!((saved.status, saved.location()), (303, path), "{}", saved.body);
    let page = browser.get(path).await.body;
    for words in ["Saved.", "value=\"Quetzal Works\"", "value=\"Pacific/Auckland\"", "value=\"3\"", "value=\"5\""] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let stale = browser.submit(path, path, &with("1", &GENERAL)).await;
    assert_eq!(stale.status, 409);
    assert!(stale.body.contains("Somebody changed this while you had it open"), "{}", stale.body);
    let fields = [
        ("name", "Bea"),
        ("door", things.door.as_str()),
        ("zone", "Europe/Berlin"),
        ("valid_until", "2099-01-01T10:00"),
    ];
    let long = browser.submit("/links/new", "/links/new", &fields).await;
    assert_eq!(long.status, 422, "warned or refused: {}", long.status);
    assert!(long.body.contains("A link may be good for 5 days at most"), "{}", long.body);
    let events = house.events(&ours).await;
    let changed = events.iter().find(|row| row.action == "organization.changed").unwrap().details();
    assert_eq!((changed["most_days"].as_str(), changed["most_days_before"].as_str()), ("5", "30"));
    assert!(!changed.contains_key("session_hours"), "what stays is not told: {changed:?}");
    let again = browser.submit(path, path, &with("2", &GENERAL)).await;
    assert_eq!(again.status, 303);
    assert_eq!(house.count(&ours, "organization.changed", "done").await, 1, "nothing changed");
    let event = events.iter().find(|row| row.action == "organization.changed").unwrap();
    let page = browser.get(&format!("/events/{}", event.id)).await.body;
    assert!(page.contains("Links are good for at most, days, before") && !page.contains("most_days<"), "{page}");
}

async fn sessions_end_sooner_for_those_who_are_signed_in_too(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (mut mine, mut other) = (house.signed_in(&ours).await, house.signed_in(&ours).await);
    let path = "/settings/general";
    let short: Vec<(&str, &str)> = GENERAL
        .iter()
        .map(|(name, value)| if *name == "session_idle_minutes" { (*name, "5") } else { (*name, *value) })
        .collect();
    house.app.clock.shift(4 * 60_000);
    assert_eq!(mine.submit(path, path, &with("1", &short)).await.status, 303);
    assert_eq!(other.get("/").await.status, 200, "used four minutes ago");
    house.app.clock.shift(6 * 60_000);
    assert!(other.get("/").await.location().starts_with("/sign-in"), "idle for six minutes");
    let mut again = house.signed_in(&ours).await;
    let hours: Vec<(&str, &str)> = GENERAL
        .iter()
        .map(|(name, value)| if *name == "session_hours" { (*name, "1") } else { (*name, *value) })
        .collect();
    assert_eq!(again.submit(path, path, &with("2", &hours)).await.status, 303);
    for _ in 0..2 {
        assert_eq!(again.get("/").await.status, 200);
        house.app.clock.shift(31 * 60_000);
    }
    assert!(again.get("/").await.location().starts_with("/sign-in"), "after an hour, whatever they do");
}

async fn ones_own_words_stand_in_the_mail_of_each_language(database: &str) {
    let sink = Sink::open().await;
    let house = House::open_with(database, &[("LATCHKEY_SMTP_URL", sink.url())]);
    let ours = house.organization("Quetzal").await;
    let mut browser = house.signed_in(&ours).await;
    let path = "/settings/messages";
    let fields = [
        ("reminder_hours", "24"),
        ("subject_en", "Come in, {name}"),
        ("greeting_en", ""),
        ("subject_de", ""),
        ("greeting_de", "Moin {name}, {host} wartet"),
    ];
    let saved = browser.submit(path, path, &with("1", &fields)).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    let preview = browser.get("/settings/messages/preview?language=en").await;
    assert!(
        preview.body.contains("Come in, Ada Keller") && preview.body.contains("Hello Ada Keller,"),
        "{}",
        preview.body
    );
    let policy = preview.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    let preview = browser.get("/settings/messages/preview?language=de").await;
    assert!(preview.body.contains("Moin Ada Keller, Quetzal Owner wartet"), "{}", preview.body);
    assert!(preview.body.contains("Ihr Türlink für Quetzal House"), "what is empty is ours");
    for language in ["en", "de"] {
        let things = house
            .things_like(&ours, |link| {
                link.email = "ada@keller.example".into();
                link.language = language.into();
                link.host_name = "Jonas".into();
            })
            .await;
        link::send(&house.app, &house.owner(&ours), &things.link, Channel::Email).await.unwrap();
    }
    outbox::round(&house.app, &Mailer::new(&house.app.config).unwrap()).await.unwrap();
    let mails = sink.mails();
    assert!(mails.iter().any(|mail| mail.contains("Subject: Come in, Quetzal Visitor")), "{mails:?}");
    assert!(mails.iter().any(|mail| mail.contains("Moin Quetzal Visitor, Jonas wartet")), "{mails:?}");
}

const LOGO: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='10'><rect width='40' height='10' fill='#0b5d3b'/></svg>";

async fn a_logo_and_a_colour_reach_visitors_and_mail(database: &str) {
    let sink = Sink::open().await;
    let house = House::open_with(database, &[("LATCHKEY_SMTP_URL", sink.url())]);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let mut browser = house.signed_in(&ours).await;
    let token = browser.get("/settings/looks").await.token();
    let fields = [("csrf", token.as_str()), ("version", "1")];
    let made = browser.upload("/settings/logo", &fields, ("logo", "logo.svg", LOGO)).await;
    assert_eq!((made.status, made.location()), (303, "/settings/looks"), "{}", made.body);
    let page = browser.get("/settings/looks").await;
    assert!(page.body.contains("Visitors see your logo now."));
    let src = page.attribute("src=\"/logo/").map(|rest| format!("/logo/{rest}")).unwrap();
    let saved = browser.submit("/settings/looks", "/settings/looks", &[("version", "2"), ("colour", "#0B5D3B")]).await;
    assert_eq!(saved.status, 303, "{}", saved.body);

    let things = house.things_like(&ours, |link| link.email = "ada@keller.example".into()).await;
    let mut visitor = house.browser();
    let seen = visitor.visit(&things.secret).await;
    assert!(seen.body.contains(&format!("src=\"{src}\"")), "{}", seen.body);
    assert!(seen.body.contains("background:#0b5d3b"), "{}", seen.body);
    let nonce = seen.attribute("<style nonce=\"").unwrap();
    let policy = seen.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains(&format!("style-src 'self' 'nonce-{nonce}'")) && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    let logo = visitor.get(&src).await;
    assert_eq!((logo.status, logo.headers["content-type"].to_str().unwrap()), (200, "image/png"));
    assert!(logo.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert!(logo.headers["content-length"].to_str().map_or(true, |length| length.parse::<usize>().unwrap() <= 5_120));

    link::send(&house.app, &house.owner(&ours), &things.link, Channel::Email).await.unwrap();
    outbox::round(&house.app, &Mailer::new(&house.app.config).unwrap()).await.unwrap();
    let mail = sink.mails().remove(0).replace("=\n", "").replace("=3D", "=");
    for part in [
        "multipart/related",
        "Content-ID: <logo>",
        "image/png",
        "src=\"cid:logo\"",
        "background:#0b5d3b",
        "text/calendar",
    ] {
        assert!(mail.contains(part), "{part} is missing in {mail}");
    }

    let others = house.things(&theirs).await;
    let plain = house.browser().visit(&others.secret).await;
    assert!(!plain.body.contains("/logo/") && !plain.body.contains("<style"), "{}", plain.body);

    let gone = browser.submit("/settings/looks", "/settings/logo/remove", &[("version", "3")]).await;
    assert_eq!(gone.status, 303);
    assert_eq!(visitor.get(&src).await.status, 404);
    assert!(!visitor.get(&format!("/visit/{}", things.link)).await.body.contains("<img"));
}

async fn what_is_wrong_is_said_at_its_field(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut browser = house.signed_in(&ours).await;
    let wrong = [
        ("name", ""),
        ("time_zone", "Mars/Olympus"),
        ("default_validity_days", "many"),
        ("max_validity_days", "0"),
        ("session_idle_minutes", "9999"),
        ("session_hours", "0"),
    ];
    let page = browser.submit("/settings/general", "/settings/general", &with("1", &wrong)).await;
    assert_eq!(page.status, 422);
    for (field, typed) in wrong {
        assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{field}");
        assert!(typed.is_empty() || page.body.contains(&format!("value=\"{typed}\"")), "{typed} stays");
    }
    assert!(page.body.contains("whole number from 5 to 60"), "no longer than the server is set: {}", page.body);
    let more: Vec<(&str, &str)> = [("default_validity_days", "9")]
        .into_iter()
        .chain(GENERAL.into_iter().filter(|(name, _)| *name != "default_validity_days"))
        .collect();
    let page = browser.submit("/settings/general", "/settings/general", &with("1", &more)).await;
    assert!(page.status == 422 && page.body.contains("This is longer than the longest"), "{}", page.body);

    let wrong = [("reminder_hours", "0"), ("subject_en", "Hi {visitor}"), ("greeting_de", "Moin {name")];
    let page = browser.submit("/settings/messages", "/settings/messages", &with("1", &wrong)).await;
    assert_eq!(page.status, 422);
    for words in
        ["reminder_hours-error", "There is no gap {visitor}.", "There is no gap {name.", "value=\"Hi {visitor}\""]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    for (colour, said) in [("#ffd400", "Choose a darker one."), ("green", "such as #1f3a5f")] {
        let page = browser.submit("/settings/looks", "/settings/looks", &[("version", "1"), ("colour", colour)]).await;
        assert!(page.status == 422 && page.body.contains(said), "{}", page.body);
        assert!(page.body.contains(&format!("value=\"{colour}\"")), "{colour} stays");
    }
    let token = browser.get("/settings/looks").await.token();
    let fields = [("csrf", token.as_str()), ("version", "1")];
    for (bytes, said) in [
        (&b"GIF89a"[..], "neither a PNG nor an SVG"),
        (&[b'x'; 300_000][..], "larger than 256 KB"),
        (&b""[..], "Choose a PNG or SVG first."),
    ] {
        let page = browser.upload("/settings/logo", &fields, ("logo", "logo.png", bytes)).await;
        assert!(page.status == 422 && page.body.contains(said), "{}", page.body);
    }
    assert_eq!(house.count(&ours, "organization.changed", "done").await, 0);
}

async fn a_test_shows_the_servers_own_answer_and_counts_nothing(database: &str) {
    let sink = Sink::open().await;
    let house = House::open_with(
        database,
        &[
            ("LATCHKEY_SMTP_URL", sink.url()),
            ("LATCHKEY_SMS_URL", "twilio://AC12:hunter2@sms.example.org?from=+4930555011".into()),
        ],
    );
    let ours = house.organization("Quetzal").await;
    let mut browser = house.signed_in(&ours).await;
    let page = browser.get("/settings/delivery").await.body;
    assert!(
        page.contains("127.0.0.1 port")
            && page.contains("sms.example.org, by Twilio")
            && page.contains("No test went out yet"),
        "{page}"
    );
    assert!(!page.contains("hunter2") && !page.contains("AC12"));
    let mailer = Mailer::new(&house.app.config).unwrap();
    let app = house.app.clone();
    let working = tokio::spawn(async move {
        loop {
            let _ = outbox::round(&app, &mailer).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let path = "/settings/delivery";
    let sent = browser.submit(path, "/settings/delivery/test", &[("email", "me@quetzal.example")]).await;
    working.abort();
    assert_eq!(sent.status, 303, "{}", sent.body);
    let page = browser.get(path).await.body;
    assert!(
        page.contains("The test is over: it went out.")
            && page.contains("250 2.0.0 kept")
            && page.contains("Test mail"),
        "{page}"
    );
    assert_eq!(sink.mails().len(), 1);
    let wrong = browser.submit(path, "/settings/delivery/test", &[("phone", "030 12")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("phone-error"), "{}", wrong.body);
    assert!(crate::quotas::gauges(&house.app, &ours).await.iter().all(|gauge| gauge.used == 0));
    assert_eq!(house.count(&ours, "organization.tested", "done").await, 1);
    let deliveries = browser.get("/deliveries").await.body;
    assert!(deliveries.contains("Test mail") && deliveries.contains("me@quetzal.example"), "{deliveries}");
    assert!(browser.get("/events").await.body.contains("sent the test message"));
}

async fn settings_are_not_offered_to_those_who_may_not(database: &str) {
    let house = House::open(database);
    let ours: Organization = house.organization("Quetzal").await;
    for (role, settings) in
        [(Role::Owner, true), (Role::Administrator, true), (Role::AccessManager, false), (Role::Observer, false)]
    {
        let mut browser = house.colleague(&ours, role).await;
        for path in ["/", "/account"] {
            assert_eq!(browser.get(path).await.body.contains("href=\"/settings\""), settings, "{role:?} {path}");
        }
        assert_eq!(browser.get("/settings").await.status == 200, settings, "{role:?}");
    }
}

async fn tests_of_messages_are_bounded(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let test = async |organization: &Organization, channel: Channel, to: &str| {
        settings::test(&house.app, &house.owner(organization), channel, to).await.map_err(|error| error.to_string())
    };
    for at in 0..10 {
        let (channel, to) =
            if at % 2 == 0 { (Channel::Email, "me@quetzal.example") } else { (Channel::Sms, "+49 30 23125 017") };
        assert!(test(&ours, channel, to).await.is_ok(), "{at}");
        house.app.clock.shift(61_000);
    }
    let page = house.signed_in(&ours).await;
    let (path, deed) = ("/settings/delivery", "/settings/delivery/test");
    for field in [("email", "you@quetzal.example"), ("phone", "+49 30 23125 018")] {
        let page = page.clone().submit(path, deed, &[field]).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(page.body.contains("Ten tests went out within an hour"), "{}", page.body);
        assert!(page.body.contains(field.1), "what was typed stays");
    }
    assert_eq!(house.count(&ours, "organization.tested", "done").await, 10);
    assert!(test(&theirs, Channel::Email, "me@marmot.example").await.is_ok(), "others have tests of their own");
    house.app.clock.shift(3_600_000 - 10 * 61_000);
    assert!(test(&ours, Channel::Email, "me@quetzal.example").await.is_ok(), "the first is an hour ago");
    assert!(test(&ours, Channel::Email, "me@quetzal.example").await.is_err(), "and the second is not");
}
