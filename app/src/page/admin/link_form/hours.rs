//! Hours that a link has of its own, folded away until they are wanted.

use leptos::prelude::*;

use crate::page::admin::week_fields;
use crate::ui::icon::Icon;

/// The fold.
pub(super) fn view(hours: week_fields::Model) -> AnyView {
    let open = !hours.is_empty() || hours.errors.iter().any(Option::is_some);
    view! {
        <fieldset>
            <legend>"Hours"</legend>
            <details class="fold" open=open>
                <summary class="btn">{Icon::Schedule.view()} "Only at certain hours"</summary>
                <p class="hint in-fold">
                    "Each week, by the clock of the door's place, and within the hours of its doors and groups. Leave all of it empty for no hours of its own."
                </p>
                {week_fields::view(hours)}
            </details>
        </fieldset>
    }
    .into_any()
}
