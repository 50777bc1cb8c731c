//! Durable unlocks by 64 callers at once: through the writer, and as one transaction each over a pool of eight
//! connections, on the same database in the same run. Prints one JSON object. Run by `cargo xtask bench`.

use diesel::prelude::*;
use diesel::r2d2::Pool;
use domain::chain;
use domain::decide::{Asker, DoorFacts, LinkFacts, decide};
use domain::event::{Event, Outcome, Person};
use domain::id::Kind;
use domain::link::Validity;
use server::app::App;
use server::config::Config;
use server::service::actor::Actor;
use server::service::door::{self, DoorInput};
use server::service::link::{self, LinkInput};
use server::service::place::{self, PlaceInput};
use server::service::setup::{self, SetupInput};
use server::service::unlock::{self, Opening, Tapper};
use server::store::connection::AnyConnection;
use server::store::schema::{audit_heads, doors, event_people, events, link_doors, links, places};
use server::store::writer::Credential;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

mod shared;
use shared::{Connections, Failed, measure};

const CALLERS: usize = 64;

macro_rules! locked {
    ($query:expr, none) => {
        $query
    };
    ($query:expr, lock) => {
        $query.for_update()
    };
}
macro_rules! decide_and_store {
    ($c:ident, $app:ident, $link:ident, $door:ident, $how:ident) => {{
        let now = $app.clock.now();
        let request = $app.clock.request();
        let asked: i64 = events::table
            .filter(events::credential.eq($link))
            .filter(events::request.eq(&request))
            .count()
            .get_result($c)?;
        type Link = (String, i64, Option<i64>, Option<i64>, i64, Option<i64>, Option<i64>);
        let query = links::table.find($link).select((
            links::organization_id,
            links::valid_from,
            links::valid_until,
            links::max_uses,
            links::uses,
            links::paused_at,
            links::revoked_at,
        ));
        let (organization, valid_from, valid_until, max_uses, uses, paused_at, revoked_at): Link =
            locked!(query, $how).first($c)?;
        let names_door = link_doors::table.find(($link, $door)).count().get_result::<i64>($c)? == 1;
        let (accepts_digital, down, place_down): (bool, Option<i64>, Option<i64>) = doors::table
            .inner_join(places::table)
            .filter(doors::id.eq($door))
            .select((doors::accepts_digital, doors::locked_down_at, places::locked_down_at))
            .first($c)?;
        let facts_of_link = LinkFacts {
            validity: Validity { valid_from, valid_until, paused_at, revoked_at, uses, max_uses },
            web: true,
            direct: names_door,
            groups: Vec::new(),
            windows: None,
            cooldown_ms: 0,
            last_granted_at: None,
            free_until: None,
        };
        let facts_of_door = DoorFacts {
            accepts_digital,
            locked_down: down.is_some(),
            place_locked_down: place_down.is_some(),
            reachable: true,
            ..DoorFacts::default()
        };
        let decision = decide(Asker::Link(&facts_of_link), &facts_of_door, now);
        if asked == 0 && decision.granted() {
            diesel::update(links::table.find($link))
                .set((links::uses.eq(uses + 1), links::last_used_at.eq(now)))
                .execute($c)?;
        }
        let query = audit_heads::table.find(&organization).select((audit_heads::sequence, audit_heads::hash));
        let (sequence, head): (i64, String) = locked!(query, $how).first($c)?;
        let person = Person { facts: facts(), salt: $app.clock.salt() };
        let tapped = Event {
            action: "door.unlock".into(),
            actor: "visitor".into(),
            cause: None,
            credential: Some($link.to_owned()),
            detail: BTreeMap::from([("trace".to_owned(), decision.trace_text())]),
            id: $app.clock.id(Kind::Event),
            object: $door.to_owned(),
            occurred_at: now,
            organization: organization.clone(),
            outcome: if decision.granted() { Outcome::Granted } else { Outcome::Denied },
            person: Some(person.hash()),
            reason: Some(decision.reason.code().into()),
            recorded_at: now,
            request: Some(request),
            sequence: sequence + 1,
        };
        let followed = |action: &str, place: i64| Event {
            action: action.into(),
            actor: "system".into(),
            cause: Some(tapped.id.clone()),
            detail: BTreeMap::new(),
            id: $app.clock.id(Kind::Event),
            outcome: Outcome::Done,
            person: None,
            reason: None,
            request: None,
            sequence: sequence + place,
            ..tapped.clone()
        };
        let (dispatched, confirmed) = (followed("door.dispatched", 2), followed("door.confirmed", 3));
        let mut hash = chain::unhex(&head).ok_or("no hash")?;
        for event in [&tapped, &dispatched, &confirmed] {
            hash = chain::link(&hash, event);
            diesel::insert_into(events::table)
                .values((
                    (
                        events::id.eq(&event.id),
                        events::organization_id.eq(&organization),
                        events::sequence.eq(event.sequence),
                    ),
                    (
                        events::occurred_at.eq(now),
                        events::recorded_at.eq(now),
                        events::action.eq(&event.action),
                        events::actor.eq(&event.actor),
                    ),
                    (
                        events::credential.eq(&event.credential),
                        events::object.eq(&event.object),
                        events::outcome.eq(event.outcome.code()),
                    ),
                    (
                        events::reason.eq(&event.reason),
                        events::cause.eq(&event.cause),
                        events::request.eq(&event.request),
                        events::person_hash.eq(&event.person),
                    ),
                    (events::detail.eq(serde_json::to_string(&event.detail)?), events::hash.eq(chain::hex(&hash))),
                    (events::door_id.eq($door), events::link_id.eq($link)),
                ))
                .execute($c)?;
        }
        diesel::insert_into(event_people::table)
            .values((
                event_people::event_id.eq(&tapped.id),
                event_people::salt.eq(&person.salt),
                event_people::facts.eq(serde_json::to_string(&person.facts)?),
            ))
            .execute($c)?;
        diesel::update(audit_heads::table.find(&organization))
            .set((audit_heads::sequence.eq(sequence + 3), audit_heads::hash.eq(chain::hex(&hash))))
            .execute($c)?;
        Ok::<bool, Failed>(decision.granted())
    }};
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let Some(folder) = std::env::var_os("LATCHKEY_DATA_DIR") else {
        eprintln!("run this by `cargo xtask bench`, which gives it an empty LATCHKEY_DATA_DIR");
        return Ok(());
    };
    let seconds: u64 = std::env::var("LATCHKEY_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    std::fs::create_dir_all(&folder)?;
    let config = Config::load(None).map_err(|mistakes| format!("{mistakes:?}"))?;
    let database = config.database.clone();
    let app = App::open(config)?;
    let (door, links) = stage(&app).await?;
    let length = Duration::from_secs(seconds);
    // Which comes first must not decide: the file grows in both halves alike.
    let writer = measure(length, links.clone(), {
        let (app, door) = (app.clone(), door.clone());
        move |link| {
            let (app, door) = (app.clone(), door.clone());
            async move { through_the_writer(&app, &link, &door).await }
        }
    })
    .await;
    let pool = Arc::new(Pool::builder().max_size(8).build(Connections(database))?);
    let single = measure(length, links, {
        let (app, door) = (app.clone(), door.clone());
        move |link| {
            let (app, door, pool) = (app.clone(), door.clone(), pool.clone());
            async move {
                let done = tokio::task::spawn_blocking(move || in_its_own_transaction(&app, &pool, &link, &door)).await;
                matches!(done, Ok(Ok(true)))
            }
        }
    })
    .await;
    println!(
        "{}",
        serde_json::json!({
            "writer_per_second": writer.per_second, "writer_p99_ms": writer.p99_ms, "writer_failed": writer.failed,
            "pool_per_second": single.per_second, "pool_p99_ms": single.p99_ms, "pool_failed": single.failed,
        })
    );
    Ok(())
}

async fn stage(app: &App) -> Result<(String, Vec<String>), Failed> {
    let typed = SetupInput {
        organization: "Bench".into(),
        time_zone: "UTC".into(),
        name: "Bench".into(),
        email: "bench@example.com".into(),
        password: server::secret::PlainSecret::new().expose().into(),
    };
    let made = setup::set_up(app, &typed, None).await?;
    let actor = Actor::operator(&made.organization);
    let typed =
        PlaceInput { name: "Here".into(), address: String::new(), time_zone: "UTC".into(), ..PlaceInput::default() };
    let place_id = place::create(app, &actor, &typed).await?;
    let typed = DoorInput {
        name: "Door".into(),
        description: String::new(),
        place_id,
        unlock_seconds: "1".into(),
        accepts_digital: true,
        ..DoorInput::default()
    };
    let door = door::create(app, &actor, &typed).await?;
    let mut links = Vec::new();
    for number in 0..CALLERS {
        let typed = LinkInput {
            name: format!("Caller {number}"),
            doors: vec![door.clone()],
            max_uses: "100000".into(),
            ..LinkInput::default()
        };
        links.push(link::create(app, &actor, &typed).await?);
    }
    Ok((door, links))
}

async fn through_the_writer(app: &App, link: &str, door: &str) -> bool {
    let tapper = Tapper { credential: Credential::Link { id: link.into(), secret_version: 1 }, facts: facts() };
    let report = unlock::unlock(app, tapper, door, &app.clock.request()).await;
    matches!(report, Ok(report) if matches!(report.opening, Opening::Open(_)))
}

fn facts() -> BTreeMap<String, String> {
    BTreeMap::from([("address".into(), "203.0.113.0/24".into()), ("user_agent".into(), "Bench".into())])
}

/// What the ordinary way would be: the request looked up, facts, decision, use count, and the three events of an opening
/// (granted, dispatched, confirmed) in one transaction of their own. It has it easier than anybody who really opens a
/// door: the outcome is known before the commit, so that it takes no second transaction, and groups and hours are not
/// looked for.
fn in_its_own_transaction(app: &App, pool: &Pool<Connections>, link: &str, door: &str) -> Result<bool, Failed> {
    let mut connection = pool.get()?;
    match &mut *connection {
        AnyConnection::Sqlite(c) => c.immediate_transaction(|c| decide_and_store!(c, app, link, door, none)),
        AnyConnection::Postgres(c) => c.transaction(|c| decide_and_store!(c, app, link, door, lock)),
    }
}
