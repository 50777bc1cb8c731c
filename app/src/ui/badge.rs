//! A badge: a state in a word, with a dot whose shape and colour say the same again.

use leptos::prelude::*;

/// What kind of state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// Open, granted, active.
    Ok,
    /// Refused, ended, locked down.
    No,
    /// Wants a look.
    Warn,
    /// To do with keys.
    Key,
    /// Not there: off line, paused. The dot is a ring.
    Off,
}

/// A state in a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Badge {
    /// What kind.
    pub tone: Tone,
    /// The word.
    pub text: String,
}

impl Badge {
    /// A badge.
    #[must_use]
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }

    /// The classes that draw it.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.tone {
            Tone::Plain => "badge",
            Tone::Ok => "badge ok",
            Tone::No => "badge no",
            Tone::Warn => "badge warn",
            Tone::Key => "badge key",
            Tone::Off => "badge warn off",
        }
    }

    /// As it is shown.
    pub fn view(self) -> AnyView {
        let class = self.class();
        view! { <span class=class>{self.text}</span> }.into_any()
    }
}
