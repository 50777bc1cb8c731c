//! The event log as admins search it.

use crate::browser::Browser;
use crate::house::{House, Organization, Things};
use domain::role::Role;
use server::service::{door, link};

crate::on_both!(
    each_filter_shows_what_fits_and_nothing_else,
    a_search_understands_names_deeds_and_reasons_together,
    what_nobody_is_called_shows_nothing_and_says_so,
    pages_follow_each_other_without_a_gap_or_a_double,
    an_events_page_leads_to_everything_it_names,
    a_stream_brings_what_fits_and_ends_with_its_admin,
    of_another_organization_nothing_is_found,
    an_export_arrives_whole_however_it_is_packed,
);

/// A house with two visitors at two doors: one got in, one was refused since her link is paused.
struct Scene {
    house: House,
    ours: Organization,
    ada: Things,
    bo: Things,
    owner: Browser,
}

async fn scene(database: &str) -> Scene {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let ada = house.things_like(&ours, |typed| typed.name = "Ada Keller".into()).await;
    let bo = house.things_like(&ours, |typed| typed.name = "Bo Lindgren".into()).await;
    let actor = house.owner(&ours);
    let named = |name: &str, place: &str| door::DoorInput {
        name: name.into(),
        place_id: place.into(),
        unlock_seconds: "5".into(),
        accepts_digital: true,
        ..Default::default()
    };
    door::update(&house.app, &actor, &ada.door, 1, &named("North gate", &ada.place)).await.unwrap();
    door::update(&house.app, &actor, &bo.door, 1, &named("South gate", &bo.place)).await.unwrap();
    for (things, request) in [(&ada, "request-of-ada-0"), (&bo, "request-of-bo-00")] {
        let mut phone = house.browser();
        let token = phone.visit(&things.secret).await.token();
        if request.contains("bo") {
            link::pause(&house.app, &actor, &things.link).await.unwrap();
        }
        phone.tap(&things.link, &things.door, &token, request).await;
    }
    house.events(&ours).await;
    let owner = house.signed_in(&ours).await;
    Scene { house, ours, ada, bo, owner }
}

/// The ids of the events that a page lists.
fn listed(body: &str) -> Vec<String> {
    let main = body.split("<main").nth(1).unwrap();
    main.split("href=\"/events/event_")
        .skip(1)
        .map(|rest| format!("event_{}", rest.split('"').next().unwrap()))
        .collect()
}

