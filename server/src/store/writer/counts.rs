//! Writes what deciding a batch changed: counters, what links did at doors, openings under way. One statement for all
//! of a kind.

use super::load::{Batch, LinkRow};
use crate::error::{Error, Result};
use crate::store::connection::AnyConnection;
use crate::store::rows;
use crate::store::statement::Statement;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};

/// What becomes of a row that stands already.
macro_rules! instead {
    () => {
        "ON CONFLICT (link_id, door_id) DO UPDATE SET last_granted_at = excluded.last_granted_at, \
         free_until = excluded.free_until, trying = excluded.trying"
    };
}

impl Batch {
    /// Writes the counters that changed; the rows are locked since `load`.
    pub(super) fn store_counts(&self, connection: &mut AnyConnection) -> Result<()> {
        let mut counted: Vec<&LinkRow> = self.counted.iter().filter_map(|id| self.links.get(id)).collect();
        if counted.is_empty() {
            return Ok(());
        }
        counted.sort_by(|a, b| a.id.cmp(&b.id));
        match connection {
            AnyConnection::Sqlite(c) => {
                let rows = json(
                    counted.iter().map(|link| (&link.id, link.uses, link.last_used_at, link.arrived_at)).collect(),
                )?;
                Statement::new(
                    "UPDATE OR FAIL links SET uses = d.value ->> 1, last_used_at = d.value ->> 2, \
                     arrived_at = d.value ->> 3 FROM json_each(",
                    ") AS d WHERE links.id = d.value ->> 0",
                )
                .with::<Text, _>(rows)
                .execute(c)?
            }
            AnyConnection::Postgres(c) => Statement::new(
                "UPDATE links SET uses = d.uses, last_used_at = d.last_used_at, arrived_at = d.arrived_at FROM unnest(",
                ") AS d (id, uses, last_used_at, arrived_at) WHERE links.id = d.id",
            )
            .with::<Array<Text>, _>(counted.iter().map(|link| link.id.as_str()).collect::<Vec<_>>())
            .with::<Array<BigInt>, _>(counted.iter().map(|link| link.uses).collect::<Vec<_>>())
            .with::<Array<Nullable<BigInt>>, _>(counted.iter().map(|link| link.last_used_at).collect::<Vec<_>>())
            .with::<Array<Nullable<BigInt>>, _>(counted.iter().map(|link| link.arrived_at).collect::<Vec<_>>())
            .execute(c)?,
        };
        Ok(())
    }

    /// Writes what links did at doors, where that changed.
    pub(super) fn store_states(&self, connection: &mut AnyConnection) -> Result<()> {
        let mut changed: Vec<_> = self.states.iter().filter(|(_, state)| state.changed).collect();
        if changed.is_empty() {
            return Ok(());
        }
        changed.sort_by_key(|(key, _)| *key);
        match connection {
            AnyConnection::Sqlite(c) => {
                let row = |((link, door), state): &(&(String, String), &crate::store::facts::AtDoor)| {
                    (link.clone(), door.clone(), state.last_granted_at, state.free_until, state.trying)
                };
                let rows = json(changed.iter().map(row).collect())?;
                // `WHERE true`, or SQLite would take `ON` for that of a join.
                Statement::new(
                    "INSERT INTO link_door_states (link_id, door_id, last_granted_at, free_until, trying) \
                     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(",
                    concat!(") WHERE true ", instead!()),
                )
                .with::<Text, _>(rows)
                .execute(c)?
            }
            AnyConnection::Postgres(c) => Statement::new(
                "INSERT INTO link_door_states (link_id, door_id, last_granted_at, free_until, trying) \
                 SELECT * FROM unnest(",
                concat!(") ", instead!()),
            )
            .with::<Array<Text>, _>(changed.iter().map(|(key, _)| key.0.as_str()).collect::<Vec<_>>())
            .with::<Array<Text>, _>(changed.iter().map(|(key, _)| key.1.as_str()).collect::<Vec<_>>())
            .with::<Array<Nullable<BigInt>>, _>(
                changed.iter().map(|(_, state)| state.last_granted_at).collect::<Vec<_>>(),
            )
            .with::<Array<Nullable<BigInt>>, _>(changed.iter().map(|(_, state)| state.free_until).collect::<Vec<_>>())
            .with::<Array<Bool>, _>(changed.iter().map(|(_, state)| state.trying).collect::<Vec<_>>())
            .execute(c)?,
        };
        Ok(())
    }

    /// Remembers the steps with which rotating codes opened; a step that is spent meanwhile makes the batch begin anew.
    pub(super) fn store_steps(&self, connection: &mut AnyConnection) -> Result<()> {
        if self.spent.is_empty() {
            return Ok(());
        }
        let stored = match connection {
            AnyConnection::Sqlite(c) => Statement::new(
                "UPDATE codes SET last_step = d.value ->> 1 FROM json_each(",
                ") AS d WHERE codes.id = d.value ->> 0 AND codes.last_step < d.value ->> 1",
            )
            .with::<Text, _>(json(self.spent.iter().collect())?)
            .execute(c)?,
            AnyConnection::Postgres(c) => Statement::new(
                "UPDATE codes SET last_step = d.step FROM unnest(",
                ") AS d (id, step) WHERE codes.id = d.id AND codes.last_step < d.step",
            )
            .with::<Array<Text>, _>(self.spent.keys().map(String::as_str).collect::<Vec<_>>())
            .with::<Array<BigInt>, _>(self.spent.values().copied().collect::<Vec<_>>())
            .execute(c)?,
        };
        if stored == self.spent.len() {
            Ok(())
        } else {
            Err(Error::Collision("a rotating code was spent by another process".into()))
        }
    }

    /// Remembers the openings under way, after the events that they refer to.
    pub(super) fn store_commands(&self, connection: &mut AnyConnection) -> Result<()> {
        rows::insert(connection, &self.commands.iter().collect::<Vec<_>>())?;
        Ok(())
    }
}

/// Rows for SQLite's `json_each`.
fn json<T: serde::Serialize>(rows: Vec<T>) -> Result<String> {
    serde_json::to_string(&rows).map_err(|cause| Error::Unavailable(cause.to_string()))
}
