//! The protocol as its documents say it: every route, every example, every limit.

use crate::house::House;
use crate::terminal::{Device, ask};
use axum::http::Method;
use serde_json::{Value, json};
use server::http::router::open_routes;
use std::collections::BTreeSet;

crate::on_both!(
    the_document_and_the_server_say_the_same,
    what_cannot_be_taken_is_refused_with_a_stable_code,
    an_entry_of_another_kind_holds_up_no_other,
    a_list_comes_packed_to_who_can_unpack_it,
);

const PREFIX: &str = "/api/terminal/v1/";

async fn document(house: &House) -> Value {
    let page = ask(&house.router, Method::GET, "openapi.json", None, None).await;
    assert_eq!((page.status, page.headers["content-type"].to_str().unwrap()), (200, "application/json"));
    page.json()
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(to) => document.pointer(to.strip_prefix('#').expect("a place in here")).expect("what is referred to"),
        None => value,
    }
}

/// What of a value a schema does not allow; what the document uses of JSON Schema, and no more.
fn faults(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let schema = resolve(document, schema);
    if let Some(any) = schema["oneOf"].as_array() {
        let fits = any.iter().filter(|one| faults(document, one, value, at).is_empty()).count();
        return if fits == 1 { Vec::new() } else { vec![format!("{at} fits {fits} of its shapes")] };
    }
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("a kind that this test does not know: {other}"),
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => panic!("{at} says no type"),
    };
    if !kinds.iter().any(|kind| is(kind)) {
        return vec![format!("{at} is {value}, not {kinds:?}")];
    }
    let mut found = Vec::new();
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{at} is {value}"));
    }
    let known = schema["properties"].as_object();
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{at} lacks {name}"));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        match known.and_then(|known| known.get(name)) {
            Some(schema) => found.extend(faults(document, schema, inner, &format!("{at}.{name}"))),
            // What the server says is all written down; only an open object says more.
            None if known.is_some() => found.push(format!("{at} says {name}, which is not written down")),
            None => {}
        }
    }
    for inner in value.as_array().into_iter().flatten() {
        found.extend(faults(document, &schema["items"], inner, &format!("{at}[]")));
    }
    found
}

/// The examples of a media type.
fn examples(media: &Value) -> Vec<&Value> {
    let several = media["examples"].as_object().into_iter().flatten().map(|(_, one)| &one["value"]);
    media.get("example").into_iter().chain(several).collect()
}

