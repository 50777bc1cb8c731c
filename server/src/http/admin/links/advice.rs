//! Whether a link's address has been out for long, or was used often.

use crate::error::Result;
use crate::store::connection::AnyConnection;
use crate::store::event;
use crate::store::link::LinkRow;
use app::page::admin::link::{Advice, DAYS, USES};
use domain::Millis;
use domain::event::Outcome;
use domain::link::State;

const DAY_MS: i64 = 86_400_000;

/// Why a new address would be good; nothing for a link that has ended, or for an address that is fresh.
pub(super) fn advice(c: &mut AnyConnection, organization: &str, link: &LinkRow, now: Millis) -> Result<Option<Advice>> {
    if !matches!(link.state(now), State::Active | State::Paused) {
        return Ok(None);
    }
    let about = event::Filter { link: Some(link.id.clone()), ..event::Filter::default() };
    let mut made = link.created_at;
    let mut uses = link.uses;
    if link.secret_version > 1 {
        let rotated = event::Filter { action: Some("link.rotated".into()), ..about.clone() };
        made = event::list(c, organization, &rotated, 1)?.first().map_or(made, |event| event.occurred_at);
        // Openings before the present address say nothing about it.
        let granted = event::Filter { outcome: Some(Outcome::Granted), since: Some(made), ..about };
        uses = i64::try_from(event::list(c, organization, &granted, USES)?.len()).unwrap_or(USES);
    }
    let days = (now - made) / DAY_MS;
    Ok((days >= DAYS || uses >= USES).then_some(Advice { days, uses }))
}
