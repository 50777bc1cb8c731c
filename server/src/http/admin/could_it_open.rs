//! `/doors/{id}/could-it-open`: what a tap would meet, by the very decision that it would meet.

use super::common::{Answer, said, show};
use super::links::hours::{self, AHEAD};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::auth::Admin;
use crate::store::door::{self, DoorAtPlace};
use crate::store::facts::{self, Facts};
use crate::store::group;
use crate::store::link::{self, Filter, LinkRow};
use crate::store::schedule;
use app::page::admin::could_it_open::{self as page, Check};
use app::page::admin::{Section, said as words};
use app::text::{Language, when};
use app::ui::{Choice, Field};
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use domain::decide::{self, Asker, Decision, LinkFacts, Scope, decide};
use domain::link::State;
use domain::reason::Reason;
use serde::Deserialize;

/// Links offered to choose from.
const OFFERED: usize = 100;
/// Who asks when it is no link.
const ADMIN: &str = "admin";

/// The question.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    link: String,
    #[serde(default)]
    at: String,
}

/// `GET /doors/{id}/could-it-open`.
pub async fn ask(
    Extract(app): Extract<App>,
    admin: Admin,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let (organization, wanted, now) = (admin.organization.id.clone(), asked.link.clone(), app.clock.now());
    let (at, mut links, chosen) = app
        .db
        .read(move |c| {
            let at = door::find(c, &organization, &id)?;
            let filter = Filter { door: Some(id.clone()), ..Filter::default() };
            let links = link::list(c, &organization, &filter, now, OFFERED)?;
            let chosen = match wanted.as_str() {
                "" | ADMIN => None,
                link => Some(link::find(c, &organization, link)?),
            };
            Ok((at, links, chosen))
        })
        .await?;
    links.retain(|row| row.revoked_at.is_none() && chosen.as_ref().is_none_or(|chosen| chosen.id != row.id));
    let zone = at.place.time_zone.clone();
    let mut when_field = Field::new(asked.at);
    let mut answer = None;
    let mut status = StatusCode::OK;
    if when_field.value.is_empty() {
        when_field.value = when::input(now, &zone);
    } else {
        match when::parse_input(&when_field.value, &zone) {
            Ok(moment) => answer = Some(self::answer(&app, &at, chosen.as_ref(), moment).await?),
            Err(refused) => {
                when_field.error = Some(refused.to_string());
                status = StatusCode::UNPROCESSABLE_ENTITY;
            }
        }
    }
    // Those that open something now or later first; names alike are told apart by their dates.
    links.sort_by_key(|row| !matches!(row.state(now), State::Active | State::Scheduled));
    let label = |row: &LinkRow| Choice { value: row.id.clone(), label: label(row, now, &zone) };
    let admin_choice = Choice { value: ADMIN.into(), label: "An admin, from the dashboard".into() };
    let model = page::Model {
        who: Field::new(chosen.as_ref().map_or(ADMIN, |row| row.id.as_str())),
        choices: chosen.iter().map(label).chain(std::iter::once(admin_choice)).chain(links.iter().map(label)).collect(),
        at: when_field,
        answer,
        id: at.door.id,
        door: at.door.name,
        zone,
    };
    show(&app, &admin, Section::Doors, status, model, page::view).await
}

fn label(row: &LinkRow, now: i64, zone: &str) -> String {
    let name = if row.company.is_empty() { row.name.clone() } else { format!("{}, {}", row.name, row.company) };
    match row.valid_until {
        Some(until) if until <= now => format!("{name}, ended {}", when::moment(until, now, zone, Language::En).said),
        Some(until) => format!("{name}, until {}", when::moment(until, now, zone, Language::En).said),
        None => format!("{name}, without an end"),
    }
}

