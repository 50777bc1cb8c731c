//! Name, time zone, how long links are good, how long admins stay signed in.

use leptos::prelude::*;

use super::{Chrome, frame, save};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The version it was opened at.
    pub version: i64,
    /// What the organization is called.
    pub name: Field,
    /// IANA name.
    pub time_zone: Field,
    /// Days from today.
    pub default_validity_days: Field,
    /// Days.
    pub max_validity_days: Field,
    /// Minutes, or empty.
    pub session_idle_minutes: Field,
    /// Hours, or empty.
    pub session_hours: Field,
    /// The most that the server allows, minutes.
    pub idle_most: i64,
    /// The most that the server allows, hours.
    pub hours_most: i64,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let place = match field {
            "name" => &mut self.name.error,
            "time_zone" => &mut self.time_zone.error,
            "default_validity_days" => &mut self.default_validity_days.error,
            "max_validity_days" => &mut self.max_validity_days.error,
            "session_idle_minutes" => &mut self.session_idle_minutes.error,
            "session_hours" => &mut self.session_hours.error,
            _ => &mut self.form_error,
        };
        *place = Some(sentence.into());
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let (idle_most, hours_most) = (model.idle_most, model.hours_most);
    let fields = view! {
        {ui::form_error(model.form_error)}
        {ui::version(model.version)}
        <fieldset>
            <legend>"Organization"</legend>
            {ui::input("name", "Name", model.name).required().longest(100).autocomplete("organization")
                .hint("Visitors read it on their page and in mail.").view()}
            {ui::input("time_zone", "Time zone", model.time_zone).required().list("zones").autocomplete("off")
                .hint("For times that belong to no place, and for the month of quotas.").view()}
            {ui::zones()}
        </fieldset>
        <fieldset>
            <legend>"Access links"</legend>
            <div class="two">
                {ui::input("default_validity_days", "Days until a new link ends", model.default_validity_days).kind("number")
                    .required().range(0, 3_650).hint("0 ends with today, 1 with tomorrow.").view()}
                {ui::input("max_validity_days", "Days a link may be good", model.max_validity_days).kind("number").required()
                    .range(1, 3_650).hint("At most; only owners make links without an end.").view()}
            </div>
        </fieldset>
        <fieldset>
            <legend>"Signed-in admins"</legend>
            <div class="two">
                {ui::input("session_idle_minutes", "Minutes without use", model.session_idle_minutes).kind("number")
                    .range(5.min(idle_most), idle_most).hint(format!("Then they sign in again. Empty for {idle_most}, as the server is set.")).view()}
                {ui::input("session_hours", "Hours in all", model.session_hours).kind("number").range(1, hours_most)
                    .hint(format!("Whatever they do. Empty for {hours_most}, as the server is set.")).view()}
            </div>
            <p class="hint">"It holds at once, for those who are signed in too."</p>
        </fieldset>
        {save()}
    };
    let form = ui::form("/settings/general", &chrome.form_token, "stack", fields.into_any());
    frame(chrome, "General", view! { <div class="card narrow"><div class="body">{form}</div></div> }.into_any())
}
