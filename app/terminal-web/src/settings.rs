//! The settings behind a long press on the bar: what a device is set up with once.

use crate::browser::{call, on};
use crate::camera::{self, Choice};
use crate::run::{Message, Runner, SOFTWARE};
use crate::words::{Language, Phrase};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    Event, HtmlDetailsElement, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent,
};

/// The bar is held for so long, milliseconds: nobody comes here in passing.
const HOLD_MS: i32 = 2_000;

/// What is kept of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// [`Language::code`].
    pub language: String,
    /// [`Choice::code`].
    pub camera: String,
    /// Whether it sounds.
    pub sound: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { language: String::new(), camera: String::new(), sound: true }
    }
}

impl Settings {
    /// The language of the screen, the browser's where none was chosen.
    #[must_use]
    pub fn language(&self, browsers: Option<&str>) -> Language {
        Language::from_code(if self.language.is_empty() { browsers.unwrap_or_default() } else { &self.language })
    }
}

impl Runner {
    /// Makes the bar and the dialog do what they say.
    pub(crate) fn listen_to_settings(&self) {
        self.listen_to_hold();
        let sender = self.sender.clone();
        let send = move |message: fn() -> Message| {
            let sender = sender.clone();
            move |_: Event| {
                let _ = sender.unbounded_send(message());
            }
        };
        for id in ["language", "camera", "sound"] {
            if let Some(element) = self.view.find(id) {
                on(&element, "change", send(|| Message::Set));
            }
        }
        for (id, message) in [
            ("full", (|| Message::FullScreen) as fn() -> Message),
            ("load", || Message::Load),
            ("unpair", || Message::Unpair),
        ] {
            if let Some(element) = self.view.find(id) {
                on(&element, "click", send(message));
            }
        }
        if let Some(element) = self.view.find("settings") {
            on(&element, "close", send(|| Message::SettingsClosed));
        }
    }

