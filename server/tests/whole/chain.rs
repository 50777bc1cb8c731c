//! The audit log: what happened to it is seen, wherever it was touched.

use crate::house::{House, Organization};
use server::service::audit;
use server::service::link;
use std::sync::atomic::{AtomicBool, Ordering};

crate::on_both!(
    the_database_itself_refuses_changes_to_events,
    a_changed_event_is_found_and_named,
    a_changed_person_is_found_and_an_erased_one_is_not_missed,
    a_missing_event_is_found,
    a_log_cut_short_is_found_by_its_checkpoint,
    a_torn_line_of_checkpoints_is_no_tampering,
    a_checkpoint_that_could_not_be_written_down_is_made_up,
    an_export_verifies_and_a_changed_one_does_not,
    a_log_verifies_while_it_grows,
    twenty_lines_from_the_docs_verify_an_export,
);

async fn house(database: &str) -> (House, Organization) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    link::pause(&house.app, &house.owner(&ours), &things.link).await.unwrap();
    audit::make_checkpoints(&house.app).await.unwrap();
    (house, ours)
}

async fn fault(house: &House) -> String {
    match audit::verify(&house.app).await {
        Ok(verified) => panic!("it should not verify: {verified:?}"),
        Err(fault) => fault.to_string(),
    }
}

async fn the_database_itself_refuses_changes_to_events(database: &str) {
    let (house, _) = house(database).await;
    for sql in [
        "UPDATE events SET outcome = 'granted'",
        "DELETE FROM events",
        "UPDATE event_people SET salt = 'x'",
        "DELETE FROM checkpoints",
    ] {
        assert!(house.sql(sql).is_err(), "{sql}");
    }
    audit::verify(&house.app).await.unwrap();
}

async fn a_changed_event_is_found_and_named(database: &str) {
    let (house, ours) = house(database).await;
    let event = &house.events(&ours).await[3];
    house.unguarded(&format!("UPDATE events SET outcome = 'denied' WHERE id = '{}'", event.id));
    assert!(fault(&house).await.contains('4'), "{}", fault(&house).await);
}

async fn a_changed_person_is_found_and_an_erased_one_is_not_missed(database: &str) {
    let (house, ours) = house(database).await;
    let event = house.events(&ours).await.into_iter().find(|row| row.person_hash.is_some()).unwrap();
    house.unguarded(&format!("DELETE FROM event_people WHERE event_id = '{}'", event.id));
    audit::verify(&house.app).await.expect("people may be erased; the log holds");
    let other = house.events(&ours).await.into_iter().rfind(|row| row.person_hash.is_some()).unwrap();
    house.unguarded(&format!(
        "UPDATE event_people SET facts = '{{\"name\":\"Mallory\"}}' WHERE event_id = '{}'",
        other.id
    ));
    fault(&house).await;
}

async fn a_missing_event_is_found(database: &str) {
    let (house, ours) = house(database).await;
    let event = house.events(&ours).await[2].id.clone();
    house.unguarded(&format!("DELETE FROM event_people WHERE event_id = '{event}'"));
    house.unguarded(&format!("DELETE FROM events WHERE id = '{event}'"));
    fault(&house).await;
}

async fn a_log_cut_short_is_found_by_its_checkpoint(database: &str) {
    let (house, ours) = house(database).await;
    let events = house.events(&ours).await;
    let (last, before) = (&events[events.len() - 1], &events[events.len() - 2]);
    house.unguarded(&format!("DELETE FROM event_people WHERE event_id = '{}'", last.id));
    house.unguarded(&format!("DELETE FROM events WHERE id = '{}'", last.id));
    // Whoever cuts the end off also sets the head back.
    house.unguarded(&format!(
        "UPDATE audit_heads SET sequence = {}, hash = '{}' WHERE organization_id = '{}'",
        before.sequence, before.hash, ours.id
    ));
    fault(&house).await;
    // And takes the checkpoint out of the database; the one in the data folder still tells.
    house.unguarded("DELETE FROM checkpoints");
    fault(&house).await;
}

fn checkpoints_of(house: &House, ours: &Organization) -> std::path::PathBuf {
    house.app.config.data_dir.join("checkpoints").join(format!("{}.jsonl", ours.id))
}

async fn a_torn_line_of_checkpoints_is_no_tampering(database: &str) {
    let (house, ours) = house(database).await;
    let file = checkpoints_of(&house, &ours);
    let whole = std::fs::read_to_string(&file).unwrap();
    let stub = &whole[..60];
    let found = |house: &House| {
        let app = house.app.clone();
        async move { audit::verify(&app).await.map(|mut all| all.pop().unwrap()).map(|one| (one.checkpoints, one.torn)) }
    };
    // Killed in the middle of the second line.
    std::fs::write(&file, format!("{whole}{stub}")).unwrap();
    assert_eq!(found(&house).await.unwrap(), (1, 1));
    house.things(&ours).await;
    audit::make_checkpoints(&house.app).await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with(&format!("{whole}{stub}\n{{")) && text.ends_with("}\n"), "a line of its own: {text}");
    assert_eq!(found(&house).await.unwrap(), (2, 1));
    // As it was written before: the next one on the very line that broke off.
    let older = text.replacen(&format!("{stub}\n"), stub, 1);
    std::fs::write(&file, older).unwrap();
    assert_eq!(found(&house).await.unwrap(), (2, 1));
    for wrong in ["nonsense\n", "{\"nonsense\": 1}\n", "nonsense {\"checkpoint\"\n"] {
        std::fs::write(&file, format!("{whole}{wrong}")).unwrap();
        assert!(fault(&house).await.contains("holds a line that is no checkpoint"), "{wrong}");
    }
    let forged = whole.replacen("\"sequence\":", "\"sequence\":1", 1);
    std::fs::write(&file, forged).unwrap();
    assert!(fault(&house).await.contains("is not signed with this server's key"));
}

