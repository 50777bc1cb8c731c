//! The words of the protocol.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $word:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$each])* #[serde(rename = $code)] $word,)* }

        impl $name {
            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$word => $code,)* }
            }

            /// The one with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$word),)* _ => None }
            }
        }
    };
}

words! {
    /// Whether the door may open.
    Verdict {
        /// It may.
        Grant = "grant",
        /// It may not.
        Deny = "deny",
    }
}

words! {
    /// Who decided.
    Mode {
        /// The server.
        OnLine = "on_line",
        /// The terminal, by its list.
        OffLine = "off_line",
    }
}

words! {
    /// What became of a decision at the relay.
    Outcome {
        /// The relay moved.
        Opened = "opened",
        /// The relay did not move.
        Failed = "failed",
        /// Nothing was tried.
        None = "none",
        /// It was tried and nobody knows: the power went, or the relay gave no answer.
        Unknown = "unknown",
    }
}

words! {
    /// Who opens after a grant.
    #[derive(Default)]
    Relay {
        /// The terminal, by a relay of its own.
        #[default]
        Own = "own",
        /// The server, through the door's driver.
        None = "none",
    }
}

words! {
    /// How far an opening has come that the server does through the door's driver.
    Progress {
        /// The door said that it opened.
        Open = "open",
        /// Something took the command, and nobody says more.
        Sent = "sent",
        /// It did not open.
        Failed = "failed",
        /// It may have opened, or not.
        TimedOut = "timed_out",
        /// The server stopped in between.
        Interrupted = "interrupted",
        /// Not known yet: to be asked again.
        Opening = "opening",
    }
}

words! {
    /// The kind of a code.
    Kind {
        /// `LK1N…`.
        Online = "online",
        /// `LK1F…`.
        Offline = "offline",
        /// `LK1R…`.
        Rotating = "rotating",
        /// `LK1P…`.
        Partner = "partner",
        /// None of ours.
        Foreign = "foreign",
        /// Damaged, or longer than any code.
        Unreadable = "unreadable",
    }
}
