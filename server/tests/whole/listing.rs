//! The list of links: searched, filtered, sorted, a page at a time, and every query of it by an index.

use crate::house::{House, Organization};
use diesel::connection::{Connection, Instrumentation, InstrumentationEvent};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use domain::id::Kind;
use domain::link::State;
use domain::list::{SOON_MS, Sort, Standing};
use server::service::link;
use server::store::link::{self as store, Cursor, Filter, LinkRow, words};
use std::cmp::Reverse;
use std::sync::{Arc, Mutex};

crate::on_both!(
    a_page_narrows_sorts_and_says_so,
    every_order_pages_through_every_link_once,
    older_links_get_their_words_at_a_start,
    every_query_of_a_list_is_served_by_an_index,
);

const DAY: i64 = 86_400_000;

/// A link like others; `number` makes it its own.
pub(crate) fn row(house: &House, organization: &Organization, number: i64) -> LinkRow {
    let now = house.app.clock.now();
    let id = Kind::Link.make(now - 1_000_000 + number, server::clock::random());
    let name = format!("Visitor {number}");
    LinkRow {
        name_key: words::name_key(&name),
        name,
        organization_id: organization.id.clone(),
        email: String::new(),
        phone: String::new(),
        company: String::new(),
        host_name: String::new(),
        host_contact: String::new(),
        note: String::new(),
        external_id: String::new(),
        language: String::new(),
        valid_from: now - DAY,
        valid_until: Some(now + 3 * DAY),
        max_uses: None,
        uses: 0,
        cooldown_ms: 0,
        paused_at: None,
        revoked_at: None,
        secret_hash: id.clone(),
        secret_sealed: Vec::new(),
        secret_version: 1,
        first_opened_at: None,
        version: 1,
        created_at: now,
        notify_host: false,
        reminded_at: None,
        arrived_at: None,
        last_used_at: None,
        id,
    }
}

pub(crate) async fn store_all(house: &House, rows: &[LinkRow], door: impl Fn(usize) -> Option<String>) {
    let all: Vec<(LinkRow, Vec<String>)> =
        rows.iter().enumerate().map(|(at, row)| (row.clone(), door(at).into_iter().collect())).collect();
    for some in all.chunks(200) {
        let some = some.to_vec();
        let stored = house.app.db.write(move |tx| {
            some.iter().try_for_each(|(row, doors)| {
                store::insert(tx, row, &store::Grants { doors: doors.clone(), ..Default::default() })
            })
        });
        stored.await.expect("links");
    }
}

async fn ids(house: &House, organization: &Organization, filter: &Filter, most: usize) -> Vec<String> {
    let (id, filter, now) = (organization.id.clone(), filter.clone(), house.app.clock.now());
    let rows = house.app.db.read(move |c| store::list(c, &id, &filter, now, most)).await.expect("a list");
    rows.into_iter().map(|row| row.id).collect()
}

