//! `latchkey group …`.

use super::options::{acting, named};
use super::output::{print, time};
use super::{door, schedule};
use crate::app::App;
use crate::error::Result;
use crate::service::group::{self, GroupInput};
use crate::store::group::{self as store, Listed};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Group {
    /// Make a group.
    Create(Create),
    /// List the groups, one a line.
    List(List),
    /// Show one group.
    Show(Show),
    /// Remove a group; links lose the way through it.
    Remove(Show),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What it is called.
    #[arg(long)]
    name: String,
    /// What it is for.
    #[arg(long, default_value = "")]
    description: String,
    /// A door's id or name; may be given several times.
    #[arg(long = "door", value_name = "ID|NAME")]
    doors: Vec<String>,
    /// Its hours: a schedule's id or name; always when left out.
    #[arg(long, value_name = "ID|NAME")]
    schedule: Option<String>,
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
    group: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

async fn object(app: &App, group: &Listed) -> Result<Value> {
    let id = group.row.id.clone();
    let doors = app.db.read(move |c| store::doors_of(c, &id)).await?;
    let doors: Vec<&str> = doors.iter().map(|at| at.door.id.as_str()).collect();
    let row = &group.row;
    Ok(json!({
        "id": row.id, "name": row.name, "description": row.description, "doors": doors, "geofence": row.geofence,
        "reader": row.reader, "schedule": row.schedule_id, "links": group.links, "created_at": time(row.created_at),
    }))
}

fn line(group: &Listed) -> String {
    format!("{}  {}: {}", group.row.id, group.row.name, group.doors.join(", "))
}

/// The group of this id or name.
pub(super) async fn find(app: &App, organization: &str, wanted: &str) -> Result<Listed> {
    let organization = organization.to_owned();
    let rows = app.db.read(move |c| store::all(c, &organization)).await?;
    named(rows, wanted, "group", |group| &group.row.id, |group| &group.row.name)
}

impl Group {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        let id = organization.id;
        let (wanted, json) = match self {
            Self::Create(create) => {
                let mut doors = Vec::with_capacity(create.doors.len());
                for wanted in &create.doors {
                    doors.push(door::find(app, &id, wanted).await?.door.id);
                }
                let typed = GroupInput {
                    name: create.name,
                    description: create.description,
                    doors,
                    geofence: create.geofence,
                    reader: create.reader,
                    schedule_id: match &create.schedule {
                        Some(wanted) => schedule::find(app, &id, wanted).await?.id,
                        None => String::new(),
                    },
                };
                (group::create(app, &actor, &typed).await?, create.json)
            }
            Self::List(list) => {
                for group in app.db.read(move |c| store::all(c, &id)).await? {
                    print(list.json, &object(app, &group).await?, &line(&group))?;
                }
                return Ok(());
            }
            Self::Show(show) => (show.group, show.json),
            Self::Remove(remove) => {
                let was = find(app, &id, &remove.group).await?;
                let object = object(app, &was).await?;
                group::remove(app, &actor, &was.row.id, None).await?;
                return print(remove.json, &object, &format!("{} is removed.", was.row.name));
            }
        };
        let group = find(app, &id, &wanted).await?;
        print(json, &object(app, &group).await?, &line(&group))
    }
}
