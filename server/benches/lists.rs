//! A page of the list of links, in every order, filtered and searched, among few links and among many. Both
//! organizations are in one database and are asked in turn. Prints one JSON object for each run; filling the database takes
//! far longer than one, so all runs ask the same. Run by `cargo xtask bench`.

use diesel::RunQueryDsl;
use domain::id::Kind;
use domain::link::State;
use domain::list::{Sort, Standing};
use serde_json::{Map, Value, json};
use server::app::App;
use server::config::Config;
use server::service::actor::Actor;
use server::service::door::{self, DoorInput};
use server::service::place::{self, PlaceInput};
use server::service::setup::{self, SetupInput};
use server::store::connection::AnyConnection;
use server::store::link::{self, Cursor, Filter, Grants, LinkRow, words};
use std::time::Instant;

type Failed = Box<dyn std::error::Error + Send + Sync>;

const DAY_MS: i64 = 86_400_000;
/// Links stored at once.
const STEP: usize = 100;
/// What a page asks for: one more than it shows.
const PAGE: usize = 51;

const FIRST: [&str; 40] = [
    "Ada", "Anna", "Ben", "Bo", "Carla", "Chen", "Dana", "David", "Elif", "Emil", "Fatma", "Finn", "Greta", "Hana",
    "Ida", "Igor", "Jana", "Jonas", "José", "Karim", "Lena", "Liam", "Mads", "Mia", "Nora", "Noor", "Olga", "Omar",
    "Paul", "Priya", "Quinn", "Rosa", "Sami", "Sofia", "Theo", "Uma", "Vera", "Yuki", "Zoë", "Örn",
];
const SYLLABLES: [&str; 10] = ["kel", "mar", "son", "wei", "tor", "bach", "lin", "dor", "ram", "vik"];

/// An organization with its links.
struct Stage {
    organization: String,
    common: String,
    rare: String,
    /// Somewhere in the middle, in every order.
    middle: LinkRow,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let Some(folder) = std::env::var_os("LATCHKEY_DATA_DIR") else {
        eprintln!("run this by `cargo xtask bench`, which gives it an empty LATCHKEY_DATA_DIR");
        return Ok(());
    };
    let number =
        |name: &str, otherwise: usize| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (few, many) = (number("LATCHKEY_BENCH_FEW", 10_000), number("LATCHKEY_BENCH_MANY", 100_000));
    let rounds = number("LATCHKEY_BENCH_ROUNDS", 61);
    std::fs::create_dir_all(&folder)?;
    let app = App::open(Config::load(None).map_err(|mistakes| format!("{mistakes:?}"))?)?;
    let few = stage(&app, "Few", few).await?;
    let many = stage(&app, "Many", many).await?;
    // As Postgres does by itself within the minute.
    app.db
        .write(|tx| {
            if let AnyConnection::Postgres(c) = tx.connection {
                diesel::sql_query("ANALYZE").execute(c)?;
            }
            Ok(())
        })
        .await?;
    for _ in 0..number("LATCHKEY_BENCH_RUNS", 3) {
        let mut said = Map::new();
        for (name, filter) in cases() {
            let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                of_few.push(once(&app, &few, &filter).await?);
                of_many.push(once(&app, &many, &filter).await?);
            }
            said.insert(name.to_owned(), json!({ "few_ms": median(of_few), "many_ms": median(of_many) }));
        }
        println!("{}", Value::Object(said));
    }
    Ok(())
}

type Make = Box<dyn Fn(&Stage) -> Filter>;

fn cases() -> Vec<(&'static str, Make)> {
    let search =
        |text: &'static str| -> Make { Box::new(move |_| Filter { search: text.into(), ..Filter::default() }) };
    let mut cases: Vec<(&'static str, Make)> = vec![
        ("search: one rare word", search("only-7-x")),
        ("search: one common word", search("lift")),
        ("search: two words", search("anna kelmar")),
        ("search: two common words", search("lift jonas")),
        ("search: by phone", search("+49 30 0000 007")),
    ];
    for (name, later, sort) in [
        ("page: newest", "page: newest, in the middle", Sort::Newest),
        ("page: by name", "page: by name, in the middle", Sort::Name),
        ("page: what ends first", "page: what ends first, in the middle", Sort::Ends),
        ("page: last used", "page: last used, in the middle", Sort::Used),
    ] {
        cases.push((name, Box::new(move |_| Filter { sort, ..Filter::default() })));
        cases.push((
            later,
            Box::new(move |stage| Filter { sort, after: Some(Cursor::of(&stage.middle)), ..Filter::default() }),
        ));
    }
    for (name, state) in
        [("page: active", State::Active), ("page: paused", State::Paused), ("page: expired", State::Expired)]
    {
        let standing = Some(Standing::Is(state));
        cases.push((name, Box::new(move |_| Filter { standing, ..Filter::default() })));
    }
    cases.push((
        "page: of a door of many",
        Box::new(|stage| Filter { door: Some(stage.common.clone()), ..Filter::default() }),
    ));
    cases.push((
        "page: of a door of few",
        Box::new(|stage| Filter { door: Some(stage.rare.clone()), ..Filter::default() }),
    ));
    cases.push((
        "page: active, of a door, with a host, by name",
        Box::new(|stage| Filter {
            standing: Some(Standing::Is(State::Active)),
            door: Some(stage.common.clone()),
            host: "jonas".into(),
            sort: Sort::Name,
            ..Filter::default()
        }),
    ));
    cases
}

