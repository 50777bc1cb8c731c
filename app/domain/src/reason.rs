//! Why a decision came out as it did: stable codes, never free text.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A reason code. The text form is part of the contract for scripts and never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The reason with this code, if there is one.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

reasons! {
    /// Everything that was asked held.
    Allowed = "allowed",
    /// The credential begins later.
    NotYetValid = "not_yet_valid",
    /// The credential has ended.
    Expired = "expired",
    /// Revoked for good.
    Revoked = "revoked",
    /// Switched off for a while.
    Paused = "paused",
    /// The use limit is reached.
    UsesExhausted = "uses_exhausted",
    /// Asked again before the cool-down had passed.
    Cooldown = "cooldown",
    /// The credential does not name this door.
    DoorNotGranted = "door_not_granted",
    /// Outside the hours of the door, of the group, or of the link itself.
    OutsideSchedule = "outside_schedule",
    /// The door is locked down.
    DoorLockdown = "door_lockdown",
    /// The place is locked down.
    PlaceLockdown = "place_lockdown",
    /// The door refuses links and codes altogether.
    DigitalNotAllowed = "digital_not_allowed",
    /// The link opens by its code at a terminal, not from its web page.
    WebNotAllowed = "web_not_allowed",
    /// What opens the door cannot be reached.
    DoorUnreachable = "door_unreachable",
    /// Too many tries in too short a time.
    RateLimited = "rate_limited",
    /// No code at all, damaged, or of a later version.
    QrUnreadable = "qr_unreadable",
    /// Nobody here knows this code.
    QrUnknown = "qr_unknown",
    /// Not signed by whose code it claims to be.
    QrBadSignature = "qr_bad_signature",
    /// A newer code took this one's place.
    QrRetired = "qr_retired",
    /// A rotating code from too long ago, or from ahead of time.
    QrStale = "qr_stale",
    /// This very code has opened a door before, and may only once.
    QrReplayed = "qr_replayed",
    /// The terminal's clock cannot be trusted, and what depends on time is not guessed.
    ClockWrong = "clock_wrong",
    /// Only the server can tell, and it was not reached.
    NeedsNetwork = "needs_network",
    /// The terminal's list is too old to open by.
    ListTooOld = "list_too_old",
    /// The scan hung in the network for so long that whoever showed the code may have left.
    TooLate = "too_late",
}
