//! Our own terminal, held against the vectors, and when a code that opens once opens for it again.

use super::{HOUR, NOW, TERMINAL, lists_key, open};
use ::terminal::wire::{DoorName, ListAnswer};
use ::terminal::{Identity, Kept, Mark, State, Terminal};
use domain::qr::{Code, Online};
use domain::terminal::{Key, List, Manifest, Time};
use serde_json::{Value, json};

pub(super) fn text(list: &List) -> String {
    String::from_utf8(list.to_bytes()).unwrap()
}

pub(super) fn mark(credential: &str, stored_at: Option<i64>) -> Mark {
    Mark { credential: credential.to_owned(), sequence: 1, stored_at }
}

/// Our own terminal after a start, with this list and these marks; without `now` it never heard the server.
pub(super) fn machine(list: (String, String), marks: Vec<Mark>, now: Option<i64>) -> Terminal {
    let identity = Identity {
        terminal: TERMINAL.into(),
        token: "token".into(),
        list_key: Key::new(0, &lists_key().verifying_key()).public,
        organization: String::new(),
        place: String::new(),
        door: DoorName::default(),
        name: String::new(),
    };
    let state = State { next: 2, newest: NOW, offset: now.map(|_| 0), seen: 0, own: 0 };
    Terminal::restored(Kept { identity, state, list: Some(list), marks, unfinished: Vec::new() }).unwrap().0
}

/// What a terminal says of a code that opened once, by a list that it takes afterwards.
pub(super) fn once() -> Vec<Value> {
    let code = Online([8; 16]);
    let list = open();
    let answer = |made_at: i64| {
        let hash = List::hash(&list.to_bytes());
        let manifest =
            Manifest { aud: TERMINAL.into(), version: made_at, made_at, expires_at: made_at + 47 * HOUR, hash };
        (manifest.sign(&lists_key()), text(&list))
    };
    [
        ("a list taken while the scan waits to go up", None, NOW + 60_000),
        ("a list made before the server was known to have the scan", Some(NOW + 60_000), NOW + 59_999),
        ("a list made at that very moment", Some(NOW + 60_000), NOW + 60_000),
        ("a list made after the server was known to have the scan", Some(NOW + 60_000), NOW + 60_001),
    ]
    .into_iter()
    .map(|(name, stored_at, made_at)| {
        let mut machine = machine(answer(NOW), vec![mark(&List::code_name(&code.hash()), stored_at)], Some(NOW));
        let time = Time { wall: NOW + 120_000, steady: 0 };
        let (manifest, list) = answer(made_at);
        machine.list_received(ListAnswer { manifest, list: Some(list), ..ListAnswer::default() }, time);
        assert_eq!(machine.have(), Some(made_at), "{name}: it is taken");
        let reason = machine.judged(Some(&Code::Online(code)), time).decision.reason.code();
        json!({
            "name": name, "code": code.text(), "opened_at": NOW, "stored_at": stored_at, "made_at": made_at,
            "now": time.wall, "reason": reason,
        })
    })
    .collect()
}
