//! Every word on the terminal's screen, in the languages it speaks.

mod reasons;

pub use reasons::refusal;

/// A language of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// As HTML and browsers write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The one that a browser's tag, such as `de-AT`, begins with; English where it is another.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        if code.starts_with("de") { Self::De } else { Self::En }
    }

    /// Picks.
    #[must_use]
    pub fn say<T>(self, en: T, de: T) -> T {
        match self {
            Self::En => en,
            Self::De => de,
        }
    }
}

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident = $en:literal, $de:literal;)*) => {
        /// What the screen says, whoever stands there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Phrase { $($(#[$doc])* $name,)* }

        impl Phrase {
            /// In a language.
            #[must_use]
            pub fn words(self, language: Language) -> &'static str {
                match self { $(Self::$name => language.say($en, $de),)* }
            }
        }
    };
}

phrases! {
    /// Head of the screen that waits.
    HoldCode = "Hold your code here", "Code hierher halten";
    /// Below it.
    HandsWidth = "about a hand's width away", "etwa eine Handbreit entfernt";
    /// The same without a camera.
    ScanCode = "Scan your code", "Code scannen";
    /// Below it.
    WithScanner = "with the scanner beside the screen", "mit dem Scanner neben dem Bildschirm";
    /// While the camera starts.
    CameraStarting = "The camera starts …", "Die Kamera startet …";
    /// The server is asked.
    Asking = "One moment", "Einen Moment";
    /// Below it.
    Checking = "Checking your code …", "Ihr Code wird geprüft …";
    /// Granted.
    ComeIn = "Come in", "Bitte eintreten";
    /// Below it, while the door has not answered.
    Opening = "The door is being opened …", "Die Tür wird geöffnet …";
    /// Below it, when the door said so.
    Open = "The door is open", "Die Tür ist offen";
    /// Below it, when nobody says so.
    Sent = "Try the door", "Versuchen Sie die Tür";
    /// Granted, and nothing here can open.
    Allowed = "Allowed in", "Zutritt erlaubt";
    /// Below it.
    NobodyOpens = "Without a network nothing here opens the door. Ask for help.",
        "Ohne Netz öffnet hier nichts die Tür. Bitte um Hilfe bitten.";
    /// Granted, and the door did not open.
    DidNotOpen = "Did not open", "Nicht geöffnet";
    /// Below it.
    DoorRefused = "The door reports that it stayed shut. Try again, or ask for help.",
        "Die Tür meldet, dass sie zu blieb. Noch einmal versuchen oder um Hilfe bitten.";
    /// Granted, and nobody knows.
    Unanswered = "No answer", "Keine Antwort";
    /// Below it.
    NoAnswer = "The door did not answer and may not have opened. Try again.",
        "Die Tür hat nicht geantwortet und ist vielleicht zu. Noch einmal versuchen.";
    /// Refused, and later it may be otherwise.
    NotNow = "Not now", "Jetzt nicht";
    /// Refused, and waiting does not help.
    NoEntry = "No entry", "Kein Zutritt";
    /// Head of the form for the pairing code.
    PairTitle = "Pair this terminal", "Terminal koppeln";
    /// Label of the field.
    PairLabel = "Code from the terminal's page in Latchkey", "Code von der Seite des Terminals in Latchkey";
    /// Its button.
    Pair = "Pair", "Koppeln";
    /// Its button, pressed.
    Pairing = "Pairing …", "Wird gekoppelt …";
    /// The key that takes a letter back.
    Back = "Take back", "Zurücknehmen";
    /// A code too short.
    PairShort = "A code has eight letters and digits.", "Ein Code hat acht Buchstaben und Ziffern.";
    /// A code that the server does not know.
    PairUnknown = "This code is wrong, used or too old. Ask for a new one on the terminal's page.",
        "Dieser Code ist falsch, benutzt oder zu alt. Auf der Seite des Terminals gibt es einen neuen.";
    /// Too many tries.
    PairTooMany = "Too many tries. Wait ten minutes.", "Zu viele Versuche. Bitte zehn Minuten warten.";
    /// No server.
    PairNoNetwork = "The server does not answer. Check the network and try again.",
        "Der Server antwortet nicht. Netz prüfen und noch einmal versuchen.";
    /// The camera was refused.
    CameraDenied = "The camera is not allowed", "Die Kamera ist nicht erlaubt";
    /// Below it.
    CameraDeniedHelp = "Allow it for this page in the browser's settings, then try again. A scanner on a cable works without.",
        "Bitte in den Einstellungen des Browsers für diese Seite erlauben und noch einmal versuchen. Ein Scanner am Kabel geht auch ohne.";
    /// There is no camera.
    CameraMissing = "No camera was found", "Keine Kamera gefunden";
    /// Below it.
    CameraMissingHelp = "Connect one and try again. A scanner on a cable works without.",
        "Bitte eine anschließen und noch einmal versuchen. Ein Scanner am Kabel geht auch ohne.";
    /// The camera serves another program.
    CameraBusy = "The camera gives no picture", "Die Kamera liefert kein Bild";
    /// Below it.
    CameraBusyHelp = "Close what else uses it, then try again.", "Bitte schließen, was sie sonst benutzt, und noch einmal versuchen.";
    /// Plain http.
    Insecure = "The camera needs https", "Die Kamera braucht https";
    /// Below it.
    InsecureHelp = "Open this page by an address that begins with https. A scanner on a cable works without.",
        "Bitte diese Seite über eine Adresse öffnen, die mit https beginnt. Ein Scanner am Kabel geht auch ohne.";
    /// The button below these.
    Retry = "Try again", "Noch einmal";
    /// Revoked.
    Revoked = "This terminal was withdrawn", "Dieses Terminal wurde entzogen";
    /// Below it.
    RevokedHelp = "It has forgotten everything and opens nothing more. Pair it again to use it.",
        "Es hat alles vergessen und öffnet nichts mehr. Zum Benutzen neu koppeln.";
    /// The button below.
    PairAnew = "Pair again", "Neu koppeln";
    /// The screen of a terminal that cannot decide.
    OutOfService = "Out of service", "Außer Betrieb";
    /// Below it: no list, or too old a one.
    NoList = "There has been no network for too long. Codes open again when it is back.",
        "Das Netz fehlt zu lange. Codes öffnen wieder, sobald es zurück ist.";
    /// Below it: no clock.
    NoClock = "There is no network, and the clock here cannot be trusted. Codes open again when it is back.",
        "Das Netz fehlt, und der Uhr hier ist nicht zu trauen. Codes öffnen wieder, sobald es zurück ist.";
    /// The browser cannot run it.
    NoMemory = "This browser keeps nothing", "Dieser Browser merkt sich nichts";
    /// Below it.
    NoMemoryHelp = "The terminal needs the browser's storage. Leave private browsing, or allow storage, and load the page again.",
        "Das Terminal braucht den Speicher des Browsers. Bitte das private Fenster verlassen oder Speicher erlauben und neu laden.";
    /// Another tab runs it.
    Elsewhere = "Open in another tab", "In einem anderen Tab offen";
    /// Below it.
    ElsewhereHelp = "This terminal runs there already. Close the other tab; this one goes on by itself.",
        "Dieses Terminal läuft dort schon. Bitte den anderen Tab schließen, dieser macht dann weiter.";
    /// In the bar.
    OnLine = "On line", "Verbunden";
    /// In the bar.
    OffLine = "No network", "Kein Netz";
    /// In the bar, off line without a list.
    WithoutList = "no list", "keine Liste";
    /// Above the screen: the wall's clock is far off.
    ClockOff = "This device's clock is wrong. Please set it.", "Die Uhr dieses Geräts geht falsch. Bitte stellen.";
    /// Above the screen: a newer version.
    Newer = "A new version is ready and loads by itself in a quiet moment.",
        "Eine neue Version ist bereit und lädt sich in einem ruhigen Moment.";
    /// What a long press on the bar does, for readers of the screen.
    Hold = "Settings: hold for two seconds", "Einstellungen: zwei Sekunden halten";
    /// Head of the settings.
    Settings = "Settings", "Einstellungen";
    /// A field there.
    Language = "Language", "Sprache";
    /// A field there.
    Camera = "Camera", "Kamera";
    /// No camera.
    NoCamera = "None: a scanner on a cable", "Keine: ein Scanner am Kabel";
    /// Whichever the browser takes.
    AnyCamera = "The one on this side", "Die auf dieser Seite";
    /// The other.
    BackCamera = "The one on the back", "Die auf der Rückseite";
    /// A field there.
    Sound = "Sound", "Ton";
    /// A button there.
    FullScreen = "Full screen", "Ganzer Bildschirm";
    /// A button there.
    Load = "Load the page again", "Seite neu laden";
    /// A fact there.
    Software = "Software", "Software";
    /// A fact there: what it decides by while off line.
    List = "Decides by", "Entscheidet nach";
    /// A fact there.
    Waiting = "Unsent entries", "Ungesendete Einträge";
    /// Folds the last step out.
    Unpair = "Unpair this terminal", "Kopplung lösen";
    /// Says what goes.
    UnpairText = "This device forgets its key, its list and every entry that was not sent yet. Then revoke it in Latchkey, too.",
        "Dieses Gerät vergisst seinen Schlüssel, seine Liste und jeden nicht gesendeten Eintrag. Danach auch in Latchkey entziehen.";
    /// The button that does it.
    UnpairNow = "Forget everything", "Alles vergessen";
    /// Leaves the settings.
    Close = "Close", "Schließen";
}

/// How old the list is: *list 40 s old*.
#[must_use]
pub fn age(ms: i64, language: Language) -> String {
    let seconds = ms.max(0) / 1_000;
    let (count, unit) = match seconds {
        0..90 => (seconds, "s"),
        90..5_400 => ((seconds + 30) / 60, "min"),
        _ => ((seconds + 1_800) / 3_600, "h"),
    };
    language.say(format!("list {count} {unit} old"), format!("Liste {count} {unit} alt"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lists_age_is_said_in_the_unit_that_fits() {
        assert_eq!(age(-5, Language::En), "list 0 s old");
        assert_eq!(age(40_000, Language::En), "list 40 s old");
        assert_eq!(age(240_000, Language::De), "Liste 4 min alt");
        assert_eq!(age(35 * 3_600_000, Language::En), "list 35 h old");
    }

    #[test]
    fn a_browsers_language_is_taken_where_it_is_spoken() {
        assert_eq!(Language::from_code("de-CH"), Language::De);
        assert_eq!(Language::from_code("fr"), Language::En);
    }
}
