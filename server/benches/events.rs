//! Pages of the event log, through the whole router, in a log of so many events. Prints one JSON object with the median
//! of each page in milliseconds. Run by `cargo xtask bench`, which compares a long log with a short one.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use diesel::prelude::*;
use domain::chain::{self, GENESIS, Hash};
use domain::event::{Event, Outcome, Person};
use domain::id::Kind;
use server::app::App;
use server::config::Config;
use server::http::client::Peer;
use server::http::router::router;
use server::service::actor::Actor;
use server::service::door::{self, DoorInput};
use server::service::link::{self, LinkInput};
use server::service::place::{self, PlaceInput};
use server::service::setup::{self, SetupInput};
use server::store::connection::{AnyConnection, DatabaseUrl};
use server::store::event;
use server::store::schema::{audit_heads, event_people, events};
use std::collections::BTreeMap;
use std::time::Instant;
use tower::ServiceExt;

type Failed = Box<dyn std::error::Error + Send + Sync>;

const DOORS: usize = 20;
const LINKS: usize = 50;
/// How often each page is asked for.
const TIMES: usize = 31;
/// Rows a statement; Postgres takes 65,535 values in one.
const ROWS: usize = 2_000;
const PASSWORD: &str = "a calm lighthouse at noon";

/// Who and what the log tells of.
struct Stage {
    organization: String,
    admin: String,
    doors: Vec<String>,
    links: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let Some(folder) = std::env::var_os("LATCHKEY_DATA_DIR") else {
        eprintln!("run this by `cargo xtask bench`, which gives it an empty LATCHKEY_DATA_DIR");
        return Ok(());
    };
    let wished = std::env::var("LATCHKEY_BENCH_EVENTS").ok().and_then(|text| text.parse().ok());
    let count: i64 = wished.unwrap_or(1_000_000);
    std::fs::create_dir_all(&folder)?;
    let config = Config::load(None).map_err(|mistakes| format!("{mistakes:?}"))?;
    let database = config.database.clone();
    let app = App::open(config)?;
    let stage = stage(&app).await?;
    fill(&app, &database, &stage, count).await?;
    let router = router(app);
    let cookie = sign_in(&router).await?;
    let (door, link) = (&stage.doors[3], &stage.links[7]);
    let mut told = serde_json::Map::new();
    for (name, query) in [
        ("first page", String::new()),
        ("door", format!("door={door}")),
        ("link", format!("link={link}")),
        ("action", "action=link.shown".into()),
        ("outcome", "outcome=denied".into()),
        ("reason", "reason=expired".into()),
        ("rare reason", "reason=rate_limited".into()),
        ("person", "person=visitor07".into()),
        ("search", "q=gate+refused".into()),
        ("door and outcome", format!("door={door}&outcome=denied")),
    ] {
        let path = format!("/events?{query}");
        let mut took = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let begun = Instant::now();
            let body = get(&router, &path, &cookie).await?.1;
            took.push(begun.elapsed().as_secs_f64() * 1_000.0);
            if body.matches("href=\"/events/event_").count() < 10 {
                return Err(format!("{name} shows too little:\n{body}").into());
            }
        }
        took.sort_by(f64::total_cmp);
        told.insert(name.into(), took[TIMES / 2].into());
    }
    println!("{}", serde_json::Value::Object(told));
    Ok(())
}

async fn stage(app: &App) -> Result<Stage, Failed> {
    let typed = SetupInput {
        organization: "Bench".into(),
        time_zone: "UTC".into(),
        name: "Bench".into(),
        email: "bench@example.com".into(),
        password: PASSWORD.into(),
    };
    let made = setup::set_up(app, &typed, None).await?;
    let actor = Actor::operator(&made.organization);
    let typed = PlaceInput { name: "Here".into(), time_zone: "UTC".into(), ..PlaceInput::default() };
    let place_id = place::create(app, &actor, &typed).await?;
    let mut doors = Vec::new();
    for number in 0..DOORS {
        let typed = DoorInput {
            name: format!("Gate {number}"),
            place_id: place_id.clone(),
            unlock_seconds: "1".into(),
            accepts_digital: true,
            ..DoorInput::default()
        };
        doors.push(door::create(app, &actor, &typed).await?);
    }
    let mut links = Vec::new();
    for number in 0..LINKS {
        let typed =
            LinkInput { name: format!("Visitor{number:02} Bench"), doors: doors.clone(), ..LinkInput::default() };
        links.push(link::create(app, &actor, &typed).await?);
    }
    Ok(Stage { organization: made.organization, admin: made.admin, doors, links })
}

