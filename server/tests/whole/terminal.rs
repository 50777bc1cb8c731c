//! A terminal of a test's own: it speaks the protocol through the real router, as any maker's would.

use crate::browser::{Browser, Page, Stream};
use crate::house::{House, Organization, Things};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use server::http::client::Peer;
use server::service::terminal::manage::{self, TerminalInput};
use tower::ServiceExt;

/// A device that was paired.
#[derive(Clone)]
pub(crate) struct Device {
    router: Router,
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Asks as a machine does: JSON, a token or none, no cookies.
pub(crate) async fn ask(
    router: &Router,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Page {
    let mut browser = Browser::new(router.clone());
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("accept", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    headers.extend(body.map(|_| ("content-type", "application/json")));
    let path = format!("/api/terminal/v1/{path}");
    browser.ask(method, &path, &headers, body.map(Value::to_string).unwrap_or_default()).await
}

impl Device {
    /// A new terminal at a door, paired.
    pub(crate) async fn pair(house: &House, ours: &Organization, things: &Things) -> Self {
        let typed = TerminalInput { name: format!("{} Terminal", ours.marker), door_id: things.door.clone() };
        let (_, code) = manage::add(&house.app, &house.owner(ours), &typed).await.expect("a terminal");
        Self::with_code(&house.router, &code.text).await
    }

    /// Becomes the terminal of a code.
    pub(crate) async fn with_code(router: &Router, code: &str) -> Self {
        let body = json!({ "code": code, "software": "test 1" });
        let page = ask(router, Method::POST, "pair", None, Some(&body)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let said = page.json();
        let text = |name: &str| said[name].as_str().expect("a text").to_owned();
        Self { router: router.clone(), id: text("terminal"), token: text("token") }
    }

    /// The same device, talking to another process.
    pub(crate) fn at(&self, router: &Router) -> Self {
        Self { router: router.clone(), ..self.clone() }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Page {
        ask(&self.router, Method::POST, path, Some(&self.token), Some(&body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        ask(&self.router, Method::GET, path, Some(&self.token), None).await
    }

    pub(crate) async fn heartbeat(&self) -> Page {
        self.post("heartbeat", json!({ "software": "test 1", "wall": 0, "offset": 120, "list": 0, "waiting": 0 })).await
    }

    pub(crate) async fn claim(&self) -> Vec<Value> {
        let page = self.post("claim", json!({})).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.json()["commands"].as_array().expect("commands").clone()
    }

    /// Follows its stream.
    pub(crate) async fn stream(&self) -> Stream {
        let request = Request::get("/api/terminal/v1/stream")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .extension(Peer(([203, 0, 113, 9], 40_000).into()))
            .body(Body::empty())
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 200);
        Stream::of(response.into_body())
    }
}

/// Waits until a stream says an event of this name.
pub(crate) async fn hear(stream: &mut Stream, name: &str) {
    loop {
        let part = stream.next().await.unwrap_or_else(|| panic!("the stream ended before {name}"));
        if part.contains(&format!("event: {name}\n")) {
            return;
        }
    }
}

/// Waits until a stream has ended.
pub(crate) async fn ended(stream: &mut Stream) {
    while stream.next().await.is_some() {}
}