impl Scene {
    async fn list(&mut self, query: &str) -> Vec<String> {
        let page = self.owner.get(&format!("/events?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        listed(&page.body)
    }

    /// What the log itself says fits, latest first.
    async fn fitting(&self, fits: impl Fn(&server::store::event::EventRow) -> bool) -> Vec<String> {
        let mut rows = self.house.events(&self.ours).await;
        rows.sort_by_key(|row| std::cmp::Reverse((row.occurred_at, row.sequence)));
        rows.into_iter().filter(|row| fits(row)).map(|row| row.id).collect()
    }
}

async fn each_filter_shows_what_fits_and_nothing_else(database: &str) {
    let mut scene = scene(database).await;
    let (ada, bo) = (scene.ada.clone(), scene.bo.clone());
    let admin = scene.ours.admin.clone();
    for (query, some, fits) in [
        (
            format!("door={}", ada.door),
            true,
            Box::new({
                let door = ada.door.clone();
                move |row: &server::store::event::EventRow| row.door_id.as_ref() == Some(&door)
            }) as Box<dyn Fn(&server::store::event::EventRow) -> bool>,
        ),
        (
            format!("link={}", bo.link),
            true,
            Box::new({
                let link = bo.link.clone();
                move |row| row.link_id.as_ref() == Some(&link)
            }),
        ),
        ("action=link.created".into(), true, Box::new(|row| row.action == "link.created")),
        ("action=door.unlock".into(), true, Box::new(|row| row.action == "door.unlock")),
        ("action=door.removed".into(), false, Box::new(|_| false)),
        ("outcome=denied".into(), true, Box::new(|row| row.outcome == "denied")),
        ("reason=paused".into(), true, Box::new(|row| row.reason.as_deref() == Some("paused"))),
        ("reason=expired".into(), false, Box::new(|_| false)),
        (
            "person=ada+kel".into(),
            true,
            Box::new({
                let link = ada.link.clone();
                move |row| row.link_id.as_ref() == Some(&link)
            }),
        ),
        ("person=quetzal+owner".into(), true, Box::new(move |row| row.actor == admin)),
        ("person=operator".into(), true, Box::new(|row| row.actor == "operator")),
        (format!("door={}&outcome=denied", bo.door), true, Box::new(|row| row.outcome == "denied")),
        (format!("door={}&reason=paused&action=door.unlock", bo.door), true, Box::new(|row| row.outcome == "denied")),
        (format!("door={}&reason=paused", ada.door), false, Box::new(|_| false)),
        ("since=2000-01-01&until=2199-01-01".into(), true, Box::new(|_| true)),
        ("since=2199-01-01".into(), false, Box::new(|_| true)),
        ("until=2000-01-01".into(), false, Box::new(|_| true)),
    ] {
        let expected = if some { scene.fitting(&fits).await } else { Vec::new() };
        assert_eq!(expected.is_empty(), !some, "{query} tests something");
        assert_eq!(scene.list(&query).await, expected, "{query}");
    }
}

async fn a_search_understands_names_deeds_and_reasons_together(database: &str) {
    let mut scene = scene(database).await;
    let (ada, bo) = (scene.ada.clone(), scene.bo.clone());
    let of = |link: String| move |row: &server::store::event::EventRow| row.link_id.as_ref() == Some(&link);
    let all = scene.fitting(of(ada.link.clone())).await;
    assert_eq!(scene.list("q=Ada").await, all);
    assert_eq!(scene.list("q=south+paused").await, scene.fitting(|row| row.outcome == "denied").await);
    assert_eq!(scene.list("q=bo+refused+at+the+south").await, scene.fitting(|row| row.outcome == "denied").await);
    let at_north = scene.fitting(|row| row.door_id.as_ref() == Some(&ada.door)).await;
    assert_eq!(scene.list("q=north").await, at_north);
    assert!(scene.list("q=ada+bo").await.is_empty(), "no event is about both");
    assert!(scene.list(&format!("q=ada&link={}", bo.link)).await.is_empty());
}

async fn what_nobody_is_called_shows_nothing_and_says_so(database: &str) {
    let mut scene = scene(database).await;
    for (query, says) in [
        ("q=xyzzy", "Nothing here is called “xyzzy”"),
        ("q=ada+xyzzy", "Nothing here is called “xyzzy”"),
        ("person=Nobody", "No visitor and no admin is called “Nobody”"),
        ("door=door_01h455vb4pex5vsknk084sn02q", "There is no such door."),
        ("link=link_01h455vb4pex5vsknk084sn02q", "There is no such link."),
        ("outcome=maybe", "There is no outcome “maybe”."),
        ("since=yesterday", "This is not a moment"),
        ("since=2026-11-26T10:00&until=2026-11-26T09:00", "The end lies before the beginning"),
    ] {
        let page = scene.owner.get(&format!("/events?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert!(page.body.contains(says), "{query}: {}", page.body);
        assert!(listed(&page.body).is_empty(), "{query} shows something");
    }
    let page = scene.owner.get("/events?since=yesterday&q=ada").await;
    assert!(page.body.contains("value=\"yesterday\"") && page.body.contains("value=\"ada\""), "what was typed is kept");
}

async fn pages_follow_each_other_without_a_gap_or_a_double(database: &str) {
    let mut scene = scene(database).await;
    let actor = scene.house.owner(&scene.ours);
    for _ in 0..40 {
        link::pause(&scene.house.app, &actor, &scene.ada.link).await.unwrap();
        link::resume(&scene.house.app, &actor, &scene.ada.link).await.unwrap();
    }
    let link = scene.ada.link.clone();
    for (query, fits) in [
        (String::new(), Box::new(|_: &server::store::event::EventRow| true) as Box<dyn Fn(&_) -> bool>),
        (format!("link={link}&outcome=done"), {
            let link = link.clone();
            Box::new(move |row: &server::store::event::EventRow| {
                row.link_id.as_ref() == Some(&link) && row.outcome == "done"
            })
        }),
    ] {
        let mut seen = Vec::new();
        let mut at = format!("/events?{query}");
        for _ in 0..10 {
            let page = scene.owner.get(&at).await;
            seen.extend(listed(&page.body));
            let Some(next) = page.body.split("class=\"next\"").nth(1).and_then(|rest| rest.split("href=\"").nth(1))
            else {
                break;
            };
            at = next.split('"').next().unwrap().replace("&amp;", "&");
        }
        let mut expected = scene.fitting(fits).await;
        // Asking for pages is no event, so the log stands still meanwhile.
        expected.truncate(seen.len().max(expected.len()));
        assert_eq!(seen, expected, "{query}");
        assert!(seen.len() > 50, "more than one page");
    }
}

async fn an_events_page_leads_to_everything_it_names(database: &str) {
    let mut scene = scene(database).await;
    let rows = scene.house.events(&scene.ours).await;
    let tap = rows.iter().find(|row| row.action == "door.unlock" && row.outcome == "granted").unwrap();
    let page = scene.owner.get(&format!("/events/{}", tap.id)).await;
    for part in [
        format!("href=\"/doors/{}\"", scene.ada.door),
        format!("href=\"/links/{}\"", scene.ada.link),
        format!("href=\"/places/{}\"", scene.ada.place),
        "The link had not ended".to_owned(),
        "Matches".to_owned(),
        tap.hash.clone(),
        "Before and after".to_owned(),
        "203.0.113.0/24".to_owned(),
    ] {
        assert!(page.body.contains(&part), "{part}");
    }
    let made = rows.iter().find(|row| row.action == "link.created").unwrap();
    let page = scene.owner.get(&format!("/events/{}", made.id)).await;
    assert!(page.body.contains(&format!("href=\"/doors/{}\"", scene.ada.door)), "the doors of its detail too");
    scene.house.unguarded(&format!("UPDATE events SET outcome = 'failed' WHERE id = '{}'", made.id));
    let page = scene.owner.get(&format!("/events/{}", made.id)).await;
    assert!(page.body.contains("Does not match"), "a changed event shows itself");
    let actor = scene.house.owner(&scene.ours);
    door::remove(&scene.house.app, &actor, &scene.ada.door).await.unwrap();
    let page = scene.owner.get(&format!("/events/{}", tap.id)).await;
    assert!(!page.body.contains(&format!("href=\"/doors/{}\"", scene.ada.door)), "a page that is gone is not led to");
    assert!(page.body.contains("North gate"), "but named");
}

async fn a_stream_brings_what_fits_and_ends_with_its_admin(database: &str) {
    let scene = scene(database).await;
    let mut observer = scene.house.colleague(&scene.ours, Role::Observer).await;
    let mut stream = observer.stream(&format!("/events/stream?log=1&link={}", scene.ada.link)).await;
    let actor = scene.house.owner(&scene.ours);
    link::pause(&scene.house.app, &actor, &scene.ada.link).await.unwrap();
    link::resume(&scene.house.app, &actor, &scene.bo.link).await.unwrap();
    link::resume(&scene.house.app, &actor, &scene.ada.link).await.unwrap();
    let mut came = String::new();
    while !came.contains("resumed the link of Ada Keller") {
        came += &stream.next().await.expect("the stream goes on");
    }
    assert!(came.contains("paused the link of Ada Keller") && !came.contains("Bo Lindgren"), "{came}");
    scene
        .house
        .sql(&format!(
            "UPDATE admins SET removed_at = 1 WHERE organization_id = '{}' AND role = 'observer'",
            scene.ours.id
        ))
        .unwrap();
    link::pause(&scene.house.app, &actor, &scene.ada.link).await.unwrap();
    while let Some(part) = stream.next().await {
        assert!(!part.contains("paused"), "nothing more for a removed admin: {part}");
    }
}

async fn an_export_arrives_whole_however_it_is_packed(database: &str) {
    let mut scene = scene(database).await;
    for path in ["/events/export.jsonl", "/events/export.csv", "/links/export.csv"] {
        for packing in ["identity", "gzip", "br"] {
            let packed = [("accept-encoding", packing)];
            let page = scene.owner.ask(axum::http::Method::GET, path, &packed, String::new()).await;
            assert_eq!(page.status, 200, "{path} as {packing}");
        }
    }
}

async fn of_another_organization_nothing_is_found(database: &str) {
    let scene = scene(database).await;
    let theirs = scene.house.organization("Marmot").await;
    let mut stranger = scene.house.signed_in(&theirs).await;
    for query in [
        format!("link={}", scene.ada.link),
        format!("door={}", scene.ada.door),
        format!("person={}", scene.ada.link),
        format!("person={}", scene.ours.admin),
        "person=ada".into(),
        "q=north".into(),
        "reason=paused".into(),
    ] {
        let page = stranger.get(&format!("/events?{query}")).await;
        assert!(listed(&page.body).is_empty() && !page.body.contains("Keller"), "{query}: {}", page.body);
    }
}

/// Every action that the sources name is one that the filter offers.
#[test]
fn every_action_can_be_chosen() {
    let kinds = [
        "admin",
        "factor",
        "recovery_codes",
        "door",
        "events",
        "group",
        "invitation",
        "link",
        "message",
        "organization",
        "passkey",
        "place",
        "schedule",
        "session",
        "settings",
    ];
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let (mut seen, mut missing) = (0, std::collections::BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            for kind in kinds {
                for (at, _) in text.match_indices(&format!("\"{kind}.")) {
                    let action = text[at + 1..].split('"').next().unwrap();
                    if word(&action[kind.len() + 1..]) && !action.ends_with(".css") && !action.ends_with(".js") {
                        seen += 1;
                        if app::page::admin::said::action(action).is_none() {
                            missing.insert(action.to_owned());
                        }
                    }
                }
            }
        }
    }
    assert!(seen > 30, "the sources are where they are looked for");
    assert!(missing.is_empty(), "said::ACTIONS lacks {missing:?}");
}
