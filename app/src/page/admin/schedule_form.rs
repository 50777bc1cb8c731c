//! A new schedule, or changes to its name and week.

use leptos::prelude::*;

use super::{Chrome, week_fields};
use crate::shell::{self, Islands};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The schedule that is changed; `None` for a new one.
    pub id: Option<String>,
    /// The version it was opened at.
    pub version: i64,
    /// Its name.
    pub name: Field,
    /// Its week.
    pub week: week_fields::Model,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if self.week.fail(field, &sentence) {
            return;
        }
        match field {
            "name" => self.name.error = Some(sentence),
            _ => self.form_error = Some(sentence),
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let (title, action, cancel, button) = match &model.id {
        None => ("New schedule", "/schedules/new".to_owned(), "/schedules".to_owned(), "Make schedule"),
        Some(id) => ("Edit schedule", format!("/schedules/{id}/edit"), format!("/schedules/{id}"), "Save"),
    };
    let version = model.id.is_some().then(|| ui::version(model.version));
    let starts = model.id.is_none().then(|| {
        view! {
            <p class="row">
                <span class="small muted">"Begin with"</span>
                <a class="btn small" href="/schedules/new?start=office">"Office hours"</a>
                <a class="btn small" href="/schedules/new?start=always">"Always"</a>
                <a class="btn small" href="/schedules/new?start=never">"Never"</a>
            </p>
        }
    });
    let fields = view! {
        {ui::form_error(model.form_error)}
        {version}
        {starts}
        <fieldset>
            <legend>"Schedule"</legend>
            {ui::input("name", "Name", model.name).required().longest(100).autocomplete("off")
                .hint("As people call it: Office hours, Nights, Summer.").view()}
        </fieldset>
        <fieldset>
            <legend>"Every week"</legend>
            {week_fields::view(model.week)}
        </fieldset>
        <p class="row"><button class="btn primary">{button}</button><a class="btn quiet" href=cancel.clone()>"Cancel"</a></p>
    };
    let body = view! {
        {ui::back(cancel, if model.id.is_some() { "Back to the schedule" } else { "Schedules" })}
        {ui::head(title, None, ().into_any())}
        <div class="card narrow"><div class="body">{ui::form(action, &chrome.form_token, "stack", fields.into_any())}</div></div>
    };
    shell::admin(chrome, title, Islands::None, body.into_any())
}
