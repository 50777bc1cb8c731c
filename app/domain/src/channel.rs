//! The ways a message reaches people.

use serde::{Deserialize, Serialize};

/// A way that Latchkey sends messages by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    #[default]
    Email,
    /// By text message to a phone.
    Sms,
}

impl Channel {
    /// Every channel, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::Email, Self::Sms];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// The channel with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }
}
