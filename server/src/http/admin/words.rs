//! Events as the dashboard's lines: who, did what, and one more line.

use crate::store::event::EventRow;
use crate::store::names::Names;
use app::page::admin::said;
use app::text::{Language, reason, when};
use app::ui;
use domain::event::Outcome;
use domain::role::Role;
use std::collections::BTreeMap;

/// Who, did what, more.
pub(super) struct Words {
    pub(super) who: String,
    pub(super) did: String,
    pub(super) detail: String,
    pub(super) outcome: Outcome,
    pub(super) badge: &'static str,
}

/// Says an event.
pub(super) fn say(row: &EventRow, names: &Names) -> Words {
    let details = row.details();
    let detail = |name: &str| details.get(name).cloned().unwrap_or_default();
    let known = names.of(&row.object).map(str::to_owned).unwrap_or_else(|| detail("name"));
    let object = match known.as_str() {
        "" if row.object == row.organization_id => "the organization",
        "" => "something since removed",
        known => known,
    };
    let outcome = Outcome::from_code(&row.outcome).unwrap_or(Outcome::Done);
    let more = match (row.action.as_str(), outcome) {
        ("door.unlock", Outcome::Denied) => reason::admin(row.reason.as_deref().unwrap_or_default()).to_owned(),
        ("door.confirmed", _) => format!("Confirmed after {} ms", detail("after_ms")),
        ("door.sent", _) => format!("Sent after {} ms", detail("after_ms")),
        ("door.failed" | "door.tested", _) => detail("answer"),
        ("door.changed", _) if !detail("driver").is_empty() => "How it opens was changed".to_owned(),
        ("door.timed_out", _) => reason::admin("timed_out").to_owned(),
        ("door.interrupted", _) if by_terminal(&details) => "Its terminal did not say".to_owned(),
        ("door.interrupted", _) => reason::admin("interrupted").to_owned(),
        ("door.locked_down" | "place.locked_down", _) => detail("reason"),
        ("terminal.paired", _) => detail("software"),
        ("door.simulated", _) => format!("Now {}", detail("mode")),
        ("schedule.created" | "schedule.changed", _) => detail("week"),
        ("schedule.exception_added", _) => format!("{}: {}", date(&detail("date")), detail("hours")),
        ("schedule.exception_removed", _) => date(&detail("date")),
        ("schedule.holidays_imported", _) => format!("{} closed", counted(&detail("dates"), "date", "dates")),
        ("organization.changed", _) => match detail("what").as_str() {
            "general" => "General".to_owned(),
            "messages" => "Messages".to_owned(),
            "looks" => "Looks".to_owned(),
            "retention" => "Retention".to_owned(),
            "" => String::new(),
            other => other.to_owned(),
        },
        ("organization.tested" | "link.announced" | "link.sent", _) if detail("channel") == "sms" => {
            "By text message".to_owned()
        }
        ("message.kept", _) if detail("channel") == "sms" => "No text message service is configured".to_owned(),
        ("organization.quota_set", _) => {
            format!("{} by text message a month, {} by e-mail in all", detail("sms"), detail("email"))
        }
        ("link.rotated", _) => "The old address died at once".to_owned(),
        ("link.shown", _) if detail("channel") == "whatsapp" => "To send it by WhatsApp".to_owned(),
        ("admin.invited" | "admin.joined", _) => format!("As {}", role(&detail("role"))),
        ("admin.sign_in" | "admin.proved", _) => by(&detail("method")).to_owned(),
        ("factor.added" | "factor.removed", _) => factor(&detail("factor"), &row.object, &row.actor, names),
        ("organization.second_factor_required", _) if detail("required") == "true" => {
            "From now on everybody does".into()
        }
        ("organization.second_factor_required", _) => "No longer".into(),
        ("admin.role_changed", _) => format!("From {} to {}", role(&detail("from")), role(&detail("to"))),
        ("link.opened", _) => "By its visitor, or by a scanner that looked at the mail".to_owned(),
        ("events.exported", Outcome::Done) => {
            format!("{}, {}", counted(&detail("rows"), "event", "events"), detail("format"))
        }
        ("events.exported", _) => format!("Cut off after {}", counted(&detail("rows"), "event", "events")),
        ("events.pruned", _) => {
            format!("{}, up to number {}", counted(&detail("events"), "event", "events"), detail("through"))
        }
        ("message.kept", _) => "No mail server is configured".to_owned(),
        ("message.sent" | "message.failed", _) if detail("attempts") != "1" => {
            format!("After {} tries", detail("attempts"))
        }
        _ => String::new(),
    };
    let badge = said::badge(&row.action, outcome, row.reason.as_deref());
    let did = match (row.action.as_str(), outcome) {
        ("door.interrupted", _) if by_terminal(&details) => format!("does not know whether {object} opened"),
        // Whether the door followed is for the next event to say.
        ("door.unlock", Outcome::Granted) if detail("mode") == "off_line" => format!("was let in at {object}"),
        _ => said::of_message(&row.action, &detail("kind"), object)
            .unwrap_or_else(|| said::did(&spoken(row), outcome, object)),
    };
    Words { who: who(row, names), did, detail: more, outcome, badge }
}

