//! Signing in, the second step: a code, a recovery code or a passkey.

use leptos::prelude::*;

use super::passkey_new::{button, script};
use crate::shell::{self, Assets};
use crate::ui::{self, Field};

/// The forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The value of `csrf`.
    pub form_token: String,
    /// Whether there is an authenticator app, or only recovery codes.
    pub has_app: bool,
    /// What the browser is asked for a passkey, JSON; none without one.
    pub passkey: Option<String>,
    /// What is wrong with the code.
    pub code: Option<String>,
    /// What is wrong besides.
    pub form_error: Option<String>,
}

/// The page.
pub fn view(model: Model, assets: &Assets) -> AnyView {
    let (label, hint) = if model.has_app {
        ("Code", "The six digits that your app shows, or one of your recovery codes.")
    } else {
        ("Recovery code", "One of the codes that you put away when you added your passkey.")
    };
    // Where there is a passkey it comes first.
    let go = if model.passkey.is_some() { "btn wide" } else { "btn primary wide" };
    let passkey = model.passkey.map(|options| {
        view! {
            <form method="post" action="/sign-in/second-factor" class="stack" data-passkey=options>
                <input type="hidden" name="csrf" value=model.form_token.clone()/>
                {button("Use a passkey", "btn primary wide", ().into_any())}
            </form>
            {script(&assets.passkey_js)}
            <hr/>
        }
    });
    let field = Field { value: String::new(), error: model.code };
    let fields = view! {
        {ui::input("code", label, field).required().autocomplete("one-time-code").hint(hint).view()}
        <button class=go>"Go on"</button>
    };
    let body = view! {
        <h1>"One more step"</h1>
        <p class="muted">"Your password was right. Now your second factor."</p>
        <div class="stack">
            {ui::form_error(model.form_error)}
            {passkey}
            {ui::form("/sign-in/second-factor", &model.form_token, "stack", fields.into_any())}
            <p class="small muted">"No phone, no passkey, no codes? Ask an owner to remove and invite you again, or whoever runs this server."</p>
            <p class="small"><a href="/sign-in">"Sign in as somebody else"</a></p>
        </div>
    };
    shell::plain(assets, "One more step", body.into_any())
}
