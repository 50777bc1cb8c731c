//! Links at work: many at once, copies, people who have one already, addresses that are out for long.

use crate::browser::Page;
use crate::house::{House, Organization};
use crate::listing::{row, store_all};
use domain::role::Role;
use server::service::door::{self, DoorInput};
use server::service::link::{self, LinkInput};
use server::service::place::{self, PlaceInput};
use server::store::link::{self as store, LinkRow};

crate::on_both!(
    a_deed_on_ticked_links_is_asked_told_and_recorded_one_by_one,
    a_deed_on_all_that_match_leaves_out_what_is_made_meanwhile,
    a_copy_has_the_same_hours_from_today_on_and_an_address_of_its_own,
    an_end_that_is_left_out_is_the_doors_own,
    whoever_has_a_link_already_is_named_once,
    an_old_or_much_used_address_is_suggested_to_be_rotated,
    an_address_is_replaced_once_however_often_it_is_posted,
    an_end_that_is_left_alone_is_measured_from_an_earlier_beginning,
);

const DAY: i64 = 86_400_000;

async fn find(house: &House, organization: &Organization, id: &str) -> LinkRow {
    let (owner, id) = (organization.id.clone(), id.to_owned());
    house.app.db.read(move |c| store::find(c, &owner, &id)).await.expect("a link")
}

/// The path and query of the form on a page, as a browser would post it.
fn hidden(page: &Page) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let form = page.body.split("action=\"/links/act\"").nth(1).expect("a form").split("</form>").next().unwrap();
    for part in form.split("<input ").skip(1) {
        let tag = part.split('>').next().unwrap();
        let of =
            |name: &str| tag.split(&format!("{name}=\"")).nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        fields.push((of("name").unwrap(), of("value").unwrap_or_default()));
    }
    fields
}

async fn a_deed_on_ticked_links_is_asked_told_and_recorded_one_by_one(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (one, two, three) = (house.things(&ours).await, house.things(&ours).await, house.things(&ours).await);
    let foreign = house.things(&theirs).await;
    let mut owner = house.signed_in(&ours).await;
    owner.submit("/account", &format!("/links/{}/revoke", three.link), &[]).await;

    let page = owner.get("/links").await;
    for offered in ["The ticked links", "All on this page", "All that match", "Extend by days"] {
        assert!(page.body.contains(offered), "{offered}");
    }
    let mut observer = house.colleague(&ours, Role::Observer).await;
    let page = observer.get("/links").await;
    assert!(!page.body.contains("/links/act") && !page.body.contains("/links/new"), "{}", page.body);

    let nothing = owner.get("/links/act?do=pause&q=zo").await;
    assert_eq!((nothing.status, nothing.location()), (303, "/links?q=zo"));
    assert!(owner.get("/links?q=zo").await.body.contains("No link was chosen."));

    let ticked =
        format!("/links/act?do=pause&link={}&link={}&link={}&link={}", one.link, two.link, three.link, foreign.link);
    let page = owner.get(&ticked).await;
    for said in ["Pause 3 links?", "Quetzal Visitor", "One of them is", "Each link gets an event of its own"] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(!page.body.contains(&foreign.link) && !page.body.contains("Marmot"));
    assert_eq!(house.count(&ours, "link.paused", "done").await, 0, "asking does nothing");
    let fields = hidden(&page);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = owner.post("/links/act", &fields).await;
    assert_eq!((page.status, page.location()), (303, "/links"), "{}", page.body);
    let page = owner.get("/links").await;
    assert!(page.body.contains("2 links are paused. Left as it was: Quetzal Visitor."), "{}", page.body);
    assert_eq!(house.count(&ours, "link.paused", "done").await, 2);
    assert!(find(&house, &theirs, &foreign.link).await.paused_at.is_none());
    // Once more: now there is nothing that it can be done to.
    assert_eq!(owner.post("/links/act", &fields).await.status, 303);
    assert!(owner.get("/links").await.body.contains("Nothing was done."));

    let before = find(&house, &ours, &one.link).await.valid_until.unwrap();
    let extend = [("link", one.link.as_str()), ("do", "extend"), ("days", "0")];
    let page = owner.submit("/account", "/links/act", &extend).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("Please give a whole number from 1 to 365."), "{}", page.body);
    let extend = [("link", one.link.as_str()), ("do", "extend"), ("days", "2")];
    assert_eq!(owner.submit("/account", "/links/act", &extend).await.status, 303);
    let after = find(&house, &ours, &one.link).await.valid_until.unwrap();
    assert!((after - before - 2 * DAY).abs() <= 3_600_000, "two days later, by the clock on the wall");
    assert_eq!(house.count(&ours, "link.extended", "done").await, 1);
    let send = [("link", one.link.as_str()), ("do", "send")];
    assert_eq!(owner.submit("/account", "/links/act", &send).await.status, 303);
    assert!(owner.get("/links").await.body.contains("no e-mail address"), "it is said why");
    assert_eq!(observer.submit("/account", "/links/act", &send).await.status, 403);
}

