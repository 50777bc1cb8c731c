//! `/events/{id}`: one event with everything it names.

use super::super::common::{self, Answer, line, lines, show};
use super::super::named::named;
use super::super::words;
use crate::app::App;
use crate::error::Result;
use crate::http::auth::Admin;
use crate::store::connection::AnyConnection;
use crate::store::door;
use crate::store::event::{self as store, EventRow};
use crate::store::names::{self, Names};
use app::page::admin::could_it_open::Check;
use app::page::admin::event::{self as page, Named, Neighbour};
use app::page::admin::{Section, said};
use app::text::reason;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::chain;
use domain::decide::{self, Scope, parse_trace};
use domain::event::Event;
use domain::reason::Reason;
use std::collections::BTreeMap;

/// What is read for one event.
struct Whole {
    row: EventRow,
    cause: Option<EventRow>,
    followed: Vec<EventRow>,
    around: Vec<(&'static str, String, EventRow)>,
    before: Option<String>,
    /// Where the door stands; the log does not say where it stood.
    place: Option<String>,
    names: Names,
}

fn load(c: &mut AnyConnection, organization: &str, id: &str) -> Result<Whole> {
    let row = store::find(c, organization, id)?;
    let cause = match &row.cause {
        Some(cause) => store::find(c, organization, cause).ok(),
        None => None,
    };
    let followed = store::following(c, id)?;
    let mut around = Vec::new();
    for (about, is) in [
        (&row.link_id, row.link_id.clone().map(store::Is::Link)),
        (&row.door_id, row.door_id.clone().map(store::Is::Door)),
    ] {
        let (Some(about), Some(is)) = (about, is) else { continue };
        let (earlier, later) = store::beside(c, organization, &is, &row)?;
        around.extend(earlier.map(|earlier| ("Before", about.clone(), earlier)));
        around.extend(later.map(|later| ("After", about.clone(), later)));
    }
    let all: Vec<EventRow> = std::iter::once(&row)
        .chain(&cause)
        .chain(&followed)
        .chain(around.iter().map(|(.., row)| row))
        .cloned()
        .collect();
    let place = row.door_id.as_deref().and_then(|door| door::find(c, organization, door).ok()).map(|at| at.place.id);
    let further: Vec<String> = row
        .details()
        .values()
        .flat_map(|value| value.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .chain(place.clone())
        .collect();
    let names = names::names_with(c, organization, &all, &further)?;
    let before = store::hash_before(c, organization, row.sequence)?;
    Ok(Whole { row, cause, followed, around, before, place, names })
}

/// `GET /events/{id}`.
pub async fn detail(State(app): State<App>, admin: Admin, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let whole = app.db.read(move |c| load(c, &organization, &id)).await?;
    let Whole { row, cause, followed, around, before, place, names } = whole;
    let zone = &admin.organization.time_zone;
    let details = row.details();
    let mut further: Vec<(String, Vec<Named>)> = details
        .iter()
        .filter(|(name, _)| *name != "trace")
        .map(|(name, value)| match scanned(&app, &details, name, value, zone) {
            Some((label, said)) => (label.to_owned(), vec![Named { name: said, href: String::new() }]),
            None => (label(name), readable(&app, name, value, zone, &names)),
        })
        .collect();
    if let Some(person) = names.person(&row.id) {
        let plain = |value: &String| vec![Named { name: value.clone(), href: String::new() }];
        further.extend(person.facts.iter().map(|(name, value)| (label(name), plain(value))));
    } else if row.person_hash.is_some() {
        let gone = Named { name: "Erased. The log still verifies without it.".into(), href: String::new() };
        further.push(("Personal data".into(), vec![gone]));
    }
    let event = Event::try_from(row.clone())?;
    let matches =
        before.as_deref().and_then(chain::unhex).map(|before| chain::hex(&chain::link(&before, &event)) == row.hash);
    let neighbour = |(when, about, beside): &(&'static str, String, EventRow)| Neighbour {
        when,
        about: names.of(about).unwrap_or("the same").to_owned(),
        line: line(&app, zone, beside, &names),
    };
    let credential = row.credential.as_deref().and_then(|id| named(id, &names));
    let object = named(&row.object, &names);
    let place = place.and_then(|id| named(&id, &names));
    let trace = details.get("trace").map(|text| parse_trace(text)).unwrap_or_default();
    let model = page::Model {
        line: line(&app, zone, &row, &names),
        sentence: sentence(&row),
        trace: trace.iter().map(|check| told(check, credential.as_ref(), object.as_ref(), place.as_ref())).collect(),
        action: row.action.clone(),
        reason: row.reason.clone().unwrap_or_default(),
        actor: match named(&row.actor, &names) {
            Some(actor) => actor,
            None => Named { name: words::say(&row, &names).who, href: String::new() },
        },
        credential,
        object,
        occurred: common::said(&app, row.occurred_at, zone),
        recorded: common::said(&app, row.recorded_at, zone),
        sequence: row.sequence,
        hash: row.hash.clone(),
        before: before.unwrap_or_default(),
        canonical: String::from_utf8_lossy(&event.canonical()).into_owned(),
        matches,
        request: row.request.clone().unwrap_or_default(),
        details: further,
        cause: cause.as_ref().map(|row| line(&app, zone, row, &names)),
        followed: lines(&app, zone, &followed, &names),
        around: around.iter().map(neighbour).collect(),
    };
    show(&app, &admin, Section::Events, StatusCode::OK, model, page::view).await
}

/// A check with what it is about: the link, the door where its hours, its lockdown and its reach stand, or the place.
fn told(check: &decide::Check, link: Option<&Named>, door: Option<&Named>, place: Option<&Named>) -> Check {
    let about = match (check.reason, check.scope) {
        (Reason::OutsideSchedule, Some(Scope::Group | Scope::Door) | None)
        | (Reason::DoorLockdown | Reason::DigitalNotAllowed | Reason::DoorUnreachable, _) => door,
        (Reason::PlaceLockdown, _) => place.or(door),
        (Reason::Allowed | Reason::ClockWrong | Reason::NeedsNetwork | Reason::ListTooOld | Reason::TooLate, _) => None,
        _ => link,
    };
    let page = |named: &Named| (named.href.clone(), named.name.clone());
    Check {
        passed: check.passed,
        text: said::check(check).to_owned(),
        about: about.filter(|named| !named.href.is_empty()).map(page).into_iter().collect(),
    }
}

/// Why, in a sentence: the reason of a decision, or what an outcome means.
fn sentence(row: &EventRow) -> String {
    let code = match (row.reason.as_deref(), row.action.strip_prefix("door.")) {
        (Some("allowed"), _) => return "Everything that was asked held, so the door was told to open.".to_owned(),
        (Some(reason), _) => reason,
        (None, Some(outcome @ ("dispatched" | "confirmed" | "sent" | "failed" | "timed_out" | "interrupted"))) => {
            outcome
        }
        _ => return String::new(),
    };
    if code == "interrupted" && words::by_terminal(&row.details()) {
        return "A terminal had this opening in hand and did not say what became of it: it moves no relay, or stopped before it knew.".to_owned();
    }
    reason::admin(code).to_owned()
}

/// What people call a fact; the log's own names are for machines.
fn label(name: &str) -> String {
    if let Some(name) = name.strip_suffix("_before") {
        return format!("{}, before", label(name));
    }
    match name {
        "accepts_digital" => "Links may open it",
        "address" => "Network",
        "after_ms" => "Answered after, ms",
        "answer" => "The door said",
        "attempts" => "Tries",
        "before" => "Ended before",
        "channel" => "Channel",
        "code" => "QR code",
        "company" => "Company",
        "complete" => "Complete",
        "door" => "Door",
        "doors" => "Doors",
        "driver" => "Driver",
        "email" => "E-mail",
        "ended" => "Ended",
        "events_days" => "Keep events, days",
        "first" => "From event",
        "format" => "Format",
        "coordinates" => "Coordinates",
        "date" => "Date",
        "dates" => "Dates",
        "first_date" => "First date",
        "last_date" => "Last date",
        "geofence_m" => "Radius, m",
        "hours" => "Hours",
        "lift_role" => "Lifted by",
        "web" => "Opening from its page",
        "week" => "Every week",
        "geofence" => "Geofence",
        "group" => "Group",
        "groups" => "Groups",
        "host" => "Address",
        "last" | "through" => "Up to event",
        "link" => "Link",
        "max_uses" => "Openings",
        "message" => "Message",
        "mode" => "Behaviour",
        "name" => "Name",
        "people" => "People's data",
        "people_days" => "Keep people, days",
        "person" => "Person",
        "phone" => "Phone",
        "place" => "Place",
        "qr" => "Kind of QR code",
        "qr_off_line" => "Code off line",
        "reader" => "Reader",
        "reason" => "Why",
        "refusal" => "Refused because",
        "retired_codes" => "Codes retired, their pictures void",
        "role" => "Role",
        "rows" | "events" => "Events",
        "search" => "Search",
        "list_hours" => "Lists are good for, hours",
        "software" => "Software",
        "terminal" => "Terminal",
        "note" => "The relay said",
        "secrets" => "Secrets",
        "secret_version" => "Version of the address",
        "schedule" => "Schedule",
        "since" => "From",
        "time_zone" => "Time zone",
        "unlock_ms" => "Unlocked for, ms",
        "until" => "Until",
        "user_agent" => "Browser",
        "valid_from" => "Good from",
        "valid_until" => "Good until",
        "milliseconds" | "took_ms" => "Took, ms",
        "called" => "Name of the organization",
        "default_days" => "Links are good for, days",
        "most_days" => "Links are good for at most, days",
        "factor" => "Second factor",
        "from" => "Role, before",
        "to" => "Role",
        "greeting_de" => "Greeting in German",
        "greeting_en" => "Greeting in English",
        "subject_de" => "Subject in German",
        "subject_en" => "Subject in English",
        "kind" => "Kind of message",
        "method" => "How",
        "reminder_hours" => "Reminder, hours before the end",
        "replaced" => "Instead of an earlier one",
        "required" => "Second factor demanded",
        "sessions_ended" => "Sessions ended",
        "session_hours" => "Sessions last, hours",
        "session_idle_minutes" => "Sessions last unused, minutes",
        "sms" => "Text messages a month",
        "what" => "Page of the settings",
        "arrival_notice" => "Host told of the arrival",
        other => return spelled(other),
    }
    .to_owned()
}

/// A name of the log in words: `unlock_ms` reads *Unlock ms*.
fn spelled(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + &letters.as_str().replace('_', " ")
}

/// What a terminal read and how it was decided, in words; none for any other fact.
fn scanned(
    app: &App,
    details: &BTreeMap<String, String>,
    name: &str,
    value: &str,
    zone: &str,
) -> Option<(&'static str, String)> {
    if !details.contains_key("terminal") {
        return None;
    }
    Some(match (name, value) {
        ("mode", "on_line") => ("Decided", "By the server".to_owned()),
        ("mode", "off_line") => ("Decided", "By the terminal, without the server".to_owned()),
        ("code", kind) => ("QR code", code(kind).to_owned()),
        ("list", "0") => ("List", "None".to_owned()),
        ("list", version) => {
            ("List", version.parse().map_or(version.to_owned(), |at| common::said(app, at, zone).exact))
        }
        ("over_limit", _) => ("Over the limit", "The link was used up already when this came in".to_owned()),
        ("too_soon", _) => ("Too soon", "The link's pause between two openings was not over".to_owned()),
        ("fault", faults) => ("Told wrongly", faults.replace('_', " ")),
        _ => return None,
    })
}

/// A kind of code in words.
fn code(kind: &str) -> &str {
    match kind {
        "online" => "Online code",
        "offline" => "Offline code",
        "rotating" => "Rotating code",
        "partner" => "A partner's code",
        "foreign" => "None of ours",
        "unreadable" => "Unreadable",
        other => other,
    }
}

/// Moments are kept as numbers, things as their ids; people read them as moments and by name.
fn readable(app: &App, name: &str, value: &str, zone: &str, names: &Names) -> Vec<Named> {
    let plain = |name: String| vec![Named { name, href: String::new() }];
    if let ("valid_from" | "valid_until" | "before", Ok(at)) = (name, value.parse::<i64>()) {
        return plain(common::said(app, at, zone).exact);
    }
    let said = match (name, value) {
        (_, "true") => "Yes".to_owned(),
        (_, "false") => "No".to_owned(),
        ("role" | "from" | "to" | "lift_role", role) => words::role(role),
        ("method", method) => words::by(method).to_owned(),
        ("channel", "email") => "E-mail".to_owned(),
        ("channel", "sms") => "Text message".to_owned(),
        ("channel", "whatsapp") => "WhatsApp".to_owned(),
        ("factor", "totp") => "Authenticator app".to_owned(),
        ("channel" | "factor" | "kind" | "what" | "mode", word) => spelled(word),
        _ => String::new(),
    };
    if !said.is_empty() {
        return plain(said);
    }
    let ids: Option<Vec<Named>> = value.split_whitespace().map(|word| named(word, names)).collect();
    match ids {
        Some(ids) if !ids.is_empty() => ids,
        _ => plain(value.to_owned()),
    }
}
