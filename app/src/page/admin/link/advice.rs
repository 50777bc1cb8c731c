//! When an address has been out for long, or was used often: the suggestion to make a new one.

use leptos::prelude::*;

use super::Model;
use super::share::{void_picture, which};
use crate::ui::{self, icon::Icon};

/// Why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    /// Days since the address was made.
    pub days: i64,
    /// Openings since then, as far as they were counted; more than so many are not told apart.
    pub uses: i64,
}

/// Days after which an address has been out for long.
pub const DAYS: i64 = 14;
/// Openings after which it was used often.
pub const USES: i64 = 20;

/// The suggestion with its deed.
pub(super) fn view(model: &Model, advice: &Advice, token: &str) -> AnyView {
    let old = (advice.days >= DAYS).then(|| format!("is {} old", ui::count(advice.days, "day", "days")));
    let used = (advice.uses >= USES).then(|| format!("has opened doors {USES} times or more"));
    let why: Vec<String> = [old, used].into_iter().flatten().collect();
    let fields = view! {
        {which(model)}
        <p>"The old address dies at once, on every phone it was opened on." {void_picture(model)} " Send the new one afterwards."</p>
        <button class="btn danger solid">"Rotate it"</button>
    };
    view! {
        <div class="flash warn">
            {Icon::Rotate.view()}
            <div class="said">
                <p>"This address " {ui::list(&why)} ". Addresses get forwarded and photographed; a new one now and then keeps this link safe."</p>
                <details class="fold">
                    <summary class="btn">"Rotate"</summary>
                    {ui::form(format!("/links/{}/rotate", model.id), token, "stack", fields.into_any())}
                </details>
            </div>
        </div>
    }
    .into_any()
}
