//! What is kept, for how long, and what becomes of the log when it goes: exports, retention, erasure.

use crate::chain::outside;
use crate::house::{House, Organization, Things};
use crate::reader::off_line;
use domain::role::Role;
use server::notify::{mail::Mailer, outbox};
use server::service::actor::Actor;
use server::service::audit::{self, Asked, Format};
use server::service::invitation::{self, InviteInput, JoinInput};
use server::service::terminal::journal::{self, Entry};
use server::service::{account, erase, link, people, retention, settings};
use server::store::event::{Filter, Is};
use std::sync::Mutex;

crate::on_both!(
    an_export_holds_what_the_list_shows_and_is_an_event,
    no_cell_of_a_table_is_a_formula,
    a_stretch_of_the_log_verifies_by_itself,
    a_stretch_with_what_was_told_late_verifies,
    a_reader_who_leaves_is_recorded_too,
    old_events_go_behind_a_signed_beginning,
    nobody_cuts_off_old_events_without_the_key,
    a_shorter_time_is_asked_about_once_more,
    people_go_after_their_time_and_the_log_holds,
    an_erased_person_is_nowhere_and_the_log_holds,
    an_admin_who_left_is_erased_and_nobody_else,
    an_admin_goes_with_every_address_they_had,
    a_visitor_of_that_name_can_be_erased,
    invitations_and_tests_name_nobody_after_their_time,
);

const DAY_MS: i64 = 86_400_000;

async fn scene(database: &str) -> (House, Organization, Things) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house
        .things_like(&ours, |typed| {
            typed.name = "Ada Keller".into();
            typed.email = "ada@keller.example".into();
            typed.phone = "+49 30 5550117".into();
            typed.company = "Keller Architekten".into();
        })
        .await;
    let mut phone = house.browser();
    let token = phone.visit(&things.secret).await.token();
    phone.tap(&things.link, &things.door, &token, "request-of-ada-0").await;
    house.events(&ours).await;
    (house, ours, things)
}

/// An export as a service gives it.
async fn exported(house: &House, ours: &Organization, filter: Filter) -> String {
    let out = Mutex::new(Vec::new());
    let asked = Asked { filter, format: Format::Lines, zone: "UTC".into(), told: Vec::new() };
    let send = |bytes: Vec<u8>| {
        out.lock().unwrap().extend(bytes);
        std::future::ready(true)
    };
    audit::export(&house.app, &house.owner(ours), asked, send).await.unwrap();
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

/// Sends what waits.
async fn delivered(house: &House) {
    let mailer = Mailer::new(&house.app.config).unwrap();
    outbox::round(&house.app, &mailer).await.unwrap();
}

/// The messages that were kept as files.
fn kept(house: &House) -> Vec<String> {
    let folders = ["mail", "sms"].map(|name| std::fs::read_dir(house.app.config.data_dir.join(name)));
    let files = folders.into_iter().flatten().flatten();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// Everything that the database holds once no free page has what was deleted.
async fn vacuumed(house: &House, database: &str) -> String {
    if database == "sqlite" {
        // What was deleted lies in free pages until they are used again; this uses them.
        for sql in ["PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
            house.sql(sql).unwrap();
        }
    }
    house.dump().await
}

async fn many(house: &House, ours: &Organization, link_id: &str, pairs: usize) {
    let owner = house.owner(ours);
    for _ in 0..pairs {
        link::pause(&house.app, &owner, link_id).await.unwrap();
        link::resume(&house.app, &owner, link_id).await.unwrap();
    }
}

async fn an_export_holds_what_the_list_shows_and_is_an_event(database: &str) {
    let (house, ours, things) = scene(database).await;
    let mut observer = house.colleague(&ours, Role::Observer).await;
    let before = house.events(&ours).await;
    let page = observer.get("/events/export.jsonl").await;
    assert_eq!(page.status, 200);
    let verified = audit::verify_export(&house.app.keys, page.body.as_bytes()).unwrap();
    assert_eq!(usize::try_from(verified.events).unwrap(), before.len());
    let (good, said) = outside(&page.body);
    assert!(good, "{said}");

    let page = observer.get(&format!("/events/export.csv?link={}&q=ada", things.link)).await;
    let mut reader = csv::Reader::from_reader(page.body.as_bytes());
    let numbers: Vec<i64> = reader.records().map(|record| record.unwrap()[0].parse().unwrap()).collect();
    let expected: Vec<i64> =
        before.iter().filter(|row| row.link_id.as_ref() == Some(&things.link)).map(|row| row.sequence).collect();
    assert_eq!(numbers, expected);
    let disposition = page.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment") && disposition.contains(".csv"), "{disposition}");

    let last = house.events(&ours).await.pop().unwrap();
    assert_eq!((last.action.as_str(), last.outcome.as_str()), ("events.exported", "done"));
    let told = last.details();
    assert_eq!(told["rows"], expected.len().to_string());
    assert_eq!(
        (told["format"].as_str(), told["link"].as_str(), told["search"].as_str()),
        ("csv", things.link.as_str(), "given")
    );
    let unknown = observer.get("/events/export.csv?q=xyzzy").await;
    assert_eq!(unknown.status, 422, "an unknown name exports nothing rather than everything");
}

async fn no_cell_of_a_table_is_a_formula(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    house.things_like(&ours, |typed| typed.name = "=HYPERLINK(\"http://evil.example\")".into()).await;
    house.things_like(&ours, |typed| typed.name = "Ada, \"the\" Keller".into()).await;
    let page = house.signed_in(&ours).await.get("/events/export.csv").await;
    let mut reader = csv::Reader::from_reader(page.body.as_bytes());
    let cells: Vec<String> =
        reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(cells.iter().any(|cell| cell == "'=HYPERLINK(\"http://evil.example\")"));
    assert!(cells.iter().any(|cell| cell == "Ada, \"the\" Keller"));
    assert!(!cells.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])));
}

