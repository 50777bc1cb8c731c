//! The answer to one press: what the script shows in the door's card, and a page without script.

use serde::Serialize;

use crate::text::words::Notice;
use crate::text::{Language, fill, reason};

/// How a press ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The door is open.
    Open,
    /// The press was refused; no use was taken.
    Denied,
    /// The door said that it did not open; the use was given back.
    Failed,
    /// The door did not answer; it may not have opened.
    TimedOut,
}

/// The body of `POST /visit/{link id}/doors/{door id}/unlock` for `Accept: application/json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// How it ended.
    pub state: Outcome,
    /// A few words; never empty.
    pub title: String,
    /// What happened and what to do.
    pub text: String,
    /// How long the door still stays open, ms; 0 unless open.
    pub open_ms: u64,
    /// Uses left on the link; `None` when it has no limit or the count is unknown.
    pub uses_left: Option<u64>,
    /// Whether another press can help.
    pub retry: bool,
}

impl Answer {
    /// The door is open for `open_ms` more.
    #[must_use]
    pub fn open(open_ms: u64, uses_left: Option<u64>, language: Language) -> Self {
        Self {
            state: Outcome::Open,
            title: language.words().open_now.to_owned(),
            text: String::new(),
            open_ms,
            uses_left,
            retry: false,
        }
    }

    /// Any other end, by its stable reason code, such as `expired` or `timed_out`.
    #[must_use]
    pub fn shut(code: &str, host: Option<&str>, uses_left: Option<u64>, language: Language) -> Self {
        let said = reason::visitor(code, host, language);
        Self {
            state: match code {
                "failed" => Outcome::Failed,
                "timed_out" | "interrupted" | "dispatched" => Outcome::TimedOut,
                _ => Outcome::Denied,
            },
            title: said.title,
            text: said.text,
            open_ms: 0,
            uses_left,
            retry: said.retry,
        }
    }

    /// The same, saying when the door opens next, where that is known.
    #[must_use]
    pub fn opens(mut self, opens: Option<String>, language: Language) -> Self {
        if let Some(opens) = opens {
            self.text = format!("{}.", fill(language.words().door_opens, &opens));
            self.retry = false;
        }
        self
    }

    /// The form's token or the cookie is no longer good: load the page again.
    #[must_use]
    pub fn stale(language: Language) -> Self {
        Self::notice(language.words().stale_page)
    }

    /// 503: nothing was opened.
    #[must_use]
    pub fn busy(language: Language) -> Self {
        Self { retry: true, ..Self::notice(language.words().busy) }
    }

    fn notice(notice: Notice) -> Self {
        Self {
            state: Outcome::Denied,
            title: notice.title.to_owned(),
            text: notice.text.to_owned(),
            open_ms: 0,
            uses_left: None,
            retry: false,
        }
    }
}
