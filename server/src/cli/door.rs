//! `latchkey door …`.

mod driver;

use super::options::{acting, named};
use super::output::{print, time};
use super::{place, schedule};
use crate::app::App;
use crate::driver::simulator::Mode;
use crate::error::{Error, Result};
use crate::service::door::{self, DoorInput};
use crate::store::door::{self as store, DoorAtPlace};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Door {
    /// Make a door.
    Create(Create),
    /// List the doors, one a line.
    List(List),
    /// Show one door.
    Show(Show),
    /// Lock a door down: nothing opens it until the lockdown is lifted.
    Lockdown(Lockdown),
    /// Lift a door's lockdown.
    Lift(Show),
    /// Set how a simulated door behaves: ready, slow, dead, refusing or offline.
    Simulate(Simulate),
    /// Set how a door opens: simulated, by a web request, by a message to a broker, or by a terminal's relay.
    SetDriver(Box<driver::SetDriver>),
    /// Open a door to see whether it opens. For real, and without taking anybody's opening.
    Test(Show),
    /// Remove a door; links lose it.
    Remove(Show),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What it is called.
    #[arg(long)]
    name: String,
    /// The place's id or name.
    #[arg(long)]
    place: String,
    /// How to find it.
    #[arg(long, default_value = "")]
    description: String,
    /// How long it stays open.
    #[arg(long, default_value = "5")]
    unlock_seconds: String,
    /// A high-security door: links and codes never open it.
    #[arg(long)]
    no_digital: bool,
    /// Its hours: a schedule's id or name; always when left out.
    #[arg(long, value_name = "ID|NAME")]
    schedule: Option<String>,
    /// For how many hours a terminal without a network opens it by its list, 1 to 47.
    #[arg(long, value_name = "HOURS", default_value = "36")]
    list_hours: String,
    /// Members must be inside the place's geofence; does not apply to access links and QR codes.
    #[arg(long)]
    geofence: bool,
    /// Members must be at the reader; does not apply to access links and QR codes.
    #[arg(long)]
    reader: bool,
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
    door: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Lockdown {
    /// Its id or name.
    door: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// Its id or name.
    door: String,
    /// How it behaves.
    mode: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn object(at: &DoorAtPlace) -> Value {
    let door = &at.door;
    json!({
        "id": door.id, "name": door.name, "description": door.description, "place": at.place.id, "driver": door.driver,
        "unlock_ms": door.unlock_ms, "accepts_digital": door.accepts_digital, "schedule": door.schedule_id,
        "geofence": door.geofence, "reader": door.reader, "list_max_age_ms": door.list_max_age_ms, "locked_down_at": time(door.locked_down_at),
        "simulator_mode": Mode::of(door).code(), "created_at": time(door.created_at),
    })
}

/// The door of this id or name.
pub(super) async fn find(app: &App, organization: &str, wanted: &str) -> Result<DoorAtPlace> {
    let organization = organization.to_owned();
    let rows = app.db.read(move |c| store::all(c, &organization)).await?;
    named(rows, wanted, "door", |at| &at.door.id, |at| &at.door.name)
}

impl Door {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        let id = organization.id;
        let line = |at: &DoorAtPlace| format!("{}  {} at {}", at.door.id, at.door.name, at.place.name);
        let (wanted, json) = match self {
            Self::Create(create) => {
                let typed = DoorInput {
                    name: create.name,
                    description: create.description,
                    place_id: place::find(app, &id, &create.place).await?.id,
                    unlock_seconds: create.unlock_seconds,
                    accepts_digital: !create.no_digital,
                    driver: None,
                    geofence: create.geofence,
                    reader: create.reader,
                    schedule_id: match &create.schedule {
                        Some(wanted) => schedule::find(app, &id, wanted).await?.id,
                        None => String::new(),
                    },
                    list_hours: create.list_hours,
                };
                (door::create(app, &actor, &typed).await?, create.json)
            }
            Self::List(list) => {
                for at in app.db.read(move |c| store::all(c, &id)).await? {
                    print(list.json, &object(&at), &line(&at))?;
                }
                return Ok(());
            }
            Self::Show(show) => (show.door, show.json),
            Self::Lockdown(down) => {
                let at = find(app, &id, &down.door).await?;
                door::lock_down(app, &actor, &at.door.id, &down.reason).await?;
                (at.door.id, down.json)
            }
            Self::Lift(lift) => {
                let at = find(app, &id, &lift.door).await?;
                door::lift(app, &actor, &at.door.id).await?;
                (at.door.id, lift.json)
            }
            Self::Simulate(simulate) => {
                let at = find(app, &id, &simulate.door).await?;
                let mode = Mode::from_code(&simulate.mode)
                    .ok_or_else(|| Error::Refused("A mode is one of ready, slow, dead, refusing, offline.".into()))?;
                door::simulate(app, &actor, &at.door.id, mode).await?;
                (at.door.id, simulate.json)
            }
            Self::SetDriver(set) => {
                let at = find(app, &id, &set.door).await?;
                door::set_driver(app, &actor, &at.door.id, &set.typed(app, &at).await?).await?;
                (at.door.id, set.json)
            }
            Self::Test(test) => {
                let at = find(app, &id, &test.door).await?;
                return driver::test(app, &actor, &at.door.id, test.json).await;
            }
            Self::Remove(remove) => {
                let at = find(app, &id, &remove.door).await?;
                door::remove(app, &actor, &at.door.id).await?;
                return print(remove.json, &object(&at), &format!("{} is removed.", at.door.name));
            }
        };
        let at = find(app, &id, &wanted).await?;
        print(json, &object(&at), &line(&at))
    }
}
