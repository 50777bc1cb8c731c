//! Every route against every kind of caller. A route that is missing here fails the test.

use crate::browser::{Browser, Page};
use crate::house::{House, Organization, Things};
use axum::http::Method;
use server::http::router::{Route, open_routes, session_routes};
use std::collections::BTreeSet;

crate::on_both!(every_caller_gets_at_every_route_what_is_theirs, no_other_method_is_answered);

/// What callers get: nobody, the owner, another organization's owner, the visitor of this link, one of another link.
/// `200 303 …`; `in` means: asked to sign in.
struct Row(&'static str, &'static str, [&'static str; 5]);

const PUBLIC: [&str; 5] = ["200", "200", "200", "200", "200"];
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
    Row("GET", "/healthz", PUBLIC),
    Row("GET", "/readyz", PUBLIC),
    Row("GET", "/pkg/{*file}", ["404", "404", "404", "404", "404"]),
    Row("GET", "/favicon.ico", PUBLIC),
    Row("GET", "/robots.txt", PUBLIC),
    Row("GET", "/manifest.webmanifest", PUBLIC),
    Row("GET", "/l/{secret}", ["303", "303", "303", "303", "303"]),
    Row("GET", "/visit/{link}", VISITOR),
    Row("GET", "/visit/{link}/calendar.ics", VISITOR),
    Row("GET", "/visit/{link}/doors/{door}", VISITOR),
    Row("POST", "/visit/{link}/doors/{door}/unlock", VISITOR),
    Row("GET", "/setup/{secret}", ["404", "404", "404", "404", "404"]),
    Row("POST", "/setup/{secret}", ["404", "404", "404", "404", "404"]),
    Row("GET", "/sign-in", ["200", "303", "303", "200", "200"]),
    Row("POST", "/sign-in", ["403", "403", "403", "403", "403"]),
    Row("POST", "/sign-out", ["in", "303", "303", "in", "in"]),
    Row("GET", "/", SIGNED_IN),
    Row("GET", "/places", SIGNED_IN),
    Row("GET", "/places/new", SIGNED_IN),
    Row("POST", "/places/new", ["in", "422", "422", "in", "in"]),
    Row("GET", "/places/{id}", OWN),
    Row("GET", "/places/{id}/edit", OWN),
    Row("POST", "/places/{id}/edit", OWN_FORM),
    Row("GET", "/places/{id}/remove", OWN),
    Row("POST", "/places/{id}/remove", DEED),
    Row("GET", "/doors", SIGNED_IN),
    Row("GET", "/doors/new", SIGNED_IN),
    Row("POST", "/doors/new", ["in", "422", "422", "in", "in"]),
    Row("GET", "/doors/{id}", OWN),
    Row("GET", "/doors/{id}/edit", OWN),
    Row("POST", "/doors/{id}/edit", OWN_FORM),
    Row("POST", "/doors/{id}/unlock", DEED),
    Row("POST", "/doors/{id}/lockdown", DEED),
    Row("POST", "/doors/{id}/lift", DEED),
    Row("GET", "/doors/{id}/remove", OWN),
    Row("POST", "/doors/{id}/remove", DEED),
    Row("GET", "/links", SIGNED_IN),
    Row("GET", "/links/new", SIGNED_IN),
    Row("POST", "/links/new", ["in", "422", "422", "in", "in"]),
    Row("GET", "/links/{id}", OWN),
    Row("GET", "/links/{id}/edit", OWN),
    Row("POST", "/links/{id}/edit", OWN_FORM),
    Row("POST", "/links/{id}/pause", DEED),
    Row("POST", "/links/{id}/resume", DEED),
    Row("POST", "/links/{id}/extend", OWN_FORM),
    Row("POST", "/links/{id}/rotate", DEED),
    Row("GET", "/links/{id}/revoke", OWN),
    Row("POST", "/links/{id}/revoke", DEED),
    Row("POST", "/links/{id}/send", DEED),
    Row("POST", "/links/{id}/whatsapp", OWN),
    Row("GET", "/events", SIGNED_IN),
    Row("GET", "/events/stream", ["401", "200", "200", "401", "401"]),
    Row("GET", "/events/{id}", OWN),
    Row("GET", "/deliveries", SIGNED_IN),
    Row("GET", "/simulator", SIGNED_IN),
    Row("GET", "/simulator/stream", ["401", "200", "200", "401", "401"]),
    Row("POST", "/simulator/{id}/mode", DEED),
    Row("GET", "/account", SIGNED_IN),
    Row("POST", "/account/password", ["in", "422", "422", "in", "in"]),
    Row("POST", "/account/sessions/end-others", ["in", "303", "303", "in", "in"]),
    Row("POST", "/account/sessions/{id}/end", DEED),
];

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

    async fn ask(&self, Row(method, path, _): &Row, caller: &mut Browser, things: &Things) -> Page {
        let event = self.house.events(&self.ours).await.pop().unwrap().id;
        // Another session of our owner's, for whoever would end it.
        let session = if path.starts_with("/account/sessions/{id}") {
            let page = self.house.signed_in(&self.ours).await.get("/account").await;
            page.attribute("action=\"/account/sessions/session_")
                .map(|rest| format!("session_{}", rest.trim_end_matches("/end")))
        } else {
            None
        };
        let id = match path.split('/').nth(1) {
            Some("places") => &things.place,
            Some("links") => &things.link,
            Some("events") => &event,
            Some("account") => session.as_ref().unwrap_or(&event),
            _ => &things.door,
        };
        let address = path
            .replace("{id}", id)
            .replace("{link}", &things.link)
            .replace("{door}", &things.door)
            .replace("{*file}", "nothing.js")
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
    let house = House::open(database);
    let (ours, theirs) = (house.organization("Quetzal").await, house.organization("Marmot").await);
    let cast = Cast { house, ours, theirs };
    let other = cast.house.things(&cast.ours).await;

    let known: BTreeSet<(String, &str)> =
        TABLE.iter().map(|Row(method, path, _)| ((*method).to_owned(), *path)).collect();
    let real: BTreeSet<(String, &str)> =
        all().iter().flat_map(|route| route.methods.iter().map(|method| (method.to_string(), route.path))).collect();
    assert_eq!(
        real.difference(&known).collect::<Vec<_>>(),
        Vec::<&(String, &str)>::new(),
        "routes that this table does not know"
    );
    assert_eq!(known.difference(&real).collect::<Vec<_>>(), Vec::<&(String, &str)>::new(), "routes that are gone");

    let mut wrong = Vec::new();
    let things = cast.house.things(&cast.ours).await;
    let mut callers = Vec::new();
    for who in 0..5 {
        callers.push(cast.caller(who, &things, &other).await);
    }
    for row in TABLE {
        for who in [0, 2, 3, 4, 1] {
            // A deed changes its thing and may end its caller's session, so both are its own.
            let signed_in = row.0 == "POST" && (who == 1 || who == 2);
            let things = if signed_in { cast.house.things(&cast.ours).await } else { things.clone() };
            let mut caller = if signed_in { cast.caller(who, &things, &other).await } else { callers[who].clone() };
            let before = cast.house.events(&cast.ours).await.len();
            let page = cast.ask(row, &mut caller, &things).await;
            let got = match (page.status, page.location()) {
                (303, to) if to.starts_with("/sign-in") && !to.contains("out=1") => "in".to_owned(),
                (status, _) => status.to_string(),
            };
            if got != row.2[who] {
                wrong.push(format!("{} {} for caller {who}: {got}, not {}", row.0, row.1, row.2[who]));
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
            if (who == 0 || who == 2 || who == 4) && !row.1.starts_with("/account/sessions") {
                assert_eq!(
                    cast.house.events(&cast.ours).await.len(),
                    before,
                    "{} {} of caller {who} left a trace",
                    row.0,
                    row.1
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
