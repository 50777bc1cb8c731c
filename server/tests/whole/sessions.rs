//! Sessions: how they begin, how they end, and what is kept of them.

use crate::browser::Browser;
use crate::house::{House, PASSWORD};

crate::on_both!(
    they_end_by_idleness_and_after_twelve_hours,
    signing_in_gives_a_new_id_and_signing_out_ends_it,
    a_changed_password_ends_the_others,
    the_list_ends_them,
    the_database_holds_no_session_id,
);

const MINUTE: i64 = 60_000;

async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == 200
}

async fn they_end_by_idleness_and_after_twelve_hours(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut browser = house.signed_in(&ours).await;
    for _ in 0..13 {
        house.app.clock.shift(55 * MINUTE);
        assert!(is_in(&mut browser).await, "used within the hour");
    }
    house.app.clock.shift(6 * MINUTE);
    assert!(!is_in(&mut browser).await, "twelve hours are over, however busy they were");

    let mut browser = house.signed_in(&ours).await;
    house.app.clock.shift(61 * MINUTE);
    let page = browser.get("/links?state=active").await;
    assert_eq!(page.location(), "/sign-in?next=%2Flinks%3Fstate%3Dactive", "and the way back is kept");
}

async fn signing_in_gives_a_new_id_and_signing_out_ends_it(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut browser = house.browser();
    browser.cookies.insert("latchkey".into(), "AAAAAAAAAAAAAAAAAAAAAA".into());
    let page = browser.sign_in(&ours.email, PASSWORD).await;
    let cookie = page.headers.get_all("set-cookie").iter().find_map(|value| {
        let text = value.to_str().unwrap();
        text.starts_with("latchkey=").then(|| text.to_owned())
    });
    let cookie = cookie.expect("a session cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert_ne!(browser.cookies["latchkey"], "AAAAAAAAAAAAAAAAAAAAAA");

    let stolen = browser.clone();
    let token = browser.get("/account").await.token();
    assert_eq!(browser.post("/sign-out", &[("csrf", &token)]).await.location(), "/sign-in?out=1");
    assert!(!is_in(&mut browser).await);
    assert!(!is_in(&mut stolen.clone()).await, "a copy of the cookie is worth nothing now");
}

async fn a_changed_password_ends_the_others(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (mut one, mut two) = (house.signed_in(&ours).await, house.signed_in(&ours).await);
    let new = "another lighthouse, at dusk";
    let change = |current, new, again| [("current", current), ("password", new), ("password_again", again)];
    for (fields, sentence) in [
        (change("not the right one at all", new, new), "password"),
        (change(PASSWORD, "short", "short"), "15"),
        (change(PASSWORD, new, "another lighthouse, at dawn"), "differ"),
    ] {
        let page = one.submit("/account", "/account/password", &fields).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(page.body.contains(sentence), "{}", page.body);
    }
    assert!(is_in(&mut two).await);
    let page = one.submit("/account", "/account/password", &change(PASSWORD, new, new)).await;
    assert_eq!(page.status, 303, "{}", page.body);
    assert!(is_in(&mut one).await);
    assert!(!is_in(&mut two).await);
    let mut three = house.browser();
    assert_eq!(three.sign_in(&ours.email, PASSWORD).await.status, 422);
    assert_eq!(three.sign_in(&ours.email, new).await.status, 303);
}

async fn the_list_ends_them(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (mut one, mut two, mut three) =
        (house.signed_in(&ours).await, house.signed_in(&ours).await, house.signed_in(&ours).await);
    let page = one.get("/account").await;
    let ends: Vec<String> = page
        .body
        .match_indices("action=\"/account/sessions/")
        .filter_map(|(at, found)| {
            let rest = &page.body[at + "action=\"".len()..];
            let _ = found;
            rest.split('"').next().map(str::to_owned)
        })
        .filter(|path| !path.ends_with("end-others"))
        .collect();
    assert_eq!(ends.len(), 2, "the two others can be ended: {}", page.body);
    one.submit("/account", &ends[0], &[]).await;
    assert!(is_in(&mut two).await != is_in(&mut three).await, "one of them is out");
    one.submit("/account", "/account/sessions/end-others", &[]).await;
    assert!(!is_in(&mut two).await && !is_in(&mut three).await && is_in(&mut one).await);
}

async fn the_database_holds_no_session_id(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let browser = house.signed_in(&ours).await;
    let things = house.things(&ours).await;
    let rows = house.dump().await;
    assert!(rows.contains("Quetzal Visitor"), "the dump holds what is stored");
    for (name, secret) in
        browser.cookies.iter().map(|(name, value)| (name.as_str(), value)).chain([("link", &things.secret)])
    {
        assert!(!rows.contains(secret.as_str()), "{name} stands in the database");
    }
    assert!(!rows.contains(PASSWORD));
}
