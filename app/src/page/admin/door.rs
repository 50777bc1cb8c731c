//! One door: how it stands, what can be done, what happened.

use leptos::prelude::*;

use super::{Chrome, DoorState, EventLine, doors, parts, week};
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Fact, icon::Icon};

/// The door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `door_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// `place_…`.
    pub place_id: String,
    /// The place's name.
    pub place_name: String,
    /// How it stands.
    pub state: DoorState,
    /// How it is opened: *Simulator*.
    pub driver: String,
    /// How long it stays unlocked, seconds.
    pub unlock_seconds: i64,
    /// Whether links and codes may open it.
    pub accepts_digital: bool,
    /// Since when, by whom and why it is locked down.
    pub lockdown: Option<Lockdown>,
    /// Its schedule's id and name; none: always.
    pub schedule: Option<(String, String)>,
    /// A week of it; none for always.
    pub week: Option<week::Model>,
    /// What binds members' taps, in words; empty for nothing.
    pub restrictions: String,
    /// The groups it is in: id and name.
    pub groups: Vec<(String, String)>,
    /// Links that are not over and open it.
    pub links: i64,
    /// The last events, newest first.
    pub events: Vec<EventLine>,
    /// A new request id for the button.
    pub request_id: String,
    /// The version, for stale forms.
    pub version: i64,
}

/// A lockdown of the door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockdown {
    /// Since when.
    pub since: Moment,
    /// Who; may be empty.
    pub by: String,
    /// Why; may be empty.
    pub reason: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let id = model.id.clone();
    let token = chrome.form_token.clone();
    let actions = view! {
        {doors::unlock(&id, &model.name, &model.state, &model.request_id, (&token, &format!("/doors/{id}")), "btn primary")}
        <a class="btn" href=format!("/doors/{id}/could-it-open")>{Icon::Question.view()} "Could it open?"</a>
        <a class="btn" href=format!("/doors/{id}/edit")>{Icon::Edit.view()} "Edit"</a>
        <a class="btn danger" href=format!("/doors/{id}/remove")>{Icon::Remove.view()} "Remove"</a>
    };
    let place = view! { <a href=format!("/places/{}", model.place_id)>{model.place_name.clone()}</a> };
    let hours = match &model.schedule {
        Some((schedule, name)) => view! { <a href=format!("/schedules/{schedule}")>{name.clone()}</a> }.into_any(),
        None => "Always".into_any(),
    };
    let links = view! { <a href=format!("/links?door={id}")>{ui::count(model.links, "link", "links")}</a> };
    let digital = if model.accepts_digital { "May open it" } else { "Refused: no link opens this door" };
    let facts = ui::facts([
        Fact::text("What", &model.description),
        Some(Fact::new("Place", place.into_any())),
        parts::named_links("Groups", "/groups", &model.groups),
        Some(Fact::new("Opens", hours)),
        Fact::text("Members", &model.restrictions).map(|fact| fact.more("Does not apply to access links and QR codes")),
        Fact::text("Driver", &model.driver),
        Some(Fact::new("Unlocked for", format!("{} s", model.unlock_seconds).into_any())),
        Fact::text("Access links", digital),
        Some(Fact::new("Opened by", links.into_any()).more("that are not over")),
    ]);
    let log = view! { <a class="small" href=format!("/events?door={id}")>"In the event log"</a> };
    let what_happened = parts::timeline(model.events, "Nothing yet. The first opening will stand here.");
    let body = view! {
        {ui::back("/doors", "Doors")}
        {ui::head(&model.name, Some(model.state.badge()), actions.into_any())}
        <div class="grid cols">
            <div class="grid">
                {ui::card("What happened", log.into_any(), what_happened)}
                {model.week.map(|shown| week::card("Hours", shown))}
            </div>
            <div class="grid">
                {ui::card("Door", ().into_any(), facts)}
                {lockdown(&id, model.version, model.lockdown, &token)}
            </div>
        </div>
    };
    shell::admin(chrome, &model.name, Islands::None, body.into_any())
}

fn lockdown(id: &str, version: i64, lockdown: Option<Lockdown>, token: &str) -> AnyView {
    let body = if let Some(lockdown) = lockdown {
        let facts = ui::facts([
            Some(Fact::new("Since", ui::time(&lockdown.since))),
            Fact::text("By", &lockdown.by),
            Fact::text("Why", &lockdown.reason),
        ]);
        let lift = view! {
            {ui::version(version)}
            <button class="btn">{Icon::Open.view()} "Lift the lockdown"</button>
        };
        view! {
            <p>"This door opens for nobody, not for admins either."</p>
            {facts}
            {ui::form(format!("/doors/{id}/lift"), token, "", lift.into_any())}
        }
        .into_any()
    } else {
        let fields = view! {
            {ui::version(version)}
            <p>"It opens for nobody, neither links nor admins, until somebody lifts it."</p>
            {ui::input("reason", "Why", ui::Field::default()).longest(200).autocomplete("off").view()}
            <button class="btn danger solid">{Icon::Lockdown.view()} "Lock down"</button>
        };
        view! {
            <details class="fold">
                <summary class="btn danger">{Icon::Lockdown.view()} "Lock this door down"</summary>
                {ui::form(format!("/doors/{id}/lockdown"), token, "stack", fields.into_any())}
            </details>
        }
        .into_any()
    };
    ui::card("Lockdown", ().into_any(), view! { <div class="stack">{body}</div> }.into_any())
}
