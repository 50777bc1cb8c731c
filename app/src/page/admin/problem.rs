//! What could not be done: a title, a sentence, and a way on.

use leptos::prelude::*;

use super::{Chrome, WayBack};
use crate::shell::{self, Assets, Islands};

/// A problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The status of the answer.
    pub status: u16,
    /// A few words.
    pub title: String,
    /// What happened, then what to do.
    pub sentence: String,
    /// Where to go from here.
    pub way: WayBack,
}

impl Model {
    /// The problem of a status, with a title of its own; the way on leads to the overview.
    #[must_use]
    pub fn new(status: u16, sentence: impl Into<String>) -> Self {
        let title = match status {
            403 => "Not allowed",
            404 | 405 => "Nothing here",
            409 => "Changed meanwhile",
            410 => "No longer here",
            413 => "Too large",
            422 => "Not done",
            429 => "Too many tries",
            503 => "Not available just now",
            _ => "That did not work",
        };
        Self { status, title: title.into(), sentence: sentence.into(), way: WayBack::new("/", "Go to the overview") }
    }

    /// The same with another way on.
    #[must_use]
    pub fn way(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.way = WayBack::new(href, label);
        self
    }
}

/// The page for whoever is not signed in.
pub fn view(model: Model, assets: &Assets) -> AnyView {
    let title = model.title.clone();
    shell::plain(assets, &title, body(model))
}

/// The page within the side bar.
pub fn view_inside(model: Model, chrome: Chrome) -> AnyView {
    let title = model.title.clone();
    shell::admin(chrome, &title, Islands::None, body(model))
}

fn body(model: Model) -> AnyView {
    view! {
        <div class="problem">
            <h1>{model.title}</h1>
            <p>{model.sentence}</p>
            <p><a class="btn" href=model.way.href>{model.way.label}</a></p>
        </div>
    }
    .into_any()
}
