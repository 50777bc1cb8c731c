//! Letters about admins' own accounts: invitations, and the notice of a changed address.

use super::mail::Letter;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::invitation::{GOOD_MS, address};
use crate::store::message::MessageRow;
use crate::store::{admin, invitation as store, organization};
use app::page::admin::said;
use app::text::mail::MailText;
use app::text::mail::account;

/// The mail of an invitation, with the secret it has now.
///
/// # Errors
/// `Refused` when it was used, taken back or has ended meanwhile; those of the store.
pub(super) async fn invitation(app: &App, row: &MessageRow) -> Result<Letter> {
    let (organization_id, id) = (row.organization_id.clone(), row.invitation_id.clone().unwrap_or_default());
    let (organization, invited, inviter) = app
        .db
        .read(move |c| {
            let organization = organization::find(c, &organization_id)?;
            let invited = store::find(c, &organization_id, &id)?;
            let inviter = admin::names(c, &organization_id, std::slice::from_ref(&invited.invited_by))?;
            Ok((organization, invited, inviter))
        })
        .await?;
    if !invited.is_good(app.clock.now()) {
        return Err(Error::Refused("The invitation was used, taken back or had ended before this was sent.".into()));
    }
    if row.created_at + GOOD_MS < invited.expires_at {
        return Err(Error::Refused("A newer invitation was sent in place of this one.".into()));
    }
    let role = invited.role();
    let words = account::invitation(&account::Invitation {
        organization: organization.name.clone(),
        name: invited.name.clone(),
        inviter: inviter.into_iter().next().map(|(_, name)| name).unwrap_or_default(),
        role: said::role(role).to_owned(),
        may: said::role_may(role).to_owned(),
        url: address(app, &invited)?,
        good_until_ms: invited.expires_at,
        zone: organization.time_zone.clone(),
    });
    Ok(letter(row, invited.name, organization.name, words))
}

/// The notice to the address that an account had before.
///
/// # Errors
/// Those of the store.
pub(super) async fn address_changed(app: &App, row: &MessageRow) -> Result<Letter> {
    let organization_id = row.organization_id.clone();
    let organization = app.db.read(move |c| organization::find(c, &organization_id)).await?;
    let words = account::address_changed(&organization.name);
    Ok(letter(row, String::new(), organization.name, words))
}

fn letter(row: &MessageRow, to_name: String, from_name: String, words: MailText) -> Letter {
    let MailText { subject, text, html } = words;
    Letter {
        id: row.id.clone(),
        to_name,
        to: row.recipient.clone(),
        from_name,
        subject,
        text,
        html,
        calendar: None,
        logo: None,
        code: None,
    }
}
