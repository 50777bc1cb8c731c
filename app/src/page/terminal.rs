//! `/terminal`: the frame that the terminal's program fills. It says nothing about anybody, so a browser may keep it.

use crate::shell::Assets;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// Crockford's digits as a pairing code has them, in rows of eight.
const KEYS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The whole document.
#[must_use]
pub fn view(assets: &Assets) -> AnyView {
    let script = format!(
        "import({:?}).then(m=>m.default({{module_or_path:{:?}}}).then(()=>m.start()))",
        assets.terminal_js, assets.terminal_wasm
    );
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"/>
                <title>"Terminal · Latchkey"</title>
                <link rel="stylesheet" href=assets.terminal_css.clone()/>
                <link rel="icon" href=assets.favicon.clone() type="image/svg+xml"/>
                <link rel="manifest" href="/terminal.webmanifest"/>
                <meta name="robots" content="noindex,nofollow"/>
                <meta name="theme-color" content="#0b0c0d"/>
                <script type="module" nonce=use_nonce()>{script}</script>
            </head>
            <body data-screen="starting">{bar()} {screen()} {settings()}</body>
        </html>
    }
    .into_any()
}

fn bar() -> impl IntoView {
    view! {
        <header>
            <button type="button" id="hold">
                <b id="door">"Terminal"</b>
                <span id="organization"></span>
            </button>
            <p>
                <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/><path d="m3.5 3.5 9 9"/></svg>
                <span id="line"></span>
                <span id="age"></span>
                <time id="clock"></time>
            </p>
        </header>
    }
}

fn screen() -> impl IntoView {
    view! {
        <main>
            <p id="banner" hidden></p>
            <div id="eye">
                <video id="video" muted playsinline aria-hidden="true" tabindex="-1"></video>
                <i></i>
            </div>
            <section role="status" aria-live="assertive">
                {shapes()}
                <h1 id="title"></h1>
                <p id="text"><noscript>"The terminal is a program: it needs JavaScript."</noscript></p>
                <p id="more"></p>
                <button type="button" id="retry" hidden></button>
            </section>
            {pairing()}
        </main>
    }
}

/// A shape for each kind of screen; the style sheet shows the one that fits.
fn shapes() -> impl IntoView {
    let shape = |class: &'static str, path: &'static str| {
        view! { <svg class=class viewBox="0 0 48 48" aria-hidden="true"><path d=path/></svg> }
    };
    [
        ("ring", "M24 5a19 19 0 1 1-19 19"),
        ("tick", "M24 3a21 21 0 1 0 0 42 21 21 0 0 0 0-42zm-9.5 21.5 6.5 6.5 12.5-13.5"),
        ("cross", "M15 3h18l12 12v18L33 45H15L3 33V15zm2 14 14 14m0-14L17 31"),
        ("hand", "M24 4 46 43H2zm0 14v12m0 6v.5"),
        ("blind", "M4 6l40 36M17 11h9l4 5h8a4 4 0 0 1 4 4v16M36 39H10a4 4 0 0 1-4-4V18"),
    ]
    .map(|(class, path)| shape(class, path))
    .collect_view()
}

fn pairing() -> impl IntoView {
    let keys = KEYS.chars().map(|key| {
        view! { <button type="button" data-key=key.to_string()>{key.to_string()}</button> }
    });
    view! {
        <form id="pair" autocomplete="off" hidden>
            <label for="code" id="code-label"></label>
            <input id="code" inputmode="none" autocapitalize="characters" spellcheck="false" maxlength="9" aria-describedby="pair-error"/>
            <p id="pair-error" role="alert"></p>
            <div class="keys">
                {keys.collect_view()}
                <button type="button" data-key="back" id="back">
                    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 5h11v14H9l-6-7zm3 4 5 6m0-6-5 6"/></svg>
                </button>
                <button id="join"></button>
            </div>
        </form>
    }
}

fn settings() -> impl IntoView {
    view! {
        <dialog id="settings" aria-labelledby="settings-title">
            <form method="dialog">
                <h2 id="settings-title"></h2>
                <label for="language" id="language-label"></label>
                <select id="language">
                    <option value="en" lang="en">"English"</option>
                    <option value="de" lang="de">"Deutsch"</option>
                </select>
                <label for="camera" id="camera-label"></label>
                <select id="camera"></select>
                <label class="tick-box"><input type="checkbox" id="sound"/> <span id="sound-label"></span></label>
                <button type="button" id="full"></button>
                <button type="button" id="load"></button>
                <dl id="facts"></dl>
                <details id="unpair-fold">
                    <summary id="unpair-title"></summary>
                    <p id="unpair-text"></p>
                    <button type="button" id="unpair"></button>
                </details>
                <button id="close"></button>
            </form>
        </dialog>
    }
}
