//! A new terminal, or changes to one.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, Choice, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The terminal that is changed; `None` for a new one.
    pub id: Option<String>,
    /// The version it was opened at.
    pub version: i64,
    /// Its name.
    pub name: Field,
    /// The door it stands at.
    pub door: Field,
    /// The doors to choose from.
    pub doors: Vec<Choice>,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "name" => self.name.error = sentence,
            "door_id" => self.door.error = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let (title, action, cancel, button) = match &model.id {
        None => ("New terminal", "/terminals/new".to_owned(), "/terminals".to_owned(), "Add terminal"),
        Some(id) => ("Edit terminal", format!("/terminals/{id}/edit"), format!("/terminals/{id}"), "Save"),
    };
    let version = model.id.is_some().then(|| ui::version(model.version));
    let next = model.id.is_none().then(|| {
        view! { <p class="muted">"Next you get a code that is good for 15 minutes. Have the device at hand."</p> }
    });
    let fields = view! {
        {ui::form_error(model.form_error)}
        {version}
        {ui::input("name", "Name", model.name).required().longest(100).autocomplete("off")
            .hint("As you will know it again: Tablet at the front door.").view()}
        {ui::select("door_id", "Stands at", model.doors, model.door)}
        {next}
        <p class="row"><button class="btn primary">{button}</button><a class="btn quiet" href=cancel.clone()>"Cancel"</a></p>
    };
    let body = view! {
        {ui::back(cancel, if model.id.is_some() { "Back to the terminal" } else { "Terminals" })}
        {ui::head(title, None, ().into_any())}
        <div class="card narrow"><div class="body">{ui::form(action, &chrome.form_token, "stack", fields.into_any())}</div></div>
    };
    shell::admin(chrome, title, Islands::None, body.into_any())
}