async fn a_deed_on_all_that_match_leaves_out_what_is_made_meanwhile(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let door = house.things(&ours).await.door;
    let rows: Vec<LinkRow> = (0..130).map(|number| row(&house, &ours, number)).collect();
    store_all(&house, &rows, |_| Some(door.clone())).await;
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get("/links/act?scope=all&do=revoke&q=visitor&state=active").await;
    assert!(page.body.contains("Revoke 131 links?") && page.body.contains("and 125 more"), "{}", page.body);
    let late = house.things(&ours).await;
    let fields = hidden(&page);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = owner.post("/links/act", &fields).await;
    assert_eq!((page.status, page.location()), (303, "/links?q=visitor&state=active"));
    assert!(owner.get("/links").await.body.contains("131 links are revoked."));
    assert_eq!(house.count(&ours, "link.revoked", "done").await, 131);
    assert!(find(&house, &ours, &late.link).await.revoked_at.is_none(), "nobody had seen it");
}

async fn a_copy_has_the_same_hours_from_today_on_and_an_address_of_its_own(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let now = house.app.clock.now();
    let input = |at: i64| app::text::when::input(at, "Europe/Berlin");
    let things = house
        .things_like(&ours, |typed| {
            typed.email = "ada@keller.example".into();
            typed.external_id = "BK-2041".into();
            typed.note = "Needs the lift".into();
            typed.valid_from = input(now - 20 * DAY);
            typed.valid_until = input(now + 3 * DAY);
        })
        .await;
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/links/{}/duplicate", things.link)).await;
    assert_eq!(page.status, 200);
    for kept in ["ada@keller.example", "Needs the lift", "Filled in like the link of", "action=\"/links/new\""] {
        assert!(page.body.contains(kept), "{kept}");
    }
    assert!(!page.body.contains("BK-2041") && !page.body.contains(&things.secret));
    assert_eq!(page.attribute("name=\"valid_from\" type=\"datetime-local\" value=\""), Some(input(now)));
    let until = page.attribute("name=\"valid_until\" type=\"datetime-local\" value=\"").unwrap();
    let until = app::text::when::parse_input(&until, "Europe/Berlin").unwrap();
    assert!((until - now - 23 * DAY).abs() < 2 * 3_600_000);
    assert_eq!(house.count(&ours, "link.created", "done").await, 1, "looking makes nothing");
}

async fn an_end_that_is_left_out_is_the_doors_own(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let mut doors = Vec::new();
    for zone in ["Pacific/Auckland", "America/New_York"] {
        let typed = PlaceInput { name: zone.into(), time_zone: zone.into(), ..PlaceInput::default() };
        let place_id = place::create(&house.app, &actor, &typed).await.unwrap();
        let unlock_seconds = "5".into();
        let typed =
            DoorInput { place_id, name: zone.into(), unlock_seconds, accepts_digital: true, ..DoorInput::default() };
        doors.push(door::create(&house.app, &actor, &typed).await.unwrap());
    }
    let group = house.group(&ours, &[&doors[0]]).await;
    let tomorrow = |zone: &str| app::text::when::end_of_day(house.app.clock.now(), zone, 1);
    let (early, late) = (tomorrow("Pacific/Auckland"), tomorrow("America/New_York"));
    for (chosen, groups, end) in [
        (vec![doors[0].clone()], vec![], early),
        (vec![doors[1].clone()], vec![], late),
        // The day that is over last, whichever it is at this hour.
        (doors.clone(), vec![], early.max(late)),
        (vec![], vec![group], early),
    ] {
        let typed = LinkInput {
            name: "Ada".into(),
            doors: chosen,
            groups,
            zone: "Europe/Berlin".into(),
            ..LinkInput::default()
        };
        let id = link::create(&house.app, &actor, &typed).await.unwrap();
        assert_eq!(find(&house, &ours, &id).await.valid_until, Some(end));
    }
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get("/links/new").await;
    assert!(page.body.contains("where the doors are"), "{}", page.body);
    let fields = [("name", "Grace"), ("door", doors[0].as_str()), ("zone", "Europe/Berlin"), ("valid_until", "")];
    let page = owner.submit("/links/new", "/links/new", &fields).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let id = page.location().rsplit('/').next().unwrap().to_owned();
    assert_eq!(find(&house, &ours, &id).await.valid_until, Some(early));
}

