//! Scans on line by 32 callers at once: through the writer, and as one transaction each over a pool of eight connections,
//! on the same database in the same run. Then a terminal's decision without a network among 10,000 codes, and the list
//! of them. Prints one JSON object. Run by `cargo xtask bench`.

use diesel::prelude::*;
use diesel::r2d2::Pool;
use domain::chain;
use domain::decide::{DoorFacts, LinkFacts};
use domain::event::{Event, Outcome, Person};
use domain::id::Kind;
use domain::link::Validity;
use domain::qr::{Code, Flags, Offline, Online, audience};
use domain::scan::{CodeFacts, decide};
use domain::terminal::{Known, List, Manifest, judge};
use server::app::App;
use server::config::Config;
use server::secret::{PlainSecret, Signs};
use server::service::actor::Actor;
use server::service::code as codes_of;
use server::service::door::{self, DoorInput};
use server::service::link::{self, LinkInput};
use server::service::place::{self, PlaceInput};
use server::service::setup::{self, SetupInput};
use server::service::terminal::list::{self, Delivered};
use server::service::terminal::scan::{self, Scan};
use server::store::code::{self, CodeRow, Settings};
use server::store::connection::AnyConnection;
use server::store::link::{Grants, LinkRow};
use server::store::schema::{
    audit_heads, codes, commands, doors, event_people, events, link_doors, links, places, terminal_scans,
};
use server::store::terminal::{self, TerminalRow};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

mod shared;
use shared::{Connections, Failed, measure};

const CALLERS: usize = 32;
/// Codes in the list.
const LISTED: usize = 10_000;

/// A terminal, and the code that is shown to it again and again.
struct Caller {
    terminal: TerminalRow,
    text: String,
    lookup: String,
    sequence: AtomicI64,
}

macro_rules! locked {
    ($query:expr, none) => {
        $query
    };
    ($query:expr, lock) => {
        $query.for_update()
    };
}

