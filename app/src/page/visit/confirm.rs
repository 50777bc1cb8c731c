//! The one confirmation page for browsers without script: the form stands in `<noscript>`.

use leptos::prelude::*;

use super::parts::{foot, named, organization};
use super::shell::{Script, document};
use super::{Chrome, Host, card, icon};
use crate::text::{clean, fill};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// The link's id.
    pub link_id: String,
    /// The door's id.
    pub door_id: String,
    /// The door's name.
    pub door: String,
    /// Its place and where to find it; may be empty.
    pub description: String,
    /// Whom to ask.
    pub host: Option<Host>,
    /// The token against forged forms.
    pub form_token: String,
    /// A fresh request id, so that sending this page twice is one opening.
    pub request_id: String,
}

/// The document. With script on it holds nothing that can be submitted.
pub fn view(model: Model, chrome: &Chrome) -> impl IntoView + use<> {
    let words = chrome.language.words();
    let Model { link_id, door_id, door, description, host, form_token, request_id } = model;
    let list = format!("/visit/{link_id}");
    let action = format!("{list}/doors/{door_id}/unlock");
    let title = fill(words.confirm, &clean(&door));
    let body = view! {
        <main class="visit">
            {organization(chrome)}
            <div>
                <h1>{named(words.confirm, door.clone())}</h1>
                {(!description.is_empty()).then(|| view! { <p class="muted"><bdi>{description}</bdi></p> })}
            </div>
            <noscript>
                <form class="door" method="post" action=action>
                    <p>{words.confirm_text}</p>
                    <input type="hidden" name="csrf" value=form_token/>
                    <input type="hidden" name="request_id" value=request_id/>
                    <button class="go">{icon::unlock()}{card::named_button(&door, words)}</button>
                </form>
            </noscript>
            <p><a class="back" href=list>{words.all_doors}</a></p>
            {foot(chrome, host.as_ref(), "")}
        </main>
    };
    document(chrome, title, Script::NONE, body)
}
