//! Each check of a decision in words: as it came out then, and as it stands where somebody asks what would be.

use domain::decide::{Check, Scope};
use domain::reason::Reason;

/// A check of a decision that was made.
#[must_use]
pub fn check(check: &Check) -> &'static str {
    let Said { held, failed, .. } = said(check);
    if check.passed { held } else { failed }
}

/// A check of a decision that would be made.
#[must_use]
pub fn would(check: &Check) -> &'static str {
    let Said { holds, fails, .. } = said(check);
    if check.passed { holds } else { fails }
}

/// A check's four sentences.
struct Said {
    held: &'static str,
    failed: &'static str,
    holds: &'static str,
    fails: &'static str,
}

const fn both([held, failed]: [&'static str; 2], [holds, fails]: [&'static str; 2]) -> Said {
    Said { held, failed, holds, fails }
}

/// One that is true of any moment.
const fn always(of: [&'static str; 2]) -> Said {
    both(of, of)
}

fn said(check: &Check) -> Said {
    match check.reason {
        Reason::Allowed => {
            both(["Everything held", "Something did not hold"], ["Everything holds", "Something does not hold"])
        }
        Reason::NotYetValid => both(
            ["The link had begun", "The link had not begun yet"],
            ["The link has begun", "The link has not begun yet"],
        ),
        Reason::Expired => {
            both(["The link had not ended", "The link had ended"], ["The link has not ended", "The link has ended"])
        }
        Reason::Revoked => both(
            ["The link was not revoked", "The link was revoked"],
            ["The link is not revoked", "The link is revoked"],
        ),
        Reason::Paused => {
            both(["The link was not paused", "The link was paused"], ["The link is not paused", "The link is paused"])
        }
        Reason::UsesExhausted => both(
            ["The link had an opening left", "The link had no opening left"],
            ["The link has an opening left", "The link has no opening left"],
        ),
        Reason::Cooldown => both(
            ["Enough time had passed since the last opening", "Too little time had passed since the last opening"],
            ["Enough time has passed since the last opening", "Too little time has passed since the last opening"],
        ),
        Reason::DoorNotGranted => always(["The link opens this door", "The link does not open this door"]),
        Reason::OutsideSchedule => hours(check.scope),
        Reason::DoorLockdown => both(
            ["The door was not locked down", "The door was locked down"],
            ["The door is not locked down", "The door is locked down"],
        ),
        Reason::PlaceLockdown => both(
            ["The place was not locked down", "The place was locked down"],
            ["The place is not locked down", "The place is locked down"],
        ),
        Reason::DigitalNotAllowed => always(["The door accepts access links", "The door refuses access links"]),
        Reason::WebNotAllowed => {
            always(["The link opens from its page", "The link opens by its code, not from its page"])
        }
        Reason::DoorUnreachable => {
            both(["The door was on line", "The door was off line"], ["The door is on line", "The door is off line"])
        }
        Reason::RateLimited => both(
            ["There were not too many tries", "There were too many tries in a short time"],
            ["There are not too many tries", "There are too many tries in a short time"],
        ),
        Reason::QrUnreadable => both(
            ["The code could be read", "The code could not be read"],
            ["The code can be read", "The code cannot be read"],
        ),
        Reason::QrUnknown => always(["The code is one of ours", "The code is none of ours"]),
        Reason::QrBadSignature => always(["The code's signature is good", "The code's signature is not good"]),
        Reason::QrRetired => both(
            ["No newer code had taken this one's place", "A newer code had taken this one's place"],
            ["No newer code has taken this one's place", "A newer code has taken this one's place"],
        ),
        Reason::QrStale => both(
            ["The code was of that moment", "The code was not of that moment"],
            ["The code is of that moment", "The code is not of that moment"],
        ),
        Reason::QrReplayed => both(
            ["The code had not opened before", "The code had opened before, and may once"],
            ["The code has not opened before", "The code has opened before, and may once"],
        ),
        Reason::ClockWrong => both(
            ["The terminal's clock was right", "The terminal's clock could not be trusted"],
            ["The terminal's clock is right", "The terminal's clock cannot be trusted"],
        ),
        Reason::NeedsNetwork => both(
            ["The terminal had all it needed", "Only the server could tell, and it was away"],
            ["The terminal has all it needs", "Only the server can tell"],
        ),
        Reason::ListTooOld => both(
            ["The terminal's list was recent", "The terminal's list was too old to open by"],
            ["The terminal's list is recent", "The terminal's list is too old to open by"],
        ),
        Reason::TooLate => both(
            ["The scan came in time", "The scan came too late to open by"],
            ["The scan comes in time", "The scan comes too late to open by"],
        ),
    }
}

fn hours(scope: Option<Scope>) -> Said {
    match scope {
        Some(Scope::Link) => both(
            ["It was within the link's own hours", "It was outside the link's own hours"],
            ["It is within the link's own hours", "It is outside the link's own hours"],
        ),
        Some(Scope::Group) => both(
            ["It was within the hours of the group", "It was outside the hours of the group"],
            ["It is within the hours of the group", "It is outside the hours of the group"],
        ),
        Some(Scope::Door) | None => both(
            ["It was within the door's hours", "It was outside the door's hours"],
            ["It is within the door's hours", "It is outside the door's hours"],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_and_what_would_be_are_told_apart() {
        let of = |reason, passed| Check { reason, passed, scope: None };
        assert_eq!(check(&of(Reason::Expired, false)), "The link had ended");
        assert_eq!(would(&of(Reason::Expired, false)), "The link has ended");
        assert_eq!(check(&of(Reason::OutsideSchedule, true)), "It was within the door's hours");
        assert_eq!(would(&of(Reason::OutsideSchedule, true)), "It is within the door's hours");
    }

    #[test]
    fn no_two_checks_are_told_alike() {
        for passed in [true, false] {
            for tell in [check, would] {
                let told = Reason::ALL.iter().map(|reason| tell(&Check { reason: *reason, passed, scope: None }));
                assert_eq!(told.collect::<std::collections::BTreeSet<_>>().len(), Reason::ALL.len());
            }
        }
    }
}