async fn a_page_narrows_sorts_and_says_so(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house
        .things_like(&ours, |typed| {
            typed.name = "José Müller".into();
            typed.email = "jose@mueller.example".into();
            typed.phone = "+49 30 555 0117".into();
            typed.company = "Müller & Söhne".into();
            typed.host_name = "Jonas Weber".into();
            typed.note = "Brings two models".into();
            typed.external_id = "BK-2041".into();
        })
        .await;
    let other = house.things_like(&ours, |typed| typed.name = "Zoë Ärmel".into()).await;
    let mut owner = house.signed_in(&ours).await;
    let finds = |body: &str| (body.contains(&format!("/links/{}\"", things.link)), body.contains(&other.link));
    for search in ["muller", "jose+mu", "mueller.example", "030+555+0117", "sohne", "weber", "models", "bk-20", "2041"]
    {
        let page = owner.get(&format!("/links?q={search}")).await;
        assert_eq!(finds(&page.body), (true, false), "{search}: {}", page.body);
    }
    for nothing in ["q=uller", "q=muller+zoe", "q=%21%21", "state=paused", "host=Zoe", "q=muller&state=expired"] {
        let page = owner.get(&format!("/links?{nothing}")).await;
        assert_eq!(finds(&page.body), (false, false), "{nothing}");
        assert!(page.body.contains("Nothing matches"), "{nothing}");
    }
    let page = owner.get(&format!("/links?state=active&host=weber&sort=name&door={}", things.door)).await;
    assert_eq!(finds(&page.body), (true, false));
    for said in ["Active links", "that open", "with the host", "by name", "href=\"/links\">Clear"] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(page.body.contains("state=paused&amp;door="), "another tab keeps the door: {}", page.body);
    let page = owner.get("/links?sort=name").await;
    assert!(page.body.find("José Müller").unwrap() < page.body.find("Zoë").unwrap());
    let page = owner.get("/links").await;
    assert!(page.body.find("José Müller").unwrap() > page.body.find("Zoë").unwrap(), "the newest first");
    let page = owner.get("/links?sort=ends&after=x&state=nonsense").await;
    assert_eq!(finds(&page.body), (true, true), "what is no filter narrows nothing");

    // What is changed is found by its new words only.
    let edit = format!("/links/{}/edit", things.link);
    let fields = [("version", "1"), ("name", "Ada Keller"), ("door", things.door.as_str()), ("zone", "Europe/Berlin")];
    assert_eq!(owner.submit(&edit, &edit, &fields).await.status, 303);
    assert_eq!(finds(&owner.get("/links?q=keller").await.body), (true, false));
    assert_eq!(finds(&owner.get("/links?q=muller").await.body), (false, false));
}

/// Links of many kinds: some conditions are met by few of them, some by many.
async fn many(house: &House, organization: &Organization, door: &str, other_door: &str, group: &str) -> Vec<LinkRow> {
    let now = house.app.clock.now();
    let mut rows = Vec::new();
    for number in 0..2_600_i64 {
        let mut row = row(house, organization, number);
        row.name = format!("{} {}", ["Zoë", "Ada", "Örn", "Bo"][(number % 4) as usize], number % 900);
        row.name_key = words::name_key(&row.name);
        row.valid_until = match number % 7 {
            0 => None,
            1 if number < 1_000 => Some(now - number),
            2 if number < 1_000 => Some(now + SOON_MS / 2),
            _ => Some(now + DAY * (2 + number % 3)),
        };
        row.last_used_at = (number % 3 == 0).then_some(now - (number % 10) * 20_000);
        row.paused_at = (number % 50 == 4).then_some(now);
        row.revoked_at = (number % 60 == 5).then_some(now);
        row.host_name = if number % 40 == 0 { "Mia Long".into() } else { String::new() };
        if number % 30 == 6 {
            (row.max_uses, row.uses) = (Some(2), 2 - number % 20 / 10);
        }
        if number % 45 == 7 {
            row.valid_from = now + DAY;
        }
        rows.push(row);
    }
    store_all(house, &rows, |at| Some(if at % 90 == 8 { other_door } else { door }.to_owned())).await;
    for row in rows.iter().skip(3).step_by(100) {
        house
            .sql(&format!("INSERT INTO link_groups (link_id, group_id) VALUES ('{}', '{group}')", row.id))
            .expect("a group of a link");
    }
    if database_is_postgres(house) {
        house.sql("ANALYZE").expect("statistics");
    }
    rows
}

fn database_is_postgres(house: &House) -> bool {
    house.url().starts_with("postgres")
}

/// A group of the organization's, with a door in it.
fn group(house: &House, organization: &Organization, door: &str) -> String {
    let id = house.app.clock.id(Kind::Group);
    house
        .sql(&format!(
            "INSERT INTO groups (id, organization_id, name, version, created_at) VALUES ('{id}', '{}', 'Crew', 1, 0); \
             INSERT INTO group_doors (group_id, door_id) VALUES ('{id}', '{door}')",
            organization.id
        ))
        .expect("a group");
    id
}

