//! The contract for scripts: what commands print, and how they fail.

use crate::process::{Latchkey, PASSWORD};
use crate::support::Fresh;

crate::on_both!(
    each_command_answers_in_json,
    help_names_every_setting_of_the_documentation,
    each_mistake_is_a_sentence_and_a_status,
    commands_work_beside_a_running_server,
    groups_hours_and_lockdowns_have_commands,
    codes_have_commands,
);

async fn each_command_answers_in_json(database: &str) {
    let latchkey = Latchkey::new(Fresh::make(database));
    let made = latchkey.json(&[
        "setup",
        "--organization",
        "Quetzal House",
        "--email",
        "owner@quetzal.example",
        "--password-stdin",
    ]);
    assert!(made[0]["id"].as_str().unwrap().starts_with("org_"));
    let place = &latchkey.json(&["place", "create", "--name", "Court", "--time-zone", "Europe/Berlin"])[0];
    assert!(place["id"].as_str().unwrap().starts_with("place_"));
    let door = &latchkey.json(&["door", "create", "--name", "Gate", "--place", "Court", "--unlock-seconds", "7"])[0];
    assert_eq!((door["name"].as_str(), door["unlock_ms"].as_i64()), (Some("Gate"), Some(7_000)));
    let link = &latchkey.json(&["link", "create", "--name", "Ada", "--door", "Gate", "--max-uses", "3"])[0];
    let id = link["id"].as_str().unwrap();
    assert!(link["url"].as_str().unwrap().contains("/l/"));
    for (words, status) in [
        (&["event", "list", "--outcome", "nonsense"][..], 2),
        (&["event", "list", "--since", "yesterday"], 2),
        (&["event", "list", "--action", "nope"], 2),
        (&["link", "create", "--name", "Ada", "--door", "Gate", "--max-uses", "abc"], 2),
        (&["link", "create", "--name", "Ada", "--door", "Gate", "--send"], 1),
    ] {
        assert_eq!(latchkey.run(words, "").0, status, "{words:?}");
    }
    let made = latchkey.json(&["event", "list", "--action", "link.created"]);
    assert!(made[0]["detail"]["valid_until"].as_str().unwrap().ends_with('Z'), "{}", made[0]);
    assert_eq!(latchkey.json(&["link", "list"]).len(), 1);
    for (verb, state) in [("pause", "paused"), ("resume", "active"), ("revoke", "revoked")] {
        latchkey.json(&["link", verb, id]);
        let shown = latchkey.json(&["link", "list"]);
        assert_eq!(shown[0]["state"], state);
    }
    assert_eq!(latchkey.json(&["door", "list"])[0]["id"], door["id"]);
    assert_eq!(latchkey.json(&["place", "list"])[0]["id"], place["id"]);
    let actions: Vec<String> =
        latchkey.json(&["event", "list"]).iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect();
    for action in [
        "organization.created",
        "place.created",
        "door.created",
        "link.created",
        "link.paused",
        "link.resumed",
        "link.revoked",
    ] {
        assert!(actions.iter().any(|done| done == action), "{action} is missing in {actions:?}");
    }
    assert_eq!(latchkey.json(&["audit", "verify"])[0]["state"], "intact");
    let (status, out, _) = latchkey.run(&["audit", "export"], "");
    assert_eq!((status, out.lines().count()), (0, actions.len() + 1));
}

