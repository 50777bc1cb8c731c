//! What was typed outlives what comes between: an ended session, another sign-in, a proof, a database that is away.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, PASSWORD};
use diesel::RunQueryDsl;
use domain::role::Role;
use server::store::connection::AnyConnection;

crate::on_both!(
    a_form_outlives_the_session_that_it_was_opened_in,
    a_form_waits_for_a_proof_and_then_for_a_press,
    a_form_outlives_a_database_that_is_away,
    a_button_and_a_password_are_not_held,
);

const TYPED: [(&str, &str); 3] =
    [("name", "The <Annex> & \"Sons\""), ("address", "Lane 7°, \"rear\" + 2 %"), ("time_zone", "Asia/Kathmandu")];

/// What the page's last form but those of the frame would post, the token included.
fn held(page: &Page, action: &str) -> Vec<(String, String)> {
    let start = format!("action=\"{action}\"");
    let form = page.body.split(&start).nth(1).unwrap_or_else(|| panic!("a form to {action} in {}", page.body));
    let form = form.split("</form>").next().unwrap();
    let plain = |text: &str| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&amp;", "&")
    };
    let mut fields = Vec::new();
    for part in form.split("<input ").skip(1) {
        let tag = part.split("/>").next().unwrap();
        let of = |name: &str| tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        if let (Some("hidden"), Some(name)) = (of("type"), of("name")) {
            fields.push((name.to_owned(), plain(of("value").unwrap_or_default())));
        }
    }
    fields
}

async fn send(browser: &mut Browser, action: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(action, &fields).await
}

/// That everything typed is in the form, and what stands in the store.
fn assert_whole(fields: &[(String, String)]) {
    for (name, value) in TYPED {
        assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{name} in {fields:?}");
    }
}

async fn stored(house: &House, ours: &Organization) -> bool {
    let id = ours.id.clone();
    let places = house.app.db.read(move |c| server::store::place::all(c, &id)).await.unwrap();
    places.iter().any(|place| place.name == TYPED[0].1 && place.address == TYPED[1].1 && place.time_zone == TYPED[2].1)
}

async fn opened(database: &str) -> (House, Organization, Browser) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner = house.signed_in(&ours).await;
    (house, ours, owner)
}

async fn a_form_outlives_the_session_that_it_was_opened_in(database: &str) {
    let (house, ours, mut owner) = opened(database).await;
    let token = owner.get("/places/new").await.token();
    house.app.clock.shift(61 * 60_000);
    let mut all = vec![("csrf", token.as_str())];
    all.extend_from_slice(&TYPED);
    let out = owner.post("/places/new", &all).await;
    assert_eq!(out.status, 403);
    assert!(out.body.contains("You are signed out") && out.body.contains("href=\"/sign-in\""), "{}", out.body);
    let fields = held(&out, "/places/new");
    assert_whole(&fields);
    // Still signed out, it is held on.
    let again = send(&mut owner, "/places/new", &fields).await;
    assert!(again.status == 403 && again.body.contains("You are signed out"));
    assert_whole(&held(&again, "/places/new"));

    owner.sign_in(&ours.email, PASSWORD).await;
    let asked = send(&mut owner, "/places/new", &fields).await;
    assert_eq!(asked.status, 403);
    assert!(
        asked.body.contains("Send it again?") && !stored(&house, &ours).await,
        "the token is of no session of theirs"
    );
    let fields = held(&asked, "/places/new");
    assert_whole(&fields);
    assert_eq!(send(&mut owner, "/places/new", &fields).await.status, 303);
    assert!(stored(&house, &ours).await);

    // Nobody at all may have it sent back, and sees nothing but what they sent.
    let stranger = house.browser().post("/places/new", &TYPED).await;
    assert!(stranger.status == 403 && !stranger.body.contains("Quetzal"), "{}", stranger.body);
    // A machine is not given a page to press.
    let mut machine = house.browser();
    let answer = machine.post_as("/places/new", &TYPED, &[("sec-fetch-site", "same-origin"), ("accept", "*/*")]);
    assert_eq!(answer.await.location(), "/sign-in");
}

