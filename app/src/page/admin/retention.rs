//! How long events and people are kept, and what a shorter time destroys.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, Field};

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The organization's version, for stale forms.
    pub version: i64,
    /// Days that events are kept; empty: for good.
    pub event_days: Field,
    /// Days that people are kept; empty: as long as their events.
    pub person_days: Field,
    /// What goes if this is confirmed.
    pub asks: Option<Asks>,
    /// What is wrong with the form as a whole.
    pub form_error: Option<String>,
}

/// What a shorter time destroys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// What is confirmed, as the form sends it back.
    pub confirmed: String,
    /// Events that go.
    pub events: i64,
    /// Events whose people go.
    pub people: i64,
    /// Links whose people go.
    pub links: i64,
}

impl Model {
    /// Puts a sentence where it belongs.
    pub fn fail(&mut self, field: &str, sentence: String) {
        match field {
            "event_days" => self.event_days.error = Some(sentence),
            "person_days" => self.person_days.error = Some(sentence),
            _ => self.form_error = Some(sentence),
        }
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let asked = model.asks.as_ref().map(asks);
    let confirmed =
        model.asks.as_ref().map(|asks| view! { <input type="hidden" name="confirmed" value=asks.confirmed.clone()/> });
    let button = match &model.asks {
        Some(_) => view! {
            <div class="row">
                <button class="btn danger solid">"Shorten, and destroy these"</button>
                <a class="btn" href="/settings/retention">"Keep everything as it is"</a>
            </div>
        }
        .into_any(),
        None => view! { <button class="btn primary">"Save"</button> }.into_any(),
    };
    let fields = view! {
        {ui::form_error(model.form_error)}
        {asked}
        {ui::version(model.version)}
        {confirmed}
        {ui::input("event_days", "Keep events for, days", model.event_days).kind("number").range(1, 3_650)
            .hint("Older events are deleted for good, and the log begins with a signed statement of where it was cut. Empty: they are kept for good.").view()}
        {ui::input("person_days", "Keep people for, days", model.person_days).kind("number").range(1, 3_650)
            .hint("Names, addresses and networks beside older events are deleted, and links that ended longer ago are emptied; what happened stays in the log. Empty: they are kept as long as their events.").view()}
        {button}
    };
    let body = view! {
        {ui::back("/settings", "Settings")}
        {ui::head("Retention", None, ().into_any())}
        <p class="lead">"What is older goes by itself, within the hour. The event log still verifies afterwards."</p>
        <div class="card narrow">{ui::form("/settings/retention", &chrome.form_token, "stack", fields.into_any())}</div>
    };
    shell::admin(chrome, "Retention", Islands::None, body.into_any())
}

fn asks(asks: &Asks) -> AnyView {
    let gone = [
        (asks.events, "event goes", "events go"),
        (asks.people, "event loses its people", "events lose their people"),
        (asks.links, "ended link is emptied of its person", "ended links are emptied of their people"),
    ];
    let mut rows: Vec<AnyView> = gone
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| view! { <li>{ui::count(count, one, many)}</li> }.into_any())
        .collect();
    if rows.is_empty() {
        rows.push(view! { <li>"Nothing is old enough to go today. From now on it goes when it is."</li> }.into_any());
    }
    view! {
        <div class="flash warn" role="alert">
            {ui::icon::Icon::Alert.view()}
            <div class="said">
                <p><b>"This destroys what is older, for good."</b></p>
                <ul class="consequences">{rows.collect_view()}</ul>
                <p>"An export made before keeps it, and still verifies. Nothing has been changed yet."</p>
            </div>
        </div>
    }
    .into_any()
}
