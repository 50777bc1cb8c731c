//! When and where a door or a group opens: the same fields in both forms.

use leptos::prelude::*;

use crate::ui::{self, Choice, Field};

/// The fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The chosen schedule; empty for always.
    pub schedule: Field,
    /// The schedules to choose from, without the choice of none.
    pub schedules: Vec<Choice>,
    /// Whether a member must be inside the place's geofence.
    pub geofence: bool,
    /// Whether a member must be at the reader.
    pub reader: bool,
}

/// The fieldset.
pub fn view(model: Model) -> AnyView {
    let hours = if model.schedules.is_empty() {
        ().into_any()
    } else {
        let always = Choice { value: String::new(), label: "Always".into() };
        let choices = std::iter::once(always).chain(model.schedules).collect();
        let hint = "Hours bind everybody: links, codes, members and admins.";
        view! {
            <div class="field">
                {ui::select("schedule_id", "Opens", choices, model.schedule)}
                <p class="hint">{hint} " " <a href="/schedules">"Schedules"</a></p>
            </div>
        }
        .into_any()
    };
    let geofence = "Does not apply to access links and QR codes. The place's coordinates and radius say where that is.";
    let reader = "Does not apply to access links and QR codes.";
    view! {
        <fieldset>
            <legend>"Hours and restrictions"</legend>
            {hours}
            {ui::checkbox("geofence", "Members must be inside the place's geofence", Some(geofence.into()), model.geofence)}
            {ui::checkbox("reader", "Members must be at the reader", Some(reader.into()), model.reader)}
        </fieldset>
    }
    .into_any()
}

/// The restrictions on members' taps in words; empty when there are none.
#[must_use]
pub fn said(geofence: bool, reader: bool) -> &'static str {
    match (geofence, reader) {
        (false, false) => "",
        (true, false) => "Only inside the place's geofence",
        (false, true) => "Only at the reader",
        (true, true) => "Only inside the place's geofence and at the reader",
    }
}
