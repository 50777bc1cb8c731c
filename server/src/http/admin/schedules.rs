//! `/schedules`.

use super::common::{Answer, done, into_form, made, refused, show};
use super::week;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::{Admin, AdminForm, Holder, needs};
use crate::http::form::Typed;
use crate::service::schedule::{self, ExceptionInput, ScheduleInput, words};
use crate::store::schedule as store;
use app::page::admin::schedule::{self as schedule_page, Exception, NewException};
use app::page::admin::{Section, confirm, schedule_form, schedules as schedules_page, week_fields};
use app::text::{Language, when};
use app::ui::{Choice, Field};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use domain::schedule::{Span, Window};
use serde::Deserialize;

mod holidays;

pub use holidays::{choose, import};

/// The schedules to choose from in a form.
pub(super) async fn choices(app: &App, admin: &Admin) -> Result<Vec<Choice>> {
    let id = admin.organization.id.clone();
    let rows = app.db.read(move |c| store::all(c, &id)).await?;
    Ok(rows.into_iter().map(|row| Choice { value: row.id, label: row.name }).collect())
}

/// Weekly windows as a form sends them: `from-0` and `until-0` for each window of Monday, and so on.
pub(super) fn typed_week(typed: &Typed) -> [Vec<(String, String)>; 7] {
    std::array::from_fn(|day| {
        typed.all(&format!("from-{day}")).into_iter().zip(typed.all(&format!("until-{day}"))).collect()
    })
}

/// `GET /schedules`.
pub async fn list(State(app): State<App>, admin: Admin) -> Answer {
    let id = admin.organization.id.clone();
    let today = when::day_text(when::today(app.clock.now(), &admin.organization.time_zone));
    let rows = app.db.read(move |c| store::listed(c, &id, &today)).await?;
    let row = |listed: store::Listed| schedules_page::Row {
        week: match words::week(&listed.windows) {
            week if week.is_empty() => "Never".to_owned(),
            week => week.join("; "),
        },
        exceptions: listed.exceptions,
        doors: listed.doors,
        groups: listed.groups,
        id: listed.row.id,
        name: listed.row.name,
    };
    let model = schedules_page::Model { schedules: rows.into_iter().map(row).collect() };
    show(&app, &admin, Section::Schedules, StatusCode::OK, model, schedules_page::view).await
}

/// What a new schedule begins with.
#[derive(Debug, Default, Deserialize)]
pub struct Start {
    #[serde(default)]
    start: String,
}

impl Start {
    fn windows(&self) -> (&'static str, Vec<Window>) {
        let daily = |days: std::ops::Range<u8>, from: u16, until: u16| {
            let span = Span::between(from * 60, until * 60);
            days.filter_map(|weekday| Some(Window { weekday, span: span.ok()? })).collect()
        };
        match self.start.as_str() {
            "never" => ("Never", Vec::new()),
            "always" => ("Always", daily(0..7, 0, 24)),
            "office" => ("Office hours", daily(0..5, 8, 18)),
            _ => ("", daily(0..5, 8, 18)),
        }
    }
}

/// `GET /schedules/new`.
pub async fn new(State(app): State<App>, admin: Holder<needs::House>, Query(start): Query<Start>) -> Answer {
    let (name, windows) = start.windows();
    let model =
        schedule_form::Model { name: Field::new(name), week: week_fields::Model::of(&windows), ..Default::default() };
    show(&app, &admin, Section::Schedules, StatusCode::OK, model, schedule_form::view).await
}

fn typed_form(form: &AdminForm<needs::House>, id: Option<String>) -> (ScheduleInput, schedule_form::Model) {
    let input = ScheduleInput { name: form.typed.text("name"), days: typed_week(&form.typed) };
    let model = schedule_form::Model {
        id,
        version: form.typed.version(),
        name: Field::new(&input.name),
        week: week_fields::Model { days: input.days.clone(), errors: Default::default() },
        form_error: None,
    };
    (input, model)
}

/// `POST /schedules/new`.
pub async fn create(State(app): State<App>, form: AdminForm<needs::House>) -> Answer {
    let (input, mut model) = typed_form(&form, None);
    match schedule::create(&app, &form.admin.actor, &input).await {
        Ok(id) => {
            let text =
                format!("The schedule {} is made. Choose it now in the form of a door or a group.", input.name.trim());
            made(&app, &form.admin, &format!("/schedules/{id}"), text, &input.name, |c, organization| {
                Ok(store::all(c, organization)?.into_iter().map(|row| row.name).collect())
            })
            .await
        }
        Err(error) => {
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            show(&app, &form.admin, Section::Schedules, status, model, schedule_form::view).await
        }
    }
}

/// `GET /schedules/{id}`.
pub async fn detail(
    State(app): State<App>,
    admin: Admin,
    Path(id): Path<String>,
    Query(asked): Query<week::Asked>,
) -> Answer {
    let model = model(&app, &admin, &id, &asked).await?;
    show(&app, &admin, Section::Schedules, StatusCode::OK, model, schedule_page::view).await
}