async fn a_stretch_of_the_log_verifies_by_itself(database: &str) {
    let (house, ours, things) = scene(database).await;
    many(&house, &ours, &things.link, 2).await;
    audit::make_checkpoints(&house.app).await.unwrap();
    // Later by a minute, so that the stretch has a clear edge.
    house.app.clock.shift(60_000);
    let edge = house.app.clock.now();
    many(&house, &ours, &things.link, 2).await;
    let last = house.events(&ours).await.last().unwrap().sequence;
    let text = exported(&house, &ours, Filter { since: Some(edge), ..Filter::default() }).await;
    let verified = audit::verify_export(&house.app.keys, text.as_bytes()).unwrap();
    assert_eq!((verified.first, verified.events), (last - 3, 4));
    let (good, said) = outside(&text);
    assert!(good && said.contains("4 events"), "{said}");
    // An excerpt's beginning is signed as one, and passes for nothing else.
    assert!(text.contains("\"kind\":\"excerpt\""));
    let forged = text.replace("\"kind\":\"excerpt\"", "\"kind\":\"pruned\"");
    assert!(audit::verify_export(&house.app.keys, forged.as_bytes()).is_err());
    let middle = exported(&house, &ours, Filter { until: Some(edge), ..Filter::default() }).await;
    assert!(audit::verify_export(&house.app.keys, middle.as_bytes()).is_ok_and(|found| found.checkpoints == 1));

    let narrowed = Filter { any: vec![vec![Is::Action("link.paused".into())]], ..Filter::default() };
    let text = exported(&house, &ours, narrowed).await;
    assert_eq!(text.lines().filter(|line| line.starts_with("{\"event\"")).count(), 4);
    let said = audit::verify_export(&house.app.keys, text.as_bytes()).unwrap_err().to_string();
    assert!(said.contains("fit a filter"), "{said}");
}

async fn a_stretch_with_what_was_told_late_verifies(database: &str) {
    let (house, ours, things) = scene(database).await;
    let terminal = house.terminal(&ours, &things.door).await;
    let since = house.app.clock.now() - 1;
    house.app.clock.shift(10 * 60_000);
    many(&house, &ours, &things.link, 1).await;
    // A terminal tells now of five minutes ago, and the clock is set back by four.
    let now = house.app.clock.now();
    let late = Entry { at: now - 5 * 60_000, ..off_line(&house, 1, None, "online", false) };
    journal::upload(&house.app, &terminal, vec![late]).await.unwrap();
    let told = house.events(&ours).await.last().unwrap().sequence;
    many(&house, &ours, &things.link, 1).await;
    house.app.clock.shift(-4 * 60_000);
    many(&house, &ours, &things.link, 1).await;
    house.app.clock.shift(4 * 60_000);
    for (since, until) in [(Some(since), now - 2 * 60_000), (None, now - 2 * 60_000), (Some(now - 6 * 60_000), now)] {
        let text = exported(&house, &ours, Filter { since, until: Some(until), ..Filter::default() }).await;
        let verified = audit::verify_export(&house.app.keys, text.as_bytes()).unwrap();
        assert!(verified.first <= told && told < verified.first + verified.events);
        let (good, said) = outside(&text);
        assert!(good, "{said}");
    }
}

