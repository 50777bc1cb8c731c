//! How far a change has come: how many terminals know, and when the last one that does not refuses everything.

use leptos::prelude::*;

use crate::text::when::Moment;
use crate::ui;

/// What is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Terminals that know.
    pub know: usize,
    /// All that have a list to open by.
    pub of: usize,
    /// When the last one that does not know refuses everything.
    pub last: Option<Moment>,
    /// Those that do not know: id, name, and until when their lists open.
    pub others: Vec<(String, String, Moment)>,
    /// The doors at which it may be asked who could still get in: id and name.
    pub doors: Vec<(String, String)>,
}

/// The card; nothing where no terminal has a list.
pub fn card(model: Option<Model>) -> AnyView {
    let Some(model) = model.filter(|model| model.of > 0) else {
        return ().into_any();
    };
    let said = sentence(&model);
    let others = model
        .others
        .iter()
        .map(|(id, name, until)| {
            view! { <li><a href=format!("/terminals/{id}")>{name.clone()}</a> <span class="more">"refuses everything from " {ui::time(until)}</span></li> }
        })
        .collect::<Vec<_>>();
    let others = (!others.is_empty()).then(|| view! { <ul class="plain">{others}</ul> });
    let ask = (model.know < model.of).then(|| ask(&model.doors));
    ui::card("Terminals", ().into_any(), view! { <div class="stack"><p>{said}</p>{others}{ask}</div> }.into_any())
}

/// The ways to ask who could still get in, by id and name of each door.
pub(super) fn ask(doors: &[(String, String)]) -> AnyView {
    if doors.is_empty() {
        return ().into_any();
    }
    let doors = doors
        .iter()
        .map(|(id, name)| view! { <li><a href=format!("/doors/{id}/still-in")>{name.clone()}</a></li> })
        .collect::<Vec<_>>();
    view! { <p class="small muted">"Who could still get in at"</p> <ul class="plain">{doors}</ul> }.into_any()
}

/// *7 of 8 terminals know; the last refuses everything from 14:32.*
fn sentence(model: &Model) -> AnyView {
    let Model { know, of, last, .. } = model;
    match last {
        Some(last) if know < of => {
            let verb = if *of == 1 { "terminal knows" } else { "terminals know" };
            view! { {*know} " of " {*of} " " {verb} "; the last refuses everything from " {ui::time(last)} "." }
                .into_any()
        }
        _ if *of == 1 => "The one terminal knows.".into_any(),
        _ => format!("All {of} terminals know.").into_any(),
    }
}
