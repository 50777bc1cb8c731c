//! Codes of links: what they say, when they come and go, and what a scan of one meets.

use crate::house::{House, Organization, Things, week};
use domain::qr::{Code, Offline};
use domain::reason::Reason;
use server::service::code::{self, Current, Inspected, What};
use server::service::door;
use server::service::link::{self, LinkInput};
use server::store::code::Found;
use server::store::link as store;

crate::on_both!(
    a_scan_meets_what_its_link_meets,
    an_offline_code_says_what_its_link_says,
    what_only_the_server_counts_needs_the_server_or_opens_once,
    more_than_eight_scopes_are_told_in_words,
    a_code_goes_with_what_it_says_and_with_nothing_else,
    a_code_of_another_house_is_unknown,
    a_rotating_code_opens_once_and_soon_not_at_all,
    a_long_link_gets_its_next_code_in_time,
    a_link_that_begins_late_gets_its_code_late,
    a_page_that_opens_nothing_is_refused_like_everything_else,
    a_link_needs_a_page_or_a_code,
    any_number_of_codes_is_one_query,
);

const DAY: i64 = 86_400_000;

async fn with_code(house: &House, ours: &Organization, kind: &str) -> Things {
    house.things_like(ours, |link| link.qr = kind.into()).await
}

async fn current(house: &House, ours: &Organization, link: &str) -> Current {
    code::current(&house.app, &ours.id, link).await.unwrap().expect("a code")
}

async fn scan(house: &House, ours: &Organization, text: &str, door: &str) -> Inspected {
    code::inspect(&house.app, &house.owner(ours), text.as_bytes(), Some(door)).await.unwrap()
}

async fn reason(house: &House, ours: &Organization, text: &str, door: &str) -> Reason {
    scan(house, ours, text, door).await.answer.expect("an answer").decision.reason
}

fn offline(current: &Current) -> Offline {
    match Code::read(current.text().as_bytes()) {
        Ok(Code::Offline(code)) => code,
        other => panic!("an offline code, not {other:?}"),
    }
}

/// The link as its form shows it, with one thing changed.
async fn edit(house: &House, ours: &Organization, things: &Things, change: impl FnOnce(&mut LinkInput)) {
    let (id, organization) = (things.link.clone(), ours.id.clone());
    let (row, grants, settings) = house
        .app
        .db
        .read(move |c| {
            let row = store::find(c, &organization, &id)?;
            Ok((row, store::grants_of(c, &id)?, server::store::code::settings(c, &id)?))
        })
        .await
        .unwrap();
    let mut typed = LinkInput {
        name: row.name,
        doors: grants.doors,
        groups: grants.groups,
        zone: "Europe/Berlin".into(),
        valid_from: app::text::when::input(row.valid_from, "Europe/Berlin"),
        valid_until: app::text::when::input(row.valid_until.unwrap(), "Europe/Berlin"),
        max_uses: row.max_uses.map_or_else(String::new, |max| max.to_string()),
        qr: settings.kind.map_or("none", domain::qr::Kind::code).into(),
        no_web: !settings.web,
        qr_off_line: settings.off_line,
        ..LinkInput::default()
    };
    change(&mut typed);
    link::edit(&house.app, &house.owner(ours), &things.link, row.version, &typed).await.unwrap();
}

