//! What an admin typed about a link, checked as a whole.

use super::grants;
use crate::error::{Checks, Result};
use crate::service::actor::Actor;
use crate::service::notices::reachable;
use crate::store::code::Settings;
use crate::store::door::DoorAtPlace;
use crate::store::link::{Grants, LinkChange, words};
use crate::store::organization::OrganizationRow;
use app::text::when;
use domain::Millis;
use domain::input;
use domain::qr::{self, Kind, TooManyScopes};
use domain::role::Right;
use domain::schedule::{Schedule, Wall};

const DAY_MS: i64 = 86_400_000;
/// A window longer than this is worth a word.
const LONG_DAYS: i64 = 14;
/// Days in which every hour of a week comes, whichever one begins at.
const WEEK: i32 = 8;

/// What a form or the command line gives, as typed.
#[derive(Clone, Debug, Default)]
pub struct LinkInput {
    /// Who visits.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their number.
    pub phone: String,
    /// Where they come from.
    pub company: String,
    /// Whom they come to see.
    pub host_name: String,
    /// How to reach the host.
    pub host_contact: String,
    /// For admins only.
    pub note: String,
    /// What another system calls it.
    pub external_id: String,
    /// `en`, `de` or empty.
    pub language: String,
    /// Ids of single doors.
    pub doors: Vec<String>,
    /// Ids of groups.
    pub groups: Vec<String>,
    /// Hours of its own, Monday to Sunday: from and until of each window, as typed. None: always.
    pub days: [Vec<(String, String)>; 7],
    /// `2026-11-24T09:00` in `zone`, or RFC 3339; empty begins now.
    pub valid_from: String,
    /// The same; empty ends with tomorrow, in the zone of the doors' place.
    pub valid_until: String,
    /// The zone that times without one are meant in.
    pub zone: String,
    /// No end at all.
    pub never_expires: bool,
    /// Said twice.
    pub never_expires_confirmed: bool,
    /// Openings, or empty.
    pub max_uses: String,
    /// Minutes, or empty.
    pub cooldown_minutes: String,
    /// Whether the host is told of the arrival; none: as the organization's links start out.
    pub notify_host: Option<bool>,
    /// `none` or empty, `online`, `offline`, `rotating`.
    pub qr: String,
    /// The web page opens nothing; only the code does.
    pub no_web: bool,
    /// The code may open off line although only the server knows how often it did.
    pub qr_off_line: bool,
}

/// A checked link: its row's values and what it opens.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) change: LinkChange,
    pub(super) grants: Grants,
    pub(super) code: Settings,
}

/// A moment as typed: local in a zone, or RFC 3339.
pub(super) fn moment(typed: &str, zone: &str) -> std::result::Result<Millis, String> {
    if let Ok(exact) = typed.parse::<jiff::Timestamp>() {
        return Ok(exact.as_millisecond());
    }
    when::parse_input(typed, zone).map_err(|refused| refused.to_string())
}

/// The last moment a link may be given now.
pub(super) fn latest(organization: &OrganizationRow, from: Millis, now: Millis) -> Millis {
    // An hour more, since thirty days may hold an hour of daylight saving.
    from.max(now) + organization.max_validity_days * DAY_MS + 3_600_000
}

/// When a link ends that nobody gave an end: with the day so many days from now, in the zone.
#[must_use]
pub fn default_until(now: Millis, zone: &str, days: i64) -> Millis {
    when::end_of_day(now, zone, days)
}

/// The same where the doors are: in the zones of their places, and where these differ, at the latest of their ends.
/// Without any door, in the other zone.
#[must_use]
pub fn default_end<'a>(now: Millis, zones: impl IntoIterator<Item = &'a str>, otherwise: &str, days: i64) -> Millis {
    let ends = zones.into_iter().map(|zone| default_until(now, zone, days));
    ends.max().unwrap_or_else(|| default_until(now, otherwise, days))
}

