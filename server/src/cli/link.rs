//! `latchkey link …`.

mod create;
mod files;
mod list;

use super::options::{acting, named};
use super::output::{print, time};
use super::{door, group, schedule};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::erase;
use crate::service::link::{self, LinkInput};
use crate::store::code;
use crate::store::link::{self as store, Filter, LinkRow};
use clap::{Args, Subcommand};
use domain::channel::Channel;
use domain::qr::Kind;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Link {
    /// Make an access link.
    Create(Box<create::Create>),
    /// List the links, newest first, one a line.
    List(list::List),
    /// Make links from a CSV file, a link a row.
    Import(files::Import),
    /// Print the links as CSV, or as JSON a line; never their addresses.
    Export(files::Export),
    /// Show one link with its address; that it was shown is recorded.
    Show(Show),
    /// Switch a link off for a while.
    Pause(Show),
    /// Switch a link on again.
    Resume(Show),
    /// End a link for good.
    Revoke(Show),
    /// Erase the person a link was made for, beside its events too; it is revoked first. Cannot be undone.
    Erase(Show),
    /// Replace a link's secret; its old address dies at once.
    Rotate(Show),
    /// Move a link's end.
    Extend(Extend),
    /// Send a link by e-mail or text message.
    Send(Send),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its id, or the name it was made for.
    link: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Send {
    /// Its id, or the name it was made for.
    link: String,
    /// email or sms.
    #[arg(long, default_value = "email", value_parser = channel)]
    channel: Channel,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn channel(code: &str) -> std::result::Result<Channel, String> {
    Channel::from_code(code).ok_or_else(|| "a channel is email or sms".to_owned())
}

#[derive(Debug, Args)]
pub(super) struct Extend {
    /// Its id, or the name it was made for.
    link: String,
    /// RFC 3339, or 2026-11-24T18:00 in the organization's zone.
    #[arg(long, value_name = "T")]
    until: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

async fn object(app: &App, row: &LinkRow, url: Option<String>) -> Result<Value> {
    let id = row.id.clone();
    let (doors, groups, code) = app
        .db
        .read(move |c| Ok((store::doors_of(c, &id)?, store::groups_of(c, &id)?, code::settings(c, &id)?)))
        .await?;
    let groups: Vec<String> = groups.into_iter().map(|(id, _)| id).collect();
    let doors: Vec<&str> = doors.iter().map(|at| at.door.id.as_str()).collect();
    Ok(json!({
        "id": row.id, "name": row.name, "email": row.email, "phone": row.phone, "company": row.company,
        "host_name": row.host_name, "external_id": row.external_id, "language": row.language, "doors": doors, "groups": groups,
        "valid_from": time(row.valid_from), "valid_until": time(row.valid_until), "uses": row.uses, "max_uses": row.max_uses,
        "state": row.state(app.clock.now()).code(), "created_at": time(row.created_at), "url": url,
        "qr": code.kind.map_or("none", Kind::code), "web": code.web, "qr_off_line": code.off_line,
    }))
}

pub(super) async fn find(app: &App, organization: &str, wanted: &str) -> Result<LinkRow> {
    let (organization, wanted_id) = (organization.to_owned(), wanted.to_owned());
    let rows = app
        .db
        .read(move |c| match store::find(c, &organization, &wanted_id) {
            Ok(row) => Ok(vec![row]),
            Err(Error::NotFound) => {
                let filter = Filter { search: wanted_id.clone(), ..Filter::default() };
                store::list(c, &organization, &filter, 0, 1_000)
            }
            Err(other) => Err(other),
        })
        .await?;
    named(rows, wanted, "link", |row| &row.id, |row| &row.name)
}

impl Link {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        let id = organization.id.clone();
        let (row, json) = match self {
            Self::Create(create) => {
                let mut doors = Vec::with_capacity(create.doors.len());
                for wanted in &create.doors {
                    doors.push(door::find(app, &id, wanted).await?.door.id);
                }
                let mut groups = Vec::with_capacity(create.groups.len());
                for wanted in &create.groups {
                    groups.push(group::find(app, &id, wanted).await?.row.id);
                }
                let days = schedule::week(&create.open)?;
                let json = create.json;
                let send = create.send.clone();
                let typed = LinkInput { doors, groups, days, ..create::input(*create, organization.time_zone) };
                if send.contains(&Channel::Email) && typed.email.trim().is_empty() {
                    return Err(Error::field("email", "Give --email, the address that the link shall go to."));
                }
                if send.contains(&Channel::Sms) && typed.phone.trim().is_empty() {
                    return Err(Error::field("phone", "Give --phone, the number that the link shall go to."));
                }
                let made = link::create(app, &actor, &typed).await?;
                let mut sent = Vec::new();
                for channel in send {
                    match link::send(app, &actor, &made, channel).await {
                        Ok(_) => sent.push(channel.code()),
                        // The link is made all the same, and its address is what whoever asked needs now.
                        Err(Error::Refused(why)) => eprintln!("latchkey: The link is made, but not sent: {why}"),
                        Err(other) => return Err(other),
                    }
                }
                let row = find(app, &id, &made).await?;
                let url = link::address(app, &row)?;
                let line = format!("{}  {}\n{url}", row.id, row.name);
                let mut object = object(app, &row, Some(url)).await?;
                object["sent"] = json!(sent);
                return print(json, &object, &line);
            }
            Self::List(list) => return list.run(app, id).await,
            Self::Import(import) => return import.run(app, &actor).await,
            Self::Export(export) => return export.run(app, &actor).await,
            Self::Show(show) => {
                let row = find(app, &id, &show.link).await?;
                let url = match link::show(app, &actor, &row.id, "command line").await {
                    Ok((_, url)) => Some(url),
                    Err(Error::Refused(_)) => None,
                    Err(other) => return Err(other),
                };
                let line = format!(
                    "{}  {}, {}\n{}",
                    row.id,
                    row.name,
                    row.state(app.clock.now()).code(),
                    url.clone().unwrap_or_default()
                );
                return print(show.json, &object(app, &row, url).await?, &line);
            }
            Self::Pause(to) => {
                (link::pause(app, &actor, &find(app, &id, &to.link).await?.id).await.map(|_| to.link)?, to.json)
            }
            Self::Resume(to) => {
                (link::resume(app, &actor, &find(app, &id, &to.link).await?.id).await.map(|_| to.link)?, to.json)
            }
            Self::Revoke(to) => {
                (link::revoke(app, &actor, &find(app, &id, &to.link).await?.id).await.map(|_| to.link)?, to.json)
            }
            Self::Erase(to) => {
                let row = find(app, &id, &to.link).await?;
                erase::link(app, &actor, &row.id).await?;
                (row.id, to.json)
            }
            Self::Rotate(to) => {
                let row = find(app, &id, &to.link).await?;
                link::rotate(app, &actor, &row.id).await?;
                let row = find(app, &id, &row.id).await?;
                let url = link::address(app, &row)?;
                let line = format!("{}  {}\n{url}", row.id, row.name);
                return print(to.json, &object(app, &row, Some(url)).await?, &line);
            }
            Self::Extend(to) => {
                let row = find(app, &id, &to.link).await?;
                link::extend(app, &actor, &row.id, &to.until, &organization.time_zone).await?;
                (row.id, to.json)
            }
            Self::Send(to) => {
                let row = find(app, &id, &to.link).await?;
                link::send(app, &actor, &row.id, to.channel).await?;
                (row.id, to.json)
            }
        };
        let row = find(app, &id, &row).await?;
        let line = format!("{}  {}, {}", row.id, row.name, row.state(app.clock.now()).code());
        print(json, &object(app, &row, None).await?, &line)
    }
}