async fn a_scan_meets_what_its_link_meets(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let other = house.things(&ours).await;
    for kind in ["online", "offline", "rotating"] {
        let things = with_code(&house, &ours, kind).await;
        let at = |door: String| {
            let (house, ours, link) = (&house, &ours, things.link.clone());
            async move { reason(house, ours, current(house, ours, &link).await.text(), &door).await }
        };
        assert_eq!(at(things.door.clone()).await, Reason::Allowed, "{kind}");
        assert_eq!(at(other.door.clone()).await, Reason::DoorNotGranted, "{kind}");
        link::pause(&house.app, &actor, &things.link).await.unwrap();
        assert_eq!(at(things.door.clone()).await, Reason::Paused, "{kind}");
        link::resume(&house.app, &actor, &things.link).await.unwrap();
        door::lock_down(&house.app, &actor, &things.door, "drill").await.unwrap();
        assert_eq!(at(things.door.clone()).await, Reason::DoorLockdown, "{kind}");
        door::lift(&house.app, &actor, &things.door).await.unwrap();
        let old = current(&house, &ours, &things.link).await;
        link::rotate(&house.app, &actor, &things.link).await.unwrap();
        assert_eq!(reason(&house, &ours, old.text(), &things.door).await, Reason::QrRetired, "{kind}");
        assert_eq!(at(things.door.clone()).await, Reason::Allowed, "{kind}");
        link::revoke(&house.app, &actor, &things.link).await.unwrap();
        assert_eq!(at(things.door.clone()).await, Reason::Revoked, "{kind}");
    }
    let log = house.events(&ours).await;
    let rotated: Vec<_> = log.iter().filter(|row| row.action == "link.rotated").collect();
    assert_eq!(rotated.len(), 3);
    assert!(rotated.iter().all(|row| row.detail.contains("\"retired_codes\":\"code_")), "{:?}", rotated[0].detail);
    let created = log.iter().find(|row| row.detail.contains("\"qr\":\"offline\"")).expect("an event that says it");
    assert!(created.action == "link.created" && created.detail.contains("\"code\":\"code_"), "{}", created.detail);
}

async fn an_offline_code_says_what_its_link_says(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let first = house.things(&ours).await;
    let group = house.group(&ours, &[&first.door]).await;
    let things = house
        .things_like(&ours, |link| {
            link.qr = "offline".into();
            link.groups = vec![group.clone()];
            link.valid_from = "2027-06-01T10:00:00.700Z".into();
            link.valid_until = "2027-06-02T18:00:00.700Z".into();
        })
        .await;
    assert!(code::current(&house.app, &ours.id, &things.link).await.unwrap().is_none(), "it begins months from now");
    house.app.clock.shift(app::text::when::parse_input("2027-05-31T10:00", "UTC").unwrap() - house.app.clock.now());
    code::renew(&house.app).await.unwrap();
    let code = offline(&current(&house, &ours, &things.link).await);
    let key = house.app.keys.signing(&ours.id, server::secret::Signs::Offline(1)).verifying_key();
    assert!(code.verify(&key) && code.audience == domain::qr::audience(&ours.id));
    let seconds = |text: &str| u32::try_from(text.parse::<jiff::Timestamp>().unwrap().as_second()).unwrap();
    assert_eq!(code.not_before, seconds("2027-06-01T10:00:01Z"), "never before its link, not by a part of a second");
    assert_eq!(code.not_after, seconds("2027-06-02T18:00:00Z"));
    assert!(!code.flags.needs_server && !code.flags.once_per_terminal);
    let scopes = code.scopes.clone();
    let organization = ours.id.clone();
    let names = house.app.db.read(move |c| server::store::code::scope_names(c, &organization, &scopes)).await.unwrap();
    let names: Vec<&str> = names.iter().map(|(_, name)| name.as_deref().unwrap()).collect();
    assert_eq!(names, ["Quetzal Group", "Quetzal Gate"], "the group was numbered before the second gate");
}

