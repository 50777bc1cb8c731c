//! What an admin may do: four roles, each with everything that the one below it may.

use serde::{Deserialize, Serialize};

/// A role in an organization, the weakest first, so that they compare by strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads everything, changes nothing.
    Observer,
    /// Makes and ends links, opens doors, locks down.
    AccessManager,
    /// Runs the house: places, doors, groups, schedules, settings, people below owners.
    Administrator,
    /// Everything, owners and links without an end included.
    Owner,
}

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Look at anything.
    Look,
    /// Make, change, send and end access links.
    Links,
    /// Open a door from the dashboard, lock a door or place down.
    Doors,
    /// Add, change and remove places, doors, groups and schedules, and how doors open.
    House,
    /// The organization's settings, its messages and their words.
    Settings,
    /// Invite admins, change their roles, remove them.
    People,
    /// What only an owner may: links that never expire, erasing, retention.
    Own,
}

impl Role {
    /// Every role, the strongest first, as lists show them.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Administrator, Self::AccessManager, Self::Observer];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Administrator => "administrator",
            Self::AccessManager => "access_manager",
            Self::Observer => "observer",
        }
    }

    /// The role with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether this role holds a right.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        self >= right.least()
    }

    /// Whether whoever has this role may give another to somebody: never one above their own.
    #[must_use]
    pub fn may_grant(self, role: Self) -> bool {
        self.may(Right::People) && role <= self
    }

    /// Whether whoever has this role may change or remove somebody of another: only owners touch owners.
    #[must_use]
    pub fn may_touch(self, role: Self) -> bool {
        self.may(Right::People) && (role < Self::Owner || self == Self::Owner)
    }
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 7] =
        [Self::Look, Self::Links, Self::Doors, Self::House, Self::Settings, Self::People, Self::Own];

    /// The weakest role that holds it.
    #[must_use]
    pub fn least(self) -> Role {
        match self {
            Self::Look => Role::Observer,
            Self::Links | Self::Doors => Role::AccessManager,
            Self::House | Self::Settings | Self::People => Role::Administrator,
            Self::Own => Role::Owner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_below_it_may_and_more() {
        for pair in Role::ALL.windows(2) {
            for right in Right::ALL {
                assert!(pair[0].may(right) || !pair[1].may(right), "{pair:?} {right:?}");
            }
            assert!(Right::ALL.iter().any(|right| pair[0].may(*right) && !pair[1].may(*right)), "{pair:?}");
        }
        assert!(Role::Observer.may(Right::Look));
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
    }

    #[test]
    fn nobody_gives_more_than_they_have_and_only_owners_touch_owners() {
        for own in Role::ALL {
            for other in Role::ALL {
                assert_eq!(own.may_grant(other), own >= Role::Administrator && other <= own, "{own:?} {other:?}");
                let above = other == Role::Owner && own != Role::Owner;
                assert_eq!(own.may_touch(other), own >= Role::Administrator && !above, "{own:?} {other:?}");
            }
        }
    }
}
