//! One door's card: its name, what it answered, and the one thing to press.

use leptos::prelude::*;

use super::doors::{Door, DoorState};
use super::icon;
use crate::text::{Words, fill};

/// The card. Its button does nothing without the script, and the link beside it is there only without one,
/// so that a program that submits every form and follows every link opens nothing.
pub(super) fn card(
    door: Door,
    link_id: &str,
    by_code: bool,
    now_ms: i64,
    words: &'static Words,
) -> impl IntoView + use<> {
    let Door { id, name, description, state } = door;
    let page = format!("/visit/{link_id}/doors/{id}");
    let open_ms = match &state {
        DoorState::Unlocked { until_ms } if *until_ms > now_ms => Some(until_ms - now_ms),
        _ => None,
    };
    let note = match &state {
        DoorState::LockedDown => Some(words.door_locked_down.to_owned()),
        DoorState::Offline => Some(words.door_offline.to_owned()),
        DoorState::NotAllowed => Some(words.door_not_allowed.to_owned()),
        DoorState::Closed { opens: Some(opens) } => Some(fill(words.door_opens, opens)),
        DoorState::Closed { opens: None } => Some(words.door_closed.to_owned()),
        DoorState::Ready | DoorState::Unlocked { .. } => None,
    };
    let pressable =
        !by_code && !matches!(state, DoorState::LockedDown | DoorState::NotAllowed | DoorState::Closed { .. });
    let title = open_ms.map_or("", |_| words.open_now);
    let press = pressable.then(|| {
        view! {
            <div class="out">
                {icon::tick()}
                <p role="status"><strong>{title}</strong><span></span></p>
                <b aria-hidden="true"></b>
            </div>
            <button type="button">{icon::unlock()}{named_button(&name, words)}</button>
            <noscript>
                <a class="go" href=page.clone()>{icon::unlock()}{named_button(&name, words)}</a>
            </noscript>
        }
    });
    view! {
        <li
            class=if open_ms.is_some() { "door open" } else { "door" }
            data-url=pressable.then(|| format!("{page}/unlock"))
            data-open=open_ms
        >
            <h3><bdi>{name}</bdi></h3>
            {(!description.is_empty()).then(|| view! { <p class="what"><bdi>{description}</bdi></p> })}
            {note.map(|note| view! { <p class="note">{note}</p> })}
            {press}
        </li>
    }
}

/// What a button shows (*Unlock*) and what it is called (*Unlock Front door*). After a refusal it shows
/// *Try again* and is called *Try again Unlock Front door*; the style sheet chooses by the card's state.
pub(super) fn named_button(name: &str, words: &'static Words) -> impl IntoView + use<> {
    view! {
        <span class="again">{words.try_again}" "</span>
        <span class="word" aria-hidden="true">{words.unlock}</span>
        <span class="name">{fill(words.unlock_door, name)}</span>
    }
}