/// Whether a terminal had it in hand.
pub(super) fn by_terminal(details: &BTreeMap<String, String>) -> bool {
    details.contains_key("terminal")
}

/// A date of the log as people say it.
fn date(logged: &str) -> String {
    when::parse_day(logged).map_or_else(|| logged.to_owned(), |day| when::long_day(day, Language::En))
}

/// So many of what is one alone and another word together; what is no number stays as it is.
fn counted(logged: &str, one: &str, many: &str) -> String {
    logged.parse::<i64>().map_or_else(|_| format!("{logged} {many}"), |count| ui::count(count, one, many))
}

/// The action as it is said: what a message carried makes a difference.
fn spoken(row: &EventRow) -> String {
    match (row.action.starts_with("message."), row.object.split('_').next()) {
        (true, Some("invitation")) => format!("invitation.{}", row.action),
        // About no link and no invitation: named by its address.
        (true, Some("message")) => format!("notice.{}", row.action),
        _ => row.action.clone(),
    }
}

/// What somebody signed in or proved themselves with.
pub(super) fn by(method: &str) -> &'static str {
    match method {
        "password" => "By password",
        "totp" => "By the code of an app",
        "recovery_code" => "By a recovery code",
        "passkey" => "By a passkey",
        "code" => "By a code that was wrong",
        _ => "",
    }
}

/// Which factor, and whose where somebody else took it away.
fn factor(code: &str, whose: &str, actor: &str, names: &Names) -> String {
    let what = match code {
        "totp" => "Authenticator app",
        "passkey" => "Passkey",
        "all" => "All of them",
        other => other,
    };
    match names.of(whose).filter(|_| whose != actor) {
        Some(name) => format!("{what}, of {name}"),
        None => what.to_owned(),
    }
}

/// A role's code as its name.
pub(super) fn role(code: &str) -> String {
    Role::from_code(code).map_or_else(|| code.to_owned(), |role| said::role(role).to_owned())
}

/// Who acts, by the name they had then while it is kept.
fn who(row: &EventRow, names: &Names) -> String {
    match row.actor.as_str() {
        "operator" => "The operator".to_owned(),
        "system" => "Latchkey".to_owned(),
        "visitor" => {
            let kept = names.person(&row.id).and_then(|person| person.facts.get("name").cloned());
            let known = row.credential.as_deref().and_then(|id| names.of(id)).map(str::to_owned);
            kept.or(known).unwrap_or_else(|| "A visitor".to_owned())
        }
        id => names.of(id).unwrap_or("Somebody").to_owned(),
    }
}
