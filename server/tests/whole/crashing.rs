//! Bad luck: killed under load, the database restarted, the disk full. What was promised holds.

use crate::process::{Latchkey, Visitor};
use crate::sink::{Mood, Sink};
use crate::support::{Cluster, Fresh, try_run};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What people in a hurry were told: by request, whether it opened.
#[derive(Default)]
struct Told {
    open: Vec<String>,
    busy: usize,
    slowest: Duration,
}

/// Sixteen phones that tap until they are told to stop; what they were answered.
async fn hurry(visitor: &Visitor, stop: &Arc<AtomicBool>) -> Told {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mut phones = JoinSet::new();
    for _ in 0..16 {
        let (visitor, stop) = (visitor.clone(), stop.clone());
        phones.spawn(async move {
            let mut told = Told::default();
            while !stop.load(Ordering::Relaxed) {
                let request = format!("request-{:012}", COUNT.fetch_add(1, Ordering::Relaxed));
                let begun = Instant::now();
                match visitor.tap(&request).await {
                    Some(answer) if answer.status == 200 && answer.body.contains("\"state\":\"open\"") => {
                        told.open.push(request)
                    }
                    Some(answer) if answer.status == 503 => {
                        told.busy += 1;
                        told.slowest = told.slowest.max(begun.elapsed());
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Some(_) | None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
            told
        });
    }
    let mut all = Told::default();
    for told in phones.join_all().await {
        all.open.extend(told.open);
        all.busy += told.busy;
        all.slowest = all.slowest.max(told.slowest);
    }
    all
}

async fn after(stop: &Arc<AtomicBool>, wait: u64) {
    tokio::time::sleep(Duration::from_millis(wait)).await;
    stop.store(true, Ordering::Relaxed);
}

/// Every acknowledged opening is in the log once, and the log is whole.
fn reckon(latchkey: &Latchkey, told: &Told) -> Vec<Value> {
    let events = latchkey.json(&["event", "list"]);
    let mut times: HashMap<&str, usize> = HashMap::new();
    for event in events.iter().filter(|event| event["action"] == "door.unlock" && event["outcome"] == "granted") {
        *times.entry(event["request"].as_str().expect("a request")).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "nothing opened twice");
    for request in &told.open {
        assert!(times.contains_key(request.as_str()), "{request} was acknowledged and is not in the log");
    }
    assert_eq!(latchkey.json(&["audit", "verify"])[0]["state"], "intact");
    events
}

/// Each granted opening has come to exactly one end that the log tells.
fn unfinished(events: &[Value]) -> usize {
    let ends = ["door.confirmed", "door.failed", "door.timed_out", "door.interrupted"];
    let mut ended: HashMap<&str, usize> = HashMap::new();
    for event in events.iter().filter(|event| ends.iter().any(|end| event["action"] == *end)) {
        *ended.entry(event["cause"].as_str().expect("a cause")).or_default() += 1;
    }
    assert!(ended.values().all(|times| *times == 1), "no opening ends twice");
    let granted = events.iter().filter(|event| event["action"] == "door.unlock" && event["outcome"] == "granted");
    granted.filter(|event| !ended.contains_key(event["id"].as_str().expect("an id"))).count()
}

crate::on_both!(
    killed_under_load_nothing_acknowledged_is_missing,
    asked_to_stop_it_finishes_what_it_began,
    killed_in_the_middle_of_a_mail_it_sends_none_twice_and_says_so,
);

async fn killed_under_load_nothing_acknowledged_is_missing(database: &str) {
    let mut latchkey = Latchkey::new(Fresh::make(database));
    latchkey.set_up();
    latchkey.start().await;
    let visitor = latchkey.visitor(&[]).await;
    let mut all = Told::default();
    for _ in 0..2 {
        let stop = Arc::new(AtomicBool::new(false));
        let taps = hurry(&visitor, &stop);
        let end = async {
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            latchkey.kill();
            stop.store(true, Ordering::Relaxed);
        };
        let (told, ()) = tokio::join!(taps, end);
        assert!(told.open.len() > 20, "there was load: {}", told.open.len());
        all.open.extend(told.open);
        latchkey.start().await;
    }
    let begun = Instant::now();
    loop {
        let events = reckon(&latchkey, &all);
        if unfinished(&events) == 0 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{} openings never end", unfinished(&events));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let answer = visitor.tap("request-after-it-all").await.expect("an answer");
    assert!(answer.body.contains("\"state\":\"open\""), "{}", answer.body);
}

async fn asked_to_stop_it_finishes_what_it_began(database: &str) {
    let mut latchkey = Latchkey::new(Fresh::make(database));
    latchkey.set_up();
    latchkey.start().await;
    let visitor = latchkey.visitor(&[]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let end = async {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        let well = latchkey.terminate().await;
        stop.store(true, Ordering::Relaxed);
        well
    };
    let (told, well) = tokio::join!(hurry(&visitor, &stop), end);
    assert!(well, "it says that it ended well");
    assert!(told.open.len() > 20, "there was load: {}", told.open.len());
    let events = reckon(&latchkey, &told);
    let granted = events.iter().filter(|event| event["action"] == "door.unlock" && event["outcome"] == "granted");
    assert_eq!(granted.count(), told.open.len(), "whoever was let in was told so");
    assert_eq!(unfinished(&events), 0, "and it is known how each opening ended");
}

/// Waits until the log has so many events of an action, and gives them.
async fn told(latchkey: &Latchkey, action: &str, count: usize) -> Vec<Value> {
    for _ in 0..100 {
        let events = latchkey.json(&["event", "list", "--action", action]);
        if events.len() >= count {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{action} does not come to {count}");
}

async fn killed_in_the_middle_of_a_mail_it_sends_none_twice_and_says_so(database: &str) {
    let sink = Sink::open().await;
    let mut latchkey = Latchkey::new(Fresh::make(database)).with("LATCHKEY_SMTP_URL", sink.url());
    latchkey.set_up();
    latchkey.start().await;
    // The mail server has all of the mail and has not said so yet; or it has none of it. Nobody can tell these apart.
    for (round, mood, given) in [(1, Mood::Slow, 1), (2, Mood::Holding, 0)] {
        sink.be(mood);
        let (before, reached) = (sink.mails().len(), sink.reached());
        let to = format!("ada{round}@keller.example");
        let made = latchkey.json(&["link", "create", "--name", "Ada", "--door", "Gate", "--email", &to, "--send"]);
        let id = made[0]["id"].as_str().expect("an id");
        let begun = Instant::now();
        while sink.reached() == reached || sink.mails().len() < before + given {
            assert!(begun.elapsed() < Duration::from_secs(20), "no mail comes");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        latchkey.kill();
        sink.be(Mood::Taking);
        assert!(latchkey.json(&["event", "list", "--action", "message.unknown"]).len() < round, "not known yet");
        // On Postgres another server may be sending it: three minutes pass before it is given up.
        let aged = "UPDATE messages SET updated_at = updated_at - 181000 WHERE state = 'sending'";
        try_run(&latchkey.fresh.url, aged).expect("a statement");
        latchkey.start().await;
        let unknown = told(&latchkey, "message.unknown", round).await;
        assert!(unknown.iter().any(|event| event["object"] == id && event["outcome"] == "failed"), "{unknown:?}");
        // Long enough for the outbox to look again, were there anything to send.
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(sink.mails().len(), before + given, "it is not sent again by itself");
        assert_eq!(latchkey.json(&["event", "list", "--action", "message.sent"]).len(), round - 1);

        // Whoever reads that it may not have arrived sends it again, and then it does.
        let earlier = "UPDATE messages SET created_at = created_at - 61000";
        try_run(&latchkey.fresh.url, earlier).expect("a statement");
        latchkey.json(&["link", "send", id]);
        let sent = told(&latchkey, "message.sent", round).await;
        assert!(sent.iter().any(|event| event["object"] == id && event["outcome"] == "done"), "{sent:?}");
        let mails = sink.mails();
        assert_eq!(mails.len(), before + given + 1);
        assert_eq!(mails.iter().filter(|mail| mail.contains(&to)).count(), given + 1);
    }
    assert_eq!(latchkey.json(&["audit", "verify"])[0]["state"], "intact");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_postgres_is_come_back_to() {
    let cluster = Cluster::start();
    let mut latchkey = Latchkey::on(Fresh::make("sqlite"), cluster.url());
    latchkey.set_up();
    latchkey.start().await;
    let visitor = latchkey.visitor(&[]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let restart = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        cluster.stop();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        cluster.go();
        after(&stop, 4_000).await;
    };
    let (told, ()) = tokio::join!(hurry(&visitor, &stop), restart);
    assert!(told.open.len() > 20, "there was load: {}", told.open.len());
    assert!(told.busy > 0, "while it was away people were told so");
    assert!(told.slowest < Duration::from_secs(15), "and soon: {:?}", told.slowest);
    latchkey.until(|status| status == 200, 100).await;
    let answer = visitor.tap("request-after-it-all").await.expect("an answer");
    assert!(
        answer.status == 200 && answer.body.contains("\"state\":\"open\""),
        "without a restart of ours: {}",
        answer.body
    );
    reckon(&latchkey, &told);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_opens_and_room_is_all_it_needs() {
    let mut latchkey = Latchkey::new(Fresh::make("sqlite"));
    latchkey.set_up();
    latchkey.start().await;
    let visitor = latchkey.visitor(&[]).await;
    assert!(visitor.tap("request-before-it-all").await.expect("an answer").body.contains("\"open\""));
    // The disk is full as far as this process can tell: no file of its may grow.
    latchkey.limit_files("1");
    for number in 0..5 {
        let answer = visitor.tap(&format!("request-without-room-{number}")).await.expect("an answer");
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(answer.body.contains("\"retry\":true") && !answer.body.contains("\"open\""), "{}", answer.body);
    }
    let page = visitor.look().await.expect("a page");
    assert!(page.status == 200 || page.status == 503, "looking is not writing: {}", page.status);
    // Who cannot store is not ready; and asking is enough to find out that there is room.
    latchkey.until(|status| status == 503, 10).await;
    latchkey.limit_files("unlimited");
    latchkey.until(|status| status == 200, 10).await;
    let answer = visitor.tap("request-with-room-again").await.expect("an answer");
    assert!(answer.status == 200 && answer.body.contains("\"open\""), "{}", answer.body);
    let events = reckon(
        &latchkey,
        &Told { open: vec!["request-before-it-all".into(), "request-with-room-again".into()], ..Told::default() },
    );
    assert!(
        events.iter().all(|event| !event["request"].as_str().unwrap_or_default().contains("without-room")),
        "what did not open left no event"
    );
}
