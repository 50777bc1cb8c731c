//! The facts that decisions need, of any number of links and doors in a few queries: for taps by the batch, and for
//! asking what would happen.

use super::connection::{AnyConnection, each};
use super::door::DoorRow;
use super::prepared::{among, pairs};
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

/// The same of many links, each at a door.
pub(crate) fn at_doors(c: &mut AnyConnection, at: &[(&str, &str)]) -> Result<HashMap<Pair, AtDoor>> {
    let rows: Vec<(String, String, Lately)> = each!(c => link_door_states::table
        .filter(pairs((link_door_states::link_id, link_door_states::door_id), at))
        .select((
            link_door_states::link_id,
            link_door_states::door_id,
            (link_door_states::last_granted_at, link_door_states::free_until, link_door_states::trying),
        ))
        .load(c))?;
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

/// Which links ask for which doors.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked<'a> {
    /// Every door, asked for by a link or not.
    pub(crate) doors: Vec<&'a str>,
    /// Every link.
    pub(crate) links: Vec<&'a str>,
    /// Each link with each door that it asks for.
    pub(crate) pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> Asked<'a> {
    /// Each of some links asks for each of some doors.
    pub(crate) fn each(links: &[&'a str], doors: &[&'a str]) -> Self {
        let pairs = links.iter().flat_map(|link| doors.iter().map(|door| (*link, *door))).collect();
        Self { doors: doors.to_vec(), links: links.to_vec(), pairs }
    }
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
    pub(crate) fn load(c: &mut AnyConnection, asked: &Asked<'_>, at: Millis) -> Result<Self> {
        Self::load_ahead(c, asked, at, 0)
    }

    /// The same for so many days ahead.
    pub(crate) fn load_ahead(c: &mut AnyConnection, asked: &Asked<'_>, at: Millis, days: i32) -> Result<Self> {
        let mut facts = Self::default();
        if asked.doors.is_empty() {
            return Ok(facts);
        }
        let rows: Vec<(DoorRow, String, Option<i64>)> = each!(c => doors::table
            .inner_join(places::table)
            .filter(among(doors::id, &asked.doors))
            .filter(doors::removed_at.is_null())
            .select((DoorRow::as_select(), places::time_zone, places::locked_down_at))
            .load(c))?;
        for (row, zone, down) in rows {
            facts.doors.insert(row.id.clone(), Door { row, zone, place_locked_down: down.is_some() });
        }
        if !asked.pairs.is_empty() {
            facts.ways(c, asked)?;
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

    fn ways(&mut self, c: &mut AnyConnection, asked: &Asked<'_>) -> Result<()> {
        let direct: Vec<Pair> = each!(c => link_doors::table
            .filter(pairs((link_doors::link_id, link_doors::door_id), &asked.pairs))
            .select((link_doors::link_id, link_doors::door_id))
            .load(c))?;
        self.direct = direct.into_iter().collect();
        let through: Vec<(String, String, Option<String>)> = each!(c => link_groups::table
            .inner_join(groups::table)
            .filter(among(link_groups::link_id, &asked.links))
            .filter(groups::removed_at.is_null())
            .select((link_groups::link_id, groups::id, groups::schedule_id))
            .load(c))?;
        if !through.is_empty() {
            self.through_groups(c, asked, &through)?;
        }
        let rows: Vec<(String, i64, i64, i64)> =
            each!(c => link_windows::table.filter(among(link_windows::link_id, &asked.links)).load(c))?;
        let mut weekly: HashMap<String, Vec<Window>> = HashMap::new();
        for (link, weekday, from, until) in rows {
            weekly.entry(link).or_default().push(schedule::window(weekday, from, until)?);
        }
        let code_only: Vec<String> = each!(c => link_codes::table
            .filter(among(link_codes::link_id, &asked.links))
            .filter(link_codes::web.eq(false))
            .select(link_codes::link_id)
            .load(c))?;
        self.code_only = code_only.into_iter().collect();
        let own = |(link, weekly)| (link, Arc::new(Schedule { weekly, ..Schedule::default() }));
        self.windows = weekly.into_iter().map(own).collect();
        Ok(())
    }

    fn through_groups(
        &mut self,
        c: &mut AnyConnection,
        asked: &Asked<'_>,
        through: &[(String, String, Option<String>)],
    ) -> Result<()> {
        let mut of_link: HashMap<&str, Vec<(&str, &Option<String>)>> = HashMap::new();
        for (link, group, hours) in through {
            of_link.entry(link).or_default().push((group, hours));
        }
        let ways = || {
            let groups = |link: &str| of_link.get(link).into_iter().flatten();
            asked.pairs.iter().flat_map(move |pair| groups(pair.0).map(move |(group, hours)| (pair, *group, *hours)))
        };
        let wanted: HashSet<(&str, &str)> = ways().map(|(pair, group, _)| (group, pair.1)).collect();
        let wanted: Vec<(&str, &str)> = wanted.into_iter().collect();
        let members: Vec<(String, String)> = each!(c => group_doors::table
            .filter(pairs((group_doors::group_id, group_doors::door_id), &wanted))
            .select((group_doors::group_id, group_doors::door_id))
            .load(c))?;
        let members: HashSet<(&str, &str)> =
            members.iter().map(|(group, door)| (group.as_str(), door.as_str())).collect();
        for ((link, door), group, hours) in ways() {
            if members.contains(&(group, *door)) {
                self.groups.entry(((*link).to_owned(), (*door).to_owned())).or_default().push(hours.clone());
            }
        }
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

    /// The first moment from `at` on at which no hours keep this link, which is good until then, from this door, within so
    /// many days; none when there is none. `at` itself when they do not now.
    pub(crate) fn next_open(&self, at_door: &Pair, at: Millis, until: Option<Millis>, days: i32) -> Option<Millis> {
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
            .filter(|next| until.is_none_or(|until| *next < until))
    }

    /// A schedule that is named but not there opens nothing.
    fn hours(&self, id: &str) -> Arc<Schedule> {
        self.schedules.get(id).cloned().unwrap_or_default()
    }
}
