//! What the list of links is narrowed to: the controls, the same in words, and the address that keeps it.

use domain::list::{Sort, Standing};
use leptos::prelude::*;

use super::{Model, Narrow, badge};
use crate::page::admin::parts;
use crate::ui::{self, Choice, Field, icon::Icon};

/// A standing in a word.
fn word(standing: Standing) -> String {
    match standing {
        Standing::Is(state) => badge(state).text,
        Standing::EndingSoon => "Ending soon".into(),
    }
}

/// An order in words.
fn order(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "Newest first",
        Sort::Name => "By name",
        Sort::Ends => "What ends first",
        Sort::Used => "Last used first",
    }
}

/// Search, filters, tabs, and the sentence that says what is shown.
pub(super) fn view(model: &Model) -> AnyView {
    let narrow = &model.narrow;
    let all = |word: &str| Choice { value: String::new(), label: word.into() };
    let doors = std::iter::once(all("All")).chain(model.doors.clone()).collect();
    let groups = (!model.groups.is_empty()).then(|| {
        let groups = std::iter::once(all("All")).chain(model.groups.clone()).collect();
        ui::select("group", "Group", groups, Field::new(&narrow.group))
    });
    let orders =
        Sort::ALL.map(|sort| Choice { value: sort.code().into(), label: order(sort).into() }).into_iter().collect();
    let standing = narrow.standing.map(|standing| view! { <input type="hidden" name="state" value=standing.code()/> });
    let open = [&narrow.door, &narrow.group, &narrow.host].iter().any(|value| !value.is_empty())
        || narrow.sort != Sort::default();
    view! {
        <form method="get" action="/links" role="search" class="narrow-list">
            {standing}
            <div class="filters">
                <div class="search">
                    <label class="hidden" for="q">"Search by name, company, host, e-mail, phone or note"</label>
                    <input id="q" name="q" type="search" maxlength="200" value=narrow.q.clone() placeholder="Name, company, host, e-mail, phone"/>
                    <button class="btn">{Icon::Search.view()} "Search"</button>
                </div>
                {tabs(narrow)}
            </div>
            <details class="fold narrower" open=open>
                <summary class="btn">{Icon::Filter.view()} "Filter and sort"</summary>
                <div class="filters fields card pad">
                    {ui::select("door", "Door", doors, Field::new(&narrow.door))}
                    {groups}
                    {ui::input("host", "Host", Field::new(&narrow.host)).longest(100).bare().view()}
                    {ui::select("sort", "Order", orders, Field::new(narrow.sort.code()))}
                    <button class="btn">"Show"</button>
                </div>
            </details>
        </form>
        {said(model)}
    }
    .into_any()
}

fn tabs(narrow: &Narrow) -> AnyView {
    let tabs = std::iter::once(None)
        .chain(Standing::ALL.map(Some))
        .map(|standing| {
            let label = standing.map_or_else(|| "All".to_owned(), word);
            let current = (standing == narrow.standing).then_some("true");
            let to = address(&Narrow { standing, ..narrow.clone() }, "");
            view! { <li><a href=to aria-current=current>{label}</a></li> }
        })
        .collect_view();
    view! { <nav aria-label="State"><ul class="tabs">{tabs}</ul></nav> }.into_any()
}

/// What is shown, in words, with the way back to everything.
fn said(model: &Model) -> AnyView {
    let narrow = &model.narrow;
    if *narrow == Narrow::default() {
        return ().into_any();
    }
    let name = |choices: &[Choice], id: &str| {
        let known = choices.iter().find(|choice| choice.value == id);
        known.map_or_else(|| "something since removed".to_owned(), |choice| choice.label.clone())
    };
    let which = match narrow.standing {
        None => "Links".to_owned(),
        Some(Standing::EndingSoon) => "Active links that end within a day".to_owned(),
        Some(standing) => format!("{} links", word(standing)),
    };
    let opens = (!narrow.door.is_empty()).then(|| view! { " that open " <b>{name(&model.doors, &narrow.door)}</b> });
    let group =
        (!narrow.group.is_empty()).then(|| view! { " of the group " <b>{name(&model.groups, &narrow.group)}</b> });
    let host = (!narrow.host.trim().is_empty()).then(|| view! { " with the host " <b>{narrow.host.clone()}</b> });
    let found = (!narrow.q.trim().is_empty()).then(|| view! { " with " <b>{narrow.q.clone()}</b> });
    let order = (narrow.sort != Sort::default()).then(|| format!(", {}", order(narrow.sort).to_lowercase()));
    view! { <p class="only">{which} {found} {opens} {group} {host} {order} ". " <a href="/links">"Clear"</a></p> }
        .into_any()
}

/// The list's address with all that it is narrowed to.
#[must_use]
pub fn address(narrow: &Narrow, after: &str) -> String {
    with("/links", narrow, after)
}

/// The same at another path.
pub(super) fn with(path: &str, narrow: &Narrow, after: &str) -> String {
    let pairs = pairs(narrow, after);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    parts::address(path, &pairs)
}

/// What a list is narrowed to as fields of an address or a form; what is not given is left out.
#[must_use]
pub fn pairs(narrow: &Narrow, after: &str) -> Vec<(&'static str, String)> {
    let pairs = [
        ("q", narrow.q.trim()),
        ("state", narrow.standing.map_or("", Standing::code)),
        ("door", &narrow.door),
        ("group", &narrow.group),
        ("host", narrow.host.trim()),
        ("sort", if narrow.sort == Sort::default() { "" } else { narrow.sort.code() }),
        ("after", after),
    ];
    pairs.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_owned())).collect()
}
