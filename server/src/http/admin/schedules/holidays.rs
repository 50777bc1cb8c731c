//! `/schedules/{id}/holidays`: a calendar file is looked at first, and what it closes is then confirmed.

use super::must_be_ours;
use crate::app::App;
use crate::error::Error;
use crate::http::admin::common::{Answer, done, refused, show};
use crate::http::auth::{AdminForm, Holder, needs};
use crate::service::schedule::{self, holidays};
use crate::store::schedule as store;
use app::page::admin::Section;
use app::page::admin::holidays::{self as page, Date, Preview};
use app::text::{Language, when};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::input;
use std::collections::BTreeSet;

/// `GET /schedules/{id}/holidays`.
pub async fn choose(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let row = must_be_ours(&app, &admin, &id).await?;
    let model = page::Model { id: row.id, name: row.name, ..Default::default() };
    show(&app, &admin, Section::Schedules, StatusCode::OK, model, page::view).await
}

/// `POST /schedules/{id}/holidays`: with a file what it brings, with a confirmation the deed.
pub async fn import(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let row = must_be_ours(&app, &form.admin, &id).await?;
    if form.typed.ticked("confirm") {
        return close(&app, &id, form).await;
    }
    let today = when::today(app.clock.now(), &form.admin.organization.time_zone);
    let read = match form.typed.file("file") {
        Some(file) => holidays::read(&file, today),
        None => Err("Choose a calendar file first.".into()),
    };
    let mut model = page::Model { id: row.id, name: row.name, ..Default::default() };
    let status = match read {
        Ok(found) => {
            let known = app.db.read(move |c| store::exceptions_from(c, &id, Some(today))).await?;
            let known: BTreeSet<i32> = known.into_iter().map(|exception| exception.day).collect();
            model.preview = Some(preview(found, &known));
            StatusCode::OK
        }
        Err(sentence) => {
            model.error = Some(sentence);
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    show(&app, &form.admin, Section::Schedules, status, model, page::view).await
}

fn preview(found: holidays::Found, known: &BTreeSet<i32>) -> Preview {
    let said = |day: i32| when::long_day(day, Language::En);
    let (kept, new): (Vec<_>, Vec<_>) = found.dates.into_iter().partition(|(day, _)| known.contains(day));
    Preview {
        dates: new.into_iter().map(|(day, name)| Date { date: when::day_text(day), said: said(day), name }).collect(),
        kept: kept
            .into_iter()
            .map(|(day, name)| if name.is_empty() { said(day) } else { format!("{}, {name}", said(day)) })
            .collect(),
        left_out: found.left_out,
    }
}

async fn close(app: &App, id: &str, form: AdminForm<needs::House>) -> Answer {
    let to = format!("/schedules/{id}");
    // What comes back from the page is checked like everything typed.
    let mut dates: Vec<(i32, String)> = Vec::new();
    for taken in form.typed.all("take") {
        let (date, name) = taken.split_once(' ').unwrap_or((&taken, ""));
        match (when::parse_day(date), input::optional_line(name, 100)) {
            (Some(day), Ok(name)) => dates.push((day, name)),
            _ => {
                let sentence = "One of these dates could not be read, so none was stored. Choose the file again.";
                return refused(&form.admin, &format!("{to}/holidays"), Error::Refused(sentence.into())).await;
            }
        }
    }
    dates.sort();
    dates.dedup_by_key(|(day, _)| *day);
    if dates.is_empty() {
        let sentence = "No date was ticked, so nothing was changed.";
        return refused(&form.admin, &to, Error::Refused(sentence.into())).await;
    }
    match schedule::close_dates(app, &form.admin.actor, id, dates).await {
        Ok(1) => done(&form.admin, &to, "One day is closed.".into(), None).await,
        Ok(added) => done(&form.admin, &to, format!("{added} days are closed."), None).await,
        Err(error) => refused(&form.admin, &to, error).await,
    }
}
