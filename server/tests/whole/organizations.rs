//! A second organization on the same server sees and touches nothing of the first, not even by a form's hidden ids.

use crate::house::House;

crate::on_both!(forms_cannot_name_what_belongs_to_others, lists_and_searches_show_only_ones_own);

async fn forms_cannot_name_what_belongs_to_others(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (mine, foreign) = (house.things(&theirs).await, house.things(&ours).await);
    let mut stranger = house.signed_in(&theirs).await;

    let fields = [("name", "Eve"), ("door", foreign.door.as_str()), ("zone", "Europe/Berlin")];
    let page = stranger.submit("/links/new", "/links/new", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("One of these doors is not there any more."), "{}", page.body);
    assert!(page.body.contains("value=\"Eve\""), "what was typed stays");

    let fields = [("name", "Back door"), ("place_id", foreign.place.as_str()), ("unlock_seconds", "5")];
    let page = stranger.submit("/doors/new", "/doors/new", &fields).await;
    assert_eq!(page.status, 422, "{}", page.body);

    let edit = format!("/links/{}/edit", mine.link);
    let fields = [("version", "1"), ("name", "Eve"), ("door", foreign.door.as_str()), ("valid_until", "")];
    assert_eq!(stranger.submit(&edit, &edit, &fields).await.status, 422);

    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 0);
}

async fn lists_and_searches_show_only_ones_own(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let foreign = house.things(&ours).await;
    house.things(&theirs).await;
    let mut stranger = house.signed_in(&theirs).await;
    for path in [
        "/",
        "/links?q=Quetzal",
        "/links?state=active",
        "/doors",
        "/places",
        "/events",
        "/simulator",
        "/deliveries",
        "/account",
        "/settings",
        "/settings/delivery",
    ] {
        let page = stranger.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!tells(&page.body), "{path}: {}", page.body);
    }
    for filter in [format!("link={}", foreign.link), format!("door={}", foreign.door)] {
        let page = stranger.get(&format!("/events?{filter}")).await;
        assert!(!tells(&page.body), "{filter}: {}", page.body);
        let page = stranger.get(&format!("/links?{filter}")).await;
        assert!(!tells(&page.body), "{filter}: {}", page.body);
    }
}

/// Whether a page tells anything of the other organization; the search's own words stand in its box and its tabs.
fn tells(body: &str) -> bool {
    ["House", "Owner", "Court", "Gate", "Visitor"].iter().any(|what| body.contains(&format!("Quetzal {what}")))
}
