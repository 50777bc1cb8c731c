//! Who could still get in: at a door and a moment everybody who would be let through, by the server or by a terminal that
//! does not know better yet.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Field, Tone, icon::Icon};

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `door_…`.
    pub id: String,
    /// The door's name.
    pub door: String,
    /// Its place's zone.
    pub zone: String,
    /// The moment, `YYYY-MM-DDTHH:MM` in [`Model::zone`].
    pub at: Field,
    /// The moment as it was understood; none when it was not.
    pub moment: Option<Moment>,
    /// By name.
    pub people: Vec<Person>,
    /// Terminals at this door: what each has to say about the answer.
    pub terminals: Vec<Terminal>,
}

/// Somebody who would be let in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// `link_…`.
    pub link: String,
    /// Whose link it is.
    pub name: String,
    /// The ways.
    pub ways: Vec<Way>,
}

/// A way in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// *By its page*, *By its code*.
    pub how: String,
    /// The terminal that opens by its list; none: the server opens.
    pub terminal: Option<String>,
    /// Until when at the latest; none: without an end.
    pub until: Option<Moment>,
}

/// A terminal at the door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// `terminal_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What its list means for this: *opens by its list of today 14:10 until tomorrow 02:10*.
    pub says: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let back = format!("/doors/{}", model.id);
    let title = format!("Who could still get in at {}?", model.door);
    let fields = view! {
        {ui::input("at", "When", model.at.clone()).kind("datetime-local").required().hint(format!("In {}, from now on.", model.zone)).view()}
        <p class="row"><button class="btn primary">"Ask"</button></p>
    };
    let answer = model.moment.clone().map(|moment| {
        let count = i64::try_from(model.people.len()).unwrap_or(0);
        let badge = if count == 0 {
            Badge::new(Tone::Ok, "Nobody")
        } else {
            Badge::new(Tone::Plain, ui::count(count, "link", "links"))
        };
        let list = if model.people.is_empty() {
            ui::empty(
                Icon::Secure,
                "Nobody",
                "No access link opens this door then: neither by the server nor by any terminal's list.",
                ().into_any(),
            )
        } else {
            let rows = model.people.iter().map(person).collect_view();
            view! { <ul class="rows">{rows}</ul> }.into_any()
        };
        let about = view! { <p class="body small muted">"On " {moment.exact.clone()} ", as things stand now."</p> };
        ui::card_of("card", "Could get in", badge.view(), view! { {about} {list} }.into_any())
    });
    let rows = model
        .terminals
        .into_iter()
        .map(|terminal| {
            view! {
                <li class="pair"><div>
                    <a class="cover" href=format!("/terminals/{}", terminal.id)><b>{terminal.name}</b></a>
                    <p class="small muted">{terminal.says}</p>
                </div></li>
            }
        })
        .collect::<Vec<_>>();
    let terminals = (!rows.is_empty()).then(|| {
        ui::card_of("card", "Terminals here", ().into_any(), view! { <ul class="rows">{rows}</ul> }.into_any())
    });
    let page = view! {
        {ui::back(back.clone(), model.door.clone())}
        {ui::head(&title, None, ().into_any())}
        <div class="grid cols">
            <div class="grid">{answer}</div>
            <div class="grid">
                {ui::card("Question", ().into_any(), view! {
                    <div class="stack">
                        <form method="get" action=format!("{back}/still-in") class="stack">{fields}</form>
                        <p class="small muted">"Admins, who open from this dashboard, are not listed. Whoever holds a key of metal is not either."</p>
                    </div>
                }.into_any())}
                {terminals}
            </div>
        </div>
    };
    shell::admin(chrome, &title, Islands::None, page.into_any())
}

fn person(person: &Person) -> AnyView {
    let ways = person
        .ways
        .iter()
        .map(|way| {
            let by = match &way.terminal {
                None => "the server opens".to_owned(),
                Some(name) => format!("{name} opens by its list, even without a network"),
            };
            let until = way.until.as_ref().map(|until| view! { ", until " {ui::time(until)} });
            view! { <p class="small muted">{way.how.clone()} ": " {by} {until}</p> }
        })
        .collect_view();
    view! {
        <li class="pair"><div>
            <a class="cover" href=format!("/links/{}", person.link)><b>{person.name.clone()}</b></a>
            {ways}
        </div></li>
    }
    .into_any()
}
