//! Who acts, as every use case and its events need it.

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::audit::NewEvent;
use domain::Millis;
use domain::event::{Outcome, Person};
use domain::id::Kind;
use std::collections::BTreeMap;

/// Somebody who acts for an organization.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `admin_…`, `operator` (the command line) or `system`.
    pub id: String,
    /// The organization; nothing of any other can be reached through this actor.
    pub organization: String,
    /// Whether owners' rights are held.
    pub owner: bool,
    /// Network prefix and user agent, for the side row.
    pub facts: BTreeMap<String, String>,
}

impl Actor {
    /// The command line, which holds all rights.
    #[must_use]
    pub fn operator(organization: &str) -> Self {
        Self { id: "operator".into(), organization: organization.to_owned(), owner: true, facts: BTreeMap::new() }
    }

    /// Latchkey itself.
    #[must_use]
    pub fn system(organization: &str) -> Self {
        Self { id: "system".into(), organization: organization.to_owned(), owner: false, facts: BTreeMap::new() }
    }

    /// Goes on for owners only.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn must_be_owner(&self, to: &str) -> Result<()> {
        if self.owner { Ok(()) } else { Err(Error::Forbidden(format!("Only an owner may {to}."))) }
    }

    /// An event of this actor: done, now, without more.
    #[must_use]
    pub fn event(&self, clock: &Clock, now: Millis, action: &'static str, object: &str) -> NewEvent {
        let person = (!self.facts.is_empty()).then(|| Person { facts: self.facts.clone(), salt: clock.salt() });
        NewEvent {
            id: clock.id(Kind::Event),
            organization: self.organization.clone(),
            occurred_at: now,
            action,
            actor: self.id.clone(),
            credential: None,
            object: object.to_owned(),
            outcome: Outcome::Done,
            reason: None,
            cause: None,
            request: None,
            detail: BTreeMap::new(),
            person,
            link: None,
        }
    }
}

/// Adds to what an event says beside the chain.
pub fn add_person(event: &mut NewEvent, clock: &Clock, facts: &[(&str, &str)]) {
    let person = event.person.get_or_insert_with(|| Person { facts: BTreeMap::new(), salt: clock.salt() });
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        person.facts.insert((*name).to_owned(), (*value).to_owned());
    }
}
