//! Who gets in, who is slowed down, and what an answer tells.

use crate::house::{House, PASSWORD};

crate::on_both!(
    an_unknown_address_looks_like_a_wrong_password,
    ten_failures_slow_an_account_down_but_not_its_known_device,
    tries_side_by_side_meet_the_limit_too,
    one_client_cannot_try_many_accounts,
    other_sites_cannot_sign_anyone_in,
    only_this_server_is_gone_on_to,
);

async fn an_unknown_address_looks_like_a_wrong_password(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut browser = house.browser();
    let mut said = Vec::new();
    let mut took = [Vec::new(), Vec::new()];
    for round in 0..6 {
        for (which, email) in [ours.email.as_str(), "nobody@quetzal.example"].into_iter().enumerate() {
            browser.address = [203, 0, 113, round];
            let token = browser.get("/sign-in").await.token();
            let begun = std::time::Instant::now();
            let page = browser
                .post("/sign-in", &[("csrf", &token), ("email", email), ("password", "not the right one at all")])
                .await;
            took[which].push(begun.elapsed());
            assert_eq!(page.status, 422);
            said.push(page.body.replace(email, "…").replace(&token, "").split("nonce").next().unwrap().to_owned());
        }
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:#?}");
    // The quickest of each: whatever else this machine does only adds to the others.
    let [wrong, unknown] = took.map(|times| times.into_iter().min().unwrap_or_default().as_secs_f64());
    assert!((0.4..2.5).contains(&(unknown / wrong)), "unknown {unknown} s, wrong {wrong} s");
}

async fn ten_failures_slow_an_account_down_but_not_its_known_device(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut known = house.signed_in(&ours).await;
    let token = known.get("/account").await.token();
    known.post("/sign-out", &[("csrf", &token)]).await;

    for attempt in 0..10_u8 {
        let mut thief = house.browser();
        thief.address = [198, 51, 100, attempt];
        assert_eq!(thief.sign_in(&ours.email, "not the right one at all").await.status, 422);
    }
    let mut stranger = house.browser();
    stranger.address = [192, 0, 2, 1];
    let page = stranger.sign_in(&ours.email, PASSWORD).await;
    assert_eq!(page.status, 429, "even the right password waits on an unknown device");
    let wait: i64 = page.headers.get("retry-after").unwrap().to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait));
    assert_eq!(stranger.sign_in("nobody@quetzal.example", PASSWORD).await.status, 422, "others are not held up");

    assert_eq!(known.sign_in(&ours.email, PASSWORD).await.status, 303, "the owner's own device is let in");
    let token = known.get("/account").await.token();
    known.post("/sign-out", &[("csrf", &token)]).await;
    for _ in 0..10 {
        assert_eq!(known.sign_in(&ours.email, "not the right one at all").await.status, 422);
    }
    assert_eq!(known.sign_in(&ours.email, PASSWORD).await.status, 429, "but it cannot guess for ever either");

    house.app.clock.shift(901_000);
    assert_eq!(stranger.sign_in(&ours.email, PASSWORD).await.status, 303);
}

async fn tries_side_by_side_meet_the_limit_too(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut tries = tokio::task::JoinSet::new();
    for attempt in 0..16_u8 {
        let mut thief = house.browser();
        thief.address = [198, 51, 100, attempt];
        let email = ours.email.clone();
        tries.spawn(async move { thief.sign_in(&email, "not the right one at all").await.status });
    }
    let mut statuses = tries.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![422; 10], vec![429; 6]].concat());
}

async fn one_client_cannot_try_many_accounts(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut thief = house.browser();
    for attempt in 0..10 {
        let email = format!("someone{attempt}@quetzal.example");
        assert_eq!(thief.sign_in(&email, "not the right one at all").await.status, 422);
        if attempt == 5 {
            // An account of one's own does not wipe the count.
            let own = house.organization("Marmot").await;
            assert_eq!(thief.clone().sign_in(&own.email, PASSWORD).await.status, 303);
        }
    }
    assert_eq!(thief.sign_in(&ours.email, PASSWORD).await.status, 429);
    thief.address = [192, 0, 2, 200];
    assert_eq!(thief.sign_in(&ours.email, PASSWORD).await.status, 303);
}

async fn other_sites_cannot_sign_anyone_in(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut browser = house.browser();
    let token = browser.get("/sign-in").await.token();
    let fields = [("csrf", token.as_str()), ("email", ours.email.as_str()), ("password", PASSWORD)];
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![],
    ] {
        assert_eq!(browser.post_as("/sign-in", &fields, &headers).await.status, 403, "{headers:?}");
    }
    let stranger = house.browser();
    assert_eq!(stranger.clone().post("/sign-in", &fields).await.status, 403, "a token of another browser");
    let page = browser.post_as("/sign-in", &fields, &[("origin", "http://127.0.0.1:3000")]).await;
    assert_eq!(page.status, 303, "an old browser that names its origin only");
}

async fn only_this_server_is_gone_on_to(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    for (next, to) in [
        ("/links?state=active", "/links?state=active"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\r\nset-cookie: x=y", "/"),
        ("javascript:alert(1)", "/"),
    ] {
        let mut browser = house.browser();
        let fields = [("email", ours.email.as_str()), ("password", PASSWORD), ("next", next)];
        let page = browser.submit("/sign-in", "/sign-in", &fields).await;
        assert_eq!((page.status, page.location()), (303, to), "{next:?}");
    }
}
