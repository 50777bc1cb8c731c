//! What a batch of admissions needs to be decided, in a few queries for all of them, and what deciding changed.

use super::journal::Entries;
use super::outcome::Reported;
use super::scan::Scan;
use super::{Admission, Credential, Reachable, Tx};
use crate::error::Result;
use crate::store::code::{self, Found, Shown};
use crate::store::connection::AnyConnection;
use crate::store::facts::{self, AtDoor, Facts, Pair};
use crate::store::schema::{commands, events, links};
use crate::store::terminal::scans::Scans;
use diesel::prelude::*;
use domain::Millis;
use domain::event::Person;
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

// What is absent is written as NULL, so that the statement stays the same and prepared.
#[derive(Insertable, Debug)]
#[diesel(table_name = commands, treat_none_as_default_value = false)]
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

/// An event of a scan, as far as a journal that tells its end must know it.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) granted: bool,
    pub(super) credential: Option<String>,
    pub(super) occurred_at: Millis,
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
    links: HashSet<&'a str>,
    /// The doors of taps and scans …
    doors: HashSet<&'a str>,
    /// … and with those of outcomes and journals.
    all_doors: HashSet<&'a str>,
    requests: HashSet<&'a str>,
    credentials: HashSet<&'a str>,
    shown: Vec<&'a Shown>,
    scans: Vec<(&'a str, i64, &'a str)>,
}

impl<'a> Named<'a> {
    fn by(admissions: &'a [Admission]) -> Self {
        let mut named = Self::default();
        for admission in admissions {
            match admission {
                Admission::Tap(tap) => {
                    if let Credential::Link { id, .. } = &tap.credential {
                        named.links.insert(id);
                    }
                    named.doors.insert(&tap.door);
                    named.requests.insert(&tap.request);
                    named.credentials.insert(tap.credential.id());
                }
                Admission::Scan(scan) => named.scan(scan),
                Admission::Journal(entries) => named.journal(entries),
                Admission::Outcome(outcome) => {
                    if outcome.credential.starts_with("link_") {
                        named.links.insert(&outcome.credential);
                        named.all_doors.insert(&outcome.door);
                    }
                }
            }
        }
        named.all_doors.extend(&named.doors);
        named
    }

    fn scan(&mut self, scan: &'a Scan) {
        self.doors.insert(&scan.door);
        self.scans.push((&scan.terminal, scan.sequence, &scan.scan));
        self.shown.extend(scan.code.as_ref());
    }

    fn journal(&mut self, entries: &'a Entries) {
        self.all_doors.insert(&entries.door);
        for entry in &entries.entries {
            self.scans.push((&entries.terminal, entry.sequence, &entry.scan));
            self.shown.extend(entry.shown.as_ref());
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
        let of_codes = code::links_of(connection, named.shown.iter().copied())?;
        let mut link_ids = named.links;
        link_ids.extend(of_codes.iter().map(String::as_str));
        let asking: Vec<&str> = link_ids.iter().copied().collect();
        let of_told = batch.told.values().filter_map(|told| told.credential.as_deref());
        link_ids.extend(of_told.filter(|credential| credential.starts_with("link_")));
        if !link_ids.is_empty() {
            let query = links::table.filter(links::id.eq_any(list(&link_ids))).order(links::id);
            let rows: Vec<LinkRow> = match connection {
                AnyConnection::Sqlite(c) => query.select(LinkRow::as_select()).load(c)?,
                AnyConnection::Postgres(c) => query.select(LinkRow::as_select()).for_update().load(c)?,
            };
            batch.links = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
            batch.states = facts::at_doors(connection, &list(&link_ids), &list(&named.all_doors))?;
        }
        batch.codes = Found::load(connection, named.shown.iter().copied())?;
        if !named.doors.is_empty() {
            batch.facts = Facts::load(connection, &asking, &list(&named.doors), tx.now)?;
            let doors = batch.facts.doors.iter();
            batch.reachable = doors.map(|(id, door)| (id.clone(), reachable(&door.row))).collect();
        }
        if !named.requests.is_empty() {
            let rows: Vec<(Option<String>, Option<String>, String)> = events::table
                .filter(events::credential.eq_any(list(&named.credentials)))
                .filter(events::request.eq_any(list(&named.requests)))
                .select((events::credential, events::request, events::id))
                .load(connection)?;
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
    let rows: Vec<(String, String, Option<String>, i64)> = events::table
        .filter(events::id.eq_any(ids))
        .select((events::id, events::outcome, events::credential, events::occurred_at))
        .load(c)?;
    let told = |(id, outcome, credential, occurred_at): (String, String, Option<String>, i64)| {
        (id, Told { granted: outcome == "granted", credential, occurred_at })
    };
    Ok(rows.into_iter().map(told).collect())
}

fn list<'a>(ids: &HashSet<&'a str>) -> Vec<&'a str> {
    ids.iter().copied().collect()
}
