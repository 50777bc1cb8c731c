//! Signing in.

use leptos::prelude::*;

use crate::shell::{self, Assets};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The value of `csrf`.
    pub form_token: String,
    /// What was typed as e-mail address.
    pub email: Field,
    /// Where to go afterwards, a path on this server; may be empty.
    pub next: String,
    /// What went wrong, such as [`WRONG`] or [`throttled`].
    pub form_error: Option<String>,
    /// A sentence that is not an error: *You are signed out.*
    pub notice: Option<String>,
}

/// Said when address or password do not fit; which of the two is nobody's business.
pub const WRONG: &str = "The address or the password is not right.";

/// Said after too many tries; `seconds` until the next.
#[must_use]
pub fn throttled(seconds: u64) -> String {
    let minutes = i64::try_from(seconds.div_ceil(60).max(1)).unwrap_or(i64::MAX);
    format!("Too many tries. Wait {}, then try again.", ui::count(minutes, "minute", "minutes"))
}

/// The page.
pub fn view(model: Model, assets: &Assets) -> AnyView {
    let fields = view! {
        {ui::form_error(model.form_error)}
        <input type="hidden" name="next" value=model.next/>
        {ui::input("email", "E-mail", model.email).kind("email").required().autocomplete("username").view()}
        {ui::input("password", "Password", Field::default()).kind("password").required().autocomplete("current-password").view()}
        <button class="btn primary wide">"Sign in"</button>
    };
    let body = view! {
        <h1>"Sign in"</h1>
        {model.notice.map(|notice| view! { <p class="muted" role="status">{notice}</p> })}
        {ui::form("/sign-in", &model.form_token, "stack", fields.into_any())}
    };
    shell::plain(assets, "Sign in", body.into_any())
}