/// Checks everything and says everything that is wrong. `zones` are those of the chosen doors' places, needed where no
/// end is given.
///
/// # Errors
/// `Fields`.
pub(super) fn check(
    typed: &LinkInput,
    actor: &Actor,
    organization: &OrganizationRow,
    zones: &[String],
    was: Option<(Millis, Option<Millis>)>,
    now: Millis,
) -> Result<Draft> {
    let mut checks = Checks::default();
    let zone = if when::is_zone(&typed.zone) { typed.zone.as_str() } else { organization.time_zone.as_str() };
    let valid_from = match typed.valid_from.trim() {
        // With a whole second, so that an offline code says the same.
        "" => was.map_or(now - now.rem_euclid(1_000), |(from, _)| from),
        typed => {
            let from: Millis = checks.take("valid_from", moment(typed, zone));
            // A form shows minutes; whoever left the minute alone changed nothing.
            was.map(|(before, _)| before).filter(|before| same_minute(*before, from)).unwrap_or(from)
        }
    };
    let valid_until = if typed.never_expires {
        if !actor.role.may(Right::Own) {
            checks.note("never_expires", "Only an owner may make a link that never expires.");
        } else if !typed.never_expires_confirmed && was.is_none_or(|(_, until)| until.is_some()) {
            checks.note(
                "never_expires",
                "A link that never expires opens its doors for whoever holds it, for years. Tick the box below to confirm.",
            );
        }
        None
    } else {
        let until = match typed.valid_until.trim() {
            "" => {
                let zones = zones.iter().map(String::as_str);
                default_end(now.max(valid_from), zones, zone, organization.default_validity_days)
            }
            typed => checks.take("valid_until", moment(typed, zone)),
        };
        let before = was.and_then(|(_, before)| before).filter(|before| same_minute(*before, until));
        let (kept, until) = (before.is_some(), before.unwrap_or(until));
        // An end that was left alone is no longer a validity that was allowed once the beginning is earlier.
        let no_longer = kept && was.is_some_and(|(from, _)| valid_from.max(now) >= from.max(now));
        if until <= valid_from {
            checks.note("valid_until", "The end lies before the beginning. Choose a later end.");
        } else if until <= now && !kept {
            checks.note("valid_until", "This moment has passed already. Choose a later end.");
        } else if until > latest(organization, valid_from, now) && !no_longer {
            let days = organization.max_validity_days;
            checks.note(
                "valid_until",
                format!("A link may be good for {days} days at most. Choose an earlier end; you can extend it later."),
            );
        }
        Some(until)
    };
    let optional = |text: &str, least, most| match text.trim() {
        "" => Ok(None),
        text => input::number(text, least, most).map(Some),
    };
    let change = LinkChange {
        name: checks.take("name", input::line(&typed.name, 100)),
        email: checks.take("email", input::email(&typed.email)),
        phone: checks.take("phone", input::phone(&typed.phone)),
        company: checks.take("company", input::optional_line(&typed.company, 100)),
        host_name: checks.take("host_name", input::optional_line(&typed.host_name, 100)),
        host_contact: checks.take("host_contact", input::optional_line(&typed.host_contact, 100)),
        note: checks.take("note", input::lines(&typed.note, 1_000)),
        external_id: checks.take("external_id", input::optional_line(&typed.external_id, 100)),
        language: typed.language.clone(),
        valid_from,
        valid_until,
        max_uses: checks.take("max_uses", optional(&typed.max_uses, 1, 100_000)),
        cooldown_ms: checks.take("cooldown_minutes", optional(&typed.cooldown_minutes, 0, 1_440)).unwrap_or(0) * 60_000,
        notify_host: typed.notify_host.unwrap_or(organization.arrival_notice),
        name_key: words::name_key(&typed.name),
    };
    // Where every link begins with telling the host, one without a host's contact is no mistake.
    let asked = typed.notify_host == Some(true) && (!organization.arrival_notice || !change.host_contact.is_empty());
    if asked && reachable(&change.host_contact).is_none() {
        checks.note(
            "host_contact",
            "To tell the host, Latchkey needs an e-mail address or a telephone number with its country code. Type one, or untick telling the host.",
        );
    }
    if !["", "en", "de"].contains(&change.language.as_str()) {
        checks.note("language", "Please choose a language from the list.");
    }
    let grants = grants::check(typed, &mut checks);
    let code = code(typed, &grants, &mut checks);
    checks.done()?;
    Ok(Draft { change, grants, code })
}

