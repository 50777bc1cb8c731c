//! One group: its doors, its hours and restrictions, and who uses it.

use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, restrictions, week};
use crate::shell::{self, Islands};
use crate::ui::{self, Fact, icon::Icon};

/// The group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `group_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Whether a member must be inside the place's geofence.
    pub geofence: bool,
    /// Whether a member must be at the reader.
    pub reader: bool,
    /// Its schedule's id and name; none: always.
    pub schedule: Option<(String, String)>,
    /// A week of it; none for always.
    pub week: Option<week::Model>,
    /// Its doors, by place and name.
    pub doors: Vec<Door>,
    /// Links that are not revoked and use it.
    pub links: i64,
}

/// A door of the group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// `door_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place's name.
    pub place: String,
    /// Whether links may open it at all.
    pub accepts_digital: bool,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let id = model.id.clone();
    let actions = chrome.may(Right::House).then(|| {
        view! {
            <a class="btn" href=format!("/groups/{id}/edit")>{Icon::Edit.view()} "Edit"</a>
            <a class="btn danger" href=format!("/groups/{id}/remove")>{Icon::Remove.view()} "Remove"</a>
        }
    });
    let list = if model.doors.is_empty() {
        ui::empty(
            Icon::Door,
            "No doors in it",
            "A link to this group opens nothing through it until you add doors.",
            chrome
                .may(Right::House)
                .then(|| view! { <a class="btn" href=format!("/groups/{id}/edit")>"Choose doors"</a> })
                .into_any(),
        )
    } else {
        let rows = model.doors.into_iter().map(door).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let links =
        view! { <a href=format!("/links?group={id}")>{ui::count(model.links, "access link", "access links")}</a> };
    let hours = match model.schedule {
        Some((schedule, name)) => view! { <a href=format!("/schedules/{schedule}")>{name}</a> }.into_any(),
        None => "Always".into_any(),
    };
    let facts = ui::facts([
        Fact::text("What for", &model.description),
        Some(Fact::new("Hours", hours)),
        Fact::text("Members", restrictions::said(model.geofence, model.reader))
            .map(|fact| fact.more("Does not apply to access links and QR codes")),
        Some(Fact::new("Used by", links.into_any()).more("that are not revoked")),
    ]);
    let body = view! {
        {ui::back("/groups", "Groups")}
        {ui::head(&model.name, None, actions.into_any())}
        <div class="grid cols">
            <div class="grid">
                {ui::card_of("card", "Doors", ().into_any(), list)}
                {model.week.map(|shown| week::card("Hours", shown))}
            </div>
            {ui::card("Group", ().into_any(), facts)}
        </div>
    };
    shell::admin(chrome, &model.name, Islands::None, body.into_any())
}

fn door(door: Door) -> AnyView {
    let more = if door.accepts_digital { door.place } else { format!("{} · no digital credentials", door.place) };
    view! {
        <li>
            <div>
                <a class="cover" href=format!("/doors/{}", door.id)><b>{door.name}</b></a>
                <p class="small muted">{more}</p>
            </div>
        </li>
    }
    .into_any()
}
