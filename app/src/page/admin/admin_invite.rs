//! Inviting somebody to become an admin.

use domain::role::Role;
use leptos::prelude::*;

use super::{Chrome, parts};
use crate::shell::{self, Islands};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Who.
    pub name: Field,
    /// Where the mail goes.
    pub email: Field,
    /// A role's code.
    pub role: Field,
    /// The roles to choose from, the strongest first.
    pub roles: Vec<Role>,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "name" => self.name.error = sentence,
            "email" => self.email.error = sentence,
            "role" => self.role.error = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let fields = view! {
        {ui::form_error(model.form_error)}
        {ui::input("name", "Name", model.name).required().longest(100).autocomplete("off").view()}
        {ui::input("email", "E-mail", model.email).kind("email").required().autocomplete("off")
            .hint("The invitation goes there, works once, and ends after a day.").view()}
        <fieldset class="plain"><legend>"Role"</legend>{parts::roles(&model.roles, &model.role)}</fieldset>
        <p class="row"><button class="btn primary">"Send invitation"</button><a class="btn quiet" href="/admins">"Cancel"</a></p>
    };
    let body = view! {
        {ui::back("/admins", "Admins")}
        {ui::head("Invite an admin", None, ().into_any())}
        <div class="card pad sheet">{ui::form("/admins/invite", &chrome.form_token, "stack", fields.into_any())}</div>
    };
    shell::admin(chrome, "Invite an admin", Islands::None, body.into_any())
}
