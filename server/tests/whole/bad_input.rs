//! Whatever people type: refused with a clear sentence and everything kept, or taken as it is.

use crate::browser::Browser;
use crate::house::{House, Things};

crate::on_both!(
    names_that_cannot_be_used_are_refused_in_words,
    names_of_all_the_world_are_taken_as_they_are,
    a_window_must_lead_somewhere,
    numbers_have_their_bounds,
    an_end_is_the_owners_to_leave_out_and_asks_twice,
    a_link_without_an_end_is_looked_at_twice_as_any_other,
    a_stale_form_changes_nothing_and_keeps_what_was_typed,
    markup_in_a_name_stays_text,
    a_file_where_none_is_asked_for_is_refused,
);

fn link_form<'a>(things: &'a Things, name: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("name", name), ("door", &things.door), ("zone", "Europe/Berlin"), ("note", "typed with care")]
}

async fn house_with_owner(database: &str) -> (House, crate::house::Organization, Things, Browser) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let owner = house.signed_in(&ours).await;
    (house, ours, things, owner)
}

async fn names_that_cannot_be_used_are_refused_in_words(database: &str) {
    let (house, ours, things, mut owner) = house_with_owner(database).await;
    let long = "n".repeat(101);
    let before = house.events(&ours).await.len();
    for name in [
        "",
        "   ",
        long.as_str(),
        "Ada\r\nBcc: all@example.org",
        "Ada\u{0}",
        "Ada\u{1b}[31m",
        "\u{202e}adA",
        "Ada\u{2066}",
    ] {
        let page = owner.submit("/links/new", "/links/new", &link_form(&things, name)).await;
        assert_eq!(page.status, 422, "{name:?}");
        assert!(
            page.body.contains("aria-invalid=\"true\"") && page.body.contains("typed with care"),
            "{name:?}: {}",
            page.body
        );
        for (form, more) in
            [("/places/new", ("time_zone", "Europe/Berlin")), ("/doors/new", ("place_id", things.place.as_str()))]
        {
            let fields = [("name", name), more, ("unlock_seconds", "5")];
            assert_eq!(owner.submit(form, form, &fields).await.status, 422, "{form} {name:?}");
        }
    }
    for (field, value) in [
        ("email", "not an address"),
        ("email", "a@b.example\r\nBcc: c@d.example"),
        ("email", "a@b.example, c@d.example"),
        ("phone", "call me"),
        ("host_name", "Jonas\nWeber"),
        ("language", "xx"),
        ("door", "door_not-an-id"),
    ] {
        let mut fields = link_form(&things, "Ada");
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        assert_eq!(owner.submit("/links/new", "/links/new", &fields).await.status, 422, "{field} {value:?}");
    }
    assert_eq!(house.events(&ours).await.len(), before);
}

async fn names_of_all_the_world_are_taken_as_they_are(database: &str) {
    let (house, ours, things, mut owner) = house_with_owner(database).await;
    for name in ["مريم الحسيني", "👩🏽‍🚀 Zoë", "Nguyễn Thị Minh Khai", "株式会社", &"名".repeat(100), "O'Brien & Søn <x>"]
    {
        let page = owner.submit("/links/new", "/links/new", &link_form(&things, name)).await;
        assert_eq!(page.status, 303, "{name}: {}", page.body);
        let shown = owner.get(page.location()).await;
        let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(shown.body.contains(&escaped), "{name}");
        let link = page.location().trim_start_matches("/links/").to_owned();
        let secret = house.secret(&ours, &link).await;
        assert!(house.browser().visit(&secret).await.body.contains(&escaped), "{name}");
    }
}

async fn a_window_must_lead_somewhere(database: &str) {
    let (_house, _, things, mut owner) = house_with_owner(database).await;
    for (from, until, sentence) in [
        ("2031-01-02T10:00", "2031-01-02T09:00", "The end lies before the beginning"),
        ("", "2020-01-01T00:00", "before the beginning"),
        ("2020-01-01T00:00", "2020-01-02T00:00", "has passed already"),
        ("", "2031-01-01T00:00", "30 days at most"),
        ("soon", "", "valid_from"),
        ("2026-02-30T10:00", "", "valid_from"),
    ] {
        let mut fields = link_form(&things, "Ada");
        fields.extend([("valid_from", from), ("valid_until", until)]);
        let page = owner.submit("/links/new", "/links/new", &fields).await;
        assert!(page.status == 422 && page.body.contains(sentence), "{from} to {until}: {}", page.body);
        assert!(page.body.contains("typed with care"));
    }
}

