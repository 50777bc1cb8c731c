//! What pages are laid out with: head, cards, facts, empty states.

use leptos::prelude::*;

use super::badge::Badge;
use super::icon::Icon;

/// A page's head: its one `h1`, its state, and what can be done.
pub fn head(title: &str, badge: Option<Badge>, actions: AnyView) -> AnyView {
    head_of(title, badge.map(Badge::view).into_any(), actions)
}

/// The same, with a state that keeps itself up to date.
pub fn head_of(title: &str, badge: AnyView, actions: AnyView) -> AnyView {
    view! {
        <div class="head">
            <h1>{title.to_owned()}</h1>
            {badge}
            <div class="actions">{actions}</div>
        </div>
    }
    .into_any()
}

/// The way to the list or object above.
pub fn back(href: impl Into<String>, label: impl Into<String>) -> AnyView {
    view! { <p class="back"><a href=href.into()>{label.into()}</a></p> }.into_any()
}

/// A card with a heading; `aside` stands at the heading's end.
pub fn card(title: impl Into<String>, aside: AnyView, body: AnyView) -> AnyView {
    card_of("card", title, aside, view! { <div class="body">{body}</div> }.into_any())
}

/// A card whose content brings its own spacing, such as rows.
pub fn card_of(class: &'static str, title: impl Into<String>, aside: AnyView, body: AnyView) -> AnyView {
    view! { <section class=class><header><h2>{title.into()}</h2>{aside}</header>{body}</section> }.into_any()
}

/// A name with its value, and more in small print.
pub struct Fact {
    name: &'static str,
    value: AnyView,
    more: Option<String>,
}

impl Fact {
    /// Any view as value.
    pub fn new(name: &'static str, value: AnyView) -> Self {
        Self { name, value, more: None }
    }

    /// A text as value; `None` when there is none, so that no empty line shows.
    pub fn text(name: &'static str, value: &str) -> Option<Self> {
        (!value.is_empty()).then(|| Self::new(name, value.to_owned().into_any()))
    }

    /// With small print below.
    pub fn more(mut self, more: impl Into<String>) -> Self {
        self.more = Some(more.into());
        self
    }
}

/// The facts that there are.
pub fn facts(facts: impl IntoIterator<Item = Option<Fact>>) -> AnyView {
    let rows = facts
        .into_iter()
        .flatten()
        .map(|fact| {
            let more = fact.more.map(|more| view! { <span class="more">{more}</span> });
            view! { <dt>{fact.name}</dt><dd>{fact.value}{more}</dd> }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// What a list says when there is nothing in it: what it is for, and the first step.
pub fn empty(icon: Icon, title: &'static str, text: impl Into<String>, action: AnyView) -> AnyView {
    view! {
        <div class="empty">{icon.view()} <h2>{title}</h2> <p>{text.into()}</p> {action}</div>
    }
    .into_any()
}

/// The way to the next page of a list, if there is one.
pub fn next_page(href: Option<String>, label: &'static str) -> AnyView {
    href.map(|href| view! { <p class="next"><a class="btn" href=href>{label} {Icon::Go.view()}</a></p> }).into_any()
}

/// The `<datalist>` of time zones, `id="zones"`.
pub fn zones() -> AnyView {
    let options =
        crate::text::when::zones().into_iter().map(|zone| view! { <option value=zone></option> }).collect_view();
    view! { <datalist id="zones">{options}</datalist> }.into_any()
}
