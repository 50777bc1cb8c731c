//! What the device itself tells: keys and touches, the network, a newer version of the page; and that it stays awake.

use super::{Message, Runner, TICK_MS};
use crate::browser::{Browser, call, member, on, promised};
use crate::keys::Typed;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Element, Event, HtmlInputElement, KeyboardEvent, MessageEvent, RegistrationOptions, ServiceWorkerContainer,
    ServiceWorkerRegistration,
};

const WORKER: &str = "/terminal-worker.js";
const SCOPE: &str = "/terminal";

impl Runner {
    /// Makes the page listen.
    pub(super) fn listen_to_device(&self) {
        self.listen_to_keys();
        self.listen_to_form();
        let (window, document) = (&self.browser.window, &self.browser.document);
        let sender = self.sender.clone();
        on(window, "pointerdown", move |_: Event| {
            let _ = sender.unbounded_send(Message::Touched);
        });
        let sender = self.sender.clone();
        on(window, "online", move |_: Event| {
            let _ = sender.unbounded_send(Message::Reachable);
        });
        if let Some(button) = self.view.find("retry") {
            let sender = self.sender.clone();
            on(&button, "click", move |_: Event| {
                let _ = sender.unbounded_send(Message::Button);
            });
        }
        stay_awake(&self.browser);
        let (browser, shown) = (self.browser.clone(), document.clone());
        on(document, "visibilitychange", move |_: Event| {
            if !shown.hidden() {
                stay_awake(&browser);
            }
        });
        self.keep_page();
    }

    fn listen_to_keys(&self) {
        let typed = Rc::new(RefCell::new(Typed::default()));
        let (keys, sender) = (typed.clone(), self.sender.clone());
        on(&self.browser.document, "keydown", move |event: KeyboardEvent| {
            let _ = sender.unbounded_send(Message::Touched);
            let on_form = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .is_some_and(|element| element.closest("form").is_ok_and(|form| form.is_some()));
            if on_form || event.ctrl_key() || event.alt_key() || event.meta_key() || event.repeat() {
                return;
            }
            // When it went down, however long this program was busy with something else.
            let read = keys.borrow_mut().key(&event.code(), event.shift_key(), event.time_stamp());
            if let Some(read) = read {
                // The Enter of a scanner presses nothing, wherever the focus is.
                event.prevent_default();
                let _ = sender.unbounded_send(Message::Read(read));
            }
        });
        let (browser, sender) = (self.browser.clone(), self.sender.clone());
        spawn_local(async move {
            loop {
                browser.sleep(TICK_MS).await;
                let read = typed.borrow_mut().silent(browser.fine());
                if let Some(read) = read
                    && sender.unbounded_send(Message::Read(read)).is_err()
                {
                    return;
                }
            }
        });
    }

    fn listen_to_form(&self) {
        let Some(form) = self.view.find("pair") else { return };
        let sender = self.sender.clone();
        on(&form, "submit", move |event: Event| {
            event.prevent_default();
            let _ = sender.unbounded_send(Message::Pair);
        });
        let view = self.view.clone();
        on(&form, "click", move |event: Event| {
            let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let key = pressed.and_then(|element| element.closest("[data-key]").ok().flatten());
            let (Some(key), Some(code)) = (key, view.get::<HtmlInputElement>("code")) else { return };
            let mut text = code.value();
            match key.get_attribute("data-key").as_deref() {
                Some("back") => {
                    text.pop();
                }
                Some(letter) if text.chars().filter(char::is_ascii_alphanumeric).count() < 8 => text.push_str(letter),
                _ => {}
            }
            code.set_value(&text);
        });
    }

    /// Hands the page to a worker that keeps it, and hears from it about newer ones.
    fn keep_page(&self) {
        // Browsers have workers on https alone.
        let Ok(workers) =
            member(&self.browser.window.navigator(), "serviceWorker").dyn_into::<ServiceWorkerContainer>()
        else {
            return;
        };
        let sender = self.sender.clone();
        on(&workers, "message", move |event: MessageEvent| {
            if event.data().as_string().as_deref() == Some("newer") {
                let _ = sender.unbounded_send(Message::Newer);
            }
        });
        let options = RegistrationOptions::new();
        options.set_scope(SCOPE);
        let registered = workers.register_with_options(WORKER, &options);
        spawn_local(async move {
            if let Err(cause) = JsFuture::from(registered).await {
                web_sys::console::warn_2(&"This page is not kept, and needs the network to be loaded:".into(), &cause);
            }
        });
    }

    /// Asks the worker whether there is a newer version.
    pub(super) fn look_for_newer(&self) {
        let Ok(workers) =
            member(&self.browser.window.navigator(), "serviceWorker").dyn_into::<ServiceWorkerContainer>()
        else {
            return;
        };
        spawn_local(async move {
            let found = promised(call(&workers, "getRegistration", &[&SCOPE.into()])).await;
            let registration = found.and_then(|found| found.dyn_into::<ServiceWorkerRegistration>().ok());
            if let Some(active) = registration.and_then(|registration| registration.active()) {
                let _ = active.post_message(&JsValue::from("look"));
            }
        });
    }
}

/// Keeps the screen on; browsers let go of it whenever the page is hidden.
fn stay_awake(browser: &Browser) {
    let lock = member(&browser.window.navigator(), "wakeLock");
    spawn_local(async move {
        promised(call(&lock, "request", &[&"screen".into()])).await;
    });
}
