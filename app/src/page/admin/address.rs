//! The change of one's own address.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The address now.
    pub now: String,
    /// The new one.
    pub email: Field,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let told = format!("It counts at once: you sign in with it from now on. A notice goes to {}.", model.now);
    let fields = view! {
        {ui::form_error(model.form_error)}
        {ui::input("email", "New e-mail address", model.email).kind("email").required().autocomplete("email").view()}
        <p class="small muted">{told}</p>
        <p class="row"><button class="btn primary">"Change address"</button><a class="btn quiet" href="/account">"Cancel"</a></p>
    };
    let body = view! {
        {ui::back("/account", "Account")}
        {ui::head("Change your address", None, ().into_any())}
        <div class="card pad sheet">{ui::form("/account/address", &chrome.form_token, "stack", fields.into_any())}</div>
    };
    shell::admin(chrome, "Change your address", Islands::None, body.into_any())
}
