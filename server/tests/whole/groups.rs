//! Groups: made, changed and removed over the real router, and what links open through them.

use crate::browser::Browser;
use crate::house::{House, Organization};
use server::service::actor::Actor;
use server::service::door::{self, DoorInput};
use server::service::group::{self, GroupInput};
use server::service::link::{self, LinkInput};
use server::service::{audit, place};

crate::on_both!(
    a_group_is_made_changed_and_removed,
    what_is_called_the_same_is_made_and_said,
    what_is_wrong_is_said_at_once_and_nothing_is_lost,
    a_link_opens_its_groups_doors_and_those_that_come_later,
    a_removed_group_opens_nothing_any_more,
    a_door_is_shown_once_however_often_it_is_named,
    nobody_uses_what_belongs_to_others,
);

async fn what_is_called_the_same_is_made_and_said(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    let told = "Another one is called the same";
    let place = [("name", "Annex"), ("time_zone", "Europe/Berlin")];
    let door =
        [("name", "Side door"), ("place_id", things.place.as_str()), ("unlock_seconds", "5"), ("list_hours", "36")];
    for (path, fields) in [
        ("/places/new", &place[..]),
        ("/doors/new", &door[..]),
        ("/groups/new", &[("name", "Visitors")][..]),
        ("/schedules/new", &[("name", "Nights")][..]),
    ] {
        for again in [false, true] {
            let made = owner.submit(path, path, fields).await;
            assert_eq!(made.status, 303, "{path}: {}", made.body);
            let to = made.location().to_owned();
            assert_eq!(owner.get(&to).await.body.contains(told), again, "{path}");
        }
    }
}

async fn second_door(house: &House, ours: &Organization, place: &str, name: &str) -> String {
    let typed = DoorInput {
        place_id: place.into(),
        name: name.into(),
        unlock_seconds: "5".into(),
        accepts_digital: true,
        ..Default::default()
    };
    door::create(&house.app, &Actor::operator(&ours.id), &typed).await.unwrap()
}

/// A link to these groups and doors, in its visitor's browser: id, browser, token.
async fn visitor(house: &House, ours: &Organization, groups: &[&str], doors: &[&str]) -> (String, Browser, String) {
    let typed = LinkInput {
        name: "Ada Keller".into(),
        doors: doors.iter().map(|id| (*id).to_owned()).collect(),
        groups: groups.iter().map(|id| (*id).to_owned()).collect(),
        zone: "Europe/Berlin".into(),
        ..Default::default()
    };
    let link = link::create(&house.app, &house.owner(ours), &typed).await.unwrap();
    let secret = house.secret(ours, &link).await;
    let mut browser = house.browser();
    let token = browser.visit(&secret).await.token();
    (link, browser, token)
}

