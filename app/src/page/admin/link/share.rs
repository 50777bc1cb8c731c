//! How a link gets to its person: its address, mail, messengers, and what became of each message.

use domain::channel::Channel;
use domain::link::State;
use leptos::prelude::*;

use super::Model;
use crate::island::{CopyButton, ShareButton};
use crate::page::admin::message;
use crate::page::admin::{MessageKind, MessageLine};
use crate::ui::{self, icon::Icon};

/// The card with the address and the ways to send it, for those who may: they have the token.
pub(super) fn card(model: &Model, token: Option<&String>) -> AnyView {
    let opened = match &model.opened {
        Some(opened) => view! { "First opened " {ui::time(opened)} }.into_any(),
        None => "Not opened yet".into_any(),
    };
    let aside = view! { <span class="small muted">{opened}</span> }.into_any();
    if model.state == State::Revoked {
        let body = view! { <p>"This link is revoked. Its address shows the visitor that it has ended."</p> };
        return ui::card("Share", aside, body.into_any());
    }
    let Some(token) = token else {
        let body = view! { <div class="address"><code class="mono">{model.masked_url.clone()}</code></div> };
        return ui::card("Share", aside, body.into_any());
    };
    let body = view! {
        <div class="stack">
            {address(model)}
            {send(model, token)}
            {rotate(model, token)}
        </div>
    };
    ui::card("Share", aside, body.into_any())
}

fn address(model: &Model) -> AnyView {
    match &model.url {
        Some(url) => view! {
            <div class="address">
                <label class="hidden" for="address">"Address"</label>
                <input class="mono" id="address" value=url.clone() readonly/>
                <CopyButton text=url.clone() label="Copy link".to_owned()/>
                <ShareButton url=url.clone() title=format!("Access link for {}", model.name)/>
                <a class="btn" href=format!("/links/{}", model.id)>"Hide"</a>
            </div>
        }
        .into_any(),
        None => view! {
            <div class="address">
                <code class="mono">{model.masked_url.clone()}</code>
                <a class="btn primary" href=format!("/links/{}?show=1", model.id) rel="nofollow">{Icon::Show.view()} "Show and copy"</a>
            </div>
            <p class="small muted">"Whoever has the address can open the doors, so showing it is an event of its own."</p>
        }
        .into_any(),
    }
}

fn send(model: &Model, token: &str) -> AnyView {
    let first = match model.state {
        State::Expired => Some("It has ended. Extend it first, then send it."),
        State::UsedUp => Some("All its openings are used. Allow more by editing it, then send it."),
        _ => None,
    };
    if let Some(first) = first {
        return view! { <p class="muted">{first}</p> }.into_any();
    }
    let id = &model.id;
    let mail = if model.email.is_empty() {
        view! { <a class="btn" href=format!("/links/{id}/edit")>{Icon::Mail.view()} "Add an e-mail address"</a> }
            .into_any()
    } else {
        let label = if sent(model, Channel::Email) { "E-mail again" } else { "Send by e-mail" };
        let button = view! { <button class="btn">{Icon::Mail.view()} {label}</button> };
        ui::form(format!("/links/{id}/send"), token, "", button.into_any())
    };
    let text = (!model.phone.is_empty()).then(|| {
        let label = if sent(model, Channel::Sms) { "Text message again" } else { "Text message" };
        let button = view! {
            <input type="hidden" name="channel" value="sms"/>
            <button class="btn">{Icon::Phone.view()} {label}</button>
        };
        ui::form(format!("/links/{id}/send"), token, "", button.into_any())
    });
    let chat = view! { <button class="btn">{Icon::Chat.view()} "WhatsApp"</button> };
    view! { <div class="row">{mail} {text} {ui::form(format!("/links/{id}/whatsapp"), token, "", chat.into_any())}</div> }
        .into_any()
}

fn sent(model: &Model, channel: Channel) -> bool {
    model.messages.iter().any(|line| line.kind == MessageKind::Link && line.channel == channel)
}

fn rotate(model: &Model, token: &str) -> AnyView {
    let fields = view! {
        {which(model)}
        <p>"The old address dies at once, on every phone it was opened on." {void_picture(model)} " Send the new one afterwards."</p>
        <button class="btn danger solid">"Make a new address"</button>
    };
    view! {
        <details class="fold">
            <summary class="btn quiet">{Icon::Rotate.view()} "Address in wrong hands?"</summary>
            {ui::form(format!("/links/{}/rotate", model.id), token, "stack", fields.into_any())}
        </details>
    }
    .into_any()
}

/// Which address is to die, so that a form posted twice does not kill its successor.
pub(super) fn which(model: &Model) -> AnyView {
    view! { <input type="hidden" name="secret_version" value=model.secret_version/> }.into_any()
}

/// What else dies with the address.
pub(super) fn void_picture(model: &Model) -> &'static str {
    if model.code.is_some() { " Every picture of its QR code is void, saved or printed." } else { "" }
}

/// What became of each message.
pub(super) fn deliveries(messages: Vec<MessageLine>) -> AnyView {
    if messages.is_empty() {
        return ().into_any();
    }
    let all = view! { <a class="small" href="/deliveries">"All deliveries"</a> };
    let rows = messages.into_iter().map(|line| message::row(line, false)).collect_view();
    ui::card_of("card", "Sent", all.into_any(), view! { <ul class="rows">{rows}</ul> }.into_any())
}
