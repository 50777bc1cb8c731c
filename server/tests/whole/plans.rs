//! Which index each list of events is led by: a missing one fails here, long before a log is long enough to be slow.

use crate::house::House;
use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;
use domain::event::Outcome;
use domain::link::State;
use domain::list::Standing;
use server::store::connection::{AnyConnection, DatabaseUrl};
use server::store::event::{self, Filter, Is};
use server::store::link;
use std::sync::{Arc, Mutex};

crate::on_both!(each_list_of_events_is_led_by_its_index);

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// What a database would do for a statement whose values it does not know yet.
fn plan(c: &mut AnyConnection, number: usize, sql: &str) -> String {
    match c {
        AnyConnection::Sqlite(c) => {
            #[derive(QueryableByName)]
            struct Step {
                #[diesel(sql_type = diesel::sql_types::Text)]
                detail: String,
            }
            let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(c).expect("a plan");
            steps.into_iter().map(|step| step.detail + "\n").collect()
        }
        AnyConnection::Postgres(c) => {
            let values = (1..).take_while(|at| sql.contains(&format!("${at}"))).count();
            let nulls = vec!["NULL"; values].join(", ");
            diesel::sql_query(format!("PREPARE list_{number} AS {sql}")).execute(c).expect("a statement");
            // A plan is a set of rows of one column with a space in its name; a function gives it a better one.
            diesel::sql_query(
                "CREATE OR REPLACE FUNCTION pg_temp.told(statement text) RETURNS SETOF text LANGUAGE plpgsql AS \
                 $$ BEGIN RETURN QUERY EXECUTE statement; END $$",
            )
            .execute(c)
            .expect("a function");
            let ask = format!("SELECT line FROM pg_temp.told('EXPLAIN EXECUTE list_{number} ({nulls})') AS line");
            let lines: Vec<Line> = diesel::sql_query(ask).load(c).expect("a plan");
            lines.into_iter().map(|line| line.line + "\n").collect()
        }
    }
}

/// Some thousand events, so that a planner has something to weigh. Their hashes are nobody's business here.
fn fill(house: &House, organization: &str) {
    let sqlite = !house.url().starts_with("postgres");
    let numbers = if sqlite {
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 6100)"
    } else {
        "WITH n (i) AS (SELECT generate_series(100, 6100))"
    };
    let sql = format!(
        "INSERT INTO events (id, organization_id, sequence, occurred_at, recorded_at, action, actor, object, outcome, \
         reason, detail, hash, door_id, link_id, credential) {numbers} SELECT 'event_' || i, '{organization}', i, i * 1000, \
         i * 1000, CASE WHEN i % 50 = 0 THEN 'link.shown' ELSE 'door.unlock' END, \
         CASE WHEN i % 50 = 0 THEN 'admin_' || (i % 3) ELSE 'visitor' END, 'door_' || (i % 20), \
         CASE WHEN i % 10 = 0 THEN 'denied' ELSE 'granted' END, CASE WHEN i % 10 = 0 THEN 'expired' ELSE 'allowed' END, \
         '{{}}', 'x', 'door_' || (i % 20), 'link_' || (i % 500), 'link_' || (i % 500) FROM n"
    );
    house.sql(&sql).expect("events");
    house.sql("ANALYZE events").expect("numbers for the planner");
}

