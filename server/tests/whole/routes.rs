//! Every route against every kind of caller. A route that is missing here fails the test.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, Things};
use crate::terminal::{Device, ask};
use axum::http::Method;
use domain::role::{Right, Role};
use serde_json::{Value, json};
use server::http::router::{Route, open_routes, session_routes};
use std::collections::BTreeSet;

crate::on_both!(
    every_caller_gets_at_every_route_what_is_theirs,
    every_terminal_gets_at_every_route_what_is_its_own,
    no_other_method_is_answered,
);

/// The right that a route takes, and what callers get: nobody, the owner, another organization's owner, the visitor of
/// this link, one of another link. `200 303 …`; `in` means: asked to sign in. Our other admins get what the owner gets
/// where their role holds the right, else 403.
struct Row(&'static str, &'static str, Right, [&'static str; 5]);

const PUBLIC: [&str; 5] = ["200", "200", "200", "200", "200"];
/// A machine's route, for people.
const NO_TERMINAL: [&str; 5] = ["401", "401", "401", "401", "401"];
/// A page for whoever is signed in.
const SIGNED_IN: [&str; 5] = ["in", "200", "200", "in", "in"];
/// A page about one thing of this organization.
const OWN: [&str; 5] = ["in", "200", "404", "in", "in"];
/// An empty form about a thing of this organization: it comes back with what is wrong.
const OWN_FORM: [&str; 5] = ["in", "422", "404", "in", "in"];
/// A deed on a thing of this organization, which leads on to a page that says what was done.
const DEED: [&str; 5] = ["in", "303", "404", "in", "in"];
/// A page about one link: without any link's cookie nothing can be said, with another's it is gone.
const VISITOR: [&str; 5] = ["400", "400", "400", "200", "404"];

const TABLE: &[Row] = &[
    Row("GET", "/healthz", Right::Look, PUBLIC),
    Row("GET", "/readyz", Right::Look, PUBLIC),
    Row("GET", "/pkg/{*file}", Right::Look, ["404", "404", "404", "404", "404"]),
    Row("GET", "/favicon.ico", Right::Look, PUBLIC),
    Row("GET", "/robots.txt", Right::Look, PUBLIC),
    Row("GET", "/logo/{file}", Right::Look, ["404", "404", "404", "404", "404"]),
    Row("GET", "/manifest.webmanifest", Right::Look, PUBLIC),
    Row("GET", "/terminal", Right::Look, PUBLIC),
    Row("GET", "/terminal.webmanifest", Right::Look, PUBLIC),
    Row("GET", "/terminal-worker.js", Right::Look, PUBLIC),
    Row("GET", "/l/{secret}", Right::Look, ["303", "303", "303", "303", "303"]),
    Row("GET", "/visit/{link}", Right::Look, VISITOR),
    Row("GET", "/visit/{link}/calendar.ics", Right::Look, VISITOR),
    Row("GET", "/visit/{link}/code.png", Right::Look, VISITOR),
    Row("GET", "/visit/{link}/code.svg", Right::Look, VISITOR),
    Row("GET", "/visit/{link}/doors/{door}", Right::Look, VISITOR),
    Row("POST", "/visit/{link}/doors/{door}/unlock", Right::Look, VISITOR),
    Row("GET", "/api/terminal/v1/openapi.json", Right::Look, PUBLIC),
    // Forms are not JSON, and no cookie is a terminal's token.
    Row("POST", "/api/terminal/v1/pair", Right::Look, ["415", "415", "415", "415", "415"]),
    Row("POST", "/api/terminal/v1/heartbeat", Right::Look, NO_TERMINAL),
    Row("GET", "/api/terminal/v1/list", Right::Look, NO_TERMINAL),
    Row("POST", "/api/terminal/v1/scan", Right::Look, NO_TERMINAL),
    Row("POST", "/api/terminal/v1/journal", Right::Look, NO_TERMINAL),
    Row("GET", "/api/terminal/v1/stream", Right::Look, NO_TERMINAL),
    Row("POST", "/api/terminal/v1/claim", Right::Look, NO_TERMINAL),
    Row("POST", "/api/terminal/v1/result", Right::Look, NO_TERMINAL),
    Row("GET", "/setup/{secret}", Right::Look, ["404", "404", "404", "404", "404"]),
    Row("POST", "/setup/{secret}", Right::Look, ["404", "404", "404", "404", "404"]),
    Row("GET", "/sign-in", Right::Look, ["200", "303", "303", "200", "200"]),
    Row("POST", "/sign-in", Right::Look, ["403", "403", "403", "403", "403"]),
    // Only for whoever gave the right password a moment ago; the signed-in go home from it.
    Row("GET", "/sign-in/second-factor", Right::Look, ["in", "303", "303", "in", "in"]),
    Row("POST", "/sign-in/second-factor", Right::Look, ["in", "303", "303", "in", "in"]),
    Row("POST", "/sign-out", Right::Look, ["in", "303", "303", "in", "in"]),
    Row("GET", "/", Right::Look, SIGNED_IN),
    Row("GET", "/places", Right::Look, SIGNED_IN),
    Row("GET", "/places/new", Right::House, SIGNED_IN),
    Row("POST", "/places/new", Right::House, ["in", "422", "422", "in", "in"]),
    Row("GET", "/places/{id}", Right::Look, OWN),
    Row("GET", "/places/{id}/edit", Right::House, OWN),
    Row("POST", "/places/{id}/edit", Right::House, OWN_FORM),
    Row("GET", "/places/{id}/lockdown", Right::Doors, OWN),
    Row("POST", "/places/{id}/lockdown", Right::Doors, OWN_FORM),
    Row("POST", "/places/{id}/lift", Right::Doors, DEED),
    Row("GET", "/places/{id}/remove", Right::House, OWN),
    Row("POST", "/places/{id}/remove", Right::House, DEED),
    Row("GET", "/doors", Right::Look, SIGNED_IN),
    Row("GET", "/doors/new", Right::House, SIGNED_IN),
    Row("POST", "/doors/new", Right::House, ["in", "422", "422", "in", "in"]),
    Row("GET", "/doors/{id}", Right::Look, OWN),
    Row("GET", "/doors/{id}/edit", Right::House, OWN),
    Row("POST", "/doors/{id}/edit", Right::House, OWN_FORM),
    Row("POST", "/doors/{id}/unlock", Right::Doors, DEED),
    Row("GET", "/doors/{id}/stream", Right::Look, ["401", "200", "404", "401", "401"]),
    Row("POST", "/doors/{id}/test", Right::House, DEED),
    Row("POST", "/doors/{id}/lockdown", Right::Doors, DEED),
    Row("POST", "/doors/{id}/lift", Right::Doors, DEED),
    Row("GET", "/doors/{id}/could-it-open", Right::Look, OWN),
    Row("GET", "/doors/{id}/still-in", Right::Look, OWN),
    Row("GET", "/doors/{id}/remove", Right::House, OWN),
    Row("POST", "/doors/{id}/remove", Right::House, DEED),
    Row("GET", "/groups", Right::Look, SIGNED_IN),
    Row("GET", "/groups/new", Right::House, SIGNED_IN),
    Row("POST", "/groups/new", Right::House, ["in", "422", "422", "in", "in"]),
    Row("GET", "/groups/{id}", Right::Look, OWN),
    Row("GET", "/groups/{id}/edit", Right::House, OWN),
    Row("POST", "/groups/{id}/edit", Right::House, OWN_FORM),
    Row("GET", "/groups/{id}/remove", Right::House, OWN),
    Row("POST", "/groups/{id}/remove", Right::House, DEED),
    Row("GET", "/terminals", Right::Look, SIGNED_IN),
    Row("GET", "/terminals/new", Right::House, SIGNED_IN),
    Row("POST", "/terminals/new", Right::House, ["in", "422", "422", "in", "in"]),
    Row("GET", "/terminals/{id}", Right::Look, OWN),
    Row("GET", "/terminals/{id}/edit", Right::House, OWN),
    Row("POST", "/terminals/{id}/edit", Right::House, OWN_FORM),
    Row("GET", "/terminals/{id}/code", Right::House, OWN),
    Row("POST", "/terminals/{id}/code", Right::House, DEED),
    Row("GET", "/terminals/{id}/stream", Right::Look, ["401", "200", "404", "401", "401"]),
    Row("GET", "/terminals/{id}/revoke", Right::House, OWN),
    Row("POST", "/terminals/{id}/revoke", Right::House, DEED),
    Row("GET", "/terminals/{id}/remove", Right::House, OWN),
    Row("POST", "/terminals/{id}/remove", Right::House, DEED),
    Row("GET", "/schedules", Right::Look, SIGNED_IN),
    Row("GET", "/schedules/new", Right::House, SIGNED_IN),
    Row("POST", "/schedules/new", Right::House, ["in", "422", "422", "in", "in"]),
    Row("GET", "/schedules/{id}", Right::Look, OWN),
    Row("GET", "/schedules/{id}/edit", Right::House, OWN),
    Row("POST", "/schedules/{id}/edit", Right::House, OWN_FORM),
    Row("POST", "/schedules/{id}/exceptions", Right::House, OWN_FORM),
    Row("POST", "/schedules/{id}/exceptions/remove", Right::House, DEED),
    Row("GET", "/schedules/{id}/holidays", Right::House, OWN),
    Row("POST", "/schedules/{id}/holidays", Right::House, OWN_FORM),
    Row("GET", "/schedules/{id}/remove", Right::House, OWN),
    Row("POST", "/schedules/{id}/remove", Right::House, DEED),
    Row("GET", "/links", Right::Look, SIGNED_IN),
    Row("GET", "/links/new", Right::Links, SIGNED_IN),
    Row("POST", "/links/new", Right::Links, ["in", "422", "422", "in", "in"]),
    Row("GET", "/links/export.csv", Right::Look, SIGNED_IN),
    Row("GET", "/links/import", Right::Links, SIGNED_IN),
    Row("POST", "/links/import", Right::Links, ["in", "422", "422", "in", "in"]),
    Row("POST", "/links/import/confirm", Right::Links, ["in", "422", "422", "in", "in"]),
    Row("GET", "/links/import/template.csv", Right::Links, SIGNED_IN),
    Row("GET", "/links/act", Right::Links, ["in", "303", "303", "in", "in"]),
    Row("POST", "/links/act", Right::Links, ["in", "303", "303", "in", "in"]),
    Row("GET", "/links/{id}", Right::Look, OWN),
    Row("GET", "/links/{id}/code.png", Right::Links, OWN),
    Row("GET", "/links/{id}/code.svg", Right::Links, OWN),
    Row("GET", "/links/{id}/badge", Right::Links, OWN),
    Row("GET", "/links/{id}/edit", Right::Links, OWN),
    Row("POST", "/links/{id}/edit", Right::Links, OWN_FORM),
    Row("GET", "/links/{id}/duplicate", Right::Links, OWN),
    Row("POST", "/links/{id}/pause", Right::Links, DEED),
    Row("POST", "/links/{id}/resume", Right::Links, DEED),
    Row("POST", "/links/{id}/extend", Right::Links, OWN_FORM),
    Row("POST", "/links/{id}/rotate", Right::Links, DEED),
    Row("GET", "/links/{id}/revoke", Right::Links, OWN),
    Row("POST", "/links/{id}/revoke", Right::Links, DEED),
    Row("GET", "/links/{id}/erase", Right::Own, OWN),
    Row("POST", "/links/{id}/erase", Right::Own, DEED),
    Row("POST", "/links/{id}/send", Right::Links, DEED),
    Row("POST", "/links/{id}/whatsapp", Right::Links, OWN),
    Row("GET", "/codes/inspect", Right::Look, SIGNED_IN),
    Row("POST", "/codes/inspect", Right::Look, ["in", "422", "422", "in", "in"]),
    Row("GET", "/events", Right::Look, SIGNED_IN),
    Row("GET", "/events/stream", Right::Look, ["401", "200", "200", "401", "401"]),
    Row("GET", "/events/export.csv", Right::Look, SIGNED_IN),
    Row("GET", "/events/export.jsonl", Right::Look, SIGNED_IN),
    Row("GET", "/events/{id}", Right::Look, OWN),
    Row("GET", "/deliveries", Right::Look, SIGNED_IN),
    Row("GET", "/simulator", Right::Look, SIGNED_IN),
    Row("GET", "/simulator/stream", Right::Look, ["401", "200", "200", "401", "401"]),
    Row("POST", "/simulator/{id}/mode", Right::House, DEED),
    Row("GET", "/invitation/{secret}", Right::Look, ["404", "404", "404", "404", "404"]),
    Row("POST", "/invitation/{secret}", Right::Look, ["404", "404", "404", "404", "404"]),
    Row("GET", "/admins", Right::Look, SIGNED_IN),
    Row("GET", "/admins/invite", Right::People, SIGNED_IN),
    Row("POST", "/admins/invite", Right::People, ["in", "422", "422", "in", "in"]),
    Row("POST", "/admins/invitations/{id}/resend", Right::People, DEED),
    Row("POST", "/admins/invitations/{id}/withdraw", Right::People, DEED),
    Row("GET", "/admins/{id}", Right::Look, OWN),
    Row("POST", "/admins/{id}/role", Right::People, DEED),
    Row("GET", "/admins/{id}/erase", Right::Own, OWN),
    Row("POST", "/admins/{id}/erase", Right::Own, DEED),
    Row("GET", "/admins/{id}/remove", Right::People, OWN),
    Row("POST", "/admins/{id}/remove", Right::People, DEED),
    Row("GET", "/settings/retention", Right::Own, SIGNED_IN),
    Row("POST", "/settings/retention", Right::Own, ["in", "409", "409", "in", "in"]),
    Row("GET", "/settings", Right::Settings, SIGNED_IN),
    Row("GET", "/settings/general", Right::Settings, SIGNED_IN),
    Row("POST", "/settings/general", Right::Settings, ["in", "422", "422", "in", "in"]),
    Row("GET", "/settings/messages", Right::Settings, SIGNED_IN),
    Row("POST", "/settings/messages", Right::Settings, ["in", "409", "409", "in", "in"]),
    Row("GET", "/settings/messages/preview", Right::Settings, SIGNED_IN),
    Row("GET", "/settings/looks", Right::Settings, SIGNED_IN),
    Row("POST", "/settings/looks", Right::Settings, ["in", "409", "409", "in", "in"]),
    Row("POST", "/settings/logo", Right::Settings, ["in", "422", "422", "in", "in"]),
    Row("POST", "/settings/logo/remove", Right::Settings, ["in", "303", "303", "in", "in"]),
    Row("GET", "/settings/delivery", Right::Settings, SIGNED_IN),
    Row("POST", "/settings/delivery/test", Right::Settings, ["in", "422", "422", "in", "in"]),
    Row("GET", "/settings/security", Right::Settings, SIGNED_IN),
    Row("POST", "/settings/security", Right::Own, ["in", "303", "303", "in", "in"]),
    Row("GET", "/account", Right::Look, SIGNED_IN),
    Row("POST", "/account/name", Right::Look, ["in", "422", "422", "in", "in"]),
    Row("GET", "/account/address", Right::Look, SIGNED_IN),
    Row("POST", "/account/address", Right::Look, ["in", "422", "422", "in", "in"]),
    Row("GET", "/account/prove", Right::Look, SIGNED_IN),
    Row("POST", "/account/prove", Right::Look, ["in", "422", "422", "in", "in"]),
    Row("GET", "/account/second-factor", Right::Look, SIGNED_IN),
    Row("GET", "/account/totp", Right::Look, SIGNED_IN),
    Row("POST", "/account/totp", Right::Look, ["in", "422", "422", "in", "in"]),
    // Nobody here has a second factor: there is nothing to remove, and no code that could stand in for it.
    Row("GET", "/account/totp/remove", Right::Look, ["in", "404", "404", "in", "in"]),
    Row("POST", "/account/totp/remove", Right::Look, ["in", "404", "404", "in", "in"]),
    Row("GET", "/account/recovery-codes", Right::Look, ["in", "303", "303", "in", "in"]),
    Row("POST", "/account/recovery-codes", Right::Look, ["in", "303", "303", "in", "in"]),
    Row("GET", "/account/passkeys/new", Right::Look, SIGNED_IN),
    Row("POST", "/account/passkeys/new", Right::Look, ["in", "422", "422", "in", "in"]),
    Row("GET", "/account/passkeys/{id}/remove", Right::Look, ["in", "404", "404", "in", "in"]),
    Row("POST", "/account/passkeys/{id}/remove", Right::Look, ["in", "404", "404", "in", "in"]),
    Row("POST", "/account/password", Right::Look, ["in", "422", "422", "in", "in"]),
    Row("POST", "/account/sessions/end-others", Right::Look, ["in", "303", "303", "in", "in"]),
    Row("POST", "/account/sessions/{id}/end", Right::Look, DEED),
];

/// Our other admins, callers 5, 6 and 7.
const ROLES: [Role; 3] = [Role::Administrator, Role::AccessManager, Role::Observer];

fn all() -> Vec<Route> {
    open_routes().into_iter().chain(session_routes()).collect()
}

struct Cast {
    house: House,
    ours: Organization,
    theirs: Organization,
}

impl Cast {
    async fn caller(&self, who: usize, things: &Things, other: &Things) -> Browser {
        if let Some(role) = who.checked_sub(5).map(|at| ROLES[at]) {
            return self.house.colleague(&self.ours, role).await;
        }
        let mut browser = match who {
            1 => self.house.signed_in(&self.ours).await,
            2 => self.house.signed_in(&self.theirs).await,
            _ => self.house.browser(),
        };
        let secret = match who {
            3 => &things.secret,
            4 => &other.secret,
            _ => return browser,
        };
        assert_eq!(browser.visit(secret).await.status, 200);
        browser
    }

    async fn things(&self) -> Things {
        let things = self.house.things_like(&self.ours, |link| link.qr = "offline".into()).await;
        let group = self.house.group(&self.ours, &[&things.door]).await;
        let schedule = self.house.schedule(&self.ours, &["mon-fri=08:00-18:00"]).await;
        let terminal = self.house.waiting_terminal(&self.ours, &things.door).await;
        Things { group, schedule, terminal, ..things }
    }

    async fn ask(&self, Row(method, path, ..): &Row, caller: &mut Browser, things: &Things) -> Page {
        let event = self.house.last_event(&self.ours).await.id;
        // Another session of our owner's, for whoever would end it.
        let session = if path.starts_with("/account/sessions/{id}") {
            let page = self.house.signed_in(&self.ours).await.get("/account").await;
            page.attribute("action=\"/account/sessions/session_")
                .map(|rest| format!("session_{}", rest.trim_end_matches("/end")))
        } else {
            None
        };
        // Somebody of ours to change or remove, or to invite, put there past the log.
        let person = match path.strip_prefix("/admins/") {
            Some(rest) if rest.starts_with("invitations/") => self.house.invited(&self.ours, Role::Observer).await,
            Some(_) => self.house.admin(&self.ours, Role::Observer).await.id,
            None => String::new(),
        };
        let id = match path.split('/').nth(1) {
            Some("admins") => &person,
            Some("places") => &things.place,
            Some("links") => &things.link,
            Some("groups") => &things.group,
            Some("schedules") => &things.schedule,
            Some("terminals") => &things.terminal,
            Some("events") => &event,
            Some("account") => session.as_ref().unwrap_or(&event),
            _ => &things.door,
        };
        let address = path
            .replace("{id}", id)
            .replace("{link}", &things.link)
            .replace("{door}", &things.door)
            .replace("{*file}", "nothing.js")
            .replace("{file}", "nothing.png")
            .replace("{secret}", if path.starts_with("/l/") { &things.secret } else { "nothing-of-the-kind" });
        if *method == "GET" {
            let accept = if path.ends_with("/stream") { "text/event-stream" } else { "text/html" };
            return caller.ask(Method::GET, &address, &[("accept", accept)], String::new()).await;
        }
        // Whatever token this caller can get at all: that of their own pages.
        let mine = if path.starts_with("/visit/") { format!("/visit/{}", things.link) } else { "/account".to_owned() };
        let page = caller.get(&mine).await;
        let token =
            page.attribute("name=\"csrf\" value=\"").or_else(|| page.attribute("data-csrf=\"")).unwrap_or_default();
        let fields =
            [("csrf", token.as_str()), ("request_id", "0123456789abcdef"), ("mode", "slow"), ("reason", "fire")];
        caller.post(&address, &fields).await
    }
}

async fn every_caller_gets_at_every_route_what_is_theirs(database: &str) {
    let known: BTreeSet<(String, &str)> =
        TABLE.iter().map(|Row(method, path, ..)| ((*method).to_owned(), *path)).collect();
    let real: BTreeSet<(String, &str)> =
        all().iter().flat_map(|route| route.methods.iter().map(|method| (method.to_string(), route.path))).collect();
    assert_eq!(
        real.difference(&known).collect::<Vec<_>>(),
        Vec::<&(String, &str)>::new(),
        "routes that this table does not know"
    );
    assert_eq!(known.difference(&real).collect::<Vec<_>>(), Vec::<&(String, &str)>::new(), "routes that are gone");

    let mut wrong = Vec::new();
    // Each deed needs things of its own, and every page lists them all: a new house now and then keeps them few.
    for rows in TABLE.chunks(16) {
        let house = House::open(database);
        let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
        wrong.extend(walk(&Cast { house, ours, theirs }, rows).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What was not as the table says.
async fn walk(cast: &Cast, rows: &[Row]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (other, things) = (cast.things().await, cast.things().await);
    let mut callers = Vec::new();
    for who in 0..5 + ROLES.len() {
        callers.push(cast.caller(who, &things, &other).await);
    }
    for row in rows {
        for who in [0, 2, 3, 4, 5, 6, 7, 1] {
            // A deed changes its thing and may end its caller's session, so both are its own.
            let signed_in = row.0 == "POST" && [1, 2, 5, 6, 7].contains(&who);
            let things = if signed_in { cast.things().await } else { things.clone() };
            let mut caller = if signed_in { cast.caller(who, &things, &other).await } else { callers[who].clone() };
            let before = cast.house.last_event(&cast.ours).await.id;
            let page = cast.ask(row, &mut caller, &things).await;
            for header in ["x-content-type-options", "content-security-policy", "permissions-policy", "referrer-policy"]
            {
                assert!(page.headers.contains_key(header), "{} {} for caller {who}: no {header}", row.0, row.1);
            }
            let got = match (page.status, page.location()) {
                (303, to) if to.starts_with("/sign-in") && !to.contains("out=1") => "in".to_owned(),
                // The same, with what was typed held meanwhile.
                (403, _) if page.body.contains("<h1>You are signed out</h1>") => "in".to_owned(),
                (status, _) => status.to_string(),
            };
            let expected = match who.checked_sub(5).map(|at| ROLES[at]) {
                // Even an administrator ends no session but their own.
                Some(_) if row.1 == "/account/sessions/{id}/end" => "404",
                Some(role) if role.may(row.2) => row.3[1],
                Some(_) => "403",
                None => row.3[who],
            };
            if got != expected {
                wrong.push(format!("{} {} for caller {who}: {got}, not {expected}", row.0, row.1));
            }
            if who == 2 {
                assert!(
                    !page.body.contains("Quetzal"),
                    "{} {} shows another organization: {}",
                    row.0,
                    row.1,
                    page.body
                );
            }
            if (who == 0 || who == 2 || who == 4 || expected == "403") && !row.1.starts_with("/account/sessions") {
                assert_eq!(
                    cast.house.last_event(&cast.ours).await.id,
                    before,
                    "{} {} of caller {who} left a trace",
                    row.0,
                    row.1
                );
            }
        }
    }
    wrong
}

/// What machines get at a route, with what they send: nobody, a terminal of ours, one of another organization, one of ours
/// that was revoked.
struct Machine(&'static str, &'static str, fn(&str) -> Value, [u16; 4]);

const MACHINES: &[Machine] = &[
    Machine("GET", "openapi.json", |_| Value::Null, [200, 200, 200, 200]),
    Machine("POST", "pair", |_| json!({ "code": "00000000" }), [404, 404, 404, 404]),
    Machine("POST", "heartbeat", |_| json!({ "wall": 0 }), [401, 200, 200, 401]),
    Machine("GET", "list", |_| Value::Null, [401, 200, 200, 401]),
    Machine(
        "POST",
        "scan",
        |_| json!({ "scan": "0123456789abcdef", "sequence": 1, "code": "TEsx", "at": 0 }),
        [401, 200, 200, 401],
    ),
    Machine("POST", "journal", |_| json!({ "entries": [] }), [401, 200, 200, 401]),
    Machine("GET", "stream", |_| Value::Null, [401, 200, 200, 401]),
    Machine("POST", "claim", |_| json!({}), [401, 200, 200, 401]),
    Machine("POST", "result", |event| json!({ "event": event, "opened": true }), [401, 204, 204, 401]),
];

async fn every_terminal_gets_at_every_route_what_is_its_own(database: &str) {
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let (things, foreign) = (house.things(&ours).await, house.things(&theirs).await);
    let revoked = Device::pair(&house, &ours, &things).await;
    server::service::terminal::manage::revoke(&house.app, &house.owner(&ours), &revoked.id).await.expect("its end");
    let (own, other) = (Device::pair(&house, &ours, &things).await, Device::pair(&house, &theirs, &foreign).await);
    let real: BTreeSet<(String, &str)> = open_routes()
        .iter()
        .filter_map(|route| Some((route.methods[0].to_string(), route.path.strip_prefix("/api/terminal/v1/")?)))
        .collect();
    let known: BTreeSet<(String, &str)> =
        MACHINES.iter().map(|Machine(method, path, ..)| ((*method).to_owned(), *path)).collect();
    assert_eq!(real, known);
    let event = house.events(&ours).await.pop().unwrap().id;
    for Machine(method, path, body, expected) in MACHINES {
        let body = Some(body(&event)).filter(|body| !body.is_null());
        let tokens = [None, Some(&own.token), Some(&other.token), Some(&revoked.token)];
        for (who, (token, expected)) in tokens.into_iter().zip(expected).enumerate() {
            let before = house.events(&ours).await.len();
            let method = method.parse().expect("a method");
            let page = ask(&house.router, method, path, token.map(String::as_str), body.as_ref()).await;
            assert_eq!(page.status, *expected, "{path} for caller {who}: {}", page.body);
            if who != 1 {
                assert!(!page.body.contains("Quetzal") && !page.body.contains(&things.door), "{path}: {}", page.body);
                assert_eq!(house.events(&ours).await.len(), before, "{path} of caller {who} left a trace");
            }
        }
    }
}

async fn no_other_method_is_answered(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut owner = house.signed_in(&ours).await;
    for route in all() {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if route.methods.contains(&method) {
                continue;
            }
            let path = route.path.replace("{id}", &things.door).replace("{*file}", "x").replace(['{', '}'], "");
            let page = owner.ask(method.clone(), &path, &[("sec-fetch-site", "same-origin")], String::new()).await;
            assert_eq!(page.status, 404, "{method} {path}");
        }
    }
}
