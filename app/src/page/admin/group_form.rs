//! A new group, or changes to one.

use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, link_form, restrictions};
use crate::shell::{self, Islands};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The group that is changed; `None` for a new one.
    pub id: Option<String>,
    /// The version it was opened at.
    pub version: i64,
    /// Its name.
    pub name: Field,
    /// What it is for.
    pub description: Field,
    /// The doors to choose from, place by place.
    pub places: Vec<link_form::Place>,
    /// What is wrong with the choice of doors.
    pub doors_error: Option<String>,
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
            "door" => self.doors_error = sentence,
            "schedule_id" => self.restrictions.schedule.error = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let (title, action, cancel, button) = match &model.id {
        None => ("New group", "/groups/new".to_owned(), "/groups".to_owned(), "Make group"),
        Some(id) => ("Edit group", format!("/groups/{id}/edit"), format!("/groups/{id}"), "Save"),
    };
    let version = model.id.is_some().then(|| ui::version(model.version));
    let hint = "Links to this group open all of its doors, also those you add later.";
    let fields = view! {
        {ui::form_error(model.form_error)}
        {version}
        <fieldset>
            <legend>"Group"</legend>
            {ui::input("name", "Name", model.name).required().longest(100).autocomplete("off")
                .hint("As people call it: Visitors, Cleaning, Workshop.").view()}
            {ui::input("description", "What for", model.description).longest(200).autocomplete("off").view()}
        </fieldset>
        {link_form::doors("Doors", Some(hint), &model.places, model.doors_error, chrome.may(Right::House))}
        {restrictions::view(model.restrictions)}
        <p class="row"><button class="btn primary">{button}</button><a class="btn quiet" href=cancel.clone()>"Cancel"</a></p>
    };
    let body = view! {
        {ui::back(cancel, if model.id.is_some() { "Back to the group" } else { "Groups" })}
        {ui::head(title, None, ().into_any())}
        <div class="card narrow"><div class="body">{ui::form(action, &chrome.form_token, "stack", fields.into_any())}</div></div>
    };
    shell::admin(chrome, title, Islands::None, body.into_any())
}
