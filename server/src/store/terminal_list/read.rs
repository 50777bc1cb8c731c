//! Reads the list of a door as it is now, any number of codes in a few queries.

use super::LONGEST_MS;
use super::pauses::{self, Pause};
use crate::error::Result;
use crate::store::connection::{AnyConnection, each};
use crate::store::schedule;
use crate::store::schema::{
    audit_heads, codes, doors, group_doors, groups, link_codes, link_doors, link_groups, link_windows, links, places,
};
use app::text::when;
use diesel::prelude::*;
use domain::Millis;
use domain::qr::{Kind, audience};
use domain::schedule::Schedule;
use domain::terminal::{Blocked, Door, Entry, Key, List};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Hours are written down from the day's beginning in UTC for so long, milliseconds: whenever a list is made they reach
/// beyond its end, and two lists of one day are the same.
const AHEAD_MS: i64 = 3 * DAY_MS;
const DAY_MS: i64 = 86_400_000;

/// What a code's link says about it.
type OfLink = (String, String, i64, Option<i64>, Option<i64>, i64);

/// Reads the list of a door as it is now, with the last event that it knows of.
///
/// # Errors
/// `NotFound`, or those of the database.
pub(crate) fn read(
    c: &mut AnyConnection,
    organization: &str,
    door: &str,
    keys: Vec<Key>,
    now: Millis,
) -> Result<(List, i64)> {
    // First, so that what changes from here on is known to be missing.
    let revision = audit_heads::table.find(organization).select(audit_heads::sequence).first(c)?;
    let place = Place::read(c, organization, door)?;
    let mut hours = HoursOf::default();
    let groups: Vec<(String, i64, Option<String>)> = group_doors::table
        .inner_join(groups::table)
        .filter(group_doors::door_id.eq(door))
        .filter(groups::organization_id.eq(organization))
        .filter(groups::removed_at.is_null())
        .select((groups::id, groups::scope, groups::schedule_id))
        .load(c)?;
    hours.schedules.extend(groups.iter().filter_map(|(.., schedule)| schedule.clone()));
    hours.schedules.extend(place.door.hours.clone());
    let scopes: HashMap<&str, u32> = groups.iter().map(|(id, scope, _)| (id.as_str(), number(*scope))).collect();
    let mut codes = direct(c, organization, door, place.door.scope, now)?;
    through(c, organization, door, &scopes, now, &mut codes)?;
    let mut blocked = blocked(c, organization, now)?;
    for Pause { lookup, offline, until } in pauses::running(c, organization, door, now)? {
        if let Some((_, entry)) = codes.get_mut(&lookup) {
            entry.from = entry.from.max(until);
        } else if offline {
            // Nothing can be said about a moment: its one opening by this list is taken.
            blocked.entry(lookup).or_default().insert(Blocked::UsedUp);
        }
    }
    let windows = own_hours(c, organization)?;
    let codes = codes.into_iter().map(|(name, (link, mut entry))| {
        entry.scopes.sort_unstable();
        entry.hours = windows.get(&link).map(|own| hours.own(own));
        (name, entry)
    });
    let mut list = List {
        audience: domain::chain::hex(&audience(organization)),
        door: place.door,
        keys,
        codes: codes.collect(),
        blocked,
        ..List::default()
    };
    list.door.groups = groups.into_iter().map(|(_, scope, schedule)| (number(scope), schedule)).collect();
    list.hours = hours.expand(c, &place.zone, now)?;
    Ok((list, revision))
}

struct Place {
    door: Door,
    zone: String,
}

