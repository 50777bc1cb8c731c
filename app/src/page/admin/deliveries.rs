//! The delivery log: every message, and what became of it.

use leptos::prelude::*;

use super::{Chrome, MessageLine, message, parts};
use crate::shell::{self, Islands};
use crate::ui::{self, icon::Icon};

/// The log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// One page, newest first.
    pub messages: Vec<MessageLine>,
    /// The key of the next page.
    pub next: Option<String>,
    /// Whether a mail server is configured.
    pub mail_server: bool,
    /// Whether a text message service is configured.
    pub text_service: bool,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let missing = match (model.mail_server, model.text_service) {
        (true, true) => None,
        (false, true) => Some(
            "No mail server is configured, so mail is kept on this server and reaches nobody. Share links yourself until one is.",
        ),
        (true, false) => {
            Some("No text message service is configured, so text messages are kept on this server and reach nobody.")
        }
        (false, false) => Some(
            "No mail server and no text message service is configured, so messages are kept on this server and reach nobody. Share links yourself until one is.",
        ),
    };
    let no_server = missing.map(|text| view! { <div class="flash warn">{Icon::Alert.view()} <p>{text}</p></div> });
    let next = model.next.map(|after| parts::address("/deliveries", &[("after", &after)]));
    let list = if model.messages.is_empty() {
        let text = "When a link is sent by e-mail or text message, it stands here with what the server said.";
        ui::empty(Icon::Mail, "Nothing sent yet", text, ().into_any())
    } else {
        let rows = model.messages.into_iter().map(|line| message::row(line, true)).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let body = view! {
        {ui::head("Deliveries", None, ().into_any())}
        {no_server}
        <div class="card">{list}</div>
        {ui::next_page(next, "Older messages")}
    };
    shell::admin(chrome, "Deliveries", Islands::None, body.into_any())
}
