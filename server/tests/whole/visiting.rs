//! What a visitor's addresses show, and that looking never opens, counts or binds anything.

use crate::house::{House, Things};
use axum::http::Method;
use server::driver::simulator::Mode;
use server::service::{door, link};

crate::on_both!(
    each_state_has_its_page,
    unknown_addresses_all_look_the_same,
    looking_changes_nothing,
    a_forged_cookie_opens_nothing,
    two_links_live_in_one_browser,
    guesses_are_slowed_down,
    the_page_speaks_the_links_language_or_the_browsers,
    a_page_says_who_and_where_and_until_when,
    a_language_is_chosen_on_every_page,
    an_error_speaks_to_visitors_in_their_words,
);

async fn each_state_has_its_page(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let actor = house.owner(&ours);
    let mut browser = house.browser();

    let early = house.things_like(&ours, |link| link.valid_from = "2031-01-01T10:00".into()).await;
    let page = browser.visit(&early.secret).await;
    assert!(page.body.contains("A little early") && !page.body.contains("Unlock Quetzal Gate"), "{}", page.body);
    let things = house.things(&ours).await;
    let page = browser.visit(&things.secret).await;
    assert!(page.body.contains("Unlock Quetzal Gate"), "{}", page.body);
    let again = format!("/visit/{}", things.link);

    link::pause(&house.app, &actor, &things.link).await.unwrap();
    assert!(browser.get(&again).await.body.contains("This link is paused"));
    link::resume(&house.app, &actor, &things.link).await.unwrap();
    door::lock_down(&house.app, &actor, &things.door, "fire drill").await.unwrap();
    let page = browser.get(&again).await;
    assert!(page.body.contains("The doors are locked for everyone"));
    assert!(!page.body.contains("fire drill"), "the reason is for admins");
    door::lift(&house.app, &actor, &things.door).await.unwrap();
    door::simulate(&house.app, &actor, &things.door, Mode::Offline).await.unwrap();
    assert!(browser.get(&again).await.body.contains("off line right now"));
    door::simulate(&house.app, &actor, &things.door, Mode::Ready).await.unwrap();

    let once = house.things_like(&ours, |link| link.max_uses = "1".into()).await;
    let token = browser.visit(&once.secret).await.token();
    assert_eq!(browser.tap(&once.link, &once.door, &token, "0123456789abcdef").await.json()["state"], "open");
    assert!(browser.get(&format!("/visit/{}", once.link)).await.body.contains("All openings are used"));

    house.app.clock.shift(3 * 86_400_000);
    let page = browser.get(&again).await;
    assert!(page.body.contains("This link has ended") && page.body.contains("It was good until"), "{}", page.body);
    link::revoke(&house.app, &actor, &things.link).await.unwrap();
    assert!(browser.get(&again).await.body.contains("This link was withdrawn"));
}

async fn unknown_addresses_all_look_the_same(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let old = things.secret.clone();
    link::rotate(&house.app, &house.owner(&ours), &things.link).await.unwrap();
    let mut shorter = old.clone();
    shorter.pop();
    let mut pages = Vec::new();
    for secret in [
        old.as_str(),
        shorter.as_str(),
        "x",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        &things.link,
        "%00",
        "..%2f..%2fetc",
        "%ff",
        "",
        "x/y",
        "%ff/y",
    ] {
        let page = house.browser().get(&format!("/l/{secret}")).await;
        assert_eq!(page.status, 404, "{secret}: {}", page.body);
        assert!(!page.headers.contains_key("set-cookie"));
        pages.push(page.body);
    }
    // Who holds some link is told no more of another.
    let holder = house.things(&ours).await;
    let mut browser = house.browser();
    browser.visit(&holder.secret).await;
    for rest in ["%ff", "%00", "", "x", &things.link, "x/y/z", "x/doors/%ff"] {
        let page = browser.get(&format!("/visit/{rest}")).await;
        assert_eq!(page.status, 404, "{rest}: {}", page.body);
        pages.push(page.body);
    }
    assert!(pages.windows(2).all(|pair| pair[0] == pair[1]), "{pages:#?}");
}

