//! A device becomes a terminal: for a pairing code it gets a token, once.

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::{HashedSecret, PlainSecret, Signs};
use crate::service::actor::{Actor, add_person};
use crate::store::connection::AnyConnection;
use crate::store::terminal::{self, TerminalRow, desk};
use crate::store::{door, organization, throttle};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Millis;
use domain::terminal::pairing;

/// Wrong codes that one network is let through.
const LIMIT: throttle::Limit = throttle::Limit { failures: 10, window_ms: 600_000 };

/// Where a terminal stands, in words and by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// The organization's name.
    pub organization: String,
    /// The place's name.
    pub place: String,
    /// `door_…`.
    pub door: String,
    /// The door's name.
    pub door_name: String,
}

/// Where a terminal stands now.
///
/// # Errors
/// `NotFound`, or those of the database.
pub fn stand(c: &mut AnyConnection, terminal: &TerminalRow) -> Result<Stand> {
    let at = door::find(c, &terminal.organization_id, &terminal.door_id)?;
    let organization = organization::find(c, &terminal.organization_id)?;
    Ok(Stand { organization: organization.name, place: at.place.name, door: at.door.id, door_name: at.door.name })
}

/// What a device gets.
#[derive(Debug)]
pub struct Paired {
    /// `terminal_…`.
    pub terminal: String,
    /// What it shows from now on.
    pub token: PlainSecret,
    /// The key that signs its lists: Ed25519, base64url.
    pub list_key: String,
    /// The server's time.
    pub now: Millis,
    /// Where it stands.
    pub stand: Stand,
}

/// From where a device asks.
#[derive(Clone, Debug)]
pub struct From {
    /// By which wrong codes are counted.
    pub subscriber: String,
    /// The network, which is all that is kept.
    pub prefix: String,
}

/// What software says of itself: one short line.
#[must_use]
pub fn software(said: &str) -> String {
    said.chars().filter(|character| !character.is_control()).take(100).collect::<String>().trim().to_owned()
}

/// Gives a device its token for a code.
///
/// # Errors
/// `NotFound` for a wrong, used or late code; `TooMany` after ten of them from one network; those of the store.
pub async fn pair(app: &App, code: &str, software: &str, from: From) -> Result<Paired> {
    let code = pairing::read(code).map(|code| HashedSecret::of(&code).to_hex());
    let (token, software, key) = (PlainSecret::new(), self::software(software), format!("pairing:{}", from.subscriber));
    let token_hash = token.hash().to_hex();
    let paired = app
        .db
        .write(move |tx| {
            if let Some(wait) = throttle::wait(tx.connection, &key, LIMIT, tx.now)? {
                return Err(Error::TooMany(u64::try_from(wait / 1_000 + 1).unwrap_or(600)));
            }
            let now = tx.now;
            let row = match &code {
                Some(code) => terminal::by_pairing(tx.connection, code, now)?,
                None => None,
            };
            let (Some(row), Some(code)) = (row, &code) else {
                // Not an error here: an error would take the count back, too.
                throttle::count(tx, &key, LIMIT)?;
                return Ok(None);
            };
            if !desk::pair(tx, &row.id, code, &token_hash, &software)? {
                return Ok(None);
            }
            // The one who did it is the terminal itself, whoever typed the code there.
            let itself = Actor { id: row.id.clone(), ..Actor::system(&row.organization_id) };
            let mut event = itself.event(tx.clock, tx.now, "terminal.paired", &row.id);
            event.detail.insert("door".into(), row.door_id.clone());
            event.detail.insert("software".into(), software.clone());
            add_person(&mut event, tx.clock, &[("address", &from.prefix)]);
            tx.record(event);
            let stand = stand(tx.connection, &row)?;
            Ok(Some((row, stand)))
        })
        .await?;
    let (row, stand) = paired.ok_or(Error::NotFound)?;
    let list_key = app.keys.signing(&row.organization_id, Signs::Lists).verifying_key();
    app.drivers.terminal.hear(&row);
    Ok(Paired {
        terminal: row.id,
        token,
        list_key: URL_SAFE_NO_PAD.encode(list_key.as_bytes()),
        now: app.clock.now(),
        stand,
    })
}
