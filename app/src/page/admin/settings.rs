//! The organization's settings: what there is to decide, and how it is decided now.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, icon::Icon};

pub mod delivery;
pub mod general;
pub mod looks;
pub mod messages;

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The pages, each with what is decided on it now.
    pub pages: Vec<Page>,
}

/// A page of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub href: &'static str,
    /// Its picture.
    pub icon: Icon,
    /// Its name.
    pub name: &'static str,
    /// What is decided now: *Europe/Berlin, links good for 30 days at most*.
    pub now: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let rows = model
        .pages
        .into_iter()
        .map(|page| {
            view! {
                <li class="setting">
                    {page.icon.view()}
                    <div><p><a class="cover" href=page.href><b>{page.name}</b></a></p><p class="small muted">{page.now}</p></div>
                    {Icon::Go.view()}
                </li>
            }
        })
        .collect_view();
    let body = view! {
        {ui::head("Settings", None, ().into_any())}
        <div class="card narrow-rows"><ul class="rows">{rows}</ul></div>
    };
    shell::admin(chrome, "Settings", Islands::None, body.into_any())
}

/// The frame of one page of settings.
fn frame(chrome: Chrome, title: &'static str, body: AnyView) -> AnyView {
    let body = view! {
        {ui::back("/settings", "Settings")}
        {ui::head(title, None, ().into_any())}
        {body}
    };
    shell::admin(chrome, title, Islands::None, body.into_any())
}

/// The button of a form of settings.
fn save() -> AnyView {
    view! { <p class="row"><button class="btn primary">"Save"</button></p> }.into_any()
}
