//! The visitor's few icons, drawn here for their weight; all of them are decoration.

use leptos::prelude::*;

/// The mark: a key on brass.
pub(super) fn mark() -> impl IntoView {
    view! {
        <svg class="mark" width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
            <rect width="28" height="28" rx="7"/>
            <path d="M14 15.2v7m0-3h3.4M14 6.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4z"/>
        </svg>
    }
}

/// A clock, beside how long the link is good.
pub(super) fn clock() -> impl IntoView {
    view! {
        <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
            <path d="M9 2a7 7 0 1 0 0 14A7 7 0 0 0 9 2zm0 3.2V9l2.6 1.6"/>
        </svg>
    }
}

/// An open padlock, on a door's button.
pub(super) fn unlock() -> impl IntoView {
    view! {
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M7 9V6.5a3 3 0 0 1 5.7-1.3M6 9h8a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2z"/>
        </svg>
    }
}

/// A tick in a ring, on an open door.
pub(super) fn tick() -> impl IntoView {
    view! {
        <svg class="tick" width="44" height="44" viewBox="0 0 44 44" aria-hidden="true">
            <path d="M22 3a19 19 0 1 0 0 38 19 19 0 0 0 0-38zm-7.5 19.5 5.2 5.2 10-11"/>
        </svg>
    }
}
