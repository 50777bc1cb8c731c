//! The small parts that pages are made of.

use leptos::prelude::*;

use crate::text::when::Moment;

pub mod badge;
mod field;
pub mod icon;
mod layout;

pub use badge::{Badge, Tone};
pub use field::{Choice, Field, Input, checkbox, file, form_error, grouped_select, input, select, textarea};
pub use layout::{Fact, back, card, card_of, empty, facts, head, head_of, next_page, zones};

/// A form that posts, with the token that proves it was made here.
pub fn form(action: impl Into<String>, token: &str, class: &'static str, body: AnyView) -> AnyView {
    form_as(None, action.into(), token, class, body)
}

/// The same for a form with a file in it.
pub fn file_form(action: impl Into<String>, token: &str, class: &'static str, body: AnyView) -> AnyView {
    form_as(Some("multipart/form-data"), action.into(), token, class, body)
}

fn form_as(kind: Option<&'static str>, action: String, token: &str, class: &'static str, body: AnyView) -> AnyView {
    let class = (!class.is_empty()).then_some(class);
    view! {
        <form method="post" action=action class=class enctype=kind>
            <input type="hidden" name="csrf" value=token.to_owned()/>
            {body}
        </form>
    }
    .into_any()
}

/// The hidden number by which the server notices that a form was opened before somebody else's change.
pub fn version(version: i64) -> AnyView {
    view! { <input type="hidden" name="version" value=version/> }.into_any()
}

/// An instant as people say it; the exact one, with its zone, on hover or focus.
pub fn time(moment: &Moment) -> AnyView {
    let Moment { said, exact, iso } = moment.clone();
    view! { <time datetime=iso title=exact>{said}</time> }.into_any()
}

/// The mark: a keyhole on brass.
pub fn mark() -> AnyView {
    view! {
        <svg class="mark" width="26" height="26" viewBox="0 0 28 28" aria-hidden="true">
            <rect width="28" height="28" rx="7"/>
            <circle cx="14" cy="11" r="4.2"/>
            <path d="M14 15v7m0-3h3.4"/>
        </svg>
    }
    .into_any()
}

/// `1 door`, `2 doors`.
#[must_use]
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Names in a row as a sentence has them: `a, b and c`.
#[must_use]
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
