//! The simulator: doors without hardware, to try everything with.

use domain::role::Right;
use leptos::prelude::*;

use super::Chrome;
use crate::island::{SimulatedDoor, SimulatorDoors};
use crate::shell::{self, Islands};
use crate::ui::{self, icon::Icon};

/// The simulated doors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By place and name.
    pub doors: Vec<SimulatedDoor>,
    /// Where the stream of their states is: `/simulator/stream`.
    pub stream: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let may = chrome.may(Right::House);
    let (islands, list) = if model.doors.is_empty() {
        let first = may.then(|| view! { <a class="btn" href="/doors/new">"Add a door"</a> });
        let text = "A door starts out simulated. Add one, make a link for it, and watch it open here.";
        let empty = ui::empty(Icon::Simulator, "No simulated doors", text, first.into_any());
        (Islands::None, view! { <div class="card">{empty}</div> }.into_any())
    } else {
        let token = if may { chrome.form_token.clone() } else { String::new() };
        let doors = view! { <SimulatorDoors doors=model.doors token url=model.stream/> };
        (Islands::Some, doors.into_any())
    };
    let lead = if may {
        "These doors exist only here. Choose how each behaves, then unlock it and see what people are told."
    } else {
        "These doors exist only here. An administrator chooses how each behaves."
    };
    let body = view! {
        {ui::head("Simulator", None, ().into_any())}
        <p class="lead">{lead}</p>
        {list}
    };
    shell::admin(chrome, "Simulator", islands, body.into_any())
}
