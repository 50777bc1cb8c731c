//! Draws screens into the page that the server sent.

use crate::browser::Browser;
use crate::screen::{Look, Screen};
use crate::words::{Language, Phrase};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// The page.
#[derive(Clone, Debug)]
pub struct View {
    browser: Browser,
}

/// The line at the top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Where the terminal stands.
    pub door: String,
    /// Whose it is.
    pub organization: String,
    /// Whether the server was heard.
    pub on_line: bool,
    /// How old the list is, in words.
    pub age: String,
    /// The time, as people read it.
    pub clock: String,
    /// What somebody should see to.
    pub banner: Option<Phrase>,
}

impl View {
    /// On this page.
    #[must_use]
    pub fn new(browser: &Browser) -> Self {
        Self { browser: browser.clone() }
    }

    /// An element that the page has.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Element> {
        self.browser.document.get_element_by_id(id)
    }

    /// The same, as what it is.
    #[must_use]
    pub fn get<T: JsCast>(&self, id: &str) -> Option<T> {
        self.find(id)?.dyn_into().ok()
    }

    /// Says something, unless it is said already: what is written again is read out again.
    pub fn text(&self, id: &str, words: &str) {
        if let Some(element) = self.find(id)
            && element.text_content().as_deref() != Some(words)
        {
            element.set_text_content(Some(words));
        }
    }

    /// Shows or hides.
    pub fn show(&self, id: &str, shown: bool) {
        if let Some(element) = self.get::<HtmlElement>(id) {
            element.set_hidden(!shown);
        }
    }

    /// Draws a screen.
    pub fn screen(&self, screen: &Screen, language: Language) {
        let Some(body) = self.browser.document.body() else { return };
        let before = body.dataset().get("screen");
        let _ = body.dataset().set("screen", screen.look.code());
        self.text("title", &screen.title);
        self.text("text", &screen.text);
        self.show("retry", screen.button.is_some());
        if let Some(button) = screen.button {
            self.text("retry", button.words(language));
        }
        let pairs = screen.look == Look::Pair;
        self.show("pair", pairs);
        if pairs
            && before.as_deref() != Some(Look::Pair.code())
            && let Some(code) = self.get::<HtmlInputElement>("code")
        {
            let _ = code.focus();
        }
    }

    /// Whether the picture is turned round, as in a mirror: people find their way by it.
    pub fn mirror(&self, mirrored: bool) {
        if let Some(video) = self.find("video") {
            let _ = video.class_list().toggle_with_force("mirrored", mirrored);
        }
    }

    /// Draws the line at the top.
    pub fn bar(&self, bar: &Bar, language: Language) {
        let Some(body) = self.browser.document.body() else { return };
        let _ = body.dataset().set("line", if bar.on_line { "on" } else { "off" });
        self.text("door", if bar.door.is_empty() { "Terminal" } else { &bar.door });
        self.text("organization", &bar.organization);
        let line = if bar.on_line { Phrase::OnLine } else { Phrase::OffLine };
        self.text("line", if bar.door.is_empty() { "" } else { line.words(language) });
        self.text("age", &bar.age);
        self.text("clock", &bar.clock);
        self.show("banner", bar.banner.is_some());
        self.text("banner", bar.banner.map_or("", |phrase| phrase.words(language)));
    }

    /// Writes every word that does not change with the screen.
    pub fn speak(&self, language: Language) {
        if let Some(html) = self.browser.document.document_element() {
            let _ = html.set_attribute("lang", language.code());
        }
        for (id, phrase) in [
            ("code-label", Phrase::PairLabel),
            ("join", Phrase::Pair),
            ("settings-title", Phrase::Settings),
            ("language-label", Phrase::Language),
            ("camera-label", Phrase::Camera),
            ("sound-label", Phrase::Sound),
            ("full", Phrase::FullScreen),
            ("load", Phrase::Load),
            ("unpair-title", Phrase::Unpair),
            ("unpair-text", Phrase::UnpairText),
            ("unpair", Phrase::UnpairNow),
            ("close", Phrase::Close),
        ] {
            self.text(id, phrase.words(language));
        }
        for (id, name, phrase) in [("back", "aria-label", Phrase::Back), ("hold", "title", Phrase::Hold)] {
            if let Some(element) = self.find(id) {
                let _ = element.set_attribute(name, phrase.words(language));
            }
        }
    }

    /// What the form for the pairing code says about a mistake.
    pub fn pair_error(&self, phrase: Option<Phrase>, language: Language) {
        self.text("pair-error", phrase.map_or("", |phrase| phrase.words(language)));
        if let Some(code) = self.find("code") {
            let _ = code.set_attribute("aria-invalid", if phrase.is_some() { "true" } else { "false" });
        }
    }

    /// Whether the form waits for the server.
    pub fn pairing(&self, busy: bool, language: Language) {
        if let Some(join) = self.get::<web_sys::HtmlButtonElement>("join") {
            join.set_disabled(busy);
        }
        self.text("join", if busy { Phrase::Pairing } else { Phrase::Pair }.words(language));
    }
}