async fn model(app: &App, admin: &Admin, id: &str, asked: &week::Asked) -> Result<schedule_page::Model> {
    let (organization, schedule_id) = (admin.organization.id.clone(), id.to_owned());
    let (whole, used) = app
        .db
        .read(move |c| Ok((store::whole(c, &organization, &schedule_id)?, store::used_by(c, &schedule_id)?)))
        .await?;
    // A schedule is of every place that has it; alone it is drawn by the organization's clock.
    let zone = &admin.organization.time_zone;
    let today = when::today(app.clock.now(), zone);
    let path = format!("/schedules/{id}");
    let exception = |(day, spans): (&i32, &Vec<Span>)| Exception {
        date: when::day_text(*day),
        said: when::long_day(*day, Language::En),
        name: whole.names.get(day).cloned().unwrap_or_default(),
        hours: words::exception(spans),
    };
    Ok(schedule_page::Model {
        week: week::model(app, asked, &path, zone, |day| whole.hours.hours(day), &whole.names),
        every_week: words::week(&whole.hours.weekly),
        exceptions: whole.hours.exceptions.range(today..).map(exception).collect(),
        past: i64::try_from(whole.hours.exceptions.range(..today).count()).unwrap_or(0),
        new: NewException::default(),
        doors: used.doors,
        groups: used.groups,
        id: whole.row.id,
        name: whole.row.name,
    })
}

/// `GET /schedules/{id}/edit`.
pub async fn edit(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let whole = app.db.read(move |c| store::whole(c, &organization, &id)).await?;
    let model = schedule_form::Model {
        id: Some(whole.row.id),
        version: whole.row.version,
        name: Field::new(whole.row.name),
        week: week_fields::Model::of(&whole.hours.weekly),
        form_error: None,
    };
    show(&app, &admin, Section::Schedules, StatusCode::OK, model, schedule_form::view).await
}

/// `POST /schedules/{id}/edit`.
pub async fn update(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let (input, mut model) = typed_form(&form, Some(id.clone()));
    match schedule::update(&app, &form.admin.actor, &id, form.typed.version(), &input).await {
        Ok(()) => done(&form.admin, &format!("/schedules/{id}"), "Saved.".into(), None).await,
        Err(error) => {
            must_be_ours(&app, &form.admin, &id).await?;
            let status = crate::http::failure::status(&error);
            into_form(error, |field, sentence| model.fail(field, sentence))?;
            show(&app, &form.admin, Section::Schedules, status, model, schedule_form::view).await
        }
    }
}

/// What is wrong with a form is said to whoever has the thing; to others the thing is not there.
async fn must_be_ours(app: &App, admin: &Admin, id: &str) -> Result<store::ScheduleRow> {
    let (owner, id) = (admin.organization.id.clone(), id.to_owned());
    app.db.read(move |c| store::find(c, &owner, &id)).await
}

/// `POST /schedules/{id}/exceptions`.
pub async fn add_exception(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let windows: Vec<(String, String)> = form.typed.all("from").into_iter().zip(form.typed.all("until")).collect();
    let input = ExceptionInput {
        date: form.typed.text("date"),
        name: form.typed.text("exception_name"),
        windows: windows.clone(),
    };
    match schedule::add_exception(&app, &form.admin.actor, &id, &input).await {
        Ok(exception) => {
            let date = when::long_day(exception.day, Language::En);
            let text = if exception.spans.is_empty() {
                format!("{date} is closed all day.")
            } else {
                format!("{date} has hours of its own: {}.", words::exception(&exception.spans))
            };
            done(&form.admin, &format!("/schedules/{id}"), text, None).await
        }
        Err(error) => {
            must_be_ours(&app, &form.admin, &id).await?;
            let status = crate::http::failure::status(&error);
            let mut model = model(&app, &form.admin, &id, &week::Asked::default()).await?;
            let mut windows = windows.into_iter();
            model.new = NewException {
                date: Field::new(input.date),
                name: Field::new(input.name),
                windows: [windows.next().unwrap_or_default(), windows.next().unwrap_or_default()],
                ..Default::default()
            };
            into_form(error, |field, sentence| model.new.fail(field, sentence))?;
            show(&app, &form.admin, Section::Schedules, status, model, schedule_page::view).await
        }
    }
}

/// `POST /schedules/{id}/exceptions/remove`.
pub async fn remove_exception(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    let to = format!("/schedules/{id}");
    match schedule::remove_exception(&app, &form.admin.actor, &id, form.typed.get("date")).await {
        Ok(day) => {
            let text = format!("{} is as in every week again.", when::long_day(day, Language::En));
            done(&form.admin, &to, text, None).await
        }
        Err(error) => {
            must_be_ours(&app, &form.admin, &id).await?;
            refused(&form.admin, &to, error).await
        }
    }
}

/// `GET /schedules/{id}/remove`.
pub async fn ask_remove(State(app): State<App>, admin: Holder<needs::House>, Path(id): Path<String>) -> Answer {
    let organization = admin.organization.id.clone();
    let (row, used) = app.db.read(move |c| Ok((store::find(c, &organization, &id)?, store::used_by(c, &id)?))).await?;
    let model = confirm::Model::remove_schedule(&row.id, &row.name, used.refusal(), row.version);
    show(&app, &admin, Section::Schedules, StatusCode::OK, model, confirm::view).await
}

/// `POST /schedules/{id}/remove`.
pub async fn remove(State(app): State<App>, Path(id): Path<String>, form: AdminForm<needs::House>) -> Answer {
    match schedule::remove(&app, &form.admin.actor, &id).await {
        Ok(name) => done(&form.admin, "/schedules", format!("The schedule {name} is removed."), None).await,
        Err(Error::NotFound) => Err(Error::NotFound.into()),
        Err(error) => refused(&form.admin, &format!("/schedules/{id}/remove"), error).await,
    }
}
