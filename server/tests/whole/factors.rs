//! The second factor: how it is set up and asked for, that a code passes once, fresh proof, and the demand for one.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, PASSWORD};
use crate::sink::Sink;
use axum::http::Method;
use domain::role::Role;
use server::http::router::session_routes;
use server::notify::{mail::Mailer, outbox};
use server::service::actor::Actor;
use server::service::factor::{self, totp::Seed};

crate::on_both!(
    an_app_is_set_up_with_a_code_and_gives_ten_recovery_codes,
    a_code_signs_in_once,
    one_code_side_by_side_passes_once,
    a_recovery_code_signs_in_once_and_new_ones_replace_the_old,
    wrong_codes_meet_a_limit,
    half_a_sign_in_is_nobody,
    a_half_ends_with_its_time_and_its_password,
    what_matters_asks_for_fresh_proof,
    a_form_without_proof_does_nothing,
    proof_is_a_password_or_a_code,
    an_address_changes_with_proof_and_a_notice,
    a_required_factor_comes_before_everything_else,
    requiring_one_is_for_owners_who_have_one,
    the_last_required_factor_stays,
    an_operator_lets_in_whoever_lost_theirs,
    no_secret_of_a_factor_lies_open,
    passkeys_are_offered_where_browsers_give_them,
);

/// What an authenticator app knows.
struct Phone(Seed);

impl Phone {
    /// Scans the page's text.
    fn scan(page: &Page) -> Self {
        let at = page.body.find("id=\"secret\"").expect("a secret to type");
        let from = at + page.body[at..].find('>').unwrap() + 1;
        let text: String = page.body[from..].chars().take_while(|one| *one != '<').filter(|one| *one != ' ').collect();
        let mut bits = 0_u64;
        let (mut held, mut bytes) = (0, Vec::new());
        for letter in text.bytes() {
            let digit = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".bytes().position(|one| one == letter).expect("base 32");
            bits = bits << 5 | digit as u64;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push(u8::try_from(bits >> held & 255).unwrap());
            }
        }
        Self(Seed::from_bytes(&bytes).expect("twenty bytes"))
    }

    /// The code of so many steps from now.
    fn code(&self, house: &House, ahead: i64) -> String {
        self.0.code(house.app.clock.now() / 30_000 + ahead)
    }
}

/// Sets an app up as people do; gives the phone and the recovery codes.
async fn set_up(house: &House, browser: &mut Browser) -> (Phone, Vec<String>) {
    let page = browser.get("/account/totp").await;
    assert_eq!(page.status, 200, "{}", page.body);
    let phone = Phone::scan(&page);
    let sealed = page.attribute("name=\"sealed\" value=\"").unwrap();
    let token = page.token();
    let fields = [("csrf", token.as_str()), ("sealed", sealed.as_str()), ("code", &phone.code(house, 0))];
    let page = browser.post("/account/totp", &fields).await;
    assert_eq!((page.status, page.location()), (303, "/account/recovery-codes"), "{}", page.body);
    let page = browser.get("/account/recovery-codes").await;
    (phone, codes(&page))
}

fn codes(page: &Page) -> Vec<String> {
    page.body
        .match_indices("<li class=\"mono\">")
        .map(|(at, start)| page.body[at + start.len()..].chars().take(19).collect())
        .collect()
}

/// The page that asks for the second step.
async fn half(house: &House, email: &str) -> Browser {
    let mut browser = house.browser();
    let page = browser.sign_in(email, PASSWORD).await;
    assert_eq!((page.status, page.location()), (303, "/sign-in/second-factor"), "{}", page.body);
    browser
}

async fn give(browser: &mut Browser, code: &str) -> Page {
    browser.submit("/sign-in/second-factor", "/sign-in/second-factor", &[("code", code)]).await
}

/// So much later that another step's code is due, and no proof is fresh any more.
async fn later(house: &House) {
    house.app.clock.shift(11 * 60_000);
}

async fn opened(database: &str) -> (House, Organization) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    (house, ours)
}

