//! The groups of doors, each with how many doors it has and how many links use it.

use domain::role::Right;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By name.
    pub groups: Vec<Row>,
}

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// `group_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The name of its schedule; empty for always.
    pub schedule: String,
    /// How many doors it has.
    pub doors: i64,
    /// Links that are not revoked and use it.
    pub links: i64,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let may = chrome.may(Right::House);
    let add = may.then(|| view! { <a class="btn primary" href="/groups/new">{Icon::Add.view()} "New group"</a> });
    let list = if model.groups.is_empty() {
        let first = may.then(|| view! { <a class="btn" href="/groups/new">"Make the first group"</a> });
        ui::empty(
            Icon::Group,
            "No groups yet",
            "A group is a named set of doors, such as Visitors or Workshop. A link to the group opens all of them, also those you add later.",
            first.into_any(),
        )
    } else {
        let rows = model.groups.into_iter().map(row).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let body = view! { {ui::head("Groups", None, add.into_any())} <div class="card">{list}</div> };
    shell::admin(chrome, "Groups", Islands::None, body.into_any())
}

fn row(group: Row) -> AnyView {
    let more: Vec<String> = [group.description, group.schedule].into_iter().filter(|text| !text.is_empty()).collect();
    let counts = format!(
        "{} · {}",
        ui::count(group.doors, "door", "doors"),
        ui::count(group.links, "access link", "access links")
    );
    view! {
        <li class="pair">
            <div>
                <a class="cover" href=format!("/groups/{}", group.id)><b>{group.name}</b></a>
                {(!more.is_empty()).then(|| view! { <p class="small muted">{more.join(" · ")}</p> })}
            </div>
            <span class="small num">{counts}</span>
        </li>
    }
    .into_any()
}
