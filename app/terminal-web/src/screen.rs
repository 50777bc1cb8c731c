//! What the screen shows, before it is drawn.

use crate::camera::Condition;
use crate::words::{Language, Phrase, refusal};
use terminal::Shown;
use terminal::wire::{Mode, Progress, Verdict};

/// What a screen looks like; the style sheet knows these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The program begins.
    Starting,
    /// It asks for a pairing code.
    Pair,
    /// It waits for codes.
    Ready,
    /// It waits for codes from a scanner, since the camera is of no use.
    Blind,
    /// Something is on its way.
    Asking,
    /// Green.
    Yes,
    /// Red.
    No,
    /// It cannot do its work.
    Trouble,
}

impl Look {
    /// As the style sheet says it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Pair => "pair",
            Self::Ready => "ready",
            Self::Blind => "blind",
            Self::Asking => "asking",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Trouble => "trouble",
        }
    }
}

/// A screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Its shape and colours.
    pub look: Look,
    /// A few words, as large as can be.
    pub title: String,
    /// A sentence.
    pub text: String,
    /// What its button says, where it has one.
    pub button: Option<Phrase>,
}

impl Screen {
    /// With two phrases.
    #[must_use]
    pub fn new(look: Look, title: Phrase, text: Phrase, language: Language) -> Self {
        let (title, text) = (title.words(language).to_owned(), text.words(language).to_owned());
        Self { look, title, text, button: None }
    }

    /// With a button.
    #[must_use]
    pub fn with(self, button: Phrase) -> Self {
        Self { button: Some(button), ..self }
    }

    /// The one that waits, by what the camera can do.
    #[must_use]
    pub fn waiting(camera: Condition, language: Language) -> Self {
        let screen = |look, title, text| Self::new(look, title, text, language);
        match camera {
            Condition::Seeing => screen(Look::Ready, Phrase::HoldCode, Phrase::HandsWidth),
            Condition::Starting => screen(Look::Ready, Phrase::HoldCode, Phrase::CameraStarting),
            Condition::Off => screen(Look::Blind, Phrase::ScanCode, Phrase::WithScanner),
            Condition::Denied => {
                screen(Look::Blind, Phrase::CameraDenied, Phrase::CameraDeniedHelp).with(Phrase::Retry)
            }
            Condition::Missing => {
                screen(Look::Blind, Phrase::CameraMissing, Phrase::CameraMissingHelp).with(Phrase::Retry)
            }
            Condition::Busy => screen(Look::Blind, Phrase::CameraBusy, Phrase::CameraBusyHelp).with(Phrase::Retry),
            Condition::Insecure => screen(Look::Blind, Phrase::Insecure, Phrase::InsecureHelp),
        }
    }

    /// An answer; on line the server opens, and says how far it has come.
    #[must_use]
    pub fn answer(shown: &Shown, door: &str, language: Language) -> Self {
        let screen = |look, title, text| Self::new(look, title, text, language);
        let entry = &shown.entry;
        if entry.decision == Verdict::Deny {
            let (title, text) = refusal(&entry.reason, language);
            return Self { look: Look::No, title: title.into(), text: text.into(), button: None };
        }
        if entry.mode == Mode::OffLine {
            return screen(Look::Yes, Phrase::Allowed, Phrase::NobodyOpens);
        }
        match shown.opening {
            Some(Progress::Opening) => screen(Look::Asking, Phrase::Asking, Phrase::Opening),
            Some(Progress::Open) => {
                let open = screen(Look::Yes, Phrase::ComeIn, Phrase::Open);
                let named = language.say(format!("{door} is open"), format!("{door} ist offen"));
                Self { text: if door.is_empty() { open.text } else { named }, ..open }
            }
            Some(Progress::Sent) => screen(Look::Yes, Phrase::ComeIn, Phrase::Sent),
            Some(Progress::Failed) => screen(Look::No, Phrase::DidNotOpen, Phrase::DoorRefused),
            Some(Progress::TimedOut | Progress::Interrupted) | None => {
                screen(Look::No, Phrase::Unanswered, Phrase::NoAnswer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terminal::wire::{Entry, Kind, Outcome};

    fn shown(decision: Verdict, mode: Mode, reason: &str, opening: Option<Progress>) -> Shown {
        let entry = Entry {
            sequence: 1,
            scan: String::new(),
            at: 0,
            code: String::new(),
            kind: Kind::Online,
            credential: None,
            decision,
            reason: reason.into(),
            trace: String::new(),
            mode,
            list: 0,
            outcome: Outcome::None,
            note: String::new(),
        };
        Shown { entry, done: true, opening, repeat: false, unlock_ms: 5_000 }
    }

    #[test]
    fn green_is_said_only_when_somebody_opens_or_may() {
        let look = |opening| {
            let shown = shown(Verdict::Grant, Mode::OnLine, "allowed", Some(opening));
            Screen::answer(&shown, "Front door", Language::En)
        };
        assert_eq!(look(Progress::Open).text, "Front door is open");
        assert_eq!(look(Progress::Sent).look, Look::Yes);
        assert_eq!(look(Progress::Opening).look, Look::Asking);
        assert_eq!(look(Progress::Failed).look, Look::No);
        assert_eq!(look(Progress::TimedOut).look, Look::No);
        let off_line = Screen::answer(&shown(Verdict::Grant, Mode::OffLine, "allowed", None), "", Language::En);
        assert!(off_line.look == Look::Yes && off_line.title == "Allowed in", "{off_line:?}");
        let denied = shown(Verdict::Deny, Mode::OffLine, "needs_network", None);
        let denied = Screen::answer(&denied, "", Language::De);
        assert!(denied.look == Look::No && denied.title == "Jetzt nicht", "{denied:?}");
    }
}
