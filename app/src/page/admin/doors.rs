//! The doors, place by place, each with its state and a button.

use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, DoorState};
use crate::shell::{self, Islands};
use crate::ui::{self, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Places that have doors, by name.
    pub places: Vec<Place>,
    /// Whether there is a place at all; without one the first step is to add it.
    pub has_place: bool,
}

/// A place with its doors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `place_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its doors, by name.
    pub doors: Vec<Row>,
}

/// One door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// `door_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// How it stands.
    pub state: DoorState,
    /// Whether links and codes may open it at all.
    pub accepts_digital: bool,
    /// A new request id for its button; the same form sent twice opens once.
    pub request_id: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let may = chrome.may(Right::House);
    let add = (may && model.has_place)
        .then(|| view! { <a class="btn primary" href="/doors/new">{Icon::Add.view()} "New door"</a> });
    let list = if model.places.iter().all(|place| place.doors.is_empty()) {
        let (text, href, label) = if model.has_place {
            ("A door is one lockable opening that access links can open.", "/doors/new", "Add the first door")
        } else {
            ("A door stands at a place, so add the place first.", "/places/new", "Add a place")
        };
        let first = may.then(|| view! { <a class="btn" href=href>{label}</a> });
        view! { <div class="card">{ui::empty(Icon::Door, "No doors yet", text, first.into_any())}</div> }.into_any()
    } else {
        let cards = model
            .places
            .into_iter()
            .map(|place| {
                let all = view! { <a class="small" href=format!("/places/{}", place.id)>"Place"<span class="hidden">" " {place.name.clone()}</span></a> };
                ui::card_of("card", place.name, all.into_any(), rows(place.doors, &chrome, "/doors"))
            })
            .collect_view();
        view! { <div class="grid">{cards}</div> }.into_any()
    };
    let body = view! { {ui::head("Doors", None, add.into_any())} {list} };
    shell::admin(chrome, "Doors", Islands::None, body.into_any())
}

/// Doors as rows, with a button each for those who may open them.
pub(super) fn rows(doors: Vec<Row>, chrome: &Chrome, back: &str) -> AnyView {
    let rows = doors.into_iter().map(|door| row(door, chrome, back)).collect_view();
    view! { <ul class="rows">{rows}</ul> }.into_any()
}

fn row(door: Row, chrome: &Chrome, back: &str) -> AnyView {
    let more = match (door.description.is_empty(), door.accepts_digital) {
        (true, true) => String::new(),
        (false, true) => door.description,
        (true, false) => "No digital credentials".to_owned(),
        (false, false) => format!("{} · no digital credentials", door.description),
    };
    let page = (chrome.form_token.as_str(), back);
    let unlock = chrome
        .may(Right::Doors)
        .then(|| unlock(&door.id, &door.name, &door.state, &door.request_id, page, "btn small"));
    view! {
        <li class="door-row">
            <div>
                <a class="cover" href=format!("/doors/{}", door.id)><b>{door.name}</b></a>
                {(!more.is_empty()).then(|| view! { <p class="small muted">{more}</p> })}
            </div>
            {door.state.badge().view()}
            {unlock}
        </li>
    }
    .into_any()
}

/// The button that opens a door; none while it is locked down.
pub(super) fn unlock(
    id: &str,
    name: &str,
    state: &DoorState,
    request_id: &str,
    (token, back): (&str, &str),
    class: &'static str,
) -> AnyView {
    let shut = *state == DoorState::LockedDown;
    let label = format!("Unlock {name}");
    let body = view! {
        <input type="hidden" name="request_id" value=request_id.to_owned()/>
        <input type="hidden" name="back" value=back.to_owned()/>
        <button class=class disabled=shut aria-label=label>{Icon::Open.view()} "Unlock"</button>
    };
    ui::form(format!("/doors/{id}/unlock"), token, "over", body.into_any())
}
