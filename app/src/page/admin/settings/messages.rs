//! What is sent by itself, and in which words.

use leptos::prelude::*;

use super::{Chrome, frame, save};
use crate::ui::{self, Field, icon::Icon};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The version it was opened at.
    pub version: i64,
    /// Hours, or empty for none.
    pub reminder_hours: Field,
    /// Whether new links tell the host of the arrival.
    pub arrival_notice: bool,
    /// English.
    pub subject_en: Field,
    /// English.
    pub greeting_en: Field,
    /// German.
    pub subject_de: Field,
    /// German.
    pub greeting_de: Field,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let place = match field {
            "reminder_hours" => &mut self.reminder_hours.error,
            "subject_en" => &mut self.subject_en.error,
            "greeting_en" => &mut self.greeting_en.error,
            "subject_de" => &mut self.subject_de.error,
            "greeting_de" => &mut self.greeting_de.error,
            _ => &mut self.form_error,
        };
        *place = Some(sentence.into());
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let fields = view! {
        {ui::form_error(model.form_error)}
        {ui::version(model.version)}
        <fieldset>
            <legend>"By itself"</legend>
            {ui::input("reminder_hours", "Hours before a link ends to remind its visitor", model.reminder_hours).kind("number")
                .range(1, 720).hint("By mail, once, if the link was sent by mail. Empty for no reminder.").view()}
            {ui::checkbox("arrival_notice", "Tell the host when their visitor arrives",
                Some("New links start out so; each can differ. It goes to the host's address or number on the link.".into()),
                model.arrival_notice)}
        </fieldset>
        <fieldset>
            <legend>"Your words in mail"</legend>
            <p class="hint">
                "Leave a field empty for ours. " <code class="mono">"{name}"</code> " becomes the visitor's name, "
                <code class="mono">"{organization}"</code> " yours, and " <code class="mono">"{host}"</code> " the host's."
            </p>
            {ui::input("subject_en", "Subject in English", model.subject_en).longest(150).autocomplete("off")
                .hint("Ours: Your door link for {organization}").view()}
            {ui::input("greeting_en", "Greeting in English", model.greeting_en).longest(150).autocomplete("off")
                .hint("Ours: Hello {name},").view()}
            {ui::input("subject_de", "Subject in German", model.subject_de).longest(150).autocomplete("off")
                .hint("Ours: Ihr Türlink für {organization}").view()}
            {ui::input("greeting_de", "Greeting in German", model.greeting_de).longest(150).autocomplete("off")
                .hint("Ours: Hallo {name},").view()}
        </fieldset>
        {save()}
    };
    let form = ui::form("/settings/messages", &chrome.form_token, "stack", fields.into_any());
    let preview = view! {
        <ul class="rows">
            <li><a class="way" href="/settings/messages/preview?language=en">{Icon::Show.view()} "The mail in English" {Icon::Go.view()}</a></li>
            <li><a class="way" href="/settings/messages/preview?language=de">{Icon::Show.view()} "The mail in German" {Icon::Go.view()}</a></li>
        </ul>
    };
    let body = view! {
        <div class="grid cols">
            <div class="card narrow"><div class="body">{form}</div></div>
            {ui::card_of("card", "Preview", ().into_any(), preview.into_any())}
        </div>
    };
    frame(chrome, "Messages", body.into_any())
}
