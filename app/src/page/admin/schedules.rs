//! The schedules, each with its week in a line and what it binds.

use domain::role::Right;
use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui::{self, icon::Icon};

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By name.
    pub schedules: Vec<Row>,
}

/// One schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// `schedule_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its week: *Mon to Fri 08:00–18:00*.
    pub week: String,
    /// Dates to come with hours of their own.
    pub exceptions: i64,
    /// Doors whose hours it is.
    pub doors: i64,
    /// Groups whose hours it is.
    pub groups: i64,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let may = chrome.may(Right::House);
    let add = may.then(|| view! { <a class="btn primary" href="/schedules/new">{Icon::Add.view()} "New schedule"</a> });
    let list = if model.schedules.is_empty() {
        let first = may.then(|| view! { <a class="btn" href="/schedules/new">"Make the first schedule"</a> });
        ui::empty(
            Icon::Schedule,
            "No schedules yet",
            "A schedule is weekly hours with exceptions such as holidays. Give it to a door or a group, and outside its hours nothing opens.",
            first.into_any(),
        )
    } else {
        let rows = model.schedules.into_iter().map(row).collect_view();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let body = view! { {ui::head("Schedules", None, add.into_any())} <div class="card">{list}</div> };
    shell::admin(chrome, "Schedules", Islands::None, body.into_any())
}

fn row(schedule: Row) -> AnyView {
    let exceptions = (schedule.exceptions > 0)
        .then(|| format!(" · {} to come", ui::count(schedule.exceptions, "exception", "exceptions")));
    let used = match (schedule.doors, schedule.groups) {
        (0, 0) => "not used".to_owned(),
        (doors, 0) => ui::count(doors, "door", "doors"),
        (0, groups) => ui::count(groups, "group", "groups"),
        (doors, groups) => format!("{} · {}", ui::count(doors, "door", "doors"), ui::count(groups, "group", "groups")),
    };
    view! {
        <li class="pair">
            <div>
                <a class="cover" href=format!("/schedules/{}", schedule.id)><b>{schedule.name}</b></a>
                <p class="small muted">{schedule.week} {exceptions}</p>
            </div>
            <span class="small num">{used}</span>
        </li>
    }
    .into_any()
}
