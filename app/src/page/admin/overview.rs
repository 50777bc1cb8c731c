//! The overview: today in numbers, the doors, what happens now, what ends soon, and the first steps.

use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, doors, gauges, parts};
use crate::island::{FeedItem, LiveFeed};
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, icon::Icon};

mod chart;

/// The overview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Openings granted since midnight.
    pub opened_today: i64,
    /// Openings refused since midnight.
    pub refused_today: i64,
    /// Why, most frequent first: the badge's word of `said::badge` and how many.
    pub refused_why: Vec<(String, i64)>,
    /// The same by the hour, midnight first; every hour of the day that has come.
    pub hours: Vec<Hour>,
    /// Midnight as the event log's filter has it.
    pub today: String,
    /// The places that could be locked down: id and name.
    pub places: Vec<(String, String)>,
    /// Links that open doors now.
    pub active_links: i64,
    /// How many of them end within 24 hours.
    pub ending_links: i64,
    /// E-mails that a mail server took today.
    pub sent_today: i64,
    /// E-mails kept today because no mail server is configured.
    pub kept_today: i64,
    /// E-mails that could not be sent today.
    pub failed_today: i64,
    /// The first few doors; the description of each is its place's name.
    pub doors: Vec<doors::Row>,
    /// How many doors there are.
    pub door_count: i64,
    /// The last events, newest first.
    pub feed: Vec<FeedItem>,
    /// Where the stream of new ones is: `/events/stream`.
    pub stream: String,
    /// Links that end soon, soonest first.
    pub ending: Vec<Ending>,
    /// What the organization may send, and has.
    pub gauges: Vec<gauges::Gauge>,
    /// Terminals that are off line, by name.
    pub silent: Vec<Silent>,
    /// What a fresh organization has yet to do.
    pub first_steps: Option<FirstSteps>,
}

/// What happened in an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// What the clock showed at its beginning: *09*.
    pub label: String,
    /// Openings granted.
    pub granted: i64,
    /// Openings refused.
    pub refused: i64,
}

/// A link that ends soon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// `link_…`.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// Its doors' names.
    pub doors: Vec<String>,
    /// When it ends.
    pub until: Moment,
    /// A day later, as the form that extends it has it.
    pub later: String,
    /// The zone of that.
    pub zone: String,
    /// Its version, for stale forms.
    pub version: i64,
}

/// A terminal that is off line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silent {
    /// `terminal_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was heard last.
    pub seen: Option<Moment>,
}

/// What is done of the three first steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstSteps {
    /// There is a place.
    pub place: bool,
    /// There is a door.
    pub door: bool,
    /// There is a link.
    pub link: bool,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let fresh = model.first_steps.is_some();
    let add = (!fresh && chrome.may(Right::Links))
        .then(|| view! { <a class="btn primary" href="/links/new">{Icon::Add.view()} "New access link"</a> });
    let lock = (!fresh && chrome.may(Right::Doors)).then(|| lock_down(&model.places));
    let steps = model.first_steps.map(first_steps);
    let stats = (!fresh).then(|| stats(&model));
    let chart = (!fresh).then(|| chart::view(&model.hours, &model.today));
    let doors = (!model.doors.is_empty()).then(|| {
        let label = format!("All {}", model.door_count);
        let all = view! { <a class="small" href="/doors">{label}<span class="hidden">" doors"</span></a> };
        ui::card_of("card", "Doors", all.into_any(), doors::rows(model.doors, &chrome, "/"))
    });
    let extend = chrome.may(Right::Links).then_some(chrome.form_token.as_str());
    let ending = (!fresh).then(|| ending(model.ending, extend));
    let silent = silent(&model.silent);
    let body = view! {
        {ui::head("Overview", None, view! { {lock} {add} }.into_any())}
        {silent}
        {stats}
        <div class="grid cols">
            <div class="grid">{steps}{chart}{doors}{ending}{gauges::view(model.gauges)}</div>
            <div class="grid"><section class="card"><LiveFeed items=model.feed url=model.stream/></section></div>
        </div>
    };
    shell::admin(chrome, "Overview", Islands::Some, body.into_any())
}

/// Terminals that are off line: they open by their lists and do not hear of what changes.
fn silent(terminals: &[Silent]) -> AnyView {
    let said = match terminals {
        [] => return ().into_any(),
        [one] => view! {
            <a href=format!("/terminals/{}", one.id)>{one.name.clone()}</a> " is off line, heard "
            {match &one.seen { Some(seen) => ui::time(seen), None => "never".into_any() }} " last. "
        }
        .into_any(),
        several => {
            let names: Vec<String> = several.iter().take(3).map(|one| one.name.clone()).collect();
            let names =
                if several.len() > names.len() { format!("{}, …", names.join(", ")) } else { ui::list(&names) };
            view! { <a href="/terminals">{format!("{} terminals are off line", several.len())}</a> ": " {names} ". " }
                .into_any()
        }
    };
    view! {
        <div class="flash warn">
            {Icon::Offline.view()}
            <p>{said} "Off line a terminal opens by its last list, and does not know whom you revoked since."</p>
        </div>
    }
    .into_any()
}

