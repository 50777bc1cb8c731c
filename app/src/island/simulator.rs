//! The simulator's doors, drawn shut or open as they are at this moment.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A simulated door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedDoor {
    /// `door_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place's name.
    pub place: String,
    /// Whether it is open.
    pub open: bool,
    /// How it behaves: `ready`, `slow`, `dead`, `refusing`, `offline`.
    pub mode: String,
}

/// One message of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorNews {
    /// `door_…`.
    pub door: String,
    /// `open` or `locked`.
    pub state: String,
    /// Until when it is open, Unix ms.
    #[serde(default)]
    pub until_ms: Option<i64>,
}

/// Each mode: its code, its name, what it does.
const MODES: [(&str, &str, &str); 5] = [
    ("ready", "Ready", "Opens at once."),
    ("slow", "Slow", "Opens after three seconds."),
    ("dead", "Dead", "Takes the command and never answers."),
    ("refusing", "Refusing", "Answers that it will not open."),
    ("offline", "Offline", "Cannot be reached, and says so."),
];

/// The doors with their switches; `url` is the stream's address, `token` the forms', empty for those who may switch none.
#[island]
pub fn SimulatorDoors(doors: Vec<SimulatedDoor>, token: String, url: String) -> impl IntoView {
    let open: Vec<String> = doors.iter().filter(|door| door.open).map(|door| door.id.clone()).collect();
    let (open, set_open) = signal(open);
    #[cfg(feature = "hydrate")]
    follow(&url, set_open);
    #[cfg(not(feature = "hydrate"))]
    drop((url, set_open));
    let doors = doors.into_iter().map(|door| card(door, token.clone(), open)).collect_view();
    view! { <ul class="grid sims">{doors}</ul> }
}

fn card(door: SimulatedDoor, token: String, open: ReadSignal<Vec<String>>) -> impl IntoView {
    let id = door.id.clone();
    let is_open = move || open.with(|open| open.contains(&id));
    let shown = is_open.clone();
    let (name, explained) = MODES.iter().find(|mode| mode.0 == door.mode).map_or(("", ""), |mode| (mode.1, mode.2));
    let modes = MODES
        .iter()
        .map(|(code, name, _)| {
            let current = (*code == door.mode).then_some("true");
            view! { <button class="btn small" name="mode" value=*code aria-pressed=current.unwrap_or("false")>{*name}</button> }
        })
        .collect_view();
    let behaves = if token.is_empty() {
        view! { <p class="small muted">{format!("{name}. {explained}")}</p> }.into_any()
    } else {
        view! {
            <form method="post" action=format!("/simulator/{}/mode", door.id)>
                <input type="hidden" name="csrf" value=token/>
                <div class="modes" role="group" aria-label="How it behaves">{modes}</div>
                <p class="small muted">{explained}</p>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="card sim">
            <svg class=move || if is_open() { "leaf open" } else { "leaf" } viewBox="0 0 64 96" aria-hidden="true">
                <rect class="frame" x="4" y="4" width="56" height="90" rx="3"/>
                <path class="panel" d="M9 9h46v85H9z"/>
                <circle class="knob" cx="48" cy="54" r="3"/>
            </svg>
            <div>
                <h2>{door.name}</h2>
                <p class="small muted">{door.place}</p>
                <p class="says">{move || if shown() { "Open" } else { "Locked" }}</p>
                {behaves}
            </div>
        </li>
    }
}

#[cfg(feature = "hydrate")]
fn follow(url: &str, open: WriteSignal<Vec<String>>) {
    super::stream::follow(
        url,
        |_| (),
        move |news: DoorNews| {
            open.update(|open| {
                open.retain(|id| *id != news.door);
                if news.state == "open" {
                    open.push(news.door);
                }
            });
        },
    );
}
