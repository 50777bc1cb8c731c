//! The page of a known link that opens nothing now: expired, used up, paused, revoked, or all doors locked.

use leptos::prelude::*;

use super::parts::{foot, organization, reach, timed};
use super::shell::{Script, document};
use super::{Chrome, Host};
use crate::text::when::Moment;

/// Why the link opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its window has ended, then.
    Expired(Moment),
    /// It has no uses left.
    UsedUp,
    /// An admin paused it.
    Paused,
    /// An admin revoked it.
    Revoked,
    /// Every door of it is locked down.
    Lockdown,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// Why.
    pub state: State,
    /// Whom to ask.
    pub host: Option<Host>,
}

/// The document.
pub fn view(model: Model, chrome: &Chrome) -> impl IntoView + use<> {
    let words = chrome.language.words();
    let (notice, at) = match model.state {
        State::Expired(at) => (words.expired, Some(at)),
        State::UsedUp => (words.used_up, None),
        State::Paused => (words.paused, None),
        State::Revoked => (words.revoked, None),
        State::Lockdown => (words.lockdown, None),
    };
    let text = match at {
        Some(at) => timed(notice.text, at).into_any(),
        None => notice.text.into_any(),
    };
    let body = view! {
        <main class="visit">
            {organization(chrome)}
            <div class="notice">
                <h1>{notice.title}</h1>
                <p>{text}</p>
                {reach(words, model.host.as_ref())}
            </div>
            {foot(chrome, None, "")}
        </main>
    };
    document(chrome, notice.title.to_owned(), Script::NONE, body)
}