/// The way to a place's lockdown: at once where there is one place, else by choosing.
fn lock_down(places: &[(String, String)]) -> AnyView {
    let address = |id: &str| format!("/places/{id}/lockdown");
    match places {
        [] => ().into_any(),
        [(id, _)] => {
            view! { <a class="btn" href=address(id)>{Icon::Lockdown.view()} "Lock the place down"</a> }.into_any()
        }
        several => {
            let choices = several
                .iter()
                .map(|(id, name)| view! { <a class="btn" href=address(id)>{name.clone()}</a> })
                .collect_view();
            view! {
                <details class="fold extend">
                    <summary class="btn">{Icon::Lockdown.view()} "Lock a place down"</summary>
                    <div class="card pad stack menu">{choices}</div>
                </details>
            }
            .into_any()
        }
    }
}

fn stats(model: &Model) -> AnyView {
    let why: Vec<String> =
        model.refused_why.iter().map(|(word, count)| format!("{count} {}", word.to_lowercase())).collect();
    let why = if why.is_empty() { "nobody was turned away".to_owned() } else { why.join(", ") };
    let mail = match (model.kept_today, model.failed_today) {
        (0, 0) => "none failed".to_owned(),
        (0, failed) => format!("{failed} failed"),
        (kept, 0) => format!("{kept} kept: no mail server configured"),
        (kept, failed) => format!("{failed} failed, {kept} kept: no mail server configured"),
    };
    let ending = match model.ending_links {
        0 => "none ends within 24 hours".to_owned(),
        some => format!("{} within 24 hours", ui::count(some, "ends", "end")),
    };
    let today = |outcome: &str| {
        parts::address("/events", &[("action", "door.unlock"), ("outcome", outcome), ("since", &model.today)])
    };
    view! {
        <div class="grid stats">
            {stat("Opened today", model.opened_today, String::new(), today("granted"))}
            {stat("Refused today", model.refused_today, why, today("denied"))}
            {stat("Active links", model.active_links, ending, "/links?state=active".into())}
            {stat("E-mails sent today", model.sent_today, mail, "/deliveries".into())}
        </div>
    }
    .into_any()
}

fn stat(name: &'static str, number: i64, more: String, href: String) -> AnyView {
    view! {
        <div class="card stat">
            <h2><a class="cover" href=href>{name}</a></h2>
            <p class="num">{number}</p>
            <p class="small muted">{more}</p>
        </div>
    }
    .into_any()
}

fn ending(links: Vec<Ending>, extend: Option<&str>) -> AnyView {
    let all = view! { <a class="small" href="/links?state=active">"Active links"</a> };
    let list = if links.is_empty() {
        view! { <p class="body muted">"No active link ends within 24 hours."</p> }.into_any()
    } else {
        let rows = links
            .into_iter()
            .map(|link| {
                let longer = extend.map(|token| {
                    let inside = view! {
                        {ui::version(link.version)}
                        <input type="hidden" name="zone" value=link.zone.clone()/>
                        <input type="hidden" name="valid_until" value=link.later.clone()/>
                        <button class="btn small">"One day more"<span class="hidden">" for " {link.name.clone()}</span></button>
                    };
                    ui::form(format!("/links/{}/extend", link.id), token, "over", inside.into_any())
                });
                view! {
                    <li class="ending">
                        <div>
                            <a class="cover" href=format!("/links/{}", link.id)><b>{link.name}</b></a>
                            <p class="small muted">{link.doors.join(", ")}</p>
                        </div>
                        <span class="small num">{ui::time(&link.until)}</span>
                        {longer}
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    ui::card_of("card", "Ending soon", all.into_any(), list)
}

fn first_steps(steps: FirstSteps) -> AnyView {
    let step =
        |done: bool, ready: bool, title: &'static str, text: &'static str, href: &'static str, label: &'static str| {
            let state = if done { view! { <span class="badge ok">"Done"</span> }.into_any() } else { ().into_any() };
            let action = (!done && ready).then(|| view! { <a class="btn primary" href=href>{label}</a> });
            let class = if done { "done" } else { "" };
            view! { <li class=class><div><h3>{title}</h3><p class="muted">{text}</p></div>{state}{action}</li> }
        };
    let list = view! {
        <ol class="steps">
            {step(steps.place, true, "Add a place", "A site with an address and a clock.", "/places/new", "Add a place")}
            {step(steps.door, steps.place, "Add a door", "It starts out simulated, so you can try everything now.", "/doors/new", "Add a door")}
            {step(steps.link, steps.door, "Make an access link", "Open it on your phone and unlock the door.", "/links/new", "Make a link")}
        </ol>
    };
    ui::card_of("card", "First steps", ().into_any(), list.into_any())
}
