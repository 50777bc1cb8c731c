//! Pages without a known link: an address that leads nowhere, a browser without cookies, and a server that is busy.

use leptos::prelude::*;

use super::parts::{foot, organization, reach};
use super::shell::{Script, document};
use super::{Chrome, Host};

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// 404, the same for every unknown address, whatever was wrong with it.
    Gone,
    /// The cookie did not come back.
    NoCookie,
    /// 403: the form's token is no longer good.
    StalePage,
    /// 503: nothing was opened.
    Busy,
    /// 429: nothing was opened.
    TooMany,
}

impl Trouble {
    /// The HTTP status to send the page with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Gone => 404,
            Self::NoCookie => 400,
            Self::StalePage => 403,
            Self::Busy => 503,
            Self::TooMany => 429,
        }
    }
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// What went wrong.
    pub trouble: Trouble,
    /// Whom to ask.
    pub host: Option<Host>,
    /// Where the link's doors are; none when no link is known.
    pub doors: Option<String>,
    /// Where to try again without one; none where that would not help.
    pub again: Option<String>,
}

/// The document. For [`Trouble::Gone`] neither organization nor host nor doors are shown, whatever the caller knows.
pub fn view(model: Model, chrome: &Chrome) -> impl IntoView + use<> {
    let words = chrome.language.words();
    let notice = match model.trouble {
        Trouble::Gone => words.gone,
        Trouble::NoCookie => words.no_cookie,
        Trouble::StalePage => words.stale_page,
        Trouble::Busy => words.busy,
        Trouble::TooMany => words.too_many,
    };
    let known = model.trouble != Trouble::Gone;
    let doors = model.doors.filter(|_| known);
    // What was posted has no page of its own to come back to in another language.
    let page = doors.clone().or_else(|| model.again.clone()).unwrap_or_default();
    let host = model.host.filter(|_| known);
    // To try again is the first thing to do; only where that is no way, it is to ask.
    let (way, host) = match (doors, model.again) {
        (Some(doors), _) => (view! { <a class="go" href=doors>{words.all_doors}</a> }.into_any(), host),
        (None, Some(again)) => (view! { <a class="go" href=again>{words.try_again}</a> }.into_any(), host),
        (None, None) => (reach(words, host.as_ref()).into_any(), None),
    };
    let body = view! {
        <main class="visit">
            {known.then(|| organization(chrome))}
            <div class="notice">
                <h1>{notice.title}</h1>
                <p>{notice.text}</p>
                {way}
            </div>
            {foot(chrome, host.as_ref(), &page)}
        </main>
    };
    document(chrome, notice.title.to_owned(), Script::NONE, body)
}
