//! A week as it is effective: seven bars drawn by the server, with the same in words and as a table.

use leptos::prelude::*;

use crate::ui;

/// Minutes of a day.
const DAY: u16 = 1_440;
/// The height of a day's row in the drawing, and of its bar.
const ROW: u16 = 32;
const BAR: u16 = 18;

/// The week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// *23 to 29 November 2026*.
    pub title: String,
    /// The zone whose clocks are drawn, an IANA name.
    pub zone: String,
    /// Monday to Sunday.
    pub days: Vec<Day>,
    /// Where the week before is.
    pub before: String,
    /// Where the week after is.
    pub after: String,
    /// Where this week is; none when it is shown.
    pub present: Option<String>,
}

/// A day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// *Mon 23 Nov*.
    pub label: String,
    /// When it is open, from and until as minutes since midnight.
    pub open: Vec<(u16, u16)>,
    /// Why it is not as every week: the exception's name.
    pub exception: Option<String>,
    /// Minutes that do not exist or come twice, since clocks are changed.
    pub clock_changes: Vec<ClockChange>,
    /// What the clock shows, on the day that is today.
    pub now: Option<u16>,
}

/// What happens to the clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockChange {
    /// Whether the minutes come twice; else not at all.
    pub twice: bool,
    /// Minutes since midnight.
    pub from: u16,
    /// Minutes since midnight.
    pub until: u16,
}

/// The week within a card of its own.
pub fn card(title: &'static str, model: Model) -> AnyView {
    ui::card(title, steps(&model), view(&model))
}

fn steps(model: &Model) -> AnyView {
    let present = model.present.clone().map(|href| view! { <a class="small" href=href>"This week"</a> });
    view! {
        <nav class="steps-of-week" aria-label="Week">
            {present}
            <a class="btn small" href=model.before.clone() aria-label="The week before">"‹"</a>
            <a class="btn small" href=model.after.clone() aria-label="The week after">"›"</a>
        </nav>
    }
    .into_any()
}

fn view(model: &Model) -> AnyView {
    let labels = model.days.iter().map(label).collect_view();
    let rows = (0u16..).zip(&model.days).map(|(index, day)| row(index, day)).collect_view();
    let lines =
        [360u16, 720, 1_080].map(|at| view! { <line x1=at x2=at y1="0" y2=ROW * 7 class="rule"/> }).collect_view();
    let hours = [("0", "00"), ("6", "06"), ("12", "12"), ("18", "18"), ("24", "24")]
        .map(|(_, hour)| view! { <span>{hour}</span> })
        .collect_view();
    let size = format!("0 0 {DAY} {}", ROW * 7);
    view! {
        <div class="week">
            <p class="week-title">{model.title.clone()} <span class="more">{model.zone.clone()}</span></p>
            <ul class="week-days" aria-hidden="true">{labels}</ul>
            <svg class="week-bars" viewBox=size preserveAspectRatio="none" role="img" aria-label=in_words(model)>
                {lines} {rows}
            </svg>
            <p class="week-hours" aria-hidden="true">{hours}</p>
        </div>
        {notes(&model.days)}
        {table(&model.days)}
    }
    .into_any()
}

fn label(day: &Day) -> AnyView {
    let class = match (day.now.is_some(), day.exception.is_some()) {
        (true, true) => "today other",
        (true, false) => "today",
        (false, true) => "other",
        (false, false) => "",
    };
    view! { <li class=class>{day.label.clone()}</li> }.into_any()
}

fn row(index: u16, day: &Day) -> AnyView {
    let top = index * ROW;
    let bar = top + (ROW - BAR) / 2;
    let other = day.exception.is_some().then(|| {
        view! { <rect class="other" x="0" y=top + 1 width=DAY height=ROW - 2/> }
    });
    let open = day
        .open
        .iter()
        .map(|(from, until)| view! { <rect class="open" x=*from y=bar width=until - from height=BAR/> })
        .collect_view();
    let changes = day
        .clock_changes
        .iter()
        .map(|change| {
            let class = if change.twice { "twice" } else { "skipped" };
            view! { <rect class=class x=change.from y=top + 3 width=change.until - change.from height=ROW - 6/> }
        })
        .collect_view();
    let now = day.now.map(|now| view! { <line class="now" x1=now x2=now y1=top + 2 y2=top + ROW - 2/> });
    view! { <rect class="day" x="0" y=bar width=DAY height=BAR/> {other} {open} {changes} {now} }.into_any()
}

