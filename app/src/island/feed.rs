//! What happens now: the last events, and new ones as they come.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One event, as the page first shows it and as the stream brings it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedItem {
    /// `event_…`.
    pub id: String,
    /// When, as people say it: *14:31*.
    pub at_said: String,
    /// When, exactly, with the zone.
    pub at_exact: String,
    /// When, RFC 3339.
    pub at_iso: String,
    /// Who: *Ada Keller*.
    pub who: String,
    /// What they did: *opened Front door*.
    pub did: String,
    /// More in small print; may be empty.
    pub detail: String,
    /// The outcome's code: `granted`, `denied`, `failed`, `done`.
    pub outcome: String,
    /// The outcome in a word.
    pub badge: String,
}

/// How many events stay on the overview.
#[cfg(feature = "hydrate")]
const KEEP: usize = 20;
/// How many stay in a list that is followed.
#[cfg(feature = "hydrate")]
const KEEP_IN_LOG: usize = 200;

/// The least time between two announcements to a screen reader, milliseconds.
#[cfg(feature = "hydrate")]
const QUIET_MS: f64 = 10_000.0;

/// The feed; `url` is the stream's address.
#[island]
pub fn LiveFeed(items: Vec<FeedItem>, url: String) -> impl IntoView {
    let (items, set_items) = signal(items);
    let (badge, set_badge) = signal(("badge off", "As of now"));
    let (said, set_said) = signal(String::new());
    #[cfg(feature = "hydrate")]
    follow(&url, KEEP, set_items, set_badge, set_said);
    #[cfg(not(feature = "hydrate"))]
    drop((url, set_items, set_badge, set_said));
    view! {
        <header>
            <h2>"Now"</h2>
            <span class=move || badge.get().0>{move || badge.get().1}</span>
        </header>
        <p class="hidden" aria-live="polite">{said}</p>
        <ul class="rows feed">{move || items.get().into_iter().map(line).collect_view()}</ul>
        <p class="body muted" hidden=move || !items.with(Vec::is_empty)>
            "Nothing has happened yet. Openings, refusals and changes will stand here as they happen."
        </p>
    }
}

/// The event log as it goes on; `url` is the stream's address, with the list's filter.
#[island]
pub fn LiveLog(items: Vec<FeedItem>, url: String) -> impl IntoView {
    let (items, set_items) = signal(items);
    let (badge, set_badge) = signal(("badge off", "As of now"));
    let (said, set_said) = signal(String::new());
    #[cfg(feature = "hydrate")]
    follow(&url, KEEP_IN_LOG, set_items, set_badge, set_said);
    #[cfg(not(feature = "hydrate"))]
    drop((url, set_items, set_badge, set_said));
    view! {
        <header>
            <h2>"As it happens"</h2>
            <span class=move || badge.get().0>{move || badge.get().1}</span>
        </header>
        <p class="hidden" aria-live="polite">{said}</p>
        <ul class="rows feed wide">{move || items.get().into_iter().map(line).collect_view()}</ul>
        <p class="body muted" hidden=move || !items.with(Vec::is_empty)>
            "Nothing that fits has happened yet. It will stand here as soon as it does."
        </p>
    }
}

fn line(item: FeedItem) -> impl IntoView {
    let class = match item.outcome.as_str() {
        "granted" => "badge ok",
        "denied" => "badge no",
        "failed" => "badge warn",
        _ => "badge",
    };
    view! {
        <li>
            <time class="small muted num" datetime=item.at_iso title=item.at_exact>{item.at_said}</time>
            <div>
                <a class="cover" href=format!("/events/{}", item.id)><b>{item.who}</b>" "{item.did}</a>
                <p class="small muted">{item.detail}</p>
            </div>
            <span class=class>{item.badge}</span>
        </li>
    }
}

#[cfg(feature = "hydrate")]
fn follow(
    url: &str,
    keep: usize,
    items: WriteSignal<Vec<FeedItem>>,
    badge: WriteSignal<(&'static str, &'static str)>,
    said: WriteSignal<String>,
) {
    use super::stream::{self, Standing};
    let spoken = std::cell::Cell::new(0.0);
    stream::follow(
        url,
        move |standing| {
            badge.set(match standing {
                Standing::Live => ("badge ok", "Live"),
                Standing::Reconnecting => ("badge warn off", "Reconnecting"),
                Standing::Ended => ("badge off", "Load the page again"),
            });
        },
        move |item: FeedItem| {
            let now = js_sys::Date::now();
            if now - spoken.get() > QUIET_MS {
                spoken.set(now);
                said.set(format!("{} {}: {}", item.who, item.did, item.badge));
            }
            items.update(|items| {
                // After a reconnection the stream may repeat what is already here.
                if items.iter().all(|known| known.id != item.id) {
                    items.insert(0, item);
                    items.truncate(keep);
                }
            });
        },
    );
}
