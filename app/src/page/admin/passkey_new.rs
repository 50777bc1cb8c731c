//! Adding a passkey: a name, and the browser's own question.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::{Chrome, enrol};
use crate::ui::{self, Field, icon::Icon};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Whether a second factor is asked for and there is none yet.
    pub demanded: bool,
    /// What the browser is asked, JSON; none where browsers give no passkeys.
    pub options: Option<String>,
    /// What it is called.
    pub name: Field,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let form = match model.options {
        Some(options) => view! {
            <form method="post" action="/account/passkeys/new" class="stack" data-passkey=options>
                <input type="hidden" name="csrf" value=chrome.form_token.clone()/>
                {ui::form_error(model.form_error)}
                {ui::input("name", "Name", model.name).required().longest(60).autocomplete("off")
                    .hint("So that you know it again: Phone, Blue security key.").view()}
                {button("Add this passkey", "btn primary", view! { <a class="btn quiet" href="/account/second-factor">"Cancel"</a> }.into_any())}
            </form>
            {script(&chrome.assets.passkey_js)}
        }
        .into_any(),
        None => view! {
            <p>"Passkeys do not work here yet: browsers give them only to a server with a name and https. An authenticator app works everywhere."</p>
            <p class="row"><a class="btn" href="/account/totp">"Set up an app instead"</a></p>
        }
        .into_any(),
    };
    let body = view! {
        {ui::back("/account/second-factor", "Second factor")}
        {ui::head("Add a passkey", None, ().into_any())}
        <div class="card pad sheet">{form}</div>
    };
    let demanded = model.demanded;
    enrol(chrome, demanded, "Add a passkey", body.into_any())
}

/// A passkey form's button, which the script lets out where the browser can, with what stands beside it and what is said
/// meanwhile.
pub(super) fn button(label: &'static str, class: &'static str, beside: AnyView) -> AnyView {
    view! {
        <input type="hidden" name="credential"/>
        <div class="row"><button class=class hidden>{Icon::Passkey.view()} {label}</button>{beside}</div>
        <p class="small muted" role="status"></p>
        <noscript><p class="small muted">"A passkey needs JavaScript, which is off in this browser."</p></noscript>
    }
    .into_any()
}

/// The script behind every passkey form.
pub(super) fn script(address: &str) -> AnyView {
    view! { <script type="module" src=address.to_owned() nonce=use_nonce()></script> }.into_any()
}