async fn every_order_pages_through_every_link_once(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (one, two) = (house.things(&ours).await, house.things(&ours).await);
    let group = group(&house, &ours, &two.door);
    let mut rows = many(&house, &ours, &one.door, &two.door, &group).await;
    let in_group: Vec<String> = rows.iter().skip(3).step_by(100).map(|row| row.id.clone()).collect();
    let at_two: Vec<String> = rows.iter().skip(8).step_by(90).map(|row| row.id.clone()).collect();
    let (id, first, second) = (ours.id.clone(), one.link.clone(), two.link.clone());
    let made = house.app.db.read(move |c| Ok((store::find(c, &id, &first)?, store::find(c, &id, &second)?)));
    let made = made.await.expect("links");
    rows.extend([made.0, made.1]);
    let now = house.app.clock.now();

    type Test<'a> = Box<dyn Fn(&LinkRow) -> bool + 'a>;
    let is = |state: State| -> Test<'_> { Box::new(move |row: &LinkRow| row.state(now) == state) };
    let base = Filter::default;
    let mut cases: Vec<(Filter, Test<'_>)> = vec![
        (base(), Box::new(|_| true)),
        (Filter { search: "zoe".into(), ..base() }, Box::new(|row| row.name.starts_with("Zoë"))),
        (Filter { search: "12 or".into(), ..base() }, Box::new(|row| row.name.starts_with("Örn 12"))),
        (Filter { host: "mia l".into(), ..base() }, Box::new(|row| row.host_name == "Mia Long")),
        (Filter { group: Some(group.clone()), ..base() }, Box::new(|row| in_group.contains(&row.id))),
        (
            Filter { door: Some(two.door.clone()), ..base() },
            Box::new(|row| at_two.contains(&row.id) || in_group.contains(&row.id) || row.id == two.link),
        ),
        (
            Filter { standing: Some(Standing::EndingSoon), ..base() },
            Box::new(|row| {
                row.state(now) == State::Active && row.valid_until.is_some_and(|until| until <= now + SOON_MS)
            }),
        ),
        (
            Filter { search: "b".into(), standing: Some(Standing::Is(State::Active)), ..base() },
            Box::new(|row| row.name.starts_with("Bo") && row.state(now) == State::Active),
        ),
    ];
    for state in State::ALL {
        cases.push((Filter { standing: Some(Standing::Is(state)), ..base() }, is(state)));
    }
    for (filter, test) in &cases {
        for sort in Sort::ALL {
            let mut expected: Vec<&LinkRow> = rows.iter().filter(|row| test(row)).collect();
            match sort {
                Sort::Newest => expected.sort_by_key(|row| Reverse(row.id.clone())),
                Sort::Name => expected.sort_by_key(|row| (row.name_key.clone(), row.id.clone())),
                Sort::Ends => expected.sort_by_key(|row| (row.valid_until.unwrap_or(i64::MAX), row.id.clone())),
                Sort::Used => {
                    // By the minute, as the list shows it.
                    let minute = |row: &LinkRow| row.last_used_at.unwrap_or(0) / 60_000;
                    expected.sort_by_key(|row| (Reverse(minute(row)), Reverse(row.id.clone())));
                }
            }
            assert!(!expected.is_empty(), "{filter:?}");
            let mut filter = Filter { sort, ..filter.clone() };
            let mut got = Vec::new();
            // As pages do it: the place of the last one, through its text.
            while let Some(last) = {
                let page = ids(&house, &ours, &filter, 170).await;
                got.extend(page.clone());
                page.last().cloned()
            } {
                let row = rows.iter().find(|row| row.id == last).unwrap();
                filter.after = Some(Cursor::parse(&Cursor::of(row).text(sort), sort).unwrap());
            }
            let expected: Vec<String> = expected.into_iter().map(|row| row.id.clone()).collect();
            assert!(got == expected, "{filter:?}: {} of {}", got.len(), expected.len());
        }
    }
    // No link younger than the one that was the youngest when somebody looked.
    let newest = Filter { newest: Some(rows[100].id.clone()), ..base() };
    assert_eq!(ids(&house, &ours, &newest, 5_000).await.len(), 101);
}