async fn a_form_waits_for_a_proof_and_then_for_a_press(database: &str) {
    let (house, ours, mut owner) = opened(database).await;
    let colleague = house.admin(&ours, Role::Observer).await;
    let deed = format!("/admins/{}/role", colleague.id);
    house.app.clock.shift(11 * 60_000);
    let asked = owner.submit(&format!("/admins/{}", colleague.id), &deed, &[("role", "administrator")]).await;
    assert!(asked.status == 403 && asked.body.contains("Is it you?"), "{}", asked.body);
    let mut fields = held(&asked, "/account/prove");
    fields.push(("password".into(), "not the right one at all".into()));
    let wrong = send(&mut owner, "/account/prove", &fields).await;
    assert_eq!(wrong.status, 422);
    let mut fields = held(&wrong, "/account/prove");
    fields.push(("password".into(), PASSWORD.into()));
    let proven = send(&mut owner, "/account/prove", &fields).await;
    assert!(proven.status == 200 && !proven.body.contains(PASSWORD), "{}", proven.body);
    assert_eq!(house.count(&ours, "admin.role_changed", "done").await, 0, "nothing is done by itself");
    let fields = held(&proven, &deed);
    assert!(fields.contains(&("role".into(), "administrator".into())), "{fields:?}");
    assert_eq!(send(&mut owner, &deed, &fields).await.status, 303);
    assert_eq!(house.count(&ours, "admin.role_changed", "done").await, 1);

    // Where a door's commands go is proven the same way, and nothing typed is lost.
    let things = house.things(&ours).await;
    house.app.clock.shift(11 * 60_000);
    let edit = format!("/doors/{}/edit", things.door);
    let page = owner.get(&edit).await;
    let version = page.attribute("name=\"version\" value=\"").unwrap();
    let typed = [
        ("csrf", page.token()),
        ("version", version),
        ("name", "Cellar".into()),
        ("place_id", things.place.clone()),
        ("unlock_seconds", "5".into()),
        ("driver", "http".into()),
        ("http_url", "https://relay.example/open?door=1&for=5".into()),
        ("http_method", "post".into()),
    ]
    .map(|(name, value): (&str, String)| (name.to_owned(), value));
    let asked = send(&mut owner, &edit, &typed).await;
    assert!(asked.status == 403 && asked.body.contains("Is it you?"), "{}", asked.body);
    let mut fields = held(&asked, "/account/prove");
    fields.push(("password".into(), PASSWORD.into()));
    let proven = send(&mut owner, "/account/prove", &fields).await;
    assert_eq!(send(&mut owner, &edit, &held(&proven, &edit)).await.status, 303);
    assert!(owner.get(&edit).await.body.contains("https://relay.example/open?door=1&amp;for=5"));

    // Another site's address is none to send anything to.
    let token = owner.get("/account/prove").await.token();
    let fields =
        [("csrf", token.as_str()), ("password", PASSWORD), ("held", "[[\"a\",\"b\"]]"), ("held_for", "//evil")];
    let answer = owner.post("/account/prove", &fields).await;
    assert!(answer.status == 303 && !answer.body.contains("evil"), "{}", answer.body);
}

async fn a_form_outlives_a_database_that_is_away(database: &str) {
    let (house, ours, mut owner) = opened(database).await;
    let token = owner.get("/places/new").await.token();
    let mut all = vec![("csrf", token.as_str())];
    all.extend_from_slice(&TYPED);
    let run = async |sql: &'static str| {
        let done = house.app.db.write(move |tx| {
            match tx.connection {
                AnyConnection::Sqlite(c) => diesel::sql_query(sql).execute(c)?,
                AnyConnection::Postgres(c) => diesel::sql_query(sql).execute(c)?,
            };
            Ok(())
        });
        done.await.unwrap();
    };
    run("ALTER TABLE places RENAME TO places_away").await;
    let busy = owner.post("/places/new", &all).await;
    assert!(busy.status == 503 && busy.body.contains("nothing was changed"), "{}", busy.body);
    let fields = held(&busy, "/places/new");
    assert_whole(&fields);
    run("ALTER TABLE places_away RENAME TO places").await;
    let asked = send(&mut owner, "/places/new", &fields).await;
    assert_eq!(send(&mut owner, "/places/new", &held(&asked, "/places/new")).await.status, 303);
    assert!(stored(&house, &ours).await);
}

async fn a_button_and_a_password_are_not_held(database: &str) {
    let (house, ours, mut owner) = opened(database).await;
    let things = house.things(&ours).await;
    let token = owner.get("/account").await.token();
    house.app.clock.shift(61 * 60_000);
    let revoke = owner.post(&format!("/links/{}/revoke", things.link), &[("csrf", &token)]).await;
    assert_eq!((revoke.status, revoke.location()), (303, "/sign-in"));
    let fields =
        [("csrf", token.as_str()), ("current_password", PASSWORD), ("new_password", "another calm lighthouse")];
    let changed = owner.post("/account/password", &fields).await;
    assert_eq!((changed.status, changed.location()), (303, "/sign-in"));
    assert!(!changed.body.contains("lighthouse"));
}
