//! What is on the screen, and for how long.

use super::{QUIET_MS, Runner};
use crate::screen::{Look, Screen};
use crate::sound::Sound;
use crate::view::Bar;
use crate::words::{self, Phrase};
use domain::terminal::Time;
use terminal::Shown;

/// An answer is shown for so long, milliseconds.
const ANSWER_MS: i64 = 5_000;
/// A door that is being opened answers or is given up before this, milliseconds.
const OPENING_MS: i64 = 9_000;
/// A question to the server that takes longer shows, milliseconds.
const SOON_MS: i64 = 250;
/// A wall's clock further off than this is somebody's to set, milliseconds.
const FAR_OFF_MS: i64 = 60_000;
/// Between two looks for a newer version of the page, milliseconds.
const LOOK_MS: i64 = 3_600_000;
/// The first of them, since the worker begins with the page.
const FIRST_LOOK_MS: i64 = 20_000;

impl Runner {
    pub(super) fn ticked(&mut self, time: Time) {
        if self.shown.as_ref().is_some_and(|(_, until)| time.steady >= *until) {
            self.shown = None;
        }
        self.beat(time);
        if self.next_look == 0 {
            self.next_look = time.steady + FIRST_LOOK_MS;
        } else if time.steady >= self.next_look {
            self.next_look = time.steady + LOOK_MS;
            self.look_for_newer();
        }
        let quiet = time.steady - self.last_scan >= QUIET_MS && self.shown.is_none() && self.asking_since.is_none();
        if self.newer && quiet && !self.in_settings() && self.terminal.is_some() {
            self.newer = false;
            self.browser.reload_in(0);
        }
    }

    pub(super) fn show(&mut self, shown: Shown) {
        // While the server is asked about another code, whoever shows that one looks at the screen.
        let asking = self.terminal.as_ref().is_some_and(terminal::Terminal::is_asking);
        let theirs = |(on, _): &(Shown, i64)| !shown.may_follow(on);
        if asking || self.shown.as_ref().is_some_and(theirs) {
            return;
        }
        let look = self.answer(&shown).look;
        let now = self.browser.time().steady;
        let until = now + if look == Look::Asking { OPENING_MS } else { ANSWER_MS };
        self.sound(&shown.entry.scan, look, shown.repeat && self.shown.is_none());
        self.shown = Some((shown, until));
    }

    fn answer(&self, shown: &Shown) -> Screen {
        let door = self.terminal.as_ref().map_or("", |terminal| &terminal.identity().door.name);
        Screen::answer(shown, door, self.language)
    }

    /// Sounds once an answer, and again when a code is shown again after its answer had gone.
    fn sound(&mut self, scan: &str, look: Look, again: bool) {
        let sound = match look {
            Look::Yes => Sound::Yes,
            Look::No => Sound::No,
            _ => return,
        };
        let heard = self.sounded.as_ref().is_some_and(|(name, code)| name == scan && *code == look.code());
        if !heard || again {
            self.sounded = Some((scan.to_owned(), look.code()));
            if let Some(speaker) = &mut self.speaker {
                speaker.play(sound);
            }
        }
    }

    pub(super) fn pressed(&mut self) {
        if self.ended.is_some() {
            self.browser.reload_in(0);
        } else {
            self.start_camera();
        }
    }

    pub(super) fn draw(&mut self) {
        let time = self.browser.time();
        let bar = self.bar(time);
        let screen = self.screen(time);
        if self.drawn.0.as_ref() != Some(&screen) {
            self.view.screen(&screen, self.language);
            self.drawn.0 = Some(screen);
        }
        if self.drawn.1 != bar {
            self.view.bar(&bar, self.language);
            self.drawn.1 = bar;
        }
    }

    fn screen(&self, time: Time) -> Screen {
        let new = |look, title, text| Screen::new(look, title, text, self.language);
        if let Some((title, text)) = self.ended {
            let screen = new(Look::Trouble, title, text);
            return if title == Phrase::Revoked { screen.with(Phrase::PairAnew) } else { screen };
        }
        if self.terminal.is_none() {
            let screen = new(Look::Pair, Phrase::PairTitle, Phrase::PairLabel);
            return Screen { text: String::new(), ..screen };
        }
        if let Some((shown, _)) = &self.shown {
            return self.answer(shown);
        }
        if self.asking_since.is_some_and(|since| time.steady - since >= SOON_MS) {
            return new(Look::Asking, Phrase::Asking, Phrase::Checking);
        }
        match self.out_of_service(time) {
            Some(why) => new(Look::Trouble, Phrase::OutOfService, why),
            None => Screen::waiting(self.sees, self.language),
        }
    }

    /// Why no code can open now; none when one can.
    fn out_of_service(&self, time: Time) -> Option<Phrase> {
        let terminal = self.terminal.as_ref().filter(|_| !self.on_line)?;
        match (terminal.now(time), terminal.list_times()) {
            (None, _) => Some(Phrase::NoClock),
            (Some(now), Some((_, ends))) if now < ends => None,
            _ => Some(Phrase::NoList),
        }
    }

    /// How old the list is, in words.
    pub(crate) fn list_age(&self) -> Option<String> {
        let terminal = self.terminal.as_ref()?;
        let time = self.browser.time();
        let (made_at, _) = terminal.list_times()?;
        Some(words::age(terminal.now(time).unwrap_or(time.wall) - made_at, self.language))
    }

    fn bar(&self, time: Time) -> Bar {
        let Some(terminal) = self.terminal.as_ref().filter(|_| self.ended.is_none()) else {
            return Bar { clock: clock(time.wall), on_line: true, ..Bar::default() };
        };
        let now = terminal.now(time);
        let far_off = now.is_some_and(|now| (now - time.wall).abs() > FAR_OFF_MS);
        let identity = terminal.identity();
        Bar {
            door: identity.door.name.clone(),
            organization: identity.organization.clone(),
            on_line: self.on_line,
            age: self.list_age().unwrap_or_else(|| Phrase::WithoutList.words(self.language).to_owned()),
            clock: clock(now.unwrap_or(time.wall)),
            banner: if far_off { Some(Phrase::ClockOff) } else { self.newer.then_some(Phrase::Newer) },
        }
    }
}

/// Hours and minutes on the device's own wall.
#[expect(clippy::cast_precision_loss, reason = "Unix milliseconds fit for millennia")]
fn clock(at: i64) -> String {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at as f64));
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