/// A row of the log with the people beside it.
struct Made {
    event: Event,
    hash: String,
    door: Option<String>,
    link: Option<String>,
    person: Option<Person>,
}

/// What happened as the so-manieth thing: mostly taps with what follows from them, now and then a change.
fn made(app: &App, stage: &Stage, number: i64, sequence: i64, at: i64, head: &mut Hash) -> Made {
    let pick = |of: &[String], step: i64| of[usize::try_from(number / step).unwrap_or(0) % of.len()].clone();
    let (door, link) = (pick(&stage.doors, 3), pick(&stage.links, 7));
    let person =
        Person { facts: BTreeMap::from([("address".into(), "203.0.113.0/24".into())]), salt: app.clock.salt() };
    let (action, outcome, reason) = match number {
        // Something rare, and long past.
        0..60 => ("door.unlock", Outcome::Denied, Some("rate_limited")),
        _ if number % 97 == 0 => ("link.shown", Outcome::Done, None),
        // Every door has its share: a door is another after three, and there are twenty.
        _ if number % 33 == 0 => ("door.unlock", Outcome::Denied, Some("expired")),
        _ => match number % 3 {
            0 => ("door.unlock", Outcome::Granted, Some("allowed")),
            1 => ("door.dispatched", Outcome::Done, None),
            _ => ("door.confirmed", Outcome::Done, None),
        },
    };
    let shown = action == "link.shown";
    let tap = action == "door.unlock";
    let event = Event {
        action: action.into(),
        actor: if shown {
            stage.admin.clone()
        } else if tap {
            "visitor".into()
        } else {
            "system".into()
        },
        cause: None,
        credential: (!shown).then(|| link.clone()),
        detail: BTreeMap::new(),
        id: Kind::Event.make(at, server::clock::random()),
        object: if shown { link.clone() } else { door.clone() },
        occurred_at: at,
        organization: stage.organization.clone(),
        outcome,
        person: tap.then(|| person.hash()),
        reason: reason.map(str::to_owned),
        recorded_at: at,
        request: tap.then(|| format!("request-{sequence}")),
        sequence,
    };
    *head = chain::link(head, &event);
    Made {
        hash: chain::hex(head),
        door: (!shown).then_some(door),
        link: Some(link),
        person: tap.then_some(person),
        event,
    }
}

/// Fills the log past the writer, which would take its time, but with a chain that verifies.
async fn fill(app: &App, database: &DatabaseUrl, stage: &Stage, count: i64) -> Result<(), Failed> {
    let owner = stage.organization.clone();
    let (mut sequence, hash) = app.db.read(move |c| event::head(c, &owner)).await?;
    let mut head = chain::unhex(&hash).unwrap_or(GENESIS);
    let began = app.clock.now() - count * 1_000;
    let mut c = database.connect()?;
    let rows = i64::try_from(ROWS)?;
    for part in 0..(count + rows - 1) / rows {
        let numbers = part * rows..((part + 1) * rows).min(count);
        let made: Vec<Made> = numbers
            .map(|number| {
                sequence += 1;
                made(app, stage, number, sequence, began + number * 1_000, &mut head)
            })
            .collect();
        store(&mut c, &made)?;
    }
    diesel::update(audit_heads::table.find(&stage.organization))
        .set((audit_heads::sequence.eq(sequence), audit_heads::hash.eq(chain::hex(&head))))
        .execute(&mut c)?;
    if let AnyConnection::Postgres(c) = &mut c {
        // What autovacuum would have done long since.
        diesel::sql_query("VACUUM ANALYZE").execute(c)?;
    }
    Ok(())
}

