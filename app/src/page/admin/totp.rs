//! Setting an authenticator app up: the picture, the text to type, and the first code.

use leptos::prelude::*;

use super::{Chrome, enrol};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Whether a second factor is asked for and there is none yet.
    pub demanded: bool,
    /// Whether there is an app already, which this one replaces.
    pub replaces: bool,
    /// The secret, sealed, as the form carries it.
    pub sealed: String,
    /// The secret in base 32, for typing.
    pub secret: String,
    /// The picture of the same.
    pub picture: Picture,
    /// The code that shows that it works.
    pub code: Field,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

/// A QR code: the path of its dark modules in a square of so many units, quiet zone included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Width and height.
    pub side: usize,
    /// An SVG path.
    pub path: String,
}

impl Picture {
    fn view(self) -> AnyView {
        let view_box = format!("0 0 {0} {0}", self.side);
        view! {
            <svg class="code" viewBox=view_box role="img" aria-label="QR code for the authenticator app">
                <rect width="100%" height="100%" fill="#fff"/>
                <path d=self.path fill="#000"/>
            </svg>
        }
        .into_any()
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let replaces = model.replaces.then(
        || view! { <p class="muted">"It takes the place of the app you have now, whose codes then work no more."</p> },
    );
    let spaced: Vec<String> =
        model.secret.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    let fields = view! {
        {ui::form_error(model.form_error)}
        <input type="hidden" name="sealed" value=model.sealed/>
        {ui::input("code", "The six digits it shows now", model.code).required().autocomplete("one-time-code").view()}
        <p class="row"><button class="btn primary">"Switch it on"</button><a class="btn quiet" href="/account/second-factor">"Cancel"</a></p>
    };
    let body = view! {
        {ui::back("/account/second-factor", "Second factor")}
        {ui::head("Set up an app", None, ().into_any())}
        <div class="card pad sheet">
            {replaces}
            <ol class="steps-plain">
                <li>"Open an authenticator app on your phone; any that knows TOTP will do."</li>
                <li>
                    "Scan this picture with it, or type the text below it."
                    {model.picture.view()}
                    <p class="mono secret" id="secret">{spaced.join(" ")}</p>
                </li>
                <li>"Type what the app shows, so that we both know it works."</li>
            </ol>
            {ui::form("/account/totp", &chrome.form_token, "stack", fields.into_any())}
        </div>
    };
    let demanded = model.demanded;
    enrol(chrome, demanded, "Set up an app", body.into_any())
}
