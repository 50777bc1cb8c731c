//! The headless terminal whole: the real program at a door, with its server, without it, and back again.

mod taps;

use crate::house::{House, Organization, Things};
use crate::machine::{Counter, Line, Machine, Way, paired, run};
use crate::relay::{Mood, Relay};
use serde_json::Value;
use server::service::terminal::manage;
use server::store::event::EventRow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

crate::on_both!(
    a_machine_opens_on_line_and_off_and_what_it_did_is_merged_once,
    a_machine_that_hears_nothing_decides_by_itself_and_drops_the_late_answer,
    a_code_that_waited_too_long_in_the_pipe_is_left_out,
    a_machine_that_is_killed_loses_no_scan_and_tells_none_twice,
    a_revoked_machine_forgets_everything,
    a_clock_that_is_off_is_corrected_and_told_of,
    a_clock_that_fell_behind_costs_one_scan,
    without_a_relay_the_server_opens,
);

struct Scene {
    house: House,
    ours: Organization,
    things: Things,
    line: Line,
    folder: tempfile::TempDir,
    terminal: String,
    data: PathBuf,
}

impl Scene {
    async fn set(database: &str) -> Self {
        Self::set_in(tempfile::tempdir().expect("a folder"), database).await
    }

    /// With the machine's file in a folder.
    async fn set_in(folder: tempfile::TempDir, database: &str) -> Self {
        let house = House::open(database);
        let ours = house.organization("Quetzal").await;
        let things = house.things(&ours).await;
        let line = Line::to(&house).await;
        let (terminal, data) = paired(&house, &ours, &things.door, &line, folder.path()).await;
        Self { house, ours, things, line, folder, terminal, data }
    }

    async fn code(&self, kind: &str) -> String {
        self.house.coded(&self.ours, &self.things.door, kind, |_| ()).await.1
    }

    async fn unlocks(&self) -> Vec<EventRow> {
        let events = self.house.events(&self.ours).await;
        events.into_iter().filter(|row| row.action == "door.unlock").collect()
    }

