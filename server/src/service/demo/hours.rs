//! The demo's groups and hours: an office with holidays, evenings for the cleaning, and who has them.

use crate::app::App;
use crate::error::Result;
use crate::service::actor::Actor;
use crate::service::door::{self, DoorInput};
use crate::service::group::{self, GroupInput};
use crate::service::link::{self, LinkInput};
use crate::service::schedule::{self, ExceptionInput, ScheduleInput};
use crate::store::door as doors;
use app::text::when;

fn daily(days: std::ops::RangeInclusive<usize>, from: &str, until: &str) -> [Vec<(String, String)>; 7] {
    std::array::from_fn(|day| if days.contains(&day) { vec![(from.to_owned(), until.to_owned())] } else { Vec::new() })
}

/// Fills them in.
pub(super) async fn fill(app: &App, maya: &Actor, ids: &[String]) -> Result<()> {
    let mut week = daily(0..=4, "07:30", "19:00");
    for (day, from, until) in [(4, "21:00", "01:00"), (5, "10:00", "14:00")] {
        if let Some(day) = week.get_mut(day) {
            day.push((from.to_owned(), until.to_owned()));
        }
    }
    let office = schedule::create(app, maya, &ScheduleInput { name: "Office hours".into(), days: week }).await?;
    let evenings = ScheduleInput { name: "Evenings".into(), days: daily(0..=4, "18:00", "22:00") };
    let evenings = schedule::create(app, maya, &evenings).await?;
    let today = when::today(app.clock.now(), "Europe/Berlin");
    for (ahead, name, windows) in
        [(1, "Stocktaking", vec![("12:00", "16:00")]), (9, "Works outing", vec![]), (30, "Company holiday", vec![])]
    {
        let typed = ExceptionInput {
            date: when::day_text(today + ahead),
            name: name.into(),
            windows: windows.into_iter().map(|(from, until)| (from.to_owned(), until.to_owned())).collect(),
        };
        schedule::add_exception(app, maya, &office, &typed).await?;
    }
    let pick = |wanted: &[usize]| wanted.iter().filter_map(|at| ids.get(*at).cloned()).collect::<Vec<String>>();
    let visitors = GroupInput {
        name: "Visitors".into(),
        description: "Who comes for a day".into(),
        doors: pick(&[0, 1, 3]),
        schedule_id: office.clone(),
        ..GroupInput::default()
    };
    group::create(app, maya, &visitors).await?;
    let cleaning = GroupInput {
        name: "Cleaning".into(),
        doors: pick(&[0, 1, 4, 5]),
        reader: true,
        schedule_id: evenings,
        ..GroupInput::default()
    };
    let cleaning = group::create(app, maya, &cleaning).await?;
    let typed = LinkInput {
        name: "Cleaning, evenings".into(),
        email: "clean@spotless.example".into(),
        company: "Spotless GmbH".into(),
        groups: vec![cleaning],
        days: daily(0..=3, "18:30", "21:00"),
        zone: "Europe/Berlin".into(),
        ..LinkInput::default()
    };
    link::create(app, maya, &typed).await?;
    // The workshop keeps the office's hours.
    if let Some(workshop) = ids.get(4).cloned() {
        let organization = maya.organization.clone();
        let at = app.db.read(move |c| doors::find(c, &organization, &workshop)).await?;
        let typed = DoorInput {
            name: at.door.name,
            description: at.door.description,
            place_id: at.place.id,
            unlock_seconds: (at.door.unlock_ms / 1_000).to_string(),
            accepts_digital: at.door.accepts_digital,
            schedule_id: office,
            ..DoorInput::default()
        };
        door::update(app, maya, &at.door.id, at.door.version, &typed).await?;
    }
    Ok(())
}
