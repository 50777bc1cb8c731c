//! Events in words: what was done, how it came out, and each check of a decision.

use domain::decide::{Check, Scope};
use domain::event::Outcome;
use domain::reason::Reason;
use domain::role::Role;

/// A role's name.
#[must_use]
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Administrator => "Administrator",
        Role::AccessManager => "Access manager",
        Role::Observer => "Observer",
    }
}

/// What was done to `object`, a name: *opened Front door*. An action that this version does not know is given as it is.
#[must_use]
pub fn did(action: &str, outcome: Outcome, object: &str) -> String {
    let before = match (action, outcome) {
        ("door.unlock", Outcome::Granted) => "unlocked",
        ("door.unlock", _) => "was refused at",
        ("door.dispatched", _) => "sent the command to open to",
        ("door.test_sent", _) => "sent a test to",
        ("door.changed" | "place.changed" | "group.changed" | "schedule.changed", _) => "changed",
        ("door.created" | "place.created", _) => "added",
        ("group.created", _) => "made the group",
        ("schedule.created", _) => "made the schedule",
        ("door.removed" | "place.removed" | "group.removed" | "schedule.removed", _) => "removed",
        ("door.locked_down", _) => "locked down",
        ("door.lockdown_lifted", _) => "lifted the lockdown of",
        ("door.simulated", _) => "set the simulated behaviour of",
        ("link.created", _) => "made a link for",
        ("link.changed", _) => "changed the link of",
        ("link.extended", _) => "extended the link of",
        ("link.paused", _) => "paused the link of",
        ("link.resumed", _) => "resumed the link of",
        ("link.revoked", _) => "revoked the link of",
        ("link.rotated", _) => "made a new address for the link of",
        ("link.sent", _) => "asked to send the link of",
        ("link.shown", _) => "looked at the address of the link of",
        ("message.sent", _) => "sent the link to",
        ("message.kept", _) => "kept the mail to",
        ("message.failed", _) => "could not send the link to",
        ("message.unknown", _) => "may have sent the link to",
        ("organization.created", _) => "set up",
        ("admin.created", _) => "added the admin",
        _ => return alone(action, outcome, object),
    };
    if object.is_empty() { before.to_owned() } else { format!("{before} {object}") }
}

fn alone(action: &str, outcome: Outcome, object: &str) -> String {
    match (action, outcome) {
        ("door.confirmed", _) => format!("heard from {object}: open"),
        ("door.sent", _) => format!("sent the command to {object}, which does not report back"),
        ("door.tested", Outcome::Failed) => format!("tested {object}: it did not open"),
        ("door.tested", _) => format!("tested {object}"),
        ("door.failed", _) => format!("heard from {object}: it did not open"),
        ("door.timed_out", _) => format!("heard nothing from {object}; it may not have opened"),
        ("door.interrupted", _) => format!("stopped before {object} answered"),
        ("link.opened", _) => "opened the link for the first time".to_owned(),
        ("admin.sign_in", Outcome::Denied | Outcome::Failed) => "could not sign in".to_owned(),
        ("admin.sign_in", _) => "signed in".to_owned(),
        ("admin.sign_out", _) => "signed out".to_owned(),
        ("admin.password_changed", _) => "changed the password".to_owned(),
        ("admin.session_ended", _) => "ended a session".to_owned(),
        _ if object.is_empty() => action.to_owned(),
        _ => format!("{action}: {object}"),
    }
}

