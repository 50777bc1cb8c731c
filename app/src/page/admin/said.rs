//! Events in words: what was done, how it came out, and each check of a decision.

mod actions;
mod checks;

pub use actions::ACTIONS;
pub use checks::{check, would};

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

/// What a role may do, as a sentence has it after *You* or *They*.
#[must_use]
pub fn role_may(role: Role) -> &'static str {
    match role {
        Role::Owner => "do everything, and decide who else is an owner",
        Role::Administrator => "run the house: places, doors, settings, and everybody but owners",
        Role::AccessManager => "make and end access links, and open and lock down doors",
        Role::Observer => "look at everything but the settings, and change nothing",
    }
}

/// An action in people's words; none for one that this version does not know.
#[must_use]
pub fn action(code: &str) -> Option<&'static str> {
    ACTIONS.iter().flat_map(|(_, actions)| actions.iter()).find(|(known, _)| *known == code).map(|(_, words)| *words)
}

/// An outcome in a word.
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Granted => "Granted",
        Outcome::Denied => "Refused",
        Outcome::Failed => "Failed",
        Outcome::Done => "Done",
    }
}

/// Why something was refused, in a few words that no other reason has.
#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::DoorLockdown => "Door locked down",
        Reason::PlaceLockdown => "Place locked down",
        Reason::Cooldown => "Too soon after the last opening",
        Reason::DoorNotGranted => "Door not granted",
        Reason::DigitalNotAllowed => "Door refuses links",
        Reason::DoorUnreachable => "Door off line",
        Reason::RateLimited => "Too many tries",
        Reason::Allowed => "Everything held",
        other => refusal(other.code()),
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
        ("door.changed" | "place.changed" | "group.changed" | "schedule.changed" | "terminal.changed", _) => "changed",
        ("door.created" | "place.created" | "terminal.added", _) => "added",
        ("terminal.code_made", _) => "made a new pairing code for",
        ("terminal.revoked", _) => "revoked",
        ("group.created", _) => "made the group",
        ("schedule.created", _) => "made the schedule",
        ("door.removed" | "place.removed" | "group.removed" | "schedule.removed" | "terminal.removed", _) => "removed",
        ("schedule.exception_added", _) => "gave a date hours of its own in",
        ("schedule.exception_removed", _) => "took a date's own hours out of",
        ("schedule.holidays_imported", _) => "imported holidays into",
        ("place.locked_down", _) => "locked down",
        ("place.lockdown_lifted", _) => "lifted the lockdown of",
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
        ("link.code_shown", _) => "looked at the code of the link of",
        ("link.code_renewed", _) => "made the next code for the link of",
        ("link.sent", _) => "asked to send the link of",
        ("link.shown", _) => "looked at the address of the link of",
        ("message.sent", _) => "sent the link to",
        ("message.kept", _) => "kept the link to",
        ("message.failed", _) => "could not send the link to",
        ("message.unknown", _) => "may have sent the link to",
        ("organization.created", _) => "set up",
        ("organization.quota_set", _) => "set the quotas of",
        ("organization.changed", _) => "changed the settings of",
        ("organization.tested", _) => "sent a test message for",
        ("link.reminded", _) => "reminded",
        ("link.announced", _) => "told the host about",
        ("admin.created", _) => "added the admin",
        ("admin.invited", _) => "invited",
        ("admin.role_changed", _) => "changed the role of",
        ("admin.removed", _) => "removed the admin",
        ("invitation.resent", _) => "sent the invitation again to",
        ("invitation.withdrawn", _) => "took back the invitation of",
        ("notice.message.sent", _) => "sent a notice to",
        ("notice.message.kept", _) => "kept the notice to",
        ("notice.message.failed", _) => "could not send the notice to",
        ("notice.message.unknown", _) => "may have sent the notice to",
        ("invitation.message.sent", _) => "sent the invitation to",
        ("invitation.message.kept", _) => "kept the mail to",
        ("invitation.message.failed", _) => "could not send the invitation to",
        ("invitation.message.unknown", _) => "may have sent the invitation to",
        _ => return alone(action, outcome, object),
    };
    if object.is_empty() { before.to_owned() } else { format!("{before} {object}") }
}

/// What became of a message that carries no link, about `object`; `None` for one that does.
#[must_use]
pub fn of_message(action: &str, kind: &str, object: &str) -> Option<String> {
    let what = match kind {
        "reminder" => format!("the reminder to {object}"),
        "arrival" => format!("word of the arrival of {object}"),
        "test" => "the test message".to_owned(),
        _ => return None,
    };
    Some(match action {
        "message.sent" => format!("sent {what}"),
        "message.kept" => format!("kept {what}"),
        "message.failed" => format!("could not send {what}"),
        "message.unknown" => format!("may have sent {what}"),
        _ => return None,
    })
}

