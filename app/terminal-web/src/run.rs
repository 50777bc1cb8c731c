//! The program: everything that happens comes in as a message, one after the other, and the state machine says what
//! is to be done.

mod begin;
mod device;
mod net;
mod show;

use crate::browser::Browser;
use crate::camera::{Camera, Choice, Condition, Seen};
use crate::http::{Answer, NoAnswer, Server};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::sound::Speaker;
use crate::store::Store;
use crate::view::{Bar, View};
use crate::words::{Language, Phrase};
use domain::terminal::Time;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender};
use std::collections::VecDeque;
use terminal::wire::{HeartbeatAnswer, ListAnswer, ScanAnswer};
use terminal::{Effect, Shown, Terminal};
use wasm_bindgen_futures::spawn_local;

/// What runs here, as the server is told.
pub const SOFTWARE: &str = concat!("latchkey-web ", env!("CARGO_PKG_VERSION"));
/// Between two looks at the clock, milliseconds.
const TICK_MS: i32 = 200;
/// A newer version waits for so long without a scan, milliseconds.
const QUIET_MS: i64 = 60_000;
/// What a scanner typed longer ago is not looked at: whoever showed it has left, milliseconds.
const STALE_MS: i64 = 3_000;
/// After storage broke the page is loaded anew, milliseconds.
const BROKEN_MS: i32 = 10_000;

/// Something happened.
#[derive(Debug)]
pub enum Message {
    /// Time went on.
    Tick,
    /// Somebody touched the screen or a key.
    Touched,
    /// The camera tells.
    Seen(Seen),
    /// A scanner typed.
    Read(String),
    /// The form with the pairing code was sent.
    Pair,
    /// What came of it, with the times around.
    Paired(Result<Answer, NoAnswer>, Time, Time),
    /// What came of asking about the scan of this name.
    Answered(String, Option<ScanAnswer>),
    /// A heartbeat's answer, with the times around.
    Heard(Option<HeartbeatAnswer>, Time, Time),
    /// A list, or none now.
    List(Option<ListAnswer>),
    /// The server has the journal up to here; none: it did not say.
    Stored(Option<i64>),
    /// The server woke us.
    Wake,
    /// The network came, as the browser says.
    Reachable,
    /// The server was heard, or not.
    Line(bool),
    /// The server says that this terminal is none any more.
    Revoked,
    /// A newer version is at hand.
    Newer,
    /// The button on the screen.
    Button,
    /// The bar was held.
    OpenSettings,
    /// The dialog was shut.
    SettingsClosed,
    /// Something was chosen there.
    Set,
    /// Fill the screen, or not.
    FullScreen,
    /// Load the page again.
    Load,
    /// Forget everything.
    Unpair,
}

/// What is on its way to the server; each is begun when the one before has come back.
#[derive(Clone, Copy, Debug, Default)]
struct Busy {
    beat: bool,
    list: bool,
    journal: bool,
}

/// The program.
#[derive(Debug)]
pub struct Runner {
    pub(crate) browser: Browser,
    pub(crate) view: View,
    pub(crate) store: Store,
    pub(crate) sender: UnboundedSender<Message>,
    pub(crate) settings: Settings,
    pub(crate) language: Language,
    pub(crate) terminal: Option<Terminal>,
    server: Server,
    camera: Option<Camera>,
    sees: Condition,
    speaker: Option<Speaker>,
    on_line: bool,
    next_beat: i64,
    busy: Busy,
    asking_since: Option<i64>,
    /// The last answer and until when it is shown.
    shown: Option<(Shown, i64)>,
    sounded: Option<(String, &'static str)>,
    last_scan: i64,
    /// What a scanner typed last and nobody has looked at yet, and when.
    waiting: Option<(String, i64)>,
    newer: bool,
    next_look: i64,
    /// What ended it until the page is loaded anew.
    ended: Option<(Phrase, Phrase)>,
    drawn: (Option<Screen>, Bar),
}

/// Runs for as long as the page is there.
pub async fn run(browser: Browser) {
    let (sender, messages) = futures_channel::mpsc::unbounded();
    if let Some(runner) = Runner::begin(browser, sender).await {
        runner.follow(messages).await;
    }
}

impl Runner {
    async fn follow(mut self, mut messages: UnboundedReceiver<Message>) {
        self.tick();
        while let Ok(message) = messages.recv().await {
            self.take(message).await;
            self.catch_up().await;
            self.draw();
        }
    }

