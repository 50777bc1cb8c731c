//! The page a good link leads to: whose doors, which doors, open?

use leptos::prelude::*;

use super::card::card;
use super::parts::{ask, languages, named, organization, timed};
use super::shell::{Script, document};
use super::{Chrome, Host, code, icon};
use crate::text::when::Moment;
use crate::text::{Words, clean, fill};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Model {
    /// The link's id, as in the page's address.
    pub link_id: String,
    /// The visitor's name.
    pub visitor: String,
    /// Who invited them.
    pub host: Option<Host>,
    /// The end of the window, in the place's zone; `None` for a link that never expires.
    pub good_until: Option<Moment>,
    /// Uses left; `None` for no limit.
    pub uses_left: Option<u64>,
    /// The doors, by place.
    pub places: Vec<Place>,
    /// The link's code.
    pub code: code::Shown,
    /// Whether the code alone opens: then there is nothing to press.
    pub by_code: bool,
    /// The token that a press must bring along.
    pub form_token: String,
    /// When the page was made, Unix ms.
    pub now_ms: i64,
}

/// A place and those of its doors that the link is for.
#[derive(Clone, Debug)]
pub struct Place {
    /// The place's name.
    pub name: String,
    /// Its postal address; may be empty.
    pub address: String,
    /// The doors in the order to show them.
    pub doors: Vec<Door>,
}

/// A door of the link.
#[derive(Clone, Debug)]
pub struct Door {
    /// The door's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where to find it; may be empty.
    pub description: String,
    /// What a press would meet, as far as known when the page was made.
    pub state: DoorState,
}

/// A door's state in a visitor's eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoorState {
    /// A press may open it.
    Ready,
    /// It is open until then, Unix ms.
    Unlocked {
        /// When it locks again, Unix ms.
        until_ms: i64,
    },
    /// Locked for everyone: nothing to press.
    LockedDown,
    /// Outside its hours: nothing to press.
    Closed {
        /// When it opens next, *Monday 08:00*; none when that is far off.
        opens: Option<String>,
    },
    /// Its driver is off line; a press may still find it back.
    Offline,
    /// It refuses links: nothing to press.
    NotAllowed,
}

/// The document.
pub fn view(model: Model, chrome: &Chrome) -> impl IntoView + use<> {
    let words = chrome.language.words();
    let Model { link_id, visitor, host, good_until, uses_left, places, code, by_code, form_token, now_ms } = model;
    let host_name = host.as_ref().map(|host| host.name.clone()).filter(|name| !name.is_empty());
    let title = match &chrome.organization {
        Some(organization) => fill(words.your_doors, &clean(organization)),
        None => fill(words.hello, &clean(&visitor)),
    };
    let script = Script { doors: !by_code, code: code.is_here(), reloads: code.rotates() };
    let empty = places.iter().all(|place| place.doors.is_empty());
    let body = view! {
        <main
            class=if uses_left == Some(0) { "visit spent" } else { "visit" }
            data-csrf=form_token
            data-opening=words.opening
            data-lost=words.no_clear_answer.title
            data-lost-text=words.no_clear_answer.text
            data-left=words.left.join("|")
        >
            {organization(chrome)}
            <div>
                <h1>{named(words.hello, visitor)}</h1>
                {host_name.map(|host| view! { <p class="muted">{named(words.invited_by, host)}</p> })}
            </div>
            <p class="good">{icon::clock()}<span>{good(good_until, words)}{left(uses_left, words)}</span></p>
            {code::view(code, words)}
            {empty.then(|| view! { <p>{words.no_doors}</p> })}
            {places.into_iter().map(|shown| place(shown, &link_id, by_code, now_ms, words)).collect_view()}
            <footer>
                {ask(words.help, host.as_ref())}
                <p class="links">
                    <a href=format!("/visit/{link_id}/calendar.ics")>{words.add_to_calendar}</a>
                    {languages(chrome.language, "")}
                </p>
            </footer>
        </main>
    };
    document(chrome, title, script, body)
}

fn good(until: Option<Moment>, words: &'static Words) -> AnyView {
    match until {
        Some(moment) => timed(words.good_until, moment).into_any(),
        None => words.good_always.into_any(),
    }
}

/// How many openings are left; always there for the script, empty without a limit.
fn left(count: Option<u64>, words: &'static Words) -> impl IntoView {
    view! { <span id="left">{count.map(|count| words.openings_left(count))}</span> }
}

fn place(place: Place, link_id: &str, by_code: bool, now_ms: i64, words: &'static Words) -> impl IntoView + use<> {
    let Place { name, address, doors } = place;
    if doors.is_empty() {
        return None;
    }
    let address = (!address.is_empty()).then(|| view! { " "<span><bdi>{address}</bdi></span> });
    Some(view! {
        <section>
            <h2><bdi>{name}</bdi>{address}</h2>
            <ul>{doors.into_iter().map(|door| card(door, link_id, by_code, now_ms, words)).collect_view()}</ul>
        </section>
    })
}
