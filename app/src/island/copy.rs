//! Buttons that a browser's own abilities stand behind: the clipboard, the phone's share sheet.

use leptos::prelude::*;

/// Copies `text`; shown only where the browser can. Without TLS browsers have no clipboard for pages: what stands in the
/// field `address` is copied then as if somebody had selected it.
#[island]
pub fn CopyButton(text: String, label: String) -> impl IntoView {
    let (able, set_able) = signal(false);
    let (done, set_done) = signal(false);
    #[cfg(feature = "hydrate")]
    Effect::new(move || set_able.set(can("clipboard") || field().is_some()));
    #[cfg(not(feature = "hydrate"))]
    let _ = set_able;
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            use wasm_bindgen::closure::Closure;
            if !can("clipboard") {
                set_done.set(copy_selected());
                set_timeout(move || set_done.set(false), std::time::Duration::from_secs(2));
                return;
            }
            let written = window().navigator().clipboard().write_text(&text);
            let finish = Closure::once(move |_| {
                set_done.set(true);
                set_timeout(move || set_done.set(false), std::time::Duration::from_secs(2));
            });
            // A refusal leaves the button as it was, and the address selectable beside it.
            let _ = written.then(&finish);
            finish.forget();
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = (&text, set_done);
        }
    };
    view! {
        <button type="button" class="btn primary" hidden=move || !able.get() on:click=copy>
            <span aria-live="polite">{move || if done.get() { "Copied".to_owned() } else { label.clone() }}</span>
        </button>
    }
}

/// Opens the phone's share sheet with `url`; shown only where there is one.
#[island]
pub fn ShareButton(url: String, title: String) -> impl IntoView {
    let (able, set_able) = signal(false);
    #[cfg(feature = "hydrate")]
    Effect::new(move || set_able.set(can("share")));
    #[cfg(not(feature = "hydrate"))]
    let _ = set_able;
    let share = move |_| {
        #[cfg(feature = "hydrate")]
        open_sheet(&url, &title);
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = (&url, &title);
        }
    };
    view! {
        <button type="button" class="btn" hidden=move || !able.get() on:click=share>"Share …"</button>
    }
}

#[cfg(feature = "hydrate")]
fn can(ability: &str) -> bool {
    js_sys::Reflect::get(&window().navigator(), &ability.into()).is_ok_and(|found| found.is_truthy())
}

#[cfg(feature = "hydrate")]
fn field() -> Option<web_sys::HtmlInputElement> {
    use wasm_bindgen::JsCast;
    document().get_element_by_id("address")?.dyn_into().ok()
}

/// Whether the field's text is in the clipboard now.
#[cfg(feature = "hydrate")]
fn copy_selected() -> bool {
    use wasm_bindgen::JsCast;
    let Some(field) = field() else { return false };
    field.select();
    let document = document();
    let command = js_sys::Reflect::get(&document, &"execCommand".into()).ok();
    let command = command.and_then(|command| command.dyn_into::<js_sys::Function>().ok());
    command.and_then(|command| command.call1(&document, &"copy".into()).ok()).is_some_and(|done| done.is_truthy())
}

#[cfg(feature = "hydrate")]
fn open_sheet(url: &str, title: &str) {
    use wasm_bindgen::JsCast;
    let navigator = window().navigator();
    let data = js_sys::Object::new();
    let set = |name: &str, value: &str| js_sys::Reflect::set(&data, &name.into(), &value.into()).is_ok();
    if !(set("url", url) && set("title", title)) {
        return;
    }
    let share = js_sys::Reflect::get(&navigator, &"share".into()).ok();
    if let Some(share) = share.and_then(|share| share.dyn_into::<js_sys::Function>().ok()) {
        // Closing the sheet rejects the promise, which is nobody's error.
        if let Ok(promise) = share.call1(&navigator, &data).and_then(|promise| promise.dyn_into::<js_sys::Promise>()) {
            let ignore = wasm_bindgen::closure::Closure::once(|_| ());
            let _ = promise.catch(&ignore);
            ignore.forget();
        }
    }
}
