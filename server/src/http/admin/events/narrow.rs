//! A filter as it stands in an address: what was typed, what it means, and what is wrong with it.

use super::DAY_MS;
use crate::error::Result;
use crate::service::lookup;
use crate::store::connection::AnyConnection;
use crate::store::event::Filter;
use crate::store::{door, link};
use app::text::when;
use app::ui::{Choice, Field};
use domain::event::Outcome;
use serde::Deserialize;

/// What the list is narrowed to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Narrow {
    pub(super) q: String,
    pub(super) since: String,
    pub(super) until: String,
    pub(super) person: String,
    pub(super) door: String,
    pub(super) link: String,
    pub(super) action: String,
    pub(super) outcome: String,
    pub(super) reason: String,
    pub(super) after: String,
    pub(super) live: String,
}

impl Narrow {
    /// What was asked for, by name, for an event's detail. A search may hold a person's name, which the log's own text
    /// must never do, so that only its presence is told.
    pub(super) fn told(&self) -> Vec<(&'static str, String)> {
        let typed = |text: &str| if text.is_empty() { String::new() } else { "given".to_owned() };
        let short = |text: &str| text.chars().take(64).collect::<String>();
        let pairs = [
            ("since", short(&self.since)),
            ("until", short(&self.until)),
            ("door", short(&self.door)),
            ("link", short(&self.link)),
            ("action", short(&self.action)),
            ("outcome", short(&self.outcome)),
            ("refusal", short(&self.reason)),
            ("person", typed(&self.person)),
            ("search", typed(&self.q)),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// A filter that was understood, as far as it could be.
pub(in crate::http::admin) struct Narrowed {
    pub(in crate::http::admin) filter: Filter,
    pub(super) q: Field,
    pub(super) since: Field,
    pub(super) until: Field,
    pub(super) person: Field,
    pub(super) link: Option<Choice>,
    /// Why nothing can be shown: a name that is nobody's, a moment that is none.
    pub(in crate::http::admin) refused: Option<String>,
}

/// A typed moment or day; `end` reads a day as its end. What is neither says so at its field.
fn moment(typed: &str, zone: &str, end: bool) -> (Field, Option<i64>) {
    let typed = typed.trim();
    if typed.is_empty() {
        return (Field::default(), None);
    }
    // A date alone has ten characters; with more it is a moment.
    let read = match when::parse_day(typed).filter(|_| typed.len() == 10) {
        Some(_) => when::parse_input(&format!("{typed}T00:00"), zone).map(|at| {
            // A day of daylight saving has 23 or 25 hours.
            if end { when::start_of_day(at + DAY_MS + DAY_MS / 8, zone) } else { at }
        }),
        None => when::parse_input(typed, zone),
    };
    match read {
        Ok(at) => (Field::new(when::input(at, zone)), Some(at)),
        Err(wrong) => (Field { value: typed.to_owned(), error: Some(wrong.to_string()) }, None),
    }
}

fn key(text: &str) -> Option<(i64, i64)> {
    let (at, sequence) = text.split_once('-')?;
    Some((at.parse().ok()?, sequence.parse().ok()?))
}

/// Understands a filter. Whatever is wrong or unknown shows nothing rather than everything, and says so.
///
/// # Errors
/// Those of the database.
pub(in crate::http::admin) fn narrowed(
    c: &mut AnyConnection,
    organization: &str,
    zone: &str,
    asked: &Narrow,
) -> Result<Narrowed> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (since, from) = moment(&asked.since, zone, false);
    let (mut until, to) = moment(&asked.until, zone, true);
    let mut refused = None;
    if since.error.is_some() || until.error.is_some() {
        refused = Some("This is not a moment that the log could be searched by. Choose it again.".to_owned());
    } else if from.zip(to).is_some_and(|(from, to)| from >= to) {
        until.error = Some("Choose a moment after the one it begins with.".into());
        refused = Some("The end lies before the beginning, so nothing can be between them.".into());
    }
    let outcome = Outcome::from_code(&asked.outcome);
    if !asked.outcome.is_empty() && outcome.is_none() {
        refused = Some(format!("There is no outcome “{}”.", asked.outcome));
    }
    let mut filter = Filter {
        since: from,
        until: to,
        door: given(&asked.door),
        link: given(&asked.link),
        outcome,
        action: given(&asked.action),
        reason: given(&asked.reason),
        any: Vec::new(),
        brief: false,
        after: key(&asked.after),
    };
    let short = |text: &str| text.trim().chars().take(200).collect::<String>();
    let (q, mut person) = (Field::new(short(&asked.q)), Field::new(short(&asked.person)));
    if !person.value.is_empty() {
        let is = lookup::person(c, organization, &person.value)?;
        if is.is_empty() {
            person.error = Some("No visitor and no admin is called so.".into());
            refused = Some(format!("No visitor and no admin is called “{}”. Part of a name is enough.", person.value));
        }
        filter.any.push(is);
    }
    if !q.value.is_empty() {
        let meaning = lookup::search(c, organization, &q.value)?;
        if !meaning.unknown.is_empty() {
            refused = Some(format!(
                "Nothing here is called “{}”. The search knows visitors, doors, places, admins, what was done, and why.",
                meaning.unknown.join(" ")
            ));
        }
        filter.any.extend(meaning.any);
    }
    if !asked.door.is_empty() && !door::was_ever(c, organization, &asked.door)? {
        refused = Some("There is no such door.".into());
    }
    let about = match &filter.link {
        None => None,
        Some(id) => {
            let found = link::find(c, organization, id).ok();
            if found.is_none() {
                refused = Some("There is no such link.".into());
            }
            found.map(|row| Choice { value: row.id, label: row.name })
        }
    };
    Ok(Narrowed { filter, q, since, until, person, link: about, refused })
}
