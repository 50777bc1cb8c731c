//! The writer's rules: what is acknowledged is stored whole, what is refused leaves nothing, and nobody waits for nothing.

use crate::cutting::{At, Cut};
use crate::house::{House, Organization};
use server::app::App;
use server::error::{Error, Result};
use server::service::place::{self, PlaceInput};
use server::service::unlock::{self, Opening, Tapper};
use server::service::{audit, link};
use server::store::connection::DatabaseUrl;
use server::store::writer::Credential;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

crate::on_both!(
    a_change_that_errs_leaves_nothing,
    a_change_that_panics_harms_nobody_else,
    a_slow_change_does_not_lose_taps,
    slow_changes_let_taps_go_between_them,
    refused_changes_beside_good_ones_leave_no_trace,
    two_writers_share_one_database,
    a_burst_larger_than_a_batch_is_answered_whole,
    what_was_changed_is_seen_by_the_next_tap,
    a_lost_connection_loses_and_doubles_nothing,
);

fn place_called(name: &str) -> PlaceInput {
    PlaceInput { name: name.to_owned(), address: String::new(), time_zone: "UTC".into(), ..Default::default() }
}

async fn make(app: &App, house: &House, ours: &Organization, name: &str) -> Result<String> {
    place::create(app, &house.owner(ours), &place_called(name)).await
}

async fn places(house: &House, ours: &Organization) -> usize {
    let id = ours.id.clone();
    let rows = house.app.db.read(move |c| server::store::place::all(c, &id)).await;
    rows.unwrap().len()
}

async fn intact(house: &House, ours: &Organization) {
    audit::verify(&house.app).await.expect("an intact log");
    let events = house.events(ours).await;
    let numbers: Vec<i64> = events.iter().map(|row| row.sequence).collect();
    let all = 1..=i64::try_from(events.len()).unwrap();
    assert_eq!(numbers, all.collect::<Vec<_>>(), "no number is missing or double");
}

/// Writes a door away and an event down, and then does as told.
async fn half_done(house: &House, ours: &Organization, end: fn() -> Result<()>) -> Result<()> {
    let things = house.things(ours).await;
    let (actor, door) = (house.owner(ours), things.door);
    house
        .app
        .db
        .write(move |tx| {
            use diesel::prelude::*;
            use server::store::schema::doors;
            diesel::update(doors::table.find(&door)).set(doors::name.eq("half done")).execute(tx.connection)?;
            let event = actor.event(tx.clock, tx.now, "door.changed", &door);
            tx.record(event);
            end()
        })
        .await
}

async fn nothing_half_done(house: &House, ours: &Organization) {
    assert!(!house.dump_doors(ours).await.contains(&"half done".to_owned()));
    assert_eq!(house.count(ours, "door.changed", "done").await, 0);
    make(&house.app, house, ours, "Afterwards").await.expect("the next change");
    intact(house, ours).await;
}

async fn a_change_that_errs_leaves_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let refused = half_done(&house, &ours, || Err(Error::Refused("no".into()))).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    nothing_half_done(&house, &ours).await;
}

async fn a_change_that_panics_harms_nobody_else(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let lost = half_done(&house, &ours, || panic!("on purpose")).await;
    assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
    nothing_half_done(&house, &ours).await;
}

fn tap(app: &App, link: &str, door: &str, request: String) -> impl Future<Output = Result<Opening>> + use<> {
    let tapper = Tapper {
        credential: Credential::Link { id: link.to_owned(), secret_version: 1 },
        facts: std::collections::BTreeMap::new(),
    };
    let (app, door) = (app.clone(), door.to_owned());
    async move { Ok(unlock::unlock(&app, tapper, &door, &request).await?.opening) }
}

async fn a_slow_change_does_not_lose_taps(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let slow = house.app.db.write(|_| {
        std::thread::sleep(Duration::from_millis(300));
        Ok(())
    });
    let mut taps = JoinSet::new();
    let begun = Instant::now();
    for number in 0..40 {
        taps.spawn(tap(&house.app, &things.link, &things.door, format!("request-{number:08}")));
    }
    let (slow, taps) = tokio::join!(slow, taps.join_all());
    slow.unwrap();
    assert!(taps.iter().all(|tap| matches!(tap, Ok(Opening::Open(_)))), "{taps:?}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 40);
    intact(&house, &ours).await;
}

/// A batch ends after 20 ms, so that of changes that each take longer one is done at a time, and a tap goes in between.
async fn slow_changes_let_taps_go_between_them(database: &str) {
    const SLOW: usize = 16;
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let (begun, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut changes = JoinSet::new();
    for _ in 0..SLOW {
        let (app, begun, done) = (house.app.clone(), begun.clone(), done.clone());
        changes.spawn(async move {
            let changed = app.db.write(move |_| {
                begun.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(100));
                Ok(())
            });
            changed.await.unwrap();
            done.fetch_add(1, Ordering::SeqCst);
        });
    }
    while begun.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let opened = tap(&house.app, &things.link, &things.door, "request-between".into()).await;
    let before = done.load(Ordering::SeqCst);
    assert!(matches!(opened, Ok(Opening::Open(_))), "{opened:?}");
    // The one that was on its way, and one beside each of the opening's own steps; eight would be a batch without an end.
    assert!(before < 8, "{before} slow changes came before the tap");
    changes.join_all().await;
    intact(&house, &ours).await;
}

async fn refused_changes_beside_good_ones_leave_no_trace(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut writes = JoinSet::new();
    for number in 0..60 {
        let (app, actor) = (house.app.clone(), house.owner(&ours));
        writes.spawn(async move {
            let done = app.db.write(move |tx| {
                let event = actor.event(tx.clock, tx.now, "test.counted", &actor.id);
                tx.record(event);
                match number % 3 {
                    0 => Ok(()),
                    1 => Err(Error::Refused("no".into())),
                    _ => panic!("on purpose"),
                }
            });
            (number % 3 == 0, done.await.is_ok())
        });
    }
    for (good, done) in writes.join_all().await {
        assert_eq!(good, done);
    }
    assert_eq!(house.count(&ours, "test.counted", "done").await, 20);
    intact(&house, &ours).await;
}

async fn two_writers_share_one_database(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |link| link.max_uses = "5".into()).await;
    let second = house.another();
    let mut writes = JoinSet::new();
    let mut taps = JoinSet::new();
    for number in 0..60 {
        let app = if number % 2 == 0 { house.app.clone() } else { second.clone() };
        taps.spawn(tap(&app, &things.link, &things.door, format!("request-{number:08}")));
        let actor = house.owner(&ours);
        let typed = place_called(&format!("Place {number}"));
        writes.spawn(async move { place::create(&app, &actor, &typed).await });
    }
    let (made, taps) = tokio::join!(writes.join_all(), taps.join_all());
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let open = taps.iter().filter(|tap| matches!(tap, Ok(Opening::Open(_)))).count();
    assert_eq!(open, 5, "a use limit holds across processes: {taps:?}");
    second.tasks.close();
    second.tasks.wait().await;
    assert_eq!(places(&house, &ours).await, 61);
    intact(&house, &ours).await;
}