async fn an_app_is_set_up_with_a_code_and_gives_ten_recovery_codes(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get("/account/totp").await;
    assert!(page.body.contains("aria-label=\"QR code for the authenticator app\""), "a picture to scan: {}", page.body);
    let (token, sealed) = (page.token(), page.attribute("name=\"sealed\" value=\"").unwrap());
    let wrong = [("csrf", token.as_str()), ("sealed", sealed.as_str()), ("code", "000000")];
    let page = owner.post("/account/totp", &wrong).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("does not fit") && page.body.contains(&sealed), "the same picture: {}", page.body);
    assert!(house.browser().sign_in(&ours.email, PASSWORD).await.location() == "/", "nothing is on yet");

    let (_, codes) = set_up(&house, &mut owner).await;
    assert_eq!(codes.len(), 10);
    let page = owner.get("/account/recovery-codes").await;
    assert!(!page.body.contains(&codes[0]) && page.body.contains("10 of your codes are left"), "{}", page.body);
    assert!(owner.get("/account").await.body.contains("An authenticator app. 10 recovery codes left."));
    assert!(owner.get("/admins").await.body.contains("Second factor"));
    for action in ["factor.added", "recovery_codes.made"] {
        assert_eq!(house.count(&ours, action, "done").await, 1, "{action}");
    }
    // A form that another admin's page carried is not this one's.
    let mut colleague = house.colleague(&ours, Role::Observer).await;
    let fields = [("sealed", sealed.as_str()), ("code", "000000")];
    let page = colleague.submit("/account/totp", "/account/totp", &fields).await;
    assert!(page.status == 422 && !page.body.contains(&sealed) && page.body.contains("not whole"), "{}", page.body);
}

async fn a_code_signs_in_once(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (phone, _) = set_up(&house, &mut owner).await;
    let used = phone.code(&house, 0);
    let mut one = half(&house, &ours.email).await;
    assert_eq!(give(&mut one, &used).await.status, 422, "the code that set it up was used there");
    later(&house).await;
    let mut one = half(&house, &ours.email).await;
    let before = one.cookies["latchkey"].clone();
    let code = phone.code(&house, 0);
    let page = give(&mut one, &format!("{} {}", &code[..3], &code[3..])).await;
    assert_eq!((page.status, page.location()), (303, "/"), "{}", page.body);
    assert_ne!(one.cookies["latchkey"], before, "the session has a new id");
    assert_eq!(one.get("/").await.status, 200);

    let mut two = half(&house, &ours.email).await;
    let page = give(&mut two, &code).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("used already"), "{}", page.body);
    assert_eq!(give(&mut two, &phone.code(&house, -1)).await.status, 422, "nor an older one");
    assert_eq!(give(&mut two, &phone.code(&house, 1)).await.status, 303, "the next one");
    let events = house.events(&ours).await;
    let method = |outcome: &str| {
        let row = events.iter().rev().find(|row| row.action == "admin.sign_in" && row.outcome == outcome).unwrap();
        row.details()["method"].clone()
    };
    assert_eq!((method("done"), method("failed")), ("totp".into(), "code".into()));
}

async fn one_code_side_by_side_passes_once(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (phone, codes) = set_up(&house, &mut owner).await;
    later(&house).await;
    let code = phone.code(&house, 0);
    let actor = house.owner(&ours);
    // Two processes, and below the limit of tries.
    let second = house.another();
    second.clock.shift(11 * 60_000);
    for typed in [code.as_str(), codes[0].as_str()] {
        let check = |app| {
            let (actor, typed) = (actor.clone(), typed.to_owned());
            async move { factor::check_code(app, &actor, &typed, factor::Purpose::SignIn).await.is_ok() }
        };
        let (a, b, c, d) = tokio::join!(check(&house.app), check(&second), check(&house.app), check(&second));
        assert_eq!([a, b, c, d].into_iter().filter(|passed| *passed).count(), 1, "{typed}");
        house.app.clock.shift(901_000);
        second.clock.shift(901_000);
    }
}

