//! `latchkey admin …`.

use super::options::{acting, named};
use super::output::{print, time};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::account;
use crate::service::invitation::{self, InviteInput};
use crate::service::people as service;
use crate::store::admin::AdminRow;
use crate::store::{factor, invitation as invitations, people as store};
use app::page::admin::said;
use clap::{Args, Subcommand};
use domain::role::Role;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// List the admins, one a line.
    List(List),
    /// Invite somebody by mail, for one day.
    Invite(Invite),
    /// Give an admin another role.
    SetRole(SetRole),
    /// Give an admin a new password, and end their sessions.
    SetPassword(SetPassword),
    /// Remove an admin and end their sessions.
    Remove(Show),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Their id, e-mail address or name.
    admin: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Invite {
    /// What they are called.
    #[arg(long)]
    name: String,
    /// Their e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// owner, administrator, access_manager or observer.
    #[arg(long)]
    role: String,
    /// Send no mail; tell them the printed address some other way.
    #[arg(long)]
    no_mail: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct SetRole {
    /// Their id, e-mail address or name.
    admin: String,
    /// owner, administrator, access_manager or observer.
    role: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct SetPassword {
    /// Their id, e-mail address or name.
    admin: String,
    /// Read the password from standard input: its first line, at least 15 characters.
    #[arg(long, required = true)]
    password_stdin: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// An admin as the contract for scripts has them.
async fn object(app: &App, row: &AdminRow) -> Result<Value> {
    let (organization, id) = (row.organization_id.clone(), row.id.clone());
    let (seen, factor) =
        app.db.read(move |c| Ok((store::last_seen(c, &organization)?.remove(&id), factor::has(c, &id)?))).await?;
    Ok(json!({
        "id": row.id, "name": row.name, "email": row.email, "role": row.role, "second_factor": factor,
        "last_seen_at": time(seen), "created_at": time(row.created_at),
    }))
}

fn line(row: &AdminRow) -> String {
    format!("{}  {} <{}>, {}", row.id, row.name, row.email, said::role(row.role()).to_lowercase())
}

/// The admin of this id, address or name.
async fn find(app: &App, organization: &str, wanted: &str) -> Result<AdminRow> {
    let organization = organization.to_owned();
    let rows = app.db.read(move |c| store::all(c, &organization)).await?;
    if let Some(row) = rows.iter().find(|row| row.email_key == crate::store::admin::email_key(wanted)) {
        return Ok(row.clone());
    }
    named(rows, wanted, "admin", |row| &row.id, |row| &row.name)
}

fn role(code: &str) -> Result<Role> {
    let codes = "A role is one of owner, administrator, access_manager, observer.";
    Role::from_code(code).ok_or_else(|| Error::Refused(codes.into()))
}

impl Admin {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        match self {
            Self::List(list) => {
                let id = organization.id;
                for row in app.db.read(move |c| store::all(c, &id)).await? {
                    print(list.json, &object(app, &row).await?, &line(&row))?;
                }
                Ok(())
            }
            Self::Invite(invite) => {
                let role = role(&invite.role)?;
                let typed = InviteInput {
                    name: invite.name,
                    email: invite.email,
                    role: role.code().into(),
                    mail: !invite.no_mail,
                };
                let id = invitation::invite(app, &actor, &typed).await?;
                let (owner, wanted) = (organization.id, id.clone());
                let row = app.db.read(move |c| invitations::find(c, &owner, &wanted)).await?;
                let url = invitation::address(app, &row)?;
                let object = json!({
                    "id": id, "name": row.name, "email": row.email, "role": row.role, "url": url,
                    "expires_at": time(row.expires_at), "created_at": time(row.created_at),
                });
                print(invite.json, &object, &format!("{id}  {} <{}>\n{url}", row.name, row.email))
            }
            Self::SetRole(set) => {
                let row = find(app, &organization.id, &set.admin).await?;
                service::set_role(app, &actor, &row.id, role(&set.role)?).await?;
                let row = find(app, &organization.id, &row.id).await?;
                print(set.json, &object(app, &row).await?, &line(&row))
            }
            Self::SetPassword(set) => {
                let row = find(app, &organization.id, &set.admin).await?;
                let mut password = String::new();
                std::io::stdin().read_line(&mut password).map_err(|cause| Error::Unavailable(cause.to_string()))?;
                account::set_password(app, &actor, &row, password.trim_end_matches(['\r', '\n'])).await?;
                let text = format!("{} has a new password and is signed out everywhere.", row.name);
                print(set.json, &object(app, &row).await?, &text)
            }
            Self::Remove(remove) => {
                let row = find(app, &organization.id, &remove.admin).await?;
                let object = object(app, &row).await?;
                service::remove(app, &actor, &row.id).await?;
                print(remove.json, &object, &format!("{} is removed and signed out everywhere.", row.name))
            }
        }
    }
}