    /// Waits until the log holds so many scans.
    async fn merged(&self, count: usize) -> Vec<EventRow> {
        let began = Instant::now();
        loop {
            let unlocks = self.unlocks().await;
            if unlocks.len() >= count {
                return unlocks;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{} of {count} scans arrived", unlocks.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// What a line says of a decision.
fn told(line: &Value) -> (&str, &str, &str, &str) {
    let word = |name: &str| line[name].as_str().unwrap_or_else(|| panic!("{name} of {line}"));
    (word("decision"), word("reason"), word("mode"), word("outcome"))
}

async fn a_machine_opens_on_line_and_off_and_what_it_did_is_merged_once(database: &str) {
    let scene = Scene::set(database).await;
    let (first, second, online) =
        (scene.code("offline").await, scene.code("offline").await, scene.code("online").await);
    let relay = Counter::new(scene.folder.path());
    let mut machine = Machine::start(&scene.data, &["--relay-command", &relay.command()]);
    let line = machine.scan(&first).await;
    assert_eq!(told(&line), ("grant", "allowed", "on_line", "opened"), "{line}");
    assert_eq!((line["sequence"].as_i64(), line["unlock_ms"].as_i64()), (Some(1), Some(5_000)));
    assert_eq!(relay.moved(), ["5000"]);
    let again = machine.scan(&first).await;
    assert_eq!((again["repeat"].as_bool(), again["scan"].clone()), (Some(true), line["scan"].clone()));
    assert_eq!(told(&machine.scan("https://example.com/ticket").await).0, "deny");
    scene.merged(2).await;

    scene.line.be(Way::Down);
    let line = machine.scan(&second).await;
    assert_eq!(told(&line), ("grant", "allowed", "off_line", "opened"), "{line}");
    assert_eq!(told(&machine.scan(&online).await), ("deny", "needs_network", "off_line", "none"));
    assert_eq!(told(&machine.scan("LK1F000").await), ("deny", "qr_unreadable", "off_line", "none"));
    assert_eq!(relay.moved().len(), 2);
    assert_eq!(scene.unlocks().await.len(), 2, "nobody has told the server");

    scene.line.be(Way::Up);
    let unlocks = scene.merged(5).await;
    let off_line = unlocks.iter().filter(|row| row.detail.contains("off_line")).count();
    assert_eq!((unlocks.len(), off_line), (5, 3));
    assert!(unlocks.iter().filter(|row| row.outcome == "granted").count() == 2);
    // The online code is the server's to decide again, and nothing of the old is told anew.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(told(&machine.scan(&online).await), ("grant", "allowed", "on_line", "opened"));
    assert_eq!(scene.merged(6).await.len(), 6);
    let (well, _) = machine.end().await;
    assert!(well);
    assert_eq!((scene.unlocks().await.len(), relay.moved().len()), (6, 3));
}

async fn a_machine_that_hears_nothing_decides_by_itself_and_drops_the_late_answer(database: &str) {
    let scene = Scene::set(database).await;
    let code = scene.code("offline").await;
    let relay = Counter::new(scene.folder.path());
    let mut machine = Machine::start(&scene.data, &["--relay-command", &relay.command()]);
    machine.logs("the terminal begins").await;
    scene.line.be(Way::Hole);
    let began = Instant::now();
    let line = machine.scan(&code).await;
    let took = began.elapsed();
    assert_eq!(told(&line), ("grant", "allowed", "off_line", "opened"), "{line}");
    assert!((Duration::from_millis(1_500)..Duration::from_millis(2_500)).contains(&took), "{took:?}");
    scene.line.be(Way::Up);
    scene.merged(1).await;
    let (well, more) = machine.end().await;
    assert!(well && more.is_empty(), "{more:?}");
    assert_eq!(relay.moved().len(), 1);
}

async fn a_code_that_waited_too_long_in_the_pipe_is_left_out(database: &str) {
    let scene = Scene::set(database).await;
    let relay = Counter::new(scene.folder.path());
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(scene.code("offline").await);
    }
    let mut machine = Machine::start(&scene.data, &["--relay-command", &relay.command()]);
    machine.logs("the server is there").await;
    scene.line.be(Way::Hole);
    for code in &codes {
        machine.show(code);
    }
    // Each of the first two waits 1.5 s for the server; whoever showed the others has gone by then.
    machine.logs("waited too long").await;
    scene.line.be(Way::Up);
    let (well, lines) = machine.end().await;
    assert!(well);
    assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), [("grant", "allowed", "off_line", "opened"); 2]);
    assert_eq!(relay.moved().len(), 2);
}

async fn a_machine_that_is_killed_loses_no_scan_and_tells_none_twice(database: &str) {
    let (all, kills) = (10_000, 20);
    // A kill leaves to the system whatever was written: a disk would prove no more, and take four times as long.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let scene = Scene::set_in(folder, database).await;
    let code = scene.code("offline").await;
    let relay = Counter::new(scene.folder.path());
    let start = || Machine::start(&scene.data, &["--relay-command", &relay.command()]);
    scene.line.be(Way::Down);
    let mut machine = start();
    let mut printed: Vec<Value> = Vec::new();
    let (mut shown, mut ahead, mut killed) = (0, 0, 0);
    while printed.len() < all {
        // Always some in its pipe, so that each kill falls among scans.
        while ahead < 20 {
            // One in fifty opens.
            machine.show(&if shown % 50 == 0 { code.clone() } else { format!("ticket-{shown}") });
            shown += 1;
            ahead += 1;
        }
        printed.extend(machine.said().await);
        ahead -= 1;
        if killed < kills && printed.len() >= (killed + 1) * all / (kills + 1) {
            tokio::time::sleep(Duration::from_millis(u64::try_from(7 * killed % 20).unwrap())).await;
            machine.kill();
            killed += 1;
            while let Some(line) = machine.said().await {
                printed.push(line);
            }
            (machine, ahead) = (start(), 0);
        }
    }
    scene.line.be(Way::Up);
    let (well, rest) = machine.end().await;
    assert!(well);
    printed.extend(rest);
    // What did not go up within the last ten seconds goes up at the next start.
    let (well, _) = start().end().await;
    assert!(well);
    let scans = rows(&scene);
    let numbers: Vec<i64> = scans.iter().map(|(number, _)| *number).collect();
    let last = i64::try_from(scans.len()).unwrap();
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>(), "each once, in order, and none is missing");
    let known: BTreeSet<&str> = scans.iter().map(|(_, scan)| scan.as_str()).collect();
    assert_eq!(known.len(), scans.len());
    let decided: Vec<&Value> = printed.iter().filter(|line| line["repeat"] == false).collect();
    for line in &decided {
        assert!(known.contains(line["scan"].as_str().unwrap()), "{line} is lost");
    }
    let told: BTreeSet<&str> = decided.iter().filter_map(|line| line["scan"].as_str()).collect();
    assert_eq!(told.len(), decided.len(), "none was decided twice");
    let unlocks = scene.unlocks().await;
    assert_eq!(unlocks.len(), scans.len());
    let granted = unlocks.iter().filter(|row| row.outcome == "granted").count();
    assert!(relay.moved().len() <= granted, "{} openings for {granted} grants", relay.moved().len());
    println!("{database}: {} scans, {} printed, {killed} kills", scans.len(), decided.len());
}

