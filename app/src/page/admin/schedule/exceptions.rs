//! Dates with hours of their own: the list, and the form for another one.

use leptos::prelude::*;

use crate::ui::{self, Field, icon::Icon};

/// A date with hours of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// `2026-12-25`.
    pub date: String,
    /// *Fri 25 December 2026*.
    pub said: String,
    /// Its name; may be empty.
    pub name: String,
    /// *Closed*, or *10:00–14:00*.
    pub hours: String,
}

/// The form for another one, with what was typed and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewException {
    /// The date.
    pub date: Field,
    /// Its name.
    pub name: Field,
    /// From and until of up to two windows; all empty closes the day.
    pub windows: [(String, String); 2],
    /// What is wrong with the windows.
    pub windows_error: Option<String>,
    /// What is wrong as a whole.
    pub form_error: Option<String>,
}

impl NewException {
    /// Puts an error at the field of this name, or on top when there is no such field.
    pub fn fail(&mut self, field: &str, sentence: impl Into<String>) {
        let sentence = Some(sentence.into());
        match field {
            "date" => self.date.error = sentence,
            "exception_name" => self.name.error = sentence,
            "windows" => self.windows_error = sentence,
            _ => self.form_error = sentence,
        }
    }

    fn is_wrong(&self) -> bool {
        self.date.error.is_some()
            || self.name.error.is_some()
            || self.windows_error.is_some()
            || self.form_error.is_some()
    }
}

/// The card.
pub(super) fn card(
    id: &str,
    exceptions: Vec<Exception>,
    past: i64,
    new: NewException,
    may: bool,
    token: &str,
) -> AnyView {
    let none = exceptions.is_empty().then(|| {
        view! { <li><p class="muted">"None to come. On such a date its own hours replace those of the week."</p></li> }
    });
    let rows = exceptions.into_iter().map(|exception| row(id, exception, may, token)).collect_view();
    let past = (past > 0).then(|| {
        view! { <li><p class="small muted">{ui::count(past, "exception has", "exceptions have")} " passed"</p></li> }
    });
    let form = may.then(|| form(id, new, token));
    let body = view! { <ul class="rows">{none}{rows}{past}</ul> {form} };
    ui::card_of("card", "Exceptions", ().into_any(), body.into_any())
}

fn row(id: &str, exception: Exception, may: bool, token: &str) -> AnyView {
    let label = format!("Remove the exception of {}", exception.said);
    let remove = may.then(|| {
        let inside = view! {
            <input type="hidden" name="date" value=exception.date/>
            <button class="btn small quiet" aria-label=label>{Icon::Remove.view()} "Remove"</button>
        };
        ui::form(format!("/schedules/{id}/exceptions/remove"), token, "", inside.into_any())
    });
    let name = (!exception.name.is_empty()).then(|| view! { " · " {exception.name} });
    view! {
        <li class="pair">
            <div><b>{exception.said}</b> <span class="more">{exception.hours} {name}</span></div>
            {remove}
        </li>
    }
    .into_any()
}

fn form(id: &str, new: NewException, token: &str) -> AnyView {
    let open = new.is_wrong();
    let described = new.windows_error.is_some().then_some("windows-error");
    let invalid = new.windows_error.is_some().then_some("true");
    let slots = new
        .windows
        .into_iter()
        .enumerate()
        .map(|(slot, (from, until))| {
            let number = if slot == 0 { "" } else { ", window 2" };
            view! {
                <span class="slot">
                    <input type="time" name="from" value=from aria-label=format!("From{number}") aria-invalid=invalid aria-describedby=described/>
                    <span aria-hidden="true">"–"</span>
                    <input type="time" name="until" value=until aria-label=format!("Until{number}") aria-invalid=invalid aria-describedby=described/>
                </span>
            }
        })
        .collect_view();
    let error = new.windows_error.map(|error| view! { <p class="error" id="windows-error">{error}</p> });
    let fields = view! {
        {ui::form_error(new.form_error)}
        <div class="two">
            {ui::input("date", "Date", new.date).kind("date").required().view()}
            {ui::input("exception_name", "Name", new.name).longest(100).autocomplete("off").view()}
        </div>
        <div class="day" role="group" aria-label="Open">
            <p class="hint">"Open instead of the week's hours. Leave the times empty to close the whole day."</p>
            <div class="slots">{slots}</div>
            {error}
        </div>
        <button class="btn">"Add exception"</button>
    };
    view! {
        <details class="fold more-form" open=open>
            <summary class="btn">{Icon::Add.view()} "Another date"</summary>
            {ui::form(format!("/schedules/{id}/exceptions"), token, "stack", fields.into_any())}
        </details>
    }
    .into_any()
}