async fn a_recovery_code_signs_in_once_and_new_ones_replace_the_old(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (_, codes) = set_up(&house, &mut owner).await;
    let mut one = half(&house, &ours.email).await;
    assert_eq!(give(&mut one, &codes[0].to_uppercase().replace('-', " ")).await.status, 303);
    let mut two = half(&house, &ours.email).await;
    assert_eq!(give(&mut two, &codes[0]).await.status, 422, "once");
    assert!(owner.get("/account/second-factor").await.body.contains("9 left"));

    let page = owner.submit("/account/recovery-codes", "/account/recovery-codes", &[]).await;
    assert_eq!(page.location(), "/account/recovery-codes");
    let fresh = self::codes(&owner.get("/account/recovery-codes").await);
    assert_eq!(fresh.len(), 10);
    assert_eq!(give(&mut two, &codes[1]).await.status, 422, "the old ones are dead");
    assert_eq!(give(&mut two, &fresh[1]).await.status, 303);
    // Somebody else's codes are nobody's here.
    let colleague = house.admin(&ours, Role::Owner).await;
    let mut theirs = house.browser();
    theirs.sign_in(&colleague.email, PASSWORD).await;
    set_up(&house, &mut theirs).await;
    let mut other = half(&house, &colleague.email).await;
    assert_eq!(give(&mut other, &fresh[2]).await.status, 422);
}

async fn wrong_codes_meet_a_limit(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (phone, _) = set_up(&house, &mut owner).await;
    later(&house).await;
    let mut tries = tokio::task::JoinSet::new();
    let mut thief = half(&house, &ours.email).await;
    let token = thief.get("/sign-in/second-factor").await.token();
    for _ in 0..9 {
        let (mut thief, token) = (thief.clone(), token.clone());
        tries.spawn(async move {
            thief.post("/sign-in/second-factor", &[("csrf", &token), ("code", "000000x")]).await.status
        });
    }
    let mut statuses = tries.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![422; 5], vec![429; 4]].concat(), "side by side too");
    let page = give(&mut thief, &phone.code(&house, 0)).await;
    assert_eq!(page.status, 429, "even the right one waits");
    assert!(page.headers.contains_key("retry-after") && page.body.contains("Too many tries"), "{}", page.body);
    house.app.clock.shift(901_000);
    let mut thief = half(&house, &ours.email).await;
    assert_eq!(give(&mut thief, &phone.code(&house, 0)).await.status, 303);
}

async fn half_a_sign_in_is_nobody(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (phone, _) = set_up(&house, &mut owner).await;
    later(&house).await;
    let mut browser = house.browser();
    let fields = [("email", ours.email.as_str()), ("password", PASSWORD), ("next", "/links?state=active")];
    let page = browser.submit("/sign-in", "/sign-in", &fields).await;
    assert_eq!(page.location(), "/sign-in/second-factor");
    for path in ["/", "/account", "/account/second-factor", "/account/prove", "/admins"] {
        assert!(browser.get(path).await.location().starts_with("/sign-in"), "{path}");
    }
    let signed_in = house.count(&ours, "admin.sign_in", "done").await;
    assert_eq!(signed_in, 1, "a password alone is no sign-in");
    let stranger = house.browser();
    assert_eq!(stranger.clone().get("/sign-in/second-factor").await.location(), "/sign-in");
    let token = browser.get("/sign-in/second-factor").await.token();
    let code = phone.code(&house, 0);
    let fields = [("csrf", token.as_str()), ("code", code.as_str())];
    assert_eq!(stranger.clone().post("/sign-in/second-factor", &fields).await.location(), "/sign-in");
    let mut other = half(&house, &ours.email).await;
    assert_eq!(other.post("/sign-in/second-factor", &fields).await.status, 403, "a token of another session");
    let page = browser.post("/sign-in/second-factor", &fields).await;
    assert_eq!((page.status, page.location()), (303, "/links?state=active"), "and on to where one wanted to go");
}