macro_rules! row {
    ($made:expr) => {{
        let made: &Made = $made;
        let event = &made.event;
        (
            (
                events::id.eq(&event.id),
                events::organization_id.eq(&event.organization),
                events::sequence.eq(event.sequence),
                events::occurred_at.eq(event.occurred_at),
                events::recorded_at.eq(event.recorded_at),
            ),
            (
                events::action.eq(&event.action),
                events::actor.eq(&event.actor),
                events::credential.eq(&event.credential),
                events::object.eq(&event.object),
                events::outcome.eq(event.outcome.code()),
            ),
            (
                events::reason.eq(&event.reason),
                events::request.eq(&event.request),
                events::person_hash.eq(&event.person),
                events::detail.eq("{}"),
                events::hash.eq(&made.hash),
            ),
            (events::door_id.eq(&made.door), events::link_id.eq(&made.link)),
        )
    }};
}
macro_rules! person {
    ($made:expr) => {{
        let made: &Made = $made;
        made.person.as_ref().map(|person| {
            (
                event_people::event_id.eq(&made.event.id),
                event_people::salt.eq(&person.salt),
                event_people::facts.eq("{\"address\":\"203.0.113.0/24\"}"),
            )
        })
    }};
}

fn store(c: &mut AnyConnection, made: &[Made]) -> Result<(), Failed> {
    match c {
        AnyConnection::Sqlite(c) => c.immediate_transaction(|c| {
            for one in made {
                diesel::insert_into(events::table).values(row!(one)).execute(c)?;
                if let Some(person) = person!(one) {
                    diesel::insert_into(event_people::table).values(person).execute(c)?;
                }
            }
            Ok(())
        }),
        AnyConnection::Postgres(c) => c.transaction(|c| {
            let rows: Vec<_> = made.iter().map(|one| row!(one)).collect();
            diesel::insert_into(events::table).values(rows).execute(c)?;
            let people: Vec<_> = made.iter().filter_map(|one| person!(one)).collect();
            diesel::insert_into(event_people::table).values(people).execute(c)?;
            Ok(())
        }),
    }
}

async fn get(router: &Router, path: &str, cookie: &str) -> Result<(Vec<String>, String), Failed> {
    let request = asked(path, cookie).body(Body::empty())?;
    answer(router, request).await
}

fn asked(path: &str, cookie: &str) -> axum::http::request::Builder {
    let mut request = Request::builder()
        .uri(path)
        .header(header::HOST, "127.0.0.1:3000")
        .header(header::ACCEPT, "text/html")
        .extension(Peer(([127, 0, 0, 1], 40_000).into()));
    if !cookie.is_empty() {
        request = request.header(header::COOKIE, cookie);
    }
    request
}

async fn answer(router: &Router, request: Request<Body>) -> Result<(Vec<String>, String), Failed> {
    let response = router.clone().oneshot(request).await?;
    let set = response.headers().get_all(header::SET_COOKIE).iter();
    let cookies = set.filter_map(|cookie| Some(cookie.to_str().ok()?.split(';').next()?.to_owned())).collect();
    let body = to_bytes(response.into_body(), 8 << 20).await?;
    Ok((cookies, String::from_utf8_lossy(&body).into_owned()))
}

/// Signs in as people do; what the browser would keep.
async fn sign_in(router: &Router) -> Result<String, Failed> {
    let (before, page) = get(router, "/sign-in", "").await?;
    let token = page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or("no form")?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("csrf", token), ("email", "bench@example.com"), ("password", PASSWORD)])
        .finish();
    let request = asked("/sign-in", &before.join("; "))
        .method("POST")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form))?;
    let (after, _) = answer(router, request).await?;
    Ok(after.join("; "))
}