async fn a_group_is_made_changed_and_removed(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let second = second_door(&house, &ours, &things.place, "Workshop").await;
    let mut owner = house.signed_in(&ours).await;
    let empty = owner.get("/groups").await;
    assert!(empty.body.contains("No groups yet") && empty.body.contains("/groups/new"));
    let fields =
        [("name", "Visitors"), ("description", "Who comes for a day"), ("door", &things.door), ("reader", "on")];
    let made = owner.submit("/groups/new", "/groups/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.body);
    let at = made.location().to_owned();
    let page = owner.get(&at).await;
    for text in [
        "The group Visitors is made.",
        "Quetzal Gate",
        "Who comes for a day",
        "Only at the reader",
        "Does not apply to access links and QR codes",
        "0 access links",
    ] {
        assert!(page.body.contains(text), "{text} in {}", page.body);
    }
    assert!(owner.get(&format!("/doors/{}", things.door)).await.body.contains(&format!("href=\"{at}\"")));

    let edit = owner.get(&format!("{at}/edit")).await;
    let version = edit.attribute("name=\"version\" value=\"").unwrap();
    let fields = [("version", version.as_str()), ("name", "Guests"), ("door", &things.door), ("door", &second)];
    assert_eq!(owner.submit(&format!("{at}/edit"), &format!("{at}/edit"), &fields).await.location(), at);
    let page = owner.get(&at).await;
    assert!(
        page.body.contains("Guests") && page.body.contains("Workshop") && !page.body.contains("Only at the reader")
    );
    let stale = owner.submit(&format!("{at}/edit"), &format!("{at}/edit"), &fields).await;
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert!(stale.body.contains("Somebody changed this") && stale.body.contains("value=\"Guests\""));

    visitor(&house, &ours, &[at.rsplit('/').next().unwrap()], &[]).await;
    let sure = owner.get(&format!("{at}/remove")).await;
    assert!(
        sure.body.contains("One access link uses it and loses this way to Quetzal Gate and Workshop"),
        "{}",
        sure.body
    );
    let version = sure.attribute("name=\"version\" value=\"").unwrap();
    let old = owner.submit(&format!("{at}/remove"), &format!("{at}/remove"), &[("version", "1")]).await;
    assert_eq!(old.location(), format!("{at}/remove"), "a page that named something else");
    let gone = owner.submit(&format!("{at}/remove"), &format!("{at}/remove"), &[("version", &version)]).await;
    assert_eq!(gone.location(), "/groups");
    assert_eq!(owner.get(&at).await.status, 404);
    let log = owner.get("/events").await;
    for text in ["made the group Guests", "changed Guests", "removed Guests"] {
        assert!(log.body.contains(text), "{text} in {}", log.body);
    }
    audit::verify(&house.app).await.expect("an intact log");
}

async fn what_is_wrong_is_said_at_once_and_nothing_is_lost(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    let long = "x".repeat(201);
    let fields = [("name", " "), ("description", long.as_str()), ("door", &things.door), ("geofence", "on")];
    let page = owner.submit("/groups/new", "/groups/new", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("Please fill this in.") && page.body.contains("201 characters long"), "{}", page.body);
    assert!(page.body.contains(&long), "what was typed stays");
    assert_eq!(page.body.matches(" checked").count(), 2, "{}", page.body);
    let fields = [("name", "Visitors"), ("door", &things.place)];
    let page = owner.submit("/groups/new", "/groups/new", &fields).await;
    assert!(page.status == 422 && page.body.contains("One of these doors is not there any more"));
    let fields = [("name", "Visitors"), ("schedule_id", "schedule_nothing")];
    let page = owner.submit("/groups/new", "/groups/new", &fields).await;
    assert_eq!(page.status, 422, "{}", page.body);
    let page = owner.submit("/links/new", "/links/new", &[("name", "Ada")]).await;
    assert!(page.status == 422 && page.body.contains("Choose at least one door or group."), "{}", page.body);
    assert_eq!(house.count(&ours, "group.created", "done").await, 0);
}

async fn a_link_opens_its_groups_doors_and_those_that_come_later(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let group = house.group(&ours, &[&things.door]).await;
    let (link, mut browser, token) = visitor(&house, &ours, &[&group], &[]).await;
    assert_eq!(browser.tap(&link, &things.door, &token, "request-number-one").await.json()["state"], "open");
    let later = second_door(&house, &ours, &things.place, "Workshop").await;
    assert_eq!(browser.tap(&link, &later, &token, "request-number-two").await.status, 404);
    let typed =
        GroupInput { name: "Both".into(), doors: vec![things.door.clone(), later.clone()], ..Default::default() };
    group::update(&house.app, &house.owner(&ours), &group, 1, &typed).await.unwrap();
    assert!(browser.get(&format!("/visit/{link}")).await.body.contains("Workshop"));
    assert_eq!(browser.tap(&link, &later, &token, "request-number-three").await.json()["state"], "open");

    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/links/{link}")).await;
    assert!(page.body.contains("Workshop") && page.body.contains(&format!("href=\"/groups/{group}\"")));
    let edit = owner.get(&format!("/links/{link}/edit")).await;
    let tags = edit.body.split("<input").filter_map(|rest| rest.split('>').next());
    let ticked = tags.filter(|tag| tag.contains(" checked") && (tag.contains("\"door\"") || tag.contains("\"group\"")));
    assert_eq!(ticked.count(), 1, "the group alone is ticked: {}", edit.body);
    let door = owner.get(&format!("/doors/{later}")).await;
    assert!(door.body.contains("1 link"), "{}", door.body);
    let listed = owner.get(&format!("/links?door={later}")).await;
    assert!(listed.body.contains("Ada Keller") && listed.body.contains("Workshop"), "{}", listed.body);
    let sure = owner.get(&format!("/doors/{later}/remove")).await;
    assert!(sure.body.contains("One link that still works opens it"), "{}", sure.body);
}

async fn a_removed_group_opens_nothing_any_more(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let group = house.group(&ours, &[&things.door]).await;
    let (link, browser, token) = visitor(&house, &ours, &[&group], &[]).await;
    // Taps that are under way while the group goes: each is granted or refused by what was true at its turn.
    let mut taps = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (mut browser, link, door, token) = (browser.clone(), link.clone(), things.door.clone(), token.clone());
        taps.spawn(async move { browser.tap(&link, &door, &token, &format!("request-{number:012}")).await.status });
    }
    group::remove(&house.app, &house.owner(&ours), &group, None).await.unwrap();
    for status in taps.join_all().await {
        assert!(status == 200 || status == 404, "{status}");
    }
    let events = house.events(&ours).await;
    let removed = events.iter().position(|row| row.action == "group.removed").unwrap();
    let late = events.iter().skip(removed).filter(|row| row.action == "door.unlock");
    assert!(
        late.clone().all(|row| row.reason.as_deref() == Some("door_not_granted")),
        "{:?}",
        late.collect::<Vec<_>>()
    );
    let mut browser = browser;
    let page = browser.get(&format!("/visit/{link}")).await;
    assert!(page.body.contains("There is no door on this link now."), "{}", page.body);
    assert_eq!(browser.tap(&link, &things.door, &token, "request-at-the-end").await.status, 404);
    audit::verify(&house.app).await.expect("an intact log");
}

