//! `POST journal`.

use super::caller::Caller;
use crate::app::App;
use crate::http::api::Problem;
use crate::http::api::body::Sent;
use crate::service::terminal::journal::{self, Entry};
use axum::Json;
use axum::extract::State;
use serde_json::Value;
use std::collections::BTreeMap;
use terminal::wire::{JournalAnswer, JournalRequest};

/// Entries at once, at most.
const MOST: usize = terminal::BATCH;

/// The members of an entry that are text.
const TEXTS: [&str; 9] = ["scan", "code", "kind", "decision", "reason", "trace", "mode", "outcome", "note"];
/// Those that are whole numbers, beside the sequence.
const NUMBERS: [&str; 2] = ["at", "list"];
/// The one that is text or null.
const CREDENTIAL: &str = "credential";

/// `POST /api/terminal/v1/journal`.
pub async fn journal(
    State(app): State<App>,
    caller: Caller,
    Sent(ask): Sent<JournalRequest<Value>>,
) -> Result<Json<JournalAnswer>, Problem> {
    if ask.entries.len() > MOST {
        return Err(Problem::invalid(format!("At most {MOST} entries are taken at once.")));
    }
    let (mut entries, mut refused) = (Vec::with_capacity(ask.entries.len()), Vec::new());
    for (place, sent) in ask.entries.into_iter().enumerate() {
        match read(sent) {
            Some(entry) => entries.push(entry),
            None => refused.push(place),
        }
    }
    Ok(Json(JournalAnswer { upto: journal::upload(&app, &caller, entries).await?, refused }))
}

/// An entry by itself, so that one that is odd holds up no other: a member of another kind is kept as its JSON. None
/// without a number from 1, for there is nothing to store it under.
fn read(sent: Value) -> Option<Entry> {
    let Value::Object(mut members) = sent else { return None };
    members.get("sequence").and_then(Value::as_i64).filter(|sequence| *sequence >= 1)?;
    let mut strange = BTreeMap::new();
    let mut part = |name: &'static str, fits: fn(&Value) -> bool| {
        if members.get(name).is_some_and(|value| !fits(value)) {
            strange.extend(members.remove(name).map(|value| (name, value.to_string())));
        }
    };
    TEXTS.into_iter().for_each(|name| part(name, Value::is_string));
    NUMBERS.into_iter().for_each(|name| part(name, Value::is_i64));
    part(CREDENTIAL, |value| value.is_string() || value.is_null());
    let entry: Entry = serde_json::from_value(Value::Object(members)).ok()?;
    Some(Entry { strange, ..entry })
}