async fn a_burst_larger_than_a_batch_is_answered_whole(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut taps = JoinSet::new();
    for number in 0..600 {
        taps.spawn(tap(&house.app, &things.link, &things.door, format!("request-{number:08}")));
    }
    let taps = taps.join_all().await;
    assert!(taps.iter().all(|tap| matches!(tap, Ok(Opening::Open(_)))));
    assert_eq!(house.count(&ours, "door.unlock", "granted").await, 600);
    intact(&house, &ours).await;
}

async fn what_was_changed_is_seen_by_the_next_tap(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let actor = house.owner(&ours);
    for round in 0..10 {
        link::pause(&house.app, &actor, &things.link).await.unwrap();
        let paused = tap(&house.app, &things.link, &things.door, format!("request-{round:06}-a")).await;
        assert!(matches!(paused, Ok(Opening::Denied(_))), "{paused:?}");
        link::resume(&house.app, &actor, &things.link).await.unwrap();
        let open = tap(&house.app, &things.link, &things.door, format!("request-{round:06}-b")).await;
        assert!(matches!(open, Ok(Opening::Open(_))), "{open:?}");
    }
    intact(&house, &ours).await;
}

/// On Postgres the connections are cut again and again, at commits too; SQLite has none to cut.
async fn a_lost_connection_loses_and_doubles_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let mut writes = JoinSet::new();
    for worker in 0..8 {
        let (app, actor) = (house.app.clone(), house.owner(&ours));
        writes.spawn(async move {
            let mut told = Vec::new();
            for number in 0..40 {
                let name = format!("Place {worker}-{number}");
                if let Ok(id) = place::create(&app, &actor, &place_called(&name)).await {
                    told.push(id);
                }
            }
            told
        });
    }
    if database == "postgres" {
        let cut = house.clone_url();
        tokio::task::spawn_blocking(move || {
            for _ in 0..20 {
                crate::support::run(&cut, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
                std::thread::sleep(Duration::from_millis(60));
            }
        })
        .await
        .unwrap();
    }
    let told: Vec<String> = writes.join_all().await.into_iter().flatten().collect();
    assert!(told.len() >= 160, "most of it goes through: {}", told.len());
    let events = house.settled_events(&ours).await;
    for id in &told {
        let times = events.iter().filter(|row| row.object == *id).count();
        assert_eq!(times, 1, "{id} was acknowledged and is in the log {times} times");
    }
    let made = events.iter().filter(|row| row.action == "place.created").count();
    assert_eq!(made, places(&house, &ours).await, "each place has its event, and each event its place");
    intact(&house, &ours).await;
}

/// The writer's connection breaks in its commit: after it was done, and before the server heard of it. SQLite's has no
/// line to break.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_looked_up() {
    let house = House::open("postgres");
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let cut = Cut::to(house.url());
    let mut config = (*house.app.config).clone();
    config.database = DatabaseUrl::parse(cut.url()).unwrap();
    let app = App::open(config).expect("the same store over the line");
    let granted = async || house.count(&ours, "door.unlock", "granted").await;
    let press = async |request: &str| tap(&app, &things.link, &things.door, request.to_owned()).await;

    cut.arm(At::Answering);
    let opened = press("request-answering").await;
    assert!(matches!(opened, Ok(Opening::Open(_))), "it happened, so it is answered as it is: {opened:?}");
    assert!(cut.broke() && granted().await == 1);
    assert!(matches!(press("request-answering").await, Ok(Opening::Open(_))));
    assert_eq!(granted().await, 1, "asked again, it is the same opening");

    cut.arm(At::Asking);
    let refused = press("request-asking").await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "nothing was stored, so nothing opens: {refused:?}");
    assert!(cut.broke() && granted().await == 1);
    assert!(matches!(press("request-asking").await, Ok(Opening::Open(_))));
    assert_eq!(granted().await, 2);
    app.tasks.close();
    app.tasks.wait().await;
    intact(&house, &ours).await;
}
