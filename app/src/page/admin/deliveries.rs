//! The delivery log: every message, and what became of it.

use leptos::prelude::*;

use super::{Chrome, MessageLine, parts};
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
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let no_server = (!model.mail_server).then(|| {
        view! {
            <div class="flash warn">
                {Icon::Alert.view()}
                <p>"No mail server is configured, so mail is kept on this server and reaches nobody. Share links yourself until one is."</p>
            </div>
        }
    });
    let next = model.next.map(|after| parts::address("/deliveries", &[("after", &after)]));
    let list = if model.messages.is_empty() {
        let text = "When a link is sent by e-mail, it stands here with what the mail server said.";
        ui::empty(Icon::Mail, "Nothing sent yet", text, ().into_any())
    } else {
        let rows = model.messages.into_iter().map(|line| parts::message(line, true)).collect_view();
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
