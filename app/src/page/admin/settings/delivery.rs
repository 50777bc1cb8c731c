//! Which servers carry mail and text messages, and a test of each with the server's own answer.

use leptos::prelude::*;

use super::super::{MessageLine, message};
use super::{Chrome, frame};
use crate::ui::{self, Field, icon::Icon};

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// How mail goes, in a sentence without secrets.
    pub mail: String,
    /// How text messages go, in a sentence without secrets.
    pub texts: String,
    /// Where the test mail goes.
    pub email: Field,
    /// Where the test text message goes.
    pub phone: Field,
    /// The last tests, newest first.
    pub tests: Vec<MessageLine>,
    /// What is wrong as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let place = match field {
            "email" => &mut self.email.error,
            "phone" => &mut self.phone.error,
            _ => &mut self.form_error,
        };
        *place = Some(sentence.into());
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let token = chrome.form_token.clone();
    let mail = view! {
        {ui::input("email", "Test address", model.email).kind("email").required().longest(254).autocomplete("email").view()}
        <p class="row"><button class="btn">{Icon::Test.view()} "Send a test mail"</button></p>
    };
    let text = view! {
        {ui::input("phone", "Test number", model.phone).kind("tel").required().longest(40).autocomplete("tel")
            .hint("With its country: +49 30 …").view()}
        <p class="row"><button class="btn">{Icon::Test.view()} "Send a test text"</button></p>
    };
    let tests = if model.tests.is_empty() {
        view! { <p class="body muted">"No test went out yet. Its outcome stands here, with what the server said."</p> }
            .into_any()
    } else {
        let rows = model.tests.into_iter().map(|line| message::row(line, false)).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let form = |body: AnyView| ui::form("/settings/delivery/test", &token, "stack", body);
    let all = view! { <a class="small" href="/deliveries">"All deliveries"</a> };
    let body = view! {
        {ui::form_error(model.form_error)}
        <div class="grid cols">
            <div class="grid">
                {ui::card("Mail", ().into_any(), view! { <div class="stack"><p>{model.mail}</p>{form(mail.into_any())}</div> }.into_any())}
                {ui::card("Text messages", ().into_any(), view! { <div class="stack"><p>{model.texts}</p>{form(text.into_any())}</div> }.into_any())}
                <p class="small muted">"Whoever runs this server chooses which servers carry messages. Tests do not count against your quota."</p>
            </div>
            {ui::card_of("card", "Last tests", all.into_any(), tests)}
        </div>
    };
    frame(chrome, "Delivery", body.into_any())
}
