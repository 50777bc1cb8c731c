//! A new place, or changes to one.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The place that is changed; `None` for a new one.
    pub id: Option<String>,
    /// The version it was opened at.
    pub version: i64,
    /// Its name.
    pub name: Field,
    /// Where it is.
    pub address: Field,
    /// An IANA name.
    pub time_zone: Field,
    /// Degrees, WGS 84.
    pub latitude: Field,
    /// Degrees, WGS 84.
    pub longitude: Field,
    /// The geofence's radius, metres.
    pub geofence_m: Field,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "name" => self.name.error = sentence,
            "address" => self.address.error = sentence,
            "time_zone" => self.time_zone.error = sentence,
            "latitude" => self.latitude.error = sentence,
            "longitude" => self.longitude.error = sentence,
            "geofence_m" => self.geofence_m.error = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let (title, action, cancel, button) = match &model.id {
        None => ("New place", "/places/new".to_owned(), "/places".to_owned(), "Add place"),
        Some(id) => ("Edit place", format!("/places/{id}/edit"), format!("/places/{id}"), "Save"),
    };
    let version = model.id.is_some().then(|| ui::version(model.version));
    let fields = view! {
        {ui::form_error(model.form_error)}
        {version}
        <fieldset>
        <legend>"Place"</legend>
        {ui::input("name", "Name", model.name).required().longest(100).autocomplete("off").view()}
        {ui::input("address", "Address", model.address).longest(200).autocomplete("off")
            .hint("Visitors see it on their page.").view()}
        {ui::input("time_zone", "Time zone", model.time_zone).required().list("zones").autocomplete("off")
            .hint("Such as Europe/Berlin. Every time about this place is said in it.").view()}
        {ui::zones()}
        </fieldset>
        <fieldset>
            <legend>"Geofence"</legend>
            <p class="hint">"Where a member must be for doors and groups that ask for it. Does not apply to access links and QR codes."</p>
            <div class="two">
                {ui::input("latitude", "Latitude", model.latitude).longest(20).autocomplete("off").hint("Degrees, such as 52.50312.").view()}
                {ui::input("longitude", "Longitude", model.longitude).longest(20).autocomplete("off").hint("Degrees, such as 13.40500.").view()}
            </div>
            {ui::input("geofence_m", "Radius, metres", model.geofence_m).kind("number").range(20, 50_000).view()}
        </fieldset>
        <p class="row"><button class="btn primary">{button}</button><a class="btn quiet" href=cancel.clone()>"Cancel"</a></p>
    };
    let body = view! {
        {ui::back(cancel, if model.id.is_some() { "Back to the place" } else { "Places" })}
        {ui::head(title, None, ().into_any())}
        <div class="card narrow"><div class="body">{ui::form(action, &chrome.form_token, "stack", fields.into_any())}</div></div>
    };
    shell::admin(chrome, title, Islands::None, body.into_any())
}
