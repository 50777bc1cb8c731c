//! Admins together: how they are invited and join, what their roles allow, and how they go.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, PASSWORD};
use crate::sink::Sink;
use axum::http::Method;
use domain::role::Role;
use server::http::router::session_routes;
use server::notify::{mail::Mailer, outbox};
use server::service::actor::Actor;
use server::service::factor;
use server::service::invitation::{self, InviteInput};
use server::service::people;

crate::on_both!(
    somebody_is_invited_by_mail_and_joins_once,
    an_invitation_ends_after_a_day_and_can_be_sent_again,
    an_invitation_that_was_taken_back_is_gone,
    what_is_typed_wrong_is_said_at_once_and_uses_nothing_up,
    two_who_join_at_once_become_one,
    nobody_is_invited_twice_or_above_ones_own_role,
    a_role_takes_effect_on_the_next_request,
    only_owners_touch_owners_and_one_is_always_left,
    two_owners_cannot_remove_each_other_at_once,
    a_removed_admin_is_out_at_once_and_their_invitations_too,
    a_removed_address_may_join_again,
    a_stream_ends_with_its_admin,
    what_a_role_may_not_do_is_not_offered,
);

const NEW: &str = "three herons over reeds";

fn input(name: &str, email: &str, role: Role) -> InviteInput {
    InviteInput { name: name.into(), email: email.into(), role: role.code().into(), mail: true }
}

/// Invites by the service, and gives the way of the address.
async fn invite(house: &House, ours: &Organization, email: &str, role: Role) -> (String, String) {
    let actor = house.owner(ours);
    let id = invitation::invite(&house.app, &actor, &input("Jonas Weber", email, role)).await.unwrap();
    (id.clone(), path(house, ours, &id).await)
}

/// The way that an invitation's address has now.
async fn path(house: &House, ours: &Organization, id: &str) -> String {
    let (organization, id) = (ours.id.clone(), id.to_owned());
    let row = house.app.db.read(move |c| server::store::invitation::find(c, &organization, &id)).await.unwrap();
    let address = invitation::address(&house.app, &row).unwrap();
    address[address.find("/invitation/").unwrap()..].to_owned()
}

async fn join(browser: &mut Browser, path: &str) -> Page {
    let fields = [("name", "Jonas Weber"), ("password", NEW), ("password_again", NEW)];
    browser.submit(path, path, &fields).await
}

async fn somebody_is_invited_by_mail_and_joins_once(database: &str) {
    let sink = Sink::open().await;
    let house = House::open_with(
        database,
        &[("LATCHKEY_SMTP_URL", sink.url()), ("LATCHKEY_MAIL_FROM", "door@quetzal.example".into())],
    );
    let ours = house.organization("Quetzal").await;
    let mailer = Mailer::new(&house.app.config).unwrap();
    let mut owner = house.signed_in(&ours).await;
    let fields = [("name", "Jonas Weber"), ("email", "Jonas@Weber.example"), ("role", "access_manager")];
    let page = owner.submit("/admins/invite", "/admins/invite", &fields).await;
    assert_eq!((page.status, page.location()), (303, "/admins"), "{}", page.body);
    let page = owner.get("/admins").await;
    assert!(page.body.contains("Jonas Weber is invited. The mail goes to Jonas@Weber.example."), "{}", page.body);
    assert!(page.body.contains("/resend") && page.body.contains("/withdraw"), "{}", page.body);

    assert_eq!(outbox::round(&house.app, &mailer).await.unwrap(), 1);
    let mail = sink.mails().remove(0).replace("=\n", "").replace("=3D", "=");
    for words in ["Quetzal Owner invites you", "Access manager", "text/plain", "text/html", "Jonas@Weber.example"] {
        assert!(mail.contains(words), "{words} is missing in {mail}");
    }
    assert!(!mail.contains("calendar"), "{mail}");
    let from = mail.find("/invitation/").unwrap();
    let path: String = mail[from..].chars().take_while(|one| !one.is_whitespace()).collect();
    let secret = path.trim_start_matches("/invitation/").to_owned();
    assert!(!house.dump().await.contains(&secret), "the database holds no invitation's secret");

    let mut guest = house.browser();
    let page = guest.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("value=\"Jonas Weber\"") && page.body.contains("Quetzal House"), "{}", page.body);
    let page = join(&mut guest, &path).await;
    assert_eq!((page.status, page.location()), (303, "/"), "{}", page.body);
    let page = guest.get("/").await;
    assert!(page.status == 200 && page.body.contains("Access manager"), "joined and signed in: {}", page.body);

    let mut late = house.browser();
    let page = late.get(&path).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("ask for another"), "{}", page.body);
    assert_eq!(late.get("/invitation/nothing-of-the-kind").await.status, 404);
    let mut again = house.browser();
    assert_eq!(again.sign_in("jonas@weber.example", NEW).await.status, 303);
    for (action, count) in [("admin.invited", 1), ("admin.joined", 1), ("message.sent", 1)] {
        assert_eq!(house.count(&ours, action, "done").await, count, "{action}");
    }
    let page = owner.get("/events").await;
    for words in ["sent the invitation to Jonas Weber", "invited Jonas Weber", "As Access manager"] {
        assert!(page.body.contains(words), "{words} is missing in {}", page.body);
    }
}

