//! The page of a link whose window has not begun: from when, how long to wait, and a count-down with script.

use leptos::prelude::*;

use super::parts::{foot, organization, reach, timed};
use super::shell::{Script, document};
use super::{Chrome, Host, code};
use crate::text::when::{self, Moment};
use crate::text::{around, clean};

/// The script counts at most this long, ms: it shows hours, minutes and seconds of one day.
const COUNTED_MS: i64 = 86_400_000;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// The visitor's name.
    pub visitor: String,
    /// The start of the window.
    pub good_from: Moment,
    /// How long until then, ms.
    pub wait_ms: i64,
    /// The link's code, to be kept already.
    pub code: code::Shown,
    /// Whom to ask.
    pub host: Option<Host>,
}

/// The document.
pub fn view(model: Model, chrome: &Chrome) -> impl IntoView + use<> {
    let words = chrome.language.words();
    let Model { visitor, good_from, wait_ms, code, host } = model;
    let (before, after) = around(words.too_early_in);
    // A second more, so that the page does not come back to find itself early still.
    let counted = (wait_ms < COUNTED_MS - 1000).then(|| wait_ms.max(0) + 1000);
    let said = when::duration(wait_ms, chrome.language);
    let clock = view! { <span class="clock" data-in=counted>{said}</span> };
    let script = Script { doors: counted.is_some(), code: code.is_here(), reloads: false };
    let title = format!("{} · {}", words.too_early.title, clean(&visitor));
    let body = view! {
        <main class="visit">
            {organization(chrome)}
            <div class="notice">
                <h1>{words.too_early.title}</h1>
                <p>{timed(words.too_early.text, good_from)}</p>
                <p>{before}{clock}{after}</p>
                {reach(words, host.as_ref())}
            </div>
            {code::view(code, words)}
            {foot(chrome, None, "")}
        </main>
    };
    document(chrome, title, script, body)
}
