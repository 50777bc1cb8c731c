//! Hours: schedules over the real router, taps on the days on which clocks are changed, and generated cases against
//! an independent library of time zones.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, Things, week};
use app::text::{Language, when};
use chrono::{DateTime, Datelike, Timelike};
use domain::schedule::{Schedule, Span, Wall, Window, together};
use server::service::door::{self, DoorInput};
use server::service::group::{self, GroupInput};
use server::service::link::{self, LinkInput};
use server::service::schedule::{self, ExceptionInput, ScheduleInput};
use server::service::{audit, place};

crate::on_both!(
    a_schedule_is_made_changed_and_removed,
    what_is_wrong_with_a_week_is_said_at_its_day,
    exceptions_come_and_go,
    another_years_week_names_its_days_and_other_zones_are_told,
    holidays_are_looked_at_and_then_imported,
    hours_of_door_group_and_link_bind_taps_and_pages,
    an_hour_that_does_not_exist_opens_nothing,
    an_hour_that_comes_twice_opens_twice,
);

/// 2027-03-28T00:00:00Z; at 01:00 that day Berlin's clocks go from 02:00 to 03:00.
const SPRING: i64 = 1_806_192_000_000;
/// 2027-10-31T00:00:00Z; at 01:00 that day Berlin's clocks go from 03:00 to 02:00.
const AUTUMN: i64 = 1_824_940_800_000;
const MINUTE: i64 = 60_000;

fn go(house: &House, to: i64) {
    house.app.clock.shift(to - house.app.clock.now());
}

async fn give_door_hours(house: &House, ours: &Organization, things: &Things, schedule: &str) {
    let actor = house.owner(ours);
    let (id, organization) = (things.door.clone(), ours.id.clone());
    let at = house.app.db.read(move |c| server::store::door::find(c, &organization, &id)).await.unwrap();
    let typed = DoorInput {
        name: at.door.name,
        place_id: at.place.id,
        unlock_seconds: "5".into(),
        accepts_digital: true,
        schedule_id: schedule.into(),
        ..Default::default()
    };
    door::update(&house.app, &actor, &things.door, at.door.version, &typed).await.unwrap();
}

/// What a tap comes to now: the state, the reason in the log, and the words.
async fn tap(house: &House, ours: &Organization, things: &Things, browser: &mut Browser) -> (String, String, String) {
    let token = browser.visit(&things.secret).await.token();
    let request = house.app.clock.salt();
    let said = browser.tap(&things.link, &things.door, &token, &request).await.json();
    let events = house.events(ours).await;
    let unlock = events.iter().rfind(|row| row.action == "door.unlock").unwrap();
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    (text("state"), unlock.reason.clone().unwrap_or_default(), text("text"))
}

