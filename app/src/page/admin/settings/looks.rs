//! The logo and the colour that visitors see.

use leptos::prelude::*;

use super::{Chrome, frame};
use crate::ui::{self, Field, icon::Icon};

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The version it was opened at.
    pub version: i64,
    /// The organization's name.
    pub organization: String,
    /// Address, width and height of the logo.
    pub logo: Option<(String, i64, i64)>,
    /// What is wrong with the file.
    pub logo_error: Option<String>,
    /// `#rrggbb`, or empty for ours.
    pub colour: Field,
    /// The colour in use, with its counterpart on dark paper.
    pub shades: (String, String),
    /// What is wrong with a form as a whole.
    pub form_error: Option<String>,
}

impl Model {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let place = match field {
            "logo" => &mut self.logo_error,
            "colour" => &mut self.colour.error,
            _ => &mut self.form_error,
        };
        *place = Some(sentence.into());
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let token = chrome.form_token.clone();
    let preview = preview(&model);
    let body = view! {
        {ui::form_error(model.form_error.clone())}
        <div class="grid cols">
            <div class="grid">
                {ui::card("Logo", ().into_any(), logo(&model, &token))}
                {ui::card("Colour", ().into_any(), colour(&model, &token))}
            </div>
            {ui::card("What visitors see", ().into_any(), preview)}
        </div>
    };
    frame(chrome, "Looks", body.into_any())
}

fn logo(model: &Model, token: &str) -> AnyView {
    let fields = view! {
        {ui::version(model.version)}
        {ui::file("logo", "PNG or SVG", "image/png,image/svg+xml",
            Some("Up to 256 KB. It becomes a PNG of at most 400 × 80 pixels, shown at half that size; nothing else of the file is kept.".into()),
            model.logo_error.clone())}
        <p class="row"><button class="btn primary">{Icon::Upload.view()} "Use this logo"</button></p>
    };
    let remove = model.logo.is_some().then(|| {
        let fields = view! {
            {ui::version(model.version)}
            <button class="btn danger">{Icon::Remove.view()} "Remove the logo"</button>
        };
        ui::form("/settings/logo/remove", token, "", fields.into_any())
    });
    view! { <div class="stack">{ui::file_form("/settings/logo", token, "stack", fields.into_any())}{remove}</div> }
        .into_any()
}

fn colour(model: &Model, token: &str) -> AnyView {
    let fields = view! {
        {ui::version(model.version)}
        {ui::input("colour", "Colour of buttons", model.colour.clone()).longest(7).autocomplete("off")
            .hint("Six digits after #, such as #1f3a5f, dark enough for white words. Empty for ours.").view()}
        <p class="row"><button class="btn primary">"Save the colour"</button></p>
    };
    ui::form("/settings/looks", token, "stack", fields.into_any())
}

/// The visitor's page in miniature, on light and on dark paper, drawn so that it needs no style of its own.
fn preview(model: &Model) -> AnyView {
    let (light, dark) = model.shades.clone();
    let pane = |paper: &'static str,
                card: &'static str,
                ink: &'static str,
                line: &'static str,
                fill: String,
                on: &'static str| {
        view! {
            <svg class="look" viewBox="0 0 280 150" aria-hidden="true">
                <rect width="280" height="150" rx="10" fill=paper/>
                <rect x="14" y="14" width="252" height="122" rx="12" fill=card stroke=line/>
                <text x="30" y="48" font-size="16" font-weight="620" fill=ink>"Front door"</text>
                <rect x="30" y="68" width="220" height="48" rx="10" fill=fill/>
                <text x="140" y="97" font-size="16" font-weight="620" text-anchor="middle" fill=on>"Unlock"</text>
            </svg>
        }
    };
    let logo = match &model.logo {
        Some((src, width, height)) => view! {
            <p class="logo"><img src=src.clone() width=(width + 1) / 2 height=(height + 1) / 2 alt=model.organization.clone()/></p>
        }
        .into_any(),
        None => view! { <p class="row">{ui::mark()} <b>{model.organization.clone()}</b></p> }.into_any(),
    };
    let said = format!("A button of {light} with white words in light, and of {dark} with dark words in dark.");
    view! {
        <div class="stack">
            {logo}
            {pane("#fbfaf8", "#ffffff", "#1c1b19", "#e6e2db", light, "#ffffff")}
            {pane("#131416", "#1b1d20", "#ececea", "#2a2d31", dark, "#0d1622")}
            <p class="small muted">{said}</p>
            <p class="small"><a href="/settings/messages/preview?language=en">"See it in the mail"</a></p>
        </div>
    }
    .into_any()
}
