//! Scans on line by 32 callers at once: through the writer, and as one transaction each over a pool of eight connections,
//! on the same database in the same run. Then a terminal's decision without a network among 10,000 codes, and the list
//! of them. Prints one JSON object. Run by `cargo xtask bench`.

use diesel::r2d2::Pool;
use domain::id::Kind;
use server::app::App;
use server::config::Config;
use server::secret::PlainSecret;
use server::service::actor::Actor;
use server::service::code as codes_of;
use server::service::door::{self, DoorInput};
use server::service::link::{self, LinkInput};
use server::service::place::{self, PlaceInput};
use server::service::setup::{self, SetupInput};
use server::service::terminal::scan::{self, Scan};
use server::store::terminal::{self, TerminalRow};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

mod listed;
#[path = "../shared/mod.rs"]
mod shared;
mod single;
use listed::listed;
use shared::{Connections, Failed, measure};
use single::in_its_own_transaction;

const CALLERS: usize = 32;

/// A terminal, and the code that is shown to it again and again.
struct Caller {
    terminal: TerminalRow,
    text: String,
    lookup: String,
    sequence: AtomicI64,
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
    let (organization, door) = house(&app).await?;
    let callers = callers(&app, &organization, &door).await?;
    let length = Duration::from_secs(seconds);
    // Which comes first must not decide: the file grows in both halves alike.
    let writer = measure(length, callers.clone(), {
        let app = app.clone();
        move |caller| {
            let app = app.clone();
            async move { through_the_writer(&app, &caller).await }
        }
    })
    .await;
    let pool = Arc::new(Pool::builder().max_size(8).build(Connections(database))?);
    let single = measure(length, callers, {
        let app = app.clone();
        move |caller| {
            let (app, pool) = (app.clone(), pool.clone());
            async move {
                let done = tokio::task::spawn_blocking(move || in_its_own_transaction(&app, &pool, &caller)).await;
                matches!(done, Ok(Ok(true)))
            }
        }
    })
    .await;
    let listed = listed(&app, &organization, &door).await?;
    println!(
        "{}",
        serde_json::json!({
            "writer_per_second": writer.per_second, "writer_p99_ms": writer.p99_ms, "writer_failed": writer.failed,
            "pool_per_second": single.per_second, "pool_p99_ms": single.p99_ms, "pool_failed": single.failed,
            "off_line_p99_ms": listed.decision_p99_ms, "list_bytes": listed.bytes, "list_ms": listed.made_ms,
        })
    );
    Ok(())
}

async fn house(app: &App) -> Result<(String, String), Failed> {
    let typed = SetupInput {
        organization: "Bench".into(),
        time_zone: "UTC".into(),
        name: "Bench".into(),
        email: "bench@example.com".into(),
        password: PlainSecret::new().expose().into(),
    };
    let made = setup::set_up(app, &typed, None).await?;
    let actor = Actor::operator(&made.organization);
    let typed = PlaceInput { name: "Here".into(), time_zone: "UTC".into(), ..PlaceInput::default() };
    let place_id = place::create(app, &actor, &typed).await?;
    let typed = DoorInput {
        name: "Door".into(),
        place_id,
        unlock_seconds: "1".into(),
        accepts_digital: true,
        ..DoorInput::default()
    };
    let door = door::create(app, &actor, &typed).await?;
    Ok((made.organization, door))
}

async fn callers(app: &App, organization: &str, door: &str) -> Result<Vec<Arc<Caller>>, Failed> {
    let actor = Actor::operator(organization);
    let mut callers = Vec::new();
    for number in 0..CALLERS {
        let typed = LinkInput {
            name: format!("Caller {number}"),
            doors: vec![door.to_owned()],
            max_uses: "100000".into(),
            qr: "online".into(),
            ..LinkInput::default()
        };
        let link = link::create(app, &actor, &typed).await?;
        let code = codes_of::current(app, organization, &link).await?.ok_or("a link without its code")?;
        let (text, lookup) = (code.text().to_owned(), code.row.lookup);
        let terminal = terminal(app, organization, door, number).await?;
        callers.push(Arc::new(Caller { terminal, text, lookup, sequence: AtomicI64::new(1) }));
    }
    Ok(callers)
}

async fn terminal(app: &App, organization: &str, door: &str, number: usize) -> Result<TerminalRow, Failed> {
    let row = TerminalRow {
        id: app.clock.id(Kind::Terminal),
        organization_id: organization.to_owned(),
        door_id: door.to_owned(),
        name: format!("Terminal {number}"),
        pairing_hash: None,
        pairing_expires_at: None,
        token_hash: Some(PlainSecret::new().hash().to_hex()),
        paired_at: Some(app.clock.now()),
        revoked_at: None,
        removed_at: None,
        software: "bench".into(),
        relay: true,
        clock_offset_ms: None,
        last_seen_at: None,
        waiting: 0,
        list_version: 0,
        list_made_at: None,
        list_expires_at: None,
        version: 1,
        created_at: app.clock.now(),
    };
    let stored = row.clone();
    app.db.write(move |tx| terminal::insert(tx, &stored)).await?;
    Ok(row)
}

async fn through_the_writer(app: &App, caller: &Caller) -> bool {
    let sequence = caller.sequence.fetch_add(1, Ordering::Relaxed);
    let scan =
        Scan { scan: app.clock.salt(), sequence, code: caller.text.clone().into_bytes(), at: Some(app.clock.now()) };
    scan::scan(app, &caller.terminal, scan).await.is_ok_and(|scanned| scanned.decision.granted())
}
