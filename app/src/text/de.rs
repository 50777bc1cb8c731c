//! German.

use super::words::{Notice, Words};

const fn notice(title: &'static str, text: &'static str) -> Notice {
    Notice { title, text }
}

pub(super) static WORDS: Words = Words {
    hello: "Hallo {}, kommen Sie herein",
    invited_by: "Eingeladen von {}",
    good_until: "Gültig bis {}",
    good_always: "Gültig bis auf Weiteres",
    left: ["Keine Öffnungen mehr", "Noch 1 Öffnung", "Noch {} Öffnungen"],
    unlock: "Öffnen",
    unlock_door: "{} öffnen",
    try_again: "Noch einmal",
    opening: "Wird geöffnet …",
    open_now: "Jetzt offen",
    no_clear_answer: notice(
        "Keine klare Antwort",
        "Die Tür ist vielleicht offen, vielleicht nicht. Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal: Die Tür öffnet nicht doppelt.",
    ),
    stale_page: notice(
        "Diese Seite ist zu alt",
        "Es wurde nichts geöffnet. Laden Sie die Seite neu und versuchen Sie es noch einmal.",
    ),
    door_locked_down: "Diese Tür ist zurzeit für alle gesperrt.",
    door_offline: "Diese Tür ist gerade nicht verbunden und öffnet vielleicht nicht.",
    was_open: "Sie war offen und ist wieder zu",
    door_opens: "Öffnet {}",
    door_closed: "Diese Tür öffnet für Sie in den nächsten Wochen nicht. Fragen Sie vor Ort.",
    door_not_allowed: "Diese Tür lässt sich nicht mit einem Link öffnen. Bitten Sie Ihre Gastgeberin oder Ihren Gastgeber um Einlass.",
    no_doors: "Zu diesem Link gehört zurzeit keine Tür.",
    help: "Bleibt eine Tür zu, hilft {}",
    questions: "Fragen? Es hilft {}",
    call: "{} anrufen",
    write_to: "{} schreiben",
    code: "Ihr Code",
    code_show: "Halten Sie ihn vor das Lesegerät an der Tür.",
    code_alt: "QR-Code für das Lesegerät an der Tür",
    code_save: "Bild speichern",
    code_offline: "Er öffnet auch ohne Netz, auch vom gespeicherten Bild. Wenn sich Zeiten oder Türen Ihres Besuchs ändern oder Sie einen neuen Link bekommen, öffnet ein früher gespeichertes Bild nichts mehr: Öffnen Sie dann Ihren Link.",
    code_rotating: "Er ist alle paar Sekunden neu. Lassen Sie diese Seite offen: Ein Bild von ihm ist bald nichts mehr wert.",
    code_lost: "Keine Verbindung: Dieser Code ist vielleicht zu alt. Er kommt von selbst wieder.",
    code_until: "Dieses Bild gilt bis {}. Öffnen Sie diese Seite vorher noch einmal für das nächste.",
    code_later: "Ihr Code steht ab {} hier.",
    add_to_calendar: "In den Kalender",
    confirm: "{} öffnen?",
    confirm_text: "Drücken Sie erst, wenn Sie vor der Tür stehen: Sie bleibt nur wenige Sekunden offen.",
    all_doors: "Alle Türen",
    your_doors: "Ihre Türen bei {}",
    too_early: notice("Noch etwas früh", "Ihre Türen öffnen ab {}. Es ist nichts verloren: Kommen Sie dann wieder."),
    too_early_in: "Das ist in {}.",
    expired: notice(
        "Dieser Link ist abgelaufen",
        "Er war gültig bis {}. Wenn Sie noch hinein müssen, bitten Sie um einen neuen.",
    ),
    used_up: notice(
        "Alle Öffnungen sind verbraucht",
        "Dieser Link hat seine Türen so oft geöffnet, wie er darf. Wenn Sie noch hinein müssen, bitten Sie um einen neuen.",
    ),
    paused: notice("Dieser Link ruht", "Er öffnet zurzeit nichts und geht später vielleicht wieder."),
    revoked: notice(
        "Dieser Link wurde zurückgezogen",
        "Er öffnet nichts mehr. Wenn Sie erwartet wurden, bitten Sie um einen neuen.",
    ),
    lockdown: notice(
        "Die Türen sind für alle gesperrt",
        "Das liegt nicht an Ihnen oder Ihrem Link. Warten Sie auf Nachricht von den Menschen vor Ort.",
    ),
    gone: notice(
        "Dieser Link führt nirgendwohin",
        "Vielleicht ist er vertippt, abgeschnitten, ersetzt oder zu alt. Öffnen Sie ihn noch einmal aus der Nachricht, die Sie bekommen haben, oder bitten Sie um einen neuen.",
    ),
    no_cookie: notice(
        "Ihr Browser behält keine Cookies",
        "Diese Seite braucht ein einziges Cookie, um Ihren Link zu kennen. Öffnen Sie den Link aus Ihrer Nachricht in diesem Browser; hilft das nicht, erlauben Sie Cookies für diese Seite.",
    ),
    busy: notice("Einen Moment", "Es wurde nichts geöffnet. Versuchen Sie es gleich noch einmal."),
    too_many: notice(
        "Zu viele Versuche",
        "Es wurde nichts geöffnet. Warten Sie eine Minute und versuchen Sie es dann noch einmal.",
    ),
};