async fn an_invitation_ends_after_a_day_and_can_be_sent_again(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (id, old) = invite(&house, &ours, "jonas@weber.example", Role::Observer).await;
    let mut owner = house.signed_in(&ours).await;
    let again = format!("/admins/invitations/{id}/resend");
    owner.submit("/admins", &again, &[]).await;
    assert!(owner.get("/admins").await.body.contains("less than a minute ago"));

    house.app.clock.shift(86_400_000 + 1_000);
    let page = house.browser().get(&old).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("send it again"), "{}", page.body);
    let mut owner = house.signed_in(&ours).await;
    assert!(owner.get("/admins").await.body.contains("Ended"));
    assert_eq!(owner.submit("/admins", &again, &[]).await.status, 303);
    assert!(owner.get("/admins").await.body.contains("Sent again to jonas@weber.example"));

    let new = path(&house, &ours, &id).await;
    assert_ne!(old, new);
    assert_eq!(house.browser().get(&old).await.status, 404, "the old secret is nobody's");
    let mut guest = house.browser();
    assert_eq!(join(&mut guest, &new).await.status, 303);
    assert_eq!(owner.submit("/admins", &again, &[]).await.status, 404, "what was used cannot be sent again");
    assert_eq!(house.count(&ours, "invitation.resent", "done").await, 1);
}

async fn an_invitation_that_was_taken_back_is_gone(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (id, path) = invite(&house, &ours, "jonas@weber.example", Role::Observer).await;
    let mut guest = house.browser();
    let token = guest.get(&path).await.token();
    let mut owner = house.signed_in(&ours).await;
    let back = format!("/admins/invitations/{id}/withdraw");
    assert_eq!(owner.submit("/admins", &back, &[]).await.location(), "/admins");
    assert!(owner.get("/admins").await.body.contains("The invitation of Jonas Weber is taken back."));
    let fields = [("csrf", token.as_str()), ("name", "Jonas"), ("password", NEW), ("password_again", NEW)];
    let page = guest.post(&path, &fields).await;
    assert_eq!(page.status, 410);
    assert!(page.body.contains("taken back"), "{}", page.body);
    assert_eq!(house.count(&ours, "invitation.withdrawn", "done").await, 1);
    assert_eq!(house.count(&ours, "admin.joined", "done").await, 0);

    // Its mail was still waiting; it goes to nobody now.
    let mailer = Mailer::new(&house.app.config).unwrap();
    outbox::round(&house.app, &mailer).await.unwrap();
    assert_eq!(house.count(&ours, "message.failed", "failed").await, 1);
}

