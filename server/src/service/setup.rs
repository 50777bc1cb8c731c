//! The first start: a one-time address on the console makes an organization and its owner.

use super::actor::{Actor, add_person};
use super::password;
use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::secret::{HashedSecret, PlainSecret};
use crate::store::admin::{self, AdminRow};
use crate::store::organization::{self, OrganizationRow};
use domain::id::Kind;
use domain::input;
use domain::role::Role;

/// What the form or the command line gives.
#[derive(Clone, Default)]
pub struct SetupInput {
    /// What the organization is called.
    pub organization: String,
    /// IANA name.
    pub time_zone: String,
    /// What the owner is called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
}

impl std::fmt::Debug for SetupInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetupInput").finish_non_exhaustive()
    }
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// `org_…`.
    pub organization: String,
    /// `admin_…`.
    pub admin: String,
}

/// Makes a one-time set-up address when nobody has set anything up yet.
///
/// # Errors
/// Those of the store.
pub async fn offer(app: &App) -> Result<Option<String>> {
    if !app.db.read(organization::all).await?.is_empty() {
        return Ok(None);
    }
    let secret = PlainSecret::new();
    let hash = secret.hash().to_hex();
    app.db.write(move |tx| organization::put_setup_address(tx, &hash)).await?;
    Ok(Some(format!("{}/setup/{}", app.base_url(), secret.expose())))
}

/// Whether a set-up address is good.
///
/// # Errors
/// Those of the store.
pub async fn is_good(app: &App, secret: &str) -> Result<bool> {
    let hash = HashedSecret::of(secret).to_hex();
    app.db.read(move |c| organization::setup_address_is_good(c, &hash)).await
}

/// What was typed, once nothing is wrong with it.
pub struct Good {
    name: String,
    owner: String,
    email: String,
    time_zone: String,
}

/// Checks all that was typed.
///
/// # Errors
/// `Fields`, with everything that is wrong.
pub fn check(typed: &SetupInput) -> Result<Good> {
    let mut checks = Checks::default();
    let name = checks.take("organization", input::line(&typed.organization, 100));
    let owner = checks.take("name", input::line(&typed.name, 100));
    let email = checks.take("email", input::email(&typed.email));
    if typed.email.trim().is_empty() {
        checks.note("email", input::Refused::Empty);
    }
    let time_zone = checks.take("time_zone", super::zone(&typed.time_zone));
    if let Err(refused) = password::check(&typed.password, &[&typed.email, &typed.organization]) {
        checks.note("password", refused);
    }
    checks.done()?;
    Ok(Good { name, owner, email, time_zone })
}

/// Makes an organization and its owner; with a set-up address's secret, that address is used up in the same transaction.
///
/// # Errors
/// `Fields`; `NotFound` when the address is unknown or used; those of the store.
pub async fn set_up(app: &App, typed: &SetupInput, secret: Option<&str>) -> Result<Made> {
    let Good { name, owner, email, time_zone } = check(typed)?;
    let password_hash = app.hasher.hash(&typed.password).await?;
    let used = secret.map(|secret| HashedSecret::of(secret).to_hex());
    let made = Made { organization: app.clock.id(Kind::Organization), admin: app.clock.id(Kind::Admin) };
    let answer = made.clone();
    app.db
        .write(move |tx| {
            if let Some(hash) = &used {
                organization::use_setup_address(tx, hash)?;
            }
            organization::drop_setup_addresses(tx)?;
            let row = OrganizationRow::new(made.organization.clone(), name.clone(), time_zone.clone(), tx.now);
            organization::insert(tx, &row)?;
            let row = AdminRow {
                id: made.admin.clone(),
                organization_id: made.organization.clone(),
                name: owner.clone(),
                email: email.clone(),
                email_key: admin::email_key(&email),
                password_hash: password_hash.clone(),
                role: Role::Owner.code().into(),
                created_at: tx.now,
                password_changed_at: tx.now,
                removed_at: None,
            };
            admin::insert(tx, &row)?;
            let by = Actor::operator(&made.organization);
            let mut event = by.event(tx.clock, tx.now, "organization.created", &made.organization);
            event.detail.insert("name".into(), name.clone());
            tx.record(event);
            let mut event = by.event(tx.clock, tx.now, "admin.created", &made.admin);
            event.detail.insert("role".into(), Role::Owner.code().into());
            add_person(&mut event, tx.clock, &[("name", &owner), ("email", &email)]);
            tx.record(event);
            Ok(())
        })
        .await?;
    Ok(answer)
}

/// The only organization there is, for the command line.
///
/// # Errors
/// `Refused` when there is none, or several and none is named.
pub async fn organization_named(app: &App, named: Option<&str>) -> Result<OrganizationRow> {
    let all = app.db.read(organization::all).await?;
    let mut found: Vec<OrganizationRow> = match named {
        Some(named) => all.into_iter().filter(|row| row.id == named || row.name == named).collect(),
        None => all,
    };
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) if named.is_some() => Err(Error::Refused("There is no organization of this name or id.".into())),
        (None, _) => Err(Error::Refused(
            "Nothing is set up yet. Begin with: latchkey setup --organization NAME --email ADDRESS --password-stdin"
                .into(),
        )),
        (Some(_), false) => {
            Err(Error::Refused("There are several organizations. Name one with --org NAME, or its id.".into()))
        }
    }
}
