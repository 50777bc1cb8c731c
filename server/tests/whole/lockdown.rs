//! The lockdown of a place: nothing opens, everybody reads it, and only who may lifts it.

use crate::house::House;
use domain::role::Role;
use server::service::actor::Actor;
use server::service::{audit, place_lockdown};

crate::on_both!(
    a_place_that_is_locked_down_opens_for_nobody,
    a_reason_is_asked_and_a_second_lockdown_refused,
    only_who_may_lifts_it,
    no_door_leaves_a_place_that_is_locked_down,
    an_error_stands_within_the_dashboard_like_any_other_page,
);

async fn a_place_that_is_locked_down_opens_for_nobody(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (things, elsewhere) = (house.things(&ours).await, house.things(&theirs).await);
    let mut owner = house.signed_in(&ours).await;
    let mut visitor = house.browser();
    let token = visitor.visit(&things.secret).await.token();
    let path = format!("/places/{}", things.place);
    let ask = owner.get(&format!("{path}/lockdown")).await;
    assert!(ask.body.contains("Quetzal Gate opens for nobody until the lockdown is lifted"), "{}", ask.body);
    let fields = [("reason", "Fire <drill>"), ("lift_role", "owner")];
    let done = owner.submit(&format!("{path}/lockdown"), &format!("{path}/lockdown"), &fields).await;
    assert_eq!(done.location(), path, "{}", done.body);
    let page = owner.get(&path).await;
    assert!(
        page.body.contains(&format!("/doors/{}/still-in", things.door)),
        "who a terminal still lets in: {}",
        page.body
    );

    for page in ["/", "/doors", "/links", "/events", "/account", &format!("/doors/{}", things.door), "/schedules/new"] {
        let body = owner.get(page).await.body;
        for text in [
            "Lockdown of Quetzal Court",
            "Fire &lt;drill&gt;",
            "by Quetzal Owner",
            "Lift the lockdown of Quetzal Court",
        ] {
            assert!(body.contains(text), "{text} on {page}: {body}");
        }
    }
    let mut other = house.signed_in(&theirs).await;
    assert!(!other.get("/").await.body.contains("Lockdown of"), "a lockdown is one organization's");

    let said = visitor.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(
        (said["state"].as_str(), said["title"].as_str()),
        (Some("denied"), Some("Locked for everyone")),
        "{said}"
    );
    let page = visitor.get(&format!("/visit/{}", things.link)).await;
    assert!(page.body.contains("The doors are locked for everyone") && !page.body.contains("drill"), "{}", page.body);
    let door = format!("/doors/{}", things.door);
    owner.submit(&door, &format!("{door}/unlock"), &[]).await;
    let page = owner.get(&door).await;
    assert!(
        page.body.contains("stays shut. The place was locked down.") && page.body.contains("Locked down"),
        "{}",
        page.body
    );
    let events = house.events(&ours).await;
    let unlocks: Vec<_> = events.iter().filter(|row| row.action == "door.unlock").collect();
    assert_eq!(unlocks.len(), 2);
    assert!(unlocks.iter().all(|row| row.reason.as_deref() == Some("place_lockdown")));
    let mut neighbour = house.browser();
    let free = neighbour.visit(&elsewhere.secret).await.token();
    let said = neighbour.tap(&elsewhere.link, &elsewhere.door, &free, "request-number-one").await.json();
    assert_eq!(said["state"], "open");

    let lifted = owner.submit("/account", &format!("{path}/lift"), &[]).await;
    assert_eq!(lifted.location(), path);
    let page = owner.get(&path).await;
    assert!(
        page.body.contains("is lifted. Doors without a lockdown of their own open again.")
            && !page.body.contains("Lockdown of"),
        "{}",
        page.body
    );
    let said = visitor.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!(said["state"], "open");
    let log = owner.get("/events").await;
    assert!(
        log.body.contains("locked down Quetzal Court") && log.body.contains("lifted the lockdown of Quetzal Court")
    );
    audit::verify(&house.app).await.expect("an intact log");
}

