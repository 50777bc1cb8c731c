//! The access links: searched, filtered, sorted, a page at a time.

use domain::link::State;
use domain::list::{Sort, Standing};
use domain::role::Right;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::text::when::Moment;
use crate::ui::{self, Badge, Choice, Tone, icon::Icon};

mod act;
mod filters;

pub use filters::{address, pairs};

/// What a list is narrowed to, and its order, as its address has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    /// What was searched for.
    pub q: String,
    /// Where the links stand; `None` for all.
    pub standing: Option<Standing>,
    /// The chosen door's id; empty for all.
    pub door: String,
    /// The chosen group's id; empty for all.
    pub group: String,
    /// The host's name, or a beginning of it; empty for all.
    pub host: String,
    /// The order.
    pub sort: Sort,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// What is shown.
    pub narrow: Narrow,
    /// The doors to choose from.
    pub doors: Vec<Choice>,
    /// The groups to choose from.
    pub groups: Vec<Choice>,
    /// One page.
    pub links: Vec<Row>,
    /// The key of the next page.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub later_page: bool,
    /// The IANA name of the zone that the times are in.
    pub zone: String,
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
    let may = chrome.may(Right::Links);
    let files = view! {
        {may.then(|| view! { <a class="btn" href="/links/import">{Icon::Upload.view()} "Import"</a> })}
        <a class="btn" href=filters::with("/links/export.csv", &model.narrow, "") download>{Icon::Download.view()} "Export"</a>
        <a class="btn" href="/codes/inspect">{Icon::Code.view()} "Read a code"</a>
    };
    let add = may.then(|| view! { <a class="btn primary" href="/links/new">{Icon::Add.view()} "New access link"</a> });
    let next = model.next.as_deref().map(|after| address(&model.narrow, after));
    let filtered = Narrow { sort: Sort::default(), ..model.narrow.clone() } != Narrow::default();
    let filters = filters::view(&model);
    let list = if model.links.is_empty() {
        let empty = if filtered || model.later_page {
            let all = view! { <a class="btn" href="/links">"Show all links"</a> };
            ui::empty(Icon::Search, "Nothing matches", "No access link fits this search and filter.", all.into_any())
        } else {
            let first = may.then(|| view! { <a class="btn" href="/links/new">"Make the first link"</a> });
            let text = "An access link opens the doors you choose, for whom you choose, for as long as you choose. No app, no account.";
            ui::empty(Icon::Key, "No access links yet", text, first.into_any())
        };
        view! { <div class="card">{empty}</div> }.into_any()
    } else {
        let list = table(&model.links, may);
        if may { act::around(&model.narrow, &model.links, list) } else { list }
    };
    let body = view! {
        {ui::head("Access links", None, view! { {files} {add} }.into_any())}
        {filters}
        {list}
        {(!model.links.is_empty()).then(|| view! { <p class="small muted">{format!("Times are in {}.", model.zone)}</p> })}
        {ui::next_page(next, "Next page")}
    };
    shell::admin(chrome, "Access links", Islands::None, body.into_any())
}

fn table(links: &[Row], may: bool) -> AnyView {
    let rows = links.iter().map(|link| row(link.clone(), may)).collect_view();
    let choose = may.then(|| view! { <th scope="col"><span class="hidden">"Choose"</span></th> });
    view! {
        <div class="card">
            <table class="links">
                <thead>
                    <tr>
                        {choose}
                        <th scope="col">"Name"</th>
                        <th scope="col">"Opens"</th>
                        <th scope="col">"Good"</th>
                        <th scope="col">"Uses"</th>
                        <th scope="col" class="host">"Host"</th>
                        <th scope="col">"State"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(link: Row, may: bool) -> AnyView {
    let tick = may.then(|| act::tick(&link));
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
            {tick}
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
