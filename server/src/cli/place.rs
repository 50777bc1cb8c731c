//! `latchkey place …`.

use super::options::{acting, named};
use super::output::{print, time};
use crate::app::App;
use crate::error::Result;
use crate::service::place::{self, PlaceInput};
use crate::service::place_lockdown;
use crate::store::place::{self as store, PlaceRow};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Place {
    /// Make a place.
    Create(Create),
    /// List the places, one a line.
    List(List),
    /// Show one place.
    Show(Show),
    /// Lock a place down: nothing opens there until the lockdown is lifted.
    Lockdown(Lockdown),
    /// Lift a place's lockdown.
    Lift(Show),
    /// Remove a place that has no doors left.
    Remove(Show),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What it is called.
    #[arg(long)]
    name: String,
    /// Where it is.
    #[arg(long, default_value = "")]
    address: String,
    /// Its time zone; the organization's when left out.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its id or name.
    place: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Lockdown {
    /// Its id or name.
    place: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Who may lift it at least: access_manager, administrator or owner.
    #[arg(long, default_value = "access_manager", value_name = "ROLE")]
    lift_role: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn object(row: &PlaceRow) -> Value {
    json!({ "id": row.id, "name": row.name, "address": row.address, "time_zone": row.time_zone, "locked_down_at": time(row.locked_down_at),
        "created_at": time(row.created_at) })
}

/// The place of this id or name.
pub(super) async fn find(app: &App, organization: &str, wanted: &str) -> Result<PlaceRow> {
    let organization = organization.to_owned();
    let rows = app.db.read(move |c| store::all(c, &organization)).await?;
    named(rows, wanted, "place", |row| &row.id, |row| &row.name)
}

impl Place {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        match self {
            Self::Create(create) => {
                let time_zone = create.time_zone.unwrap_or(organization.time_zone);
                let typed =
                    PlaceInput { name: create.name, address: create.address, time_zone, ..PlaceInput::default() };
                let id = place::create(app, &actor, &typed).await?;
                let row = find(app, &organization.id, &id).await?;
                print(create.json, &object(&row), &format!("{id}  {}", row.name))
            }
            Self::List(list) => {
                let id = organization.id;
                for row in app.db.read(move |c| store::all(c, &id)).await? {
                    print(list.json, &object(&row), &format!("{}  {}, {}", row.id, row.name, row.time_zone))?;
                }
                Ok(())
            }
            Self::Show(show) => {
                let row = find(app, &organization.id, &show.place).await?;
                print(
                    show.json,
                    &object(&row),
                    &format!("{}  {}, {}, {}", row.id, row.name, row.address, row.time_zone),
                )
            }
            Self::Lockdown(down) => {
                let row = find(app, &organization.id, &down.place).await?;
                place_lockdown::lock_down(app, &actor, &row.id, &down.reason, &down.lift_role).await?;
                let row = find(app, &organization.id, &row.id).await?;
                print(down.json, &object(&row), &format!("{} is locked down.", row.name))
            }
            Self::Lift(lift) => {
                let row = find(app, &organization.id, &lift.place).await?;
                place_lockdown::lift(app, &actor, &row.id).await?;
                let row = find(app, &organization.id, &row.id).await?;
                print(lift.json, &object(&row), &format!("The lockdown of {} is lifted.", row.name))
            }
            Self::Remove(remove) => {
                let row = find(app, &organization.id, &remove.place).await?;
                place::remove(app, &actor, &row.id).await?;
                print(remove.json, &object(&row), &format!("{} is removed.", row.name))
            }
        }
    }
}
