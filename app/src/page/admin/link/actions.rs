//! What can be done with a link, by its state.

use domain::link::State;
use domain::qr::Kind;
use leptos::prelude::*;

use super::Model;
use crate::ui::{self, icon::Icon};

/// The buttons of the page's head. A revoked link stays as it was; it can only serve as a pattern.
pub(super) fn head(model: &Model, token: &str) -> AnyView {
    let id = &model.id;
    let duplicate =
        view! { <a class="btn" href=format!("/links/{id}/duplicate")>{Icon::Duplicate.view()} "Duplicate"</a> };
    if model.state == State::Revoked {
        return duplicate.into_any();
    }
    let switch = match model.state {
        State::Paused => Some(("resume", Icon::Resume, "Resume")),
        State::Active | State::Scheduled => Some(("pause", Icon::Pause, "Pause")),
        State::Expired | State::UsedUp | State::Revoked => None,
    };
    let switch = switch.map(|(verb, icon, label)| {
        let button = view! { {ui::version(model.version)} <button class="btn">{icon.view()} {label}</button> };
        ui::form(format!("/links/{id}/{verb}"), token, "", button.into_any())
    });
    view! {
        {switch}
        <a class="btn" href=format!("/links/{id}/edit")>{Icon::Edit.view()} "Edit"</a>
        {duplicate}
        <a class="btn danger" href=format!("/links/{id}/revoke")>{Icon::Remove.view()} "Revoke"</a>
    }
    .into_any()
}

/// Another end, folded away until it is wanted or was refused.
pub(super) fn extend(model: &Model, token: &str) -> AnyView {
    if model.state == State::Revoked || model.until.is_none() {
        return ().into_any();
    }
    let open = model.extend_open || model.extend_until.error.is_some();
    let signed = model.code.as_ref().is_some_and(|code| code.kind == Kind::Offline && code.made.is_some());
    let picture =
        if signed { " A saved picture of the QR code does not: it says the old end, and is void." } else { "" };
    let fields = view! {
        {ui::version(model.version)}
        <input type="hidden" name="zone" value=model.zone.clone()/>
        {ui::input("valid_until", "Good until", model.extend_until.clone()).kind("datetime-local").required()
            .hint(format!("In {}. The address stays the same.{picture}", model.zone)).view()}
        <button class="btn primary">"Extend"</button>
    };
    view! {
        <details class="fold extend" open=open>
            <summary class="btn">{Icon::Extend.view()} "Extend"</summary>
            {ui::form(format!("/links/{}/extend", model.id), token, "stack card pad", fields.into_any())}
        </details>
    }
    .into_any()
}
