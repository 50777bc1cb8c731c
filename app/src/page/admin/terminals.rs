//! The terminals: where each stands, whether it is on line, and how old the list is that it decides by.

use domain::role::Right;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Tone, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By name.
    pub terminals: Vec<Row>,
    /// Whether there is a door at which one could stand.
    pub has_door: bool,
}

/// How a terminal stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TerminalState {
    /// Its code waits to be typed at a device.
    #[default]
    Unpaired,
    /// Nobody typed it in time.
    CodeOver,
    /// It was heard a moment ago.
    OnLine,
    /// It was not.
    OffLine,
    /// It opens nothing more.
    Revoked,
}

impl TerminalState {
    /// As a badge.
    #[must_use]
    pub fn badge(self) -> Badge {
        match self {
            Self::Unpaired => Badge::new(Tone::Key, "Waits for its code"),
            Self::CodeOver => Badge::new(Tone::Warn, "Code ran out"),
            Self::OnLine => Badge::new(Tone::Ok, "On line"),
            Self::OffLine => Badge::new(Tone::Off, "Off line"),
            Self::Revoked => Badge::new(Tone::No, "Revoked"),
        }
    }
}

/// The list that a terminal decides by without a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// When its facts were read.
    pub made: Moment,
    /// How long ago that was: *4 min*.
    pub age: String,
    /// From when on it opens nothing.
    pub until: Moment,
    /// Whether that is over.
    pub over: bool,
}

/// One terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// `terminal_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its door's name.
    pub door: String,
    /// Its place's name.
    pub place: String,
    /// How it stands.
    pub state: TerminalState,
    /// Its list, where it has one.
    pub list: Option<Held>,
    /// When it was heard last.
    pub seen: Option<Moment>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let may = chrome.may(Right::House);
    let add = (may && model.has_door)
        .then(|| view! { <a class="btn primary" href="/terminals/new">{Icon::Add.view()} "New terminal"</a> });
    let list = if model.terminals.is_empty() {
        let first = match (may, model.has_door) {
            (true, true) => view! { <a class="btn" href="/terminals/new">"Add the first terminal"</a> }.into_any(),
            (true, false) => view! { <a class="btn" href="/doors/new">"Add a door first"</a> }.into_any(),
            (false, _) => ().into_any(),
        };
        ui::empty(
            Icon::Terminal,
            "No terminals yet",
            "A terminal stands at a door and reads QR codes: a tablet, an old phone, or a small computer with a scanner. It opens without a network, too.",
            first,
        )
    } else {
        let rows = model.terminals.into_iter().map(row).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let body = view! { {ui::head("Terminals", None, add.into_any())} <div class="card">{list}</div> };
    shell::admin(chrome, "Terminals", Islands::None, body.into_any())
}

fn row(terminal: Row) -> AnyView {
    let more = terminal.list.as_ref().map(|list| {
        let nothing = if list.over { " and opens nothing" } else { "" };
        format!("Its list is {} old{nothing}", list.age)
    });
    let seen = terminal.seen.as_ref().map(|seen| view! { "Heard " {ui::time(seen)} });
    let dot = (more.is_some() && seen.is_some()).then_some(" · ");
    let both = (more.is_some() || seen.is_some()).then(|| view! { <p class="small muted num">{more} {dot} {seen}</p> });
    view! {
        <li class="pair">
            <div>
                <a class="cover" href=format!("/terminals/{}", terminal.id)><b>{terminal.name}</b></a>
                <p class="small muted">{format!("{} · {}", terminal.door, terminal.place)}</p>
                {both}
            </div>
            {terminal.state.badge().view()}
        </li>
    }
    .into_any()
}
