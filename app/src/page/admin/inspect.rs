//! Any code explained: what it is, whose, and what a terminal would answer now, check by check.

use leptos::prelude::*;

use super::Chrome;
use super::could_it_open::{self, Check};
use crate::shell::{self, Islands};
use crate::ui::{self, Badge, Choice, Fact, Field, Tone};

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What was pasted.
    pub text: Field,
    /// What is wrong with the picture.
    pub picture_error: Option<String>,
    /// The door to ask about, and those to choose from.
    pub door: Field,
    /// Doors.
    pub doors: Vec<Choice>,
    /// What came of it.
    pub found: Option<Found>,
}

/// A code explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// *Offline code*, *Somebody else's code*.
    pub what: String,
    /// What that means.
    pub about: String,
    /// The link: its address and name.
    pub link: Option<(String, String)>,
    /// What it says itself, and what is known of it: a name and a text each.
    pub facts: Vec<(&'static str, String)>,
    /// What a terminal at the door would answer.
    pub answer: Option<Answer>,
}

/// An answer at a door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The door: its address and name.
    pub door: (String, String),
    /// Whether it would open.
    pub open: bool,
    /// Why, in a sentence.
    pub why: String,
    /// Every check, in order.
    pub checks: Vec<Check>,
}

impl Model {
    /// Puts an error at its field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "picture" => self.picture_error = sentence,
            "door" => self.door.error = sentence,
            _ => self.text.error = sentence,
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let fields = view! {
        {ui::textarea("text", "What the code says", Some("As a scanner or a phone's camera reads it.".into()), model.text.clone())}
        {ui::file("picture", "Or a picture of it", "image/png,image/jpeg", Some("PNG or JPEG.".into()), model.picture_error.clone())}
        {ui::select("door", "At which door", model.doors.clone(), model.door.clone())}
        <button class="btn primary">"Read it"</button>
    };
    let body = view! {
        {ui::back("/links", "Access links")}
        {ui::head("Read a code", None, ().into_any())}
        <p class="lead">"Says what any QR code is, whose, and what a terminal would answer now. Nothing opens, and nothing is counted."</p>
        <div class="grid cols">
            <div class="grid">{model.found.as_ref().map_or_else(nothing_yet, |known| view! { {answer(known)} {found(known)} }.into_any())}</div>
            <div class="grid">
                {ui::card("The code", ().into_any(), ui::file_form("/codes/inspect", &chrome.form_token, "stack", fields.into_any()))}
            </div>
        </div>
    };
    shell::admin(chrome, "Read a code", Islands::None, body.into_any())
}

fn nothing_yet() -> AnyView {
    let text = "Type what the code says, or choose a picture of it.";
    ui::card("Answer", ().into_any(), view! { <p class="muted">{text}</p> }.into_any())
}

fn found(found: &Found) -> AnyView {
    let link = found.link.clone().map(|(href, name)| Fact::new("Link", view! { <a href=href>{name}</a> }.into_any()));
    let facts = found.facts.iter().map(|(name, text)| Fact::text(name, text));
    let body = view! {
        <div class="stack">
            <p class="muted">{found.about.clone()}</p>
            {ui::facts(std::iter::once(link).chain(facts))}
        </div>
    };
    ui::card(found.what.clone(), ().into_any(), body.into_any())
}

fn answer(found: &Found) -> AnyView {
    let Some(answer) = &found.answer else {
        return ().into_any();
    };
    let badge = if answer.open { Badge::new(Tone::Ok, "Yes") } else { Badge::new(Tone::No, "No") };
    let checks = answer.checks.iter().cloned().map(could_it_open::check).collect_view();
    let (href, door) = answer.door.clone();
    let body = view! {
        <div class="stack">
            <p role="status"><a href=href>{door}</a> {if answer.open { " would open." } else { " would stay shut." }}</p>
            <p>{answer.why.clone()}</p>
            <ol class="checked">{checks}</ol>
        </div>
    };
    ui::card("What a terminal would answer now", badge.view(), body.into_any())
}