async fn each_list_of_events_is_led_by_its_index(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    fill(&house, &ours.id);
    let url = DatabaseUrl::parse(house.url()).unwrap();
    let mut c = url.connect().unwrap();
    if let AnyConnection::Postgres(c) = &mut c {
        // A small table is read whole sooner than by any index; this asks which index would be taken in a large one.
        for set in [
            "plan_cache_mode = force_generic_plan",
            "enable_seqscan = off",
            "enable_bitmapscan = off",
            "enable_sort = off",
        ] {
            diesel::sql_query(format!("SET {set}")).execute(c).unwrap();
        }
    }
    let said = Arc::new(Mutex::new(Vec::<String>::new()));
    let ear = said.clone();
    c.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            ear.lock().unwrap().push(query.to_string());
        }
    });
    let one = |is: Is| Filter { any: vec![vec![is]], ..Filter::default() };
    let after = Some((3_000_000, 3_000));
    let window = |filter: Filter| Filter { since: Some(1), until: Some(9_000_000), after, ..filter };
    let mut number = 0;
    for (filter, index) in [
        (Filter::default(), "events_time"),
        (one(Is::Door("door_1".into())), "events_door"),
        (one(Is::Link("link_1".into())), "events_link"),
        (one(Is::Actor("admin_1".into())), "events_actor"),
        (one(Is::Action("link.shown".into())), "events_action"),
        (one(Is::Outcome(Outcome::Denied)), "events_outcome"),
        (one(Is::Outcome(Outcome::Granted)), "events_time"),
        (one(Is::Reason("expired".into())), "events_reason"),
        (one(Is::Action("door.unlock".into())), "events_time"),
        (one(Is::Object("place_1".into())), "events_time"),
        (Filter { brief: true, ..one(Is::Door("door_1".into())) }, "events_door"),
        (Filter { door: Some("door_1".into()), ..one(Is::Outcome(Outcome::Denied)) }, "events_door"),
        (Filter { door: Some("door_1".into()), ..one(Is::Reason("expired".into())) }, "events_reason"),
        (
            Filter { any: vec![vec![Is::Link("link_1".into()), Is::Link("link_2".into())]], ..Filter::default() },
            "events_link",
        ),
    ] {
        for filter in [filter.clone(), window(filter)] {
            said.lock().unwrap().clear();
            event::page(&mut c, &ours.id, &filter, 50).unwrap();
            let asked = std::mem::take(&mut *said.lock().unwrap());
            assert!(!asked.is_empty());
            for statement in asked {
                let sql = statement.split(" -- binds").next().unwrap();
                number += 1;
                let told = plan(&mut c, number, sql);
                assert!(told.contains(index), "{filter:?}\n{sql}\n{told}");
                for bad in ["SCAN events", "TEMP B-TREE", "Seq Scan", "Sort", "Bitmap"] {
                    assert!(!told.contains(bad), "{bad}: {filter:?}\n{sql}\n{told}");
                }
            }
        }
    }
}

/// On Postgres a changed row has its indexes written anew, all of them, unless none holds what changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_opening_leaves_the_indexes_of_links_alone() {
    let house = House::open("postgres");
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let mut browser = house.browser();
    let token = browser.visit(&things.secret).await.token();
    for number in 0..10 {
        let said = browser.tap(&things.link, &things.door, &token, &format!("request-{number:012}")).await.json();
        assert_eq!(said["state"], "open", "{said}");
    }
    // A minute may have ended meanwhile. The server counts what it does a second late.
    let counted = "DO $$ BEGIN IF (SELECT n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'links') < 8 THEN \
                   RAISE 'not yet'; END IF; END $$";
    for _ in 0..100 {
        if house.sql(counted).is_ok() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    house.sql(counted).expect("openings that wrote into no index of the links");
}

/// SQLite takes the youngest of indexes that seem to cost it the same, and that of all links seems no dearer than that of
/// the few that are paused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_links_are_found_by_their_own_index() {
    let house = House::open("sqlite");
    let ours = house.organization("Quetzal").await;
    let mut c = DatabaseUrl::parse(house.url()).unwrap().connect().unwrap();
    let said = Arc::new(Mutex::new(Vec::<String>::new()));
    let ear = said.clone();
    c.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            ear.lock().unwrap().push(query.to_string());
        }
    });
    for (state, index) in [
        (State::Paused, "links_paused"),
        (State::Revoked, "links_revoked"),
        (State::UsedUp, "links_spent"),
        (State::Expired, "links_ending"),
        (State::Scheduled, "links_beginning"),
    ] {
        said.lock().unwrap().clear();
        let filter = link::Filter { standing: Some(Standing::Is(state)), ..link::Filter::default() };
        link::list(&mut c, &ours.id, &filter, house.app.clock.now(), 50).unwrap();
        let asked = said.lock().unwrap().first().cloned().expect("a question");
        let sql = asked.split(" -- ").next().unwrap_or_default();
        let plan = plan(&mut c, 0, sql);
        assert!(plan.contains(index), "{state:?}: {sql}\n{plan}");
    }
}
