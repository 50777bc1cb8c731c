//! What tells of an admin: their row, and whatever went to any address that they had.

use super::{ERASED, STILL_IN, empty_invitations, empty_messages};
use crate::error::{Error, Result};
use crate::store::admin::email_key;
use crate::store::connection::AnyConnection;
use crate::store::schema::{
    admins, event_people, events, invitations, known_devices, messages, passkeys, recovery_codes, sessions,
};
use crate::store::writer::Tx;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::{BTreeMap, BTreeSet};

/// The name of an admin, whether they were removed, and the invitations to any address that they had.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn admin(c: &mut AnyConnection, organization: &str, id: &str) -> Result<(String, bool, Vec<String>)> {
    let (name, removed): (String, Option<i64>) = admins::table
        .find(id)
        .filter(admins::organization_id.eq(organization))
        .select((admins::name, admins::removed_at))
        .first(c)?;
    let (known, others) = (known(c, organization, id)?, others(c, organization, id)?);
    let rows: Vec<(String, String)> = invitations::table
        .filter(invitations::organization_id.eq(organization))
        .select((invitations::id, invitations::email))
        .load(c)?;
    let came = rows
        .into_iter()
        .filter(|(id, email)| known.named.contains(id) || (known.addressed(email) && !others.contains(id)));
    Ok((name, removed.is_some(), came.map(|(id, _)| id).collect()))
}

/// What the log knows of an admin's addresses.
struct Known {
    /// Every address, as they are compared.
    addresses: BTreeSet<String>,
    /// The invitation they joined by, and the messages that told of a new address.
    named: BTreeSet<String>,
}

impl Known {
    fn addressed(&self, email: &str) -> bool {
        !email.is_empty() && self.addresses.contains(&email_key(email))
    }
}

/// An event's facts by name.
fn read(text: &str) -> BTreeMap<String, String> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The invitations by which others joined, though it be to an address that was this admin's once.
fn others(c: &mut AnyConnection, organization: &str, id: &str) -> Result<BTreeSet<String>> {
    let joined: Vec<String> = events::table
        .filter(events::organization_id.eq(organization))
        .filter(events::action.eq("admin.joined"))
        // As the index has it.
        .filter(sql::<Bool>("action <> 'door.unlock' AND action <> 'door.dispatched' AND action <> 'door.confirmed'"))
        .filter(events::actor.ne(id))
        .select(events::detail)
        .load(c)?;
    Ok(joined.iter().filter_map(|detail| read(detail).remove("invitation")).collect())
}

fn known(c: &mut AnyConnection, organization: &str, id: &str) -> Result<Known> {
    let email: String = admins::table.find(id).select(admins::email).first(c)?;
    let told: Vec<(String, Option<String>)> = events::table
        .left_join(event_people::table)
        .filter(events::organization_id.eq(organization))
        .filter(events::actor.eq(id))
        // As the index has it.
        .filter(sql::<Bool>("actor <> 'visitor' AND actor <> 'system'"))
        .filter(events::action.eq_any(["admin.joined", "admin.address_changed"]))
        .select((events::detail, event_people::facts.nullable()))
        .load(c)?;
    let (mut emails, mut named) = (vec![email], BTreeSet::new());
    for (detail, facts) in told {
        let (mut detail, mut facts) = (read(&detail), read(facts.as_deref().unwrap_or_default()));
        named.extend(["invitation", "message"].iter().filter_map(|name| detail.remove(*name)));
        emails.extend(["before", "email"].iter().filter_map(|name| facts.remove(*name)));
    }
    // Where the people beside the log are gone already, these still have an address.
    emails.extend(messages::table.filter(messages::id.eq_any(&named)).select(messages::recipient).load::<String>(c)?);
    emails.extend(
        invitations::table.filter(invitations::id.eq_any(&named)).select(invitations::email).load::<String>(c)?,
    );
    let addresses = emails.iter().filter(|email| !email.is_empty()).map(|email| email_key(email)).collect();
    Ok(Known { addresses, named })
}

/// Admins who were removed and are still named, by name.
///
/// # Errors
/// Those of the database.
pub fn admins_who_left(c: &mut AnyConnection, organization: &str) -> Result<Vec<(String, String)>> {
    Ok(admins::table
        .filter(admins::organization_id.eq(organization))
        .filter(admins::removed_at.is_not_null())
        .filter(admins::email.ne(""))
        .order((admins::name, admins::id))
        .select((admins::id, admins::name))
        .load(c)?)
}

/// Empties whatever tells of an admin who was removed: also invitations and messages to any address that they had.
/// Says what messages these are.
///
/// # Errors
/// `NotFound`; `Refused` while they may still sign in.
pub fn empty_admin(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Vec<String>> {
    let (_, removed, came) = admin(tx.connection, organization, id)?;
    if !removed {
        return Err(Error::Refused(STILL_IN.into()));
    }
    let known = known(tx.connection, organization, id)?;
    let rows: Vec<(String, Option<String>, String)> = messages::table
        .filter(messages::organization_id.eq(organization))
        .filter(messages::link_id.is_null())
        .select((messages::id, messages::invitation_id, messages::recipient))
        .load(tx.connection)?;
    let theirs = rows.into_iter().filter(|(id, invitation, recipient)| {
        known.named.contains(id)
            || match invitation {
                Some(invitation) => came.contains(invitation),
                None => known.addressed(recipient),
            }
    });
    let sent: Vec<String> = theirs.map(|(id, ..)| id).collect();
    diesel::update(admins::table.find(id))
        .set((
            (admins::name.eq(ERASED), admins::email.eq(""), admins::email_key.eq(format!("erased {id}"))),
            (admins::password_hash.eq(""), admins::totp_sealed.eq(None::<Vec<u8>>)),
        ))
        .execute(tx.connection)?;
    empty_invitations(tx, &came)?;
    empty_messages(tx, &sent)?;
    diesel::delete(sessions::table.filter(sessions::admin_id.eq(id))).execute(tx.connection)?;
    diesel::delete(known_devices::table.filter(known_devices::admin_id.eq(id))).execute(tx.connection)?;
    diesel::delete(passkeys::table.filter(passkeys::admin_id.eq(id))).execute(tx.connection)?;
    diesel::delete(recovery_codes::table.filter(recovery_codes::admin_id.eq(id))).execute(tx.connection)?;
    Ok(sent)
}
