//! English.

use super::words::{Notice, Words};

const fn notice(title: &'static str, text: &'static str) -> Notice {
    Notice { title, text }
}

pub(super) static WORDS: Words = Words {
    hello: "Hello {}, come on in",
    invited_by: "Invited by {}",
    good_until: "Good until {}",
    good_always: "Good until further notice",
    left: ["No openings left", "1 opening left", "{} openings left"],
    unlock: "Unlock",
    unlock_door: "Unlock {}",
    try_again: "Try again",
    opening: "Opening…",
    open_now: "Open now",
    no_clear_answer: notice(
        "No clear answer",
        "The door may or may not have opened. Check your connection and try again: it will not open twice.",
    ),
    stale_page: notice("This page is too old", "Nothing was opened. Load the page again, then try once more."),
    door_locked_down: "This door is locked for everyone right now.",
    door_offline: "This door is off line right now and may not open.",
    was_open: "It was open and is locked again",
    door_opens: "Opens {}",
    door_closed: "This door does not open for you in the next weeks. Ask your host.",
    door_not_allowed: "This door does not open with a link. Ask your host to let you in.",
    no_doors: "There is no door on this link now.",
    help: "If a door stays shut, ask {}",
    questions: "Questions? Ask {}",
    call: "Call {}",
    write_to: "Write to {}",
    code: "Your code",
    code_show: "Hold it in front of the reader at the door.",
    code_alt: "QR code for the reader at the door",
    code_save: "Save picture",
    code_offline: "It opens without a network too, also from the saved picture. If dates or doors of your visit change, or you are sent a new link, a picture saved before opens nothing any more: open your link for the new one.",
    code_rotating: "It is new every few seconds, so keep this page open: a picture of it is soon worth nothing.",
    code_lost: "No connection: this code may be too old. It comes back by itself.",
    code_until: "This picture is good until {}. Open this page again before then for the next one.",
    code_later: "Your code will be here from {}.",
    add_to_calendar: "Add to calendar",
    confirm: "Open {}?",
    confirm_text: "Press when you stand at the door: it stays open for a few seconds only.",
    all_doors: "All doors",
    your_doors: "Your doors at {}",
    too_early: notice("A little early", "Your doors open from {}. Nothing is lost: come back then."),
    too_early_in: "That is in {}.",
    expired: notice("This link has ended", "It was good until {}. If you still need to come in, ask for a new one."),
    used_up: notice(
        "All openings are used",
        "This link opened its doors as often as it may. If you still need to come in, ask for a new one.",
    ),
    paused: notice("This link is paused", "It opens nothing for now, and may work again later."),
    revoked: notice(
        "This link was withdrawn",
        "It opens nothing any more. If you expected to come in, ask for a new one.",
    ),
    lockdown: notice(
        "The doors are locked for everyone",
        "This is not about you or your link. Wait for word from the people on site.",
    ),
    gone: notice(
        "This link leads nowhere",
        "It may be mistyped, cut short, replaced or too old. Open it again from the message you were sent, or ask for a new one.",
    ),
    no_cookie: notice(
        "Your browser keeps no cookies",
        "This page needs one cookie to know your link. Open the link from your message in this browser; if that changes nothing, allow cookies for this site.",
    ),
    busy: notice("One moment", "Nothing was opened. Try again in a moment."),
    too_many: notice("Too many tries", "Nothing was opened. Wait a minute, then try again."),
};
