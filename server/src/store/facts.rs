//! The facts that decisions need, of any number of links and doors in a few queries: for taps by the batch, and for
//! asking what would happen.

use super::connection::AnyConnection;
use super::door::DoorRow;
use super::schedule;
use super::schema::{
    doors, group_doors, groups, link_codes, link_door_states, link_doors, link_groups, link_windows, places,
};
use crate::error::Result;
use app::text::when;
use diesel::prelude::*;
use domain::Millis;
use domain::decide::{Asker, DoorFacts, LinkFacts, binding};
use domain::link::Validity;
use domain::schedule::{Schedule, Window, together};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A link and a door.
pub(crate) type Pair = (String, String);

/// What a link did at one door lately.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AtDoor {
    pub(crate) last_granted_at: Option<Millis>,
    /// Until when a second try is free, after the door did not answer.
    pub(crate) free_until: Option<Millis>,
    /// Whether that try is under way: one at a time, so there is none meanwhile.
    pub(crate) trying: bool,
    pub(crate) changed: bool,
}

/// A row of [`AtDoor`].
type Lately = (Option<i64>, Option<i64>, bool);

/// What a link did at one door, for asking what would happen.
pub(crate) fn at_door(c: &mut AnyConnection, link: &str, door: &str) -> Result<AtDoor> {
    let found: Option<Lately> = link_door_states::table
        .find((link, door))
        .select((link_door_states::last_granted_at, link_door_states::free_until, link_door_states::trying))
        .first(c)
        .optional()?;
    Ok(found.map(AtDoor::from).unwrap_or_default())
}

/// The same of many links at many doors.
pub(crate) fn at_doors(c: &mut AnyConnection, links: &[&str], doors: &[&str]) -> Result<HashMap<Pair, AtDoor>> {
    let rows: Vec<(String, String, Lately)> = link_door_states::table
        .filter(link_door_states::link_id.eq_any(links))
        .filter(link_door_states::door_id.eq_any(doors))
        .select((
            link_door_states::link_id,
            link_door_states::door_id,
            (link_door_states::last_granted_at, link_door_states::free_until, link_door_states::trying),
        ))
        .load(c)?;
    Ok(rows.into_iter().map(|(link, door, lately)| ((link, door), lately.into())).collect())
}

impl From<Lately> for AtDoor {
    fn from((last_granted_at, free_until, trying): Lately) -> Self {
        Self { last_granted_at, free_until, trying, changed: false }
    }
}

impl AtDoor {
    /// Until when a try is free that is not being used.
    pub(crate) fn free_until(&self) -> Option<Millis> {
        self.free_until.filter(|_| !self.trying)
    }

    /// A free try that opened nothing is there again, until the same moment as before.
    pub(crate) fn come_back(&mut self) {
        self.changed |= std::mem::take(&mut self.trying);
    }
}

/// A door with what its place adds.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) row: DoorRow,
    zone: String,
    place_locked_down: bool,
}

/// What is known about links and doors at a moment, before anybody decides.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) doors: HashMap<String, Door>,
    direct: HashSet<Pair>,
    groups: HashMap<Pair, Vec<Option<String>>>,
    windows: HashMap<String, Arc<Schedule>>,
    /// Links whose web page opens nothing.
    code_only: HashSet<String>,
    schedules: HashMap<String, Arc<Schedule>>,
}

impl Facts {
    /// Loads everything that deciding about these links and doors around `at` takes.
    pub(crate) fn load(c: &mut AnyConnection, links: &[&str], door_ids: &[&str], at: Millis) -> Result<Self> {
        Self::load_ahead(c, links, door_ids, at, 0)
    }

    /// The same for so many days ahead.
    pub(crate) fn load_ahead(
        c: &mut AnyConnection,
        links: &[&str],
        door_ids: &[&str],
        at: Millis,
        days: i32,
    ) -> Result<Self> {
        let mut facts = Self::default();
        if door_ids.is_empty() {
            return Ok(facts);
        }
        let rows: Vec<(DoorRow, String, Option<i64>)> = doors::table
            .inner_join(places::table)
            .filter(doors::id.eq_any(door_ids))
            .filter(doors::removed_at.is_null())
            .select((DoorRow::as_select(), places::time_zone, places::locked_down_at))
            .load(c)?;
        for (row, zone, down) in rows {
            facts.doors.insert(row.id.clone(), Door { row, zone, place_locked_down: down.is_some() });
        }
        if !links.is_empty() {
            facts.ways(c, links, door_ids)?;
        }
        let of_doors = facts.doors.values().filter_map(|door| door.row.schedule_id.clone());
        let of_groups = facts.groups.values().flatten().filter_map(Clone::clone);
        let wanted: HashSet<String> = of_doors.chain(of_groups).collect();
        if !wanted.is_empty() {
            // Local dates are within a day of UTC's; a window may have begun the day before.
            let today = when::wall(at, "UTC").day;
            facts.schedules = schedule::load(c, wanted, today - 2..=today + 2 + days)?;
        }
        Ok(facts)
    }