async fn older_links_get_their_words_at_a_start(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things_like(&ours, |typed| typed.name = "Ägidius Old".into()).await;
    house.sql("DELETE FROM link_words; UPDATE links SET name_key = 'ägidius old'").expect("as it was");
    let search = Filter { search: "agid".into(), ..Filter::default() };
    assert_eq!(ids(&house, &ours, &search, 9).await, Vec::<String>::new());
    for _ in 0..2 {
        link::fill_words(house.app.clone()).await;
        assert_eq!(ids(&house, &ours, &search, 9).await, vec![things.link.clone()]);
    }
    let (id, link) = (ours.id.clone(), things.link.clone());
    let row = house.app.db.read(move |c| store::find(c, &id, &link)).await.expect("it");
    assert_eq!(row.name_key, "agidius old");
}

#[derive(QueryableByName)]
struct Detail {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
    plan: String,
}

struct Listening(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Listening {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let said = query.to_string();
            let statement = said.split(" -- binds").next().unwrap_or_default().to_owned();
            if statement.starts_with("SELECT") {
                self.0.lock().expect("a list").push(statement);
            }
        }
    }
}

async fn every_query_of_a_list_is_served_by_an_index(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let (one, two) = (house.things(&ours).await, house.things(&ours).await);
    let group = group(&house, &ours, &two.door);
    many(&house, &ours, &one.door, &two.door, &group).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let now = house.app.clock.now();
    let base = Filter::default;
    let mut filters = vec![
        base(),
        Filter { search: "visitor".into(), ..base() },
        Filter { search: "o".into(), ..base() },
        Filter { search: "zoe 12".into(), host: "mia".into(), ..base() },
        Filter { door: Some(one.door.clone()), ..base() },
        Filter { door: Some(two.door.clone()), ..base() },
        Filter { group: Some(group.clone()), ..base() },
        Filter { standing: Some(Standing::Is(State::Active)), door: Some(one.door.clone()), ..base() },
    ];
    filters.extend(Standing::ALL.map(|standing| Filter { standing: Some(standing), ..base() }));
    let (id, sink) = (ours.id.clone(), heard.clone());
    let listened = house.app.db.read(move |c| {
        c.set_instrumentation(Listening(sink));
        for filter in &filters {
            for sort in Sort::ALL {
                let mut filter = Filter { sort, ..filter.clone() };
                for _ in 0..2 {
                    let rows = store::list(c, &id, &filter, now, 51)?;
                    filter.after = rows.last().map(Cursor::of);
                }
            }
        }
        Ok(())
    });
    listened.await.expect("lists");
    let mut statements = heard.lock().expect("a list").clone();
    statements.sort();
    statements.dedup();
    assert!(statements.len() > 30, "{}", statements.len());
    let mut wrong = Vec::new();
    for statement in &statements {
        for step in explain(house.url(), statement) {
            let bad = ["SCAN", "TEMP B-TREE", "Seq Scan", "Sort Key"].iter().any(|bad| step.contains(bad));
            if bad {
                wrong.push(format!("{step}\n  {statement}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn explain(url: &str, statement: &str) -> Vec<String> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let mut c = SqliteConnection::establish(path).expect("a database");
        let steps = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load::<Detail>(&mut c);
        return steps.expect("a plan").into_iter().map(|step| step.detail).collect();
    }
    let mut c = PgConnection::establish(url).expect("a Postgres");
    // Small tables are read whole and sorted whatever there is; that it could be done by an index is the question.
    for off in ["SET enable_seqscan = off", "SET enable_sort = off", "SET plan_cache_mode = force_generic_plan"] {
        diesel::sql_query(off).execute(&mut c).expect("a setting");
    }
    let binds = (1..).take_while(|number| statement.contains(&format!("${number}"))).count();
    diesel::sql_query(format!("PREPARE asked AS {statement}")).execute(&mut c).expect("a statement");
    let nulls = vec!["NULL"; binds].join(", ");
    let steps = diesel::sql_query(format!("EXPLAIN EXECUTE asked({nulls})")).load::<Plan>(&mut c);
    steps.expect("a plan").into_iter().map(|step| step.plan).collect()
}