async fn a_reader_who_leaves_is_recorded_too(database: &str) {
    let (house, ours, _) = scene(database).await;
    let asked = Asked { filter: Filter::default(), format: Format::Lines, zone: "UTC".into(), told: Vec::new() };
    audit::export(&house.app, &house.owner(&ours), asked, |_| std::future::ready(false)).await.unwrap();
    let last = house.events(&ours).await.pop().unwrap();
    assert_eq!((last.action.as_str(), last.outcome.as_str()), ("events.exported", "failed"));
    assert_eq!(last.details()["complete"], "false");
}

async fn old_events_go_behind_a_signed_beginning(database: &str) {
    let (house, ours, things) = scene(database).await;
    many(&house, &ours, &things.link, 260).await;
    audit::make_checkpoints(&house.app).await.unwrap();
    let whole = exported(&house, &ours, Filter::default()).await;
    house.app.clock.shift(2 * DAY_MS);
    house.things(&ours).await;
    let before = house.events(&ours).await;
    let now = house.app.clock.now();
    // One step, and as if the server were killed then.
    assert_eq!(retention::prune(&house.app, &ours.id, now - DAY_MS).await.unwrap(), 500);
    let verified = audit::verify(&house.app).await.unwrap().pop().unwrap();
    assert_eq!(verified.first, 501, "it begins where it was cut");
    assert!(house.sql("DELETE FROM events WHERE sequence = 502").is_err(), "what is not let go stays");
    house.sql("UPDATE organizations SET event_retention_days = 1").unwrap();
    retention::sweep(&house.app).await.unwrap();
    let after = house.events(&ours).await;
    assert!(after.iter().all(|row| row.occurred_at >= now - DAY_MS), "nothing old is left");
    let kept = before.iter().filter(|row| row.occurred_at >= now - DAY_MS).count();
    assert_eq!(after.iter().filter(|row| row.action == "events.pruned").count() + kept, after.len());
    let verified = audit::verify(&house.app).await.expect("older checkpoints stand in nobody's way").pop().unwrap();
    assert_eq!(usize::try_from(verified.events).unwrap(), after.len());
    let text = exported(&house, &ours, Filter::default()).await;
    assert!(audit::verify_export(&house.app.keys, text.as_bytes()).is_ok());
    let (good, said) = outside(&text);
    assert!(good, "{said}");
    assert!(audit::verify_export(&house.app.keys, whole.as_bytes()).is_ok(), "what was exported before still verifies");
    let page = house.signed_in(&ours).await.get("/events").await;
    assert!(page.body.contains("pruned old events"));
}

async fn nobody_cuts_off_old_events_without_the_key(database: &str) {
    let (house, ours, things) = scene(database).await;
    many(&house, &ours, &things.link, 3).await;
    let rows = house.events(&ours).await;
    let last = &rows[5];
    let signature = "00".repeat(64);
    house
        .sql(&format!(
            "INSERT INTO beginnings (organization_id, sequence, hash, made_at, signature) VALUES ('{}', {}, '{}', 1, '{signature}')",
            ours.id, last.sequence, last.hash
        ))
        .unwrap();
    house.unguarded(&format!(
        "DELETE FROM event_people WHERE event_id IN (SELECT id FROM events WHERE sequence <= {}); DELETE FROM events WHERE sequence <= {}",
        last.sequence, last.sequence
    ));
    let said = audit::verify(&house.app).await.unwrap_err().to_string();
    assert!(said.contains("not signed with this server's key"), "{said}");
    // A genuine signature about another place does not help either.
    let (start, good) = audit::prune_start(&house.app.keys, &ours.id, last.sequence - 1, &rows[4].hash, 1);
    house.unguarded(&format!("UPDATE beginnings SET signature = '{good}', made_at = {}", start.at));
    audit::verify(&house.app).await.expect_err("it is another place's");
}

