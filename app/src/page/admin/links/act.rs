//! The bar below the list: what to do, and to which links. It works without script, so it says which by a choice.

use domain::list::Deed;
use leptos::prelude::*;

use super::filters::pairs;
use super::{Narrow, Row};
use crate::ui::{self, Choice, Field};

/// The words of a deed in the bar.
fn offer(deed: Deed) -> &'static str {
    match deed {
        Deed::Pause => "Pause",
        Deed::Resume => "Resume",
        Deed::Extend => "Extend by days",
        Deed::Send => "Send by e-mail",
        Deed::Revoke => "Revoke",
    }
}

/// A form around the list with the bar at its end.
pub(super) fn around(narrow: &Narrow, rows: &[Row], list: AnyView) -> AnyView {
    let scopes = [("ticked", "The ticked links"), ("page", "All on this page"), ("all", "All that match")]
        .map(|(value, label)| Choice { value: value.into(), label: label.into() });
    let deeds = Deed::ALL.map(|deed| Choice { value: deed.code().into(), label: offer(deed).into() });
    let kept = pairs(narrow, "")
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let here = rows.iter().map(|row| view! { <input type="hidden" name="here" value=row.id.clone()/> }).collect_view();
    view! {
        <form method="get" action="/links/act">
            {kept} {here}
            {list}
            <div class="filters fields act">
                {ui::select("scope", "Which", scopes.into(), Field::new("ticked"))}
                {ui::select("do", "What to do", deeds.into(), Field::default())}
                <button class="btn">"Go on"</button>
            </div>
        </form>
    }
    .into_any()
}

/// The box before a link.
pub(super) fn tick(row: &Row) -> AnyView {
    view! {
        <td class="tick">
            <label class="over">
                <input type="checkbox" name="link" value=row.id.clone()/>
                <span class="hidden">{format!("Choose {}", row.name)}</span>
            </label>
        </td>
    }
    .into_any()
}
