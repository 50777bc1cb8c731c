//! Why a code opens nothing, as a guard would say it.

use super::{Language, Phrase};
use domain::reason::Reason;

/// Title and text of a refusal, by the reason's code; a code that this version does not know is a plain refusal.
#[must_use]
pub fn refusal(code: &str, language: Language) -> (&'static str, &'static str) {
    let (title, en, de) = Reason::from_code(code).map_or(UNKNOWN, said);
    (title.words(language), language.say(en, de))
}

type Said = (Phrase, &'static str, &'static str);

const UNKNOWN: Said =
    (Phrase::NotNow, "This did not open. Ask for help.", "Das hat nicht geöffnet. Bitte um Hilfe bitten.");

fn said(reason: Reason) -> Said {
    use Phrase::{NoEntry, NotNow};
    match reason {
        Reason::NotYetValid => (NotNow, "This code is not good yet.", "Dieser Code gilt noch nicht."),
        Reason::Expired => (
            NoEntry,
            "This code has expired. Ask for a new one.",
            "Dieser Code ist abgelaufen. Bitte um einen neuen bitten.",
        ),
        Reason::Revoked => (
            NoEntry,
            "This code was withdrawn. Ask your host.",
            "Dieser Code wurde zurückgezogen. Bitte Gastgeber fragen.",
        ),
        Reason::Paused => (NotNow, "This code is paused. Ask your host.", "Dieser Code ruht. Bitte Gastgeber fragen."),
        Reason::UsesExhausted => (
            NoEntry,
            "This code is used up. Ask for a new one.",
            "Dieser Code ist aufgebraucht. Bitte um einen neuen bitten.",
        ),
        Reason::Cooldown => {
            (NotNow, "Too soon after the last time. Wait a little.", "Zu bald nach dem letzten Mal. Bitte warten.")
        }
        Reason::DoorNotGranted => (NoEntry, "This code is for another door.", "Dieser Code gilt für eine andere Tür."),
        Reason::OutsideSchedule => (NotNow, "Closed at this hour.", "Um diese Zeit geschlossen."),
        Reason::DoorLockdown | Reason::PlaceLockdown => {
            (NotNow, "Locked down. No code opens now.", "Gesperrt. Zurzeit öffnet kein Code.")
        }
        Reason::DigitalNotAllowed => (
            NoEntry,
            "This door opens for no code. Ask your host.",
            "Diese Tür öffnet für keinen Code. Bitte Gastgeber fragen.",
        ),
        Reason::DoorUnreachable => {
            (NotNow, "The door does not answer. Ask for help.", "Die Tür antwortet nicht. Bitte um Hilfe bitten.")
        }
        Reason::RateLimited => {
            (NotNow, "Too many tries. Wait a minute.", "Zu viele Versuche. Bitte eine Minute warten.")
        }
        Reason::QrUnreadable => (NotNow, "This code cannot be read.", "Dieser Code ist nicht lesbar."),
        Reason::QrUnknown => (NoEntry, "Nobody here knows this code.", "Diesen Code kennt hier niemand."),
        Reason::QrBadSignature => (NoEntry, "This code is not genuine.", "Dieser Code ist nicht echt."),
        Reason::QrRetired => {
            (NoEntry, "There is a newer code. Show that one.", "Es gibt einen neueren Code. Bitte diesen zeigen.")
        }
        Reason::QrStale => (
            NotNow,
            "This picture is old. Show the code on its page.",
            "Dieses Bild ist alt. Bitte den Code auf seiner Seite zeigen.",
        ),
        Reason::QrReplayed => (
            NotNow,
            "This code was used just now. Wait for the next.",
            "Dieser Code wurde eben benutzt. Bitte auf den nächsten warten.",
        ),
        Reason::ClockWrong => {
            (NotNow, "The clock here is wrong. Ask for help.", "Die Uhr hier geht falsch. Bitte um Hilfe bitten.")
        }
        Reason::NeedsNetwork => (
            NotNow,
            "No network, and this code needs it. Ask for help.",
            "Kein Netz, und dieser Code braucht es. Bitte um Hilfe bitten.",
        ),
        Reason::ListTooOld => {
            (NotNow, "No network for too long. Ask for help.", "Das Netz fehlt zu lange. Bitte um Hilfe bitten.")
        }
        Reason::TooLate => {
            (NotNow, "The network was too slow. Show it again.", "Das Netz war zu langsam. Bitte noch einmal zeigen.")
        }
        // A code is never told to use its page instead.
        Reason::WebNotAllowed => (NotNow, "Show the code itself.", "Bitte den Code selbst zeigen."),
        // A grant is never said here.
        Reason::Allowed => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_words_short_enough_for_two_metres() {
        for reason in Reason::ALL {
            for language in [Language::En, Language::De] {
                let (title, text) = refusal(reason.code(), language);
                assert!(title.len() <= 15 && text.chars().count() <= 66, "{text}");
                assert!(*reason == Reason::Allowed || text != language.say(UNKNOWN.1, UNKNOWN.2), "{}", reason.code());
            }
        }
        assert_eq!(refusal("of_tomorrow", Language::En).0, "Not now");
    }
}
