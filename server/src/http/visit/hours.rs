//! Doors outside their hours: which they are, and when each opens next.

use super::access::Access;
use crate::app::App;
use crate::error::Result;
use crate::store::facts::{Asked, Facts};
use app::text::when;
use std::collections::HashMap;

/// How far ahead the next opening is looked for.
const DAYS: i32 = 28;

/// The doors that are outside their hours, each with when it opens next as the visitor reads it; none when that is
/// farther than four weeks, or after the link.
pub(super) async fn closed(app: &App, access: &Access, now: i64) -> Result<HashMap<String, Option<String>>> {
    if !access.has_hours {
        return Ok(HashMap::new());
    }
    let link = access.link.id.clone();
    let doors: Vec<String> = access.doors.iter().map(|at| at.door.id.clone()).collect();
    let facts = app
        .db
        .read(move |c| {
            let ids: Vec<&str> = doors.iter().map(String::as_str).collect();
            Facts::load_ahead(c, &Asked::each(&[link.as_str()], &ids), now, DAYS)
        })
        .await?;
    let mut closed = HashMap::new();
    for at in &access.doors {
        let pair = (access.link.id.clone(), at.door.id.clone());
        let next = facts.next_open(&pair, now, access.link.valid_until, DAYS);
        if next != Some(now) {
            let said = |next| when::opening(next, now, &at.place.time_zone, access.language);
            closed.insert(at.door.id.clone(), next.map(said));
        }
    }
    Ok(closed)
}
