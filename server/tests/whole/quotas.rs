//! Quotas: the first send of a link on a channel counts, exactly once, and nothing goes past the limit.

use crate::house::{House, Organization, Things};
use crate::process::Latchkey;
use crate::support::Fresh;
use domain::channel::Channel;
use server::app::App;
use server::error::{Error, Result};
use server::service::{link, quota};
use server::store::organization;
use server::store::quota::Standing;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

crate::on_both!(
    of_fifty_at_once_with_one_left_exactly_one_goes,
    two_processes_share_one_count,
    only_the_first_send_of_a_link_on_a_channel_counts,
    at_the_limit_the_link_is_made_all_the_same,
    mail_is_counted_for_all_time,
    the_month_turns_with_the_organizations_zone,
    a_clock_set_back_gives_nothing_back,
    a_refused_send_counts_nothing,
    the_operator_raises_a_quota,
    killed_under_load_the_count_is_what_was_stored,
);

pub(crate) async fn gauges(app: &App, organization: &Organization) -> Vec<Standing> {
    let (id, now) = (organization.id.clone(), app.clock.now());
    let read = app.db.read(move |c| {
        let organization = organization::find(c, &id)?;
        quota::gauges(c, &organization, now)
    });
    read.await.unwrap()
}

async fn used(app: &App, organization: &Organization, channel: Channel) -> i64 {
    gauges(app, organization).await.into_iter().find(|one| one.channel == channel).unwrap().used
}

async fn zoned(house: &House, zone: &str) -> Organization {
    let ours = house.organization("Quetzal").await;
    house.sql(&format!("UPDATE organizations SET time_zone = '{zone}'")).unwrap();
    ours
}

async fn reachable(house: &House, ours: &Organization, count: usize) -> Vec<String> {
    let things = house.things(ours).await;
    let mut links = Vec::new();
    for _ in 0..count {
        links.push(another(house, ours, &things).await);
    }
    links
}

async fn another(house: &House, ours: &Organization, things: &Things) -> String {
    let typed = link::LinkInput {
        name: "Ada".into(),
        email: "ada@keller.example".into(),
        phone: "+49 30 555 0117".into(),
        doors: vec![things.door.clone()],
        never_expires: true,
        never_expires_confirmed: true,
        ..Default::default()
    };
    link::create(&house.app, &house.owner(ours), &typed).await.unwrap()
}

async fn text(app: &App, house: &House, ours: &Organization, link: &str) -> Result<String> {
    link::send(app, &house.owner(ours), link, Channel::Sms).await
}

/// The counter, the links counted, and the messages stored say the same number.
async fn reckon(house: &House, ours: &Organization, channel: Channel, expected: i64) {
    use diesel::prelude::*;
    use server::store::schema::{messages, quota_counters, quota_uses};
    let code = channel.code();
    let read = house.app.db.read(move |c| {
        let counters: Vec<i64> =
            quota_counters::table.filter(quota_counters::channel.eq(code)).select(quota_counters::used).load(c)?;
        let uses: i64 = quota_uses::table.filter(quota_uses::channel.eq(code)).count().get_result(c)?;
        let links: Vec<Option<String>> =
            messages::table.filter(messages::channel.eq(code)).select(messages::link_id).distinct().load(c)?;
        Ok((counters.iter().sum::<i64>(), uses, i64::try_from(links.len()).unwrap_or(-1)))
    });
    assert_eq!(read.await.unwrap(), (expected, expected, expected));
    assert_eq!(house.count(ours, "link.sent", "done").await as i64, expected, "and each is an event");
}

