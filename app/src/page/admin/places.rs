//! The list of places.

use domain::role::Right;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By name.
    pub places: Vec<Row>,
}

/// One place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// `place_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is; may be empty.
    pub address: String,
    /// An IANA name.
    pub time_zone: String,
    /// How many doors it has.
    pub doors: i64,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let may = chrome.may(Right::House);
    let add = may.then(|| view! { <a class="btn primary" href="/places/new">{Icon::Add.view()} "New place"</a> });
    let list = if model.places.is_empty() {
        let first = may.then(|| view! { <a class="btn" href="/places/new">"Add the first place"</a> });
        ui::empty(
            Icon::Place,
            "No places yet",
            "A place is a site with an address and a time zone. Its doors open by its clock.",
            first.into_any(),
        )
    } else {
        let rows = model.places.into_iter().map(row).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let body = view! { {ui::head("Places", None, add.into_any())} <div class="card">{list}</div> };
    shell::admin(chrome, "Places", Islands::None, body.into_any())
}

fn row(place: Row) -> AnyView {
    let more =
        if place.address.is_empty() { place.time_zone } else { format!("{} · {}", place.address, place.time_zone) };
    view! {
        <li class="pair">
            <div>
                <a class="cover" href=format!("/places/{}", place.id)><b>{place.name}</b></a>
                <p class="small muted">{more}</p>
            </div>
            <span class="small num">{ui::count(place.doors, "door", "doors")}</span>
        </li>
    }
    .into_any()
}
