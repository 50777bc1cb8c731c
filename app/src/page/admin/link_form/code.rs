//! The QR code that a link may have, and whether its page opens doors besides.

use leptos::prelude::*;

use crate::ui::{self, Field};

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// `none` or empty, `online`, `offline`, `rotating`.
    pub kind: Field,
    /// Whether the link's page opens nothing.
    pub no_web: bool,
    /// What is wrong with that.
    pub no_web_error: Option<String>,
    /// Whether the code may open off line where only the server counts.
    pub off_line: bool,
}

/// Each kind with what it is good for.
const KINDS: [(&str, &str, &str); 4] = [
    ("none", "No code", "The page alone opens the doors."),
    ("online", "Online", "The server looks it up at every scan. Revoked within a second."),
    (
        "offline",
        "Offline",
        "Opens also where terminal and phone have no network. It then cannot be called back from a terminal until that \
         has its network again, or its list is too old: after 36 hours, unless the door says otherwise.",
    ),
    (
        "rotating",
        "Rotating",
        "New every 15 seconds, on the visitor's page only. A picture of it is soon worth nothing.",
    ),
];

/// The choice.
pub(super) fn view(code: &Code) -> AnyView {
    let chosen = if code.kind.value.is_empty() { "none" } else { code.kind.value.as_str() };
    let kinds = KINDS
        .into_iter()
        .map(|(value, label, what)| {
            view! {
                <li>
                    <label>
                        <input type="radio" name="qr" value=value checked=value == chosen/>
                        <span>{label} <span class="more">{what}</span></span>
                    </label>
                </li>
            }
        })
        .collect_view();
    let error = |id: &'static str, error: &Option<String>| {
        error.clone().map(|error| view! { <p class="error" id=id>{error}</p> })
    };
    let wrong = code.kind.error.is_some() || code.no_web_error.is_some();
    let described = code.kind.error.is_some().then_some("qr-error");
    view! {
        <fieldset class=if wrong { "wrong" } else { "" } aria-describedby=described>
            <legend>"QR code"</legend>
            <ul class="checks" aria-label="QR code">{kinds}</ul>
            {error("qr-error", &code.kind.error)}
            {ui::checkbox("no_web", "Only the code opens",
                Some("For doors that nobody shall open from afar: the visitor's page then shows the code and opens nothing.".into()),
                code.no_web)}
            {error("no_web-error", &code.no_web_error)}
            {ui::checkbox("qr_off_line", "The code may open off line in any case",
                Some("An online code goes into the terminals' lists, with the link's own hours if it has any. A code with a number of openings or minutes between them opens off line once a terminal, and not by a list that was made during such minutes at its door; what went over the number, or came too soon, is marked afterwards. An offline code of a link with hours of its own is refused off line all the same: the hours do not fit into it.".into()),
                code.off_line)}
        </fieldset>
    }
    .into_any()
}
