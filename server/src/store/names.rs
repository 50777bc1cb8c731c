//! What things are called: what events name, so that a page can say in words what happened, and what a word may mean.

use super::connection::AnyConnection;
use super::event::{self, EventRow};
use super::schema::{admins, doors, groups, invitations, links, messages, places, schedules, terminals};
use crate::error::Result;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use domain::event::Person;
use std::collections::{HashMap, HashSet};

/// Names of what events refer to, within one organization.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_id: HashMap<String, String>,
    gone: HashSet<String>,
    people: HashMap<String, Person>,
}

impl Names {
    /// The name of a door, place, link, admin or whatever else has an id; unknown ones have none.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(String::as_str)
    }

    /// Whether what an id names is there to be looked at: it has a name and was not removed.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id) && !self.gone.contains(id)
    }

    /// The personal data of an event, while it is kept.
    #[must_use]
    pub fn person(&self, event: &str) -> Option<&Person> {
        self.people.get(event)
    }
}

/// Looks up what these events name.
///
/// # Errors
/// Those of the database.
pub fn names(c: &mut AnyConnection, organization: &str, rows: &[EventRow]) -> Result<Names> {
    names_with(c, organization, rows, &[])
}

/// The same with further ids, such as those in an event's details.
///
/// # Errors
/// Those of the database.
pub fn names_with(c: &mut AnyConnection, organization: &str, rows: &[EventRow], further: &[String]) -> Result<Names> {
    let mut ids: HashSet<&str> = further.iter().map(String::as_str).collect();
    for row in rows {
        ids.extend(
            [
                Some(row.actor.as_str()),
                row.credential.as_deref(),
                Some(row.object.as_str()),
                row.link_id.as_deref(),
                row.door_id.as_deref(),
            ]
            .into_iter()
            .flatten(),
        );
    }
    let with = |prefix: &str| ids.iter().copied().filter(|id| id.starts_with(prefix)).collect::<Vec<&str>>();
    let mut names = Names::default();
    macro_rules! look_up {
        ($table:ident, $prefix:literal, $name:expr, $removed:expr) => {
            let wanted = with($prefix);
            if !wanted.is_empty() {
                let found: Vec<(String, String, Option<i64>)> = $table::table
                    .filter($table::organization_id.eq(organization))
                    .filter($table::id.eq_any(wanted))
                    .select(($table::id, $name, $removed))
                    .load(c)?;
                for (id, name, removed) in found {
                    if removed.is_some() {
                        names.gone.insert(id.clone());
                    }
                    names.by_id.insert(id, name);
                }
            }
        };
    }
    let never = || sql::<Nullable<BigInt>>("NULL");
    look_up!(doors, "door_", doors::name, doors::removed_at);
    look_up!(links, "link_", links::name, never());
    look_up!(places, "place_", places::name, places::removed_at);
    look_up!(admins, "admin_", admins::name, admins::removed_at);
    look_up!(groups, "group_", groups::name, groups::removed_at);
    look_up!(schedules, "schedule_", schedules::name, schedules::removed_at);
    look_up!(terminals, "terminal_", terminals::name, terminals::removed_at);
    look_up!(messages, "message_", messages::recipient, never());
    look_up!(invitations, "invitation_", invitations::name, invitations::withdrawn_at);
    let events: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    names.people = event::people(c, &events)?;
    Ok(names)
}

/// Names of what an organization has few of, by id. What was removed keeps its name, for the log's sake.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// Doors, with the ids of their places.
    pub doors: Vec<(String, String, String)>,
    /// Places.
    pub places: Vec<(String, String)>,
    /// Groups and schedules.
    pub others: Vec<(String, String)>,
    /// Admins.
    pub admins: Vec<(String, String)>,
}

/// The names of everything an organization has few of.
///
/// # Errors
/// Those of the database.
pub fn house(c: &mut AnyConnection, organization: &str) -> Result<House> {
    macro_rules! all {
        ($table:ident, $columns:expr) => {
            $table::table.filter($table::organization_id.eq(organization)).select($columns).load(c)?
        };
    }
    let groups: Vec<(String, String)> = all!(groups, (groups::id, groups::name));
    let schedules: Vec<(String, String)> = all!(schedules, (schedules::id, schedules::name));
    Ok(House {
        doors: all!(doors, (doors::id, doors::name, doors::place_id)),
        places: all!(places, (places::id, places::name)),
        others: groups.into_iter().chain(schedules).collect(),
        admins: all!(admins, (admins::id, admins::name)),
    })
}
