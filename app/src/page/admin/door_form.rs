//! A new door, or changes to one.

pub mod driver;

use leptos::prelude::*;

use super::{Chrome, restrictions};
use crate::shell::{self, Islands};
use crate::ui::{self, Choice, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The door that is changed; `None` for a new one.
    pub id: Option<String>,
    /// The version it was opened at.
    pub version: i64,
    /// Its name.
    pub name: Field,
    /// What it is.
    pub description: Field,
    /// The place it stands at.
    pub place_id: Field,
    /// How long it stays unlocked, seconds.
    pub unlock_seconds: Field,
    /// For how long a terminal without a network opens it by its list, hours.
    pub list_hours: Field,
    /// Whether links and codes may open it.
    pub accepts_digital: bool,
    /// How it opens.
    pub driver: driver::Model,
    /// The places to choose from.
    pub places: Vec<Choice>,
    /// Its hours, and the restrictions on members' taps.
    pub restrictions: restrictions::Model,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "name" => self.name.error = sentence,
            "description" => self.description.error = sentence,
            "place_id" => self.place_id.error = sentence,
            "unlock_seconds" => self.unlock_seconds.error = sentence,
            "list_hours" => self.list_hours.error = sentence,
            "schedule_id" => self.restrictions.schedule.error = sentence,
            other => match self.driver.field(other) {
                Some(field) => field.error = sentence,
                None => self.form_error = sentence,
            },
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let (title, action, cancel, button) = match &model.id {
        None => ("New door", "/doors/new".to_owned(), "/doors".to_owned(), "Add door"),
        Some(id) => ("Edit door", format!("/doors/{id}/edit"), format!("/doors/{id}"), "Save"),
    };
    let version = model.id.is_some().then(|| ui::version(model.version));
    let digital = "Switch it off for a high-security door: no access link opens it then, whatever the link says.";
    let fields = view! {
        {ui::form_error(model.form_error)}
        {version}
        <fieldset>
        <legend>"Door"</legend>
        {ui::input("name", "Name", model.name).required().longest(100).autocomplete("off")
            .hint("As people call it: Front door, Studio 3.").view()}
        {ui::input("description", "Description", model.description).longest(200).autocomplete("off")
            .hint("Helps a visitor find it: Second gate on the left.").view()}
        {ui::select("place_id", "Place", model.places, model.place_id)}
        {ui::input("unlock_seconds", "Stays unlocked for, seconds", model.unlock_seconds).kind("number").range(1, 120).required().view()}
        {ui::checkbox("accepts_digital", "Access links may open it", Some(digital.into()), model.accepts_digital)}
        </fieldset>
        {driver::view(model.driver)}
        <fieldset>
        <legend>"Without a network"</legend>
        {ui::input("list_hours", "A terminal's list is good for, hours", model.list_hours).kind("number").range(1, 47).required()
            .hint("Off line a terminal opens by a signed list, until the list is this old. A short time shuts out sooner whom you revoked meanwhile; one hour suits a high-security door.").view()}
        </fieldset>
        {restrictions::view(model.restrictions)}
        <p class="row"><button class="btn primary">{button}</button><a class="btn quiet" href=cancel.clone()>"Cancel"</a></p>
    };
    let body = view! {
        {ui::back(cancel, if model.id.is_some() { "Back to the door" } else { "Doors" })}
        {ui::head(title, None, ().into_any())}
        <div class="card narrow"><div class="body">{ui::form(action, &chrome.form_token, "stack", fields.into_any())}</div></div>
    };
    shell::admin(chrome, title, Islands::None, body.into_any())
}