fn alone(action: &str, outcome: Outcome, object: &str) -> String {
    match (action, outcome) {
        ("door.confirmed", _) => format!("heard from {object}: open"),
        ("door.sent", _) => format!("sent the command to {object}, which does not report back"),
        ("door.tested", Outcome::Failed) => format!("tested {object} without success"),
        ("door.tested", _) => format!("tested {object}"),
        ("door.failed", _) => format!("heard from {object}: it did not open"),
        ("door.timed_out", _) => format!("heard nothing from {object}; it may not have opened"),
        ("door.interrupted", _) => format!("stopped before {object} answered"),
        // Whoever is paired does it by itself.
        ("terminal.paired", _) => "was paired with a device".to_owned(),
        ("link.opened", _) => "opened the link for the first time".to_owned(),
        ("link.erased", _) => "erased the person of a link".to_owned(),
        ("events.exported", _) => "exported events".to_owned(),
        ("links.exported", _) => "exported access links".to_owned(),
        ("events.pruned", _) => "pruned old events".to_owned(),
        ("events.people_erased", _) => "erased the people beside old events".to_owned(),
        ("organization.retention_changed", _) => "changed how long things are kept".to_owned(),
        ("admin.sign_in", Outcome::Denied | Outcome::Failed) => "could not sign in".to_owned(),
        ("admin.sign_in", _) => "signed in".to_owned(),
        ("admin.sign_out", _) => "signed out".to_owned(),
        ("admin.joined", _) => "joined".to_owned(),
        ("admin.proved", Outcome::Denied | Outcome::Failed) => "could not prove who they are".to_owned(),
        ("admin.proved", _) => "proved once more who they are".to_owned(),
        ("admin.renamed", _) => "changed their name".to_owned(),
        ("admin.address_changed", _) => "changed their e-mail address".to_owned(),
        ("factor.added", _) => "added a second factor".to_owned(),
        ("factor.removed", _) => "removed a second factor".to_owned(),
        ("recovery_codes.made", _) => "made new recovery codes".to_owned(),
        ("organization.second_factor_required", _) => "changed whether everybody needs a second factor".to_owned(),
        ("admin.erased", _) => "erased an admin who left".to_owned(),
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
            "terminal" => "Terminal",
            "admin" | "invitation" | "factor" | "recovery_codes" => "Admin",
            "events" => "Log",
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
        Some(Reason::WebNotAllowed) => "Code only",
        Some(Reason::DoorUnreachable) => "Offline",
        Some(Reason::RateLimited) => "Too many",
        Some(Reason::QrUnreadable) => "Unreadable",
        Some(Reason::QrUnknown) => "Unknown code",
        Some(Reason::QrBadSignature) => "Forged",
        Some(Reason::QrRetired) => "Old picture",
        Some(Reason::QrStale) => "Stale code",
        Some(Reason::QrReplayed) => "Used before",
        Some(Reason::ClockWrong) => "Clock wrong",
        Some(Reason::NeedsNetwork) => "Needs network",
        Some(Reason::ListTooOld) => "List too old",
        Some(Reason::TooLate) => "Too late",
        Some(Reason::Allowed) | None => "Refused",
    }
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
    fn each_action_and_each_reason_has_words_of_its_own() {
        let all: Vec<(&str, &str)> = ACTIONS.iter().flat_map(|(_, actions)| actions.iter().copied()).collect();
        for (code, words) in &all {
            assert_eq!(all.iter().filter(|(other, _)| other == code).count(), 1, "{code} stands here twice");
            assert_eq!(all.iter().filter(|(_, other)| other == words).count(), 1, "{words} is said of two");
            assert!(!did(code, Outcome::Done, "It").contains(code), "{code} has no sentence");
        }
        let reasons: std::collections::BTreeSet<&str> = Reason::ALL.iter().map(|one| reason(*one)).collect();
        assert_eq!(reasons.len(), Reason::ALL.len());
    }

    #[test]
    fn an_action_of_a_later_version_is_shown_as_it_is() {
        assert_eq!(did("lift.called", Outcome::Done, "Lift 2"), "lift.called: Lift 2");
        assert_eq!(badge("lift.called", Outcome::Denied, Some("unheard_of")), "Refused");
    }
}
