//! One access link: what can be done with it, how it is shared, what happened, whether it would open now.

use domain::link::State;
use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, EventLine, MessageLine, links, parts, reach, week};
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Fact, Field, Tone};

mod actions;
mod advice;
mod code;
mod share;

pub use advice::{Advice, DAYS, USES};
pub use code::{Code, named as code_named};

/// The link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// `link_…`.
    pub id: String,
    /// The version, for stale forms.
    pub version: i64,
    /// The version of its address, for the form that makes a new one.
    pub secret_version: i64,
    /// Whose it is.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub phone: String,
    /// May be empty.
    pub company: String,
    /// May be empty.
    pub host_name: String,
    /// May be empty.
    pub host_contact: String,
    /// Who is told of the arrival, in words; empty when nobody is to be.
    pub arrival: String,
    /// May be empty.
    pub note: String,
    /// May be empty.
    pub external_id: String,
    /// *English*, *German*, *As the browser says*.
    pub language: String,
    /// The doors it names.
    pub doors: Vec<Door>,
    /// Hours of its own in words, a line each; none: always.
    pub hours: Vec<String>,
    /// A week of them; none without.
    pub week: Option<week::Model>,
    /// The groups through which it names some of them: id and name.
    pub groups: Vec<(String, String)>,
    /// From when.
    pub from: Moment,
    /// Until when; `None` never ends.
    pub until: Option<Moment>,
    /// Its zone, and how long it has yet: *Europe/Berlin, ends in 3 h 29 min*.
    pub window: String,
    /// Openings so far.
    pub uses: i64,
    /// How many are allowed.
    pub max_uses: Option<i64>,
    /// *10 min between two openings*; empty for none.
    pub cooldown: String,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made: Moment,
    /// When a phone opened the address first.
    pub opened: Option<Moment>,
    /// The address with its secret hidden: `https://door.example/l/••••••••`.
    pub masked_url: String,
    /// The whole address, only when it was asked for.
    pub url: Option<String>,
    /// Its messages, newest first.
    pub messages: Vec<MessageLine>,
    /// Its events, newest first.
    pub events: Vec<EventLine>,
    /// What was typed as new end, when extending was refused; otherwise the present end.
    pub extend_until: Field,
    /// Whether the form for a new end stands open.
    pub extend_open: bool,
    /// The zone that the new end is typed in.
    pub zone: String,
    /// How many terminals know that its codes open nothing more, where that is a question.
    pub reach: Option<reach::Model>,
    /// Whether its person was erased.
    pub erased: bool,
    /// Why a new address would be good now.
    pub advice: Option<Advice>,
    /// Its QR code; none: it has none.
    pub code: Option<Code>,
}

/// A door that the link names, and whether it would open now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// `door_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place's name.
    pub place: String,
    /// `None` if it would open now, else why not, in a few words.
    pub refused: Option<String>,
    /// When its hours open it next, where they keep it shut now: *today 18:00*.
    pub opens: Option<String>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let token = chrome.form_token.clone();
    let advice = model.advice.clone().filter(|_| chrome.may(Right::Links));
    let name = model.name.clone();
    let islands = if model.url.is_some() { Islands::Some } else { Islands::None };
    let log = view! { <a class="small" href=format!("/events?link={}", model.id)>"In the event log"</a> };
    let erase = (chrome.may(Right::Own) && !model.erased).then(|| {
        let text = "Takes out name, addresses and networks, here and beside every event. What happened stays.";
        let button = view! {
            <p class="muted">{text}</p>
            <p class="row"><a class="btn danger" href=format!("/links/{}/erase", model.id)>"Erase this person"</a></p>
        };
        ui::card("Personal data", ().into_any(), view! { <div class="stack">{button}</div> }.into_any())
    });
    let may = chrome.may(Right::Links);
    let actions = may.then(|| view! { {actions::extend(&model, &token)} {actions::head(&model, &token)} });
    let body = view! {
        {ui::back("/links", "Access links")}
        {ui::head(&name, Some(links::badge(model.state)), actions.into_any())}
        <div class="grid cols">
            <div class="grid">
                {advice.map(|advice| advice::view(&model, &advice, &token))}
                {share::card(&model, may.then_some(&token))}
                {code::card(&model, &chrome)}
                {share::deliveries(model.messages.clone())}
                {model.week.clone().map(|shown| week::card("Hours of this link", shown))}
                {ui::card("What happened", log.into_any(), parts::timeline(model.events.clone(), "Nothing yet."))}
            </div>
            <div class="grid">
                {ui::card("Link", ().into_any(), facts(&model))}
                {reach::card(model.reach.clone())}
                {now(&model.id, &model.doors)}
                {erase}
            </div>
        </div>
    };
    shell::admin(chrome, &name, islands, body.into_any())
}

fn facts(model: &Model) -> AnyView {
    let doors: Vec<String> = model.doors.iter().map(|door| door.name.clone()).collect();
    let good = match &model.until {
        Some(until) => view! { {ui::time(&model.from)} " to " {ui::time(until)} }.into_any(),
        None => view! { "From " {ui::time(&model.from)} ", never ends" }.into_any(),
    };
    let more = |fact: Option<Fact>, more: &str| fact.map(|fact| if more.is_empty() { fact } else { fact.more(more) });
    ui::facts([
        Some(Fact::new(
            "Opens",
            if doors.is_empty() { "No door any more".to_owned() } else { doors.join(", ") }.into_any(),
        )),
        parts::named_links("Through", "/groups", &model.groups),
        Some(Fact::new("Good", good).more(model.window.clone())),
        Fact::text("Hours", &model.hours.join("; ")),
        more(Fact::text("Uses", &links::uses(model.uses, model.max_uses)), &model.cooldown),
        if model.host_name.is_empty() {
            Fact::text("Host", &model.host_contact)
        } else {
            more(Fact::text("Host", &model.host_name), &model.host_contact)
        },
        Fact::text("On arrival", &model.arrival),
        Fact::text("Company", &model.company),
        Fact::text("E-mail", &model.email),
        Fact::text("Phone", &model.phone),
        Fact::text("Note", &model.note),
        Fact::text("Language", &model.language),
        Fact::text("External id", &model.external_id),
        Some(Fact::new("Made", view! { {ui::time(&model.made)} " by " {model.made_by.clone()} }.into_any())),
    ])
}

fn now(link: &str, doors: &[Door]) -> AnyView {
    let rows = doors
        .iter()
        .map(|door| {
            let badge = match &door.refused {
                None => Badge::new(Tone::Ok, "Yes"),
                Some(_) => Badge::new(Tone::No, "No"),
            };
            let why = door.refused.clone().map(|why| view! { <span class="more">{why}</span> });
            let opens = door.opens.clone().map(|opens| view! { <span class="more">{opens}</span> });
            view! {
                <li class="pair">
                    <div><a href=format!("/doors/{}", door.id)>{door.name.clone()}</a>
                        <span class="more">{door.place.clone()}</span>{why}{opens}
                        <a class="small" href=format!("/doors/{}/could-it-open?link={link}", door.id)
                            aria-label=format!("Could {} open at another time?", door.name)>"At another time?"</a></div>
                    {badge.view()}
                </li>
            }
        })
        .collect_view();
    ui::card_of("card", "Could it open now?", ().into_any(), view! { <ul class="rows">{rows}</ul> }.into_any())
}