impl Place {
    fn read(c: &mut AnyConnection, organization: &str, id: &str) -> Result<Self> {
        type Row = (i64, Option<String>, bool, Option<i64>, Option<i64>, i64, i64, (String, Option<i64>));
        let (scope, hours, accepts_digital, down, removed, unlock_ms, max_age_ms, (zone, place_down)): Row =
            doors::table
                .inner_join(places::table)
                .filter(doors::id.eq(id))
                .filter(doors::organization_id.eq(organization))
                .select((
                    doors::scope,
                    doors::schedule_id,
                    doors::accepts_digital,
                    doors::locked_down_at,
                    doors::removed_at,
                    doors::unlock_ms,
                    doors::list_max_age_ms,
                    (places::time_zone, places::locked_down_at),
                ))
                .first(c)?;
        let door = Door {
            id: id.to_owned(),
            scope: number(scope),
            groups: BTreeMap::new(),
            hours,
            accepts_digital,
            // A door that is gone opens nothing more.
            locked_down: down.is_some() || removed.is_some(),
            place_locked_down: place_down.is_some(),
            unlock_ms,
            max_age_ms: max_age_ms.clamp(0, LONGEST_MS),
        };
        Ok(Self { door, zone })
    }
}

/// A scope as codes have it; one that does not fit names nothing.
fn number(scope: i64) -> u32 {
    u32::try_from(scope).unwrap_or(0)
}

/// Online codes that their links let open off line: of links that may open at all, or will.
macro_rules! listed {
    ($organization:ident, $now:ident) => {
        codes::table
            .inner_join(links::table)
            .inner_join(link_codes::table.on(link_codes::link_id.eq(codes::link_id)))
            .filter(codes::organization_id.eq($organization))
            .filter(codes::kind.eq(Kind::Online.code()))
            .filter(codes::retired_at.is_null())
            .filter(link_codes::off_line.eq(true))
            .filter(links::revoked_at.is_null())
            .filter(links::paused_at.is_null())
            .filter(links::valid_until.is_null().or(links::valid_until.gt($now)))
            .filter(links::max_uses.is_null().or(links::uses.nullable().lt(links::max_uses)))
    };
}
macro_rules! of_link {
    () => {
        (codes::lookup, codes::link_id, links::valid_from, links::valid_until, links::max_uses, links::cooldown_ms)
    };
}

/// Entries by name, each with its link.
type Entries = BTreeMap<String, (String, Entry)>;

/// Those whose links name the door themselves.
fn direct(c: &mut AnyConnection, organization: &str, door: &str, scope: u32, now: Millis) -> Result<Entries> {
    let rows: Vec<OfLink> = each!(c => listed!(organization, now)
        .inner_join(link_doors::table.on(link_doors::link_id.eq(codes::link_id)))
        .filter(link_doors::door_id.eq(door))
        .select(of_link!())
        .load(c)?);
    Ok(rows.into_iter().map(|row| entry(row, scope)).collect())
}

/// Those whose links name it by a group.
fn through(
    c: &mut AnyConnection,
    organization: &str,
    door: &str,
    scopes: &HashMap<&str, u32>,
    now: Millis,
    entries: &mut Entries,
) -> Result<()> {
    if scopes.is_empty() {
        return Ok(());
    }
    let rows: Vec<(OfLink, String)> = each!(c => listed!(organization, now)
        .inner_join(link_groups::table.on(link_groups::link_id.eq(codes::link_id)))
        .inner_join(group_doors::table.on(group_doors::group_id.eq(link_groups::group_id)))
        .filter(group_doors::door_id.eq(door))
        .select((of_link!(), link_groups::group_id))
        .load(c)?);
    for (row, group) in rows {
        if let Some(scope) = scopes.get(group.as_str()) {
            let (name, (link, new)) = entry(row, *scope);
            entries.entry(name).or_insert_with(|| (link, Entry { scopes: Vec::new(), ..new })).1.scopes.push(*scope);
        }
    }
    Ok(())
}

fn entry((lookup, link, from, until, max_uses, cooldown_ms): OfLink, scope: u32) -> (String, (String, Entry)) {
    // What only the server counts opens once a list.
    let once = max_uses.is_some() || cooldown_ms > 0;
    (lookup, (link, Entry { from, until, scopes: vec![scope], hours: None, once }))
}

