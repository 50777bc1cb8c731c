//! The access links: searched, filtered, a page at a time.

use domain::link::State;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Choice, Tone, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// What was searched for.
    pub q: String,
    /// The state that is shown; `None` for all.
    pub state: Option<State>,
    /// The door that the links open, where the list is limited to one: id and name.
    pub door: Option<Choice>,
    /// One page.
    pub links: Vec<Row>,
    /// The key of the next page.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub later_page: bool,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `link_…`.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// May be empty.
    pub company: String,
    /// The doors' names.
    pub doors: Vec<String>,
    /// From when.
    pub from: Moment,
    /// Until when; `None` never ends.
    pub until: Option<Moment>,
    /// Openings so far.
    pub uses: i64,
    /// How many are allowed.
    pub max_uses: Option<i64>,
    /// Where it stands.
    pub state: State,
    /// The host's name; may be empty.
    pub host: String,
}

/// A link's state as a badge.
pub(super) fn badge(state: State) -> Badge {
    let (tone, text) = match state {
        State::Active => (Tone::Ok, "Active"),
        State::Scheduled => (Tone::Key, "Scheduled"),
        State::Paused => (Tone::Off, "Paused"),
        State::UsedUp => (Tone::Plain, "Used up"),
        State::Expired => (Tone::Plain, "Expired"),
        State::Revoked => (Tone::No, "Revoked"),
    };
    Badge::new(tone, text)
}

/// `1 of 4`, or `3` without a limit.
pub(super) fn uses(uses: i64, max: Option<i64>) -> String {
    max.map_or_else(|| uses.to_string(), |max| format!("{uses} of {max}"))
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let add = view! { <a class="btn primary" href="/links/new">{Icon::Add.view()} "New access link"</a> };
    let filtered = !model.q.is_empty() || model.state.is_some() || model.door.is_some();
    let next = model.next.as_deref().map(|after| address(&model, model.state, Some(after)));
    let filters = filters(&model);
    let list = if model.links.is_empty() {
        let empty = if filtered || model.later_page {
            let all = view! { <a class="btn" href="/links">"Show all links"</a> };
            ui::empty(Icon::Search, "Nothing matches", "No access link fits this search and filter.", all.into_any())
        } else {
            let first = view! { <a class="btn" href="/links/new">"Make the first link"</a> };
            let text = "An access link opens the doors you choose, for whom you choose, for as long as you choose. No app, no account.";
            ui::empty(Icon::Key, "No access links yet", text, first.into_any())
        };
        view! { <div class="card">{empty}</div> }.into_any()
    } else {
        table(model.links)
    };
    let body = view! {
        {ui::head("Access links", None, add.into_any())}
        {filters}
        {list}
        {ui::next_page(next, "Next page")}
    };
    shell::admin(chrome, "Access links", Islands::None, body.into_any())
}

fn filters(model: &Model) -> AnyView {
    let tabs = std::iter::once(None)
        .chain(State::ALL.map(Some))
        .map(|state| {
            let label = state.map_or_else(|| "All".to_owned(), |state| badge(state).text);
            let current = (state == model.state).then_some("true");
            view! { <li><a href=address(model, state, None) aria-current=current>{label}</a></li> }
        })
        .collect_view();
    let state = model.state.map(|state| view! { <input type="hidden" name="state" value=state.code()/> });
    let door = model.door.clone().map(|door| {
        let clear = Model { door: None, ..model.clone() };
        (
            view! { <input type="hidden" name="door" value=door.value/> },
            view! { <p class="only">"Only links that open " <b>{door.label}</b> ". " <a href=address(&clear, model.state, None)>"All doors"</a></p> },
        )
    });
    let (door, only) = door.map_or((None, None), |(door, only)| (Some(door), Some(only)));
    view! {
        <div class="filters">
            <form method="get" action="/links" role="search" class="search">
                {state} {door}
                <label class="hidden" for="q">"Search by name, company, host or e-mail"</label>
                <input id="q" name="q" type="search" value=model.q.clone() placeholder="Name, company, host, e-mail"/>
                <button class="btn">{Icon::Search.view()} "Search"</button>
            </form>
            <nav aria-label="State"><ul class="tabs">{tabs}</ul></nav>
        </div>
        {only}
    }
    .into_any()
}

fn table(links: Vec<Row>) -> AnyView {
    let rows = links.into_iter().map(row).collect_view();
    view! {
        <div class="card">
            <table class="links">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Opens"</th>
                        <th scope="col">"Good"</th>
                        <th scope="col">"Uses"</th>
                        <th scope="col">"Host"</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(link: Row) -> AnyView {
    let company = (!link.company.is_empty()).then(|| view! { <span class="more">{link.company}</span> });
    let until = match &link.until {
        Some(until) => view! { "until " {ui::time(until)} }.into_any(),
        None => "never ends".into_any(),
    };
    let more_doors = link.doors.len().saturating_sub(2);
    let doors = if more_doors == 0 {
        link.doors.join(", ")
    } else {
        format!("{}, {} and {more_doors} more", link.doors[0], link.doors[1])
    };
    view! {
        <tr>
            <td class="name"><a class="cover" href=format!("/links/{}", link.id)><b>{link.name}</b></a>{company}</td>
            <td class="opens">{doors}</td>
            <td class="good num">{ui::time(&link.from)}<span class="more">{until}</span></td>
            <td class="uses num" data-label="Uses">{uses(link.uses, link.max_uses)}</td>
            <td class="host" data-label="Host">{link.host}</td>
            <td class="state">{badge(link.state).view()}</td>
        </tr>
    }
    .into_any()
}

/// The list's address with its search and filters.
fn address(model: &Model, state: Option<State>, after: Option<&str>) -> String {
    let pairs = [
        ("q", model.q.as_str()),
        ("state", state.map_or("", State::code)),
        ("door", model.door.as_ref().map_or("", |door| door.value.as_str())),
        ("after", after.unwrap_or_default()),
    ];
    super::parts::address("/links", &pairs)
}
