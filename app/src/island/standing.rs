//! How a door stands, as it changes.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One message of the stream: a badge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The classes that draw it.
    pub class: String,
    /// The word.
    pub text: String,
}

/// The badge; `url` is the stream's address.
#[island]
pub fn StandingBadge(class: String, text: String, url: String) -> impl IntoView {
    let (now, set_now) = signal(Standing { class, text });
    #[cfg(feature = "hydrate")]
    super::stream::follow(&url, |_| (), move |news: Standing| set_now.set(news));
    #[cfg(not(feature = "hydrate"))]
    drop((url, set_now));
    view! { <span class=move || now.get().class>{move || now.get().text}</span> }
}
