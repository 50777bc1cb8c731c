//! A new link for somebody who has one: which, how to extend it instead, and what is better for regulars.

use leptos::prelude::*;

use crate::text::when::Moment;
use crate::ui::{self, icon::Icon};

/// A link that works still and has the address or number that was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Same {
    /// `link_…`.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What they share: an e-mail address or a phone number.
    pub by: String,
    /// Until when it is good; `None` never ends.
    pub until: Option<Moment>,
}

/// The warning. Its hidden fields tell the server that it was read.
pub(super) fn view(same: &[Same]) -> AnyView {
    if same.is_empty() {
        return ().into_any();
    }
    let lines = same
        .iter()
        .map(|one| {
            let until = match &one.until {
                Some(until) => view! { "until " {ui::time(until)} }.into_any(),
                None => "without an end".into_any(),
            };
            let extend = one.until.is_some().then(|| {
                view! { " " <a href=format!("/links/{}?extend=1", one.id)>"Extend that one"</a> "." }
            });
            view! {
                <p>
                    {one.by.clone()} " has a link already: " <a href=format!("/links/{}", one.id)>{one.name.clone()}</a> ", "
                    {until} "." {extend}
                    <input type="hidden" name="warned" value=one.id.clone()/>
                </p>
            }
        })
        .collect_view();
    view! {
        <div class="flash warn" role="status">
            {Icon::Alert.view()}
            <div class="said">
                {lines}
                <p>
                    "Links are for short visits. For somebody who comes often, one link is safer than many: give it a later end, rotate it now and then, and print its code as a badge."
                </p>
            </div>
        </div>
    }
    .into_any()
}
