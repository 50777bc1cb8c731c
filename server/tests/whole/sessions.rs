//! Sessions: how they begin, how they end, and what is kept of them.

use crate::browser::Browser;
use crate::house::{House, PASSWORD};

crate::on_both!(
    they_end_by_idleness_and_after_twelve_hours,
    being_seen_is_written_once_a_minute,
    signing_in_gives_a_new_id_and_signing_out_ends_it,
    a_changed_password_ends_the_others,
    the_list_ends_them,
    the_database_holds_no_session_id,
    a_change_that_was_made_is_answered_so,
    what_is_over_goes_in_steps,
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

async fn being_seen_is_written_once_a_minute(database: &str) {
    use diesel::prelude::*;
    use server::store::schema::sessions;
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut browser = house.signed_in(&ours).await;
    let seen = async || {
        let latest = sessions::table.select(diesel::dsl::max(sessions::last_seen_at));
        let read = house.app.db.read(move |c| Ok(latest.first::<Option<i64>>(c)?));
        read.await.unwrap().expect("a session")
    };
    let first = seen().await;
    house.app.clock.shift(MINUTE / 2);
    assert!(is_in(&mut browser).await && seen().await == first, "half a minute later nothing is written");
    house.app.clock.shift(MINUTE / 2 + 1_000);
    assert!(is_in(&mut browser).await);
    let second = seen().await;
    assert!(second >= first + MINUTE, "{first}, then {second}");
    assert!(is_in(&mut browser).await && seen().await == second);
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

async fn a_change_that_was_made_is_answered_so(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut browser = house.signed_in(&ours).await;
    let postgres = house.url().starts_with("postgres");
    // Nothing that the next page should say can be kept.
    let sql = if postgres {
        "ALTER TABLE sessions ADD CONSTRAINT no_words CHECK (data NOT LIKE '%\"flash\"%')"
    } else {
        "CREATE TRIGGER no_words BEFORE UPDATE OF data ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END"
    };
    house.sql(sql).unwrap();
    let page = browser.submit("/account", &format!("/links/{}/pause", things.link), &[]).await;
    assert_eq!(page.status, 303, "it is paused, and nobody is told otherwise: {}", page.body);
    assert_eq!(house.count(&ours, "link.paused", "done").await, 1);
    let page = browser.get(page.location()).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Paused") || page.body.contains("paused"));
    // Nobody is signed in by a session that could not be stored.
    let sql = if postgres {
        "ALTER TABLE sessions ADD CONSTRAINT no_more CHECK (created_at < 0) NOT VALID"
    } else {
        "CREATE TRIGGER no_more BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END"
    };
    house.sql(sql).unwrap();
    let mut other = house.browser();
    let page = other.sign_in(&ours.email, PASSWORD).await;
    assert!(page.status >= 500, "{}", page.status);
    assert!(!is_in(&mut other).await);
}

async fn what_is_over_goes_in_steps(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    for _ in 0..3 {
        house.signed_in(&ours).await;
    }
    let step = |most| house.app.db.write(move |tx| server::store::session::sweep(tx, 60 * MINUTE, most));
    assert_eq!(step(2).await.unwrap(), 0, "they are in use");
    house.app.clock.shift(61 * MINUTE);
    let mut browser = house.signed_in(&ours).await;
    let mut gone = Vec::new();
    while gone.last() != Some(&0) {
        gone.push(step(2).await.unwrap());
    }
    assert!(gone.iter().all(|gone| *gone <= 2) && gone.iter().sum::<i64>() >= 3, "{gone:?}");
    assert!(is_in(&mut browser).await);
}