async fn a_reason_is_asked_and_a_second_lockdown_refused(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    let path = format!("/places/{}/lockdown", things.place);
    let page = owner.submit(&path, &path, &[("reason", " "), ("lift_role", "observer")]).await;
    assert_eq!(page.status, 422);
    assert!(
        page.body.contains("Please fill this in.") && page.body.contains("Please choose who may lift it."),
        "{}",
        page.body
    );
    let fields = [("reason", "Water"), ("lift_role", "access_manager")];
    for _ in 0..2 {
        assert_eq!(owner.submit(&path, &path, &fields).await.status, 303);
    }
    assert!(owner.get("/places").await.body.contains("is locked down already"));
    assert_eq!(house.count(&ours, "place.locked_down", "done").await, 1);
    let lift = format!("/places/{}/lift", things.place);
    for _ in 0..2 {
        owner.submit("/account", &lift, &[]).await;
    }
    assert!(owner.get("/places").await.body.contains("is not locked down"));
    assert_eq!(house.count(&ours, "place.lockdown_lifted", "done").await, 1);
}

async fn only_who_may_lifts_it(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut manager = house.colleague(&ours, Role::AccessManager).await;
    let mut observer = house.colleague(&ours, Role::Observer).await;
    let path = format!("/places/{}", things.place);
    assert!(!observer.get(&path).await.body.contains("Lock this place down"));
    let fields = [("reason", "Burglary"), ("lift_role", "administrator")];
    manager.submit(&format!("{path}/lockdown"), &format!("{path}/lockdown"), &fields).await;
    let page = manager.get(&path).await;
    assert!(
        page.body.contains("Lockdown of Quetzal Court") && !page.body.contains("Lift the lockdown"),
        "{}",
        page.body
    );
    assert!(page.body.contains("administrators and owners"), "{}", page.body);
    manager.submit("/account", &format!("{path}/lift"), &[]).await;
    let page = manager.get(&path).await;
    assert!(page.body.contains("Only an administrator or owner may lift this lockdown."), "{}", page.body);
    assert_eq!(house.count(&ours, "place.lockdown_lifted", "done").await, 0);
    assert_eq!(observer.submit("/account", &format!("{path}/lift"), &[]).await.status, 403);
    let mut administrator = house.colleague(&ours, Role::Administrator).await;
    administrator.submit("/account", &format!("{path}/lift"), &[]).await;
    assert_eq!(house.count(&ours, "place.lockdown_lifted", "done").await, 1);

    let actor = Actor { role: Role::AccessManager, ..house.owner(&ours) };
    place_lockdown::lock_down(&house.app, &actor, &things.place, "Again", "owner").await.unwrap();
    assert!(place_lockdown::lift(&house.app, &actor, &things.place).await.is_err());
    place_lockdown::lift(&house.app, &house.owner(&ours), &things.place).await.unwrap();
}

async fn no_door_leaves_a_place_that_is_locked_down(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (things, elsewhere) = (house.things(&ours).await, house.things(&ours).await);
    let mut visitor = house.browser();
    let token = visitor.visit(&things.secret).await.token();
    place_lockdown::lock_down(&house.app, &house.owner(&ours), &things.place, "Burglary", "owner").await.unwrap();

    let mut administrator = house.colleague(&ours, Role::Administrator).await;
    let edit = format!("/doors/{}/edit", things.door);
    let version = administrator.get(&edit).await.attribute("name=\"version\" value=\"").unwrap();
    let form = |name: &'static str, place: &str| {
        let fields = [("name", name), ("unlock_seconds", "5"), ("accepts_digital", "on"), ("version", &version)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        fields.into_iter().chain(std::iter::once(("place_id".to_owned(), place.to_owned()))).collect::<Vec<_>>()
    };
    let moved = form("Gate", &elsewhere.place);
    let fields: Vec<(&str, &str)> = moved.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for browser in [&mut administrator, &mut house.signed_in(&ours).await] {
        let page = browser.submit(&edit, &edit, &fields).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(page.body.contains("Quetzal Court is locked down. Lift its lockdown before"), "{}", page.body);
    }
    let said = visitor.tap(&things.link, &things.door, &token, "request-number-one").await.json();
    assert_eq!(said["title"], "Locked for everyone", "{said}");
    // What does not move may be changed, and opens for nobody all the same.
    let stays = form("Gate by the river", &things.place);
    let fields: Vec<(&str, &str)> = stays.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(administrator.submit(&edit, &edit, &fields).await.status, 303);
    let said = visitor.tap(&things.link, &things.door, &token, "request-number-two").await.json();
    assert_eq!(said["title"], "Locked for everyone", "{said}");
    // Whoever may, lifts it, and then the door moves.
    place_lockdown::lift(&house.app, &house.owner(&ours), &things.place).await.unwrap();
    let version = administrator.get(&edit).await.attribute("name=\"version\" value=\"").unwrap();
    let fields: Vec<(&str, &str)> = moved
        .iter()
        .map(|(name, value)| (name.as_str(), if name == "version" { version.as_str() } else { value.as_str() }))
        .collect();
    assert_eq!(administrator.submit(&edit, &edit, &fields).await.status, 303);
    let said = visitor.tap(&things.link, &things.door, &token, "request-number-three").await.json();
    assert_eq!(said["state"], "open", "{said}");
}