async fn whoever_has_a_link_already_is_named_once(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house
        .things_like(&ours, |typed| {
            typed.email = "Ada@Keller.example".into();
            typed.phone = "+49 30 555 0117".into();
        })
        .await;
    let mut owner = house.signed_in(&ours).await;
    for (field, value) in [("email", "ada@keller.EXAMPLE"), ("phone", "+49 (30) 5550117")] {
        let fields = [("name", "Ada"), (field, value), ("door", things.door.as_str()), ("zone", "Europe/Berlin")];
        let page = owner.submit("/links/new", "/links/new", &fields).await;
        assert_eq!(page.status, 200, "{}", page.body);
        for said in ["has a link already", "Make it all the same", "Extend that one", "one link is safer than many"] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        assert!(page.body.contains(&format!("/links/{}?extend=1", things.link)));
        let mut fields = fields.to_vec();
        let warned = page.attribute("name=\"warned\" value=\"").unwrap();
        fields.push(("warned", &warned));
        // Nothing else is warned of, so this is enough.
        if field == "phone" {
            assert_eq!(owner.submit("/links/new", "/links/new", &fields).await.status, 303);
        }
    }
    let extend = owner.get(&format!("/links/{}?extend=1", things.link)).await;
    assert!(extend.body.contains("<details open"), "{}", extend.body);
    owner.submit("/account", &format!("/links/{}/revoke", things.link), &[]).await;
    let fields = [("name", "Ada"), ("email", "ada@keller.example"), ("door", things.door.as_str()), ("zone", "UTC")];
    assert_eq!(owner.submit("/links/new", "/links/new", &fields).await.status, 303, "it has ended, so nobody asks");
}

async fn an_old_or_much_used_address_is_suggested_to_be_rotated(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let input = |at: i64| app::text::when::input(at, "Europe/Berlin");
    let now = house.app.clock.now();
    let things = house.things_like(&ours, |typed| typed.valid_until = input(now + 29 * DAY)).await;
    let page = format!("/links/{}", things.link);
    let suggests = |body: &str| body.contains("Addresses get forwarded");
    assert!(!suggests(&house.signed_in(&ours).await.get(&page).await.body));

    house.sql(&format!("UPDATE links SET uses = 20 WHERE id = '{}'", things.link)).unwrap();
    let mut owner = house.signed_in(&ours).await;
    let body = owner.get(&page).await.body;
    assert!(suggests(&body) && body.contains("has opened doors 20 times"), "{body}");
    let mut observer = house.colleague(&ours, Role::Observer).await;
    assert!(!suggests(&observer.get(&page).await.body), "an observer can do nothing about it");
    let rotated = owner.submit("/account", &format!("{page}/rotate"), &[("secret_version", "1")]).await;
    assert_eq!(rotated.status, 303);
    assert!(!suggests(&owner.get(&page).await.body), "the new address was never used");

    house.app.clock.shift(15 * DAY);
    let body = house.signed_in(&ours).await.get(&page).await.body;
    assert!(suggests(&body) && body.contains("is 15 days old"), "{body}");
}