async fn looking_changes_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |link| link.max_uses = "1".into()).await;
    let mut browser = house.browser();
    browser.visit(&things.secret).await;
    // The first opening of the page itself is noted, once.
    let before = house.events(&ours).await.len();
    let base = format!("/visit/{}", things.link);
    let unlock = format!("{base}/doors/{}/unlock", things.door);
    let ask = format!("{base}/doors/{}", things.door);
    for path in [&format!("/l/{}", things.secret), &base, &ask, &unlock, &format!("{base}/calendar.ics")] {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let page = browser.ask(method.clone(), path, &[], String::new()).await;
            assert!(page.status < 500, "{method} {path}: {}", page.status);
        }
        for (name, value) in [
            ("sec-purpose", "prefetch"),
            ("purpose", "prefetch"),
            ("x-moz", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
        ] {
            let page = browser.ask(Method::GET, path, &[(name, value)], String::new()).await;
            assert!([403, 404].contains(&page.status), "{path} ahead of time: {}", page.status);
        }
    }
    // A mail scanner that follows the link without keeping cookies.
    assert_eq!(house.browser().get(&base).await.status, 400);
    assert_eq!(house.events(&ours).await.len(), before);
    let token = browser.get(&base).await.token();
    assert_eq!(browser.tap(&things.link, &things.door, &token, "0123456789abcdef").await.json()["state"], "open");
}

async fn a_forged_cookie_opens_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (mine, foreign) = (house.things(&ours).await, house.things(&ours).await);
    let mut browser = house.browser();
    let token = browser.visit(&mine.secret).await.token();
    let real = browser.cookies["latchkey-visit"].clone();
    let before = house.events(&ours).await.len();
    let other = real.replace(&mine.link, &foreign.link);
    for forged in [other.as_str(), &other[44..], &foreign.link, &format!("{real}.{}-1", foreign.link), ""] {
        let mut thief = browser.clone();
        thief.cookies.insert("latchkey-visit".into(), forged.to_owned());
        assert!([400, 404].contains(&thief.get(&format!("/visit/{}", foreign.link)).await.status), "{forged}");
        let page = thief.tap(&foreign.link, &foreign.door, &token, "0123456789abcdef").await;
        assert!([400, 404].contains(&page.status), "{forged}: {}", page.body);
    }
    let page = browser.tap(&mine.link, &foreign.door, &token, "0123456789abcdef").await;
    assert_eq!(page.status, 404, "a door that this link does not open");
    let page = browser.tap(&mine.link, &mine.door, "", "0123456789abcdef").await;
    assert_eq!(page.status, 403, "no token");
    assert_eq!(house.events(&ours).await.len(), before);
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 0);
}

async fn two_links_live_in_one_browser(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (one, two) = (house.things(&ours).await, house.things(&theirs).await);
    let mut browser = house.browser();
    let first = browser.visit(&one.secret).await;
    let second = browser.visit(&two.secret).await;
    assert!(first.body.contains("Quetzal House") && second.body.contains("Marmot House"));
    let open = |things: &Things, token: String| (things.link.clone(), things.door.clone(), token);
    for (link, door, token) in [open(&one, first.token()), open(&two, second.token())] {
        assert_eq!(browser.tap(&link, &door, &token, "0123456789abcdef").await.json()["state"], "open");
    }
    let page = browser.tap(&one.link, &one.door, &second.token(), "fedcba9876543210").await;
    assert_eq!(page.status, 403, "the other link's token");
}