async fn what_only_the_server_counts_needs_the_server_or_opens_once(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    type Wish = fn(&mut LinkInput);
    // What is expected of a link that may not open off line, and of one that may: needs the server, opens once.
    let wishes: [(Wish, [(bool, bool); 2]); 4] = [
        (|_| (), [(false, false), (false, false)]),
        (|link| link.max_uses = "3".into(), [(true, false), (false, true)]),
        (|link| link.cooldown_minutes = "5".into(), [(true, false), (false, true)]),
        // A picture does not say a link's own hours, so no leave makes a terminal keep them.
        (|link| link.days = week(&["mon-sun=08:00-18:00"]), [(true, false), (true, false)]),
    ];
    let mut owner = house.signed_in(&ours).await;
    for (number, (wish, expected)) in wishes.into_iter().enumerate() {
        for off_line in [false, true] {
            let mut typed = LinkInput { qr: "offline".into(), qr_off_line: off_line, ..LinkInput::default() };
            wish(&mut typed);
            let warned = server::service::link::code_warning(&typed).is_some();
            let things = house
                .things_like(&ours, |link| {
                    link.qr = "offline".into();
                    link.qr_off_line = off_line;
                    wish(link);
                })
                .await;
            let flags = offline(&current(&house, &ours, &things.link).await).flags;
            let said = (flags.needs_server, flags.once_per_terminal);
            assert_eq!(said, expected[usize::from(off_line)], "wish {number}, {off_line}");
            assert_eq!(warned, said.0, "the form warns of what is refused: wish {number}, {off_line}");
            let page = owner.get(&format!("/links/{}", things.link)).await;
            let told = match said {
                (true, _) => "Refused: only the server counts",
                (_, true) => "Opens once a terminal",
                _ => ">Opens<",
            };
            assert!(page.body.contains(told), "wish {number}, {off_line}: {told}");
        }
    }
}

async fn more_than_eight_scopes_are_told_in_words(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut doors = Vec::new();
    for _ in 0..9 {
        doors.push(house.things(&ours).await.door);
    }
    let mut owner = house.signed_in(&ours).await;
    let token = owner.get("/links/new").await.token();
    let until = app::text::when::input(house.app.clock.now() + DAY, "Europe/Berlin");
    let mut fields = vec![
        ("csrf", token.as_str()),
        ("name", "Nine doors"),
        ("qr", "offline"),
        ("zone", "Europe/Berlin"),
        ("valid_from", ""),
        ("valid_until", until.as_str()),
    ];
    fields.extend(doors.iter().map(|door| ("door", door.as_str())));
    let page = owner.post("/links/new", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("An offline code opens up to eight doors and groups."), "{}", page.body);
    assert!(page.body.contains("value=\"offline\" checked"), "{}", page.body);
    fields.pop();
    fields.push(("max_uses", "3"));
    let page = owner.post("/links/new", &fields).await;
    assert!(page.status == 200 && page.body.contains("a terminal without a network will refuse"), "{}", page.body);
    fields.pop();
    assert_eq!(owner.post("/links/new", &fields).await.status, 303);
    fields.push(("door", doors.last().unwrap()));
    fields[2] = ("qr", "online");
    assert_eq!(owner.post("/links/new", &fields).await.status, 303, "only what is signed is bounded");
}