async fn an_error_stands_within_the_dashboard_like_any_other_page(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let things = house.things(&ours).await;
    place_lockdown::lock_down(&house.app, &house.owner(&ours), &things.place, "Fire drill", "owner").await.unwrap();
    let (mut owner, mut observer) = (house.signed_in(&ours).await, house.colleague(&ours, Role::Observer).await);
    let within = |body: &str| (body.contains("<nav"), body.contains("Lockdown of Quetzal Court"));

    for (path, section) in
        [("/links/link_nothing", "/links"), ("/doors/door_nothing/edit", "/doors"), ("/no/such/page", "/")]
    {
        let page = owner.get(path).await;
        assert_eq!((page.status, within(&page.body)), (404, (true, true)), "{path}: {}", page.body);
        assert!(page.body.contains("Nothing here") && page.body.contains("Fire drill"), "{path}: {}", page.body);
        assert!(page.body.contains(&format!("href=\"{section}\" aria-current=\"page\"")), "{path}: {}", page.body);
    }
    let page = observer.get("/links/new").await;
    assert_eq!((page.status, within(&page.body)), (403, (true, true)), "{}", page.body);
    assert!(page.body.contains("Not allowed") && page.body.contains("Observer"), "{}", page.body);
    let stale = owner.post("/account/name", &[("name", "Nobody"), ("csrf", "of another session")]).await;
    assert_eq!((stale.status, within(&stale.body)), (403, (true, true)), "{}", stale.body);
    assert!(stale.body.contains("Send it again?") && stale.body.contains("value=\"Nobody\""), "{}", stale.body);
    let stale = owner.post("/account/sessions/end-others", &[("csrf", "of another session")]).await;
    assert_eq!((stale.status, within(&stale.body)), (403, (true, true)), "{}", stale.body);
    assert!(stale.body.contains("Not done") && !stale.body.contains("Not allowed"), "{}", stale.body);

    let page = house.signed_in(&theirs).await.get("/no/such/page").await;
    assert_eq!((page.status, within(&page.body)), (404, (true, false)), "a lockdown is one organization's");
    let page = house.browser().get("/no/such/page").await;
    assert_eq!((page.status, within(&page.body)), (404, (false, false)), "nobody is signed in: {}", page.body);
    let mut left = observer.clone();
    observer.submit("/account", "/sign-out", &[]).await;
    let page = left.get("/no/such/page").await;
    assert_eq!((page.status, within(&page.body)), (404, (false, false)), "signed out: {}", page.body);

    // What cannot be read leaves the error as it is.
    house.sql("ALTER TABLE places RENAME TO elsewhere").unwrap();
    let page = owner.get("/no/such/page").await;
    assert_eq!((page.status, within(&page.body)), (404, (false, false)), "{}", page.body);
    assert!(page.body.contains("Nothing here"), "{}", page.body);
    house.sql("ALTER TABLE elsewhere RENAME TO places").unwrap();

    // The banner's form is good there, too.
    let lifted = owner.submit("/no/such/page", &format!("/places/{}/lift", things.place), &[]).await;
    assert_eq!(lifted.location(), format!("/places/{}", things.place), "{}", lifted.body);
    let page = owner.get("/no/such/page").await;
    assert_eq!((page.status, within(&page.body)), (404, (true, false)), "{}", page.body);
    assert!(!page.body.contains("is lifted"), "what was done is said by the page that was meant to: {}", page.body);
    assert!(owner.get("/links").await.body.contains("is lifted"));
}