async fn guesses_are_slowed_down(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut thief = house.browser();
    let mut statuses = Vec::new();
    for guess in 0..40 {
        statuses.push(thief.get(&format!("/l/guess-number-{guess}-of-a-secret")).await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 30);
    assert_eq!(statuses.last(), Some(&429));
    let mut visitor = house.browser();
    visitor.address = [192, 0, 2, 9];
    assert_eq!(visitor.visit(&things.secret).await.status, 200, "others are not held up");
    let mut neighbour = house.browser();
    assert_eq!(neighbour.get("/l/one-guess-more").await.status, 429, "the same network");
    assert_eq!(neighbour.visit(&things.secret).await.status, 200, "nor is who has a link, in the same network");
    house.app.clock.shift(61_000);
    assert_eq!(thief.get("/l/another-guess").await.status, 404);
}

async fn the_page_speaks_the_links_language_or_the_browsers(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let german = house.things_like(&ours, |link| link.language = "de".into()).await;
    let open = house.things(&ours).await;
    let mut browser = house.browser();
    assert!(browser.visit(&german.secret).await.body.contains("<html lang=\"de\""));
    assert!(browser.visit(&open.secret).await.body.contains("<html lang=\"en\""));
    let path = format!("/visit/{}", open.link);
    let page = browser.ask(Method::GET, &path, &[("accept-language", "fr, de;q=0.8, en;q=0.5")], String::new()).await;
    assert!(page.body.contains("<html lang=\"de\""));
    browser.get(&format!("{path}?lang=de")).await;
    assert!(browser.get(&path).await.body.contains("<html lang=\"de\""), "a choice is kept");
    let nonsense = browser.get(&format!("{path}?lang=%3Cscript%3E")).await;
    assert!(nonsense.status == 200 && !nonsense.body.contains("<script>"));
}

async fn a_page_says_who_and_where_and_until_when(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house
        .things_like(&ours, |link| {
            link.host_name = "Jonas <b>Weber</b>".into();
            link.host_contact = "+49 30 555 0117".into();
        })
        .await;
    let mut browser = house.browser();
    let page = browser.visit(&things.secret).await;
    for words in [
        "Quetzal House",
        "Quetzal Visitor",
        "Quetzal Court",
        "Jonas &lt;b&gt;Weber&lt;/b&gt;",
        "tel:+49305550117",
        "tomorrow 23:59",
    ] {
        assert!(page.body.contains(words), "{words} is missing in {}", page.body);
    }
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "strict-origin");
    let file = browser.get(&format!("/visit/{}/calendar.ics", things.link)).await;
    assert!(file.body.starts_with("BEGIN:VCALENDAR\r\n") && file.body.contains("Quetzal Court"), "{}", file.body);
    assert!(!file.body.contains(&things.secret), "a calendar is shared with others");
}

async fn a_language_is_chosen_on_every_page(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let german = |body: &str| body.contains("<html lang=\"de\"");
    let mut browser = house.browser();
    assert!(german(&browser.get("/l/nothing?lang=de").await.body), "an address that leads nowhere");
    assert!(german(&browser.get(&format!("/visit/{}?lang=de", things.link)).await.body), "no cookies");
    browser.visit(&things.secret).await;
    let ask = format!("/visit/{}/doors/{}", things.link, things.door);
    let page = browser.get(&format!("{ask}?lang=de")).await;
    assert!(german(&page.body));
    // What is posted from there is answered in the same.
    let request = page.attribute("name=\"request_id\" value=\"").expect("a request id");
    let fields = [("csrf", page.token()), ("request_id", request)];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.post(&format!("{ask}/unlock"), &fields).await;
    assert!(german(&page.body) && page.body.contains("Quetzal Gate"), "{}", page.body);
    assert!(german(&browser.get("/visit/nothing").await.body), "a choice is kept");
}

async fn an_error_speaks_to_visitors_in_their_words(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut browser = house.browser();
    browser.visit(&things.secret).await;
    let list = format!("/visit/{}", things.link);
    let unlock = format!("{list}/doors/{}/unlock", things.door);
    let elsewhere = [("sec-fetch-site", "cross-site"), ("accept-language", "de")];
    let page = browser.post_as(&unlock, &[], &elsewhere).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("Diese Seite ist zu alt"), "{}", page.body);
    assert!(page.body.contains(&format!("href=\"{list}\"")), "the way back: {}", page.body);
    for (path, fields, name) in
        [(&unlock, vec![("csrf", "old")], "a form that is too old"), (&list, vec![], "no form is there")]
    {
        let page = browser.post(path, &fields).await;
        assert!(!page.body.contains("overview"), "{name}: {}", page.body);
        assert!(page.body.contains("class=\"notice\""), "{name}: {}", page.body);
    }
    // From a page that was posted, both ways lead to the doors and not to the address of the form.
    let page = browser.post(&unlock, &[("csrf", "old")]).await;
    assert!(page.body.contains("This page is too old"), "{}", page.body);
    for way in [format!("href=\"{list}\""), format!("href=\"{list}?lang=de\"")] {
        assert!(page.body.contains(&way), "{way} in {}", page.body);
    }
}
