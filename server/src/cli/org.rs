//! `latchkey org …`.

use super::output::{print, time};
use crate::app::App;
use crate::error::Result;
use crate::service::{quota, setup};
use crate::store::organization::{self, OrganizationRow};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Org {
    /// List the organizations with what they may send and have sent, one a line.
    List(List),
    /// Set what an organization may send. The first send of a link on a channel counts, later ones do not.
    SetQuota(SetQuota),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct SetQuota {
    /// Its name or id; needed when there are several.
    #[arg(long, value_name = "NAME|ID")]
    organization: Option<String>,
    /// Links by text message a month.
    #[arg(long, value_name = "N")]
    sms: Option<i64>,
    /// Links by e-mail in all.
    #[arg(long, value_name = "N")]
    email: Option<i64>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

async fn object(app: &App, row: &OrganizationRow) -> Result<(Value, String)> {
    let (organization, now) = (row.clone(), app.clock.now());
    let standings = app.db.read(move |c| quota::gauges(c, &organization, now)).await?;
    let mut object =
        json!({ "id": row.id, "name": row.name, "time_zone": row.time_zone, "created_at": time(row.created_at) });
    let mut said = Vec::new();
    for one in standings {
        let code = one.channel.code();
        object[code] = json!({
            "limit": one.limit, "used": one.used, "renews_at": time(one.renews_at),
            "period": if one.period.is_empty() { Value::Null } else { one.period.clone().into() },
        });
        said.push(format!("{code} {} of {}", one.used, one.limit));
    }
    let line = format!("{}  {}, {}: {}", row.id, row.name, row.time_zone, said.join(", "));
    Ok((object, line))
}

impl Org {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        match self {
            Self::List(list) => {
                for row in app.db.read(organization::all).await? {
                    let (object, line) = object(app, &row).await?;
                    print(list.json, &object, &line)?;
                }
                Ok(())
            }
            Self::SetQuota(set) => {
                let named = setup::organization_named(app, set.organization.as_deref().or(org)).await?;
                let row = quota::set(app, &named.id, set.sms, set.email).await?;
                let (object, line) = object(app, &row).await?;
                print(set.json, &object, &line)
            }
        }
    }
}
