//! Today by the hour: bars that are drawn here, what they say in a sentence, and the same as a table.

use leptos::prelude::*;

use super::super::parts;
use super::Hour;
use crate::ui;

/// The drawing's size, in its own units.
const WIDTH: i64 = 640;
const HEIGHT: i64 = 120;
/// Room for one of 24 hours.
const SLOT: i64 = 26;
const LEFT: i64 = 8;
const BAR: i64 = 18;

/// The card.
pub(super) fn view(hours: &[Hour], today: &str) -> AnyView {
    let all = hours.iter().map(|hour| hour.granted + hour.refused).max().unwrap_or(0);
    let log = view! { <a class="small" href=parts::address("/events", &[("since", today), ("action", "door.unlock")])>"In the event log"</a> };
    if all == 0 {
        let nothing = view! { <p class="body muted">"Nobody has asked a door to open today."</p> };
        return ui::card_of("card", "Today by the hour", log.into_any(), nothing.into_any());
    }
    let body = view! {
        <div class="body chart">
            <p class="small muted legend" aria-hidden="true"><span class="granted">"Opened"</span> <span class="refused">"Refused"</span></p>
            {bars(hours, all)}
            <details class="fold">
                <summary class="small">"As a table"</summary>
                {table(hours)}
            </details>
        </div>
    };
    ui::card_of("card", "Today by the hour", log.into_any(), body.into_any())
}

/// What the bars say, for who cannot see them.
fn sentence(hours: &[Hour]) -> String {
    let (granted, refused) =
        hours.iter().fold((0, 0), |(granted, refused), hour| (granted + hour.granted, refused + hour.refused));
    let busiest = hours.iter().max_by_key(|hour| hour.granted + hour.refused).map(|hour| hour.label.clone());
    let most = busiest.map(|label| format!(" Most in the hour from {label}:00.")).unwrap_or_default();
    format!("Today {} and {refused} refused.{most}", ui::count(granted, "opening", "openings"))
}

fn bars(hours: &[Hour], most: i64) -> AnyView {
    // At least a sliver where there was anything at all.
    let height = |count: i64| if count == 0 { 0 } else { (count * (HEIGHT - 10) / most).max(3) };
    let rect = |class: &'static str, at: usize, y: i64, height: i64| {
        let x = LEFT + i64::try_from(at).unwrap_or(0) * SLOT;
        (height > 0).then(|| {
            view! { <rect class=class x=x.to_string() y=y.to_string() width=BAR.to_string() height=height.to_string() rx="2"></rect> }
        })
    };
    let drawn = hours
        .iter()
        .enumerate()
        .map(|(at, hour)| {
            let (granted, refused) = (height(hour.granted), height(hour.refused));
            let top = HEIGHT - granted;
            // A line of paper between the two, so that colour is not all that tells them apart.
            let gap = if granted > 0 { 2 } else { 0 };
            let refused_bar = rect("refused", at, top - refused - gap, refused);
            view! { {rect("granted", at, top, granted)} {refused_bar} }
        })
        .collect_view();
    let marks = [(0, "0"), (6, "6"), (12, "12"), (18, "18"), (24, "24")]
        .into_iter()
        .map(|(hour, label)| {
            let x = (LEFT + hour * SLOT).min(WIDTH - 18);
            view! { <text x=x.to_string() y=(HEIGHT + 16).to_string()>{label}</text> }
        })
        .collect_view();
    let base = format!("M0 {HEIGHT}.5h{WIDTH}");
    view! {
        <svg class="bars" viewBox=format!("0 0 {WIDTH} {}", HEIGHT + 22) role="img" aria-label=sentence(hours)>
            {drawn}
            <path class="base" d=base></path>
            {marks}
        </svg>
    }
    .into_any()
}

fn table(hours: &[Hour]) -> AnyView {
    let rows = hours
        .iter()
        .filter(|hour| hour.granted + hour.refused > 0)
        .map(|hour| {
            view! { <tr><th scope="row">{format!("{}:00", hour.label)}</th><td class="num">{hour.granted}</td><td class="num">{hour.refused}</td></tr> }
        })
        .collect_view();
    view! {
        <table class="small plain">
            <thead><tr><th scope="col">"From"</th><th scope="col">"Opened"</th><th scope="col">"Refused"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_are_said_in_a_sentence() {
        let hour = |label: &str, granted, refused| Hour { label: label.into(), granted, refused };
        let hours = [hour("08", 1, 0), hour("09", 4, 2), hour("10", 0, 0)];
        assert_eq!(sentence(&hours), "Today 5 openings and 2 refused. Most in the hour from 09:00.");
    }
}
