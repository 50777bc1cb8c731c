//! Links that somebody has already, for the form of a new one.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::common::said;
use crate::http::auth::Admin;
use crate::service::link::{self, LinkInput};
use app::page::admin::link_form as page;
use domain::input;

/// The living links with the address or number that was typed for a new link.
pub(super) async fn others(app: &App, admin: &Admin, typed: &LinkInput, id: Option<&str>) -> Result<Vec<page::Same>> {
    if id.is_some() {
        return Ok(Vec::new());
    }
    let rows = link::same(app, &admin.actor, &typed.email, &typed.phone).await?;
    let email = input::email(&typed.email).unwrap_or_default().to_lowercase();
    let zone = &admin.organization.time_zone;
    let same = rows.into_iter().map(|row| page::Same {
        by: if !email.is_empty() && row.email.to_lowercase() == email { row.email } else { row.phone },
        until: row.valid_until.map(|until| said(app, until, zone)),
        id: row.id,
        name: row.name,
    });
    Ok(same.collect())
}