/// What the page asks the database, milliseconds.
async fn once(app: &App, stage: &Stage, make: &Make) -> Result<f64, Failed> {
    let (organization, filter, now) = (stage.organization.clone(), make(stage), app.clock.now());
    let began = Instant::now();
    app.db
        .read(move |c| {
            let rows = link::list(c, &organization, &filter, now, PAGE)?;
            let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
            Ok((link::door_names(c, &ids)?, link::choices(c, &organization)?))
        })
        .await?;
    Ok(began.elapsed().as_secs_f64() * 1_000.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

async fn stage(app: &App, name: &str, links: usize) -> Result<Stage, Failed> {
    let typed = SetupInput {
        organization: name.into(),
        time_zone: "UTC".into(),
        name: "Bench".into(),
        email: format!("{name}@example.com"),
        password: server::secret::PlainSecret::new().expose().into(),
    };
    let organization = setup::set_up(app, &typed, None).await?.organization;
    let actor = Actor::operator(&organization);
    let typed = PlaceInput { name: "Here".into(), time_zone: "UTC".into(), ..PlaceInput::default() };
    let place_id = place::create(app, &actor, &typed).await?;
    let mut doors = Vec::new();
    for name in ["Front door", "Vault"] {
        let typed = DoorInput {
            name: name.into(),
            place_id: place_id.clone(),
            unlock_seconds: "1".into(),
            accepts_digital: true,
            ..DoorInput::default()
        };
        doors.push(door::create(app, &actor, &typed).await?);
    }
    let [common, rare] = doors.try_into().map_err(|_| "no doors")?;
    let now = app.clock.now();
    let rows: Vec<LinkRow> = (0..links).map(|number| row(&organization, number, now)).collect();
    let middle = rows.get(links / 2).cloned().ok_or("no links")?;
    for (step, some) in rows.chunks(STEP).enumerate() {
        let some = some.to_vec();
        let (common, rare) = (common.clone(), rare.clone());
        app.db
            .write(move |tx| {
                for (at, row) in some.iter().enumerate() {
                    // Twenty links open the other door, however many there are.
                    let other = step == 0 && at % 5 == 0;
                    let door = if other { rare.clone() } else { common.clone() };
                    link::insert(tx, row, &Grants { doors: vec![door], ..Grants::default() })?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(Stage { organization, common, rare, middle })
}

/// Sixty are paused, however many there are; a third has ended; half of the notes say *lift*.
fn row(organization: &str, number: usize, now: i64) -> LinkRow {
    let count = i64::try_from(number).unwrap_or(0);
    let pick = |list: &[&'static str], at: usize| list.get(at % list.len()).copied().unwrap_or_default();
    let id = Kind::Link.make(now - DAY_MS + count, server::clock::random());
    let last = format!(
        "{}{}{}",
        pick(&SYLLABLES, number / 40),
        pick(&SYLLABLES, number / 400),
        pick(&SYLLABLES, number / 4_000)
    );
    let name = format!("{} {last}", pick(&FIRST, number));
    LinkRow {
        organization_id: organization.to_owned(),
        name_key: words::name_key(&name),
        email: format!("{last}.{number}@example.com"),
        phone: format!("+4930{:07}", number * 7 % 10_000_000),
        company: format!("{} and partners", pick(&SYLLABLES, number)),
        host_name: if number.is_multiple_of(4) { "Jonas Weber".into() } else { "Mia Long".into() },
        host_contact: String::new(),
        note: if number.is_multiple_of(2) { "Needs the lift" } else { "Brings two models" }.into(),
        external_id: format!("only-{number}-x"),
        language: String::new(),
        valid_from: now - 30 * DAY_MS,
        valid_until: (!number.is_multiple_of(50)).then_some(now + (count % 30 - 10) * DAY_MS + count),
        max_uses: None,
        uses: 0,
        cooldown_ms: 0,
        paused_at: (number < 6_000 && number % 100 == 1).then_some(now),
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
        last_used_at: number.is_multiple_of(3).then_some(now - count),
        id,
        name,
    }
}