async fn a_code_goes_with_what_it_says_and_with_nothing_else(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    type Change = fn(&mut LinkInput, &str);
    // What each change does to an online code and to an offline one.
    let changes: [(Change, bool, bool); 7] = [
        (|link, _| link.note = "Brings a dog".into(), false, false),
        (|link, door| link.doors.push(door.into()), false, true),
        (|link, _| link.valid_until = "2031-01-01T00:00".into(), false, true),
        (|link, _| link.max_uses = "7".into(), false, true),
        (|link, _| link.no_web = true, false, false),
        (|link, _| link.qr_off_line = true, false, true),
        (|link, _| link.qr = "rotating".into(), true, true),
    ];
    house.sql("UPDATE organizations SET max_validity_days = 5000").unwrap();
    let other = house.things(&ours).await;
    for kind in ["online", "offline"] {
        let things = with_code(&house, &ours, kind).await;
        for (number, (change, online, of_offline)) in changes.into_iter().enumerate() {
            let before = current(&house, &ours, &things.link).await;
            edit(&house, &ours, &things, |typed| change(typed, &other.door)).await;
            let after = current(&house, &ours, &things.link).await;
            let changed = if kind == "online" { online } else { of_offline };
            assert_eq!(before.row.id != after.row.id, changed, "change {number} of {kind}");
            let expected = if changed { Reason::QrRetired } else { Reason::Allowed };
            let met = reason(&house, &ours, before.text(), &things.door).await;
            // A picture that lives says what it said.
            assert!(met == expected || number == 4 && met == Reason::Allowed, "change {number} of {kind}: {met:?}");
        }
    }
    let things = with_code(&house, &ours, "offline").await;
    let before = current(&house, &ours, &things.link).await;
    let until = app::text::when::input(house.app.clock.now() + 5 * DAY, "UTC");
    let page = house.signed_in(&ours).await.get(&format!("/links/{}", things.link)).await;
    assert!(page.body.contains("A saved picture of the QR code does not"), "{}", page.body);
    let changed = link::extend(&house.app, &actor, &things.link, &until, "UTC").await.unwrap();
    assert!(changed.void_picture, "whoever extends is told");
    assert_eq!(reason(&house, &ours, before.text(), &things.door).await, Reason::QrRetired);
    let after = current(&house, &ours, &things.link).await;
    assert!(offline(&after).not_after > offline(&before).not_after);
    edit(&house, &ours, &things, |typed| typed.qr = "none".into()).await;
    assert!(code::current(&house.app, &ours.id, &things.link).await.unwrap().is_none());
    assert_eq!(reason(&house, &ours, after.text(), &things.door).await, Reason::QrRetired);
}

async fn a_code_of_another_house_is_unknown(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let here = house.things(&ours).await;
    for kind in ["online", "offline", "rotating"] {
        let foreign = with_code(&house, &theirs, kind).await;
        let text = current(&house, &theirs, &foreign.link).await.text().to_owned();
        let seen = scan(&house, &ours, &text, &here.door).await;
        assert_eq!(seen.answer.unwrap().decision.reason, Reason::QrUnknown, "{kind}");
        assert!(seen.link.is_none() && seen.says.scopes.is_empty(), "{kind}");
        let elsewhere = code::inspect(&house.app, &house.owner(&ours), text.as_bytes(), Some(&foreign.door)).await;
        assert!(matches!(elsewhere, Err(server::error::Error::NotFound)), "their door is not asked either");
    }
    for (text, what, refused) in [
        ("LK1", "damaged", Reason::QrUnreadable),
        ("LK1NM2GT58X4MPKAFA59NANTSBDENW", "online", Reason::QrUnknown),
        ("https://example.com/ticket/7", "foreign", Reason::QrUnknown),
        ("LK1PVTPVXVR15Q164KWD6TKV61D1DC3AX0015G0G40R4YE4GMZYNBNQ5MD32A199X7M5J4", "partner", Reason::QrUnknown),
    ] {
        let seen = scan(&house, &ours, text, &here.door).await;
        let met = match seen.what {
            What::Unreadable(_) => "damaged",
            What::Ours(kind) => kind.code(),
            What::Partner(_) => "partner",
            What::Foreign(_) => "foreign",
        };
        assert_eq!((met, seen.answer.unwrap().decision.reason), (what, refused));
    }
    let things = with_code(&house, &ours, "offline").await;
    let mut code = offline(&current(&house, &ours, &things.link).await);
    code.not_after += 1;
    assert_eq!(reason(&house, &ours, &code.text(), &things.door).await, Reason::QrBadSignature);
    code.id = [7; 10];
    assert_eq!(reason(&house, &ours, &code.text(), &things.door).await, Reason::QrBadSignature, "and nobody's too");
}

