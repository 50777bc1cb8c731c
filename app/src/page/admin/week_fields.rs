//! The fields for weekly windows, seven days with a few windows each: for schedules and for links with hours of their own.

use domain::schedule::typed::{self, WEEKDAYS};
use domain::schedule::{DAY, Window};
use leptos::prelude::*;

/// The names of the days as they are shown, Monday first.
const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// Windows that a day has room for at least.
const LEAST: usize = 2;

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// Monday to Sunday: from and until of each window.
    pub days: [Vec<(String, String)>; 7],
    /// What is wrong with each day.
    pub errors: [Option<String>; 7],
}

impl Model {
    /// The fields for windows as they are.
    #[must_use]
    pub fn of(windows: &[Window]) -> Self {
        Self { days: typed::typed(windows), errors: Default::default() }
    }

    /// Puts an error at the day of this name, `monday` to `sunday`; says whether there is one.
    pub fn fail(&mut self, field: &str, sentence: &str) -> bool {
        let day = WEEKDAYS.into_iter().zip(&mut self.errors).find(|(name, _)| *name == field);
        day.is_some_and(|(_, error)| {
            *error = Some(sentence.to_owned());
            true
        })
    }

    /// Whether anything was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.days.iter().flatten().all(|(from, until)| from.is_empty() && until.is_empty())
    }
}

/// The fields. The form grows by itself: each day has room for one window more than it holds.
pub fn view(model: Model) -> AnyView {
    let days = NAMES
        .into_iter()
        .zip(model.days)
        .zip(model.errors)
        .enumerate()
        .map(|(index, ((name, windows), error))| day(index, name, windows, error))
        .collect_view();
    view! {
        <p class="hint" id="week-hint">
            "A window whose end is not later than its beginning runs into the next day: 22:00 to 06:00 is a night, 00:00 to 00:00 a whole day. A day without a window stays shut."
        </p>
        <div class="week-fields">{days}</div>
    }
    .into_any()
}

fn day(index: usize, name: &'static str, windows: Vec<(String, String)>, error: Option<String>) -> AnyView {
    let filled: Vec<(String, String)> =
        windows.into_iter().filter(|(from, until)| !from.is_empty() || !until.is_empty()).collect();
    let room = LEAST.max(filled.len() + 1).min(typed::MOST_A_DAY);
    let empty = std::iter::repeat_with(Default::default).take(room.saturating_sub(filled.len()));
    let error_id = format!("{}-error", WEEKDAYS.get(index).copied().unwrap_or_default());
    let described = error.is_some().then(|| error_id.clone());
    let slots = filled
        .into_iter()
        .chain(empty)
        .enumerate()
        .map(|(slot, window)| one(index, name, slot, window, described.clone()))
        .collect_view();
    let error = error.map(|error| view! { <p class="error" id=error_id>{error}</p> });
    view! {
        <div class="day" role="group" aria-label=name>
            <p class="name" aria-hidden="true">{name}</p>
            <div class="slots">{slots}</div>
            {error}
        </div>
    }
    .into_any()
}

fn one(day: usize, name: &str, slot: usize, (from, until): (String, String), described: Option<String>) -> AnyView {
    let number = if slot == 0 { String::new() } else { format!(", window {}", slot + 1) };
    let invalid = described.is_some().then_some("true");
    let night = typed::span(&from, &until).is_ok_and(|span| span.is_some_and(|span| span.until > DAY));
    let night = night.then(|| view! { <span class="small muted">"next day"</span> });
    view! {
        <span class="slot">
            <input type="time" name=format!("from-{day}") value=from aria-label=format!("{name} from{number}")
                aria-invalid=invalid aria-describedby=described.clone()/>
            <span aria-hidden="true">"–"</span>
            <input type="time" name=format!("until-{day}") value=until aria-label=format!("{name} until{number}")
                aria-invalid=invalid aria-describedby=described/>
            {night}
        </span>
    }
    .into_any()
}
