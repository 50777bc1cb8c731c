//! Every scan of every terminal once: by the terminal's own count, and by the id of the scan.

use crate::error::{Error, Result};
use crate::store::connection::{AnyConnection, each};
use crate::store::prepared::{numbered, pairs};
use crate::store::rows::{self, row};
use crate::store::schema::terminal_scans;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as Cause};
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::Millis;
use std::collections::{BTreeMap, HashMap};

/// A scan.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = terminal_scans)]
pub(crate) struct ScanRow {
    pub(crate) terminal_id: String,
    pub(crate) sequence: i64,
    pub(crate) scan: String,
    /// Its event; empty: it was refused unheard.
    pub(crate) event_id: String,
    /// When the terminal's journal told what became of it.
    pub(crate) reported_at: Option<i64>,
}

row!(ScanRow into "terminal_scans": terminal_id Text, sequence BigInt, scan Text, event_id Text,
    reported_at Nullable<BigInt>);

type Number = (String, i64);

/// The scans that a batch is about, and what it adds.
#[derive(Debug, Default)]
pub(crate) struct Scans {
    rows: BTreeMap<Number, ScanRow>,
    by_scan: HashMap<(String, String), i64>,
    added: Vec<Number>,
    reported: Vec<Number>,
}

impl Scans {
    /// Looks scans up by terminal and number, and by terminal and scan.
    pub(crate) fn load(c: &mut AnyConnection, asked: &[(&str, i64, &str)]) -> Result<Self> {
        let numbers: Vec<(&str, i64)> = asked.iter().map(|(terminal, number, _)| (*terminal, *number)).collect();
        let scans: Vec<(&str, &str)> = asked.iter().map(|(terminal, _, scan)| (*terminal, *scan)).collect();
        let mut rows: Vec<ScanRow> = each!(c => terminal_scans::table
            .filter(numbered((terminal_scans::terminal_id, terminal_scans::sequence), &numbers))
            .select(ScanRow::as_select())
            .load(c))?;
        rows.extend(each!(c => terminal_scans::table
            .filter(pairs((terminal_scans::terminal_id, terminal_scans::scan), &scans))
            .select(ScanRow::as_select())
            .load::<ScanRow>(c))?);
        let mut found = Self::default();
        for row in rows {
            found.put(row);
        }
        Ok(found)
    }

    fn put(&mut self, row: ScanRow) {
        let number = (row.terminal_id.clone(), row.sequence);
        self.by_scan.insert((row.terminal_id.clone(), row.scan.clone()), row.sequence);
        self.rows.insert(number, row);
    }

    /// The events of those whose end is not known.
    pub(crate) fn unreported(&self) -> Vec<&str> {
        let open = self.rows.values().filter(|row| row.reported_at.is_none() && !row.event_id.is_empty());
        open.map(|row| row.event_id.as_str()).collect()
    }

    /// The scan with this number.
    pub(crate) fn number(&self, terminal: &str, sequence: i64) -> Option<&ScanRow> {
        self.rows.get(&(terminal.to_owned(), sequence))
    }

    /// The scan with this id.
    pub(crate) fn scan(&self, terminal: &str, scan: &str) -> Option<&ScanRow> {
        let sequence = self.by_scan.get(&(terminal.to_owned(), scan.to_owned()))?;
        self.number(terminal, *sequence)
    }

    /// Adds a scan.
    pub(crate) fn add(&mut self, row: ScanRow) {
        self.added.push((row.terminal_id.clone(), row.sequence));
        self.put(row);
    }

    /// Notes that the terminal told what became of a scan.
    pub(crate) fn report(&mut self, terminal: &str, sequence: i64, now: Millis) {
        let number = (terminal.to_owned(), sequence);
        if let Some(row) = self.rows.get_mut(&number) {
            row.reported_at = Some(now);
            if !self.added.contains(&number) {
                self.reported.push(number);
            }
        }
    }

    /// Writes what was added and told.
    pub(crate) fn store(&self, c: &mut AnyConnection) -> Result<()> {
        let added: Vec<&ScanRow> = self.added.iter().filter_map(|number| self.rows.get(number)).collect();
        rows::insert(c, &added).map_err(|cause| match cause {
            // Another process was told of the same scan since we looked.
            Cause::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Error::Collision(info.message().to_owned())
            }
            other => other.into(),
        })?;
        let mut of_terminal: BTreeMap<&str, (Vec<i64>, Option<i64>)> = BTreeMap::new();
        for number in &self.reported {
            let entry = of_terminal.entry(&number.0).or_default();
            entry.0.push(number.1);
            entry.1 = self.rows.get(number).and_then(|row| row.reported_at);
        }
        for (terminal, (numbers, at)) in of_terminal {
            let told = terminal_scans::table
                .filter(terminal_scans::terminal_id.eq(terminal))
                .filter(terminal_scans::sequence.eq_any(numbers));
            diesel::update(told).set(terminal_scans::reported_at.eq(at)).execute(c)?;
        }
        Ok(())
    }
}

/// How many numbers are looked at in one step.
const STEP: i64 = 5_000;

/// The last of a terminal's numbers, from one that is known to be so, up to which all are stored and told.
///
/// # Errors
/// Those of the database.
pub fn complete(c: &mut AnyConnection, terminal: &str, known: i64) -> Result<i64> {
    let mut upto = known;
    loop {
        let told: Vec<i64> = terminal_scans::table
            .filter(terminal_scans::terminal_id.eq(terminal))
            .filter(terminal_scans::sequence.gt(upto))
            .filter(terminal_scans::sequence.le(upto + STEP))
            .filter(terminal_scans::reported_at.is_not_null())
            .order(terminal_scans::sequence)
            .select(terminal_scans::sequence)
            .load(c)?;
        let before = upto;
        for number in told {
            if number != upto + 1 {
                return Ok(upto);
            }
            upto = number;
        }
        if upto - before < STEP {
            return Ok(upto);
        }
    }
}
