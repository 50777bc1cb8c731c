//! The few things that all of the program asks of the browser.

use domain::terminal::Time;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, EventTarget, Performance, Window};

/// A device that slept for longer than this, milliseconds, has a steady clock that stood still.
const SLEPT_MS: f64 = 5_000.0;

/// The window that the program runs in.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Itself.
    pub window: Window,
    /// Its page.
    pub document: Document,
    performance: Performance,
    clock: std::rc::Rc<SteadyClock>,
}

/// Some browsers stop `performance.now()` while the device sleeps, and what sleeps with it would be thought young.
#[derive(Debug, Default)]
struct SteadyClock {
    slept: Cell<f64>,
    last: Cell<Option<(f64, f64)>>,
}

impl Browser {
    /// The one at hand; none outside a page.
    #[must_use]
    pub fn here() -> Option<Self> {
        let window = web_sys::window()?;
        let (document, performance) = (window.document()?, window.performance()?);
        Some(Self { window, document, performance, clock: std::rc::Rc::default() })
    }

    /// What the clocks show.
    #[must_use]
    pub fn time(&self) -> Time {
        let (wall, shown) = (js_sys::Date::now(), self.performance.now());
        let SteadyClock { slept, last } = &*self.clock;
        if let Some((wall_before, before)) = last.replace(Some((wall, shown))) {
            // Never back, and no more than the wall's clock went on.
            let ahead = (wall - wall_before) - (shown - before);
            if ahead > SLEPT_MS {
                slept.set(slept.get() + ahead);
            }
        }
        Time { wall: whole(wall), steady: whole(shown + slept.get()) }
    }

    /// Milliseconds with their fractions, for what is short.
    #[must_use]
    pub fn fine(&self) -> f64 {
        self.performance.now()
    }

    /// Notes how long something took, for whoever looks with the browser's tools.
    pub fn took<T>(&self, name: &str, work: impl FnOnce() -> T) -> T {
        let marked = self.performance.mark(name);
        let done = work();
        if marked.is_ok() {
            let _ = self.performance.measure_with_start_mark(name, name);
            self.performance.clear_marks_with_mark_name(name);
            self.performance.clear_measures_with_measure_name(name);
        }
        done
    }

    /// 16 bytes that nobody can guess; none where the browser has no source of them.
    #[must_use]
    pub fn random(&self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        self.window.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Waits.
    pub async fn sleep(&self, ms: i32) {
        let mut set = |done: Function, _| {
            let _ = self.window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms);
        };
        let _ = JsFuture::from(Promise::new(&mut set)).await;
    }

    /// Loads the page anew, in a while, so that a mistake that comes back at once does not make it flicker.
    pub fn reload_in(&self, ms: i32) {
        let location: JsValue = self.window.location().into();
        if let Ok(reload) = member(&location, "reload").dyn_into::<Function>() {
            let _ = self.window.set_timeout_with_callback_and_timeout_and_arguments_0(&reload.bind0(&location), ms);
        }
    }
}

/// Calls `handler` at each event of this name, for as long as the page lives.
pub fn on<E: FromWasmAbi + 'static>(target: &EventTarget, name: &str, handler: impl FnMut(E) + 'static) {
    let closure = Closure::<dyn FnMut(E)>::new(handler);
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// A member of any value; undefined where there is none.
#[must_use]
pub fn member(of: &JsValue, name: &str) -> JsValue {
    if of.is_object() || of.is_function() {
        Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
    } else {
        JsValue::UNDEFINED
    }
}

/// Calls a method that not every browser has; none where it has not.
pub fn call(of: &JsValue, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let method: Function = member(of, name).dyn_into().ok()?;
    let list: js_sys::Array = arguments.iter().copied().collect();
    Reflect::apply(&method, of, &list).ok()
}

/// Waits for what [`call`] promised.
pub async fn promised(promise: Option<JsValue>) -> Option<JsValue> {
    JsFuture::from(promise?.dyn_into::<Promise>().ok()?).await.ok()
}

/// An object of the script, from its JSON.
#[must_use]
pub fn object(json: &serde_json::Value) -> JsValue {
    js_sys::JSON::parse(&json.to_string()).unwrap_or_else(|_| Object::new().into())
}

/// The name of an exception, such as `NotAllowedError`.
#[must_use]
pub fn name_of(exception: &JsValue) -> String {
    member(exception, "name").as_string().unwrap_or_default()
}

/// Milliseconds without their fractions.
#[expect(clippy::cast_possible_truncation, reason = "the clocks of browsers show what fits many times over")]
fn whole(ms: f64) -> i64 {
    ms as i64
}
