//! A door's hours: the fields of its form, and the week on its page.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::{schedules, week};
use crate::http::auth::Admin;
use crate::store::connection::AnyConnection;
use crate::store::door::DoorAtPlace;
use crate::store::schedule::{self, Whole};
use app::page::admin::{restrictions, week as week_page};
use app::ui::Field;

/// The fields.
pub(super) async fn fields(
    app: &App,
    admin: &Admin,
    schedule: &str,
    geofence: bool,
    reader: bool,
) -> Result<restrictions::Model> {
    Ok(restrictions::Model {
        schedule: Field::new(schedule),
        schedules: schedules::choices(app, admin).await?,
        geofence,
        reader,
    })
}

/// The hours that a door has; none for always.
pub(super) fn of(c: &mut AnyConnection, at: &DoorAtPlace) -> Result<Option<Whole>> {
    match &at.door.schedule_id {
        Some(id) => Ok(Some(schedule::whole(c, &at.door.organization_id, id)?)),
        None => Ok(None),
    }
}

/// A week of them.
pub(super) fn week(app: &App, asked: &week::Asked, door: &str, zone: &str, hours: &Whole) -> week_page::Model {
    week::model(app, asked, &format!("/doors/{door}"), zone, |day| hours.hours.hours(day), &hours.names)
}
