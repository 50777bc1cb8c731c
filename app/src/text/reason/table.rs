//! The codes and their sentences.

/// One code. `{ask}` and `{Ask}` become *ask Jonas* or *ask your host*; at most one a sentence.
pub(super) struct Row {
    pub(super) code: &'static str,
    pub(super) admin: &'static str,
    pub(super) en: (&'static str, &'static str),
    pub(super) de: (&'static str, &'static str),
    /// Whether another press can help.
    pub(super) retry: bool,
}

const AGAIN: bool = true;
const NO_USE: bool = false;

type Pair = (&'static str, &'static str);

const fn row(code: &'static str, retry: bool, admin: &'static str, en: Pair, de: Pair) -> Row {
    Row { code, admin, en, de, retry }
}

pub(super) fn find(code: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.code == code)
}

pub(super) static UNKNOWN: Row = row(
    "",
    NO_USE,
    "",
    ("Not open", "This door did not open. {Ask}."),
    ("Nicht offen", "Diese Tür wurde nicht geöffnet. {Ask}."),
);

pub(super) static ROWS: [Row; 30] = [
    row(
        "not_yet_valid",
        AGAIN,
        "The link was not valid yet.",
        ("Too early", "Your link is not good yet. Load this page again to see from when."),
        ("Noch zu früh", "Ihr Link gilt noch nicht. Laden Sie diese Seite neu, um zu sehen, ab wann."),
    ),
    row(
        "expired",
        NO_USE,
        "The link had expired.",
        ("Your link has ended", "This door did not open. {Ask} for a new link."),
        ("Ihr Link ist abgelaufen", "Diese Tür wurde nicht geöffnet. {Ask} nach einem neuen Link."),
    ),
    row(
        "revoked",
        NO_USE,
        "The link had been revoked.",
        ("Your link was withdrawn", "This door did not open. {Ask} for a new link."),
        ("Ihr Link wurde zurückgezogen", "Diese Tür wurde nicht geöffnet. {Ask} nach einem neuen Link."),
    ),
    row(
        "paused",
        AGAIN,
        "The link was paused.",
        ("Your link is paused", "It opens nothing for now. Try again later, or {ask}."),
        ("Ihr Link ruht", "Er öffnet zurzeit nichts. Versuchen Sie es später oder {ask}."),
    ),
    row(
        "uses_exhausted",
        NO_USE,
        "The link had no uses left.",
        ("No openings left", "Your link opened as often as it may. {Ask} for a new one."),
        ("Keine Öffnungen mehr", "Ihr Link hat so oft geöffnet, wie er darf. {Ask} nach einem neuen."),
    ),
    row(
        "cooldown",
        AGAIN,
        "The link was cooling down after an earlier use.",
        ("Not again so soon", "Your link rests for a while after each opening. Try again a little later."),
        ("Nicht so schnell", "Ihr Link ruht nach jeder Öffnung eine Weile. Versuchen Sie es etwas später."),
    ),
    row(
        "door_not_granted",
        NO_USE,
        "The link does not open this door.",
        ("Not your door", "Your link does not open this door. {Ask} if it should."),
        ("Nicht Ihre Tür", "Ihr Link öffnet diese Tür nicht. {Ask}, falls er es sollte."),
    ),
    row(
        "outside_schedule",
        AGAIN,
        "It was outside the hours of the door, its group or the link.",
        ("Outside opening hours", "This door does not open at this hour. Try again later, or {ask}."),
        ("Außerhalb der Öffnungszeiten", "Diese Tür öffnet um diese Zeit nicht. Versuchen Sie es später oder {ask}."),
    ),
    row(
        "door_lockdown",
        AGAIN,
        "The door was locked down.",
        ("Locked for everyone", "This door is locked for everyone right now. It is not about your link."),
        ("Für alle gesperrt", "Diese Tür ist zurzeit für alle gesperrt. Es liegt nicht an Ihrem Link."),
    ),
    row(
        "place_lockdown",
        AGAIN,
        "The place was locked down.",
        ("Locked for everyone", "All doors here are locked for everyone right now. It is not about your link."),
        ("Für alle gesperrt", "Alle Türen hier sind zurzeit für alle gesperrt. Es liegt nicht an Ihrem Link."),
    ),
    row(
        "digital_not_allowed",
        NO_USE,
        "The door refuses digital credentials.",
        ("Not with a link", "This door does not open with a link. {Ask} to let you in."),
        ("Nicht mit einem Link", "Diese Tür lässt sich nicht mit einem Link öffnen. {Ask} nach Einlass."),
    ),
    row(
        "web_not_allowed",
        NO_USE,
        "The link opens by its code at a terminal, not from its page.",
        ("Show your code", "This door does not open from here. Show your code at the door, or {ask}."),
        ("Zeigen Sie Ihren Code", "Diese Tür öffnet nicht von hier aus. Zeigen Sie Ihren Code an der Tür oder {ask}."),
    ),
    row(
        "door_unreachable",
        AGAIN,
        "The door was off line, so nothing was sent to it.",
        ("Door off line", "The door cannot be reached and was not opened. Try again, or {ask}."),
        (
            "Tür nicht verbunden",
            "Die Tür ist nicht erreichbar und wurde nicht geöffnet. Versuchen Sie es noch einmal oder {ask}.",
        ),
    ),
    row(
        "rate_limited",
        AGAIN,
        "There were too many tries in a short time.",
        ("Too many tries", "Nothing was opened. Wait a minute, then try again."),
        (
            "Zu viele Versuche",
            "Es wurde nichts geöffnet. Warten Sie eine Minute und versuchen Sie es dann noch einmal.",
        ),
    ),
    row(
        "confirmed",
        NO_USE,
        "The door confirmed that it opened.",
        ("Open now", "The door is open."),
        ("Jetzt offen", "Die Tür ist offen."),
    ),
    row(
        "sent",
        AGAIN,
        "The door was sent the command to open; it does not say whether it did.",
        ("Sent to the door", "This door does not report back. Try the handle; if it stays shut, try again or {ask}."),
        (
            "An die Tür gesendet",
            "Diese Tür meldet sich nicht zurück. Versuchen Sie die Klinke; bleibt sie zu, noch einmal oder {ask}.",
        ),
    ),
    row(
        "failed",
        AGAIN,
        "The door answered that it did not open; the use was given back.",
        ("Did not open", "The door answered that it did not open. Try again, or {ask}."),
        ("Nicht geöffnet", "Die Tür meldet, dass sie nicht geöffnet hat. Versuchen Sie es noch einmal oder {ask}."),
    ),
    row(
        "timed_out",
        AGAIN,
        "The door did not answer in time and may not have opened.",
        ("No answer", "The door did not answer and may not have opened. Try again, or {ask}."),
        (
            "Keine Antwort",
            "Die Tür hat nicht geantwortet und ist vielleicht nicht offen. Versuchen Sie es noch einmal oder {ask}.",
        ),
    ),
    row(
        "interrupted",
        AGAIN,
        "Latchkey stopped before the door's answer came; the command is never sent again.",
        (
            "Interrupted",
            "We were interrupted before the door answered, and it may not have opened. Try again, or {ask}.",
        ),
        (
            "Unterbrochen",
            "Wir wurden unterbrochen, bevor die Tür antwortete. Sie ist vielleicht nicht offen. Versuchen Sie es noch einmal oder {ask}.",
        ),
    ),
    row(
        "dispatched",
        AGAIN,
        "The door was told to open; its answer is not here yet.",
        ("On its way", "The door was told to open but has not answered yet. Check the door, or try again."),
        (
            "Unterwegs",
            "Die Tür soll öffnen, hat aber noch nicht geantwortet. Sehen Sie nach der Tür oder versuchen Sie es noch einmal.",
        ),
    ),
    row(
        "qr_unreadable",
        AGAIN,
        "The code could not be read.",
        ("Not readable", "The code could not be read. Hold it still and a little further away, or {ask}."),
        ("Nicht lesbar", "Der Code war nicht lesbar. Halten Sie ihn ruhig und etwas weiter weg oder {ask}."),
    ),
    row(
        "qr_unknown",
        NO_USE,
        "The code is none of this organization's.",
        ("Not known here", "This code is not known here. {Ask}."),
        ("Hier nicht bekannt", "Dieser Code ist hier nicht bekannt. {Ask}."),
    ),
    row(
        "qr_bad_signature",
        NO_USE,
        "The code's signature is not good: it was changed, or made by somebody else.",
        ("Not a valid code", "This code is not valid. {Ask}."),
        ("Kein gültiger Code", "Dieser Code ist nicht gültig. {Ask}."),
    ),
    row(
        "qr_retired",
        NO_USE,
        "A newer code had taken this one's place.",
        ("An older picture", "There is a newer code than this picture. Open your link to see it, or {ask}."),
        (
            "Ein älteres Bild",
            "Es gibt einen neueren Code als dieses Bild. Öffnen Sie Ihren Link, um ihn zu sehen, oder {ask}.",
        ),
    ),
    row(
        "qr_stale",
        AGAIN,
        "The rotating code was too old, or ahead of time.",
        ("Wait for the next code", "This code was good for a moment only. Show the one on your page now, or {ask}."),
        (
            "Auf den nächsten Code warten",
            "Dieser Code galt nur einen Moment. Zeigen Sie den, der jetzt auf Ihrer Seite steht, oder {ask}.",
        ),
    ),
    row(
        "qr_replayed",
        AGAIN,
        "This very code had opened a door before, and may only once.",
        ("Used before", "This code has opened a door already. Wait for the next one, or {ask}."),
        ("Schon benutzt", "Dieser Code hat schon eine Tür geöffnet. Warten Sie auf den nächsten oder {ask}."),
    ),
    row(
        "clock_wrong",
        AGAIN,
        "The terminal's clock could not be trusted, so nothing that depends on time was opened.",
        ("The reader is not ready", "The reader's clock is wrong. {Ask}."),
        ("Das Lesegerät ist nicht bereit", "Die Uhr des Lesegeräts geht falsch. {Ask}."),
    ),
    row(
        "needs_network",
        AGAIN,
        "Only the server could tell, and the terminal could not reach it.",
        (
            "No connection",
            "This code needs a connection that the reader does not have just now. Try again in a moment, or {ask}.",
        ),
        (
            "Keine Verbindung",
            "Dieser Code braucht eine Verbindung, die das Lesegerät gerade nicht hat. Versuchen Sie es gleich noch einmal oder {ask}.",
        ),
    ),
    row(
        "list_too_old",
        AGAIN,
        "The terminal had been without a network for so long that it opened nothing any more.",
        ("The reader is out of date", "The reader has had no connection for too long. {Ask}."),
        ("Das Lesegerät ist veraltet", "Das Lesegerät war zu lange ohne Verbindung. {Ask}."),
    ),
    row(
        "too_late",
        AGAIN,
        "The scan took so long to arrive that whoever showed the code could have left.",
        ("It came too late", "The connection was slow, and nothing was opened. Show your code again, or {ask}."),
        (
            "Zu spät angekommen",
            "Die Verbindung war langsam, und nichts wurde geöffnet. Zeigen Sie Ihren Code noch einmal oder {ask}.",
        ),
    ),
];