async fn numbers_have_their_bounds(database: &str) {
    let (_house, _, things, mut owner) = house_with_owner(database).await;
    for (field, value) in [
        ("max_uses", "0"),
        ("max_uses", "-1"),
        ("max_uses", "many"),
        ("max_uses", "99999999999999999999"),
        ("cooldown_minutes", "1.5"),
    ] {
        let mut fields = link_form(&things, "Ada");
        fields.push((field, value));
        let page = owner.submit("/links/new", "/links/new", &fields).await;
        assert!(
            page.status == 422 && page.body.contains(&format!("value=\"{value}\"")),
            "{field} {value}: {}",
            page.body
        );
    }
    for seconds in ["0", "", "-3", "9999", "five"] {
        let fields = [("name", "Gate"), ("place_id", things.place.as_str()), ("unlock_seconds", seconds)];
        assert_eq!(owner.submit("/doors/new", "/doors/new", &fields).await.status, 422, "{seconds:?}");
    }
}

async fn an_end_is_the_owners_to_leave_out_and_asks_twice(database: &str) {
    let (_house, _, things, mut owner) = house_with_owner(database).await;
    let mut fields = link_form(&things, "Ada");
    fields.push(("never_expires", "on"));
    let page = owner.submit("/links/new", "/links/new", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("Tick the box below to confirm"), "{}", page.body);
    fields.push(("never_expires_confirmed", "on"));
    let page = owner.submit("/links/new", "/links/new", &fields).await;
    assert_eq!(page.status, 303);
    assert!(owner.get(page.location()).await.body.contains("never"), "and its page says so");
}

async fn a_link_without_an_end_is_looked_at_twice_as_any_other(database: &str) {
    let (house, ours, things, mut owner) = house_with_owner(database).await;
    let vault = house.things(&ours).await.door;
    let edit = format!("/doors/{vault}/edit");
    let version = owner.get(&edit).await.attribute("name=\"version\" value=\"").unwrap();
    let place = house.app.db.read({
        let (organization, vault) = (ours.id.clone(), vault.clone());
        move |c| server::store::door::find(c, &organization, &vault)
    });
    let place = place.await.unwrap().door.place_id;
    let fields =
        [("name", "Vault"), ("place_id", place.as_str()), ("unlock_seconds", "5"), ("version", version.as_str())];
    assert_eq!(owner.submit(&edit, &edit, &fields).await.status, 303);
    let mut fields = link_form(&things, "Ada");
    fields.extend([("never_expires", "on"), ("never_expires_confirmed", "on"), ("door", vault.as_str())]);
    let page = owner.submit("/links/new", "/links/new", &fields).await;
    assert_eq!(page.status, 200, "nothing is wrong, but nothing is made yet: {}", page.body);
    let said = "Vault is a high-security door and refuses links; this link will not open it.";
    assert!(page.body.contains(said), "{}", page.body);
    assert_eq!(house.count(&ours, "link.created", "done").await, 2);
    fields.push(("warned", said));
    assert_eq!(owner.submit("/links/new", "/links/new", &fields).await.status, 303);
}

async fn a_stale_form_changes_nothing_and_keeps_what_was_typed(database: &str) {
    let (house, ours, things, mut owner) = house_with_owner(database).await;
    let edit = format!("/links/{}/edit", things.link);
    let version = owner.get(&edit).await.attribute("name=\"version\" value=\"").unwrap();
    let mut fields = link_form(&things, "First to save");
    fields.push(("version", &version));
    assert_eq!(owner.submit(&edit, &edit, &fields).await.status, 303);
    fields[0].1 = "Second to save";
    let page = owner.submit(&edit, &edit, &fields).await;
    assert!([409, 422].contains(&page.status), "{}", page.body);
    assert!(page.body.contains("Second to save"), "what was typed stays");
    let shown = owner.get(&format!("/links/{}", things.link)).await;
    assert!(shown.body.contains("First to save") && !shown.body.contains("Second to save"));
    assert_eq!(house.count(&ours, "link.changed", "done").await + house.count(&ours, "link.edited", "done").await, 1);
}

async fn markup_in_a_name_stays_text(database: &str) {
    let (house, ours, things, mut owner) = house_with_owner(database).await;
    let name = "<img src=x onerror=alert(1)>\"'{{7*7}}";
    let page = owner.submit("/links/new", "/links/new", &link_form(&things, name)).await;
    let link = page.location().to_owned();
    let secret = house.secret(&ours, link.trim_start_matches("/links/")).await;
    for body in [
        owner.get(&link).await.body,
        owner.get("/links").await.body,
        owner.get("/events").await.body,
        owner.get("/").await.body,
        owner.get(&format!("{link}/revoke")).await.body,
        house.browser().visit(&secret).await.body,
    ] {
        assert!(!body.contains("<img src=x"), "{body}");
    }
}

async fn a_file_where_none_is_asked_for_is_refused(database: &str) {
    let (house, ours, _, mut owner) = house_with_owner(database).await;
    let before = house.events(&ours).await.len();
    let token = owner.get("/places/new").await.token();
    let fields = [("csrf", token.as_str()), ("name", "Court"), ("time_zone", "UTC")];
    let page = owner.upload("/places/new", &fields, ("file", "a.txt", b"a file")).await;
    assert!(page.status == 422 && page.body.contains("takes forms only"), "{} {}", page.status, page.body);
    assert_eq!(house.events(&ours).await.len(), before);
}
