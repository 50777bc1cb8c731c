//! Counts of failures by key, in the database so that replicas and restarts share them.

use super::connection::AnyConnection;
use super::schema::throttles;
use super::writer::Tx;
use crate::error::Result;
use diesel::prelude::*;
use domain::Millis;

/// A limit: so many failures in a window.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Failures that are still let through.
    pub failures: i64,
    /// The window's length, milliseconds.
    pub window_ms: i64,
}

/// How long a key must wait, milliseconds; `None` when it may try.
///
/// # Errors
/// Those of the database.
pub fn wait(c: &mut AnyConnection, key: &str, limit: Limit, now: Millis) -> Result<Option<i64>> {
    let row: Option<(i64, i64)> =
        throttles::table.find(key).select((throttles::failures, throttles::window_began_at)).first(c).optional()?;
    Ok(row.and_then(|(failures, began)| {
        let left = began + limit.window_ms - now;
        (failures >= limit.failures && left > 0).then_some(left)
    }))
}

/// Counts a failure.
///
/// # Errors
/// Those of the database.
pub fn count(tx: &mut Tx<'_>, key: &str, limit: Limit) -> Result<()> {
    let now = tx.now;
    let open = throttles::table.find(key).filter(throttles::window_began_at.gt(now - limit.window_ms));
    let counted = diesel::update(open).set(throttles::failures.eq(throttles::failures + 1)).execute(tx.connection)?;
    if counted == 0 {
        diesel::delete(throttles::table.find(key)).execute(tx.connection)?;
        diesel::insert_into(throttles::table)
            .values((throttles::key.eq(key), throttles::failures.eq(1), throttles::window_began_at.eq(now)))
            .execute(tx.connection)?;
    }
    Ok(())
}

/// Takes one count back: the try was no failure.
///
/// # Errors
/// Those of the database.
pub fn take_back(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    diesel::update(throttles::table.find(key).filter(throttles::failures.gt(0)))
        .set(throttles::failures.eq(throttles::failures - 1))
        .execute(tx.connection)?;
    Ok(())
}

/// Forgets a key's failures.
///
/// # Errors
/// Those of the database.
pub fn forget(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    diesel::delete(throttles::table.find(key)).execute(tx.connection)?;
    Ok(())
}

/// Removes windows that are over, at most so many. Says how many went.
///
/// # Errors
/// Those of the database.
pub fn sweep(tx: &mut Tx<'_>, older_than: Millis, most: i64) -> Result<i64> {
    let over = throttles::table.filter(throttles::window_began_at.lt(older_than));
    let keys: Vec<String> = over.select(throttles::key).limit(most).load(tx.connection)?;
    let gone = diesel::delete(throttles::table.filter(throttles::key.eq_any(keys))).execute(tx.connection)?;
    Ok(i64::try_from(gone).unwrap_or(most))
}
