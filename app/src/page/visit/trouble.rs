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

/// The document. For [`Trouble::Gone`] neither organization nor host is shown, whatever the caller knows.
pub fn view(trouble: Trouble, host: Option<&Host>, chrome: &Chrome) -> impl IntoView + use<> {
    let words = chrome.language.words();
    let notice = match trouble {
        Trouble::Gone => words.gone,
        Trouble::NoCookie => words.no_cookie,
        Trouble::StalePage => words.stale_page,
        Trouble::Busy => words.busy,
        Trouble::TooMany => words.too_many,
    };
    let known = trouble != Trouble::Gone;
    let body = view! {
        <main class="visit">
            {known.then(|| organization(chrome))}
            <div class="notice">
                <h1>{notice.title}</h1>
                <p>{notice.text}</p>
                {reach(words, host.filter(|_| known))}
            </div>
            {foot(chrome, None, "")}
        </main>
    };
    document(chrome, notice.title.to_owned(), Script::NONE, body)
}