async fn a_shorter_time_is_asked_about_once_more(database: &str) {
    let (house, ours, things) = scene(database).await;
    many(&house, &ours, &things.link, 1).await;
    house.app.clock.shift(10 * DAY_MS);
    let old = house.events(&ours).await.len();
    let mut owner = house.signed_in(&ours).await;
    let path = "/settings/retention";
    let wrong = owner.submit(path, path, &[("version", "1"), ("event_days", "0"), ("person_days", "soon")]).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.body.matches("from 1 to 3650").count(), 2, "both are said at once: {}", wrong.body);
    assert!(wrong.body.contains("value=\"soon\""));
    let asked = owner.submit(path, path, &[("version", "1"), ("event_days", "7"), ("person_days", "")]).await;
    assert_eq!(asked.status, 422);
    assert!(asked.body.contains(&format!("{old} events go")), "{}", asked.body);
    let confirmed = asked.attribute("name=\"confirmed\" value=\"").unwrap();
    assert_eq!(owner.get(path).await.body.matches("value=\"7\"").count(), 0, "nothing is changed yet");
    // What was confirmed is that time and no shorter one.
    let other = [("version", "1"), ("event_days", "2"), ("person_days", ""), ("confirmed", confirmed.as_str())];
    assert_eq!(owner.submit(path, path, &other).await.status, 422);
    let same = [("version", "1"), ("event_days", "7"), ("person_days", ""), ("confirmed", confirmed.as_str())];
    assert_eq!(owner.submit(path, path, &same).await.status, 303);
    assert_eq!(owner.submit(path, path, &same).await.status, 409, "the form is stale now");
    let longer = [("version", "2"), ("event_days", "30"), ("person_days", "")];
    assert_eq!(owner.submit(path, path, &longer).await.status, 303, "a longer time destroys nothing");
    let changed: Vec<_> =
        house.events(&ours).await.into_iter().filter(|row| row.action == "organization.retention_changed").collect();
    assert_eq!(changed.len(), 2);
    assert_eq!(changed[1].details()["events_days"], "30");
}

async fn people_go_after_their_time_and_the_log_holds(database: &str) {
    let (house, ours, things) = scene(database).await;
    let theirs = house.organization("Marmot").await;
    house.things(&theirs).await;
    link::revoke(&house.app, &house.owner(&ours), &things.link).await.unwrap();
    let text = exported(&house, &ours, Filter::default()).await;
    house.app.clock.shift(40 * DAY_MS);
    let young = house.things_like(&ours, |typed| typed.name = "Bo Lindgren".into()).await;
    house.sql(&format!("UPDATE organizations SET person_retention_days = 30 WHERE id = '{}'", ours.id)).unwrap();
    retention::sweep(&house.app).await.unwrap();
    let mut owner = house.signed_in(&ours).await;
    let page = owner.get(&format!("/links/{}", things.link)).await;
    assert!(page.body.contains("Erased") && !page.body.contains("Keller"), "{}", page.body);
    assert!(owner.get(&format!("/links/{}", young.link)).await.body.contains("Bo Lindgren"));
    let log = owner.get("/events").await.body;
    assert!(!log.contains("Ada Keller") && log.contains("Bo Lindgren"));
    audit::verify(&house.app).await.unwrap();
    assert!(house.dump().await.contains("Marmot Visitor"), "others keep theirs");
    for text in [text, exported(&house, &ours, Filter::default()).await] {
        audit::verify_export(&house.app.keys, text.as_bytes()).unwrap();
    }
    let events = house.events(&ours).await.len();
    retention::sweep(&house.app).await.unwrap();
    assert_eq!(house.events(&ours).await.len(), events, "what is done is not done again");
}