async fn a_half_ends_with_its_time_and_its_password(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (_, codes) = set_up(&house, &mut owner).await;
    let mut slow = half(&house, &ours.email).await;
    let mut old = half(&house, &ours.email).await;
    let new = "another lighthouse, at dusk";
    let fields = [("current", PASSWORD), ("password", new), ("password_again", new)];
    assert_eq!(owner.submit("/account", "/account/password", &fields).await.status, 303);
    assert_eq!(old.get("/sign-in/second-factor").await.location(), "/sign-in", "the password is not theirs any more");

    let mut browser = house.browser();
    assert_eq!(browser.sign_in(&ours.email, new).await.location(), "/sign-in/second-factor");
    house.app.clock.shift(601_000);
    assert_eq!(browser.get("/sign-in/second-factor").await.location(), "/sign-in");
    let page = slow.post("/sign-in/second-factor", &[("csrf", "x"), ("code", &codes[0])]).await;
    assert_eq!(page.location(), "/sign-in");
}

async fn what_matters_asks_for_fresh_proof(database: &str) {
    let (house, ours) = opened(database).await;
    let colleague = house.admin(&ours, Role::Observer).await;
    let invitation = house.invited(&ours, Role::Observer).await;
    let mut owner = house.signed_in(&ours).await;
    set_up(&house, &mut owner).await;
    later(&house).await;
    let remove = format!("/admins/{}/remove", colleague.id);
    for page in [
        "/admins/invite",
        &remove,
        "/account/address",
        "/account/totp",
        "/account/totp/remove",
        "/account/recovery-codes",
        "/account/passkeys/new",
    ] {
        let next: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
        assert_eq!(owner.get(page).await.location(), format!("/account/prove?next={next}"), "{page}");
    }
    let role = format!("/admins/{}/role", colleague.id);
    let (resend, withdraw) =
        (format!("/admins/invitations/{invitation}/resend"), format!("/admins/invitations/{invitation}/withdraw"));
    let before = house.events(&ours).await.len();
    for deed in [
        "/admins/invite",
        &remove,
        &role,
        &resend,
        &withdraw,
        "/account/address",
        "/account/totp",
        "/account/totp/remove",
        "/account/recovery-codes",
        "/account/passkeys/new",
        "/settings/security",
    ] {
        let page = owner.submit("/account", deed, &[("page", "/admins")]).await;
        assert_eq!(page.location(), "/account/prove?next=%2Fadmins", "{deed}: {}", page.body);
    }
    assert_eq!(house.events(&ours).await.len(), before, "nothing was done");
    // What needs none.
    for path in ["/admins", "/account", "/account/second-factor", "/settings/security", "/links/new"] {
        assert_eq!(owner.get(path).await.status, 200, "{path}");
    }
}

async fn a_form_without_proof_does_nothing(database: &str) {
    let (house, ours) = opened(database).await;
    let colleague = house.admin(&ours, Role::Observer).await;
    let mut owner = house.signed_in(&ours).await;
    later(&house).await;
    let (page, deed) = (format!("/admins/{}", colleague.id), format!("/admins/{}/remove", colleague.id));
    let token = owner.get(&page).await.token();
    let fields = [("csrf", token.as_str()), ("page", page.as_str())];
    let prove = owner.post(&deed, &fields).await.location().to_owned();
    let answer = owner.submit(&prove, "/account/prove", &[("password", PASSWORD), ("next", &page)]).await;
    assert_eq!(answer.location(), page, "back to the page it stood on");
    assert!(owner.get(&page).await.body.contains("You are not asked again for ten minutes."));
    assert_eq!(house.count(&ours, "admin.removed", "done").await, 0, "and nothing is done by itself");
    assert_eq!(owner.post(&deed, &fields).await.location(), "/admins");
    assert_eq!(house.count(&ours, "admin.removed", "done").await, 1, "pressed again, it is");
    // A page of elsewhere is none.
    later(&house).await;
    let fields = [("csrf", token.as_str()), ("page", "//evil.example")];
    let next = "/account/prove?next=%2Faccount%2Frecovery-codes";
    assert_eq!(owner.post("/account/recovery-codes", &fields).await.location(), next);
    let answer = owner.submit("/account/prove", "/account/prove", &[("password", PASSWORD), ("next", "//evil")]).await;
    assert_eq!(answer.location(), "/account");
}

