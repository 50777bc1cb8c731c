//! What several pages show: a door's state, an event's line.

use domain::event::Outcome;
use domain::role::Role;
use leptos::prelude::*;

use super::said;
use crate::text::when::Moment;
use crate::ui::{self, Badge, Fact, Field, Tone};

/// The way on from a page: a link and its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WayBack {
    /// The address.
    pub href: String,
    /// The words.
    pub label: String,
}

impl WayBack {
    /// A way.
    #[must_use]
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

/// How a door stands at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DoorState {
    /// Shut, and it would answer.
    #[default]
    Locked,
    /// Open for so many more seconds.
    Open {
        /// Seconds left, rounded up.
        seconds: i64,
    },
    /// Locked down: opens for nobody.
    LockedDown,
    /// What opens it cannot be reached.
    Offline,
}

impl DoorState {
    pub(super) fn badge(&self) -> Badge {
        match self {
            Self::Locked => Badge::new(Tone::Plain, "Locked"),
            Self::Open { seconds } => Badge::new(Tone::Ok, format!("Open, {seconds} s")),
            Self::LockedDown => Badge::new(Tone::No, "Locked down"),
            Self::Offline => Badge::new(Tone::Off, "Offline"),
        }
    }
}

/// One event as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine {
    /// `event_…`.
    pub id: String,
    /// When it happened.
    pub at: Moment,
    /// Who: *Ada Keller*, *Maya Lindqvist*, *Latchkey*.
    pub who: String,
    /// What they did to what: *opened Front door*.
    pub did: String,
    /// More, in small print: *Link from Jonas Weber*, or the reason in words. May be empty.
    pub detail: String,
    /// How it came out.
    pub outcome: Outcome,
    /// The outcome in a word: *Granted*, *Expired*, *Sent*.
    pub badge: String,
}

impl EventLine {
    pub(super) fn tone(&self) -> Tone {
        tone(self.outcome)
    }
}

pub(super) fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Granted => Tone::Ok,
        Outcome::Denied => Tone::No,
        Outcome::Failed => Tone::Warn,
        Outcome::Done => Tone::Plain,
    }
}

/// A timeline of events; `nothing` is what it says when there are none.
pub(super) fn timeline(events: Vec<EventLine>, nothing: &'static str) -> AnyView {
    if events.is_empty() {
        return view! { <p class="muted">{nothing}</p> }.into_any();
    }
    let lines = events
        .into_iter()
        .map(|event| {
            let class = match event.outcome {
                Outcome::Granted => "ok",
                Outcome::Denied => "no",
                Outcome::Failed => "warn",
                Outcome::Done => "",
            };
            let detail =
                (!event.detail.is_empty()).then(|| view! { <span class="muted">" · " {event.detail.clone()}</span> });
            let word = if event.outcome == Outcome::Done { "More" } else { "Why?" };
            let why = format!("{word} {} {}", event.who, event.did);
            view! {
                <li class=class>
                    <p><b>{event.who}</b> " " {event.did} {detail}</p>
                    <p class="small muted">
                        {ui::time(&event.at)} " · " <a href=format!("/events/{}", event.id) aria-label=why>{word}</a>
                    </p>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="line">{lines}</ol> }.into_any()
}

/// A fact that names things with pages of their own; none without any.
pub(super) fn named_links(name: &'static str, path: &'static str, things: &[(String, String)]) -> Option<Fact> {
    if things.is_empty() {
        return None;
    }
    let links = things
        .iter()
        .enumerate()
        .map(|(index, (id, name))| {
            let comma = (index > 0).then_some(", ");
            view! { {comma} <a href=format!("{path}/{id}")>{name.clone()}</a> }
        })
        .collect_view();
    Some(Fact::new(name, links.into_any()))
}

/// A choice of a role, each with what it may do.
pub(super) fn roles(choices: &[Role], chosen: &Field) -> AnyView {
    let options = choices
        .iter()
        .map(|role| {
            let checked = role.code() == chosen.value;
            let described = format!("may-{}", role.code());
            let may = said::role_may(*role);
            let may = format!("May {may}.");
            view! {
                <label>
                    <input type="radio" name="role" value=role.code() checked=checked required aria-describedby=described.clone()/>
                    <span><b>{said::role(*role)}</b> <span class="more" id=described>{may}</span></span>
                </label>
            }
        })
        .collect_view();
    let error = chosen.error.clone().map(|error| view! { <p class="error" id="role-error">{error}</p> });
    let class = if chosen.error.is_some() { "group roles wrong" } else { "group roles" };
    view! { <div class=class role="radiogroup" aria-label="Role">{options}{error}</div> }.into_any()
}

/// A path with the pairs that have a value as its query.
pub(super) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (index, (name, value)) in pairs.iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        address.push(if index == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                address.push(char::from(byte));
            } else {
                address.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    address
}