async fn a_rotating_code_opens_once_and_soon_not_at_all(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = with_code(&house, &ours, "rotating").await;
    // The beginning of a step, so that what follows does not hang on the moment.
    let wait = code::next_step(house.app.clock.now());
    house.app.clock.shift(wait);
    let first = current(&house, &ours, &things.link).await;
    assert_eq!(reason(&house, &ours, first.text(), &things.door).await, Reason::Allowed);
    let Ok(Code::Rotating(rotating)) = Code::read(first.text().as_bytes()) else { panic!("a rotating code") };
    let (id, step) = (first.row.id.clone(), rotating.step);
    let spent = move |tx: &mut server::store::writer::Tx<'_>| server::store::code::spend(tx, &id, step);
    assert!(house.app.db.write(spent.clone()).await.unwrap());
    assert!(!house.app.db.write(spent).await.unwrap(), "a step is spent once");
    assert_eq!(reason(&house, &ours, first.text(), &things.door).await, Reason::QrReplayed);
    house.app.clock.shift(15_000);
    let second = current(&house, &ours, &things.link).await;
    assert_ne!(first.text(), second.text());
    assert_eq!(reason(&house, &ours, second.text(), &things.door).await, Reason::Allowed);
    house.app.clock.shift(30_000);
    assert_eq!(reason(&house, &ours, second.text(), &things.door).await, Reason::Allowed);
    house.app.clock.shift(15_000);
    assert_eq!(reason(&house, &ours, second.text(), &things.door).await, Reason::QrStale);
}

async fn a_long_link_gets_its_next_code_in_time(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.sql("UPDATE organizations SET max_validity_days = 100").unwrap();
    let until = app::text::when::input(house.app.clock.now() + 60 * DAY, "Europe/Berlin");
    let long = |link: &mut LinkInput| {
        link.qr = "offline".into();
        link.valid_until = until.clone();
    };
    let (things, revoked) = (house.things_like(&ours, long).await, house.things_like(&ours, long).await);
    link::revoke(&house.app, &house.owner(&ours), &revoked.link).await.unwrap();
    let first = current(&house, &ours, &things.link).await;
    assert!(i64::from(offline(&first).not_after) * 1_000 <= house.app.clock.now() + 30 * DAY);
    house.app.clock.shift(22 * DAY);
    code::renew(&house.app).await.unwrap();
    assert_eq!(current(&house, &ours, &things.link).await.row.id, first.row.id, "not yet");
    house.app.clock.shift(DAY + 3_600_000);
    code::renew(&house.app).await.unwrap();
    code::renew(&house.app).await.unwrap();
    let second = current(&house, &ours, &things.link).await;
    assert!(offline(&second).not_after > offline(&first).not_after);
    for text in [first.text(), second.text()] {
        assert_eq!(reason(&house, &ours, text, &things.door).await, Reason::Allowed, "both pictures open");
    }
    assert_eq!(house.count(&ours, "link.code_renewed", "done").await, 1);
    house.app.clock.shift(7 * DAY);
    assert_eq!(reason(&house, &ours, first.text(), &things.door).await, Reason::Expired);
    // To the end, and no further.
    house.app.clock.shift(20 * DAY);
    code::renew(&house.app).await.unwrap();
    let last = current(&house, &ours, &things.link).await;
    let ends = app::text::when::parse_input(&until, "Europe/Berlin").unwrap();
    assert_eq!(i64::from(offline(&last).not_after) * 1_000, ends);
    house.app.clock.shift(8 * DAY);
    code::renew(&house.app).await.unwrap();
    assert_eq!(current(&house, &ours, &things.link).await.row.id, last.row.id);
    assert_eq!(house.count(&ours, "link.code_renewed", "done").await, 2);
}

