//! The start: alone in this browser, with what was kept.

use super::{Busy, Message, Runner};
use crate::browser::{Browser, call, member, promised};
use crate::camera::{Camera, Condition};
use crate::http::Server;
use crate::screen::{Look, Screen};
use crate::settings::Settings;
use crate::sound::Speaker;
use crate::store::Store;
use crate::view::{Bar, View};
use crate::words::Phrase;
use futures_channel::mpsc::UnboundedSender;
use futures_channel::oneshot;
use js_sys::Promise;
use std::cell::Cell;
use std::rc::Rc;
use terminal::Terminal;
use terminal::wire::Relay;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

/// Two tabs would count the same scans; one holds this and the other waits.
const LOCK: &str = "latchkey terminal";
/// Past this the lock is taken, milliseconds.
const LOCKED_MS: i32 = 500;

impl Runner {
    /// Everything there is at the start; none when the browser keeps nothing.
    pub(super) async fn begin(browser: Browser, sender: UnboundedSender<Message>) -> Option<Self> {
        let view = View::new(&browser);
        let browsers = browser.window.navigator().language();
        let language = Settings::default().language(browsers.as_deref());
        view.speak(language);
        let elsewhere = Screen::new(Look::Trouble, Phrase::Elsewhere, Phrase::ElsewhereHelp, language);
        let waiting = view.clone();
        alone(&browser, move || waiting.screen(&elsewhere, language)).await;
        let no_memory = Screen::new(Look::Trouble, Phrase::NoMemory, Phrase::NoMemoryHelp, language);
        let Ok(store) = Store::open(&browser).await else {
            view.screen(&no_memory, language);
            return None;
        };
        let settings: Settings = store.settings().await.unwrap_or_default();
        let language = settings.language(browsers.as_deref());
        let video = view.get("video");
        let camera = video.map(|video| Camera::new(&browser, video, sender.clone()));
        let speaker = settings.sound.then(Speaker::default);
        let mut runner = Self {
            server: Server::new(browser.clone(), ""),
            browser,
            view,
            store,
            sender,
            settings,
            language,
            terminal: None,
            camera,
            sees: Condition::Starting,
            speaker,
            on_line: false,
            next_beat: 0,
            busy: Busy::default(),
            asking_since: None,
            shown: None,
            sounded: None,
            last_scan: 0,
            waiting: None,
            newer: false,
            next_look: 0,
            ended: None,
            drawn: (None, Bar::default()),
        };
        runner.view.speak(language);
        runner.listen_to_device();
        runner.listen_to_settings();
        runner.resume().await;
        Some(runner)
    }

    async fn resume(&mut self) {
        let Ok(kept) = self.store.kept().await else { return self.broken() };
        let Some(kept) = kept else { return };
        match Terminal::restored(kept) {
            Ok((terminal, effects)) => {
                self.live(terminal);
                self.carry(effects).await;
                self.upload();
            }
            // Nothing can be decided without the key: it has to be paired again.
            Err(_) => {
                let _ = self.store.wipe().await;
            }
        }
    }

    /// From here on it is a terminal.
    pub(super) fn live(&mut self, mut terminal: Terminal) {
        terminal.set_relay(Relay::None);
        self.server = Server::new(self.browser.clone(), &terminal.identity().token);
        self.terminal = Some(terminal);
        self.start_camera();
        self.follow_stream();
        let navigator: JsValue = self.browser.window.navigator().into();
        // Asks the browser not to clear a journal away when the device runs out of room.
        spawn_local(async move {
            promised(call(&member(&navigator, "storage"), "persist", &[])).await;
        });
    }

    /// Says every word again.
    pub(crate) fn speak(&mut self) {
        let browsers = self.browser.window.navigator().language();
        self.language = self.settings.language(browsers.as_deref());
        self.view.speak(self.language);
        self.drawn = (None, Bar::default());
    }

    /// Whether it sounds.
    pub(crate) fn speaker_is(&mut self, on: bool) {
        if on != self.speaker.is_some() {
            self.speaker = on.then(Speaker::default);
        }
    }
}

/// Waits until no other tab of this browser is a terminal; says so when that takes long.
async fn alone(browser: &Browser, waits: impl FnOnce() + 'static) {
    let locks = member(&browser.window.navigator(), "locks");
    let (sender, locked) = oneshot::channel();
    let hold = Closure::once(move |_: JsValue| {
        let _ = sender.send(());
        // Held until the page is left.
        Promise::new(&mut |_, _| {})
    });
    if call(&locks, "request", &[&LOCK.into(), hold.as_ref().unchecked_ref()]).is_none() {
        return;
    }
    hold.forget();
    let done = Rc::new(Cell::new(false));
    let (sleeper, waited) = (browser.clone(), done.clone());
    spawn_local(async move {
        sleeper.sleep(LOCKED_MS).await;
        if !waited.get() {
            waits();
        }
    });
    let _ = locked.await;
    done.set(true);
}
