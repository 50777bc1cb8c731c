//! Whether somebody has a link already.

use crate::app::App;
use crate::error::Result;
use crate::service::actor::Actor;
use crate::store::link::{self, LinkRow};
use domain::input;
use domain::link::State;

/// Links named at most.
const NAMED: usize = 3;

/// Living links with this address or number, as typed, the newest first.
///
/// # Errors
/// Those of the store.
pub async fn same(app: &App, actor: &Actor, email: &str, phone: &str) -> Result<Vec<LinkRow>> {
    // What is no address is said elsewhere.
    let (email, phone) = (input::email(email).unwrap_or_default(), input::phone(phone).unwrap_or_default());
    let (owner, now) = (actor.organization.clone(), app.clock.now());
    let mut rows = app.db.read(move |c| link::with_address(c, &owner, &email, &phone)).await?;
    rows.retain(|row| matches!(row.state(now), State::Active | State::Scheduled | State::Paused));
    rows.truncate(NAMED);
    Ok(rows)
}