    fn ways(&mut self, c: &mut AnyConnection, links: &[&str], door_ids: &[&str]) -> Result<()> {
        self.direct = link_doors::table
            .filter(link_doors::link_id.eq_any(links))
            .filter(link_doors::door_id.eq_any(door_ids))
            .select((link_doors::link_id, link_doors::door_id))
            .load(c)?
            .into_iter()
            .collect();
        let through: Vec<(String, String, Option<String>)> = link_groups::table
            .inner_join(groups::table)
            .filter(link_groups::link_id.eq_any(links))
            .filter(groups::removed_at.is_null())
            .select((link_groups::link_id, groups::id, groups::schedule_id))
            .load(c)?;
        if !through.is_empty() {
            let ids: Vec<&str> = through.iter().map(|(_, group, _)| group.as_str()).collect();
            let members: Vec<(String, String)> = group_doors::table
                .filter(group_doors::group_id.eq_any(ids))
                .filter(group_doors::door_id.eq_any(door_ids))
                .select((group_doors::group_id, group_doors::door_id))
                .load(c)?;
            for (link, group, hours) in &through {
                for (_, door) in members.iter().filter(|(of, _)| of == group) {
                    self.groups.entry((link.clone(), door.clone())).or_default().push(hours.clone());
                }
            }
        }
        let rows: Vec<(String, i64, i64, i64)> =
            link_windows::table.filter(link_windows::link_id.eq_any(links)).load(c)?;
        let mut weekly: HashMap<String, Vec<Window>> = HashMap::new();
        for (link, weekday, from, until) in rows {
            weekly.entry(link).or_default().push(schedule::window(weekday, from, until)?);
        }
        self.code_only = link_codes::table
            .filter(link_codes::link_id.eq_any(links))
            .filter(link_codes::web.eq(false))
            .select(link_codes::link_id)
            .load(c)?
            .into_iter()
            .collect();
        let own = |(link, weekly)| (link, Arc::new(Schedule { weekly, ..Schedule::default() }));
        self.windows = weekly.into_iter().map(own).collect();
        Ok(())
    }

    /// What is known about a door.
    pub(crate) fn door(&self, id: &str, reachable: bool, at: Millis) -> Option<DoorFacts> {
        let door = self.doors.get(id)?;
        Some(DoorFacts {
            accepts_digital: door.row.accepts_digital,
            locked_down: door.row.locked_down_at.is_some(),
            place_locked_down: door.place_locked_down,
            reachable,
            schedule: door.row.schedule_id.as_deref().map(|id| self.hours(id)),
            wall: when::wall(at, &door.zone),
        })
    }

    /// What is known about a link that asks for a door.
    pub(crate) fn link(&self, at: &Pair, validity: Validity, cooldown_ms: i64, state: AtDoor) -> LinkFacts {
        let groups = self.groups.get(at).map(Vec::as_slice).unwrap_or_default();
        LinkFacts {
            validity,
            web: !self.code_only.contains(&at.0),
            direct: self.direct.contains(at),
            groups: groups.iter().map(|hours| hours.as_deref().map(|id| self.hours(id))).collect(),
            windows: self.windows.get(&at.0).cloned(),
            cooldown_ms,
            last_granted_at: state.last_granted_at,
            free_until: state.free_until(),
        }
    }

    /// The first moment from `at` on at which no hours keep this link from this door, within so many days; none when
    /// there is none. `at` itself when they do not now.
    pub(crate) fn next_open(&self, at_door: &Pair, at: Millis, days: i32) -> Option<Millis> {
        let zone = &self.doors.get(&at_door.1)?.zone;
        let door = self.door(&at_door.1, true, at)?;
        let validity =
            Validity { valid_from: 0, valid_until: None, paused_at: None, revoked_at: None, uses: 0, max_uses: None };
        let link = self.link(at_door, validity, 0, AtDoor::default());
        let sets = binding(Asker::Link(&link), &door);
        if sets.is_empty() {
            return Some(at);
        }
        when::next(at, zone, days, |wall| together::next_open(&sets, wall, days))
    }

    /// A schedule that is named but not there opens nothing.
    fn hours(&self, id: &str) -> Arc<Schedule> {
        self.schedules.get(id).cloned().unwrap_or_default()
    }
}
