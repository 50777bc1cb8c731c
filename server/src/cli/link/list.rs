//! `latchkey link list`: the same filters as the page.

use super::super::door;
use super::super::options::named;
use super::super::output::print;
use super::object;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::link::{self as store, Cursor, Filter};
use clap::Args;
use domain::list::{Sort, Standing};

/// Links read at once.
const READ: usize = 200;

/// What a list is narrowed to, and its order.
#[derive(Debug, Args)]
pub(super) struct Narrow {
    /// Only this state: scheduled, active, ending_soon, paused, used_up, expired or revoked.
    #[arg(long)]
    state: Option<String>,
    /// Beginnings of words to look for in name, addresses, company, host, note and external id.
    #[arg(long, default_value = "")]
    search: String,
    /// Only links that open this door.
    #[arg(long, value_name = "ID|NAME")]
    door: Option<String>,
    /// Only links of this group of doors.
    #[arg(long, value_name = "ID|NAME")]
    group: Option<String>,
    /// Only links with this host.
    #[arg(long, default_value = "", value_name = "NAME")]
    host: String,
    /// The order: newest, name, ends or used.
    #[arg(long, default_value = "newest")]
    sort: String,
}

impl Narrow {
    /// As the store takes it.
    pub(super) async fn filter(self, app: &App, organization: &str) -> Result<Filter> {
        let standing = match &self.state {
            None => None,
            Some(code) => Some(Standing::from_code(code).ok_or_else(|| {
                let states = "scheduled, active, ending_soon, paused, used_up, expired, revoked";
                Error::Refused(format!("A state is one of {states}."))
            })?),
        };
        let sort = Sort::from_code(&self.sort)
            .ok_or_else(|| Error::Refused("An order is one of newest, name, ends, used.".into()))?;
        let door = match &self.door {
            None => None,
            Some(wanted) => Some(door::find(app, organization, wanted).await?.door.id),
        };
        let group = match &self.group {
            None => None,
            Some(wanted) => {
                let owner = organization.to_owned();
                let groups = app.db.read(move |c| store::choices(c, &owner)).await?.groups;
                Some(named(groups, wanted, "group", |(id, _)| id, |(_, name)| name)?.0)
            }
        };
        Ok(Filter { search: self.search, standing, door, group, host: self.host, sort, ..Filter::default() })
    }
}

#[derive(Debug, Args)]
pub(in super::super) struct List {
    #[command(flatten)]
    narrow: Narrow,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, app: &App, organization: String) -> Result<()> {
        let now = app.clock.now();
        let mut filter = self.narrow.filter(app, &organization).await?;
        loop {
            let (owner, page) = (organization.clone(), filter.clone());
            let rows = app.db.read(move |c| store::list(c, &owner, &page, now, READ)).await?;
            for row in &rows {
                let line = format!("{}  {}, {}", row.id, row.name, row.state(now).code());
                print(self.json, &object(app, row, None).await?, &line)?;
            }
            match rows.last() {
                Some(last) => filter.after = Some(Cursor::of(last)),
                None => return Ok(()),
            }
        }
    }
}