fn same_minute(one: Millis, other: Millis) -> bool {
    one.div_euclid(60_000) == other.div_euclid(60_000)
}

/// How it opens, checked.
fn code(typed: &LinkInput, grants: &Grants, checks: &mut Checks) -> Settings {
    let kind = match typed.qr.trim() {
        "" | "none" => None,
        other => {
            let kind = Kind::from_code(other);
            if kind.is_none() {
                checks.note("qr", "Please choose none, online, offline or rotating.");
            }
            kind
        }
    };
    if kind == Some(Kind::Offline) && grants.doors.len() + grants.groups.len() > qr::MOST_SCOPES {
        checks.note("qr", TooManyScopes);
    }
    if typed.no_web && kind.is_none() {
        checks.note("no_web", "A link whose page opens nothing needs a QR code. Choose one, or untick this.");
    }
    // A rotating code of a link is verified on line only.
    let off_line = typed.qr_off_line && matches!(kind, Some(Kind::Online | Kind::Offline));
    Settings { kind, web: !typed.no_web, off_line }
}

/// The same hours for as long, from today on; or from tomorrow on, when today's are over.
#[must_use]
pub fn from_today(from: Millis, until: Option<Millis>, now: Millis, zone: &str) -> (Millis, Option<Millis>) {
    let (first, today) = (when::wall(from, zone), when::wall(now, zone));
    let begin = |day| when::instant(Wall { day, minute: first.minute }, zone);
    let Some(until) = until else {
        return (begin(today.day), None);
    };
    let last = when::wall(until, zone);
    let end = |day: i32| when::instant(Wall { day: day + last.day - first.day, minute: last.minute }, zone);
    let day = if end(today.day) > now { today.day } else { today.day + 1 };
    (begin(day), Some(end(day)))
}

/// What is worth a second thought, in words; nothing here is forbidden.
#[must_use]
pub fn warnings(from: Millis, until: Option<Millis>, doors: &[&DoorAtPlace]) -> Vec<String> {
    let mut said = Vec::new();
    match until {
        None => said.push(
            "This link never expires. Whoever holds it can open its doors until you revoke it; a badge is safer for regulars.".to_owned(),
        ),
        Some(until) if until - from > LONG_DAYS * DAY_MS => {
            let days = (until - from) / DAY_MS;
            said.push(format!("This link is good for {days} days. Short links are safer: a forwarded mail opens doors for as long."));
        }
        Some(_) => {}
    }
    for at in doors.iter().filter(|at| !at.door.accepts_digital) {
        said.push(format!("{} is a high-security door and refuses links; this link will not open it.", at.door.name));
    }
    said
}

/// Says so when no hour of a link's own comes between its dates.
#[must_use]
pub fn hours_warning(typed: &LinkInput, from: Millis, until: Option<Millis>) -> Option<String> {
    let (weekly, _) = domain::schedule::typed::week(&typed.days);
    let until = until.filter(|_| !weekly.is_empty())?;
    let own = Schedule { weekly, ..Schedule::default() };
    let next = when::next(from, &typed.zone, WEEK, |wall| own.next_open(wall, WEEK));
    next.is_none_or(|next| next >= until).then(|| {
        "None of its own hours come between its beginning and its end, so this link would open nothing. Choose other hours or a later end."
            .to_owned()
    })
}

/// What is worth a second thought about an offline code, in words: that off line it is none.
#[must_use]
pub fn code_warning(typed: &LinkInput) -> Option<String> {
    let given = |text: &str| !matches!(text.trim(), "" | "0");
    let hours = typed.days.iter().flatten().any(|(from, until)| given(from) || given(until));
    let counted = given(&typed.max_uses) || given(&typed.cooldown_minutes);
    let words = if hours {
        "Hours of a link's own do not fit into an offline code, so a terminal without a network will refuse it, whatever else is chosen. Leave them empty, or choose an online code that may open off line: lists carry its hours."
    } else if counted && !typed.qr_off_line {
        "Only the server counts openings and minutes, so a terminal without a network will refuse this offline code. Leave these empty, or let the code open off line in any case."
    } else {
        return None;
    };
    (typed.qr == Kind::Offline.code()).then(|| words.to_owned())
}
