//! A form that could not be taken when it came: what was typed is held until it is sent again.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Assets, Islands};
use crate::ui;

/// What a page holds of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Where it goes, a path on this server.
    pub action: String,
    /// What was typed, in its order, without the token.
    pub pairs: Vec<(String, String)>,
}

impl Held {
    /// The pairs as one field of another form.
    #[must_use]
    pub fn packed(&self) -> String {
        serde_json::to_string(&self.pairs).unwrap_or_default()
    }
}

/// Why it was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Whoever sent it was signed out meanwhile.
    SignedOut,
    /// Somebody signed in after it was opened.
    OldPage,
    /// The database or another part could not do its work.
    Busy,
    /// It waited for a proof, which was given.
    Proven,
}

impl Why {
    const fn title(self) -> &'static str {
        match self {
            Self::SignedOut => "You are signed out",
            Self::OldPage => "Send it again?",
            Self::Busy => "Not available just now",
            Self::Proven => "Thank you",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::SignedOut => {
                "Nothing was changed, and what you typed is kept on this page. Sign in in another tab, then come back to this one and send it again."
            }
            Self::OldPage => {
                "The form was opened before you last signed in, so nothing was changed yet. What you typed is kept on this page."
            }
            Self::Busy => {
                "This could not be stored just now, and nothing was changed. What you typed is kept on this page: please try again in a moment."
            }
            Self::Proven => {
                "You are not asked again for ten minutes. What you typed is kept on this page, and nothing was changed yet."
            }
        }
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Proven => "Go on",
            Self::SignedOut | Self::OldPage | Self::Busy => "Send it again",
        }
    }
}

/// The page of whoever is not signed in, or of a server that cannot say who is.
pub fn alone(why: Why, held: Held, assets: &Assets) -> AnyView {
    shell::plain(assets, why.title(), body(why, held, ""))
}

/// The page within the side bar.
pub fn view((why, held): (Why, Held), chrome: Chrome) -> AnyView {
    let token = chrome.form_token.clone();
    shell::admin(chrome, why.title(), Islands::None, body(why, held, &token))
}

fn body(why: Why, held: Held, token: &str) -> AnyView {
    let fields = held.pairs.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let sign_in = why == Why::SignedOut;
    let class = if sign_in { "btn" } else { "btn primary" };
    let form = view! { {fields.collect_view()} <button class=class>{why.button()}</button> };
    let sign_in = sign_in.then(|| {
        view! { <a class="btn primary" href="/sign-in" target="_blank" rel="noopener">"Sign in in another tab"</a> }
    });
    view! {
        <div class="problem">
            <h1>{why.title()}</h1>
            <p>{why.sentence()}</p>
            <div class="row">{sign_in} {ui::form(held.action, token, "", form.into_any())}</div>
        </div>
    }
    .into_any()
}