async fn help_names_every_setting_of_the_documentation(database: &str) {
    let latchkey = Latchkey::new(Fresh::make(database));
    let (status, help, _) = latchkey.run(&["--help"], "");
    assert_eq!(status, 0);
    let documented: Vec<&str> = include_str!("../../../docs/operations.md")
        .lines()
        .filter(|line| line.starts_with("| `LATCHKEY_"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|names| names.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_'))
        .filter(|name| name.starts_with("LATCHKEY_"))
        .collect();
    assert!(documented.len() > 15, "{documented:?}");
    for name in documented {
        assert!(help.contains(name), "{name} is missing in {help}");
    }
}

async fn each_mistake_is_a_sentence_and_a_status(database: &str) {
    let latchkey = Latchkey::new(Fresh::make(database));
    let (status, _, said) = latchkey.run(&["link", "list"], "");
    assert_eq!(status, 1, "{said}");
    assert!(said.starts_with("latchkey: ") && said.contains("latchkey setup"), "{said}");
    latchkey.set_up();
    for (words, status) in [
        (vec!["link", "create", "--name", "Ada", "--door", "Nowhere"], 1),
        (vec!["link", "create", "--name", "", "--door", "Gate"], 1),
        (vec!["link", "create", "--name", "Ada\r\nBcc: x", "--door", "Gate"], 1),
        (vec!["link", "create", "--name", "Ada", "--door", "Gate", "--valid-until", "yesterday"], 1),
        (vec!["link", "pause", "link_01h455vb4pex5vsknk084sn02q"], 1),
        (vec!["--org", "Elsewhere", "door", "list"], 1),
        (vec!["link", "create"], 2),
        (vec!["fly"], 2),
    ] {
        let (ended, out, said) = latchkey.run(&words, "");
        assert_eq!(ended, status, "{words:?}: {said}");
        assert!(out.is_empty() && !said.trim().is_empty() && !said.contains("panicked"), "{words:?}: {out} {said}");
    }
    let short = ["setup", "--organization", "Other", "--email", "other@quetzal.example", "--password-stdin"];
    let (status, _, said) = latchkey.run(&short, "short\n");
    assert!(status == 1 && said.contains("15 characters"), "{said}");
    assert!(!said.contains(PASSWORD));
}

async fn commands_work_beside_a_running_server(database: &str) {
    let mut latchkey = Latchkey::new(Fresh::make(database));
    latchkey.set_up();
    latchkey.start().await;
    let visitor = latchkey.visitor(&[]).await;
    assert!(visitor.tap("request-number-one").await.unwrap().body.contains("\"open\""));
    let link = latchkey.run_beside(&["link", "create", "--name", "Bea", "--door", "Gate"]);
    assert!(link.contains(&format!("http://{}/l/", latchkey.address)), "its links lead to this server: {link}");
    latchkey.json(&["door", "lockdown", &visitor.door, "--reason", "drill"]);
    let answer = visitor.tap("request-number-two").await.unwrap();
    assert!(answer.body.contains("\"denied\""), "the very next tap meets it: {}", answer.body);
    latchkey.json(&["door", "lift", &visitor.door]);
    assert!(visitor.tap("request-number-three").await.unwrap().body.contains("\"open\""));
}

async fn groups_hours_and_lockdowns_have_commands(database: &str) {
    let latchkey = Latchkey::new(Fresh::make(database));
    let setup = ["setup", "--organization", "Quetzal House", "--email", "owner@quetzal.example", "--password-stdin"];
    latchkey.json(&setup);
    latchkey.json(&["place", "create", "--name", "Court", "--time-zone", "Europe/Berlin"]);
    let office = &latchkey.json(&[
        "schedule",
        "create",
        "--name",
        "Office",
        "--open",
        "mon-fri=08:00-18:00",
        "--open",
        "fri=22:00-06:00",
    ])[0];
    assert_eq!(office["windows"].as_array().unwrap().len(), 6, "{office}");
    let night = office["windows"].as_array().unwrap().last().unwrap();
    assert_eq!((night["weekday"].as_str(), night["until"].as_str()), (Some("friday"), Some("06:00")), "{office}");
    let except = ["schedule", "except", "Office", "--date", "2031-12-24", "--open", "08:00-12:00", "--name", "Eve"];
    assert_eq!(latchkey.json(&except)[0]["exceptions"][0]["windows"][0]["until"], "12:00");
    let gate = &latchkey.json(&["door", "create", "--name", "Gate", "--place", "Court", "--schedule", "Office"])[0];
    assert_eq!(gate["schedule"], office["id"]);
    let made = ["group", "create", "--name", "Visitors", "--door", "Gate", "--schedule", "Office", "--reader"];
    let group = &latchkey.json(&made)[0];
    assert_eq!((&group["doors"][0], &group["schedule"]), (&gate["id"], &office["id"]));
    let link =
        &latchkey.json(&["link", "create", "--name", "Ada", "--group", "Visitors", "--open", "sat-mon=09:00-10:00"])[0];
    assert_eq!((&link["doors"][0], &link["groups"][0]), (&gate["id"], &group["id"]));
    assert_eq!(latchkey.json(&["group", "list"])[0]["links"], 1);
    let (status, _, said) = latchkey.run(&["schedule", "remove", "Office"], "");
    assert_eq!((status, said.contains("would be open always")), (1, true), "{said}");
    let (status, _, said) = latchkey.run(&["schedule", "create", "--name", "Odd", "--open", "mon=8"], "");
    assert_eq!((status, said.contains("is no window such as")), (1, true), "{said}");
    let down = &latchkey.json(&["place", "lockdown", "Court", "--reason", "Gas"])[0];
    assert!(down["locked_down_at"].is_string(), "{down}");
    assert!(latchkey.json(&["place", "lift", "Court"])[0]["locked_down_at"].is_null());
    latchkey.json(&["group", "remove", "Visitors"]);
    assert_eq!(latchkey.json(&["link", "show", "Ada"])[0]["doors"].as_array().unwrap().len(), 0);
    assert_eq!(latchkey.json(&["audit", "verify"])[0]["state"], "intact");
}

async fn codes_have_commands(database: &str) {
    let latchkey = Latchkey::new(Fresh::make(database));
    latchkey.json(&[
        "setup",
        "--organization",
        "Quetzal House",
        "--email",
        "owner@quetzal.example",
        "--password-stdin",
    ]);
    latchkey.json(&["place", "create", "--name", "Court"]);
    latchkey.json(&["door", "create", "--name", "Gate", "--place", "Court"]);
    let make = ["link", "create", "--name", "Ada", "--door", "Gate", "--max-uses", "2"];
    let plain = &latchkey.json(&make)[0];
    assert_eq!((plain["qr"].as_str(), plain["web"].as_bool()), (Some("none"), Some(true)), "{plain}");
    let ada = &latchkey.json(&[&make[..], &["--qr", "offline", "--no-web", "--qr-off-line"]].concat())[0];
    let said = (ada["qr"].as_str(), ada["web"].as_bool(), ada["qr_off_line"].as_bool());
    assert_eq!(said, (Some("offline"), Some(false), Some(true)), "{ada}");
    let folder = tempfile::tempdir().unwrap();
    let (png, svg) = (folder.path().join("ada.png"), folder.path().join("ada.svg"));
    let (id, files) = (ada["id"].as_str().unwrap(), (png.to_string_lossy(), svg.to_string_lossy()));
    let drawn = &latchkey.json(&["qr", "picture", id, "--png", &files.0, "--svg", &files.1])[0];
    assert_eq!((&drawn["link"], drawn["kind"].as_str()), (&ada["id"], Some("offline")));
    assert!(std::fs::read_to_string(&svg).unwrap().contains("<svg"));
    let server::service::code::Picture::Code(text) = server::service::code::find(&std::fs::read(&png).unwrap()) else {
        panic!("a code in the picture")
    };
    let text = String::from_utf8(text).unwrap();
    let seen = &latchkey.json(&["qr", "inspect", &text, "--door", "Gate"])[0];
    assert_eq!((&seen["link"], &seen["answer"]["decision"]), (&ada["id"], &"grant".into()), "{seen}");
    assert_eq!((&seen["once_per_terminal"], &seen["scopes"][0]["name"]), (&true.into(), &"Gate".into()), "{seen}");
    latchkey.json(&["link", "rotate", id]);
    let seen = &latchkey.json(&["qr", "inspect", &text, "--door", "Gate"])[0];
    assert_eq!(seen["answer"]["reason"], "qr_retired");
    let foreign = &latchkey.json(&["qr", "inspect", "https://example.com"])[0];
    assert_eq!((foreign["kind"].as_str(), foreign["reason"].as_str()), (Some("foreign"), Some("qr_unknown")));
}
