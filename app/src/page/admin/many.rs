//! Before something is done to many links at once: to how many, to whose, and to which it cannot be done.

use domain::list::Deed;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, Field};

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What is to be done.
    pub deed: Deed,
    /// How many links were chosen.
    pub count: i64,
    /// Whose, the first few of them.
    pub examples: Vec<String>,
    /// How many of them will be left as they are, since it cannot be done to them.
    pub left: i64,
    /// How many days later they shall end.
    pub days: Field,
    /// What the form carries on: the chosen ids, or the filter that chose them.
    pub carried: Vec<(String, String)>,
    /// The list that one came from.
    pub back: String,
    /// What is wrong as a whole.
    pub form_error: Option<String>,
}

/// A deed as a verb: *Pause*.
#[must_use]
pub fn verb(deed: Deed) -> &'static str {
    match deed {
        Deed::Pause => "Pause",
        Deed::Resume => "Resume",
        Deed::Extend => "Extend",
        Deed::Send => "Send",
        Deed::Revoke => "Revoke",
    }
}

/// What was done to so many links: *12 links are paused.*
#[must_use]
pub fn done(deed: Deed, count: i64) -> String {
    let links = ui::count(count, "link", "links");
    let (one, many) = match deed {
        Deed::Pause => ("is paused", "are paused"),
        Deed::Resume => ("works again", "work again"),
        Deed::Extend => ("has a new end", "have a new end"),
        Deed::Send => ("goes out by mail", "go out by mail"),
        Deed::Revoke => ("is revoked", "are revoked"),
    };
    format!("{links} {}.", if count == 1 { one } else { many })
}

fn consequence(deed: Deed) -> &'static str {
    match deed {
        Deed::Pause => "They open nothing until somebody resumes them.",
        Deed::Resume => "They work again, within their times.",
        Deed::Extend => "They end later, at the same time of day. What has ended already counts from today.",
        Deed::Send => "Each goes to the e-mail address on it, with its present address.",
        Deed::Revoke => "They stop opening doors at once, on every phone, and cannot be switched on again.",
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let links = ui::count(model.count, "link", "links");
    let by_mail = if model.deed == Deed::Send { " by mail" } else { "" };
    let title = format!("{} {links}{by_mail}?", verb(model.deed));
    let shown = i64::try_from(model.examples.len()).unwrap_or(0);
    let whose = if shown < model.count {
        format!("{} and {} more", model.examples.join(", "), model.count - shown)
    } else {
        ui::list(&model.examples)
    };
    let left = (model.left > 0).then(|| {
        let these = if model.left == 1 { "One of them is".into() } else { format!("{} of them are", model.left) };
        view! { <li>{these} " left as they are: it cannot be done to them now. You see afterwards which, and why."</li> }
    });
    let carried = model
        .carried
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let days = (model.deed == Deed::Extend)
        .then(|| ui::input("days", "Days", model.days).kind("number").range(1, 365).required().view());
    let class = if model.deed == Deed::Revoke { "btn danger solid" } else { "btn primary" };
    let buttons = view! {
        {carried}
        <input type="hidden" name="do" value=model.deed.code()/>
        {days}
        <p class="row">
            <button class=class>{verb(model.deed)} " " {links}</button>
            <a class="btn" href=model.back.clone()>"Leave them"</a>
        </p>
    };
    let body = view! {
        {ui::back(model.back, "Access links")}
        <div class="problem">
            <h1>{title.clone()}</h1>
            {ui::form_error(model.form_error)}
            <ul class="consequences">
                <li>{whose} "."</li>
                <li>{consequence(model.deed)}</li>
                {left}
                <li>"Each link gets an event of its own."</li>
            </ul>
            {ui::form("/links/act", &chrome.form_token, "stack", buttons.into_any())}
        </div>
    };
    shell::admin(chrome, &title, Islands::None, body.into_any())
}
