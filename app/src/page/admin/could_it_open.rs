//! Could it open? For a link or an admin, a door and a moment: yes or no, by the decision that a tap would meet, with
//! every check.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Choice, Field, Tone};

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `door_…`.
    pub id: String,
    /// The door's name.
    pub door: String,
    /// Its place's zone.
    pub zone: String,
    /// Who asks: a link's id, or `admin`.
    pub who: Field,
    /// Whom to choose from.
    pub choices: Vec<Choice>,
    /// The moment, `YYYY-MM-DDTHH:MM` in [`Model::zone`].
    pub at: Field,
    /// The answer, once it was asked.
    pub answer: Option<Answer>,
}

/// What it would come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Whether it would open.
    pub open: bool,
    /// Who: *Ada Keller*, *an admin*.
    pub who: String,
    /// When.
    pub at: Moment,
    /// Whether that is to come.
    pub ahead: bool,
    /// Every check, in order.
    pub checks: Vec<Check>,
    /// When its hours open it next, where they keep it shut then, in words without the full stop.
    pub opens: Option<String>,
}

/// One check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// Whether it held.
    pub passed: bool,
    /// It in words.
    pub text: String,
    /// What it is about: address and name each.
    pub about: Vec<(String, String)>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let back = format!("/doors/{}", model.id);
    let title = format!("Could {} open?", model.door);
    let fields = view! {
        {ui::select("link", "For whom", model.choices, model.who)}
        {ui::input("at", "When", model.at).kind("datetime-local").required().hint(format!("In {}.", model.zone)).view()}
        <p class="row"><button class="btn primary">"Ask"</button></p>
    };
    let answer = model.answer.map(|answer| ui::card("Answer", badge(&answer).view(), body(answer, &model.door)));
    let page = view! {
        {ui::back(back.clone(), model.door.clone())}
        {ui::head(&title, None, ().into_any())}
        <div class="grid cols">
            <div class="grid">{answer.unwrap_or_else(|| ui::card("Answer", ().into_any(), view! {
                <p class="muted">"Choose for whom and when. Nothing opens and nothing is counted by asking."</p>
            }.into_any()))}</div>
            {ui::card("Question", ().into_any(), view! { <form method="get" action=format!("{back}/could-it-open") class="stack">{fields}</form> }.into_any())}
        </div>
    };
    shell::admin(chrome, &title, Islands::None, page.into_any())
}

fn badge(answer: &Answer) -> Badge {
    if answer.open { Badge::new(Tone::Ok, "Yes") } else { Badge::new(Tone::No, "No") }
}

fn body(answer: Answer, door: &str) -> AnyView {
    let would = match (answer.open, answer.ahead) {
        (true, true) => "would open for",
        (true, false) => "would have opened for",
        (false, true) => "would stay shut for",
        (false, false) => "would have stayed shut for",
    };
    let opens = answer.opens.map(|opens| view! { <p>{opens} "."</p> });
    let checks = answer.checks.into_iter().map(check).collect_view();
    view! {
        <div class="stack">
            <p role="status">{door.to_owned()} " " {would} " " <b>{answer.who}</b> ", " {ui::time(&answer.at)} "."</p>
            {opens}
            <ol class="checked">{checks}</ol>
            <p class="small muted">
                "Dates and hours are those of that moment. Everything else is taken as it is now, since nobody knows it for another time: openings used and the time since the last one, pauses, lockdowns, and whether the door is on line."
            </p>
        </div>
    }
    .into_any()
}

/// A check as a line of the list.
pub(super) fn check(check: Check) -> AnyView {
    let (class, word) = if check.passed { ("ok", "held") } else { ("no", "failed") };
    let about = check
        .about
        .into_iter()
        .map(|(href, name)| view! { " · " <a class="small" href=href>{name}</a> })
        .collect_view();
    view! { <li class=class>{check.text}<span class="hidden">" ("{word}")"</span> {about}</li> }.into_any()
}