async fn what_is_typed_wrong_is_said_at_once_and_uses_nothing_up(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut owner = house.signed_in(&ours).await;
    let fields = [("name", ""), ("email", "jonas at weber"), ("role", "emperor")];
    let page = owner.submit("/admins/invite", "/admins/invite", &fields).await;
    assert_eq!(page.status, 422);
    for words in
        ["Please fill this in.", "does not look like an e-mail address", "Please choose a role.", "jonas at weber"]
    {
        assert!(page.body.contains(words), "{words} is missing in {}", page.body);
    }
    assert!(house.count(&ours, "admin.invited", "done").await == 0);

    let (_, path) = invite(&house, &ours, "jonas@weber.example", Role::Observer).await;
    let mut guest = house.browser();
    for (name, password, again, sentence) in [
        ("Jonas", "too short", "too short", "15 characters"),
        ("Jonas", NEW, "three herons over roads", "differ"),
        ("", NEW, NEW, "Please fill this in."),
        ("Jonas", "jonas@weber.example", "jonas@weber.example", "easy to guess"),
    ] {
        let fields = [("name", name), ("password", password), ("password_again", again)];
        let page = guest.submit(&path, &path, &fields).await;
        assert_eq!(page.status, 422, "{}", page.body);
        assert!(page.body.contains(sentence), "{sentence} is missing in {}", page.body);
    }
    let mut stranger = house.browser();
    let fields = [("name", "Eve"), ("password", NEW), ("password_again", NEW)];
    assert_eq!(stranger.post(&path, &fields).await.status, 403, "without the page's token");
    assert_eq!(join(&mut guest, &path).await.status, 303);
}

async fn two_who_join_at_once_become_one(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (_, path) = invite(&house, &ours, "jonas@weber.example", Role::Observer).await;
    let (mut one, mut two) = (house.browser(), house.browser());
    let (first, second) = tokio::join!(join(&mut one, &path), join(&mut two, &path));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
    assert_eq!(house.count(&ours, "admin.joined", "done").await, 1);
}

async fn nobody_is_invited_twice_or_above_ones_own_role(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let theirs = house.organization("Marmot").await;
    let (id, _) = invite(&house, &ours, "jonas@weber.example", Role::Owner).await;
    let mut manager = house.colleague(&ours, Role::Administrator).await;
    let page = manager.get("/admins/invite").await;
    assert!(!page.body.contains("value=\"owner\"") && page.body.contains("value=\"administrator\""), "{}", page.body);
    for (email, role, status, sentence) in [
        ("jonas@weber.example", "observer", 422, "invited already"),
        (ours.email.as_str(), "observer", 422, "is an admin here already"),
        ("eve@example.org", "owner", 422, "above their own"),
        // That it has an account elsewhere is nobody's business here.
        (theirs.email.as_str(), "observer", 303, ""),
    ] {
        let fields = [("name", "Eve"), ("email", email), ("role", role)];
        let page = manager.submit("/admins/invite", "/admins/invite", &fields).await;
        assert_eq!(page.status, status, "{email} {role}: {}", page.body);
        assert!(page.body.contains(sentence), "{sentence} is missing in {}", page.body);
    }
    // An owner's invitation is not an administrator's to send again or to take back.
    for deed in ["resend", "withdraw"] {
        manager.submit("/admins", &format!("/admins/invitations/{id}/{deed}"), &[]).await;
        assert!(manager.get("/admins").await.body.contains("above their own"), "{deed}");
    }
    assert_eq!(house.count(&ours, "invitation.withdrawn", "done").await, 0);
}

async fn a_role_takes_effect_on_the_next_request(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let colleague = house.admin(&ours, Role::AccessManager).await;
    let mut theirs = house.browser();
    theirs.sign_in(&colleague.email, PASSWORD).await;
    assert_eq!(theirs.get("/links/new").await.status, 200);
    assert_eq!(theirs.get("/places/new").await.status, 403);

    let mut owner = house.signed_in(&ours).await;
    let (page, deed) = (format!("/admins/{}", colleague.id), format!("/admins/{}/role", colleague.id));
    assert_eq!(owner.submit(&page, &deed, &[("role", "observer")]).await.location(), page);
    assert!(owner.get(&page).await.body.contains("Quetzal Colleague is observer from now on."));
    assert_eq!(theirs.get("/links/new").await.status, 403, "lowered: the next click is refused");
    owner.submit(&page, &deed, &[("role", "administrator")]).await;
    assert_eq!(theirs.get("/places/new").await.status, 200, "raised: the next click is let in");
    owner.submit(&page, &deed, &[("role", "administrator")]).await;
    assert!(owner.get(&page).await.body.contains("That is the role"));
    assert_eq!(house.count(&ours, "admin.role_changed", "done").await, 2);
    assert!(owner.get("/events").await.body.contains("From Observer to Administrator"));
}

