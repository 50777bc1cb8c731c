//! A terminal's pairing code, large enough to be read across a room, with what to do with it.

use leptos::prelude::*;

use super::Chrome;
use super::terminals::TerminalState;
use crate::island::StandingBadge;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, icon::Icon};

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `terminal_…`.
    pub id: String,
    /// The terminal's name.
    pub name: String,
    /// Its door's name.
    pub door: String,
    /// How it stands.
    pub state: TerminalState,
    /// The code as it is read, while it is good and this browser knows it.
    pub code: Option<String>,
    /// Until when it is good.
    pub until: Moment,
    /// Where the browser's terminal is.
    pub address: String,
    /// What is typed at a headless one.
    pub command: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let to = format!("/terminals/{}", model.id);
    let badge = model.state.badge();
    let state = view! {
        <StandingBadge class=badge.class().to_owned() text=badge.text url=format!("{to}/stream")/>
    };
    let content = match model.code {
        Some(code) => view! {
            <p class="pairing" role="img" aria-label=format!("Pairing code {}", spelled(&code))>{code.clone()}</p>
            <p class="muted">"Good once, until " {ui::time(&model.until)} ". Dash and capitals do not matter."</p>
            <dl class="facts stacked">
                <dt>"A tablet or phone"</dt>
                <dd>"Open " <a class="mono" href=model.address.clone()>{model.address.clone()}</a> " on it, and type the code."</dd>
                <dt>"A small computer with a scanner"</dt>
                <dd>"Run on it: " <code class="mono">{model.command}</code></dd>
            </dl>
            <p class="row"><a class="btn primary" href=to.clone()>"It is connected"</a></p>
        }
        .into_any(),
        None => {
            let button = view! {
                <button class="btn primary">{Icon::Rotate.view()} "New pairing code"</button>
                <a class="btn quiet" href=to.clone()>"To the terminal"</a>
            };
            view! {
                <p>"The code has run out, or was shown in another browser. Make a new one when you stand before the device."</p>
                {ui::form(format!("{to}/code"), &chrome.form_token, "row", button.into_any())}
            }
            .into_any()
        }
    };
    let body = view! {
        {ui::back(to.clone(), model.name.clone())}
        {ui::head_of("Connect a device", state.into_any(), ().into_any())}
        <div class="card pad sheet stack">
            <p>"The device that gets this code becomes " <b>{model.name.clone()}</b> " at " {model.door} "."</p>
            {content}
        </div>
    };
    shell::admin(chrome, "Connect a device", Islands::Some, body.into_any())
}

/// Letter by letter, or a reader makes a word of it.
fn spelled(code: &str) -> String {
    let letters: Vec<String> = code.chars().filter(|letter| *letter != '-').map(String::from).collect();
    letters.join(" ")
}
