//! A stream of server-sent events, read for as long as the page is there.

use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// How the stream stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Events arrive.
    Live,
    /// The browser tries again by itself.
    Reconnecting,
    /// The server said no, so the browser gave up: signed out, most likely.
    Ended,
}

/// Follows `url`; messages that cannot be read are left out.
pub(super) fn follow<T: DeserializeOwned + 'static>(
    url: &str,
    standing: impl Fn(Standing) + Clone + 'static,
    message: impl Fn(T) + 'static,
) {
    let Ok(source) = EventSource::new(url) else {
        return standing(Standing::Ended);
    };
    let live = standing.clone();
    let open = Closure::<dyn Fn()>::new(move || live(Standing::Live));
    source.set_onopen(Some(open.as_ref().unchecked_ref()));
    let state = source.clone();
    let error = Closure::<dyn Fn()>::new(move || {
        let ended = state.ready_state() == EventSource::CLOSED;
        standing(if ended { Standing::Ended } else { Standing::Reconnecting });
    });
    source.set_onerror(Some(error.as_ref().unchecked_ref()));
    let news = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(Ok(item)) = event.data().as_string().map(|text| serde_json::from_str(&text)) {
            message(item);
        }
    });
    source.set_onmessage(Some(news.as_ref().unchecked_ref()));
    // They live as long as the page, and so does the stream.
    open.forget();
    error.forget();
    news.forget();
}