async fn proof_is_a_password_or_a_code(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (phone, codes) = set_up(&house, &mut owner).await;
    later(&house).await;
    for fields in [[("password", "not the right one at all")], [("code", "000000x")], [("password", "")]] {
        let page = owner.submit("/account/prove", "/account/prove", &fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(owner.get("/account/address").await.location().starts_with("/account/prove"), "{fields:?}");
    }
    assert_eq!(house.count(&ours, "admin.proved", "failed").await, 2);
    for (name, given) in [("password", Some(PASSWORD)), ("code", None), ("code", Some(codes[3].as_str()))] {
        let fresh = phone.code(&house, 0);
        let value = given.unwrap_or(&fresh);
        assert_eq!(owner.submit("/account/prove", "/account/prove", &[(name, value)]).await.status, 303, "{name}");
        assert_eq!(owner.get("/account/address").await.status, 200, "{name}");
        house.app.clock.shift(599_000);
        assert_eq!(owner.get("/account/address").await.status, 200, "still");
        house.app.clock.shift(2_000);
        assert_eq!(owner.get("/account/address").await.status, 303, "ten minutes are over");
    }
    assert_eq!(owner.submit("/account/prove", "/account/prove", &[("code", &codes[3])]).await.status, 422, "used");
    for _ in 0..10 {
        owner.submit("/account/prove", "/account/prove", &[("password", "not the right one at all")]).await;
    }
    let page = owner.submit("/account/prove", "/account/prove", &[("password", PASSWORD)]).await;
    assert_eq!(page.status, 429, "guessing is slowed down here too");
}

async fn an_address_changes_with_proof_and_a_notice(database: &str) {
    let sink = Sink::open().await;
    let house = House::open_with(
        database,
        &[("LATCHKEY_SMTP_URL", sink.url()), ("LATCHKEY_MAIL_FROM", "door@quetzal.example".into())],
    );
    let ours = house.organization("Quetzal").await;
    let theirs = house.organization("Marmot").await;
    let mut owner = house.signed_in(&ours).await;
    for (email, sentence) in [
        ("", "fill this in"),
        ("no address", "does not look like"),
        (theirs.email.as_str(), "has an account already"),
        (ours.email.as_str(), "your address already"),
    ] {
        let page = owner.submit("/account/address", "/account/address", &[("email", email)]).await;
        assert_eq!(page.status, 422, "{email}");
        assert!(page.body.contains(sentence), "{email}: {}", page.body);
    }
    let page = owner.submit("/account/address", "/account/address", &[("email", "new@quetzal.example")]).await;
    assert_eq!(page.location(), "/account", "{}", page.body);
    let mailer = Mailer::new(&house.app.config).unwrap();
    assert_eq!(outbox::round(&house.app, &mailer).await.unwrap(), 1);
    let mail = sink.mails().remove(0);
    assert!(mail.contains("To: owner@quetzal.example") && !mail.contains("new@quetzal.example"), "{mail}");
    assert_eq!(house.browser().sign_in(&ours.email, PASSWORD).await.status, 422);
    assert_eq!(house.browser().sign_in("NEW@quetzal.example", PASSWORD).await.status, 303);
    assert_eq!(house.count(&ours, "admin.address_changed", "done").await, 1);
    let page = owner.get("/events").await;
    assert!(page.body.contains("changed their e-mail address") && page.body.contains("sent a notice"), "{}", page.body);

    let page = owner.submit("/account", "/account/name", &[("name", "Ada \u{202e}eve")]).await;
    assert_eq!(page.status, 422);
    owner.submit("/account", "/account/name", &[("name", "Ada Keller")]).await;
    assert!(owner.get("/account").await.body.contains("Ada Keller"));
}

async fn require(house: &House, ours: &Organization, required: bool) {
    let id = ours.id.clone();
    let row = house.app.db.read(move |c| server::store::organization::find(c, &id)).await.unwrap();
    factor::require(&house.app, &Actor::operator(&ours.id), row.version, required).await.unwrap();
}

async fn a_required_factor_comes_before_everything_else(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let things = house.things(&ours).await;
    require(&house, &ours, true).await;

    // What is open all the same: setting one up, proving who one is, and the way out.
    let open = ["/account/second-factor", "/account/totp", "/account/passkeys/new", "/account/prove", "/sign-out"];
    let before_signing_in = ["/sign-in", "/sign-in/second-factor", "/setup/{secret}", "/invitation/{secret}"];
    let token = owner.get("/account/second-factor").await.token();
    let mut tried = 0;
    for route in session_routes() {
        if open.contains(&route.path) || before_signing_in.contains(&route.path) {
            continue;
        }
        let path = route.path.replace("{id}", &things.door);
        assert!(!path.contains('{'), "{path}");
        for method in route.methods {
            let page = if method == Method::GET {
                owner.get(&path).await
            } else {
                owner.post(&path, &[("csrf", &token)]).await
            };
            assert_eq!((page.status, page.location()), (303, "/account/second-factor"), "{method} {path}");
            tried += 1;
        }
        if path.ends_with("/stream") {
            let page = owner.ask(Method::GET, &path, &[("accept", "text/event-stream")], String::new()).await;
            assert_eq!(page.status, 403, "{path}");
        }
    }
    assert!(tried > 60, "{tried} routes");
    for path in &open[..4] {
        assert_eq!(owner.get(path).await.status, 200, "{path}");
    }
    let page = owner.get("/account/second-factor").await;
    assert!(page.body.contains("asks everybody for a second factor") && !page.body.contains("class=\"side\""));

    let mut other = house.browser();
    assert_eq!(other.sign_in(&ours.email, PASSWORD).await.status, 303);
    assert_eq!(other.get("/links").await.location(), "/account/second-factor", "after signing in too");
    let token = other.get("/account/second-factor").await.token();
    assert_eq!(other.post("/sign-out", &[("csrf", &token)]).await.location(), "/sign-in?out=1");

    set_up(&house, &mut owner).await;
    assert_eq!(owner.get("/links").await.status, 200, "and with one everything is as before");
}

async fn requiring_one_is_for_owners_who_have_one(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get("/settings/security").await;
    assert!(page.body.contains("You have none yourself yet.") && page.body.contains("Quetzal Owner"), "{}", page.body);
    let version = |page: &Page| page.attribute("name=\"version\" value=\"").unwrap();
    owner.submit("/account", "/settings/security", &[("version", "1"), ("required", "on")]).await;
    assert!(owner.get("/settings/security").await.body.contains("for yourself first"));
    let mut administrator = house.colleague(&ours, Role::Administrator).await;
    assert_eq!(administrator.get("/settings/security").await.status, 200);
    assert!(!administrator.get("/settings/security").await.body.contains("action=\"/settings/security\""));

    set_up(&house, &mut owner).await;
    let page = owner.get("/settings/security").await;
    let fields = [("version", version(&page)), ("required", "on".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(
        owner.submit("/settings/security", "/settings/security", &fields).await.location(),
        "/settings/security"
    );
    assert_eq!(administrator.get("/").await.location(), "/account/second-factor", "at the next click");
    let stale = [("version", fields[0].1), ("required", "")];
    owner.submit("/settings/security", "/settings/security", &stale).await;
    let page = owner.get("/settings/security").await;
    assert!(page.body.contains("Somebody changed this") && page.body.contains("No longer require it"), "{}", page.body);
    let off = [("version", version(&page)), ("required", String::new())];
    let off = off.each_ref().map(|(name, value)| (*name, value.as_str()));
    owner.submit("/settings/security", "/settings/security", &off).await;
    assert_eq!(administrator.get("/").await.status, 200);
    assert_eq!(house.count(&ours, "organization.second_factor_required", "done").await, 2);
}

async fn the_last_required_factor_stays(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (_, codes) = set_up(&house, &mut owner).await;
    require(&house, &ours, true).await;
    let remove = "/account/totp/remove";
    owner.submit(remove, remove, &[]).await;
    assert!(owner.get("/account/second-factor").await.body.contains("this is your last"));
    assert_eq!(house.count(&ours, "factor.removed", "done").await, 0);
    require(&house, &ours, false).await;
    assert!(owner.get(remove).await.body.contains("your recovery codes go with it"));
    owner.submit(remove, remove, &[]).await;
    assert_eq!(house.count(&ours, "factor.removed", "done").await, 1);
    let mut browser = house.browser();
    assert_eq!(browser.sign_in(&ours.email, PASSWORD).await.location(), "/", "the password alone");
    let page = browser.submit("/account/prove", "/account/prove", &[("code", &codes[0])]).await;
    assert_eq!(page.status, 422, "the codes are gone with it");
}

async fn an_operator_lets_in_whoever_lost_theirs(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    set_up(&house, &mut owner).await;
    let operator = Actor::operator(&ours.id);
    let id = ours.admin.clone();
    let row = house.app.db.read(move |c| server::store::admin::find(c, &id)).await.unwrap();
    let new = "another lighthouse, at dusk";
    server::service::account::set_password(&house.app, &operator, &row, new).await.unwrap();
    assert_eq!(owner.get("/").await.location(), "/sign-in", "their sessions ended");
    factor::reset(&house.app, &operator, &ours.admin).await.unwrap();
    assert!(factor::reset(&house.app, &operator, &ours.admin).await.is_err(), "there is none any more");
    let mut browser = house.browser();
    assert_eq!(browser.sign_in(&ours.email, new).await.location(), "/");
    let page = browser.get("/events").await;
    assert!(page.body.contains("All of them, of Quetzal Owner"), "{}", page.body);
}

async fn no_secret_of_a_factor_lies_open(database: &str) {
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let (phone, mut codes) = set_up(&house, &mut owner).await;
    // Those that wait in the session to be shown, too.
    owner.submit("/account/recovery-codes", "/account/recovery-codes", &[]).await;
    let rows = house.dump().await;
    codes.extend(self::codes(&owner.get("/account/recovery-codes").await));
    assert_eq!(codes.len(), 20);
    assert!(rows.contains("factor.added"), "the dump holds what is stored");
    for secret in codes.iter().chain([&phone.0.text()]) {
        assert!(!rows.contains(secret.as_str()), "{secret}");
        assert!(!rows.contains(&secret.replace('-', "")), "{secret}");
    }
}

async fn passkeys_are_offered_where_browsers_give_them(database: &str) {
    for (base, works) in [
        ("http://127.0.0.1:3000", false),
        ("http://door.example.org", false),
        ("http://localhost:3000", true),
        ("https://door.example.org", true),
    ] {
        let house = House::open_with(database, &[("LATCHKEY_BASE_URL", base.into())]);
        let ours = house.organization("Quetzal").await;
        let row = house.app.db.read(move |c| server::store::admin::find(c, &ours.admin)).await.unwrap();
        let begun = factor::passkey::begin_adding(&house.app, &row).await;
        assert_eq!(begun.is_ok(), works, "{base}");
        if let Ok(begun) = begun {
            let options: serde_json::Value = serde_json::from_str(&begun.options).unwrap();
            let host = base.split("//").nth(1).unwrap().split(':').next().unwrap();
            assert_eq!(options["publicKey"]["rp"]["id"], host);
            assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
        }
    }
    let (house, ours) = opened(database).await;
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get("/account/passkeys/new").await;
    assert!(page.body.contains("Passkeys do not work here yet"), "{}", page.body);
    let fields = [("name", "Phone"), ("credential", "{}")];
    let page = owner.submit("/account/second-factor", "/account/passkeys/new", &fields).await;
    assert_eq!(page.status, 422, "{}", page.body);
}