    fn tick(&self) {
        let (browser, sender) = (self.browser.clone(), self.sender.clone());
        spawn_local(async move {
            while sender.unbounded_send(Message::Tick).is_ok() {
                browser.sleep(TICK_MS).await;
            }
        });
    }

    async fn take(&mut self, message: Message) {
        let time = self.browser.time();
        match message {
            Message::Tick => self.ticked(time),
            Message::Touched => {
                if let Some(speaker) = &mut self.speaker {
                    speaker.wake();
                }
            }
            Message::Seen(Seen::Is(condition, mirrored)) => {
                self.sees = condition;
                self.view.mirror(mirrored);
            }
            Message::Seen(Seen::Code(read)) => self.read(&read, time).await,
            Message::Read(read) => self.waiting = Some((read, time.steady)),
            Message::Pair => self.pair(),
            Message::Paired(answer, asked, heard) => self.paired(answer, asked, heard).await,
            Message::Answered(scan, answer) => self.answered(&scan, answer, time).await,
            Message::Heard(answer, asked, heard) => self.heard(answer, asked, heard).await,
            Message::List(answer) => {
                self.busy.list = false;
                if let Some(answer) = answer {
                    self.with(|terminal| terminal.list_received(answer, time)).await;
                }
            }
            Message::Stored(upto) => self.stored(upto, time).await,
            Message::Wake | Message::Reachable => self.next_beat = 0,
            Message::Line(on_line) => self.line(on_line),
            Message::Revoked => {
                self.with(Terminal::revoked).await;
            }
            Message::Newer => self.newer = true,
            Message::Button => self.pressed(),
            Message::OpenSettings => self.open_settings().await,
            Message::SettingsClosed => self.close_settings(),
            Message::Set => self.set().await,
            Message::FullScreen => self.full_screen(),
            Message::Load => self.browser.reload_in(0),
            Message::Unpair => self.unpair().await,
        }
    }

    /// Lets the machine take something, and does what it says.
    async fn with(&mut self, happened: impl FnOnce(&mut Terminal) -> Vec<Effect>) {
        if let Some(terminal) = &mut self.terminal {
            let effects = happened(terminal);
            self.carry(effects).await;
        }
    }

    /// Carries effects out, each before the next.
    async fn carry(&mut self, effects: Vec<Effect>) {
        let mut left = VecDeque::from(effects);
        while let Some(effect) = left.pop_front() {
            match effect {
                Effect::Store(writes) => {
                    if self.store.write(&writes).await.is_err() {
                        // What is not written down is neither opened nor shown.
                        return self.broken();
                    }
                }
                Effect::Ask(request) => self.ask(request),
                Effect::AskAgain(request) => self.ask_again(request),
                // Only a terminal with a relay opens, and claims commands.
                Effect::Open(_) | Effect::Result(_) => {}
                Effect::Show(shown) => self.show(shown),
                Effect::FetchList { have } => self.fetch_list(have),
                Effect::Upload => self.upload(),
                Effect::Say(said) => web_sys::console::info_1(&said.to_string().into()),
                Effect::Wipe => {
                    let _ = self.store.wipe().await;
                    self.ended = Some((Phrase::Revoked, Phrase::RevokedHelp));
                }
            }
        }
    }

    /// Takes what a scanner typed, if need be once the server has answered about another code: the scanner has beeped,
    /// and whoever showed the code does not hold it there, as one does before a camera.
    async fn catch_up(&mut self) {
        if self.terminal.as_ref().is_some_and(Terminal::is_asking) {
            return;
        }
        let Some((read, at)) = self.waiting.take() else { return };
        let time = self.browser.time();
        if time.steady - at <= STALE_MS {
            self.read(read.as_bytes(), time).await;
        }
    }

    async fn read(&mut self, read: &[u8], time: Time) {
        if self.in_settings() || self.ended.is_some() {
            return;
        }
        let Some(random) = self.browser.random() else { return self.broken() };
        self.last_scan = time.steady;
        self.with(|terminal| terminal.scanned(read, random, time)).await;
    }

    fn broken(&mut self) {
        self.ended = Some((Phrase::NoMemory, Phrase::NoMemoryHelp));
        self.browser.reload_in(BROKEN_MS);
    }

    async fn unpair(&mut self) {
        let _ = self.store.wipe().await;
        self.browser.reload_in(0);
    }

    /// Takes the camera that the settings name.
    pub(crate) fn start_camera(&self) {
        if let Some(camera) = self.camera.as_ref().filter(|_| self.terminal.is_some()) {
            camera.start(Choice::from_code(&self.settings.camera));
        }
    }
}