/// The outcome in a word or two: the reason of a refusal, else what the action came to.
#[must_use]
pub fn badge(action: &str, outcome: Outcome, reason: Option<&str>) -> &'static str {
    match (action, outcome) {
        (_, Outcome::Denied) => refusal(reason.unwrap_or_default()),
        ("door.confirmed", _) => "Opened",
        ("door.sent", _) => "Sent",
        ("door.tested" | "door.test_sent", Outcome::Done) => "Test",
        ("door.timed_out", _) => "No answer",
        ("door.interrupted", _) => "Interrupted",
        ("door.dispatched", _) => "Opening",
        ("message.sent", _) => "Sent",
        ("message.kept", _) => "Kept",
        ("message.unknown", _) => "Unknown",
        (_, Outcome::Granted) => "Granted",
        (_, Outcome::Failed) => "Failed",
        (action, Outcome::Done) => match action.split('.').next().unwrap_or_default() {
            "link" => "Link",
            "door" => "Door",
            "place" => "Place",
            "group" => "Group",
            "schedule" => "Schedule",
            "admin" => "Admin",
            "message" => "Mail",
            _ => "Done",
        },
    }
}

fn refusal(code: &str) -> &'static str {
    match Reason::from_code(code) {
        Some(Reason::NotYetValid) => "Too early",
        Some(Reason::Expired) => "Expired",
        Some(Reason::Revoked) => "Revoked",
        Some(Reason::Paused) => "Paused",
        Some(Reason::UsesExhausted) => "Used up",
        Some(Reason::Cooldown) => "Too soon",
        Some(Reason::DoorNotGranted) => "Not granted",
        Some(Reason::OutsideSchedule) => "Outside hours",
        Some(Reason::DoorLockdown | Reason::PlaceLockdown) => "Locked down",
        Some(Reason::DigitalNotAllowed) => "No digital",
        Some(Reason::DoorUnreachable) => "Offline",
        Some(Reason::RateLimited) => "Too many",
        Some(Reason::Allowed) | None => "Refused",
    }
}

/// A check of a decision in words, as it came out.
#[must_use]
pub fn check(check: &Check) -> &'static str {
    let (held, failed) = match check.reason {
        Reason::Allowed => ("Everything held", "Something did not hold"),
        Reason::NotYetValid => ("The link had begun", "The link had not begun yet"),
        Reason::Expired => ("The link had not ended", "The link had ended"),
        Reason::Revoked => ("The link was not revoked", "The link was revoked"),
        Reason::Paused => ("The link was not paused", "The link was paused"),
        Reason::UsesExhausted => ("The link had an opening left", "The link had no opening left"),
        Reason::Cooldown => {
            ("Enough time had passed since the last opening", "Too little time had passed since the last opening")
        }
        Reason::DoorNotGranted => ("The link opens this door", "The link does not open this door"),
        Reason::OutsideSchedule => match check.scope {
            Some(Scope::Link) => ("It was within the link's own hours", "It was outside the link's own hours"),
            Some(Scope::Group) => ("It was within the hours of the group", "It was outside the hours of the group"),
            Some(Scope::Door) | None => ("It was within the door's hours", "It was outside the door's hours"),
        },
        Reason::DoorLockdown => ("The door was not locked down", "The door was locked down"),
        Reason::PlaceLockdown => ("The place was not locked down", "The place was locked down"),
        Reason::DigitalNotAllowed => ("The door accepts access links", "The door refuses access links"),
        Reason::DoorUnreachable => ("The door was on line", "The door was off line"),
        Reason::RateLimited => ("There were not too many tries", "There were too many tries in a short time"),
    };
    if check.passed { held } else { failed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_reason_and_a_grant_its_door() {
        assert_eq!(did("door.unlock", Outcome::Granted, "Front door"), "unlocked Front door");
        assert_eq!(did("door.unlock", Outcome::Denied, "Front door"), "was refused at Front door");
        assert_eq!(badge("door.unlock", Outcome::Denied, Some("expired")), "Expired");
        assert_eq!(badge("door.unlock", Outcome::Granted, None), "Granted");
    }

    #[test]
    fn an_action_of_a_later_version_is_shown_as_it_is() {
        assert_eq!(did("lift.called", Outcome::Done, "Lift 2"), "lift.called: Lift 2");
        assert_eq!(badge("lift.called", Outcome::Denied, Some("unheard_of")), "Refused");
    }
}
