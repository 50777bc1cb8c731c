//! One terminal: whether it is on line, what it decides by, what it read, and the way to end it.

use domain::role::Right;
use leptos::prelude::*;

use super::terminals::{Held, TerminalState};
use super::{Chrome, EventLine, parts};
use crate::island::StandingBadge;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Fact, icon::Icon};

/// The terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `terminal_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `door_…`.
    pub door_id: String,
    /// Its door's name.
    pub door: String,
    /// Its place's name.
    pub place: String,
    /// How it stands.
    pub state: TerminalState,
    /// Whether its door opens by its relay.
    pub opens: bool,
    /// Since when a device is this terminal.
    pub paired: Option<Moment>,
    /// When it was heard last.
    pub seen: Option<Moment>,
    /// Since when it opens nothing more.
    pub revoked: Option<Moment>,
    /// Its list, where it has one.
    pub list: Option<Held>,
    /// What it runs; may be empty.
    pub software: String,
    /// How its clock goes: *3 s slow*; may be empty.
    pub clock: String,
    /// Whether that is so much that somebody should set it.
    pub clock_far_off: bool,
    /// Entries of its journal that are not here yet.
    pub waiting: i64,
    /// Its last scans, the newest first.
    pub scans: Vec<EventLine>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let id = model.id.clone();
    let badge = model.state.badge();
    let state = view! {
        <StandingBadge class=badge.class().to_owned() text=badge.text url=format!("/terminals/{id}/stream")/>
    };
    let still = view! { <a class="btn" href=format!("/doors/{}/still-in", model.door_id)>{Icon::Question.view()} "Who could still get in?"</a> };
    let actions = chrome.may(Right::House).then(|| {
        let revoke = (model.state != TerminalState::Revoked)
            .then(|| view! { <a class="btn danger" href=format!("/terminals/{id}/revoke")>{Icon::Lockdown.view()} "Revoke"</a> });
        view! {
            <a class="btn" href=format!("/terminals/{id}/edit")>{Icon::Edit.view()} "Edit"</a>
            {revoke}
            <a class="btn danger" href=format!("/terminals/{id}/remove")>{Icon::Remove.view()} "Remove"</a>
        }
    });
    let unpaired = matches!(model.state, TerminalState::Unpaired | TerminalState::CodeOver);
    let code = (unpaired && chrome.may(Right::House)).then(|| connect(&model, &chrome.form_token));
    let nothing = if unpaired {
        "No device is this terminal yet."
    } else {
        "Nothing yet. The first code it reads will stand here."
    };
    let log = (!unpaired)
        .then(|| view! { <a class="small" href=format!("/events?door={}", model.door_id)>"Events of its door"</a> });
    let body = view! {
        {ui::back("/terminals", "Terminals")}
        {ui::head_of(&model.name, state.into_any(), view! { {still} {actions} }.into_any())}
        {warnings(&model)}
        <div class="grid cols">
            <div class="grid">
                {code}
                {ui::card("Last scans", log.into_any(), parts::timeline(model.scans.clone(), nothing))}
            </div>
            <div class="grid">{ui::card("Terminal", ().into_any(), facts(&model))}</div>
        </div>
    };
    shell::admin(chrome, &model.name, Islands::Some, body.into_any())
}

/// What wants a look, each with what to do.
fn warnings(model: &Model) -> AnyView {
    let mut said: Vec<AnyView> = Vec::new();
    if let Some(revoked) = &model.revoked {
        said.push(match &model.list {
            Some(list) if !list.over && model.seen.is_some() => view! {
                "Revoked " {ui::time(revoked)} ". It forgets everything at its next word; should it never come back, its list opens nothing from " {ui::time(&list.until)} " on."
            }
            .into_any(),
            _ => view! { "Revoked " {ui::time(revoked)} ". It opens nothing more." }.into_any(),
        });
    } else {
        if model.state == TerminalState::OffLine {
            said.push(match (&model.seen, &model.list) {
                (Some(seen), Some(list)) if !list.over => view! {
                    "It was heard " {ui::time(seen)} " last. Meanwhile it opens by its list of " {ui::time(&list.made)} ", until " {ui::time(&list.until)} "."
                }
                .into_any(),
                (Some(seen), _) => view! { "It was heard " {ui::time(seen)} " last, and has no list that it could open by." }.into_any(),
                (None, _) => view! { "It was never heard." }.into_any(),
            });
        }
        if model.clock_far_off {
            said.push(view! {
                "Its clock is " {model.clock.clone()} ". It corrects that while it hears the server; set the clock, so that it is right after a start without a network, too."
            }
            .into_any());
        }
    }
    said.into_iter()
        .map(|text| view! { <div class="flash warn">{Icon::Alert.view()} <p>{text}</p></div> })
        .collect_view()
        .into_any()
}

fn connect(model: &Model, token: &str) -> AnyView {
    let text = if model.state == TerminalState::CodeOver {
        "Its pairing code was not typed within 15 minutes. Make a new one when you stand before the device."
    } else {
        "Its pairing code was shown when it was made. A new one takes its place."
    };
    let button = view! { <p>{text}</p> <button class="btn primary">{Icon::Rotate.view()} "New pairing code"</button> };
    ui::card(
        "Connect a device",
        ().into_any(),
        ui::form(format!("/terminals/{}/code", model.id), token, "stack", button.into_any()),
    )
}

fn facts(model: &Model) -> AnyView {
    let door = view! { <a href=format!("/doors/{}", model.door_id)>{model.door.clone()}</a> };
    let moment = |name, at: &Option<Moment>| at.as_ref().map(|at| Fact::new(name, ui::time(at)));
    let list = match &model.list {
        Some(list) => {
            let end = if list.over { "opens nothing since" } else { "opens until" };
            let value = view! { {list.age.clone()} " old, of " {ui::time(&list.made)} };
            Some(Fact::new("List", value.into_any()).more(format!("{end} {}", list.until.said)))
        }
        None if model.paired.is_some() => {
            Some(Fact::new("List", "None yet".into_any()).more("off line it opens nothing"))
        }
        None => None,
    };
    let waiting = (model.waiting > 0).then(|| {
        Fact::new("Journal", format!("{} not here yet", ui::count(model.waiting, "entry", "entries")).into_any())
    });
    ui::facts([
        Some(Fact::new("Door", door.into_any()).more(model.place.clone())),
        Fact::text("Relay", if model.opens { "Opens its door, also by access links" } else { "" }),
        moment("Heard", &model.seen),
        list,
        waiting,
        Fact::text("Clock", &model.clock),
        Fact::text("Software", &model.software),
        moment("Paired", &model.paired),
        moment("Revoked", &model.revoked),
    ])
}
