//! Who acts, as every use case and its events need it.

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::audit::NewEvent;
use domain::Millis;
use domain::event::{Outcome, Person};
use domain::id::Kind;
use domain::role::{Right, Role};
use std::collections::BTreeMap;

/// Somebody who acts for an organization.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `admin_…`, `operator` (the command line) or `system`.
    pub id: String,
    /// The organization; nothing of any other can be reached through this actor.
    pub organization: String,
    /// What they may do.
    pub role: Role,
    /// Network prefix and user agent, for the side row.
    pub facts: BTreeMap<String, String>,
}

impl Actor {
    /// The command line, which holds all rights.
    #[must_use]
    pub fn operator(organization: &str) -> Self {
        Self { id: "operator".into(), organization: organization.to_owned(), role: Role::Owner, facts: BTreeMap::new() }
    }

    /// Latchkey itself.
    #[must_use]
    pub fn system(organization: &str) -> Self {
        Self {
            id: "system".into(),
            organization: organization.to_owned(),
            role: Role::Observer,
            facts: BTreeMap::new(),
        }
    }

    /// Goes on for whoever holds the right.
    ///
    /// # Errors
    /// `Forbidden`, naming who may.
    pub fn must(&self, right: Right) -> Result<()> {
        if self.role.may(right) { Ok(()) } else { Err(Error::Forbidden(forbidden(right).into())) }
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
            lists: false,
        }
    }
}

fn forbidden(right: Right) -> &'static str {
    match right.least() {
        Role::Owner => "Only an owner may do this. Ask one of them.",
        Role::Administrator => "Your role does not allow this. Ask an administrator or owner.",
        Role::AccessManager | Role::Observer => {
            "Your role may look at everything but change nothing. Ask an administrator if you need more."
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
