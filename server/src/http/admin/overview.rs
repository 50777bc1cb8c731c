//! `/`.

use super::common::{self, Answer, door_row, feed_item, lines, show};
use super::gauges;
use crate::app::App;
use crate::driver::terminal::ONLINE_MS;
use crate::http::auth::Admin;
use crate::service::quota;
use crate::store::terminal::desk;
use crate::store::{door, event, link, message, names, place};
use app::page::admin::{Section, overview, said};
use app::text::when;
use axum::extract::State;
use axum::http::StatusCode;
use domain::event::Outcome;

/// Doors and ending links shown.
const FEW: usize = 6;
const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// `GET /`.
pub async fn overview(State(app): State<App>, admin: Admin) -> Answer {
    let (id, zone) = (admin.organization.id.clone(), admin.organization.time_zone.clone());
    let now = app.clock.now();
    let brief = event::Filter { brief: true, ..Default::default() };
    let midnight = when::start_of_day(now, &zone);
    let organization = admin.organization.clone();
    let (head, unlocks, active, mails, doors, rows, names, ending, ending_doors, places, any_link, standings, silent) =
        app.db
            .read(move |c| {
                let rows = event::list(c, &id, &brief, 12)?;
                let names = names::names(c, &id, &rows)?;
                let ending = link::ending(c, &id, now, now + DAY_MS, 6)?;
                let ids: Vec<String> = ending.iter().map(|row| row.id.clone()).collect();
                Ok((
                    event::head(c, &id)?.0,
                    event::hours(c, &id, midnight)?,
                    link::count_active(c, &id, now, now + DAY_MS)?,
                    message::states_since(c, &id, midnight)?,
                    door::all(c, &id)?,
                    rows,
                    names,
                    ending,
                    link::door_names(c, &ids)?,
                    place::all(c, &id)?,
                    !link::list(c, &id, &link::Filter::default(), now, 1)?.is_empty(),
                    quota::gauges(c, &organization, now)?,
                    desk::silent_since(c, &id, now - ONLINE_MS)?,
                ))
            })
            .await?;
    let (mut opened_today, mut refused_today) = (0, 0);
    let mut refused_why: Vec<(String, i64)> = Vec::new();
    let mut hours: Vec<overview::Hour> = (0..=(now - midnight) / HOUR_MS)
        .map(|hour| overview::Hour {
            // A day of daylight saving shows an hour twice, or leaves one out.
            label: format!("{:02}", when::wall(midnight + hour * HOUR_MS, &zone).minute / 60),
            ..overview::Hour::default()
        })
        .collect();
    for (hour, outcome, reason, count) in unlocks {
        let at = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour));
        if outcome == "granted" {
            opened_today += count;
            if let Some(at) = at {
                at.granted += count;
            }
        } else {
            refused_today += count;
            if let Some(at) = at {
                at.refused += count;
            }
            let why = said::badge("door.unlock", Outcome::Denied, reason.as_deref());
            match refused_why.iter_mut().find(|(known, _)| known == why) {
                Some((_, so_far)) => *so_far += count,
                None => refused_why.push((why.to_owned(), count)),
            }
        }
    }
    refused_why.sort_by_key(|(_, count)| -count);
    let mail = |state: &str| mails.iter().find(|(code, _)| code == state).map_or(0, |(_, count)| *count);
    // What needs a look comes first; the rest by place and name.
    let mut shown: Vec<_> = doors.iter().collect();
    shown.sort_by_key(|at| {
        let shut = at.door.locked_down_at.or(at.place.locked_down_at).is_some();
        !shut && app.drivers.online(&at.door)
    });
    let fresh = places.is_empty() || doors.is_empty() || !any_link;
    let model = overview::Model {
        opened_today,
        refused_today,
        refused_why,
        hours,
        today: when::input(midnight, &zone),
        places: places
            .iter()
            .filter(|place| place.locked_down_at.is_none())
            .map(|place| (place.id.clone(), place.name.clone()))
            .collect(),
        active_links: active.0,
        ending_links: active.1,
        sent_today: mail("sent"),
        kept_today: mail("kept"),
        failed_today: mail("failed") + mail("unknown"),
        door_count: i64::try_from(doors.len()).unwrap_or(0),
        doors: shown
            .into_iter()
            .take(FEW)
            .map(|at| app::page::admin::doors::Row { description: at.place.name.clone(), ..door_row(&app, at) })
            .collect(),
        feed: lines(&app, &zone, &rows, &names).into_iter().map(feed_item).collect(),
        stream: format!("/events/stream?after={head}"),
        ending: ending
            .into_iter()
            .map(|row| overview::Ending {
                doors: ending_doors.get(&row.id).cloned().unwrap_or_default(),
                until: common::said(&app, row.valid_until.unwrap_or(now), &zone),
                later: when::input(row.valid_until.unwrap_or(now) + DAY_MS, &zone),
                zone: zone.clone(),
                version: row.version,
                id: row.id,
                name: row.name,
            })
            .collect(),
        gauges: gauges::models(&app, &zone, standings),
        silent: silent
            .into_iter()
            .filter(|row| !app.drivers.terminal.is_on_line(&row.id, &row.door_id))
            .map(|row| overview::Silent {
                seen: row.last_seen_at.map(|at| common::said(&app, at, &zone)),
                id: row.id,
                name: row.name,
            })
            .collect(),
        first_steps: fresh.then_some(overview::FirstSteps {
            place: !places.is_empty(),
            door: !doors.is_empty(),
            link: any_link,
        }),
    };
    show(&app, &admin, Section::Overview, StatusCode::OK, model, overview::view).await
}
