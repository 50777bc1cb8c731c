//! The groups that a link may open, beside its single doors.

use leptos::prelude::*;

/// A group to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// `group_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The names of its doors.
    pub doors: Vec<String>,
    /// Whether it is ticked.
    pub chosen: bool,
}

/// Named doors before *and 4 more*.
const NAMED: usize = 3;

/// The boxes; nothing where there is no group.
pub(super) fn view(groups: &[Group]) -> AnyView {
    if groups.is_empty() {
        return ().into_any();
    }
    let boxes = groups
        .iter()
        .map(|group| {
            view! {
                <li>
                    <label>
                        <input type="checkbox" name="group" value=group.id.clone() checked=group.chosen/>
                        <span>{group.name.clone()} <span class="more">{doors(&group.doors)}</span></span>
                    </label>
                </li>
            }
        })
        .collect_view();
    view! { <div class="group"><p class="small muted">"Groups"</p><ul class="checks" aria-label="Groups">{boxes}</ul></div> }
        .into_any()
}

fn doors(names: &[String]) -> String {
    match names.len() {
        0 => "No doors in it yet".to_owned(),
        count if count > NAMED + 1 => {
            let first: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
            format!("{} and {} more", first.join(", "), count - NAMED)
        }
        _ => names.join(", "),
    }
}