async fn at_once(apps: &[&App], house: &House, ours: &Organization, links: Vec<String>) -> (i64, i64) {
    let mut sends = JoinSet::new();
    for (at, link) in links.into_iter().enumerate() {
        let (app, actor) = (apps[at % apps.len()].clone(), house.owner(ours));
        sends.spawn(async move { link::send(&app, &actor, &link, Channel::Sms).await });
    }
    let (mut gone, mut refused) = (0, 0);
    for sent in sends.join_all().await {
        match sent {
            Ok(_) => gone += 1,
            Err(Error::Refused(why)) => {
                assert!(why.contains("All 10 links by text message of this month are used"), "{why}");
                refused += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    (gone, refused)
}

async fn of_fifty_at_once_with_one_left_exactly_one_goes(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let links = reachable(&house, &ours, 59).await;
    let (first, rest) = links.split_at(9);
    for link in first {
        text(&house.app, &house, &ours, link).await.unwrap();
    }
    assert_eq!(at_once(&[&house.app], &house, &ours, rest.to_vec()).await, (1, 49));
    reckon(&house, &ours, Channel::Sms, 10).await;
}

async fn two_processes_share_one_count(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let other = house.another();
    let links = reachable(&house, &ours, 50).await;
    assert_eq!(at_once(&[&house.app, &other], &house, &ours, links).await, (10, 40));
    reckon(&house, &ours, Channel::Sms, 10).await;
}

async fn only_the_first_send_of_a_link_on_a_channel_counts(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let link = &reachable(&house, &ours, 1).await[0];
    for _ in 0..3 {
        for channel in Channel::ALL {
            link::send(&house.app, &house.owner(&ours), link, channel).await.unwrap();
        }
        house.app.clock.shift(61_000);
    }
    for channel in Channel::ALL {
        assert_eq!(used(&house.app, &ours, channel).await, 1, "{channel:?}");
    }
}

async fn at_the_limit_the_link_is_made_all_the_same(database: &str) {
    let contact = ("LATCHKEY_OPERATOR_CONTACT", "Olga, extension 12".to_owned());
    let house = House::open_with(database, &[contact]);
    let ours = house.organization("Quetzal").await;
    house.sql("UPDATE organizations SET sms_quota = 1").unwrap();
    let things = house.things(&ours).await;
    let mut browser = house.signed_in(&ours).await;
    for (turn, phone, goes) in [(1, "+49 30 555 0117", true), (2, "+49 30 555 0118", false)] {
        let fields = [
            ("name", "Bea"),
            ("phone", phone),
            ("door", things.door.as_str()),
            ("zone", "Europe/Berlin"),
            ("send_sms", "on"),
        ];
        let made = browser.submit("/links/new", "/links/new", &fields).await;
        assert_eq!(made.status, 303, "{}", made.body);
        let to = made.location().to_owned();
        let page = browser.get(&to).await.body;
        assert!(page.contains("The link for Bea is made."), "{turn}: {page}");
        assert_eq!(page.contains("It goes to +49305550117."), goes, "{turn}: {page}");
        assert_eq!(page.contains("The one link by text message of this month is used"), !goes, "{turn}: {page}");
        assert_eq!(page.contains("ask Olga, extension 12"), !goes, "{turn}: {page}");
        assert_eq!(page.contains("role=\"status\" class=\"flash warn\""), !goes, "{turn}: not all was done: {page}");
        assert!(browser.get(&format!("{to}?show=1")).await.body.contains("/l/"), "its address can be copied");
    }
    let overview = browser.get("/").await.body;
    assert!(overview.contains("By text message this month") && overview.contains("Used up until"), "{overview}");
    reckon(&house, &ours, Channel::Sms, 1).await;
}

async fn mail_is_counted_for_all_time(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.sql("UPDATE organizations SET email_quota = 2").unwrap();
    let links = reachable(&house, &ours, 3).await;
    for (link, goes) in links.iter().zip([true, true, false]) {
        let sent = link::send(&house.app, &house.owner(&ours), link, Channel::Email).await;
        assert_eq!(sent.is_ok(), goes);
        if let Err(why) = sent {
            let why = why.to_string();
            assert!(why.contains("All 2 links by e-mail") && !why.contains("begins on"), "{why}");
            assert!(why.contains("ask whoever runs this server"), "{why}");
        }
        house.app.clock.shift(40 * 86_400_000);
    }
    assert!(link::send(&house.app, &house.owner(&ours), &links[0], Channel::Email).await.is_ok(), "again is free");
    reckon_used(&house, &ours, Channel::Email, 2).await;
}

async fn reckon_used(house: &House, ours: &Organization, channel: Channel, expected: i64) {
    assert_eq!(used(&house.app, ours, channel).await, expected);
}

/// Moves the clock to a moment.
fn set(house: &House, at: &str) {
    let at: jiff::Timestamp = at.parse().unwrap();
    house.app.clock.shift(at.as_millisecond() - house.app.clock.now());
}

async fn the_month_turns_with_the_organizations_zone(database: &str) {
    for (zone, before, after) in [
        ("Pacific/Kiritimati", "2031-03-31T09:59:00Z", "2031-03-31T10:00:01Z"),
        ("Pacific/Honolulu", "2031-04-01T09:59:00Z", "2031-04-01T10:00:01Z"),
    ] {
        let house = House::open(database);
        set(&house, before);
        let ours = zoned(&house, zone).await;
        house.sql("UPDATE organizations SET sms_quota = 1").unwrap();
        let links = reachable(&house, &ours, 3).await;
        text(&house.app, &house, &ours, &links[0]).await.unwrap();
        let full = text(&house.app, &house, &ours, &links[1]).await.unwrap_err().to_string();
        assert!(full.contains("the next month begins on Tue 1 April 2031"), "{zone}: {full}");
        set(&house, after);
        assert_eq!(used(&house.app, &ours, Channel::Sms).await, 0, "{zone}");
        text(&house.app, &house, &ours, &links[1]).await.unwrap();
        assert!(text(&house.app, &house, &ours, &links[2]).await.is_err(), "{zone}");
        // A link goes out once a minute.
        house.app.clock.shift(60_000);
        text(&house.app, &house, &ours, &links[0]).await.unwrap();
        reckon_used(&house, &ours, Channel::Sms, 1).await;
    }
}

async fn a_clock_set_back_gives_nothing_back(database: &str) {
    let house = House::open(database);
    set(&house, "2031-04-01T12:00:00Z");
    let ours = house.organization("Quetzal").await;
    house.sql("UPDATE organizations SET sms_quota = 2").unwrap();
    let links = reachable(&house, &ours, 4).await;
    text(&house.app, &house, &ours, &links[0]).await.unwrap();
    set(&house, "2031-03-01T12:00:00Z");
    assert_eq!(used(&house.app, &ours, Channel::Sms).await, 1, "April goes on");
    text(&house.app, &house, &ours, &links[1]).await.unwrap();
    assert!(text(&house.app, &house, &ours, &links[2]).await.is_err());
    set(&house, "2031-04-01T12:10:00Z");
    assert!(text(&house.app, &house, &ours, &links[2]).await.is_err(), "nor does it come back when the clock is right");
    text(&house.app, &house, &ours, &links[0]).await.unwrap();
    reckon_used(&house, &ours, Channel::Sms, 2).await;
    set(&house, "2031-05-01T12:00:00Z");
    text(&house.app, &house, &ours, &links[2]).await.unwrap();
}

async fn a_refused_send_counts_nothing(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let link = &reachable(&house, &ours, 1).await[0];
    link::revoke(&house.app, &house.owner(&ours), link).await.unwrap();
    assert!(text(&house.app, &house, &ours, link).await.is_err());
    reckon(&house, &ours, Channel::Sms, 0).await;
}

async fn the_operator_raises_a_quota(database: &str) {
    let latchkey = Latchkey::new(Fresh::make(database));
    latchkey.set_up();
    let listed = &latchkey.json(&["org", "list"])[0];
    assert_eq!((listed["sms"]["limit"].as_i64(), listed["email"]["limit"].as_i64()), (Some(10), Some(1_000)));
    let words = ["org", "set-quota", "--organization", "Quetzal House", "--sms", "0"];
    let set = &latchkey.json(&words)[0];
    assert_eq!((set["sms"]["limit"].as_i64(), set["email"]["limit"].as_i64()), (Some(0), Some(1_000)));
    let create =
        ["link", "create", "--name", "Ada", "--door", "Gate", "--phone", "+49305550117", "--send", "sms", "--json"];
    let (status, out, said) = latchkey.run(&create, "");
    assert_eq!(status, 0, "{said}");
    let made: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(made["url"].as_str().unwrap().contains("/l/") && made["sent"].as_array().unwrap().is_empty(), "{made}");
    assert!(said.contains("The link is made, but not sent: Your organization may send no links by text"), "{said}");
    let (status, _, said) = latchkey.run(&["link", "send", "Ada", "--channel", "sms"], "");
    assert!(status == 1 && said.contains("may send no links by text message"), "{said}");
    latchkey.json(&["org", "set-quota", "--sms", "11", "--email", "5"]);
    let sent = &latchkey.json(&[
        "link",
        "create",
        "--name",
        "Bea",
        "--door",
        "Gate",
        "--phone",
        "+49305550118",
        "--email",
        "b@x.example",
        "--send",
        "email,sms",
    ])[0];
    assert_eq!(sent["sent"], serde_json::json!(["email", "sms"]));
    let listed = &latchkey.json(&["org", "list"])[0];
    assert_eq!((listed["sms"]["used"].as_i64(), listed["email"]["used"].as_i64()), (Some(1), Some(1)));
    let events = latchkey.json(&["event", "list", "--action", "organization.quota_set"]);
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event["actor"] == "operator"));
    for wrong in [
        vec!["org", "set-quota"],
        vec!["org", "set-quota", "--sms=-1"],
        vec!["org", "set-quota", "--organization", "Elsewhere", "--sms", "1"],
    ] {
        let (status, _, said) = latchkey.run(&wrong, "");
        assert!(status == 1 && said.starts_with("latchkey: "), "{wrong:?} {said}");
    }
}

async fn killed_under_load_the_count_is_what_was_stored(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.sql("UPDATE organizations SET sms_quota = 100000").unwrap();
    let links = reachable(&house, &ours, 60).await;
    let (first, last) = links.split_at(30);
    let told = sent_and_killed(&house, first).await;
    let stored = used(&house.app, &ours, Channel::Sms).await;
    assert!(stored >= told, "{told} were told that it is sent, and {stored} are counted");
    reckon(&house, &ours, Channel::Sms, stored).await;

    // With one left exactly one goes, whoever is killed; and it goes, once somebody lives to send it.
    house.sql(&format!("UPDATE organizations SET sms_quota = {}", stored + 1)).unwrap();
    let told = sent_and_killed(&house, last).await;
    let after = used(&house.app, &ours, Channel::Sms).await;
    assert!(told <= after - stored && after <= stored + 1, "{told} of {after}, and {stored} before");
    let mut went = 0;
    for link in last {
        went += i64::from(text(&house.app, &house, &ours, link).await.is_ok());
    }
    assert!(went >= stored + 1 - after, "{went} of {after}, and {stored} before");
    reckon(&house, &ours, Channel::Sms, stored + 1).await;
}

/// Sends links by commands beside the server, each a process of its own, killed somewhere on its way; says how many were
/// told that theirs is sent.
async fn sent_and_killed(house: &House, links: &[String]) -> i64 {
    let folder = house.app.config.data_dir.clone();
    let url = house.clone_url();
    let mut commands = JoinSet::new();
    for (at, link) in links.iter().cloned().enumerate() {
        let (folder, url) = (folder.clone(), url.clone());
        commands.spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(20 * at as u64));
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_latchkey"));
            command.env_clear().env("LATCHKEY_DATA_DIR", folder).env("LATCHKEY_DATABASE_URL", url);
            command.args(["link", "send", &link, "--channel", "sms"]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a command");
            let end = Instant::now() + Duration::from_millis(30 + 25 * (at as u64 % 20));
            while Instant::now() < end {
                if let Some(status) = child.try_wait().expect("its status") {
                    return status.success();
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            child.kill().expect("a process to kill");
            child.wait().expect("its end");
            false
        });
    }
    commands.join_all().await.into_iter().map(i64::from).sum()
}