async fn an_erased_person_is_nowhere_and_the_log_holds(database: &str) {
    let (house, ours, things) = scene(database).await;
    let owner = house.owner(&ours);
    for channel in [domain::channel::Channel::Email, domain::channel::Channel::Sms] {
        link::send(&house.app, &owner, &things.link, channel).await.unwrap();
    }
    delivered(&house).await;
    assert_eq!(kept(&house).len(), 2, "a mail and a text message");
    let before = exported(&house, &ours, Filter::default()).await;
    assert!(before.contains("Ada Keller"));
    let mut browser = house.signed_in(&ours).await;
    let asks = browser.get(&format!("/links/{}/erase", things.link)).await;
    assert!(asks.body.contains("Erase Ada Keller?") && asks.body.contains("The link is revoked"), "{}", asks.body);
    let path = format!("/links/{}/erase", things.link);
    assert_eq!(browser.submit(&path, &path, &[]).await.status, 303);
    let page = browser.get(&format!("/links/{}", things.link)).await;
    assert!(page.body.contains("Erased") && page.body.contains("Revoked"), "{}", page.body);
    let mut phone = house.browser();
    assert!(!phone.visit(&things.secret).await.body.contains("Unlock Quetzal Gate"), "it opens nothing any more");
    assert!(kept(&house).is_empty(), "no file has the number, the name, or what opened the door");
    let whole = vacuumed(&house, database).await;
    for gone in ["Ada Keller", "ada@keller", "5550117", "Keller Architekten", "ada keller"] {
        assert!(!whole.contains(gone), "{gone} is still there");
    }
    audit::verify(&house.app).await.unwrap();
    let after = exported(&house, &ours, Filter::default()).await;
    assert!(!after.contains("Keller"));
    for text in [&before, &after] {
        audit::verify_export(&house.app.keys, text.as_bytes()).unwrap();
        let (good, said) = outside(text);
        assert!(good, "{said}");
    }
    assert_eq!(house.count(&ours, "link.erased", "done").await, 1);
    assert_eq!(house.count(&ours, "link.revoked", "done").await, 1);
    erase::link(&house.app, &owner, &things.link).await.unwrap();
    assert_eq!(house.count(&ours, "link.erased", "done").await, 1, "once is enough");
    let again = browser.get(&path).await;
    assert_eq!(again.status, 303, "there is nothing left to erase");
}

async fn an_admin_who_left_is_erased_and_nobody_else(database: &str) {
    let (house, ours, things) = scene(database).await;
    let row = house.admin(&ours, Role::AccessManager).await;
    let mut theirs = house.browser();
    assert_eq!(theirs.sign_in(&row.email, crate::house::PASSWORD).await.status, 303);
    let pause = format!("/links/{}/pause", things.link);
    assert_eq!(theirs.submit("/account", &pause, &[]).await.status, 303);
    let mut owner = house.signed_in(&ours).await;
    let path = format!("/admins/{}/erase", row.id);
    assert!(owner.get(&path).await.body.contains("Remove this admin first"));
    owner.submit("/account", &path, &[]).await;
    assert_eq!(house.count(&ours, "admin.erased", "done").await, 0, "who may still sign in is not erased");
    owner.submit("/account", &format!("/admins/{}/remove", row.id), &[]).await;
    let before = exported(&house, &ours, Filter::default()).await;
    assert!(owner.get("/admins").await.body.contains("Who left"));
    assert_eq!(owner.submit("/account", &path, &[]).await.status, 303);
    assert_eq!(house.count(&ours, "admin.erased", "done").await, 1);
    assert!(!owner.get("/admins").await.body.contains("Who left"));
    let log = owner.get(&format!("/events?person={}", row.id)).await.body;
    assert!(log.contains("paused the link of Ada Keller") && !log.contains("Quetzal Colleague"), "{log}");
    if database == "postgres" {
        assert!(!house.dump().await.contains(&row.email));
    }
    audit::verify(&house.app).await.unwrap();
    for text in [before, exported(&house, &ours, Filter::default()).await] {
        audit::verify_export(&house.app.keys, text.as_bytes()).unwrap();
    }
}

async fn invited(house: &House, ours: &Organization, name: &str, email: &str) -> String {
    let typed = InviteInput { name: name.into(), email: email.into(), role: "observer".into(), mail: true };
    let id = invitation::invite(&house.app, &house.owner(ours), &typed).await.unwrap();
    delivered(house).await;
    id
}

async fn joined(house: &House, ours: &Organization, name: &str, email: &str) -> String {
    let id = invited(house, ours, name, email).await;
    let owner = ours.id.clone();
    let row = house.app.db.read(move |c| server::store::invitation::find(c, &owner, &id)).await.unwrap();
    let address = invitation::address(&house.app, &row).unwrap();
    let opened = invitation::open(&house.app, address.rsplit('/').next().unwrap()).await.unwrap();
    let typed = JoinInput { name: name.into(), password: crate::house::PASSWORD.into() };
    invitation::join(&house.app, &opened, &std::collections::BTreeMap::new(), &typed).await.unwrap()
}

