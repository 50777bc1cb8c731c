//! One event: why it came out so, check by check, and everything that is known about it.

use leptos::prelude::*;

use super::could_it_open::{self, Check};
use super::{Chrome, EventLine, WayBack, parts};
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Fact, Tone};

/// The event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// As lists show it.
    pub line: EventLine,
    /// Why, in a plain sentence; `text::reason::admin` has one for each code. May be empty.
    pub sentence: String,
    /// Every check of the decision, in order; empty where nothing was decided.
    pub trace: Vec<Check>,
    /// `door.unlock`, …
    pub action: String,
    /// The reason's code; may be empty.
    pub reason: String,
    /// Who, with their page where they have one.
    pub actor: Named,
    /// The link that was used.
    pub credential: Option<Named>,
    /// What it was done to.
    pub object: Option<Named>,
    /// When it happened.
    pub occurred: Moment,
    /// When it was written down.
    pub recorded: Moment,
    /// Its number in the log.
    pub sequence: i64,
    /// Its hash, hexadecimal.
    pub hash: String,
    /// The hash it goes on from; empty where it is not known.
    pub before: String,
    /// The very text that the hash covers.
    pub canonical: String,
    /// Whether the hash is that of the text; none where it cannot be told.
    pub matches: Option<bool>,
    /// The request's id; may be empty.
    pub request: String,
    /// Further facts by name, such as the network and browser of who asked.
    pub details: Vec<(String, Vec<Named>)>,
    /// The event that this one follows from.
    pub cause: Option<EventLine>,
    /// What followed from it, oldest first.
    pub followed: Vec<EventLine>,
    /// What came before and after it with the same link and at the same door.
    pub around: Vec<Neighbour>,
}

/// An event before or after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// *Before* or *After*.
    pub when: &'static str,
    /// What both are about: *Front door*.
    pub about: String,
    /// The event.
    pub line: EventLine,
}

/// Something with a name, and its page where it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Its address; may be empty, since what an event names may be gone.
    pub href: String,
}

impl Named {
    fn view(self) -> AnyView {
        if self.href.is_empty() { self.name.into_any() } else { view! { <a href=self.href>{self.name}</a> }.into_any() }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let badge = Badge::new(model.line.tone(), model.line.badge.clone());
    let title = format!("{} {}", model.line.who, model.line.did);
    let back = WayBack::new("/events", "Events");
    let sentence = (!model.sentence.is_empty()).then(|| view! { <p class="lead">{model.sentence.clone()}</p> });
    let trace =
        (!model.trace.is_empty()).then(|| ui::card("What was checked", ().into_any(), trace(model.trace.clone())));
    let followed = (!model.followed.is_empty())
        .then(|| ui::card("What followed", ().into_any(), parts::timeline(model.followed.clone(), "")));
    let cause = model
        .cause
        .clone()
        .map(|cause| ui::card("What it follows from", ().into_any(), parts::timeline(vec![cause], "")));
    let plain = (trace.is_none() && followed.is_none() && cause.is_none())
        .then(|| view! { <p class="muted">"Nothing was decided here: it was simply done, and written down."</p> });
    let around = around(&model.around);
    let proof = proof(&model);
    let body = view! {
        {ui::back(back.href, back.label)}
        {ui::head(&title, Some(badge), ().into_any())}
        {sentence}
        <div class="grid cols">
            <div class="grid">{cause}{trace}{followed}{plain}{around}</div>
            <div class="grid">{ui::card("Facts", ().into_any(), facts(model))}{proof}</div>
        </div>
    };
    shell::admin(chrome, &title, Islands::None, body.into_any())
}

fn trace(checks: Vec<Check>) -> AnyView {
    let rows = checks.into_iter().map(could_it_open::check).collect_view();
    view! { <ol class="checked">{rows}</ol> }.into_any()
}

fn facts(model: Model) -> AnyView {
    let mono = |text: String| view! { <code class="mono">{text}</code> }.into_any();
    let named = |label, named: Option<Named>| named.map(|named| Fact::new(label, named.view()));
    let details = model
        .details
        .into_iter()
        .map(|(name, values)| {
            let values = values
                .into_iter()
                .enumerate()
                .map(|(at, value)| view! { {(at > 0).then_some(", ")} {value.view()} })
                .collect_view();
            view! { <dt>{name}</dt><dd>{values}</dd> }
        })
        .collect_view();
    let exact = |moment: &Moment| ui::time(&Moment { said: moment.exact.clone(), ..moment.clone() });
    let known = ui::facts([
        named("Who", Some(model.actor)),
        named("With", model.credential),
        named("About", model.object),
        Some(Fact::new("Happened", exact(&model.occurred))),
        Some(Fact::new("Recorded", exact(&model.recorded))),
        Some(Fact::new("Action", mono(model.action))),
        (!model.reason.is_empty()).then(|| Fact::new("Reason", mono(model.reason))),
        Some(Fact::new("Number", model.sequence.to_string().into_any())),
        (!model.request.is_empty()).then(|| Fact::new("Request", mono(model.request))),
    ]);
    view! { {known} <dl class="facts more-facts">{details}</dl> }.into_any()
}

fn around(around: &[Neighbour]) -> AnyView {
    if around.is_empty() {
        return ().into_any();
    }
    let rows = around
        .iter()
        .map(|Neighbour { when, about, line }| {
            let badge = Badge::new(line.tone(), line.badge.clone());
            view! {
                <li class="pair">
                    <div>
                        <a class="cover" href=format!("/events/{}", line.id)>
                            <span class="small muted">{*when} ", " {about.clone()} ": "</span>
                            <b>{line.who.clone()}</b> " " {line.did.clone()}
                        </a>
                        <p class="small muted">{ui::time(&line.at)}</p>
                    </div>
                    {badge.view()}
                </li>
            }
        })
        .collect_view();
    ui::card_of("card", "Before and after", ().into_any(), view! { <ul class="rows">{rows}</ul> }.into_any())
}

/// What proves that nobody changed it, for those who want to see.
fn proof(model: &Model) -> AnyView {
    let badge = match model.matches {
        Some(true) => Badge::new(Tone::Ok, "Matches"),
        Some(false) => Badge::new(Tone::No, "Does not match"),
        None => Badge::new(Tone::Off, "Not checked"),
    };
    let inside = view! {
        <div class="body stack">
            <p class="small muted">
                "The hash is the SHA-256 of the 32 bytes of the hash before it, followed by the text, in UTF-8. So no event can be changed, taken out or moved without every later hash being wrong. "
                <code class="mono">"latchkey audit verify"</code> " checks the whole log."
            </p>
            <dl class="facts stacked">
                <dt>"Hash before"</dt><dd><code class="mono">{model.before.clone()}</code></dd>
                <dt>"Text"</dt><dd><code class="mono">{model.canonical.clone()}</code></dd>
                <dt>"Hash"</dt><dd><code class="mono">{model.hash.clone()}</code></dd>
            </dl>
        </div>
    };
    view! {
        <details class="card proof">
            <summary><h2>"Proof"</h2> {badge.view()}</summary>
            {inside}
        </details>
    }
    .into_any()
}
