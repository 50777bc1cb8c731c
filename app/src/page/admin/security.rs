//! What the organization asks of everybody who signs in.

use domain::role::Right;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, Badge, Tone};

/// The setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Whether everybody needs a second factor.
    pub required: bool,
    /// The organization's version, for stale forms.
    pub version: i64,
    /// Who has none yet, by name.
    pub without: Vec<String>,
    /// How many admins there are.
    pub people: i64,
    /// Why it cannot be switched on by whoever looks; may be empty.
    pub first: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let badge = if model.required { Badge::new(Tone::Ok, "Required") } else { Badge::new(Tone::Off, "Not required") };
    let without = match model.without.len() {
        0 => "Everybody has one.".to_owned(),
        _ => format!("Without one so far: {}.", ui::list(&model.without)),
    };
    let effect = if model.required {
        "Whoever has none is led to set one up after signing in, and can do nothing else until then."
    } else {
        "When it is required, whoever has none is led to set one up at their next click, and can do nothing else until then. Nobody is signed out."
    };
    let deed = if !chrome.may(Right::Own) {
        view! { <p class="small muted">"Only an owner may change this."</p> }.into_any()
    } else if !model.required && !model.first.is_empty() {
        view! { <p>{model.first} " " <a href="/account/second-factor">"Set one up"</a></p> }.into_any()
    } else {
        let (value, label, class) = if model.required {
            ("", "No longer require it", "btn")
        } else {
            ("on", "Require a second factor", "btn primary")
        };
        let fields = view! {
            {ui::version(model.version)}
            <input type="hidden" name="required" value=value/>
            <button class=class>{label}</button>
        };
        ui::form("/settings/security", &chrome.form_token, "", fields.into_any())
    };
    let people = ui::count(model.people, "admin", "admins");
    let card = view! {
        <div class="stack"><p>{effect}</p><p class="muted">{people} ". " {without}</p>{deed}</div>
    };
    let body = view! {
        {ui::back("/settings", "Settings")}
        {ui::head("Security", None, ().into_any())}
        <div class="grid sheet">{ui::card("Second factor", badge.view(), card.into_any())}</div>
    };
    shell::admin(chrome, "Security", Islands::None, body.into_any())
}
