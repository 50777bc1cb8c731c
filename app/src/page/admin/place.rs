//! One place: its facts and its doors.

use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, doors, place_lockdown};
use crate::shell::{self, Islands};
use crate::ui::{self, Fact, icon::Icon};

/// The place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `place_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is; may be empty.
    pub address: String,
    /// An IANA name.
    pub time_zone: String,
    /// Its coordinates and the radius around them; may be empty.
    pub geofence: String,
    /// What its clock shows, `14:31`.
    pub local_time: String,
    /// Its doors, by name.
    pub doors: Vec<doors::Row>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let id = model.id.clone();
    let may = chrome.may(Right::House);
    let actions = may.then(|| {
        view! {
            <a class="btn" href=format!("/places/{id}/edit")>{Icon::Edit.view()} "Edit"</a>
            <a class="btn danger" href=format!("/places/{id}/remove")>{Icon::Remove.view()} "Remove"</a>
        }
    });
    let add = format!("/doors/new?place={id}");
    let names: Vec<_> = model.doors.iter().map(|door| (door.id.clone(), door.name.clone())).collect();
    let list = if model.doors.is_empty() {
        let first = may.then(|| view! { <a class="btn" href=add.clone()>"Add its first door"</a> });
        ui::empty(
            Icon::Door,
            "No doors here yet",
            "A door is one lockable opening that links can open.",
            first.into_any(),
        )
    } else {
        doors::rows(model.doors, &chrome, &format!("/places/{}", model.id))
    };
    let more = may.then(|| view! { <a class="small" href=add>"New door"</a> });
    let facts = ui::facts([
        Fact::text("Address", &model.address),
        Fact::text("Time zone", &model.time_zone).map(|fact| fact.more(format!("It is {} there", model.local_time))),
        Fact::text("Geofence", &model.geofence),
    ]);
    let lockdown = chrome.lockdowns.iter().find(|lockdown| lockdown.place_id == model.id).cloned();
    let body = view! {
        {ui::back("/places", "Places")}
        {ui::head(&model.name, None, actions.into_any())}
        <div class="grid cols">
            {ui::card_of("card", "Doors", more.into_any(), list)}
            <div class="grid">
                {ui::card("Place", ().into_any(), facts)}
                {place_lockdown::card(&model.id, lockdown.as_ref(), &names, &chrome)}
            </div>
        </div>
    };
    shell::admin(chrome, &model.name, Islands::None, body.into_any())
}