/// The hours of their own that links have whose codes may open off line.
fn own_hours(c: &mut AnyConnection, organization: &str) -> Result<HashMap<String, Schedule>> {
    let rows: Vec<(String, i64, i64, i64)> = link_windows::table
        .inner_join(link_codes::table.on(link_codes::link_id.eq(link_windows::link_id)))
        .filter(link_codes::organization_id.eq(organization))
        .filter(link_codes::off_line.eq(true))
        .select((link_windows::link_id, link_windows::weekday, link_windows::from_minute, link_windows::until_minute))
        .load(c)?;
    let mut own: HashMap<String, Schedule> = HashMap::new();
    for (link, weekday, from, until) in rows {
        own.entry(link).or_default().weekly.push(schedule::window(weekday, from, until)?);
    }
    Ok(own)
}

/// Offline codes that are good in themselves, with what speaks against them.
fn blocked(c: &mut AnyConnection, organization: &str, now: Millis) -> Result<BTreeMap<String, BTreeSet<Blocked>>> {
    type Row = (String, Option<i64>, Option<i64>, Option<i64>, i64, Option<i64>);
    let rows: Vec<Row> = codes::table
        .inner_join(links::table)
        .filter(codes::organization_id.eq(organization))
        .filter(codes::not_after.gt(now))
        .filter(codes::kind.eq(Kind::Offline.code()))
        .filter(
            codes::retired_at
                .is_not_null()
                .or(links::revoked_at.is_not_null())
                .or(links::paused_at.is_not_null())
                .or(links::uses.nullable().ge(links::max_uses)),
        )
        .select((codes::lookup, codes::retired_at, links::revoked_at, links::paused_at, links::uses, links::max_uses))
        .load(c)?;
    let why = |(lookup, retired, revoked, paused, uses, max): Row| {
        let all = [
            (revoked.is_some(), Blocked::Revoked),
            (retired.is_some(), Blocked::Retired),
            (paused.is_some(), Blocked::Paused),
            (max.is_some_and(|max| uses >= max), Blocked::UsedUp),
        ];
        (lookup, all.into_iter().filter_map(|(is, why)| is.then_some(why)).collect())
    };
    Ok(rows.into_iter().map(why).collect())
}

/// The hours that a list names.
#[derive(Default)]
struct HoursOf {
    schedules: HashSet<String>,
    own: BTreeMap<String, Arc<Schedule>>,
}

impl HoursOf {
    /// Links with the same hours share a name, which tells nothing about them.
    fn own(&mut self, schedule: &Schedule) -> String {
        let mut weekly = schedule.weekly.clone();
        weekly.sort_unstable();
        let mut hash = Sha256::new();
        for window in &weekly {
            hash.update([window.weekday]);
            hash.update(window.span.from.to_be_bytes());
            hash.update(window.span.until.to_be_bytes());
        }
        let name = format!("own_{}", domain::chain::hex(hash.finalize().first_chunk::<8>().unwrap_or(&[0; 8])));
        self.own.entry(name.clone()).or_insert_with(|| Arc::new(Schedule { weekly, ..Schedule::default() }));
        name
    }

    fn expand(
        mut self,
        c: &mut AnyConnection,
        zone: &str,
        now: Millis,
    ) -> Result<BTreeMap<String, domain::terminal::Hours>> {
        if !self.schedules.is_empty() {
            let today = when::wall(now, "UTC").day;
            self.own.extend(schedule::load(c, self.schedules, today - 2..=today + 5)?);
        }
        let from = now.div_euclid(DAY_MS) * DAY_MS;
        let stretches = |schedule: &Schedule| when::stretches(from, from + AHEAD_MS, zone, |day| schedule.hours(day));
        Ok(self.own.iter().map(|(name, schedule)| (name.clone(), stretches(schedule))).collect())
    }
}