async fn a_link_that_begins_late_gets_its_code_late(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let local = |days: i64| app::text::when::input(house.app.clock.now() + days * DAY, "Europe/Berlin");
    let things = house
        .things_like(&ours, |link| {
            link.qr = "offline".into();
            link.valid_from = local(40);
            link.valid_until = local(41);
        })
        .await;
    code::renew(&house.app).await.unwrap();
    assert!(code::current(&house.app, &ours.id, &things.link).await.unwrap().is_none());
    house.app.clock.shift(12 * DAY);
    code::renew(&house.app).await.unwrap();
    let text = current(&house, &ours, &things.link).await.text().to_owned();
    assert_eq!(reason(&house, &ours, &text, &things.door).await, Reason::NotYetValid);
    house.app.clock.shift(28 * DAY + 60_000);
    assert_eq!(reason(&house, &ours, &text, &things.door).await, Reason::Allowed);
}

async fn a_page_that_opens_nothing_is_refused_like_everything_else(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house
        .things_like(&ours, |link| {
            link.qr = "online".into();
            link.no_web = true;
        })
        .await;
    let text = current(&house, &ours, &things.link).await.text().to_owned();
    assert_eq!(reason(&house, &ours, &text, &things.door).await, Reason::Allowed);
    let mut owner = house.signed_in(&ours).await;
    let now = app::text::when::input(house.app.clock.now() + 60_000, "Europe/Berlin");
    let page = owner.get(&format!("/doors/{}/could-it-open?link={}&at={now}", things.door, things.link)).await;
    for said in ["would open for", "by the link's code"] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    // Past the page, which offers nothing to press.
    let tapper = server::service::unlock::Tapper {
        credential: server::store::writer::Credential::Link { id: things.link.clone(), secret_version: 1 },
        facts: Default::default(),
    };
    let report = server::service::unlock::unlock(&house.app, tapper, &things.door, "0123456789abcdef").await.unwrap();
    assert!(matches!(report.opening, server::service::unlock::Opening::Denied(Reason::WebNotAllowed)));
    let log = house.events(&ours).await;
    let denied = log.iter().find(|row| row.outcome == "denied").expect("a denial");
    assert_eq!(denied.reason.as_deref(), Some("web_not_allowed"));
    assert!(denied.detail.contains("web_not_allowed=fail"), "{}", denied.detail);
}

async fn a_link_needs_a_page_or_a_code(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let typed = |qr: &str, no_web: bool| LinkInput {
        name: "Ada".into(),
        doors: vec![things.door.clone()],
        zone: "UTC".into(),
        qr: qr.into(),
        no_web,
        ..LinkInput::default()
    };
    for (qr, no_web, words) in [("none", true, "needs a QR code"), ("square", false, "none, online, offline")] {
        let refused = link::create(&house.app, &house.owner(&ours), &typed(qr, no_web)).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
    for kind in ["online", "offline", "rotating"] {
        link::create(&house.app, &house.owner(&ours), &typed(kind, true)).await.unwrap();
    }
}

async fn any_number_of_codes_is_one_query(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let mut shown = Vec::new();
    for (organization, kind) in [(&ours, "online"), (&ours, "offline"), (&theirs, "rotating"), (&theirs, "online")] {
        let things = with_code(&house, organization, kind).await;
        let text = current(&house, organization, &things.link).await.text().to_owned();
        let code = Code::read(text.as_bytes()).unwrap();
        shown.push((things.link, code::read(&house.app.keys, &organization.id, &code).unwrap()));
    }
    let now = house.app.clock.now();
    let asked = shown.clone();
    let mut found = house.app.db.read(move |c| Found::load(c, asked.iter().map(|(_, shown)| shown))).await.unwrap();
    for (link, one) in &shown {
        let (row, facts) = found.of(one, now).unwrap();
        assert_eq!((&row.link_id, facts.retired), (link, false));
        let elsewhere = server::store::code::Shown { organization: "org_other".into(), ..one.clone() };
        assert_eq!(found.of(&elsewhere, now).unwrap_err(), Reason::QrUnknown);
    }
    let rotating = &shown[2].1;
    found.spend(rotating);
    assert_eq!(found.of(rotating, now).unwrap().1.used, Some(true));
}
