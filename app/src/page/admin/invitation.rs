//! Joining by an invitation: a name, a password, and in.

use domain::role::Role;
use leptos::prelude::*;

use super::{problem, said};
use crate::shell::{self, Assets};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// The value of `csrf`.
    pub form_token: String,
    /// The secret of the address, which the form posts back to.
    pub secret: String,
    /// The organization's name.
    pub organization: String,
    /// Who invites; empty for the operator.
    pub inviter: String,
    /// The role it gives.
    pub role: Role,
    /// The address it went to.
    pub email: String,
    /// What one is called.
    pub name: Field,
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
            "name" => self.name.error = sentence,
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
    let who =
        if model.inviter.is_empty() { "You are invited".to_owned() } else { format!("{} invites you", model.inviter) };
    let lead = format!("{who} to help run the doors of {}.", model.organization);
    let role = format!("Your role: {}. You may {}.", said::role(model.role), said::role_may(model.role));
    let fields = view! {
        {ui::form_error(model.form_error)}
        {ui::input("name", "Your name", model.name).required().longest(100).autocomplete("name").view()}
        // Shown, so that password managers know whose password it is; the invitation's own address counts.
        <div class="field">
            <label for="email">"E-mail"</label>
            <input id="email" type="email" value=model.email readonly autocomplete="username"/>
        </div>
        {ui::input("password", "Password", password).kind("password").required().autocomplete("new-password")
            .hint("At least 15 characters. Three or four words do well.").view()}
        {ui::input("password_again", "Password again", again).kind("password").required().autocomplete("new-password").view()}
        <button class="btn primary wide">"Join"</button>
    };
    let body = view! {
        <h1>"Join " {model.organization.clone()}</h1>
        <p class="muted">{lead}</p>
        <p class="muted">{role}</p>
        {ui::form(format!("/invitation/{}", model.secret), &model.form_token, "stack", fields.into_any())}
    };
    shell::plain(assets, "Join", body.into_any())
}

/// Why an invitation does not work any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Somebody joined by it.
    Used,
    /// Its day is over.
    Ended,
    /// It was taken back.
    Withdrawn,
}

/// The page of an invitation that does not work any more.
pub fn over(why: Over, organization: &str, assets: &Assets) -> AnyView {
    let (title, sentence) = match why {
        Over::Used => (
            "This invitation was used",
            "It worked once, and somebody joined by it. If that was you, sign in. If it was not, tell whoever invited you, and ask for another.".to_owned(),
        ),
        Over::Ended => (
            "This invitation has ended",
            format!("It was good for one day. Ask an administrator of {organization} to send it again; that takes them a moment."),
        ),
        Over::Withdrawn => (
            "This invitation was taken back",
            format!("Nothing happened. If you still expect to join, ask an administrator of {organization} for another."),
        ),
    };
    let model = problem::Model { title: title.into(), ..problem::Model::new(410, sentence) };
    problem::view(model.way("/sign-in", "Sign in"), assets)
}
