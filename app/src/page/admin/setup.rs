//! Setting a fresh server up: the organization and its first admin.

use leptos::prelude::*;

use crate::shell::{self, Assets};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The value of `csrf`.
    pub form_token: String,
    /// The secret of the address, which the form posts back to.
    pub secret: String,
    /// The organization's name.
    pub organization: Field,
    /// An IANA name.
    pub time_zone: Field,
    /// The admin's name.
    pub name: Field,
    /// The admin's e-mail address.
    pub email: Field,
    /// What is wrong with the password; what was typed is not shown again.
    pub password: Option<String>,
    /// What is wrong with its repetition.
    pub password_again: Option<String>,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "organization" => self.organization.error = sentence,
            "time_zone" => self.time_zone.error = sentence,
            "name" => self.name.error = sentence,
            "email" => self.email.error = sentence,
            "password" => self.password = sentence,
            "password_again" => self.password_again = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, assets: &Assets) -> AnyView {
    let password = Field { value: String::new(), error: model.password };
    let again = Field { value: String::new(), error: model.password_again };
    let fields = view! {
        {ui::form_error(model.form_error)}
        <fieldset>
            <legend>"Your organization"</legend>
            {ui::input("organization", "Name", model.organization).required().longest(100).autocomplete("organization").view()}
            {ui::input("time_zone", "Time zone", model.time_zone).required().list("zones").autocomplete("off")
                .hint("Such as Europe/Berlin. A place may have another.").view()}
            {ui::zones()}
        </fieldset>
        <fieldset>
            <legend>"You"</legend>
            {ui::input("name", "Your name", model.name).required().longest(100).autocomplete("name").view()}
            {ui::input("email", "E-mail", model.email).kind("email").required().autocomplete("username").view()}
            {ui::input("password", "Password", password).kind("password").required().autocomplete("new-password")
                .hint("At least 15 characters. Three or four words do well.").view()}
            {ui::input("password_again", "Password again", again).kind("password").required().autocomplete("new-password").view()}
        </fieldset>
        <button class="btn primary wide">"Set Latchkey up"</button>
    };
    let body = view! {
        <h1>"Welcome"</h1>
        <p class="muted">"Two things, and the doors are yours: what your organization is called, and who you are. This page works once."</p>
        {ui::form(format!("/setup/{}", model.secret), &model.form_token, "stack", fields.into_any())}
    };
    shell::plain(assets, "Set up", body.into_any())
}
