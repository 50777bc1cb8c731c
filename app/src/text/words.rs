//! What the pages say: one struct that each language fills, so that the compiler finds a missing sentence.

use super::{Language, de, en, fill};

/// A heading and what to do about it.
#[derive(Clone, Copy, Debug)]
pub struct Notice {
    /// A few words, the page's or the card's heading.
    pub title: &'static str,
    /// One or two sentences.
    pub text: &'static str,
}

/// The sentences of the visitor's pages. A field whose comment shows `{}` has that one gap.
#[derive(Debug)]
pub struct Words {
    /// `{}`: the visitor's name.
    pub hello: &'static str,
    /// `{}`: the host's name.
    pub invited_by: &'static str,
    /// `{}`: a moment.
    pub good_until: &'static str,
    /// The link never expires.
    pub good_always: &'static str,
    /// How many openings are left: none, one, several (`{}`).
    pub left: [&'static str; 3],
    /// On a door's button.
    pub unlock: &'static str,
    /// `{}`: the door; the button's accessible name.
    pub unlock_door: &'static str,
    /// On a door's button after it did not open.
    pub try_again: &'static str,
    /// While a door is being opened.
    pub opening: &'static str,
    /// The door is open.
    pub open_now: &'static str,
    /// Nothing readable came back: the outcome is unknown.
    pub no_clear_answer: Notice,
    /// The form's token or cookie is no longer good.
    pub stale_page: Notice,
    /// The door is locked down.
    pub door_locked_down: &'static str,
    /// The door's driver reports that it is off line.
    pub door_offline: &'static str,
    /// The door opened, and its time is over.
    pub was_open: &'static str,
    /// `{}`: when; the door is outside its hours.
    pub door_opens: &'static str,
    /// The door is outside its hours, and no opening is near.
    pub door_closed: &'static str,
    /// The door refuses links and codes.
    pub door_not_allowed: &'static str,
    /// There is no door on this link now.
    pub no_doors: &'static str,
    /// `{}`: host, or contact; under a list of doors.
    pub help: &'static str,
    /// `{}`: host, or contact; under a page that says no.
    pub questions: &'static str,
    /// `{}`: the host; a button that dials.
    pub call: &'static str,
    /// `{}`: the host; a button that begins a mail.
    pub write_to: &'static str,
    /// Above the link's code.
    pub code: &'static str,
    /// What to do with it.
    pub code_show: &'static str,
    /// What it is, for who cannot see it.
    pub code_alt: &'static str,
    /// The button that keeps its picture.
    pub code_save: &'static str,
    /// An offline code: what a saved picture is worth.
    pub code_offline: &'static str,
    /// A rotating code: what a picture of it is worth.
    pub code_rotating: &'static str,
    /// A rotating code that could not be made anew.
    pub code_lost: &'static str,
    /// `{}`: a moment; the picture ends before the link.
    pub code_until: &'static str,
    /// `{}`: a moment; there is no code yet.
    pub code_later: &'static str,
    /// Link to the calendar file.
    pub add_to_calendar: &'static str,
    /// `{}`: the door, as a question.
    pub confirm: &'static str,
    /// Below that question.
    pub confirm_text: &'static str,
    /// Link back to the list.
    pub all_doors: &'static str,
    /// `{}`: the organization; a window's title.
    pub your_doors: &'static str,
    /// `{}`: a moment.
    pub too_early: Notice,
    /// `{}`: a length of time.
    pub too_early_in: &'static str,
    /// `{}`: a moment.
    pub expired: Notice,
    /// All openings are used.
    pub used_up: Notice,
    /// Paused by an admin.
    pub paused: Notice,
    /// Revoked by an admin.
    pub revoked: Notice,
    /// Every door of the link is locked down.
    pub lockdown: Notice,
    /// The one page for an address that leads nowhere, whatever was wrong with it.
    pub gone: Notice,
    /// The browser keeps no cookies.
    pub no_cookie: Notice,
    /// 503.
    pub busy: Notice,
    /// 429.
    pub too_many: Notice,
}

impl Language {
    /// The sentences of this language.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::En => &en::WORDS,
            Self::De => &de::WORDS,
        }
    }
}

impl Words {
    /// `3 openings left`.
    #[must_use]
    pub fn openings_left(&self, count: u64) -> String {
        let [none, one, several] = self.left;
        match count {
            0 => none.to_owned(),
            1 => one.to_owned(),
            _ => fill(several, &count.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_stand_where_they_are_filled_and_nowhere_else() {
        for language in Language::ALL {
            let words = language.words();
            for template in [
                words.hello,
                words.invited_by,
                words.good_until,
                words.left[2],
                words.unlock_door,
                words.help,
                words.questions,
                words.call,
                words.write_to,
                words.confirm,
                words.door_opens,
                words.your_doors,
                words.too_early.text,
                words.too_early_in,
                words.expired.text,
                words.code_until,
                words.code_later,
            ] {
                assert_eq!(template.matches("{}").count(), 1, "{template}");
            }
            for notice in [words.used_up, words.paused, words.revoked, words.lockdown, words.gone] {
                assert!(!notice.text.contains("{}") && notice.text.ends_with('.'), "{}", notice.text);
            }
        }
    }

    #[test]
    fn the_buttons_visible_word_is_part_of_its_name() {
        for language in Language::ALL {
            let words = language.words();
            let name = fill(words.unlock_door, "X").to_lowercase();
            assert!(name.contains(&words.unlock.to_lowercase()), "{name}");
        }
        assert_eq!(Language::En.words().openings_left(3), "3 openings left");
    }
}