async fn only_owners_touch_owners_and_one_is_always_left(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let owner_page = format!("/admins/{}", ours.admin);
    let administrator = house.admin(&ours, Role::Administrator).await;
    let mut lower = house.browser();
    lower.sign_in(&administrator.email, PASSWORD).await;
    let page = lower.get(&owner_page).await;
    assert!(!page.body.contains("/role") && page.body.contains("Only an owner"), "{}", page.body);
    for (deed, fields) in [("role", vec![("role", "observer")]), ("remove", vec![])] {
        lower.submit(&owner_page, &format!("{owner_page}/{deed}"), &fields).await;
        assert!(lower.get(&owner_page).await.body.contains("Only an owner may change or remove an owner. Ask"));
    }
    let promote = format!("/admins/{}/role", house.admin(&ours, Role::Observer).await.id);
    assert_eq!(lower.submit("/admins", &promote, &[("role", "owner")]).await.status, 303);
    assert_eq!(house.count(&ours, "admin.role_changed", "done").await, 0, "nobody grants more than they have");

    let mut owner = house.signed_in(&ours).await;
    for (deed, sentence) in [("role", "change your own role"), ("remove", "remove yourself")] {
        owner.submit(&owner_page, &format!("{owner_page}/{deed}"), &[("role", "observer")]).await;
        let page = owner.get(&owner_page).await;
        assert!(page.body.contains(sentence), "{deed}: {}", page.body);
    }
    // The operator may change anybody, but not leave nobody.
    let operator = server::service::actor::Actor::operator(&ours.id);
    let said = people::remove(&house.app, &operator, &ours.admin).await.unwrap_err().to_string();
    assert!(said.contains("the only owner"), "{said}");
    let said = people::set_role(&house.app, &operator, &ours.admin, Role::Observer).await.unwrap_err().to_string();
    assert!(said.contains("Make somebody else an owner first"), "{said}");
    people::set_role(&house.app, &operator, &administrator.id, Role::Owner).await.unwrap();
    people::remove(&house.app, &operator, &ours.admin).await.unwrap();
    assert_eq!(lower.get(&owner_page).await.status, 404);
}

