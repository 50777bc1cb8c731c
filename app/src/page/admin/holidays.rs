//! Holidays from a calendar file: choose it, look at what it closes, then confirm.

use leptos::prelude::*;

use super::Chrome;
use crate::shell::{self, Islands};
use crate::ui;

/// The page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `schedule_…`.
    pub id: String,
    /// The schedule's name.
    pub name: String,
    /// What is wrong with the file.
    pub error: Option<String>,
    /// What a file brings, once one was read.
    pub preview: Option<Preview>,
}

/// What a file brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Dates that would be closed.
    pub dates: Vec<Date>,
    /// Dates that have hours of their own already and keep them, in words.
    pub kept: Vec<String>,
    /// What was left out and why, a sentence each.
    pub left_out: Vec<String>,
}

/// A date to close.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Date {
    /// `2026-12-25`.
    pub date: String,
    /// *Fri 25 December 2026*.
    pub said: String,
    /// Its name; may be empty.
    pub name: String,
}

/// The page.
pub fn view(model: Model, chrome: Chrome) -> AnyView {
    let back = format!("/schedules/{}", model.id);
    let action = format!("{back}/holidays");
    let title = format!("Import holidays into {}", model.name);
    let inside = match model.preview {
        Some(preview) => confirm(preview, &action, &back, &chrome.form_token),
        None => choose(model.error, &action, &back, &chrome.form_token),
    };
    let body = view! {
        {ui::back(back, "Back to the schedule")}
        {ui::head(&title, None, ().into_any())}
        {inside}
    };
    shell::admin(chrome, &title, Islands::None, body.into_any())
}

fn choose(error: Option<String>, action: &str, back: &str, token: &str) -> AnyView {
    let hint = "An iCalendar file (.ics) as countries, states and calendar programs offer them, at most 1 MiB. Each whole day in it will be closed; you see them all before anything is stored.";
    let fields = view! {
        {ui::file("file", "Calendar file", ".ics,text/calendar", Some(hint.into()), error)}
        <p class="row"><button class="btn primary">"Look at it"</button><a class="btn quiet" href=back.to_owned()>"Cancel"</a></p>
    };
    view! {
        <div class="card narrow"><div class="body">{ui::file_form(action, token, "stack", fields.into_any())}</div></div>
    }
    .into_any()
}

fn confirm(preview: Preview, action: &str, back: &str, token: &str) -> AnyView {
    let count = i64::try_from(preview.dates.len()).unwrap_or(0);
    let boxes = preview.dates.into_iter().map(date).collect_view();
    let buttons = if count == 0 {
        view! {
            <p>"This file closes no further day."</p>
            <p class="row"><a class="btn" href=action.to_owned()>"Choose another file"</a><a class="btn quiet" href=back.to_owned()>"Cancel"</a></p>
        }
        .into_any()
    } else {
        let label = format!("Close {}", ui::count(count, "day", "days"));
        view! {
            <p>"On these days nothing opens that has this schedule, all day long. Untick what shall stay as in every week."</p>
            <ul class="checks">{boxes}</ul>
            <p class="row">
                <input type="hidden" name="confirm" value="1"/>
                <button class="btn primary">{label}</button>
                <a class="btn quiet" href=back.to_owned()>"Cancel"</a>
            </p>
        }
        .into_any()
    };
    view! {
        <div class="grid">
            {ui::card("Days to close", ().into_any(), ui::form(action, token, "stack wide", buttons))}
            {sentences("Have hours of their own already, and keep them", preview.kept)}
            {sentences("Left out", preview.left_out)}
        </div>
    }
    .into_any()
}

fn date(date: Date) -> AnyView {
    let name = (!date.name.is_empty()).then(|| view! { <span class="more">{date.name.clone()}</span> });
    view! {
        <li>
            <label>
                <input type="checkbox" name="take" value=format!("{} {}", date.date, date.name) checked/>
                <span>{date.said} {name}</span>
            </label>
        </li>
    }
    .into_any()
}

fn sentences(title: &'static str, sentences: Vec<String>) -> AnyView {
    if sentences.is_empty() {
        return ().into_any();
    }
    let lines = sentences.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    ui::card(title, ().into_any(), view! { <ul class="consequences small">{lines}</ul> }.into_any())
}
