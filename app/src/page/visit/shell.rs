//! The document around a visitor's page: one style sheet, one icon, and the script where a page needs it.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use domain::colour::Shades;

use super::Chrome;

/// What a page has for scripts to do.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// Doors to press, or a moment to count down to.
    pub(super) doors: bool,
    /// A code to keep in sight.
    pub(super) code: bool,
    /// A code that changes: a browser without script loads the page again.
    pub(super) reloads: bool,
}

impl Script {
    /// Nothing.
    pub(super) const NONE: Self = Self { doors: false, code: false, reloads: false };
}

/// How often a browser without script loads a page whose code changes, seconds: as often as it changes.
const RELOAD_S: &str = "15";

/// The whole document; `title` is the window's, `body` the `<main>` element.
pub(super) fn document<B: IntoView>(chrome: &Chrome, title: String, script: Script, body: B) -> impl IntoView + use<B> {
    let assets = &chrome.assets;
    let style = chrome.brand.shades.map(|shades| view! { <style nonce=use_nonce()>{style(&shades)}</style> });
    let load = |wanted: bool, file: &str| {
        let file = file.to_owned();
        wanted.then(|| view! { <script src=file nonce=use_nonce() defer></script> })
    };
    let scripts = view! { {load(script.doors, &assets.visit_js)} {load(script.code, &assets.code_js)} };
    let reload = script.reloads.then(|| {
        view! { <noscript><meta http-equiv="refresh" content=RELOAD_S/></noscript> }
    });
    view! {
        <!DOCTYPE html>
        <html lang=chrome.language.code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"/>
                <title>{title}</title>
                <link rel="stylesheet" href=assets.visitor_css.clone()/>
                {style}
                <link rel="icon" href=assets.favicon.clone() type="image/svg+xml"/>
                <meta name="robots" content="noindex,nofollow,noarchive"/>
                <meta name="format-detection" content="telephone=no"/>
                <meta name="theme-color" content="#fbfaf8" media="(prefers-color-scheme:light)"/>
                <meta name="theme-color" content="#131416" media="(prefers-color-scheme:dark)"/>
                {reload}
                {scripts}
            </head>
            <body>{body}</body>
        </html>
    }
}

/// The organization's colour in place of ours. Made of checked colours alone, so that there is nothing to escape.
fn style(shades: &Shades) -> String {
    let Shades { fill, words, tint, words_dark, tint_dark } = shades;
    format!(
        ":root{{--key:{words};--key-fill:{tint}}}button,.go{{background:{fill}}}\
         @media(prefers-color-scheme:dark){{:root{{--key:{words_dark};--key-fill:{tint_dark}}}button,.go{{background:{words_dark}}}}}"
    )
}