/// The scans that the server has of the only terminal there is: number and name, in order.
fn rows(scene: &Scene) -> Vec<(i64, String)> {
    use diesel::prelude::*;
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        sequence: i64,
        #[diesel(sql_type = diesel::sql_types::Text)]
        scan: String,
    }
    let query = "SELECT sequence, scan FROM terminal_scans WHERE reported_at IS NOT NULL ORDER BY sequence";
    let url = scene.house.clone_url();
    let rows: Vec<Row> = match url.strip_prefix("sqlite://") {
        Some(path) => {
            diesel::sql_query(query).load(&mut SqliteConnection::establish(path).expect("a database")).expect("rows")
        }
        None => diesel::sql_query(query).load(&mut PgConnection::establish(&url).expect("a Postgres")).expect("rows"),
    };
    rows.into_iter().map(|row| (row.sequence, row.scan)).collect()
}

async fn a_revoked_machine_forgets_everything(database: &str) {
    let scene = Scene::set(database).await;
    let code = scene.code("offline").await;
    let relay = Counter::new(scene.folder.path());
    let mut machine = Machine::start(&scene.data, &["--relay-command", &relay.command()]);
    assert_eq!(told(&machine.scan(&code).await).0, "grant");
    manage::revoke(&scene.house.app, &scene.house.owner(&scene.ours), &scene.terminal).await.expect("a revocation");
    machine.show("a code that nobody knows");
    assert!(!machine.ended().await && machine.log().contains("revoked"), "{}", machine.log());
    assert_eq!(relay.moved().len(), 1);
    let (well, said) = run(&["terminal", "run", "--data", &scene.data.to_string_lossy()]);
    assert!(!well && said.contains("not paired"), "{said}");
    let held = std::fs::read(&scene.data).unwrap();
    let held = String::from_utf8_lossy(&held);
    assert!(!held.contains("Quetzal") && !held.contains("token"), "nothing is left in the file");
}

async fn a_clock_that_is_off_is_corrected_and_told_of(database: &str) {
    let scene = Scene::set(database).await;
    let code = scene.code("offline").await;
    // The server is ahead of the machine: as if the machine's clock were behind.
    scene.house.app.clock.shift(30_000);
    let mut machine = Machine::start(&scene.data, &["--relay-command", "true"]);
    machine.logs("the server is there").await;
    scene.line.be(Way::Down);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(told(&machine.scan(&code).await), ("grant", "allowed", "off_line", "opened"));
    let before = scene.house.app.clock.now();
    scene.line.be(Way::Up);
    let unlocks = scene.merged(1).await;
    assert!((before - unlocks[0].occurred_at).abs() < 3_000, "{} {before}", unlocks[0].occurred_at);
    assert!(!machine.log().contains("differs"), "half a minute is nothing to tell of: {}", machine.log());
    machine.kill();

    scene.house.app.clock.shift(60_000);
    let mut machine = Machine::start(&scene.data, &["--relay-command", "true"]);
    machine.logs("differs from the server's by").await;
    scene.line.be(Way::Down);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(told(&machine.scan(&code).await), ("grant", "allowed", "off_line", "opened"));
    machine.kill();
}

async fn a_clock_that_fell_behind_costs_one_scan(database: &str) {
    let scene = Scene::set(database).await;
    let (first, second) = (scene.code("online").await, scene.code("online").await);
    let mut machine = Machine::start(&scene.data, &[]);
    machine.logs("the server is there").await;
    // The stream opens a moment after the first heartbeat, and is followed by another.
    tokio::time::sleep(Duration::from_millis(500)).await;
    scene.house.app.clock.shift(20_000);
    assert_eq!(told(&machine.scan(&first).await), ("deny", "too_late", "on_line", "none"));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(told(&machine.scan(&second).await), ("grant", "allowed", "on_line", "none"));
}

