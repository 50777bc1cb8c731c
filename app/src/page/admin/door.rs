//! One door: how it stands, what can be done, what happened.

use domain::role::Right;
use leptos::prelude::*;

use super::terminals::TerminalState;
use super::{Chrome, DoorState, EventLine, doors, parts, week};
use crate::island::StandingBadge;
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
    /// What the driver talks to; may be empty.
    pub address: String,
    /// Why it is off line, in the driver's words; may be empty.
    pub trouble: String,
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
    /// For how long a terminal without a network opens it by its list, hours.
    pub list_hours: i64,
    /// The terminals that stand at it.
    pub terminals: Vec<Terminal>,
    /// The last events, newest first.
    pub events: Vec<EventLine>,
    /// A new request id for the button.
    pub request_id: String,
    /// The version, for stale forms.
    pub version: i64,
}

/// A terminal at the door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// `terminal_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: TerminalState,
    /// Whether the door opens by its relay.
    pub opens: bool,
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
    let badge = model.state.badge();
    let state = view! {
        <StandingBadge class=badge.class().to_owned() text=badge.text url=format!("/doors/{id}/stream")/>
    };
    let state = state.into_any();
    let opens = opens(&model, chrome.may(Right::House), &token);
    let may_open = chrome.may(Right::Doors);
    let unlock = may_open.then(|| {
        let page = format!("/doors/{id}");
        doors::unlock(&id, &model.name, &model.state, &model.request_id, (&token, &page), "btn primary")
    });
    let change = chrome.may(Right::House).then(|| {
        view! {
            <a class="btn" href=format!("/doors/{id}/edit")>{Icon::Edit.view()} "Edit"</a>
            <a class="btn danger" href=format!("/doors/{id}/remove")>{Icon::Remove.view()} "Remove"</a>
        }
    });
    let actions = view! {
        {unlock}
        <a class="btn" href=format!("/doors/{id}/could-it-open")>{Icon::Question.view()} "Could it open?"</a>
        {change}
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
        Some(Fact::new("Unlocked for", format!("{} s", model.unlock_seconds).into_any())),
        Fact::text("Access links", digital),
        Some(Fact::new("Opened by", links.into_any()).more("not counting what is over")),
    ]);
    let log = view! { <a class="small" href=format!("/events?door={id}")>"In the event log"</a> };
    let what_happened = parts::timeline(model.events, "Nothing yet. The first opening will stand here.");
    let body = view! {
        {ui::back("/doors", "Doors")}
        {ui::head_of(&model.name, state, actions.into_any())}
        <div class="grid cols">
            <div class="grid">
                {ui::card("What happened", log.into_any(), what_happened)}
                {model.week.map(|shown| week::card("Hours", shown))}
            </div>
            <div class="grid">
                {ui::card("Door", ().into_any(), facts)}
                {opens}
                {terminals(&id, &model.terminals, model.list_hours, chrome.may(Right::House))}
                {lockdown(&id, model.version, model.lockdown, may_open.then_some(&token))}
            </div>
        </div>
    };
    shell::admin(chrome, &model.name, Islands::Some, body.into_any())
}

/// The terminals at the door, and for how long they go on without a network.
fn terminals(id: &str, terminals: &[Terminal], hours: i64, may_add: bool) -> AnyView {
    let add = (may_add && terminals.is_empty())
        .then(|| view! { <p class="row"><a class="btn" href=format!("/terminals/new?door={id}")>{Icon::Add.view()} "Add a terminal"</a></p> });
    let inside = if terminals.is_empty() {
        view! { <p class="muted">"None stands here, so no QR code is read at this door."</p> {add} }.into_any()
    } else {
        let rows = terminals
            .iter()
            .map(|terminal| {
                let more = terminal.opens.then(|| view! { <span class="more">"Its relay opens this door"</span> });
                view! {
                    <li class="pair">
                        <div><a class="cover" href=format!("/terminals/{}", terminal.id)><b>{terminal.name.clone()}</b></a> {more}</div>
                        {terminal.state.badge().view()}
                    </li>
                }
            })
            .collect_view();
        let age = format!("Without a network they open for {} by their lists.", ui::count(hours, "hour", "hours"));
        return ui::card_of(
            "card",
            "Terminals",
            view! { <a class="small" href=format!("/doors/{id}/still-in")>"Who could still get in?"</a> }.into_any(),
            view! { <ul class="rows">{rows}</ul> <p class="body small muted">{age}</p> }.into_any(),
        );
    };
    let ask = view! { <a class="small" href=format!("/doors/{id}/still-in")>"Who could still get in?"</a> };
    ui::card("Terminals", ask.into_any(), view! { <div class="stack">{inside}</div> }.into_any())
}

/// How it opens, and the button that tries it.
fn opens(model: &Model, may_test: bool, token: &str) -> AnyView {
    let facts = ui::facts([
        Fact::text("Driver", &model.driver),
        Fact::text("Address", &model.address),
        Fact::text("Off line", &model.trouble),
    ]);
    let test = (may_test && model.state != DoorState::LockedDown).then(|| {
        let button = view! {
            <p>"This opens the door for real, now, and takes nobody's opening. What the door answers is said here and stands in the log."</p>
            <button class="btn">{Icon::Test.view()} "Open it to test"</button>
        };
        view! {
            <details class="fold">
                <summary class="btn">{Icon::Test.view()} "Test"</summary>
                {ui::form(format!("/doors/{}/test", model.id), token, "stack", button.into_any())}
            </details>
        }
    });
    ui::card("How it opens", ().into_any(), view! { <div class="stack">{facts}{test}</div> }.into_any())
}

/// How it stands, and for those who may the way to lock it down or lift it: they have the token.
fn lockdown(id: &str, version: i64, lockdown: Option<Lockdown>, token: Option<&String>) -> AnyView {
    let body = if let Some(lockdown) = lockdown {
        let facts = ui::facts([
            Some(Fact::new("Since", ui::time(&lockdown.since))),
            Fact::text("By", &lockdown.by),
            Fact::text("Why", &lockdown.reason),
        ]);
        let lift = token.map(|token| {
            let button = view! {
                {ui::version(version)}
                <button class="btn">{Icon::Open.view()} "Lift the lockdown"</button>
            };
            ui::form(format!("/doors/{id}/lift"), token, "", button.into_any())
        });
        view! {
            <p>"This door opens for nobody, not for admins either. A terminal that is off line does not know yet: "
                <a href=format!("/doors/{id}/still-in")>"who could still get in?"</a></p>
            {facts}
            {lift}
        }
        .into_any()
    } else if let Some(token) = token {
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
    } else {
        view! { <p class="muted">"Not locked down."</p> }.into_any()
    };
    ui::card("Lockdown", ().into_any(), view! { <div class="stack">{body}</div> }.into_any())
}