async fn an_admin_goes_with_every_address_they_had(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let jonas = joined(&house, &ours, "Jonas Weber", "Jonas@weber.example").await;
    let actor = Actor { id: jonas.clone(), role: Role::Observer, ..house.owner(&ours) };
    for email in ["jonas@later.example", "jonas@latest.example"] {
        account::change_address(&house.app, &actor, email).await.unwrap();
        delivered(&house).await;
    }
    people::remove(&house.app, &house.owner(&ours), &jonas).await.unwrap();
    // Somebody else has the first address by now and stays; and he was asked back by another of old, which goes.
    joined(&house, &ours, "Mara Else", "jonas@weber.example").await;
    let again = invited(&house, &ours, "Jonas Weber", "jonas@later.example").await;
    assert_eq!(kept(&house).len(), 5);
    erase::admin(&house.app, &house.owner(&ours), &jonas).await.unwrap();
    let files = kept(&house);
    assert!(files.len() == 1 && files[0].contains("Mara Else"), "{files:?}");
    let whole = vacuumed(&house, database).await;
    for gone in ["Jonas Weber", "jonas@lat", "Jonas@"] {
        assert!(!whole.contains(gone), "{gone} is still there");
    }
    let log = house.signed_in(&ours).await.get("/events").await.body;
    assert!(log.contains("invited Mara Else"), "{log}");
    let owner = ours.id.clone();
    let row = house.app.db.read(move |c| server::store::invitation::find(c, &owner, &again)).await.unwrap();
    assert!(!row.is_good(house.app.clock.now()), "nobody joins without an address");
    assert_eq!(house.count(&ours, "invitation.withdrawn", "done").await, 1);
    audit::verify(&house.app).await.unwrap();
}

async fn a_visitor_of_that_name_can_be_erased(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let wish = |typed: &mut link::LinkInput| {
        (typed.name, typed.email) = ("Erased".into(), "eras@ed.example".into());
    };
    let (things, old) = (house.things_like(&ours, wish).await, house.things_like(&ours, wish).await);
    let mut browser = house.signed_in(&ours).await;
    let path = format!("/links/{}/erase", things.link);
    assert!(browser.get(&format!("/links/{}", things.link)).await.body.contains(&path), "it is offered");
    assert!(browser.get(&path).await.body.contains("Erase Erased?"));
    assert_eq!(browser.submit(&path, &path, &[]).await.status, 303);
    assert_eq!(house.count(&ours, "link.erased", "done").await, 1);
    assert_eq!(browser.get(&path).await.status, 303, "there is nothing left to erase");
    link::revoke(&house.app, &house.owner(&ours), &old.link).await.unwrap();
    house.app.clock.shift(40 * DAY_MS);
    house.sql("UPDATE organizations SET person_retention_days = 30").unwrap();
    retention::sweep(&house.app).await.unwrap();
    assert_eq!(house.count(&ours, "link.erased", "done").await, 2, "and after its time");
    assert!(!vacuumed(&house, database).await.contains("eras@ed"));
}

async fn invitations_and_tests_name_nobody_after_their_time(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let id = invited(&house, &ours, "Jonas Weber", "jonas@weber.example").await;
    settings::test(&house.app, &house.owner(&ours), domain::channel::Channel::Email, "test@weber.example")
        .await
        .unwrap();
    delivered(&house).await;
    assert_eq!(kept(&house).len(), 2);
    house.sql("UPDATE organizations SET person_retention_days = 30").unwrap();
    house.app.clock.shift(20 * DAY_MS);
    retention::sweep(&house.app).await.unwrap();
    assert_eq!(kept(&house).len(), 2, "not before");
    house.app.clock.shift(20 * DAY_MS);
    invited(&house, &ours, "Bo", "young@weber.example").await;
    retention::sweep(&house.app).await.unwrap();
    let files = kept(&house);
    assert!(files.len() == 1 && files[0].contains("young@weber.example"), "{files:?}");
    let whole = vacuumed(&house, database).await;
    assert!(whole.contains("young@weber.example"));
    for gone in ["jonas@", "test@weber"] {
        assert!(!whole.contains(gone), "{gone} is still there");
    }
    let owner = ours.id.clone();
    let row = house.app.db.read(move |c| server::store::invitation::find(c, &owner, &id)).await.unwrap();
    assert!(row.withdrawn_at.is_some(), "it cannot be sent again to nobody");
    let events = house.events(&ours).await.len();
    retention::sweep(&house.app).await.unwrap();
    assert_eq!(house.events(&ours).await.len(), events, "what is done is not done again");
    audit::verify(&house.app).await.unwrap();
}
