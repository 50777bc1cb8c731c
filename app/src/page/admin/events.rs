//! The event log: searched, filtered, followed live, a page at a time.

use domain::event::Outcome;
use domain::reason::Reason;
use leptos::prelude::*;

use super::{Chrome, EventLine, parts, said};
use crate::island::{FeedItem, LiveLog};
use crate::shell::{self, Islands};
use crate::ui::{self, Badge, Choice, Field, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// What is searched for.
    pub q: Field,
    /// From this moment on, `YYYY-MM-DDTHH:MM`.
    pub since: Field,
    /// Up to this moment.
    pub until: Field,
    /// A visitor's or admin's name.
    pub person: Field,
    /// Names to choose from.
    pub people: Vec<String>,
    /// The chosen door's id; empty for all.
    pub door: String,
    /// The doors to choose from.
    pub doors: Vec<Choice>,
    /// The link that the list is limited to: id and name.
    pub link: Option<Choice>,
    /// The action's code; empty for all.
    pub action: String,
    /// The outcome that is shown; `None` for all.
    pub outcome: Option<Outcome>,
    /// The reason's code; empty for all.
    pub reason: String,
    /// Ranges that are one press away.
    pub ranges: Vec<Range>,
    /// Why nothing is shown, where a name is nobody's or a moment is none.
    pub refused: Option<String>,
    /// One page, newest first.
    pub events: Vec<EventLine>,
    /// The key of the next page.
    pub next: Option<String>,
    /// The page is not full, since only the latest so many events were searched.
    pub searched: Option<i64>,
    /// Whether this is not the first page.
    pub later_page: bool,
    /// The zone that the times are in.
    pub zone: String,
    /// The list as it goes on by itself.
    pub live: Option<Live>,
}

/// What a list that goes on by itself begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// The latest events.
    pub items: Vec<FeedItem>,
    /// Where the rest comes from.
    pub url: String,
}

/// A range of time with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// *Today*.
    pub label: &'static str,
    /// From when, as the field has it.
    pub since: String,
    /// Until when; empty for now.
    pub until: String,
}

impl Model {
    /// The filter as an address' query, with a place to go on from.
    fn pairs<'a>(&'a self, after: &'a str) -> Vec<(&'static str, &'a str)> {
        vec![
            ("q", &self.q.value),
            ("since", &self.since.value),
            ("until", &self.until.value),
            ("person", &self.person.value),
            ("door", &self.door),
            ("link", self.link.as_ref().map_or("", |link| link.value.as_str())),
            ("action", &self.action),
            ("outcome", self.outcome.map_or("", Outcome::code)),
            ("reason", &self.reason),
            ("after", after),
        ]
    }

    /// An address with this filter.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        parts::address(path, &self.pairs(""))
    }

    fn filtered(&self) -> bool {
        self.pairs("").iter().any(|(_, value)| !value.is_empty())
    }

    /// Whether anything is set that only the folded fields show.
    fn folded(&self) -> bool {
        let ranged = self.range().is_some();
        self.pairs("").iter().any(|(name, value)| {
            !value.is_empty() && *name != "q" && *name != "link" && !(ranged && ["since", "until"].contains(name))
        })
    }

    fn range(&self) -> Option<&Range> {
        self.ranges.iter().find(|range| range.since == self.since.value && range.until == self.until.value)
    }
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let islands = if model.live.is_some() { Islands::Some } else { Islands::None };
    let filters = filters(&model);
    let actions = actions(&model);
    let next = model.next.as_deref().map(|after| parts::address("/events", &model.pairs(after)));
    let zone = format!("Times are in {}.", model.zone);
    let searched = model.searched.map(|searched| {
        let found = if model.events.is_empty() { "Nothing fits" } else { "No more than this fits" };
        view! { <p class="small muted zone">{format!("{found} among the last {searched} events that were searched.")}</p> }
    });
    let more = if model.searched.is_some() { "Search further back" } else { "Older events" };
    let list = match (&model.live, &model.refused) {
        (_, Some(refused)) => {
            let all = view! { <a class="btn" href="/events">"Show all events"</a> };
            ui::empty(Icon::Search, "Nothing to show", refused.clone(), all.into_any())
        }
        (Some(live), None) => view! { <LiveLog items=live.items.clone() url=live.url.clone()/> }.into_any(),
        (None, None) => list(&model),
    };
    let body = view! {
        {ui::head("Events", None, actions)}
        {filters}
        <div class="card">{list}</div>
        {searched}
        {ui::next_page(next, more)}
        <p class="small muted zone">{zone}</p>
    };
    shell::admin(chrome, "Events", islands, body.into_any())
}

fn list(model: &Model) -> AnyView {
    if !model.events.is_empty() {
        let rows = model.events.iter().cloned().map(row).collect_view();
        return view! { <ul class="rows feed wide">{rows}</ul> }.into_any();
    }
    if model.searched.is_some() {
        let text = "Nothing that fits is among the events searched so far. Older ones may fit.";
        ui::empty(Icon::Search, "Nothing yet", text, ().into_any())
    } else if model.filtered() || model.later_page {
        let all = view! { <a class="btn" href="/events">"Show all events"</a> };
        ui::empty(Icon::Search, "Nothing matches", "No event fits this filter.", all.into_any())
    } else {
        let text = "Every opening, every refusal and every change stands here, and none of it can be altered.";
        ui::empty(Icon::Events, "Nothing has happened yet", text, ().into_any())
    }
}