async fn the_document_and_the_server_say_the_same(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let document = document(&house).await;
    let paths = document["paths"].as_object().expect("paths");
    let written: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let real: BTreeSet<(String, String)> = open_routes()
        .iter()
        .filter(|route| route.path.starts_with(PREFIX))
        .flat_map(|route| route.methods.iter().map(|method| (method.to_string(), route.path.to_owned())))
        .collect();
    assert_eq!(written, real);

    let typed =
        server::service::terminal::manage::TerminalInput { name: "Tablet".into(), door_id: things.door.clone() };
    let (_, code) =
        server::service::terminal::manage::add(&house.app, &house.owner(&ours), &typed).await.expect("a terminal");
    let device = Device::pair(&house, &ours, &things).await;
    let mut wrong = Vec::new();
    for (path, item) in paths {
        let (method, operation) = item.as_object().and_then(|item| item.iter().next()).expect("one method");
        let method: Method = method.to_uppercase().parse().expect("a method");
        let short = path.strip_prefix(PREFIX).expect("one of ours");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let response = resolve(&document, response);
            for (kind, media) in response["content"].as_object().into_iter().flatten() {
                if kind == "text/event-stream" {
                    continue;
                }
                for example in examples(media) {
                    wrong.extend(faults(
                        &document,
                        &media["schema"],
                        example,
                        &format!("the example of {path} {status}"),
                    ));
                    if kind == "application/problem+json" && example["status"].as_u64() != status.parse().ok() {
                        wrong.push(format!("{path} {status} has a problem of another status"));
                    }
                }
            }
        }
        let request = &operation["requestBody"]["content"]["application/json"];
        let mut body = request.get("example").cloned();
        if let Some(body) = &body {
            wrong.extend(faults(&document, &request["schema"], body, &format!("the request to {path}")));
        }
        if short == "pair" {
            body = Some(json!({ "code": code.text, "software": "latchkey 0.1.0" }));
        }
        // Without a token nothing is said where one is wanted, with one what is written down.
        let open = operation["security"].as_array().is_some_and(Vec::is_empty);
        if !open {
            let page = ask(&house.router, method.clone(), short, None, body.as_ref()).await;
            assert_eq!((page.status, page.json()["code"].as_str()), (401, Some("token_missing")), "{path}");
        }
        let token = (!open).then_some(device.token.as_str());
        let page = ask(&house.router, method, short, token, body.as_ref()).await;
        let status = page.status.to_string();
        let response = resolve(&document, &operation["responses"][&status]);
        assert!(page.status < 300 && !response.is_null(), "{path} answered {status}: {}", page.body);
        let kind = page.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
        match response["content"].as_object() {
            None => assert_eq!(page.body, "", "{path}"),
            Some(content) => {
                let media = content.get(kind).unwrap_or_else(|| panic!("{path} answers {kind}"));
                if kind == "application/json" {
                    wrong.extend(faults(&document, &media["schema"], &page.json(), &format!("the answer of {path}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn what_cannot_be_taken_is_refused_with_a_stable_code(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let device = Device::pair(&house, &ours, &things).await;
    let scan = |change: &dyn Fn(&mut Value)| {
        let mut body = json!({ "scan": "0123456789abcdef", "sequence": 1, "code": "TEsx", "at": 0 });
        change(&mut body);
        body
    };
    for (path, body, status, code) in [
        ("scan", scan(&|body| body["scan"] = "short".into()), 422, "invalid"),
        ("scan", scan(&|body| body["scan"] = "0123456789abcde\u{e9}".into()), 422, "invalid"),
        ("scan", scan(&|body| body["sequence"] = 0.into()), 422, "invalid"),
        ("scan", scan(&|body| body["sequence"] = "1".into()), 400, "unreadable"),
        ("scan", scan(&|body| body["code"] = "no base64!".into()), 422, "invalid"),
        ("scan", scan(&|body| body["code"] = "A".repeat(5_000).into()), 422, "invalid"),
        ("scan", json!({}), 400, "unreadable"),
        ("scan", scan(&|body| body["more"] = "x".repeat(70_000).into()), 413, "too_large"),
        ("heartbeat", json!({ "wall": "noon" }), 400, "unreadable"),
        ("journal", json!({ "entries": vec![json!({ "sequence": 1 }); 501] }), 422, "invalid"),
        ("journal", json!({ "entries": [], "more": "x".repeat(1_100_000) }), 413, "too_large"),
        ("claim", json!("now"), 400, "unreadable"),
        ("result", json!({ "event": "event_1" }), 400, "unreadable"),
    ] {
        let page = device.post(path, body).await;
        assert_eq!((page.status, page.json()["code"].as_str()), (status, Some(code)), "{path}: {}", page.body);
        assert_eq!(page.headers["content-type"], "application/problem+json");
        assert_eq!(page.json()["status"], status);
    }
    let longer = json!({ "entries": [], "more": "x".repeat(900_000) });
    assert_ne!(device.post("journal", longer).await.status, 413, "a journal may be long");
    assert_eq!(device.get("list?have=never").await.json()["code"], "invalid");
    let mut browser = house.browser();
    let bearer = format!("Bearer {}", device.token);
    for (headers, status, code) in [
        (vec![("content-type", "text/plain"), ("authorization", bearer.as_str())], 415, "not_json"),
        (vec![("content-type", "application/json; charset=utf-8"), ("authorization", bearer.as_str())], 200, ""),
        (vec![("content-type", "application/json"), ("authorization", "Basic dGVzdA==")], 401, "token_missing"),
        (vec![("content-type", "application/json"), ("authorization", "Bearer nobody's")], 401, "token_unknown"),
    ] {
        let page = browser.ask(Method::POST, "/api/terminal/v1/claim", &headers, "{}".into()).await;
        assert_eq!((page.status, page.json()["code"].as_str().unwrap_or_default()), (status, code), "{}", page.body);
    }
    // No cookie counts here, and none is given: a signed-in admin is nobody to this face.
    let mut owner = house.signed_in(&ours).await;
    let page =
        owner.ask(Method::POST, "/api/terminal/v1/claim", &[("content-type", "application/json")], "{}".into()).await;
    assert_eq!((page.status, page.headers.contains_key("set-cookie")), (401, false));
    // Whatever else lies below is a problem, too, and no page.
    let page = owner.get("/api/terminal/v1/nothing").await;
    assert_eq!((page.status, page.json()["code"].as_str()), (404, Some("not_found")));
}

async fn an_entry_of_another_kind_holds_up_no_other(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let device = Device::pair(&house, &ours, &things).await;
    let at = house.app.clock.now() - 5_000;
    let entry = |sequence: i64, change: &dyn Fn(&mut Value)| {
        let mut entry = json!({
            "sequence": sequence, "scan": format!("scan-{sequence:011}"), "at": at, "code": "c2hhMjU2",
            "kind": "offline", "credential": null, "decision": "deny", "reason": "list_too_old",
            "trace": "list_too_old=fail", "mode": "off_line", "list": 7, "outcome": "none", "note": "",
        });
        change(&mut entry);
        entry
    };
    let entries = json!([
        entry(1, &|_| ()),
        entry(2, &|entry| entry["at"] = json!(1.5)),
        entry(3, &|entry| entry["code"] = Value::Null),
        entry(4, &|entry| entry["kind"] = Value::Null),
        entry(5, &|entry| (entry["list"], entry["credential"]) = (json!({ "a": "\u{0}" }), json!(5))),
        entry(0, &|_| ()),
        entry(6, &|entry| entry["sequence"] = json!("6")),
        entry(6, &|entry| entry["sequence"] = json!(6.5)),
        json!({}),
        json!(null),
        json!([6]),
        entry(6, &|entry| entry["more"] = json!([1])),
    ]);
    for _ in 0..2 {
        let page = device.post("journal", json!({ "entries": entries })).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.json(), json!({ "upto": 6, "refused": [5, 6, 7, 8, 9, 10] }));
    }
    let events = house.events(&ours).await;
    let unlocks: Vec<_> = events.iter().filter(|row| row.action == "door.unlock").collect();
    let fault = |place: usize| unlocks[place].details().get("fault").cloned().unwrap_or_default();
    assert_eq!((0..unlocks.len()).map(fault).collect::<Vec<_>>(), ["", "at", "code", "kind", "credential list", ""]);
    let said = |place: usize, what: &str| unlocks[place].details()[what].clone();
    assert_eq!((said(1, "said_at").as_str(), said(2, "said_code").as_str()), ("1.5", "null"));
    assert_eq!((unlocks[0].occurred_at, unlocks[5].occurred_at), (at, at));
    assert!(unlocks[1].occurred_at > at, "when it came, for want of a time");
    let page = device.post("journal", json!({ "entries": [] })).await;
    assert_eq!(page.json(), json!({ "upto": 6 }));
}

async fn a_list_comes_packed_to_who_can_unpack_it(database: &str) {
    let house = House::open(database);
    let ours = house.organization("Quetzal").await;
    let things = house.things(&ours).await;
    let device = Device::pair(&house, &ours, &things).await;
    let bearer = format!("Bearer {}", device.token);
    let headers = [("authorization", bearer.as_str()), ("accept-encoding", "gzip")];
    let page = house.browser().ask(Method::GET, "/api/terminal/v1/list", &headers, String::new()).await;
    assert_eq!((page.status, page.headers["content-encoding"].to_str().expect("a word")), (200, "gzip"));
    assert!(device.get("list").await.headers.get("content-encoding").is_none(), "nobody asked for it");
}