async fn answer(app: &App, at: &DoorAtPlace, link: Option<&LinkRow>, moment: i64) -> Result<page::Answer> {
    let (door_id, link_id) = (at.door.id.clone(), link.map(|row| row.id.clone()));
    let (organization, schedule_id) = (at.door.organization_id.clone(), at.door.schedule_id.clone());
    let (facts, state, groups, schedule) = app
        .db
        .read(move |c| {
            let links: Vec<&str> = link_id.as_deref().into_iter().collect();
            let facts = Facts::load_ahead(c, &facts::Asked::each(&links, &[door_id.as_str()]), moment, AHEAD)?;
            let (state, groups) = match &link_id {
                Some(link) => {
                    let here = group::of_door(c, &door_id)?;
                    let of_link = link::groups_of(c, link)?;
                    let ways = here.into_iter().filter(|group| of_link.contains(group)).collect();
                    (facts::at_door(c, link, &door_id)?, ways)
                }
                None => (facts::AtDoor::default(), Vec::new()),
            };
            let named = match &schedule_id {
                Some(id) => schedule::find(c, &organization, id).ok().map(|row| (row.id, row.name)),
                None => None,
            };
            Ok((facts, state, groups, named))
        })
        .await?;
    let door = facts.door(&at.door.id, app.drivers.online(&at.door), moment).ok_or(Error::NotFound)?;
    let pair = (link.map_or_else(String::new, |row| row.id.clone()), at.door.id.clone());
    let of_link = link.map(|row| facts.link(&pair, row.validity(), row.cooldown_ms, state));
    // By its code, where that alone opens.
    let by_code = of_link.as_ref().is_some_and(|link| !link.web);
    let of_link = of_link.map(|link| LinkFacts { web: true, ..link });
    let asker = of_link.as_ref().map_or(Asker::Admin, Asker::Link);
    let decision = decide(asker, &door, moment);
    let ahead = moment >= app.clock.now() - 60_000;
    let about = About { at, link, groups: &groups, hours: schedule.as_ref() };
    let (begins, ends) = link.map_or((moment, None), |row| (row.valid_from, row.valid_until));
    let from = moment.max(begins);
    let shut = decision.trace.iter().any(|check| check.reason == Reason::OutsideSchedule && !check.passed);
    // Of a link that has ended by then, hours have no say any more.
    let opens = if shut && ends.is_none_or(|ends| from < ends) {
        let sets = decide::binding(asker, &door);
        let zone = &at.place.time_zone;
        let next = when::next(from, zone, AHEAD, |wall| domain::schedule::together::next_open(&sets, wall, AHEAD))
            .filter(|next| ends.is_none_or(|ends| *next < ends));
        Some(match next {
            Some(next) => {
                format!("Its hours open it next: {}", when::opening(next, app.clock.now(), zone, Language::En))
            }
            None => hours::never(ends, from).to_owned(),
        })
    } else {
        None
    };
    Ok(page::Answer {
        open: decision.granted(),
        who: match link {
            Some(row) if by_code => format!("{}, by the link's code", row.name),
            Some(row) => row.name.clone(),
            None => "an admin".to_owned(),
        },
        at: said(app, moment, &at.place.time_zone),
        ahead,
        checks: about.checks(&decision, ahead),
        opens,
    })
}

/// What the checks are about, with pages of their own.
struct About<'a> {
    at: &'a DoorAtPlace,
    link: Option<&'a LinkRow>,
    groups: &'a [(String, String)],
    hours: Option<&'a (String, String)>,
}

impl About<'_> {
    fn checks(&self, decision: &Decision, ahead: bool) -> Vec<Check> {
        let check = |check: &decide::Check| Check {
            passed: check.passed,
            text: if ahead { words::would(check) } else { words::check(check) }.to_owned(),
            about: self.of(check),
        };
        decision.trace.iter().map(check).collect()
    }

    fn of(&self, check: &decide::Check) -> Vec<(String, String)> {
        let page = |kind: &str, (id, name): &(String, String)| (format!("/{kind}/{id}"), name.clone());
        let link = self.link.map(|row| (format!("/links/{}", row.id), row.name.clone()));
        match (check.reason, check.scope) {
            (Reason::OutsideSchedule, Some(Scope::Group)) => {
                self.groups.iter().map(|group| page("groups", group)).collect()
            }
            (Reason::OutsideSchedule, Some(Scope::Door) | None) => {
                self.hours.iter().map(|hours| page("schedules", hours)).collect()
            }
            (Reason::DoorNotGranted, _) => {
                link.into_iter().chain(self.groups.iter().map(|group| page("groups", group))).collect()
            }
            (Reason::PlaceLockdown, _) => vec![(format!("/places/{}", self.at.place.id), self.at.place.name.clone())],
            (Reason::DoorLockdown | Reason::DigitalNotAllowed | Reason::DoorUnreachable, _) => {
                vec![(format!("/doors/{}", self.at.door.id), self.at.door.name.clone())]
            }
            _ => link.into_iter().collect(),
        }
    }
}
