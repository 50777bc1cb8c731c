//! The access link: its state at a moment, and the changes it may undergo.

use crate::Millis;
use serde::{Deserialize, Serialize};

/// The part of an access link that the rules read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Opens nothing before.
    pub valid_from: Millis,
    /// Opens nothing from then on; `None` never ends.
    pub valid_until: Option<Millis>,
    /// Since when it is paused.
    pub paused_at: Option<Millis>,
    /// Since when it is revoked.
    pub revoked_at: Option<Millis>,
    /// How many openings were granted and not given back.
    pub uses: i64,
    /// How many are allowed.
    pub max_uses: Option<i64>,
}

/// The one word for where a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Begins later.
    Scheduled,
    /// Opens doors now.
    Active,
    /// Switched off, may be switched on again.
    Paused,
    /// Its last opening is spent.
    UsedUp,
    /// Its time is over.
    Expired,
    /// Ended for good.
    Revoked,
}

impl State {
    /// Every state, in the order lists show them.
    pub const ALL: [Self; 6] =
        [Self::Active, Self::Scheduled, Self::Paused, Self::UsedUp, Self::Expired, Self::Revoked];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::UsedUp => "used_up",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The state with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl Validity {
    /// The state at a moment. The order is the order of weight: what cannot be undone comes first.
    #[must_use]
    pub fn state(&self, now: Millis) -> State {
        if self.revoked_at.is_some() {
            State::Revoked
        } else if self.valid_until.is_some_and(|until| now >= until) {
            State::Expired
        } else if self.max_uses.is_some_and(|max| self.uses >= max) {
            State::UsedUp
        } else if self.paused_at.is_some() {
            State::Paused
        } else if now < self.valid_from {
            State::Scheduled
        } else {
            State::Active
        }
    }
}

/// A change an admin asks of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Switch off for a while.
    Pause,
    /// Switch on again.
    Resume,
    /// End for good.
    Revoke,
    /// Move the end.
    Extend,
    /// Replace the secret.
    Rotate,
    /// Change what it says or opens.
    Edit,
    /// Send it to its person.
    Send,
}

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A revoked link stays as it was.
    #[error("This link is revoked. A revoked link stays as it was; make a new one instead.")]
    Revoked,
    /// Already so.
    #[error("This link is already paused.")]
    AlreadyPaused,
    /// Not paused.
    #[error("This link is not paused.")]
    NotPaused,
    /// Nothing to send any more.
    #[error("This link has ended. Extend it first, then send it.")]
    Ended,
}

/// Whether the change is possible in this state.
///
/// # Errors
/// Says why it is not.
pub fn may(change: Change, state: State) -> Result<(), Refused> {
    match (change, state) {
        (_, State::Revoked) => Err(Refused::Revoked),
        (Change::Pause, State::Paused) => Err(Refused::AlreadyPaused),
        (Change::Resume, state) if state != State::Paused => Err(Refused::NotPaused),
        (Change::Send, State::Expired | State::UsedUp) => Err(Refused::Ended),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Validity {
        Validity {
            valid_from: 100,
            valid_until: Some(200),
            paused_at: None,
            revoked_at: None,
            uses: 0,
            max_uses: Some(2),
        }
    }

    #[test]
    fn a_link_is_good_from_its_first_moment_until_just_before_its_last() {
        assert_eq!(link().state(99), State::Scheduled);
        assert_eq!(link().state(100), State::Active);
        assert_eq!(link().state(199), State::Active);
        assert_eq!(link().state(200), State::Expired);
    }

    #[test]
    fn what_cannot_be_undone_outweighs_what_can() {
        let paused = Validity { paused_at: Some(1), ..link() };
        assert_eq!(paused.state(150), State::Paused);
        assert_eq!(paused.state(250), State::Expired);
        assert_eq!(Validity { revoked_at: Some(1), ..paused }.state(250), State::Revoked);
        assert_eq!(Validity { uses: 2, ..link() }.state(150), State::UsedUp);
    }

    #[test]
    fn a_revoked_link_undergoes_nothing_more() {
        for change in
            [Change::Pause, Change::Resume, Change::Revoke, Change::Extend, Change::Rotate, Change::Edit, Change::Send]
        {
            assert_eq!(may(change, State::Revoked), Err(Refused::Revoked));
        }
        assert_eq!(may(Change::Resume, State::Active), Err(Refused::NotPaused));
        assert_eq!(may(Change::Pause, State::Active), Ok(()));
    }
}