fn actions(model: &Model) -> AnyView {
    let list = model.address("/events");
    let to = match model.live {
        Some(_) => list,
        None => format!("{list}{}live=1", if list.contains('?') { '&' } else { '?' }),
    };
    let label = if model.live.is_some() { "Stop following" } else { "Follow live" };
    let icon = if model.live.is_some() { Icon::Pause } else { Icon::Resume };
    let export = (model.refused.is_none() && model.live.is_none()).then(|| {
        view! {
            <details class="fold extend">
                <summary class="btn">{Icon::Download.view()} "Export"</summary>
                <div class="card pad stack menu">
                    <p class="small muted">"What this list shows, from its beginning to its end. That it was exported is recorded."</p>
                    <a class="btn" href=model.address("/events/export.csv") download="">"Table (CSV)"</a>
                    <a class="btn" href=model.address("/events/export.jsonl") download="">"JSON lines, to verify"</a>
                </div>
            </details>
        }
    });
    view! { {export} <a class="btn" href=to>{icon.view()} {label}</a> }.into_any()
}

fn filters(model: &Model) -> AnyView {
    let ranges = model
        .ranges
        .iter()
        .map(|range| {
            let with = Model { since: Field::new(&range.since), until: Field::new(&range.until), ..model.clone() };
            let current = (model.range() == Some(range)).then_some("true");
            view! { <li><a href=with.address("/events") aria-current=current>{range.label}</a></li> }
        })
        .collect_view();
    let always = Model { since: Field::default(), until: Field::default(), ..model.clone() };
    let at_all = (model.since.value.is_empty() && model.until.value.is_empty()).then_some("true");
    let link = model.link.clone();
    let hidden = link.as_ref().map(|link| view! { <input type="hidden" name="link" value=link.value.clone()/> });
    let only = link.map(|link| {
        let without = Model { link: None, ..model.clone() };
        view! { <p class="only">"Only events about the link of " <b>{link.label}</b> ". " <a href=without.address("/events")>"All links"</a></p> }
    });
    let open = model.folded() || [&model.since, &model.until, &model.person].iter().any(|field| field.error.is_some());
    view! {
        <form method="get" action="/events" class="log-filter">
            {hidden}
            <div class="filters">
                <div class="search" role="search">
                    <label class="hidden" for="q">"Search by visitor, door, place, admin, what was done, or why"</label>
                    <input id="q" name="q" type="search" maxlength="200" value=model.q.value.clone() placeholder="Visitor, door, admin, what, why"/>
                    <button class="btn">{Icon::Search.view()} "Search"</button>
                </div>
                <nav aria-label="Time"><ul class="tabs">
                    <li><a href=always.address("/events") aria-current=at_all>"All"</a></li>
                    {ranges}
                </ul></nav>
            </div>
            <details class="fold" open=open>
                <summary class="btn">{Icon::Filter.view()} "Filter"</summary>
                <div class="filters fields card pad">{fields(model)}</div>
            </details>
        </form>
        {only}
    }
    .into_any()
}

fn fields(model: &Model) -> AnyView {
    let any = || Choice { value: String::new(), label: "All".into() };
    let choice = |(value, label): (&str, &str)| Choice { value: value.into(), label: label.into() };
    let doors = std::iter::once(any()).chain(model.doors.clone()).collect();
    let outcomes =
        std::iter::once(any()).chain(Outcome::ALL.map(|one| choice((one.code(), said::outcome(one))))).collect();
    let refusals = Reason::ALL.iter().filter(|one| **one != Reason::Allowed);
    let reasons = std::iter::once(any()).chain(refusals.map(|one| choice((one.code(), said::reason(*one))))).collect();
    let mut actions: Vec<(String, Vec<Choice>)> = said::ACTIONS
        .iter()
        .map(|(group, actions)| ((*group).to_owned(), actions.iter().copied().map(choice).collect()))
        .collect();
    if !model.action.is_empty() && said::action(&model.action).is_none() {
        actions.push(("Other".into(), vec![choice((&model.action, &model.action))]));
    }
    let people = model.people.iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    view! {
        {ui::input("since", "From", model.since.clone()).kind("datetime-local").bare().view()}
        {ui::input("until", "To", model.until.clone()).kind("datetime-local").bare().view()}
        {ui::input("person", "Person", model.person.clone()).list("people").longest(100).bare().view()}
        <datalist id="people">{people}</datalist>
        {ui::select("door", "Door", doors, Field::new(model.door.clone()))}
        {ui::grouped_select("action", "What", any(), actions, Field::new(model.action.clone()))}
        {ui::select("outcome", "Outcome", outcomes, Field::new(model.outcome.map_or("", Outcome::code)))}
        {ui::select("reason", "Why refused", reasons, Field::new(model.reason.clone()))}
        <button class="btn">"Show"</button>
    }
    .into_any()
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
