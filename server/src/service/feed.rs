//! Events with everything they name, so that a page can say in words what happened.

use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::event::{self, EventRow};
use crate::store::schema::{admins, doors, groups, links, places, schedules};
use diesel::prelude::*;
use domain::event::Person;
use std::collections::{HashMap, HashSet};

/// Names of what events refer to, within one organization.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_id: HashMap<String, String>,
    people: HashMap<String, Person>,
}

impl Names {
    /// The name of a door, place, group, schedule, link or admin; erased or unknown ones have none.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(String::as_str)
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
    let mut ids: HashSet<&str> = HashSet::new();
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
    let mut by_id = HashMap::new();
    let mut add = |pairs: Vec<(String, String)>| by_id.extend(pairs);
    add(doors::table
        .filter(doors::organization_id.eq(organization))
        .filter(doors::id.eq_any(with("door_")))
        .select((doors::id, doors::name))
        .load(c)?);
    add(links::table
        .filter(links::organization_id.eq(organization))
        .filter(links::id.eq_any(with("link_")))
        .select((links::id, links::name))
        .load(c)?);
    add(places::table
        .filter(places::organization_id.eq(organization))
        .filter(places::id.eq_any(with("place_")))
        .select((places::id, places::name))
        .load(c)?);
    add(groups::table
        .filter(groups::organization_id.eq(organization))
        .filter(groups::id.eq_any(with("group_")))
        .select((groups::id, groups::name))
        .load(c)?);
    add(schedules::table
        .filter(schedules::organization_id.eq(organization))
        .filter(schedules::id.eq_any(with("schedule_")))
        .select((schedules::id, schedules::name))
        .load(c)?);
    add(admins::table
        .filter(admins::organization_id.eq(organization))
        .filter(admins::id.eq_any(with("admin_")))
        .select((admins::id, admins::name))
        .load(c)?);
    let events: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    Ok(Names { by_id, people: event::people(c, &events)? })
}
