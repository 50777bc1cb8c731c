//! The document around an admin's page: head, side bar, what was just done, and the page itself.

use std::sync::Arc;

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::page::admin::{Chrome, Flash, FlashKind, Undo, place_lockdown};
use crate::ui::{self, icon::Icon};

pub(crate) mod nav;

/// Absolute paths of the files that pages load, with their hashes: `/pkg/admin.ab12cd34ef.css`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// Style sheet of the admin pages.
    pub admin_css: String,
    /// Style sheet of the visitor's pages.
    pub visitor_css: String,
    /// The visitor's script.
    pub visit_js: String,
    /// The script of visitors' pages that show a code.
    pub code_js: String,
    /// The script of forms that take a passkey.
    pub passkey_js: String,
    /// The islands' script, a module.
    pub islands_js: String,
    /// The islands' code.
    pub islands_wasm: String,
    /// Style sheet of the terminal.
    pub terminal_css: String,
    /// The terminal's script, a module.
    pub terminal_js: String,
    /// The terminal's code.
    pub terminal_wasm: String,
    /// The mark, as SVG.
    pub favicon: String,
    /// The web app manifest.
    pub manifest: String,
}

/// Whether a page holds an island and so needs the script that wakes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Islands {
    /// It holds at least one.
    Some,
    /// It holds none and loads no script at all.
    None,
}

/// The whole document of an admin page; `body` stands inside `<main>`.
pub fn admin(chrome: Chrome, title: &str, islands: Islands, body: AnyView) -> AnyView {
    let window = format!("{title} · {}", chrome.organization);
    let assets = Arc::clone(&chrome.assets);
    let flash = chrome.flash.clone().map(|said| flash(said, &chrome.form_token));
    let lockdowns = place_lockdown::banners(&chrome);
    let insecure = chrome.insecure.then(insecure);
    let page = view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <div class="app">
            {nav::side(&chrome)}
            <main class="page" id="content" tabindex="-1">
                {lockdowns}
                {insecure}
                {flash}
                {body}
            </main>
        </div>
    };
    document(&assets, window, islands, page.into_any())
}

/// The whole document of a page outside the side bar: signing in, setting up, an error before either.
pub fn plain(assets: &Assets, title: &str, body: AnyView) -> AnyView {
    let page = view! {
        <div class="alone">
            <header><p class="brand">{ui::mark()} "Latchkey"</p></header>
            <main id="content">{body}</main>
        </div>
    };
    document(assets, format!("{title} · Latchkey"), Islands::None, page.into_any())
}

/// The whole document of a page for whoever is signed in but may go nowhere else yet: what was just done, the page, and
/// the way out.
pub fn alone(chrome: Chrome, title: &str, body: AnyView) -> AnyView {
    let assets = Arc::clone(&chrome.assets);
    let flash = chrome.flash.map(|said| flash(said, &chrome.form_token));
    let out = view! { <button class="btn quiet small">{Icon::SignOut.view()} "Sign out"</button> };
    let page = view! {
        <div class="alone">
            <header><p class="brand">{ui::mark()} "Latchkey"</p></header>
            <main id="content">{flash} {body}</main>
            <footer>{ui::form("/sign-out", &chrome.form_token, "", out.into_any())}</footer>
        </div>
    };
    document(&assets, format!("{title} · {}", chrome.organization), Islands::None, page.into_any())
}

fn document(assets: &Assets, title: String, islands: Islands, page: AnyView) -> AnyView {
    let wake = (islands == Islands::Some).then(|| wake(assets));
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"/>
                <title>{title}</title>
                <link rel="stylesheet" href=assets.admin_css.clone()/>
                <link rel="icon" href=assets.favicon.clone() type="image/svg+xml"/>
                <link rel="manifest" href=assets.manifest.clone()/>
                <meta name="robots" content="noindex,nofollow"/>
                <meta name="theme-color" content="#fbfaf8" media="(prefers-color-scheme:light)"/>
                <meta name="theme-color" content="#131416" media="(prefers-color-scheme:dark)"/>
                {wake}
            </head>
            <body>{page}</body>
        </html>
    }
    .into_any()
}

/// The script that wakes the islands.
///
/// Leptos' own `HydrationScripts` also writes a `modulepreload` link, which a policy of nonces alone refuses
/// and reports, and it takes file names apart that are known here as a whole; this does what is left.
fn wake(assets: &Assets) -> AnyView {
    if let Some(shared) = Owner::current_shared_context() {
        // As `HydrationScripts` does: what is outside an island needs no ids.
        shared.set_is_hydrating(false);
    }
    let script = format!(
        "import({:?}).then(m=>m.default({{module_or_path:{:?}}}).then(()=>{{m.hydrate();\
         for(const e of document.querySelectorAll('leptos-island'))m[e.dataset.component]?.(e)}}))",
        assets.islands_js, assets.islands_wasm
    );
    view! { <script type="module" nonce=use_nonce()>{script}</script> }.into_any()
}

fn flash(said: Flash, token: &str) -> AnyView {
    let Flash { text, kind, undo } = said;
    let (class, icon) = match kind {
        FlashKind::Done => ("flash ok", Icon::Done),
        FlashKind::Partly => ("flash warn", Icon::Alert),
        FlashKind::Failed => ("flash no", Icon::Alert),
    };
    let undo = undo.map(|Undo { action, label, fields }| {
        let fields = fields
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect_view();
        let body = view! { {fields} <button class="btn small">{label}</button> };
        ui::form(action, token, "", body.into_any())
    });
    view! { <div class=class role="status">{icon.view()} <p>{text}</p> {undo}</div> }.into_any()
}

fn insecure() -> AnyView {
    view! {
        <div class="flash warn">
            {Icon::Alert.view()}
            <p>
                "This page came over plain http, so others on the network can read it. Set up https before real visitors use it."
            </p>
        </div>
    }
    .into_any()
}
