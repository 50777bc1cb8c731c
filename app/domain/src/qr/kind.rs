//! The kinds of code that an access link may carry.

/// A kind of code of a link's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Random bytes; the server says what they open.
    Online,
    /// Signed with all that a terminal needs to open without a network.
    Offline,
    /// Signed anew every few seconds, on the visitor's page only.
    Rotating,
}

impl Kind {
    /// Every kind, in the order forms offer them.
    pub const ALL: [Self; 3] = [Self::Online, Self::Offline, Self::Rotating];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Rotating => "rotating",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
