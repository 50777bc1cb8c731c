//! `/doors/{id}/still-in`: everybody who would be let in, by the server or by a terminal's list.

use super::common::{Answer, said, show};
use super::terminals::{held, state};
use crate::app::App;
use crate::http::auth::Admin;
use crate::service::terminal::reach::{self, MayOpen, Way};
use crate::store::door::{self, DoorAtPlace};
use crate::store::terminal::{TerminalRow, desk};
use app::page::admin::terminals::TerminalState;
use app::page::admin::{Section, still_in as page};
use app::text::when;
use app::ui::Field;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

/// The question.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    at: String,
}

/// `GET /doors/{id}/still-in`.
pub async fn ask(State(app): State<App>, admin: Admin, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let (organization, now) = (admin.organization.id.clone(), app.clock.now());
    let (at, here) = app
        .db
        .read(move |c| {
            let at = door::find(c, &organization, &id)?;
            let here = desk::at_door(c, &organization, &at.door.id)?;
            Ok((at, here))
        })
        .await?;
    let zone = at.place.time_zone.clone();
    let mut field = Field::new(asked.at);
    let moment = if field.value.is_empty() {
        field.value = when::input(now, &zone);
        Ok(now)
    } else {
        when::parse_input(&field.value, &zone).map_err(|refused| refused.to_string()).and_then(|moment| {
            // A field tells minutes: the present one is not over.
            if moment + 60_000 <= now {
                Err("This moment has passed. Ask for now, or a later one.".to_owned())
            } else {
                Ok(moment.max(now))
            }
        })
    };
    let (status, people, moment) = match moment {
        Ok(moment) => {
            let ways = reach::could_get_in(&app, &admin.organization.id, &at.door.id, moment).await?;
            (StatusCode::OK, people(&app, &zone, &here, ways), Some(said(&app, moment, &zone)))
        }
        Err(sentence) => {
            field.error = Some(sentence);
            (StatusCode::UNPROCESSABLE_ENTITY, Vec::new(), None)
        }
    };
    let may_open = reach::may_open(&app, &admin.organization.id).await?;
    let terminals = here.iter().map(|row| terminal(&app, row, &at, may_open.get(&row.id))).collect();
    let model = page::Model { id: at.door.id, door: at.door.name, zone, at: field, moment, people, terminals };
    show(&app, &admin, Section::Doors, status, model, page::view).await
}

/// The ways in, by whose link they are.
fn people(app: &App, zone: &str, here: &[TerminalRow], mut ways: Vec<Way>) -> Vec<page::Person> {
    ways.sort_by(|one, other| (&one.name, &one.link, &one.terminal).cmp(&(&other.name, &other.link, &other.terminal)));
    let mut people: Vec<page::Person> = Vec::new();
    for way in ways {
        if people.last().is_none_or(|person| person.link != way.link) {
            people.push(page::Person { link: way.link.clone(), name: way.name.clone(), ways: Vec::new() });
        }
        let name = |id: String| here.iter().find(|row| row.id == id).map_or(id, |row| row.name.clone());
        let how = if way.code.is_some() { "By a code" } else { "By its page" };
        let way = page::Way {
            how: how.to_owned(),
            terminal: way.terminal.map(name),
            until: way.until.map(|until| said(app, until, zone)),
        };
        // Pictures of one link from before and after a change read alike.
        if let Some(person) = people.last_mut().filter(|person| !person.ways.contains(&way)) {
            person.ways.push(way);
        }
    }
    people
}

/// What a terminal's list means for the answer.
fn terminal(app: &App, row: &TerminalRow, at: &DoorAtPlace, may_open: Option<&MayOpen>) -> page::Terminal {
    let list = held(app, row, at, may_open).filter(|list| !list.over);
    let says = match (state(app, row), list) {
        (TerminalState::Unpaired | TerminalState::CodeOver, _) => "No device is this terminal yet.".to_owned(),
        (TerminalState::OnLine, Some(list)) => format!(
            "On line. Should it lose its network now, it opens by its list, {} old, until {}.",
            list.age, list.until.said
        ),
        (TerminalState::OnLine, None) => "On line, and without a list: off line it would open nothing.".to_owned(),
        (_, Some(list)) => format!("Off line. It opens by its list, {} old, until {}.", list.age, list.until.said),
        (TerminalState::Revoked, None) => "Revoked. It opens nothing.".to_owned(),
        (_, None) => "Off line, and without a list that opens anything.".to_owned(),
    };
    page::Terminal { id: row.id.clone(), name: row.name.clone(), says }
}
