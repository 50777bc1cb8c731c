//! What lists of links can be narrowed to and sorted by, and what can be done to many links at once, with the codes
//! that stand in addresses and forms.

use crate::link::{Change, State};

/// How long before its end a link ends soon, milliseconds.
pub const SOON_MS: i64 = 86_400_000;

/// Where a link stands, as lists tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// In this state.
    Is(State),
    /// Active, and within a day of its end.
    EndingSoon,
}

impl Standing {
    /// Every one, in the order lists show them.
    pub const ALL: [Self; 7] = [
        Self::Is(State::Active),
        Self::EndingSoon,
        Self::Is(State::Scheduled),
        Self::Is(State::Paused),
        Self::Is(State::UsedUp),
        Self::Is(State::Expired),
        Self::Is(State::Revoked),
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Is(state) => state.code(),
            Self::EndingSoon => "ending_soon",
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.code() == code)
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The youngest first.
    #[default]
    Newest,
    /// By name.
    Name,
    /// What ends first; what never ends, last.
    Ends,
    /// What opened a door last, by the minute; what never did, last.
    Used,
}

impl Sort {
    /// Every order, as lists offer them.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Name, Self::Ends, Self::Used];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Name => "name",
            Self::Ends => "ends",
            Self::Used => "used",
        }
    }

    /// The order with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.code() == code)
    }
}

/// What can be done to many links at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// Switch them off for a while.
    Pause,
    /// Switch them on again.
    Resume,
    /// Move their ends by some days.
    Extend,
    /// Send them by mail.
    Send,
    /// End them for good.
    Revoke,
}

impl Deed {
    /// Every deed, as lists offer them.
    pub const ALL: [Self; 5] = [Self::Pause, Self::Resume, Self::Extend, Self::Send, Self::Revoke];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Extend => "extend",
            Self::Send => "send",
            Self::Revoke => "revoke",
        }
    }

    /// The deed with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.code() == code)
    }

    /// The change that it asks of each link.
    #[must_use]
    pub fn change(self) -> Change {
        match self {
            Self::Pause => Change::Pause,
            Self::Resume => Change::Resume,
            Self::Extend => Change::Extend,
            Self::Send => Change::Send,
            Self::Revoke => Change::Revoke,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_what_it_stands_for() {
        for standing in Standing::ALL {
            assert_eq!(Standing::from_code(standing.code()), Some(standing));
        }
        for sort in Sort::ALL {
            assert_eq!(Sort::from_code(sort.code()), Some(sort));
        }
        for deed in Deed::ALL {
            assert_eq!(Deed::from_code(deed.code()), Some(deed));
        }
        assert_eq!(Standing::from_code("nonsense"), None);
    }
}
