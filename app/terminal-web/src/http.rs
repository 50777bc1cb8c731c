//! The requests of the protocol, to where the page came from.

use crate::browser::{Browser, member};
use futures_channel::mpsc::UnboundedSender;
use serde::Serialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect, Response,
};

/// A stream that was silent for so long is dead, milliseconds: the server says something every 15 s.
const SILENCE_MS: i32 = 40_000;
const BASE: &str = "/api/terminal/v1/";

/// An answer of the server, whatever it says.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP's.
    pub status: u16,
    /// The whole of it.
    pub body: String,
}

/// The server was not reached, or not in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// Whom to ask, and as who.
#[derive(Clone, Debug)]
pub struct Server {
    browser: Browser,
    token: String,
}

impl Server {
    /// As the terminal with this token; as nobody with an empty one.
    #[must_use]
    pub fn new(browser: Browser, token: &str) -> Self {
        Self { browser, token: token.to_owned() }
    }

    /// `POST`, with `limit` in milliseconds until the last byte of the answer.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn post(&self, path: &str, body: &impl Serialize, limit: i32) -> Result<Answer, NoAnswer> {
        let body = serde_json::to_string(body).map_err(|_| NoAnswer)?;
        self.whole("POST", path, Some(&body), limit).await.map_err(|_| NoAnswer)
    }

    /// `GET`, likewise.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn get(&self, path: &str, limit: i32) -> Result<Answer, NoAnswer> {
        self.whole("GET", path, None, limit).await.map_err(|_| NoAnswer)
    }

    async fn whole(&self, method: &str, path: &str, body: Option<&str>, limit: i32) -> Result<Answer, JsValue> {
        let watch = Watch::new(&self.browser)?;
        watch.within(limit)?;
        let response = self.fetch(method, path, body, &watch).await?;
        let text = JsFuture::from(response.text()?).await;
        watch.rest();
        Ok(Answer { status: response.status(), body: text?.as_string().unwrap_or_default() })
    }

    async fn fetch(&self, method: &str, path: &str, body: Option<&str>, watch: &Watch) -> Result<Response, JsValue> {
        let headers = Headers::new()?;
        if !self.token.is_empty() {
            headers.set("authorization", &format!("Bearer {}", self.token))?;
        }
        let init = RequestInit::new();
        if let Some(body) = body {
            headers.set("content-type", "application/json")?;
            init.set_body(&body.into());
        }
        init.set_method(method);
        init.set_headers_headers(&headers);
        init.set_cache(RequestCache::NoStore);
        // Whoever is signed in in this browser has nothing to do with the terminal.
        init.set_credentials(RequestCredentials::Omit);
        init.set_redirect(RequestRedirect::Error);
        init.set_signal(Some(&watch.controller.signal()));
        let promise = self.browser.window.fetch_with_str_and_init(&format!("{BASE}{path}"), &init);
        JsFuture::from(promise).await?.dyn_into()
    }

    /// `GET stream`: sends the name of each event until the stream ends; then its status, 0 for none.
    pub async fn listen<T>(&self, sender: &UnboundedSender<T>, event: impl Fn(&str) -> Option<T>) -> u16 {
        let Ok(watch) = Watch::new(&self.browser) else { return 0 };
        if watch.within(SILENCE_MS).is_err() {
            return 0;
        }
        let Ok(response) = self.fetch("GET", "stream", None, &watch).await else { return 0 };
        let reader = response.body().map(|body| body.get_reader().unchecked_into::<ReadableStreamDefaultReader>());
        let Some(reader) = reader.filter(|_| response.ok()) else { return response.status() };
        let mut line = Vec::new();
        while let Ok(part) = JsFuture::from(reader.read()).await {
            watch.rest();
            let bytes = member(&part, "value").dyn_into::<js_sys::Uint8Array>();
            let (Ok(bytes), Ok(())) = (bytes, watch.within(SILENCE_MS)) else { break };
            for byte in bytes.to_vec() {
                if byte != b'\n' {
                    line.push(byte);
                    continue;
                }
                let said = String::from_utf8_lossy(&line);
                if let Some(told) = said.strip_prefix("event:").and_then(|name| event(name.trim())) {
                    let _ = sender.unbounded_send(told);
                }
                line.clear();
            }
        }
        watch.rest();
        response.status()
    }
}

/// Ends a request that takes too long.
struct Watch {
    browser: Browser,
    controller: AbortController,
    end: Closure<dyn FnMut()>,
    timer: std::cell::Cell<Option<i32>>,
}

impl Watch {
    fn new(browser: &Browser) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let ending = controller.clone();
        let end = Closure::new(move || ending.abort());
        Ok(Self { browser: browser.clone(), controller, end, timer: std::cell::Cell::new(None) })
    }

    fn within(&self, ms: i32) -> Result<(), JsValue> {
        let end = self.end.as_ref().unchecked_ref();
        let timer = self.browser.window.set_timeout_with_callback_and_timeout_and_arguments_0(end, ms)?;
        self.timer.set(Some(timer));
        Ok(())
    }

    fn rest(&self) {
        if let Some(timer) = self.timer.take() {
            self.browser.window.clear_timeout_with_handle(timer);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.rest();
    }
}
