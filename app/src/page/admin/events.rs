//! The event log, filtered, a page at a time.

use domain::event::Outcome;
use leptos::prelude::*;

use super::{Chrome, EventLine, parts};
use crate::shell::{self, Islands};
use crate::ui::{self, Badge, Choice, Field, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// From this day on, `YYYY-MM-DD`.
    pub since: Field,
    /// Up to the end of this day, `YYYY-MM-DD`.
    pub until: Field,
    /// The chosen door's id; empty for all.
    pub door: String,
    /// The doors to choose from.
    pub doors: Vec<Choice>,
    /// The link that the list is limited to: id and name.
    pub link: Option<Choice>,
    /// The outcome that is shown; `None` for all.
    pub outcome: Option<Outcome>,
    /// One page, newest first.
    pub events: Vec<EventLine>,
    /// The key of the next page.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub later_page: bool,
    /// The zone that the days and times are in.
    pub zone: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let filtered = model.later_page
        || model.outcome.is_some()
        || model.link.is_some()
        || [&model.since.value, &model.until.value, &model.door].iter().any(|value| !value.is_empty());
    let next = model.next.as_deref().map(|after| address(&model, after));
    let zone = format!("Times are in {}.", model.zone);
    let filters = filters(&model);
    let list = if model.events.is_empty() {
        if filtered {
            let all = view! { <a class="btn" href="/events">"Show all events"</a> };
            ui::empty(Icon::Search, "Nothing matches", "No event fits this filter.", all.into_any())
        } else {
            let text = "Every opening, every refusal and every change stands here, and none of it can be altered.";
            ui::empty(Icon::Events, "Nothing has happened yet", text, ().into_any())
        }
    } else {
        let rows = model.events.into_iter().map(row).collect_view();
        view! { <ul class="rows feed wide">{rows}</ul> }.into_any()
    };
    let body = view! {
        {ui::head("Events", None, ().into_any())}
        {filters}
        <div class="card">{list}</div>
        <p class="small muted zone">{zone}</p>
        {ui::next_page(next, "Older events")}
    };
    shell::admin(chrome, "Events", Islands::None, body.into_any())
}

fn filters(model: &Model) -> AnyView {
    let any = Choice { value: String::new(), label: "All".into() };
    let doors = std::iter::once(any.clone()).chain(model.doors.clone()).collect();
    let outcomes = std::iter::once(any)
        .chain(Outcome::ALL.map(|outcome| Choice { value: outcome.code().into(), label: word(outcome).into() }))
        .collect();
    let outcome = model.outcome.map_or("", Outcome::code);
    let (link, only) = match model.link.clone() {
        None => (None, None),
        Some(link) => (
            Some(view! { <input type="hidden" name="link" value=link.value/> }),
            Some(
                view! { <p class="only">"Only events about the link of " <b>{link.label}</b> ". " <a href="/events">"All events"</a></p> },
            ),
        ),
    };
    view! {
        <form method="get" action="/events" class="filters fields">
            {link}
            {ui::input("since", "From", model.since.clone()).kind("date").bare().view()}
            {ui::input("until", "To", model.until.clone()).kind("date").bare().view()}
            {ui::select("door", "Door", doors, Field::new(model.door.clone()))}
            {ui::select("outcome", "Outcome", outcomes, Field::new(outcome))}
            <button class="btn">"Filter"</button>
        </form>
        {only}
    }
    .into_any()
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Granted => "Granted",
        Outcome::Denied => "Refused",
        Outcome::Failed => "Failed",
        Outcome::Done => "Done",
    }
}

fn row(event: EventLine) -> AnyView {
    let badge = Badge::new(event.tone(), event.badge);
    let detail = (!event.detail.is_empty()).then(|| view! { <p class="small muted">{event.detail}</p> });
    view! {
        <li>
            <span class="small muted num">{ui::time(&event.at)}</span>
            <div><a class="cover" href=format!("/events/{}", event.id)><b>{event.who}</b> " " {event.did}</a>{detail}</div>
            {badge.view()}
        </li>
    }
    .into_any()
}

fn address(model: &Model, after: &str) -> String {
    parts::address(
        "/events",
        &[
            ("since", &model.since.value),
            ("until", &model.until.value),
            ("door", &model.door),
            ("link", model.link.as_ref().map_or("", |link| link.value.as_str())),
            ("outcome", model.outcome.map_or("", Outcome::code)),
            ("after", after),
        ],
    )
}
