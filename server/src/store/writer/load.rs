//! What a batch of admissions needs to be decided, in a few queries for all of them, and what deciding changed.

use super::outcome::Reported;
use super::{Admission, Reachable, Tx};
use crate::error::Result;
use crate::store::code::{self, Found, Shown};
use crate::store::connection::{AnyConnection, each};
use crate::store::facts::{self, Asked, AtDoor, Facts, Pair};
use crate::store::prepared::{among, pairs};
use crate::store::rows::row;
use crate::store::schema::{events, links};
use crate::store::terminal::scans::Scans;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use domain::Millis;
use domain::event::Person;
use domain::id::Kind;
use domain::link::Validity;
use std::collections::{BTreeMap, HashMap, HashSet};

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = links)]
pub(super) struct LinkRow {
    pub(super) id: String,
    pub(super) organization_id: String,
    name: String,
    email: String,
    valid_from: i64,
    valid_until: Option<i64>,
    pub(super) max_uses: Option<i64>,
    pub(super) uses: i64,
    pub(super) cooldown_ms: i64,
    paused_at: Option<i64>,
    revoked_at: Option<i64>,
    pub(super) secret_version: i64,
    pub(super) arrived_at: Option<i64>,
    pub(super) last_used_at: Option<i64>,
}

impl LinkRow {
    pub(super) fn validity(&self) -> Validity {
        Validity {
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            paused_at: self.paused_at,
            revoked_at: self.revoked_at,
            uses: self.uses,
            max_uses: self.max_uses,
        }
    }

    /// Adds whose link it is to what an event says beside the chain.
    pub(super) fn name(&self, person: &mut Person) {
        person.facts.insert("name".into(), self.name.clone());
        if !self.email.is_empty() {
            person.facts.insert("email".into(), self.email.clone());
        }
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.max_uses.is_some_and(|max| self.uses >= max)
    }
}

#[derive(Debug)]
pub(super) struct CommandRow {
    pub(super) event_id: String,
    pub(super) organization_id: String,
    pub(super) door_id: String,
    pub(super) credential: String,
    pub(super) took_use: bool,
    pub(super) deadline_at: i64,
    /// The terminal that opens by a scan of its own, which nobody else is to claim.
    pub(super) claimed_by: Option<String>,
    pub(super) claimed_at: Option<i64>,
}

row!(CommandRow into "commands": event_id Text, organization_id Text, door_id Text, credential Text, took_use Bool,
    deadline_at BigInt, claimed_by Nullable<Text>, claimed_at Nullable<BigInt>);

/// An event of a scan, as far as a journal that tells its end must know it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) granted: bool,
    pub(super) credential: Option<String>,
    /// Where it was decided, wherever the terminal stands by now.
    pub(super) door: String,
    pub(super) occurred_at: Millis,
    /// Whether it is known how it ended; *interrupted* is not knowing.
    pub(super) ended: bool,
}

/// The facts of a batch, and what deciding changed.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) links: HashMap<String, LinkRow>,
    pub(super) counted: HashSet<String>,
    pub(super) facts: Facts,
    pub(super) states: HashMap<Pair, AtDoor>,
    pub(super) answered: HashMap<Pair, String>,
    pub(super) reachable: HashMap<String, bool>,
    pub(super) commands: Vec<CommandRow>,
    pub(super) codes: Found,
    /// Rotating codes that opened, each with its step.
    pub(super) spent: BTreeMap<String, i64>,
    pub(super) scans: Scans,
    pub(super) told: HashMap<String, Told>,
    /// What journals say about openings, besides the admissions that do.
    pub(super) reported: Vec<Reported>,
}

/// What admissions name.
#[derive(Default)]
struct Named<'a> {
    /// The doors of taps and scans.
    doors: HashSet<&'a str>,
    /// Links with the doors that they are about.
    at: HashSet<(&'a str, &'a str)>,
    requests: HashSet<(&'a str, &'a str)>,
    /// Codes with the doors that they are about.
    shown: Vec<(&'a Shown, &'a str)>,
    scans: Vec<(&'a str, i64, &'a str)>,
}

