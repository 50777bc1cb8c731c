//! `latchkey schedule …`.

use super::options::{acting, named};
use super::output::{print, time};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::schedule::{self, ExceptionInput, ScheduleInput, holidays, words};
use crate::store::schedule::{self as store, ScheduleRow, Whole};
use app::text::when;
use clap::{Args, Subcommand};
use domain::schedule::typed::{WEEKDAYS, clock};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum Schedule {
    /// Make a schedule.
    Create(Create),
    /// List the schedules, one a line.
    List(List),
    /// Show one schedule.
    Show(Show),
    /// Give a date hours of its own, or close it.
    Except(Except),
    /// Close the days of an iCalendar file of holidays.
    Import(Import),
    /// Remove a schedule that no door and no group has.
    Remove(Show),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What it is called.
    #[arg(long)]
    name: String,
    /// Weekly windows such as mon-fri=08:00-18:00 or fri=22:00-06:00; may be given several times. Without any it never opens.
    #[arg(long = "open", value_name = "DAYS=FROM-UNTIL")]
    open: Vec<String>,
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
    schedule: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Except {
    /// Its id or name.
    schedule: String,
    /// The date, such as 2026-12-24.
    #[arg(long)]
    date: String,
    /// Its hours; closed all day when left out. May be given several times.
    #[arg(long = "open", value_name = "FROM-UNTIL")]
    open: Vec<String>,
    /// What it is called.
    #[arg(long, default_value = "")]
    name: String,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Its id or name.
    schedule: String,
    /// The calendar, an .ics file.
    file: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn object(whole: &Whole) -> Value {
    let span = |from: u16, until: u16| json!({ "from": clock(from), "until": clock(until) });
    let windows: Vec<Value> = whole
        .hours
        .weekly
        .iter()
        .map(|window| {
            let mut value = span(window.span.from, window.span.until);
            value["weekday"] = json!(WEEKDAYS.get(usize::from(window.weekday)));
            value
        })
        .collect();
    let exceptions: Vec<Value> = whole
        .hours
        .exceptions
        .iter()
        .map(|(day, spans)| {
            let spans: Vec<Value> = spans.iter().map(|one| span(one.from, one.until)).collect();
            json!({ "date": when::day_text(*day), "name": whole.names.get(day), "windows": spans })
        })
        .collect();
    let row = &whole.row;
    json!({ "id": row.id, "name": row.name, "windows": windows, "exceptions": exceptions, "created_at": time(row.created_at) })
}

fn line(whole: &Whole) -> String {
    let week = words::week(&whole.hours.weekly);
    let week = if week.is_empty() { "never".to_owned() } else { week.join("; ") };
    format!("{}  {}: {week}", whole.row.id, whole.row.name)
}

/// The schedule of this id or name.
pub(super) async fn find(app: &App, organization: &str, wanted: &str) -> Result<ScheduleRow> {
    let organization = organization.to_owned();
    let rows = app.db.read(move |c| store::all(c, &organization)).await?;
    named(rows, wanted, "schedule", |row| &row.id, |row| &row.name)
}

/// `mon-fri=08:00-18:00` and the like as the form would send them.
pub(super) fn week(open: &[String]) -> Result<[Vec<(String, String)>; 7]> {
    let mut week: [Vec<(String, String)>; 7] = Default::default();
    for text in open {
        let wrong = || Error::Refused(format!("{text} is no window such as mon-fri=08:00-18:00."));
        let (days, hours) = text.split_once('=').ok_or_else(wrong)?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let day =
            |short: &str| WEEKDAYS.iter().position(|name| short.len() >= 3 && name.starts_with(&short.to_lowercase()));
        let (first, last) = day(first).zip(day(last)).ok_or_else(wrong)?;
        let hours = span(hours).ok_or_else(wrong)?;
        // sat-mon goes over the weekend.
        let count = (last + 7 - first) % 7;
        for ahead in 0..=count {
            if let Some(day) = week.get_mut((first + ahead) % 7) {
                day.push(hours.clone());
            }
        }
    }
    Ok(week)
}

fn span(text: &str) -> Option<(String, String)> {
    text.split_once('-').map(|(from, until)| (from.to_owned(), until.to_owned()))
}

impl Schedule {
    pub(super) async fn run(self, app: &App, org: Option<&str>) -> Result<()> {
        let (organization, actor) = acting(app, org).await?;
        let id = organization.id.clone();
        let (wanted, json) = match self {
            Self::Create(create) => {
                let typed = ScheduleInput { name: create.name, days: week(&create.open)? };
                (schedule::create(app, &actor, &typed).await?, create.json)
            }
            Self::List(list) => {
                let owner = id.clone();
                for row in app.db.read(move |c| store::all(c, &owner)).await? {
                    let whole = whole(app, &id, &row.id).await?;
                    print(list.json, &object(&whole), &line(&whole))?;
                }
                return Ok(());
            }
            Self::Show(show) => (show.schedule, show.json),
            Self::Except(except) => {
                let row = find(app, &id, &except.schedule).await?;
                let windows = except.open.iter().map(|text| {
                    span(text).ok_or_else(|| Error::Refused(format!("{text} is no window such as 10:00-14:00.")))
                });
                let typed =
                    ExceptionInput { date: except.date, name: except.name, windows: windows.collect::<Result<_>>()? };
                schedule::add_exception(app, &actor, &row.id, &typed).await?;
                (row.id, except.json)
            }
            Self::Import(import) => {
                let row = find(app, &id, &import.schedule).await?;
                let file = std::fs::read(&import.file)
                    .map_err(|cause| Error::Refused(format!("{}: {cause}", import.file.display())))?;
                let today = when::today(app.clock.now(), &organization.time_zone);
                let found = holidays::read(&file, today).map_err(Error::Refused)?;
                for sentence in &found.left_out {
                    eprintln!("left out: {sentence}");
                }
                schedule::close_dates(app, &actor, &row.id, found.dates).await?;
                (row.id, import.json)
            }
            Self::Remove(remove) => {
                let row = find(app, &id, &remove.schedule).await?;
                let was = whole(app, &id, &row.id).await?;
                schedule::remove(app, &actor, &row.id).await?;
                return print(remove.json, &object(&was), &format!("{} is removed.", row.name));
            }
        };
        let row = find(app, &id, &wanted).await?;
        let whole = whole(app, &id, &row.id).await?;
        print(json, &object(&whole), &line(&whole))
    }
}

async fn whole(app: &App, organization: &str, id: &str) -> Result<Whole> {
    let (organization, id) = (organization.to_owned(), id.to_owned());
    app.db.read(move |c| store::whole(c, &organization, &id)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_read_for_one_day_and_for_several() {
        let week = |open: &[&str]| week(&open.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let read = week(&["mon-fri=08:00-18:00", "sat-mon=22:00-06:00", "Friday=20:00-21:00"]).expect("a week");
        assert_eq!(read.each_ref().map(Vec::len), [2, 1, 1, 1, 2, 1, 1]);
        for wrong in ["mon", "mo=1-2", "mon=0800", "fun=08:00-09:00", "=08:00-09:00"] {
            assert!(week(&[wrong]).is_err(), "{wrong}");
        }
    }
}
