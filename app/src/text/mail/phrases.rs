//! The mail's sentences, one block a language.

use super::Language;

/// Sentences with the gap `{}` where a comment names what goes in.
pub(super) struct Phrases {
    /// The organization.
    pub(super) subject: &'static str,
    /// The visitor.
    pub(super) greeting: &'static str,
    /// Two gaps: the host, then the organization.
    pub(super) invited: &'static str,
    /// The organization.
    pub(super) welcome: &'static str,
    /// The organization.
    pub(super) reminder_subject: &'static str,
    /// The organization.
    pub(super) reminder: &'static str,
    /// Two gaps: the host, then the organization; of a link whose code alone opens.
    pub(super) invited_by_code: &'static str,
    /// The organization; of a link whose code alone opens.
    pub(super) welcome_by_code: &'static str,
    pub(super) button: &'static str,
    pub(super) button_by_code: &'static str,
    pub(super) code: &'static str,
    pub(super) code_offline: &'static str,
    pub(super) code_on_page: &'static str,
    pub(super) code_attached: &'static str,
    pub(super) code_alt: &'static str,
    pub(super) doors: &'static str,
    /// A moment.
    pub(super) good_from: &'static str,
    /// A moment.
    pub(super) good_until: &'static str,
    pub(super) good_always: &'static str,
    pub(super) once: &'static str,
    /// A count above one.
    pub(super) times: &'static str,
    /// The host, how to reach them, or both.
    pub(super) help: &'static str,
    pub(super) keep: &'static str,
    pub(super) ignore: &'static str,
}

pub(super) const fn of(language: Language) -> &'static Phrases {
    match language {
        Language::En => &EN,
        Language::De => &DE,
    }
}

static EN: Phrases = Phrases {
    subject: "Your door link for {}",
    greeting: "Hello {},",
    invited: "{} invites you to {}. The link below opens the doors on your way; you need no app and no account.",
    welcome: "Welcome to {}. The link below opens the doors on your way; you need no app and no account.",
    reminder_subject: "Your door link for {} ends soon",
    reminder: "Your door link for {} ends soon; below it says when. If you need to come in after that, ask for more time now.",
    invited_by_code: "{} invites you to {}. Your QR code opens the doors on your way; you need no app and no account.",
    welcome_by_code: "Welcome to {}. Your QR code opens the doors on your way; you need no app and no account.",
    button: "Open my doors",
    button_by_code: "Show my code",
    code: "This is your QR code: hold it in front of the reader at the door, from this mail, from the page or on paper.",
    code_offline: "It opens without a network too. If dates or doors of your visit change, or you are sent a new link, this picture opens nothing any more: open your link for the new one.",
    code_on_page: "Your QR code is on the page that the link opens. It is new every few seconds, so show it from there.",
    code_attached: "The picture is attached: door-code.png.",
    code_alt: "QR code for the reader at the door",
    doors: "It opens these doors:",
    good_from: "Good from {}.",
    good_until: "Good until {}.",
    good_always: "Good until further notice.",
    once: "It opens a door once.",
    times: "It opens a door {} times in all.",
    help: "If a door stays shut, ask {}.",
    keep: "Do not forward this mail: the link is your key, and whoever has it can come in.",
    ignore: "You were not expecting this? Then delete it; nothing else happens.",
};

static DE: Phrases = Phrases {
    subject: "Ihr Türlink für {}",
    greeting: "Hallo {},",
    invited: "{} lädt Sie zu {} ein. Der Link unten öffnet die Türen auf Ihrem Weg, ohne App und ohne Konto.",
    welcome: "Willkommen bei {}. Der Link unten öffnet die Türen auf Ihrem Weg, ohne App und ohne Konto.",
    reminder_subject: "Ihr Türlink für {} endet bald",
    reminder: "Ihr Türlink für {} endet bald; wann, steht unten. Wenn Sie danach noch hinein müssen, bitten Sie jetzt um mehr Zeit.",
    invited_by_code: "{} lädt Sie zu {} ein. Ihr QR-Code öffnet die Türen auf Ihrem Weg, ohne App und ohne Konto.",
    welcome_by_code: "Willkommen bei {}. Ihr QR-Code öffnet die Türen auf Ihrem Weg, ohne App und ohne Konto.",
    button: "Meine Türen öffnen",
    button_by_code: "Meinen Code zeigen",
    code: "Das ist Ihr QR-Code: Halten Sie ihn vor das Lesegerät an der Tür, aus dieser Mail, von der Seite oder auf Papier.",
    code_offline: "Er öffnet auch ohne Netz. Wenn sich Zeiten oder Türen Ihres Besuchs ändern oder Sie einen neuen Link bekommen, öffnet dieses Bild nichts mehr: Öffnen Sie dann Ihren Link.",
    code_on_page: "Ihr QR-Code steht auf der Seite, die der Link öffnet. Er ist alle paar Sekunden neu; zeigen Sie ihn von dort.",
    code_attached: "Das Bild ist angehängt: door-code.png.",
    code_alt: "QR-Code für das Lesegerät an der Tür",
    doors: "Er öffnet diese Türen:",
    good_from: "Gültig ab {}.",
    good_until: "Gültig bis {}.",
    good_always: "Gültig bis auf Weiteres.",
    once: "Er öffnet ein einziges Mal.",
    times: "Er öffnet insgesamt {} Mal.",
    help: "Bleibt eine Tür zu, hilft {}.",
    keep: "Leiten Sie diese Mail nicht weiter: Der Link ist Ihr Schlüssel, und wer ihn hat, kommt hinein.",
    ignore: "Sie haben das nicht erwartet? Dann löschen Sie es; sonst geschieht nichts.",
};
