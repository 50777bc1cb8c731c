//! Fresh proof: who it is, once more, before something that matters.

use leptos::prelude::*;

use super::held::Held;
use super::passkey_new::{button, script};
use super::{Chrome, enrol};
use crate::ui::{self, Field};

/// The forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Whether a second factor is asked for and there is none yet.
    pub demanded: bool,
    /// Where to go afterwards, a path on this server; may be empty.
    pub next: String,
    /// The form that waits for the proof; none when a page does.
    pub held: Option<Held>,
    /// The address, for password managers.
    pub email: String,
    /// Whether a code will do.
    pub has_code: bool,
    /// What the browser is asked for a passkey, JSON; none without one.
    pub passkey: Option<String>,
    /// What is wrong with the password.
    pub password: Option<String>,
    /// What is wrong with the code.
    pub code: Option<String>,
    /// What is wrong besides.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "password" => self.password = sentence,
            "code" => self.code = sentence,
            _ => self.form_error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let token = chrome.form_token.clone();
    let next = || {
        let held = model.held.clone().map(|held| {
            view! {
                <input type="hidden" name="held" value=held.packed()/>
                <input type="hidden" name="held_for" value=held.action/>
            }
        });
        view! { <input type="hidden" name="next" value=model.next.clone()/> {held} }
    };
    let field = |error: &Option<String>| Field { value: String::new(), error: error.clone() };
    let password = view! {
        {next()}
        <input type="hidden" name="username" autocomplete="username" value=model.email.clone()/>
        {ui::input("password", "Password", field(&model.password)).kind("password").required().autocomplete("current-password").view()}
        <button class="btn primary">"Go on"</button>
    };
    let code = model.has_code.then(|| {
        let fields = view! {
            {next()}
            {ui::input("code", "Code of your app, or a recovery code", field(&model.code)).required().autocomplete("one-time-code").view()}
            <button class="btn">"Go on with a code"</button>
        };
        view! { <hr/> {ui::form("/account/prove", &token, "stack", fields.into_any())} }
    });
    let passkey = model.passkey.clone().map(|options| {
        view! {
            <hr/>
            <form method="post" action="/account/prove" class="stack" data-passkey=options>
                <input type="hidden" name="csrf" value=token.clone()/>
                {next()}
                {button("Go on with a passkey", "btn", ().into_any())}
            </form>
            {script(&chrome.assets.passkey_js)}
        }
    });
    let body = view! {
        {ui::head("Is it you?", None, ().into_any())}
        <p class="lead">"What comes next matters, so please show once more who you are. You are not asked again for ten minutes, and nothing was done yet." {model.held.is_some().then_some(" What you typed is kept.")}</p>
        <div class="card pad sheet stack">
            {ui::form_error(model.form_error.clone())}
            {ui::form("/account/prove", &token, "stack", password.into_any())}
            {code}
            {passkey}
        </div>
    };
    let demanded = model.demanded;
    enrol(chrome, demanded, "Is it you?", body.into_any())
}