async fn submit(owner: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Page {
    owner.submit(page, page, fields).await
}

async fn a_schedule_is_made_changed_and_removed(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    assert!(owner.get("/schedules").await.body.contains("No schedules yet"));
    let start = owner.get("/schedules/new?start=office").await;
    assert_eq!(start.body.matches("value=\"08:00\"").count(), 5, "{}", start.body);
    let fields = [
        ("name", "Office"),
        ("from-0", "08:00"),
        ("until-0", "12:00"),
        ("from-0", "13:00"),
        ("until-0", "18:00"),
        ("from-4", "22:00"),
        ("until-4", "06:00"),
    ];
    let made = submit(&mut owner, "/schedules/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let at = made.location().to_owned();
    let id = at.rsplit('/').next().unwrap().to_owned();
    let page = owner.get(&at).await;
    for text in ["Mon 08:00–12:00, 13:00–18:00", "Fri 22:00–06:00 the next day", "Nothing yet", "Europe/Berlin", "<svg"]
    {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    assert!(page.body.contains("00:00 to 06:00"), "the night is drawn on the next day too: {}", page.body);
    assert!(owner.get(&format!("{at}?week=1")).await.body.contains("This week"));
    assert_eq!(owner.get(&format!("{at}?week=rubbish")).await.status, 200);

    let edit = owner.get(&format!("{at}/edit")).await;
    assert!(edit.body.contains("next day"), "{}", edit.body);
    let fields = [("version", "1"), ("name", "Office hours"), ("from-2", "00:00"), ("until-2", "00:00")];
    assert_eq!(submit(&mut owner, &format!("{at}/edit"), &fields).await.location(), at);
    assert!(owner.get(&at).await.body.contains("Wed all day"));
    let stale = submit(&mut owner, &format!("{at}/edit"), &fields).await;
    assert!(stale.status == 409 && stale.body.contains("Somebody changed this"), "{}", stale.body);

    give_door_hours(&house, &ours, &things, &id).await;
    let door = owner.get(&format!("/doors/{}", things.door)).await;
    assert!(door.body.contains("Office hours") && door.body.contains("<svg") && door.body.contains("Open all day"));
    let sure = owner.get(&format!("{at}/remove")).await;
    assert!(sure.body.contains("Quetzal Gate has these hours and would be open always"), "{}", sure.body);
    submit(&mut owner, &format!("{at}/remove"), &[("version", "2")]).await;
    assert_eq!(owner.get(&at).await.status, 200, "a schedule in use stays");
    give_door_hours(&house, &ours, &things, "").await;
    let gone = submit(&mut owner, &format!("{at}/remove"), &[("version", "2")]).await;
    assert_eq!(gone.location(), "/schedules");
    assert_eq!(owner.get(&at).await.status, 404);
    let log = owner.get("/events").await;
    for text in ["made the schedule", "changed Office hours", "removed Office hours"] {
        assert!(log.body.contains(text), "{text} in {}", log.body);
    }
    audit::verify(&house.app).await.expect("an intact log");
}

async fn what_is_wrong_with_a_week_is_said_at_its_day(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    let fields = [
        ("name", ""),
        ("from-1", "25:00"),
        ("until-1", "26:00"),
        ("from-6", "08:00"),
        ("until-6", ""),
        ("from-3", "09:15"),
        ("until-3", "10:45"),
    ];
    let page = submit(&mut owner, "/schedules/new", &fields).await;
    assert_eq!(page.status, 422);
    for text in [
        "Please fill this in.",
        "id=\"tuesday-error\" class=\"error\">Write a time of day such as 08:30.",
        "id=\"sunday-error\" class=\"error\">Give both times of a window",
        "value=\"09:15\"",
        "value=\"25:00\"",
    ] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    let fields =
        [("name", "Ada"), ("door", things.door.as_str()), ("zone", "UTC"), ("from-2", "9"), ("until-2", "10:00")];
    let page = submit(&mut owner, "/links/new", &fields).await;
    assert!(page.status == 422 && page.body.contains("id=\"wednesday-error\""), "{}", page.body);
    assert!(page.body.contains("<details open"), "the fold shows what is wrong");
    assert_eq!(house.count(&ours, "schedule.created", "done").await, 0);
}

async fn exceptions_come_and_go(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let id = house.schedule(&ours, &["mon-sun=08:00-18:00"]).await;
    let mut owner = house.signed_in(&ours).await;
    let (at, add) = (format!("/schedules/{id}"), format!("/schedules/{id}/exceptions"));
    let today = when::day_text(when::today(house.app.clock.now(), "Europe/Berlin"));
    let fields = [("date", today.as_str()), ("exception_name", "Stocktaking"), ("from", ""), ("until", "")];
    assert_eq!(owner.submit(&at, &add, &fields).await.location(), at);
    let page = owner.get(&at).await;
    assert!(page.body.contains("Stocktaking, hours of its own") && page.body.contains("Closed"), "{}", page.body);
    let twice = owner.submit(&at, &add, &fields).await;
    assert!(twice.status == 422 && twice.body.contains("has hours of its own already"), "{}", twice.body);
    assert!(twice.body.contains("value=\"Stocktaking\""), "what was typed stays");
    let wrong = owner.submit(&at, &add, &[("date", "2027-02-30"), ("from", "10:00"), ("until", "")]).await;
    assert!(wrong.body.contains("Please choose a date.") && wrong.body.contains("Give both times"), "{}", wrong.body);
    let past = owner.submit(&at, &add, &[("date", "2020-12-25"), ("exception_name", "Christmas")]).await;
    assert!(past.status == 422 && past.body.contains("This date has passed."), "{}", past.body);
    assert!(past.body.contains("value=\"2020-12-25\"") && past.body.contains("value=\"Christmas\""), "{}", past.body);
    let remove = format!("{add}/remove");
    assert_eq!(owner.submit(&at, &remove, &[("date", &today)]).await.location(), at);
    assert!(owner.get(&at).await.body.contains("is as in every week again"));
    owner.submit(&at, &remove, &[("date", &today)]).await;
    assert!(owner.get(&at).await.body.contains("There is no exception on this date any more."));
    let said = when::long_day(when::parse_day(&today).unwrap(), Language::En);
    let log = owner.get("/events?action=schedule.exception_added").await.body;
    assert!(log.contains(&format!("{said}: Closed")) && !log.contains(&format!("{today}: Closed")), "{log}");
    assert_eq!(house.count(&ours, "schedule.exception_added", "done").await, 1);
    assert_eq!(house.count(&ours, "schedule.exception_removed", "done").await, 1);
}

async fn another_years_week_names_its_days_and_other_zones_are_told(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let schedule = house.schedule(&ours, &["mon-fri=08:00-18:00"]).await;
    go(&house, SPRING);
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/schedules/{schedule}?week=60")).await;
    assert!(page.body.contains("Mon 15 May to Sun 21 May 2028"), "{}", page.body);
    assert!(page.body.contains("Wed 17 May"), "{}", page.body);
    let turn = owner.get(&format!("/schedules/{schedule}?week=40")).await;
    assert!(turn.body.contains("Mon 27 December 2027 to Sun 2 January 2028"), "{}", turn.body);

    let actor = house.owner(&ours);
    let mut doors = Vec::new();
    for (name, zone) in [("Here", "Europe/Berlin"), ("There", "america/new_york")] {
        let typed = place::PlaceInput { name: name.into(), time_zone: zone.into(), ..Default::default() };
        let place_id = place::create(&house.app, &actor, &typed).await.unwrap();
        let shown = owner.get(&format!("/places/{place_id}")).await;
        assert!(!shown.body.contains("new_york"), "a zone is shown as its database spells it: {}", shown.body);
        let typed = DoorInput { name: name.into(), place_id, unlock_seconds: "5".into(), ..Default::default() };
        doors.push(door::create(&house.app, &actor, &typed).await.unwrap());
    }
    let told = "at places in other time zones";
    for (doors, several) in [(&doors[..1], false), (&doors[..], true)] {
        let typed = GroupInput {
            name: "Visitors".into(),
            doors: doors.to_vec(),
            schedule_id: schedule.clone(),
            ..Default::default()
        };
        let group = group::create(&house.app, &actor, &typed).await.unwrap();
        let page = owner.get(&format!("/groups/{group}")).await;
        assert_eq!(page.body.contains(told), several, "{}", page.body);
    }
}

async fn holidays_are_looked_at_and_then_imported(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let id = house.schedule(&ours, &["mon-sun=08:00-18:00"]).await;
    let mut owner = house.signed_in(&ours).await;
    let (at, path) = (format!("/schedules/{id}"), format!("/schedules/{id}/holidays"));
    let token = owner.get(&path).await.token();
    let csrf = [("csrf", token.as_str())];
    for (file, said) in
        [(b"".as_slice(), "Choose a calendar file first."), (b"GIF89a\0\0".as_slice(), "This is no iCalendar file.")]
    {
        let page = owner.upload(&path, &csrf, ("file", "holidays.ics", file)).await;
        assert!(page.status == 422 && page.body.contains(said), "{said} in {}", page.body);
    }
    let typed = ExceptionInput {
        date: "2199-12-25".into(),
        windows: vec![("10:00".into(), "12:00".into())],
        ..Default::default()
    };
    schedule::add_exception(&house.app, &house.owner(&ours), &id, &typed).await.unwrap();
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:21991225\r\nDTEND;VALUE=DATE:21991227\r\nSUMMARY:Christ\r\n mas\\, <b>\r\nEND:VEVENT\r\n\
                BEGIN:VEVENT\r\nDTSTART:21991231T200000Z\r\nSUMMARY:Party\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let page = owner.upload(&path, &csrf, ("file", "holidays.ics", file.as_bytes())).await;
    assert_eq!(page.status, 200);
    for text in [
        "Close 1 day",
        "Thu 26 December 2199",
        "Wed 25 December 2199, Christmas",
        "Party: it does not begin with a day",
    ] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    assert!(!page.body.contains("<b>\""), "a name stays text");
    assert_eq!(house.count(&ours, "schedule.holidays_imported", "done").await, 0, "looking changes nothing");
    let fields = [
        ("csrf", token.as_str()),
        ("confirm", "1"),
        ("take", "2199-12-26 Christmas, <b>"),
        ("take", "2199-12-25 Christmas"),
    ];
    assert_eq!(owner.post(&path, &fields).await.location(), at);
    let page = owner.get(&at).await;
    assert!(page.body.contains("One day is closed.") && page.body.contains("10:00–12:00"), "{}", page.body);
    for wrong in [[("confirm", "1"), ("take", "nonsense")], [("confirm", "1"), ("other", "")]] {
        let all = [csrf.as_slice(), wrong.as_slice()].concat();
        assert_eq!(owner.post(&path, &all).await.status, 303);
    }
    assert_eq!(house.count(&ours, "schedule.holidays_imported", "done").await, 1);
}

async fn hours_of_door_group_and_link_bind_taps_and_pages(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    // Saturday 2027-06-05, 12:00 in Berlin.
    go(&house, 1_812_189_600_000);
    let things = house.things_like(&ours, |link| link.valid_until = "2027-06-20T12:00".into()).await;
    let office = house.schedule(&ours, &["mon-fri=08:00-18:00"]).await;
    let mut browser = house.browser();
    assert_eq!(tap(&house, &ours, &things, &mut browser).await.0, "open", "nothing binds yet");

    give_door_hours(&house, &ours, &things, &office).await;
    let page = browser.visit(&things.secret).await;
    assert!(page.body.contains("Opens Monday 08:00") && !page.body.contains("<button"), "{}", page.body);
    let german = browser.get(&format!("/visit/{}?lang=de", things.link)).await;
    assert!(german.body.contains("Öffnet Montag 08:00"), "{}", german.body);
    browser.get(&format!("/visit/{}?lang=en", things.link)).await;
    let (state, reason, text) = tap(&house, &ours, &things, &mut browser).await;
    assert_eq!((state.as_str(), reason.as_str(), text.as_str()), ("denied", "outside_schedule", "Opens Monday 08:00."));
    let mut owner = house.signed_in(&ours).await;
    let path = format!("/doors/{}", things.door);
    owner.submit(&path, &format!("{path}/unlock"), &[]).await;
    assert!(owner.get(&path).await.body.contains("stays shut"), "hours bind admins too");
    let link = owner.get(&format!("/links/{}", things.link)).await;
    assert!(link.body.contains("Opens Monday 08:00") && link.body.contains("outside the hours"), "{}", link.body);

    // A group that is open on Saturdays, at a door without hours of its own; the link names the group alone.
    give_door_hours(&house, &ours, &things, "").await;
    let actor = house.owner(&ours);
    let group = house.group(&ours, &[&things.door]).await;
    let saturdays = house.schedule(&ours, &["sat=10:00-14:00"]).await;
    let edit = |groups: Vec<String>, doors: Vec<String>, open: &[&str]| LinkInput {
        name: "Ada".into(),
        groups,
        doors,
        days: week(open),
        valid_until: "2027-06-20T12:00".into(),
        zone: "Europe/Berlin".into(),
        ..Default::default()
    };
    link::edit(&house.app, &actor, &things.link, 1, &edit(vec![group.clone()], vec![], &[])).await.unwrap();
    let hours = |schedule: &str| GroupInput {
        name: "Weekend".into(),
        doors: vec![things.door.clone()],
        schedule_id: schedule.to_owned(),
        ..Default::default()
    };
    group::update(&house.app, &actor, &group, 1, &hours(&office)).await.unwrap();
    assert_eq!(tap(&house, &ours, &things, &mut browser).await.1, "outside_schedule");
    group::update(&house.app, &actor, &group, 2, &hours(&saturdays)).await.unwrap();
    assert_eq!(tap(&house, &ours, &things, &mut browser).await.0, "open");
    assert!(owner.get(&format!("/groups/{group}")).await.body.contains("10:00 to 14:00"));

    // Hours of the link's own, on whatever way.
    let both = edit(vec![group.clone()], vec![things.door.clone()], &["sat=20:00-22:00", "sun=09:00-10:00"]);
    link::edit(&house.app, &actor, &things.link, 2, &both).await.unwrap();
    let (_, reason, text) = tap(&house, &ours, &things, &mut browser).await;
    assert_eq!((reason.as_str(), text.as_str()), ("outside_schedule", "Opens today 20:00."));
    let page = owner.get(&format!("/links/{}", things.link)).await;
    assert!(page.body.contains("Sat 20:00–22:00") && page.body.contains("Hours of this link"), "{}", page.body);
    let form = owner.get(&format!("/links/{}/edit", things.link)).await;
    assert!(form.body.contains("value=\"20:00\""), "{}", form.body);
    // Hours that come only after the link's end are promised to nobody, and whoever types them is asked again.
    let late = LinkInput { valid_until: "2027-06-12T19:00".into(), ..both.clone() };
    assert!(link::hours_warning(&late, house.app.clock.now(), Some(house.app.clock.now() + 60 * MINUTE)).is_some());
    assert!(
        link::hours_warning(&both, house.app.clock.now(), Some(house.app.clock.now() + 72 * 60 * MINUTE)).is_none()
    );
    let ends = house.app.clock.now() + 60 * MINUTE;
    house.sql(&format!("UPDATE links SET valid_until = {ends} WHERE id = '{}'", things.link)).unwrap();
    let page = browser.get(&format!("/visit/{}", things.link)).await;
    assert!(!page.body.contains("Opens today") && page.body.contains("does not open for you"), "{}", page.body);
    let page = owner.get(&format!("/links/{}", things.link)).await;
    assert!(page.body.contains("Its hours do not open it before the link ends"), "{}", page.body);
    let asked =
        owner.get(&format!("/doors/{}/could-it-open?link={}&at=2027-06-12T18:00", things.door, things.link)).await;
    assert!(!asked.body.contains("open it next"), "{}", asked.body);
    let after =
        owner.get(&format!("/doors/{}/could-it-open?link={}&at=2027-12-01T18:00", things.door, things.link)).await;
    assert!(after.body.contains("The link has ended") && !after.body.contains("Its hours"), "{}", after.body);
    let later = ends + 30 * 24 * 60 * MINUTE;
    house.sql(&format!("UPDATE links SET valid_until = {later} WHERE id = '{}'", things.link)).unwrap();
    go(&house, house.app.clock.now() + 9 * 60 * MINUTE);
    assert_eq!(tap(&house, &ours, &things, &mut browser).await.0, "open");
    // A removed schedule never widens what it bound.
    assert!(schedule::remove(&house.app, &actor, &saturdays).await.is_err());
    assert!(place::remove(&house.app, &actor, &things.place).await.is_err());
    audit::verify(&house.app).await.expect("an intact log");
}

async fn an_hour_that_does_not_exist_opens_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    go(&house, SPRING - 60 * MINUTE);
    let things = house.things_like(&ours, |link| link.valid_until = "2027-04-10T12:00".into()).await;
    let gap = house.schedule(&ours, &["sun=02:15-02:45", "sun=04:00-04:30"]).await;
    give_door_hours(&house, &ours, &things, &gap).await;
    let mut browser = house.browser();
    // 01:50 and 03:05 by the clock.
    for at in [50, 65] {
        go(&house, SPRING + at * MINUTE);
        let (_, reason, text) = tap(&house, &ours, &things, &mut browser).await;
        assert_eq!((reason.as_str(), text.as_str()), ("outside_schedule", "Opens today 04:00."), "{at}");
    }
    let over = house.schedule(&ours, &["sun=02:30-03:30"]).await;
    give_door_hours(&house, &ours, &things, &over).await;
    for (at, state, text) in [
        (50, "denied", "Opens today 03:00."),
        (65, "open", ""),
        (89, "open", ""),
        (91, "denied", "Opens Sun 4 Apr, 02:30."),
    ] {
        go(&house, SPRING + at * MINUTE);
        let said = tap(&house, &ours, &things, &mut browser).await;
        assert_eq!((said.0.as_str(), said.2.as_str()), (state, text), "{at}");
    }
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/doors/{}", things.door)).await;
    assert!(page.body.contains("clocks go forward, 02:00 to 03:00 does not exist"), "{}", page.body);
    assert!(page.body.contains("03:00 to 03:30") && !page.body.contains("02:30 to 03:30"), "{}", page.body);
}

async fn an_hour_that_comes_twice_opens_twice(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    go(&house, AUTUMN - 60 * MINUTE);
    let things = house.things_like(&ours, |link| link.valid_until = "2027-11-10T12:00".into()).await;
    let hours = house.schedule(&ours, &["sun=02:00-02:30"]).await;
    give_door_hours(&house, &ours, &things, &hours).await;
    let mut browser = house.browser();
    for (at, state, text) in [
        (-10, "denied", "Opens today 02:00."),
        (10, "open", ""),
        (40, "denied", "Opens today 02:00."),
        (70, "open", ""),
        (100, "denied", "Opens Sun 7 Nov, 02:00."),
    ] {
        go(&house, AUTUMN + at * MINUTE);
        let said = tap(&house, &ours, &things, &mut browser).await;
        assert_eq!((said.0.as_str(), said.2.as_str()), (state, text), "{at}");
    }
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/doors/{}", things.door)).await;
    assert!(page.body.contains("clocks go back, 02:00 to 03:00 comes twice"), "{}", page.body);
    let typed = ScheduleInput { name: "Other".into(), days: week(&["mon=08:00-09:00"]) };
    schedule::update(&house.app, &house.owner(&ours), &hours, 1, &typed).await.unwrap();
}

/// Zones with a date near which their clocks are changed: by an hour, by half an hour, at midnight, and not at all.
const CHANGES: [(&str, &str); 14] = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Africa/Casablanca", "2025-02-23"),
    ("Africa/Casablanca", "2025-04-06"),
    ("America/Santiago", "2026-04-05"),
    ("America/Santiago", "2026-09-06"),
    ("Asia/Beirut", "2025-03-30"),
    ("America/St_Johns", "2026-11-01"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kathmandu", "2026-06-01"),
];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u16) -> u16 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((self.0 >> 33) % u64::from(bound)).unwrap()
    }

    fn span(&mut self) -> Span {
        // Many of them near the changes, which are made at night.
        let from = if self.below(2) == 0 { self.below(48) * 5 } else { self.below(288) * 5 };
        let until = if self.below(2) == 0 { self.below(60) * 5 } else { self.below(289) * 5 };
        Span::between(from, until).unwrap()
    }

    fn schedule(&mut self, day: i32) -> Schedule {
        let count = self.below(8);
        let mut schedule = Schedule::default();
        for _ in 0..count {
            let weekday = u8::try_from(self.below(7)).unwrap();
            schedule.weekly.push(Window { weekday, span: self.span() });
        }
        for _ in 0..self.below(3) {
            let spans = (0..self.below(3)).map(|_| self.span()).collect();
            schedule.exceptions.insert(day - 2 + i32::from(self.below(5)), spans);
        }
        schedule
    }
}

