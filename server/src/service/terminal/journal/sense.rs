//! Makes sense of an entry that a terminal wrote. Whatever it says is stored: what nobody understands stands in the event
//! in the terminal's own words, and holds up nothing.

use super::Entry;
use crate::clock::Clock;
use crate::service::unlock::is_request_id;
use crate::store::code::Shown;
use crate::store::terminal::TerminalRow;
use crate::store::writer::{self, Said};
use domain::Millis;
use domain::decide::parse_trace;
use domain::id;
use domain::qr::Kind;
use domain::reason::Reason;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry::Vacant;

/// How far a terminal's clock may be ahead, milliseconds.
const AHEAD_MS: i64 = 60_000;
/// Nothing was scanned before 2020.
const EARLIEST: Millis = 1_577_836_800_000;
/// A word of an entry is cut off after so many characters.
const WORD: usize = 64;
/// What a relay says, after so many.
const NOTE: usize = 200;
/// A trace, after so many bytes.
const TRACE: usize = 2_000;

/// The words for what is odd about an entry.
#[derive(Default)]
struct Odd(Vec<&'static str>);

pub(super) fn make(clock: &Clock, terminal: &TerminalRow, entry: &Entry, now: Millis) -> writer::Entry {
    let mut odd = Odd::default();
    let mut detail = BTreeMap::from([("terminal".to_owned(), terminal.id.clone())]);
    for (what, json) in &entry.strange {
        odd.word(&mut detail, what, json);
    }
    let events = [clock.id(id::Kind::Event), clock.id(id::Kind::Event), clock.id(id::Kind::Event)];
    let scan = if is_request_id(&entry.scan) {
        entry.scan.clone()
    } else {
        odd.word(&mut detail, "scan", &entry.scan);
        events[0].clone()
    };
    let at = if (EARLIEST..=now + AHEAD_MS).contains(&entry.at) {
        entry.at.min(now)
    } else {
        odd.word(&mut detail, "at", &entry.at.to_string());
        now
    };
    let off_line = match entry.mode.as_str() {
        "on_line" => false,
        "off_line" => true,
        other => {
            odd.word(&mut detail, "mode", other);
            true
        }
    };
    detail.insert("mode".into(), if off_line { "off_line" } else { "on_line" }.into());
    let granted = match entry.decision.as_str() {
        "grant" => true,
        "deny" => false,
        other => {
            odd.word(&mut detail, "decision", other);
            false
        }
    };
    let reason = Reason::from_code(&entry.reason);
    if reason.is_none() {
        odd.word(&mut detail, "reason", &entry.reason);
    } else if (reason == Some(Reason::Allowed)) != granted {
        odd.0.push("reason");
    }
    let said = match entry.outcome.as_str() {
        "opened" => Said::Opened,
        "failed" => Said::Failed(clean(&entry.note, NOTE)),
        "none" => Said::Nothing,
        "unknown" => Said::Unknown,
        other => {
            odd.word(&mut detail, "outcome", other);
            Said::Nothing
        }
    };
    if said == Said::Opened && !granted {
        odd.0.push("outcome");
    }
    let trace = parse_trace(entry.trace.get(..TRACE.min(entry.trace.len())).unwrap_or_default());
    detail.insert("trace".into(), domain::decide::trace_text(&trace));
    let kind = if KINDS.contains(&entry.kind.as_str()) {
        entry.kind.clone()
    } else {
        odd.word(&mut detail, "kind", &entry.kind);
        "unknown".into()
    };
    detail.insert("code".into(), kind);
    if entry.list > 0 {
        detail.insert("list".into(), entry.list.to_string());
    }
    let shown = shown(terminal, entry);
    if shown.is_none() && !entry.code.is_empty() {
        // So that the code can be found when somebody brings it.
        detail.insert("hash".into(), clean(&entry.code, WORD));
    }
    if said == Said::Opened && !entry.note.is_empty() {
        detail.insert("note".into(), clean(&entry.note, NOTE));
    }
    if !odd.0.is_empty() {
        detail.insert("fault".into(), odd.0.join(" "));
    }
    let unheard = !off_line && !granted && reason == Some(Reason::RateLimited);
    let (sequence, reason) = (entry.sequence, reason.map(Reason::code));
    let salt = clock.salt();
    writer::Entry { events, sequence, scan, at, shown, off_line, granted, reason, said, unheard, detail, salt }
}

impl Odd {
    /// Notes that something is not understood, and keeps the terminal's own word for it: the first, if it comes twice.
    fn word(&mut self, detail: &mut BTreeMap<String, String>, what: &'static str, word: &str) {
        if let Vacant(place) = detail.entry(format!("said_{what}")) {
            place.insert(clean(word, WORD));
            self.0.push(what);
        }
    }
}

/// The kinds that terminals tell apart.
const KINDS: [&str; 6] = ["online", "offline", "rotating", "partner", "foreign", "unreadable"];

/// The code, where the entry names one as lists do.
fn shown(terminal: &TerminalRow, entry: &Entry) -> Option<Shown> {
    let lookup = entry.credential.as_ref().filter(|name| name.len() <= WORD && !name.contains('\0'))?;
    Some(Shown {
        organization: terminal.organization_id.clone(),
        kind: Kind::from_code(&entry.kind)?,
        lookup: lookup.clone(),
        signed: None,
        step: None,
        not_before: None,
        not_after: None,
    })
}

/// Text that can be stored and shown.
fn clean(text: &str, most: usize) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(most).collect()
}