/// What stands out, below the drawing: exceptions and changed clocks, each in a line.
fn notes(days: &[Day]) -> AnyView {
    let lines: Vec<AnyView> = days
        .iter()
        .flat_map(|day| {
            let other = day.exception.as_ref().map(|name| format!("{}: {}", day.label, exception(name)));
            other.into_iter().chain(day.clock_changes.iter().map(|change| format!("{}: {}", day.label, said(*change))))
        })
        .map(|line| view! { <li>{line}</li> }.into_any())
        .collect();
    if lines.is_empty() {
        return ().into_any();
    }
    view! { <ul class="week-notes small muted">{lines}</ul> }.into_any()
}

fn exception(name: &str) -> String {
    if name.is_empty() { "hours of its own".to_owned() } else { format!("{name}, hours of its own") }
}

fn said(change: ClockChange) -> String {
    let (from, until) = (clock(change.from), clock(change.until));
    if change.twice {
        format!("clocks go back, {from} to {until} comes twice")
    } else {
        format!("clocks go forward, {from} to {until} does not exist")
    }
}

fn clock(minute: u16) -> String {
    domain::schedule::typed::clock(minute)
}

fn hours(day: &Day) -> String {
    let open: Vec<String> =
        day.open.iter().map(|(from, until)| format!("{} to {}", clock(*from), clock(*until))).collect();
    match day.open.as_slice() {
        [] => "Closed".to_owned(),
        [(0, DAY)] => "Open all day".to_owned(),
        _ => open.join(", "),
    }
}

fn in_words(model: &Model) -> String {
    let days: Vec<String> = model.days.iter().map(|day| format!("{} {}", day.label, hours(day))).collect();
    format!("Open {}: {}.", model.title, days.join("; "))
}

fn table(days: &[Day]) -> AnyView {
    let rows = days
        .iter()
        .map(|day| {
            let notes: Vec<String> = day
                .exception
                .iter()
                .map(|name| exception(name))
                .chain(day.clock_changes.iter().map(|change| said(*change)))
                .collect();
            view! {
                <tr><th scope="row">{day.label.clone()}</th><td>{hours(day)}</td><td>{notes.join("; ")}</td></tr>
            }
        })
        .collect_view();
    view! {
        <details class="fold">
            <summary class="small">"As a table"</summary>
            <table class="plain">
                <thead><tr><th scope="col">"Day"</th><th scope="col">"Open"</th><th scope="col">"Note"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let day = |label: &str, open: Vec<(u16, u16)>| Day { label: label.into(), open, ..Day::default() };
        Model {
            title: "26 October to 1 November 2026".into(),
            zone: "Europe/Berlin".into(),
            days: vec![
                Day { exception: Some("<Holiday>".into()), ..day("Mon 26 Oct", vec![]) },
                Day {
                    clock_changes: vec![ClockChange { twice: true, from: 120, until: 180 }],
                    now: Some(600),
                    ..day("Tue 27 Oct", vec![(0, 360), (480, 1_440)])
                },
                day("Wed 28 Oct", vec![(0, 1_440)]),
            ],
            before: "?week=-1".into(),
            after: "?week=1".into(),
            present: None,
        }
    }

    #[test]
    fn the_week_is_drawn_said_and_listed() {
        let html = Owner::new().with(|| card("Hours", model()).to_html());
        assert_eq!(html.matches("class=\"open\"").count(), 3, "{html}");
        assert!(html.contains("width=\"960\"") && html.contains("class=\"twice\"") && html.contains("class=\"now\""));
        assert!(
            html.contains("Mon 26 Oct Closed; Tue 27 Oct 00:00 to 06:00, 08:00 to 24:00; Wed 28 Oct Open all day.")
        );
        assert!(html.contains("clocks go back, 02:00 to 03:00 comes twice"));
        assert!(!html.contains("<Holiday>") && html.contains("Holiday") && !html.contains("style=\""));
    }
}