async fn an_address_is_replaced_once_however_often_it_is_posted(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (page, deed) = (format!("/links/{}", things.link), format!("/links/{}/rotate", things.link));
    let mut owner = house.signed_in(&ours).await;
    let opened = owner.get(&page).await;
    let (token, shown) = (opened.token(), opened.attribute("name=\"secret_version\" value=\"").unwrap());
    let fields = [("csrf", token.as_str()), ("secret_version", shown.as_str())];
    let mut also = owner.clone();
    let (one, two) = tokio::join!(owner.post(&deed, &fields), also.post(&deed, &fields));
    assert_eq!((one.location(), two.location()), (page.as_str(), page.as_str()));
    assert!(owner.get(&page).await.body.contains("has a new address"));
    assert_eq!(house.count(&ours, "link.rotated", "done").await, 1, "a double click makes one address");
    let secret = house.secret(&ours, &things.link).await;
    assert_ne!(secret, things.secret);
    // A page that was open all the time, in another admin's browser.
    let mut colleague = house.colleague(&ours, Role::AccessManager).await;
    let late = colleague.submit(&page, &deed, &[("secret_version", &shown)]).await;
    assert_eq!(late.location(), page);
    assert!(colleague.get(&page).await.body.contains("The old one opens nothing any more."));
    // What says no address, or one that is yet to come, replaces none.
    for wrong in ["", "0", "-1", "3", "x"] {
        assert_eq!(owner.post(&deed, &[("csrf", &token), ("secret_version", wrong)]).await.location(), page);
        assert!(owner.get(&page).await.body.contains("Somebody changed this"), "{wrong}");
    }
    assert_eq!(house.count(&ours, "link.rotated", "done").await, 1);
    assert_eq!(house.browser().visit(&secret).await.status, 200, "what was sent works");
    let second = owner.get(&page).await.attribute("name=\"secret_version\" value=\"").unwrap();
    owner.post(&deed, &[("csrf", &token), ("secret_version", &second)]).await;
    assert_eq!(house.count(&ours, "link.rotated", "done").await, 2, "pressed anew, it makes another");
    assert_eq!(house.browser().visit(&secret).await.status, 404);
}

async fn an_end_that_is_left_alone_is_measured_from_an_earlier_beginning(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.sql("UPDATE organizations SET max_validity_days = 30").unwrap();
    let now = house.app.clock.now();
    let input = |at: i64| app::text::when::input(at, "Europe/Berlin");
    let (from, until) = (input(now + 1_800 * DAY), input(now + 1_829 * DAY));
    let things =
        house.things_like(&ours, |typed| (typed.valid_from, typed.valid_until) = (from.clone(), until.clone())).await;
    let mut manager = house.colleague(&ours, Role::AccessManager).await;
    let edit = format!("/links/{}/edit", things.link);
    let changed = async |manager: &mut crate::browser::Browser, from: &str| {
        let page = manager.get(&edit).await;
        let version = page.attribute("name=\"version\" value=\"").unwrap();
        let fields = [
            ("name", "Ada"),
            ("door", things.door.as_str()),
            ("zone", "Europe/Berlin"),
            ("valid_from", from),
            ("valid_until", until.as_str()),
            ("version", version.as_str()),
        ];
        let page = manager.submit(&edit, &edit, &fields).await;
        if let Some(warned) = page.attribute("name=\"warned\" value=\"") {
            let fields: Vec<(&str, &str)> = fields.into_iter().chain([("warned", warned.as_str())]).collect();
            return manager.submit(&edit, &edit, &fields).await;
        }
        page
    };
    let page = changed(&mut manager, &input(now)).await;
    assert_eq!(page.status, 422, "five years, where 30 days are the most: {}", page.body);
    assert!(page.body.contains("good for 30 days at most"), "{}", page.body);
    assert_eq!(find(&house, &ours, &things.link).await.valid_from, now.div_euclid(60_000) * 60_000 + 1_800 * DAY);
    // Whatever else changes, and a later beginning, leaves the end as good as it was.
    for from in [&from, &input(now + 1_810 * DAY)] {
        let page = changed(&mut manager, from).await;
        assert_eq!(page.status, 303, "{}", page.body);
    }
    // A maximum that became shorter meanwhile takes nothing away from a link that runs.
    let running = house.things_like(&ours, |typed| typed.valid_until = input(now + 29 * DAY)).await;
    house.sql("UPDATE organizations SET max_validity_days = 7").unwrap();
    let edit = format!("/links/{}/edit", running.link);
    let version = manager.get(&edit).await.attribute("name=\"version\" value=\"").unwrap();
    let until = input(now + 29 * DAY);
    let begins = input(now - DAY);
    let fields = [
        ("name", "Bo"),
        ("door", running.door.as_str()),
        ("zone", "Europe/Berlin"),
        ("valid_from", begins.as_str()),
        ("valid_until", until.as_str()),
        ("version", version.as_str()),
    ];
    let page = manager.submit(&edit, &edit, &fields).await;
    let warned = page.attribute("name=\"warned\" value=\"").unwrap_or_default();
    let fields: Vec<(&str, &str)> = fields.into_iter().chain([("warned", warned.as_str())]).collect();
    let page = if page.status == 303 { page } else { manager.submit(&edit, &edit, &fields).await };
    assert_eq!(page.status, 303, "{}", page.body);
}