/// Whether a schedule is open, thought of another way: every window as a stretch of wall time from its own day on.
fn open(schedule: &Schedule, date: chrono::NaiveDate, minute: i64) -> bool {
    (0..2).any(|back| {
        let begun = date - chrono::TimeDelta::days(back);
        let day = begun.signed_duration_since(chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap()).num_days();
        let spans = match schedule.exceptions.get(&i32::try_from(day).unwrap()) {
            Some(spans) => spans.clone(),
            None => {
                let weekday = u8::try_from(begun.weekday().num_days_from_monday()).unwrap();
                schedule.weekly.iter().filter(|window| window.weekday == weekday).map(|window| window.span).collect()
            }
        };
        let since = minute + back * 1_440;
        spans.iter().any(|span| i64::from(span.from) <= since && since < i64::from(span.until))
    })
}

#[test]
fn generated_schedules_agree_with_an_independent_time_zone_library() {
    let mut random = Random(2_026);
    let (mut opened, mut shut, mut found) = (0, 0, 0);
    for (zone, date) in CHANGES {
        let tz: chrono_tz::Tz = zone.parse().unwrap();
        let day = when::parse_day(date).unwrap();
        let start = (i64::from(day) - 2) * 1_440;
        // What the wall shows, minute by minute for six days, as the other library has it.
        let walls: Vec<(chrono::NaiveDate, i64)> = (start..start + 6 * 1_440)
            .map(|minute| {
                let local = DateTime::from_timestamp_millis(minute * MINUTE).unwrap().with_timezone(&tz);
                (local.date_naive(), i64::from(local.hour()) * 60 + i64::from(local.minute()))
            })
            .collect();
        for _ in 0..60 {
            let schedule = random.schedule(day);
            let real: Vec<bool> = walls.iter().map(|(date, minute)| open(&schedule, *date, *minute)).collect();
            for (index, expected) in real.iter().enumerate().step_by(5) {
                let at = (start + i64::try_from(index).unwrap()) * MINUTE + i64::from(random.below(60_000));
                let wall = when::wall(at, zone);
                assert_eq!(schedule.open_at(wall), *expected, "{zone} {date} {wall:?} {schedule:?}");
                let drawn =
                    schedule.hours(wall.day).iter().any(|span| span.from <= wall.minute && wall.minute < span.until);
                assert_eq!(drawn, *expected, "drawn: {zone} {date} {wall:?} {schedule:?}");
                if *expected { opened += 1 } else { shut += 1 }
            }
            for _ in 0..12 {
                let index = usize::from(random.below(4 * 1_440));
                let at = (start + i64::try_from(index).unwrap()) * MINUTE;
                let expected = real[index..].iter().take(1_440 + 1).position(|open| *open);
                let next = when::next(at, zone, 1, |wall: Wall| together::next_open(&[vec![&schedule]], wall, 2));
                let next = next.map(|next| usize::try_from((next - at) / MINUTE).unwrap());
                assert_eq!(next, expected, "next in {zone} from minute {index} of {date}: {schedule:?}");
                found += usize::from(next.is_some_and(|next| next > 0));
            }
        }
    }
    assert!(opened > 10_000 && shut > 10_000 && found > 500, "{opened} {shut} {found}");
}