    fn listen_to_hold(&self) {
        let Some(bar) = self.view.find("hold") else { return };
        let holds = Rc::new(Cell::new(0_u32));
        let begin = {
            let (holds, browser, sender) = (holds.clone(), self.browser.clone(), self.sender.clone());
            move || {
                let hold = holds.get().wrapping_add(1);
                holds.set(hold);
                let (holds, browser, sender) = (holds.clone(), browser.clone(), sender.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    browser.sleep(HOLD_MS).await;
                    if holds.get() == hold {
                        let _ = sender.unbounded_send(Message::OpenSettings);
                    }
                });
            }
        };
        let end = move || holds.set(holds.get().wrapping_add(1));
        let press = begin.clone();
        on(&bar, "pointerdown", move |_: Event| press());
        on(&bar, "keydown", move |event: KeyboardEvent| {
            if !event.repeat() && event.key() == " " {
                begin();
            }
        });
        for name in ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"] {
            let end = end.clone();
            on(&bar, name, move |_: Event| end());
        }
        // The browser's own menu for a long press would lie over ours.
        on(&bar, "contextmenu", |event: Event| event.prevent_default());
    }

    /// Shows the dialog with what is set.
    pub(crate) async fn open_settings(&mut self) {
        let Some(dialog) = self.view.get::<HtmlDialogElement>("settings") else { return };
        if dialog.open() {
            return;
        }
        self.fill_cameras().await;
        if let Some(language) = self.view.get::<HtmlSelectElement>("language") {
            language.set_value(self.language.code());
        }
        if let Some(sound) = self.view.get::<HtmlInputElement>("sound") {
            sound.set_checked(self.settings.sound);
        }
        if let Some(unpair) = self.view.get::<HtmlDetailsElement>("unpair-fold") {
            unpair.set_open(false);
        }
        self.view.show("unpair-fold", self.terminal.is_some());
        let root = self.browser.document.document_element();
        let full = root.is_some_and(|root| js_sys::Reflect::has(&root, &"requestFullscreen".into()).unwrap_or(false));
        self.view.show("full", full);
        self.fill_facts().await;
        let _ = dialog.show_modal();
    }

    async fn fill_cameras(&self) {
        let Some(select) = self.view.get::<HtmlSelectElement>("camera") else { return };
        select.set_inner_html("");
        let words = |phrase: Phrase| phrase.words(self.language).to_owned();
        let mut choices = vec![
            (Choice::Front, words(Phrase::AnyCamera)),
            (Choice::Back, words(Phrase::BackCamera)),
            (Choice::None, words(Phrase::NoCamera)),
        ];
        for (at, (id, label)) in camera::all(&self.browser).await.into_iter().enumerate() {
            let label = if label.is_empty() { format!("{} {}", words(Phrase::Camera), at + 1) } else { label };
            choices.push((Choice::Id(id), label));
        }
        for (choice, label) in choices {
            let Ok(option) = self.browser.document.create_element("option") else { continue };
            option.set_text_content(Some(&label));
            let _ = option.set_attribute("value", choice.code());
            let _ = select.append_child(&option);
        }
        select.set_value(Choice::from_code(&self.settings.camera).code());
    }

    async fn fill_facts(&self) {
        let Some(facts) = self.view.find("facts") else { return };
        facts.set_text_content(None);
        let waiting = self.store.waiting().await.unwrap_or(0);
        let list = self.list_age().unwrap_or_else(|| Phrase::WithoutList.words(self.language).to_owned());
        for (name, value) in
            [(Phrase::List, list), (Phrase::Waiting, waiting.to_string()), (Phrase::Software, SOFTWARE.to_owned())]
        {
            for (tag, words) in [("dt", name.words(self.language)), ("dd", value.as_str())] {
                if let Ok(element) = self.browser.document.create_element(tag) {
                    element.set_text_content(Some(words));
                    let _ = facts.append_child(&element);
                }
            }
        }
    }

    /// Takes what was chosen in the dialog.
    pub(crate) async fn set(&mut self) {
        let before = self.settings.clone();
        if let Some(language) = self.view.get::<HtmlSelectElement>("language") {
            self.settings.language = language.value();
        }
        if let Some(camera) = self.view.get::<HtmlSelectElement>("camera") {
            self.settings.camera = camera.value();
        }
        if let Some(sound) = self.view.get::<HtmlInputElement>("sound") {
            self.settings.sound = sound.checked();
        }
        // What is not kept is chosen anew after the next start, and works until then.
        let _ = self.store.keep_settings(&self.settings).await;
        if self.settings.camera != before.camera {
            self.start_camera();
        }
        if self.settings.language != before.language {
            self.speak();
            self.fill_cameras().await;
            self.fill_facts().await;
        }
        self.speaker_is(self.settings.sound);
    }

    /// Fills the screen with the page, or gives it back.
    pub(crate) fn full_screen(&self) {
        let document: &JsValue = &self.browser.document;
        if crate::browser::member(document, "fullscreenElement").is_null() {
            let root = self.browser.document.document_element();
            let _ = root.and_then(|root| call(&root, "requestFullscreen", &[]));
        } else {
            let _ = call(document, "exitFullscreen", &[]);
        }
        self.close_settings();
    }

    /// Shuts the dialog.
    pub(crate) fn close_settings(&self) {
        if let Some(dialog) = self.view.get::<HtmlDialogElement>("settings") {
            dialog.close();
        }
        // What stands focused would take a scanner's keys for presses.
        if let Some(focused) = self.browser.document.active_element()
            && let Ok(focused) = focused.dyn_into::<HtmlElement>()
        {
            let _ = focused.blur();
        }
    }

    /// Whether the dialog lies over the page.
    pub(crate) fn in_settings(&self) -> bool {
        self.view.get::<HtmlDialogElement>("settings").is_some_and(|dialog| dialog.open())
    }
}