async fn without_a_relay_the_server_opens(database: &str) {
    let scene = Scene::set(database).await;
    let code = scene.code("offline").await;
    let mut machine = Machine::start(&scene.data, &[]);
    let line = machine.scan(&code).await;
    assert_eq!(told(&line), ("grant", "allowed", "on_line", "none"), "{line}");
    assert!(["open", "sent"].contains(&line["opening"].as_str().expect("a word")), "{line}");
    scene.line.be(Way::Down);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let line = machine.scan(&code).await;
    assert_eq!(told(&line), ("grant", "allowed", "off_line", "none"), "{line}");
    assert!(line["opening"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_on_the_network_is_asked_once_and_its_silence_is_told_as_such() {
    let scene = Scene::set("sqlite").await;
    let relay = Relay::open().await;
    let url = relay.url("/relay/0?t={{unlock_s}}");
    let options =
        ["--relay", &url, "--relay-method", "get", "--relay-header", "X-Key: 7", "--allow-target", "127.0.0.1"];
    let (first, second) = (scene.code("offline").await, scene.code("offline").await);
    let mut machine = Machine::start(&scene.data, &options);
    assert_eq!(told(&machine.scan(&first).await), ("grant", "allowed", "on_line", "opened"));
    let asked = relay.asked();
    assert_eq!((asked.len(), asked[0].header("x-key")), (1, Some("7")));
    assert!(asked[0].line.starts_with("GET /relay/0?t=5"), "{}", asked[0].line);
    relay.be(Mood::Silent);
    assert_eq!(told(&machine.scan(&second).await), ("grant", "allowed", "on_line", "unknown"));
    let (well, said) = run(&["terminal", "run", "--data", &scene.data.to_string_lossy()]);
    assert!(!well && said.contains("uses"), "one process a file: {said}");
    machine.kill();
    // An address off the public internet is the operator's to allow.
    let (well, said) = run(&["terminal", "run", "--data", &scene.data.to_string_lossy(), "--relay", &url]);
    assert!(!well && said.contains("LATCHKEY_ALLOWED_TARGETS"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanner_on_a_serial_port_is_read_and_waited_for() {
    use serialport::{SerialPort, TTYPort};
    use std::io::Write;
    let scene = Scene::set("sqlite").await;
    let code = scene.code("offline").await;
    let (mut scanner, port) = TTYPort::pair().expect("a pseudo-terminal");
    let path = port.name().expect("its path");
    drop(port);
    // No program that is started meanwhile may keep it open, or it would never be unplugged.
    let cloexec = nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC);
    nix::fcntl::fcntl(std::os::fd::AsRawFd::as_raw_fd(&scanner), cloexec).expect("a flag");
    let mut machine =
        Machine::start(&scene.data, &["--input", &format!("serial:{path}:115200"), "--relay-command", "true"]);
    machine.logs("the scanner is there").await;
    scanner.write_all(format!("{code}\r").as_bytes()).expect("a code");
    assert_eq!(told(&machine.said().await.expect("a line")), ("grant", "allowed", "on_line", "opened"));
    // Without an end, the pause after it is one.
    scanner.write_all(b"ticket").expect("a code");
    assert_eq!(told(&machine.said().await.expect("a line")).0, "deny");
    // Unplugged.
    drop(scanner);
    machine.logs("waiting for it").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_is_told_in_words_why_it_cannot_be_paired() {
    let scene = Scene::set("sqlite").await;
    let (url, data) = (scene.line.url(), scene.folder.path().join("other.db"));
    let data = data.to_string_lossy().into_owned();
    let pair = |server: &str, file: &str| {
        run(&["terminal", "pair", "--server", server, "--code", "ABCD-EFGH", "--data", file])
    };
    let (well, said) = tokio::task::spawn_blocking(move || {
        assert!(pair("http://192.168.1.5", &data).1.contains("https"));
        assert!(pair("http://127.0.0.1:1", &data).1.contains("cannot be reached"));
        pair(&url, &data)
    })
    .await
    .unwrap();
    assert!(!well && said.to_lowercase().contains("code"), "{said}");
    let taken = scene.data.to_string_lossy().into_owned();
    let url = scene.line.url();
    let (well, said) = tokio::task::spawn_blocking(move || {
        run(&["terminal", "pair", "--server", &url, "--code", "ABCD-EFGH", "--data", &taken])
    })
    .await
    .unwrap();
    assert!(!well && said.contains("--replace"), "{said}");
}