async fn a_door_is_shown_once_however_often_it_is_named(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (one, two) = (house.group(&ours, &[&things.door]).await, house.group(&ours, &[&things.door]).await);
    let (link, mut browser, token) = visitor(&house, &ours, &[&one, &two], &[&things.door]).await;
    let page = browser.get(&format!("/visit/{link}")).await;
    assert_eq!(
        page.body.matches("Unlock Quetzal Gate").count(),
        2,
        "a button and its way without script: {}",
        page.body
    );
    let mut owner = house.signed_in(&ours).await;
    let list = owner.get("/links?q=Ada").await;
    let table = list.body.split("<tbody>").nth(1).expect("a table");
    assert_eq!(table.matches("Quetzal Gate").count(), 1, "{}", list.body);
    assert!(owner.get(&format!("/doors/{}", things.door)).await.body.contains("2 links"), "this and the first one");
    // One way is gone, the others stay.
    group::remove(&house.app, &house.owner(&ours), &one, None).await.unwrap();
    assert_eq!(browser.tap(&link, &things.door, &token, "request-number-one").await.json()["state"], "open");
    door::remove(&house.app, &house.owner(&ours), &things.door).await.unwrap();
    assert!(owner.get(&format!("/groups/{two}")).await.body.contains("No doors in it"));
}

async fn nobody_uses_what_belongs_to_others(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (mine, foreign) = (house.things(&ours).await, house.things(&theirs).await);
    let group = house.group(&theirs, &[&foreign.door]).await;
    let actor = house.owner(&ours);
    let typed = LinkInput {
        name: "Ada".into(),
        doors: vec![mine.door.clone()],
        groups: vec![group.clone()],
        zone: "UTC".into(),
        ..Default::default()
    };
    assert!(link::create(&house.app, &actor, &typed).await.is_err());
    let typed = GroupInput { name: "Mixed".into(), doors: vec![foreign.door.clone()], ..Default::default() };
    assert!(group::create(&house.app, &actor, &typed).await.is_err());
    assert!(group::update(&house.app, &actor, &group, 1, &typed).await.is_err());
    assert!(group::remove(&house.app, &actor, &group, None).await.is_err());
    assert!(place::remove(&house.app, &actor, &foreign.place).await.is_err());
    let mut owner = house.signed_in(&ours).await;
    for page in ["/groups", "/links/new", "/groups/new"] {
        assert!(!owner.get(page).await.body.contains("Marmot"), "{page}");
    }
}
