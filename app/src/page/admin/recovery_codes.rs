//! Recovery codes: shown once when they are made, and the question before new ones take their place.

use leptos::prelude::*;

use super::{Chrome, enrol};
use crate::ui::{self, icon::Icon};

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The codes, right after they were made; empty at any other time.
    pub codes: Vec<String>,
    /// How many are left of those before.
    pub left: i64,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let token = chrome.form_token.clone();
    let content = if model.codes.is_empty() {
        let button = view! {
            <button class="btn primary">"Make ten new codes"</button>
            <a class="btn quiet" href="/account/second-factor">"Cancel"</a>
        };
        view! {
            <p>{match model.left { 0 => "None of your codes is left.".to_owned(), left => format!("{} of your codes {} left.", left, if left == 1 { "is" } else { "are" }) }}</p>
            <p class="muted">"New ones take their place: whatever list you have now works no more."</p>
            {ui::form("/account/recovery-codes", &token, "row", button.into_any())}
        }
        .into_any()
    } else {
        let codes = model.codes.into_iter().map(|code| view! { <li class="mono">{code}</li> }).collect_view();
        view! {
            <div class="flash warn">{Icon::Alert.view()} <p>"They are shown this once. Print them, or write them down, and keep them away from your phone."</p></div>
            <ol class="codes">{codes}</ol>
            <p class="muted">"Each lets you in once, instead of the app's digits, after your password."</p>
            <p class="row"><a class="btn primary" href="/account/second-factor">"I have them"</a></p>
        }
        .into_any()
    };
    let body = view! {
        {ui::back("/account/second-factor", "Second factor")}
        {ui::head("Recovery codes", None, ().into_any())}
        <div class="card pad sheet stack">{content}</div>
    };
    enrol(chrome, false, "Recovery codes", body.into_any())
}