async fn a_checkpoint_that_could_not_be_written_down_is_made_up(database: &str) {
    let (house, ours) = house(database).await;
    let file = checkpoints_of(&house, &ours);
    let before = std::fs::read_to_string(&file).unwrap();
    // A file that is no file can neither be read nor written to.
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(fault(&house).await.contains("cannot be read"));
    house.things(&ours).await;
    audit::make_checkpoints(&house.app).await.unwrap_err();
    std::fs::remove_dir(&file).unwrap();
    audit::make_checkpoints(&house.app).await.unwrap();
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(&before), "{after}");
    assert_eq!(after.lines().count(), 2, "both, though the log has not grown since");
    assert_eq!(audit::verify(&house.app).await.unwrap()[0].checkpoints, 2);
}

async fn export(house: &House, ours: &Organization) -> String {
    let mut out = Vec::new();
    audit::export_to(&house.app, &house.owner(ours), &mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

async fn an_export_verifies_and_a_changed_one_does_not(database: &str) {
    let (house, ours) = house(database).await;
    let text = export(&house, &ours).await;
    let verified = audit::verify_export(&house.app.keys, text.as_bytes()).unwrap();
    let last = house.events(&ours).await.pop().unwrap();
    assert_eq!(
        (last.action.as_str(), last.sequence),
        ("events.exported", verified.events + 1),
        "an export is an event"
    );
    assert_eq!(last.details()["rows"], verified.events.to_string());
    let changed = text.replacen("Quetzal Visitor", "Quetzal Somebody", 1);
    assert_ne!(text, changed);
    assert!(audit::verify_export(&house.app.keys, changed.as_bytes()).is_err());
    let mut lines: Vec<&str> = text.lines().collect();
    lines.remove(2);
    assert!(audit::verify_export(&house.app.keys, lines.join("\n").as_bytes()).is_err());
}

/// Runs the verifier as docs/audit.md prints it, which shares no line with ours. Whether it is content, and what it says.
pub(crate) fn outside(text: &str) -> (bool, String) {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/audit.md")).unwrap();
    let script =
        docs.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a script in docs/audit.md");
    assert!(script.lines().count() <= 20, "twenty lines are promised");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("verify.py"), script).unwrap();
    std::fs::write(folder.path().join("log.jsonl"), text).unwrap();
    let done = std::process::Command::new("python3")
        .args(["verify.py", "log.jsonl"])
        .current_dir(folder.path())
        .output()
        .expect("python3");
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.success(), said)
}

async fn twenty_lines_from_the_docs_verify_an_export(database: &str) {
    let (house, ours) = house(database).await;
    let text = export(&house, &ours).await;
    let (good, said) = outside(&text);
    assert!(good && said.contains("intact"), "{said}");
    for (what, changed) in [
        ("an event", text.replacen("link.paused", "link.resumed", 1)),
        ("a person", text.replacen("Quetzal Visitor", "Quetzal Somebody", 1)),
        ("its end", text.lines().take(text.lines().count() - 1).map(|line| format!("{line}\n")).collect()),
        (
            "an event's line",
            text.lines().filter(|line| !line.contains("link.paused")).map(|line| format!("{line}\n")).collect(),
        ),
    ] {
        assert_ne!(changed, text, "{what}");
        let (good, said) = outside(&changed);
        assert!(!good, "{what}: {said}");
        assert!(audit::verify_export(&house.app.keys, changed.as_bytes()).is_err(), "{what}");
    }
}

async fn a_log_verifies_while_it_grows(database: &str) {
    let (house, ours) = house(database).await;
    let link = house.things(&ours).await.link;
    let (app, owner, stop) = (house.app.clone(), house.owner(&ours), std::sync::Arc::new(AtomicBool::new(false)));
    let stopped = stop.clone();
    let busy = tokio::spawn(async move {
        while !stopped.load(Ordering::Relaxed) {
            link::pause(&app, &owner, &link).await.expect("a pause");
            link::resume(&app, &owner, &link).await.expect("an end of it");
            audit::make_checkpoints(&app).await.expect("a checkpoint");
        }
    });
    for _ in 0..40 {
        audit::verify(&house.app).await.expect("it was only growing");
        let mut export = Vec::new();
        audit::export_to(&house.app, &house.owner(&ours), &mut export).await.expect("an export");
        audit::verify_export(&house.app.keys, export.as_slice()).expect("so was what is exported");
    }
    stop.store(true, Ordering::Relaxed);
    busy.await.expect("no panic");
}