/// What the ordinary way would be: the scan looked up, facts, decision, use count, chained event, the opening under way
/// and the scan's number, in one transaction of their own.
macro_rules! decide_and_store {
    ($c:ident, $app:ident, $caller:ident, $sequence:ident, $name:ident, $how:ident) => {{
        let now = $app.clock.now();
        let (terminal, door) = (&$caller.terminal.id, $caller.terminal.door_id.as_str());
        let before: Option<String> = terminal_scans::table
            .filter(terminal_scans::terminal_id.eq(terminal))
            .filter(terminal_scans::sequence.eq($sequence).or(terminal_scans::scan.eq(&$name)))
            .select(terminal_scans::event_id)
            .first($c)
            .optional()?;
        if before.is_some() {
            return Ok(false);
        }
        let (link, retired_at): (String, Option<i64>) = codes::table
            .filter(codes::lookup.eq(&$caller.lookup))
            .select((codes::link_id, codes::retired_at))
            .first($c)?;
        type Link = (String, String, i64, Option<i64>, Option<i64>, i64, Option<i64>, Option<i64>);
        let query = links::table.find(&link).select((
            links::organization_id,
            links::name,
            links::valid_from,
            links::valid_until,
            links::max_uses,
            links::uses,
            links::paused_at,
            links::revoked_at,
        ));
        let (organization, name, valid_from, valid_until, max_uses, uses, paused_at, revoked_at): Link =
            locked!(query, $how).first($c)?;
        let names_door = link_doors::table.find((&link, door)).count().get_result::<i64>($c)? == 1;
        let (accepts_digital, down, place_down): (bool, Option<i64>, Option<i64>) = doors::table
            .inner_join(places::table)
            .filter(doors::id.eq(door))
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
        let facts_of_code = CodeFacts { retired: retired_at.is_some(), ..CodeFacts::PLAIN };
        let decision = decide(&facts_of_code, &facts_of_link, &facts_of_door, now);
        if decision.granted() {
            diesel::update(links::table.find(&link))
                .set((links::uses.eq(uses + 1), links::last_used_at.eq(now)))
                .execute($c)?;
        }
        let query = audit_heads::table.find(&organization).select((audit_heads::sequence, audit_heads::hash));
        let (sequence, head): (i64, String) = locked!(query, $how).first($c)?;
        let person = Person { facts: BTreeMap::from([("name".into(), name)]), salt: $app.clock.salt() };
        let detail = BTreeMap::from([
            ("trace".to_owned(), decision.trace_text()),
            ("code".to_owned(), "online".to_owned()),
            ("terminal".to_owned(), terminal.clone()),
            ("mode".to_owned(), "on_line".to_owned()),
        ]);
        let event = Event {
            action: "door.unlock".into(),
            actor: "visitor".into(),
            cause: None,
            credential: Some(link.clone()),
            detail,
            id: $app.clock.id(Kind::Event),
            object: door.to_owned(),
            occurred_at: now,
            organization: organization.clone(),
            outcome: if decision.granted() { Outcome::Granted } else { Outcome::Denied },
            person: Some(person.hash()),
            reason: Some(decision.reason.code().into()),
            recorded_at: now,
            request: None,
            sequence: sequence + 1,
        };
        let hash = chain::hex(&chain::link(&chain::unhex(&head).ok_or("no hash")?, &event));
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
                (events::reason.eq(&event.reason), events::person_hash.eq(&event.person)),
                (events::detail.eq(serde_json::to_string(&event.detail)?), events::hash.eq(&hash)),
                (events::door_id.eq(door), events::link_id.eq(&link)),
            ))
            .execute($c)?;
        diesel::insert_into(event_people::table)
            .values((
                event_people::event_id.eq(&event.id),
                event_people::salt.eq(&person.salt),
                event_people::facts.eq(serde_json::to_string(&person.facts)?),
            ))
            .execute($c)?;
        diesel::update(audit_heads::table.find(&organization))
            .set((audit_heads::sequence.eq(event.sequence), audit_heads::hash.eq(&hash)))
            .execute($c)?;
        diesel::insert_into(commands::table)
            .values((
                commands::event_id.eq(&event.id),
                commands::organization_id.eq(&organization),
                commands::door_id.eq(door),
                commands::credential.eq(&link),
                commands::took_use.eq(true),
                commands::deadline_at.eq(now + 60_000),
                commands::claimed_by.eq(terminal),
                commands::claimed_at.eq(now),
            ))
            .execute($c)?;
        diesel::insert_into(terminal_scans::table)
            .values((
                terminal_scans::terminal_id.eq(terminal),
                terminal_scans::sequence.eq($sequence),
                terminal_scans::scan.eq(&$name),
                terminal_scans::event_id.eq(&event.id),
            ))
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

fn in_its_own_transaction(app: &App, pool: &Pool<Connections>, caller: &Caller) -> Result<bool, Failed> {
    let mut connection = pool.get()?;
    let (sequence, name) = (caller.sequence.fetch_add(1, Ordering::Relaxed), app.clock.salt());
    match &mut *connection {
        AnyConnection::Sqlite(c) => {
            c.immediate_transaction(|c| decide_and_store!(c, app, caller, sequence, name, none))
        }
        AnyConnection::Postgres(c) => c.transaction(|c| decide_and_store!(c, app, caller, sequence, name, lock)),
    }
}

struct Listed {
    decision_p99_ms: f64,
    bytes: usize,
    made_ms: f64,
}

/// Puts 10,000 codes into the list, fetches it as a terminal that has none, and decides about each of them by it.
async fn listed(app: &App, organization: &str, door: &str) -> Result<Listed, Failed> {
    let mut texts = Vec::with_capacity(LISTED + LISTED / 4);
    for _ in 0..LISTED / 500 {
        let some: Vec<Online> = (0..500).map(|_| Online(server::clock::random())).collect();
        texts.extend(some.iter().map(Online::text));
        let (owner, door) = (organization.to_owned(), door.to_owned());
        app.db
            .write(move |tx| {
                for online in &some {
                    let link = row(tx.clock.id(Kind::Link), &owner, tx.now);
                    let grants = Grants { doors: vec![door.clone()], ..Grants::default() };
                    server::store::link::insert(tx, &link, &grants)?;
                    let kind = Some(domain::qr::Kind::Online);
                    code::put_settings(tx, &owner, &link.id, Settings { kind, web: true, off_line: true })?;
                    code::insert(tx, &code_row(tx.clock.id(Kind::Code), &link, online, tx.now))?;
                }
                Ok(())
            })
            .await?;
    }
    let terminal = terminal(app, organization, door, CALLERS).await?;
    let begun = Instant::now();
    let Delivered::Whole { manifest, list } = list::deliver(app, &terminal, None).await? else {
        return Err("no list".into());
    };
    let sent = serde_json::to_vec(&serde_json::json!({ "manifest": manifest, "list": list }))?;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &sent)?;
    let bytes = packed.finish()?.len();
    let made_ms = millis(begun.elapsed());
    let key = app.keys.signing(organization, Signs::Lists).verifying_key();
    let manifest = Manifest::open(&manifest, &key)?;
    let list = List::from_bytes(list.as_bytes())?;
    let signer = app.keys.signing(organization, Signs::Offline(1));
    for _ in 0..LISTED / 4 {
        let unsigned = Offline {
            key: 1,
            audience: audience(organization),
            id: server::clock::random(),
            flags: Flags::default(),
            not_before: 0,
            not_after: u32::MAX,
            scopes: vec![list.door.scope],
            signature: [0; 64],
        };
        texts.push(unsigned.sign(&signer)?.text());
    }
    let now = app.clock.now();
    let mut took = Vec::with_capacity(texts.len());
    for text in &texts {
        let begun = Instant::now();
        let code = Code::read(text.as_bytes())?;
        let known = Known { manifest: &manifest, list: &list, now: Some(now), reachable: true };
        let judged = judge(known, &code, |_| false);
        took.push(begun.elapsed());
        if !judged.decision.granted() {
            return Err(format!("a listed code was refused: {:?}", judged.decision.reason).into());
        }
    }
    took.sort_unstable();
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Listed { decision_p99_ms: millis(p99), bytes, made_ms })
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn row(id: String, organization: &str, now: i64) -> LinkRow {
    let secret = PlainSecret::new();
    LinkRow {
        id,
        organization_id: organization.to_owned(),
        name: "Somebody".into(),
        email: String::new(),
        phone: String::new(),
        company: String::new(),
        host_name: String::new(),
        host_contact: String::new(),
        note: String::new(),
        external_id: String::new(),
        language: String::new(),
        valid_from: now - 1_000,
        valid_until: Some(now + 86_400_000),
        max_uses: None,
        uses: 0,
        cooldown_ms: 0,
        paused_at: None,
        revoked_at: None,
        secret_hash: secret.hash().to_hex(),
        secret_sealed: Vec::new(),
        secret_version: 1,
        first_opened_at: None,
        version: 1,
        created_at: now,
        notify_host: false,
        reminded_at: None,
        arrived_at: None,
        last_used_at: None,
        name_key: "somebody".into(),
    }
}

fn code_row(id: String, link: &LinkRow, online: &Online, now: i64) -> CodeRow {
    CodeRow {
        id,
        organization_id: link.organization_id.clone(),
        link_id: link.id.clone(),
        kind: "online".into(),
        lookup: List::code_name(&online.hash()),
        sealed: None,
        not_before: None,
        not_after: None,
        last_step: -1,
        created_at: now,
        retired_at: None,
    }
}