impl<'a> Named<'a> {
    fn by(admissions: &'a [Admission]) -> Self {
        let mut named = Self::default();
        for admission in admissions {
            match admission {
                Admission::Tap(tap) => {
                    named.doors.insert(&tap.door);
                    named.requests.insert((&tap.request, tap.credential.id()));
                    named.link(tap.credential.id(), &tap.door);
                }
                Admission::Scan(scan) => {
                    named.doors.insert(&scan.door);
                    named.scans.push((&scan.terminal, scan.sequence, &scan.scan));
                    named.shown.extend(scan.code.as_ref().ok().map(|shown| (shown, scan.door.as_str())));
                }
                Admission::Journal(told) => {
                    for entry in &told.entries {
                        named.scans.push((&told.terminal, entry.sequence, &entry.scan));
                        named.shown.extend(entry.shown.as_ref().map(|shown| (shown, told.door.as_str())));
                    }
                }
                Admission::Outcome(outcome) => named.link(&outcome.credential, &outcome.door),
            }
        }
        named
    }

    fn link(&mut self, credential: &'a str, door: &'a str) {
        if Kind::Link.owns(credential) {
            self.at.insert((credential, door));
        }
    }
}

impl Batch {
    /// Loads what the admissions need. Link rows are locked in the order of their ids, and nothing that a change of a
    /// link writes is read before.
    pub(super) fn load(tx: &mut Tx<'_>, admissions: &[Admission], reachable: &Reachable) -> Result<Self> {
        let mut batch = Self::default();
        let named = Named::by(admissions);
        let connection = &mut *tx.connection;
        if !named.scans.is_empty() {
            batch.scans = Scans::load(connection, &named.scans)?;
            batch.told = told(connection, &batch.scans.unreported())?;
        }
        let shown = || named.shown.iter().map(|(shown, _)| *shown);
        let of_codes = code::links_of(connection, shown())?;
        let of_told = batch.told.values().filter_map(|told| Some((told.credential.as_deref()?, told.door.as_str())));
        let mut at: HashSet<(&str, &str)> = named.at.iter().copied().collect();
        at.extend(named.shown.iter().filter_map(|(shown, door)| Some((of_codes.get(&shown.lookup)?.as_str(), *door))));
        at.extend(of_told.filter(|(credential, _)| Kind::Link.owns(credential)));
        let links: HashSet<&str> = at.iter().map(|(link, _)| *link).collect();
        let asked = Asked { doors: list(&named.doors), links: list(&links), pairs: list(&at) };
        if !asked.links.is_empty() {
            let query = links::table.filter(among(links::id, &asked.links)).order(links::id);
            let rows: Vec<LinkRow> = match connection {
                AnyConnection::Sqlite(c) => query.select(LinkRow::as_select()).load(c)?,
                AnyConnection::Postgres(c) => query.select(LinkRow::as_select()).for_update().load(c)?,
            };
            batch.links = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
            batch.states = facts::at_doors(connection, &asked.pairs)?;
        }
        batch.codes = Found::load(connection, shown())?;
        if !named.doors.is_empty() {
            batch.facts = Facts::load(connection, &asked, tx.now)?;
            let doors = batch.facts.doors.iter();
            batch.reachable = doors.map(|(id, door)| (id.clone(), reachable(&door.row))).collect();
        }
        if !named.requests.is_empty() {
            let rows: Vec<(Option<String>, Option<String>, String)> = each!(connection => events::table
                .filter(pairs((events::request, events::credential), &list(&named.requests)))
                .filter(events::request.is_not_null())
                .select((events::credential, events::request, events::id))
                .load(connection))?;
            batch.answered =
                rows.into_iter().filter_map(|(credential, request, id)| Some(((credential?, request?), id))).collect();
        }
        Ok(batch)
    }
}

/// The events of scans whose end nobody told yet.
fn told(c: &mut AnyConnection, ids: &[&str]) -> Result<HashMap<String, Told>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, String, Option<String>, String, i64)> = each!(c => events::table
        .filter(among(events::id, ids))
        .select((events::id, events::outcome, events::credential, events::object, events::occurred_at))
        .load(c))?;
    let ends: Vec<Option<String>> = each!(c => events::table
        .filter(among(events::cause, ids))
        .filter(among(events::action, &["door.confirmed", "door.sent", "door.failed", "door.timed_out"]))
        .select(events::cause)
        .load(c))?;
    let ends: HashSet<String> = ends.into_iter().flatten().collect();
    let told = |(id, outcome, credential, door, occurred_at): (String, String, Option<String>, String, i64)| {
        let ended = ends.contains(&id);
        (id, Told { granted: outcome == "granted", credential, door, occurred_at, ended })
    };
    Ok(rows.into_iter().map(told).collect())
}

fn list<T: Copy>(set: &HashSet<T>) -> Vec<T> {
    set.iter().copied().collect()
}
