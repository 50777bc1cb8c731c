//! The answer to a press without script.

use leptos::prelude::*;

use super::answer::Outcome;
use super::parts::{foot, organization};
use super::shell::{Script, document};
use super::{Answer, Chrome, Host, card, icon};
use crate::text::{clean, when};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// The link's id.
    pub link_id: String,
    /// The door's id.
    pub door_id: String,
    /// The door's name.
    pub door: String,
    /// Where to find it; may be empty.
    pub description: String,
    /// Whom to ask.
    pub host: Option<Host>,
    /// How the press ended.
    pub answer: Answer,
}

/// The document.
pub fn view(model: Model, chrome: &Chrome) -> impl IntoView + use<> {
    let words = chrome.language.words();
    let Model { link_id, door_id, door, description, host, answer } = model;
    let list = format!("/visit/{link_id}");
    let open = answer.state == Outcome::Open;
    // Loaded again later: what was true then is not now.
    let over = open && answer.open_ms == 0;
    let class = match answer.state {
        Outcome::Open if over => "door shut",
        Outcome::Open => "door open",
        Outcome::Sent => "door sent",
        Outcome::Denied | Outcome::Failed | Outcome::TimedOut => "door shut",
    };
    let seconds = (open && !over).then(|| {
        let length = i64::try_from(answer.open_ms).unwrap_or(i64::MAX);
        view! { <b>{when::duration(length, chrome.language)}</b> }
    });
    // Again by way of the confirmation page, which brings a request id of its own.
    let again = (answer.retry || over).then(|| {
        view! {
            <a class="go" href=format!("{list}/doors/{door_id}")>{icon::unlock()}{card::named_button(&door, words)}</a>
        }
    });
    let left = answer.uses_left.map(|count| view! { <p class="muted">{words.openings_left(count)}</p> });
    let (said, text) = if over { (words.was_open.to_owned(), String::new()) } else { (answer.title, answer.text) };
    let title = format!("{}: {said}", clean(&door));
    let body = view! {
        <main class="visit">
            {organization(chrome)}
            <div class=class>
                <h1><bdi>{door.clone()}</bdi></h1>
                {(!description.is_empty()).then(|| view! { <p class="what"><bdi>{description}</bdi></p> })}
                <div class="out">
                    {icon::tick()}
                    <p role="status"><strong>{said}</strong><span>{text}</span></p>
                    {seconds}
                </div>
                {again}
            </div>
            {left}
            <p><a class="back" href=list.clone()>{words.all_doors}</a></p>
            {foot(chrome, host.as_ref(), &list)}
        </main>
    };
    document(chrome, title, Script::NONE, body)
}
