//! The one-time address on the console.

use crate::house::{House, PASSWORD};
use server::service::setup;

crate::on_both!(
    the_address_works_once,
    a_bad_form_uses_nothing_up_and_keeps_what_was_typed,
    two_at_once_make_one_organization
);

fn form<'a>(password: &'a str, again: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("organization", "Quetzal House"),
        ("time_zone", "Europe/Berlin"),
        ("name", "Quetzal Owner"),
        ("email", "owner@quetzal.example"),
        ("password", password),
        ("password_again", again),
    ]
}

async fn address(house: &House) -> String {
    let address = setup::offer(&house.app).await.unwrap().expect("an address, since nothing is set up");
    address[address.find("/setup/").unwrap()..].to_owned()
}

async fn the_address_works_once(database: &str) {
    let house = House::open(database);
    let path = address(&house).await;
    let mut browser = house.browser();
    assert_eq!(browser.get("/setup/some-other-secret-that-is-long-enough").await.status, 404);

    let page = browser.submit(&path, &path, &form(PASSWORD, PASSWORD)).await;
    assert_eq!((page.status, page.location()), (303, "/"), "{}", page.body);
    assert_eq!(browser.get("/").await.status, 200, "whoever sets up is signed in");

    let mut late = house.browser();
    assert_eq!(late.get(&path).await.status, 404);
    assert_eq!(late.post(&path, &form(PASSWORD, PASSWORD)).await.status, 404);
    assert!(setup::offer(&house.app).await.unwrap().is_none(), "nothing is offered any more");
    let mut again = house.browser();
    assert_eq!(again.sign_in("Owner@Quetzal.example", PASSWORD).await.location(), "/", "addresses differ not by case");
}

async fn a_bad_form_uses_nothing_up_and_keeps_what_was_typed(database: &str) {
    let house = House::open(database);
    let path = address(&house).await;
    let mut browser = house.browser();
    let common = "passwordpassword";
    for (password, again, sentence) in [
        ("too short", "too short", "15 characters"),
        ("a calm lighthouse at noon", "a calm lighthouse at moon", "differ"),
        (common, common, "anybody would try"),
        ("owner@quetzal.example", "owner@quetzal.example", ""),
    ] {
        let page = browser.submit(&path, &path, &form(password, again)).await;
        assert_eq!(page.status, 422, "{password}: {}", page.body);
        assert!(page.body.contains("value=\"Quetzal House\"") && page.body.contains("value=\"owner@quetzal.example\""));
        assert!(page.body.contains(sentence), "{password} should be told {sentence}: {}", page.body);
        assert!(
            !page.body.contains(&format!("value=\"{password}\"")) || password.contains('@'),
            "no password comes back"
        );
    }
    let mut wrong = form("too short", "otherwise");
    wrong[1].1 = "Mars/Olympus";
    wrong[3].1 = "nobody";
    let page = browser.submit(&path, &path, &wrong).await;
    for sentence in ["differ", "15 characters", "does not look like an e-mail address", "choose a time zone"] {
        assert!(page.body.contains(sentence), "all is told at once, also {sentence}: {}", page.body);
    }
    // Any Unicode is a password, and no byte of a long one is left out.
    let long = "Straße 🗝️ naïve ".repeat(8);
    assert_eq!(browser.submit(&path, &path, &form(&long, &long)).await.status, 303);
    let mut other = house.browser();
    let shorter: String = long.chars().take(long.chars().count() - 2).collect();
    assert_eq!(other.sign_in("owner@quetzal.example", &shorter).await.status, 422);
    assert_eq!(other.sign_in("owner@quetzal.example", &long).await.status, 303);
}

async fn two_at_once_make_one_organization(database: &str) {
    let house = House::open(database);
    let path = address(&house).await;
    let (mut one, mut two) = (house.browser(), house.browser());
    let (a, b) = (one.get(&path).await.token(), two.get(&path).await.token());
    let fields = |token| [("csrf", token)].into_iter().chain(form(PASSWORD, PASSWORD)).collect::<Vec<_>>();
    let (first, second) = (fields(a.as_str()), fields(b.as_str()));
    let (first, second) = tokio::join!(one.post(&path, &first), two.post(&path, &second));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    assert_eq!(house.app.db.read(server::store::organization::all).await.unwrap().len(), 1);
}