async fn two_owners_cannot_remove_each_other_at_once(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let other = house.admin(&ours, Role::Owner).await;
    // Two processes on one database, each asked by one of the two.
    let second = house.another();
    let mine = house.owner(&ours);
    let theirs = server::service::actor::Actor { id: other.id.clone(), ..mine.clone() };
    let (one, two) =
        tokio::join!(people::remove(&house.app, &mine, &other.id), people::remove(&second, &theirs, &ours.admin));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

async fn a_removed_admin_is_out_at_once_and_their_invitations_too(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let colleague = house.admin(&ours, Role::Administrator).await;
    let (mut desk, mut phone) = (house.browser(), house.browser());
    desk.sign_in(&colleague.email, PASSWORD).await;
    phone.sign_in(&colleague.email, PASSWORD).await;
    let fields = [("name", "Eve"), ("email", "eve@example.org"), ("role", "administrator")];
    assert_eq!(desk.submit("/admins/invite", "/admins/invite", &fields).await.status, 303);

    let mut owner = house.signed_in(&ours).await;
    let ask = format!("/admins/{}/remove", colleague.id);
    let page = owner.get(&ask).await;
    assert!(page.body.contains("2 sessions end") && page.body.contains("1 invitation they sent"), "{}", page.body);
    assert_eq!(owner.submit(&ask, &ask, &[]).await.location(), "/admins");
    assert!(owner.get("/admins").await.body.contains("is removed and signed out everywhere"));
    for browser in [&mut desk, &mut phone] {
        assert_eq!(browser.get("/").await.location(), "/sign-in");
    }
    assert_eq!(house.browser().sign_in(&colleague.email, PASSWORD).await.status, 422);
    assert!(!owner.get("/admins").await.body.contains("eve@example.org"), "nobody joins by the word of who is gone");
    assert_eq!(house.count(&ours, "invitation.withdrawn", "done").await, 1);

    // Lowered, they keep the invitations that are still theirs to give.
    let lowered = house.admin(&ours, Role::Administrator).await;
    let actor = server::service::actor::Actor { id: lowered.id.clone(), ..house.owner(&ours) };
    invitation::invite(&house.app, &actor, &input("A", "a@example.org", Role::Observer)).await.unwrap();
    let deed = format!("/admins/{}/role", lowered.id);
    owner.submit("/admins", &deed, &[("role", "access_manager")]).await;
    assert!(owner.get(&format!("/admins/{}", lowered.id)).await.body.contains("beyond it is taken back"));
}

async fn a_removed_address_may_join_again(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (_, first) = invite(&house, &ours, "jonas@weber.example", Role::Observer).await;
    let mut guest = house.browser();
    join(&mut guest, &first).await;
    let organization = ours.id.clone();
    let rows = house.app.db.read(move |c| server::store::people::all(c, &organization)).await.unwrap();
    let jonas = rows.iter().find(|row| row.email == "jonas@weber.example").unwrap();
    people::remove(&house.app, &house.owner(&ours), &jonas.id).await.unwrap();
    let (_, second) = invite(&house, &ours, "jonas@weber.example", Role::Administrator).await;
    let mut back = house.browser();
    assert_eq!(join(&mut back, &second).await.status, 303);
    assert!(back.get("/").await.body.contains("Administrator"));
}

async fn a_stream_ends_with_its_admin(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let terminal = house.waiting_terminal(&ours, &things.door).await;
    let routes = session_routes();
    let all: Vec<&str> = routes
        .iter()
        .filter(|route| route.methods.contains(&Method::GET) && route.path.ends_with("/stream"))
        .map(|route| route.path)
        .collect();
    assert!(all.len() >= 4, "{all:?}");
    for removed in [true, false] {
        let colleague = house.admin(&ours, Role::Observer).await;
        let mut theirs = house.browser();
        theirs.sign_in(&colleague.email, PASSWORD).await;
        let mut streams = Vec::new();
        for path in &all {
            let id = if path.starts_with("/terminals/") { &terminal } else { &things.door };
            let path = path.replace("{id}", id);
            streams.push((theirs.stream(&path).await, path));
        }
        house.things(&ours).await;
        let (feed, _) = streams.iter_mut().find(|(_, path)| path == "/events/stream").unwrap();
        assert!(feed.next().await.is_some(), "it runs while its admin is one");
        if removed {
            people::remove(&house.app, &house.owner(&ours), &colleague.id).await.unwrap();
        } else {
            // Or is asked for a second factor that they do not have.
            let id = ours.id.clone();
            let row = house.app.db.read(move |c| server::store::organization::find(c, &id)).await.unwrap();
            factor::require(&house.app, &Actor::operator(&ours.id), row.version, true).await.unwrap();
        }
        for (mut stream, path) in streams {
            let end = async { while stream.next().await.is_some() {} };
            assert!(tokio::time::timeout(std::time::Duration::from_secs(10), end).await.is_ok(), "{path} goes on");
        }
    }
}

async fn what_a_role_may_not_do_is_not_offered(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let other = house.admin(&ours, Role::Observer).await;
    house.invited(&ours, Role::Observer).await;
    for role in [Role::AccessManager, Role::Observer] {
        let mut browser = house.colleague(&ours, role).await;
        let page = browser.get("/admins").await;
        assert!(page.body.contains("Quetzal Owner") && page.body.contains("Quetzal Invited"), "they may look");
        for offer in ["/admins/invite\"", "/resend", "/withdraw"] {
            assert!(!page.body.contains(offer), "{role:?} is offered {offer}");
        }
        let page = browser.get(&format!("/admins/{}", other.id)).await;
        assert!(!page.body.contains("/role\"") && !page.body.contains("/remove\""), "{role:?}: {}", page.body);
    }
}
