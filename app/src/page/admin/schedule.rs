//! One schedule: a week of it, its exceptions, and whom it binds.

use domain::role::Right;
use leptos::prelude::*;

use super::{Chrome, parts, week};
use crate::shell::{self, Islands};
use crate::ui::{self, Fact, icon::Icon};

mod exceptions;

pub use exceptions::{Exception, NewException};

/// The schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `schedule_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its week in words, a line each: *Mon to Fri 08:00–18:00*.
    pub every_week: Vec<String>,
    /// A week of it.
    pub week: week::Model,
    /// Dates with hours of their own, from today on.
    pub exceptions: Vec<Exception>,
    /// How many lie in the past.
    pub past: i64,
    /// The form for another one.
    pub new: NewException,
    /// Doors whose hours it is: id and name.
    pub doors: Vec<(String, String)>,
    /// Groups whose hours it is: id and name.
    pub groups: Vec<(String, String)>,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let id = model.id.clone();
    let may = chrome.may(Right::House);
    let actions = may.then(|| {
        view! {
            <a class="btn" href=format!("/schedules/{id}/edit")>{Icon::Edit.view()} "Edit"</a>
            <a class="btn" href=format!("/schedules/{id}/holidays")>{Icon::Upload.view()} "Import holidays"</a>
            <a class="btn danger" href=format!("/schedules/{id}/remove")>{Icon::Remove.view()} "Remove"</a>
        }
    });
    let lines = if model.every_week.is_empty() {
        view! { "Never: no window on any day" }.into_any()
    } else {
        model.every_week.into_iter().map(|line| view! { <span class="line-of">{line}</span> }).collect_view().into_any()
    };
    let unused = (model.doors.is_empty() && model.groups.is_empty())
        .then(|| Fact::new("Binds", "Nothing yet".into_any()).more("Choose it in the form of a door or a group"));
    let facts = ui::facts([
        Some(Fact::new("Every week", lines)),
        unused,
        parts::named_links("Doors", "/doors", &model.doors),
        parts::named_links("Groups", "/groups", &model.groups),
    ]);
    let body = view! {
        {ui::back("/schedules", "Schedules")}
        {ui::head(&model.name, None, actions.into_any())}
        <div class="grid cols">
            <div class="grid">
                {week::card("Week", model.week)}
                {exceptions::card(&id, model.exceptions, model.past, model.new, may, &chrome.form_token)}
            </div>
            <div class="grid">
                {ui::card("Schedule", ().into_any(), facts)}
            </div>
        </div>
    };
    shell::admin(chrome, &model.name, Islands::None, body.into_any())
}
