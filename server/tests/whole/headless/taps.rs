//! Visitors' taps that a machine opens for: in time, or not at all.

use super::Scene;
use crate::browser::Browser;
use crate::machine::{Counter, Machine, Way, until};
use serde_json::Value;
use server::service::door;
use server::service::door::driver::DriverInput;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

crate::on_both!(
    a_tap_opens_through_the_machine_and_never_late,
    no_tap_into_a_partition_opens_late_and_each_visitor_is_told,
);

/// How long nothing comes through, and how many visitors tap meanwhile.
const PARTITION: Duration = Duration::from_secs(30);
const TAPS: u32 = 50;

impl Scene {
    /// The machine moves the door's relay; a visitor with its link open, and the token of their page.
    async fn driven(&self, options: &[&str]) -> (Machine, Browser, String) {
        let typed = DriverInput { kind: "terminal".into(), terminal: self.terminal.clone(), ..DriverInput::default() };
        let (app, owner) = (&self.house.app, self.house.owner(&self.ours));
        door::set_driver(app, &owner, &self.things.door, &typed).await.expect("a driver");
        let machine = Machine::start(&self.data, &[&["--input", "none", "--relay-command"], options].concat());
        let mut visitor = self.house.browser();
        let token = visitor.visit(&self.things.secret).await.token();
        until(
            || app.drivers.terminal.is_on_line(&self.terminal, &self.things.door),
            || format!("the terminal on line: {}", machine.log()),
        )
        .await;
        // The stream opens a moment after the first heartbeat.
        tokio::time::sleep(Duration::from_millis(500)).await;
        (machine, visitor, token)
    }
}

async fn a_tap_opens_through_the_machine_and_never_late(database: &str) {
    let scene = Scene::set(database).await;
    let relay = Counter::new(scene.folder.path());
    let (mut machine, mut visitor, token) = scene.driven(&[&relay.command()]).await;
    let tapped = visitor.tap(&scene.things.link, &scene.things.door, &token, "0123456789abcdef").await.json();
    let line = machine.said().await.expect("a line");
    assert_eq!((line["type"].as_str(), line["opened"].as_bool()), (Some("command"), Some(true)), "{tapped}");
    assert_eq!(relay.moved(), ["5000"]);

    // Taps into a hole: each visitor is told, and when the line is back nothing opens any more.
    scene.line.be(Way::Hole);
    let taps = (1..=5).map(|number| {
        let scene = &scene;
        async move {
            let mut visitor = scene.house.browser();
            let token = visitor.visit(&scene.things.secret).await.token();
            let (request, began) = (format!("0123456789abcde{number}f"), Instant::now());
            let page = visitor.tap(&scene.things.link, &scene.things.door, &token, &request).await;
            assert!(began.elapsed() < Duration::from_secs(6), "{}", page.body);
        }
    });
    futures_util::future::join_all(taps).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    scene.line.be(Way::Up);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert!(machine.printed().iter().all(|line| line["opened"] == false));
    assert_eq!(relay.moved().len(), 1);
    // The next one is heard of again.
    let page = visitor.tap(&scene.things.link, &scene.things.door, &token, "0123456789abcdeff").await;
    assert_eq!(machine.said().await.expect("a line")["opened"], true, "{}", page.body);
}

async fn no_tap_into_a_partition_opens_late_and_each_visitor_is_told(database: &str) {
    let scene = Scene::set(database).await;
    let moved = scene.folder.path().join("moved");
    let (mut machine, ..) = scene.driven(&[&format!("date +%s%3N >> {}", moved.display())]).await;
    scene.line.be(Way::Hole);
    // From its first moment to its last, so that some wait still when the line comes back.
    let taps = (0..TAPS).map(|number| {
        let scene = &scene;
        async move {
            tokio::time::sleep(PARTITION * number / TAPS).await;
            let mut visitor = scene.house.browser();
            let token = visitor.visit(&scene.things.secret).await.token();
            let (request, began) = (format!("tap-{number:013}"), Instant::now());
            let page = visitor.tap(&scene.things.link, &scene.things.door, &token, &request).await;
            assert!(began.elapsed() < Duration::from_secs(6), "{number} after {:?}: {}", began.elapsed(), page.body);
            page.json()["state"].as_str().expect("a word").to_owned()
        }
    });
    let partition = async {
        tokio::time::sleep(PARTITION).await;
        scene.line.be(Way::Up);
    };
    let (told, ()) = tokio::join!(futures_util::future::join_all(taps), partition);
    // Whatever is claimed late would have been by then.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let tapped: BTreeMap<String, i64> =
        scene.unlocks().await.into_iter().map(|row| (row.id, row.occurred_at)).collect();
    assert_eq!(tapped.len(), TAPS as usize);
    let opened: Vec<Value> = machine.printed().into_iter().filter(|line| line["opened"] == true).collect();
    let moved = std::fs::read_to_string(&moved).unwrap_or_default();
    let moved: Vec<i64> = moved.lines().map(|line| line.parse().expect("a time")).collect();
    assert_eq!(moved.len(), opened.len(), "{opened:?}");
    // One relay moves for one after the other.
    for (moved, line) in moved.iter().zip(&opened) {
        let late = moved - tapped[line["event"].as_str().expect("an event")];
        assert!(late < 5_000, "{line} opened {late} ms after the tap");
    }
    let unanswered = told.iter().filter(|state| *state == "timed_out").count();
    assert!(unanswered >= 40 && unanswered + opened.len() >= TAPS as usize, "{told:?} {opened:?}");
    println!("{database}: {TAPS} taps, {unanswered} unanswered, {} opened in time", opened.len());
}
