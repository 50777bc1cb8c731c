//! A browser without a screen: it keeps cookies, says where its requests come from, and reads its pages' tokens.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use futures_util::StreamExt;
use server::http::client::Peer;
use std::collections::BTreeMap;
use tower::ServiceExt;

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The body as it came, for what is no text.
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
    }

    /// The value of the first attribute so called.
    pub(crate) fn attribute(&self, start: &str) -> Option<String> {
        let from = self.body.find(start)? + start.len();
        let end = self.body[from..].find('"')? + from;
        Some(self.body[from..end].to_owned())
    }

    /// The token of the page's forms.
    pub(crate) fn token(&self) -> String {
        self.attribute("name=\"csrf\" value=\"")
            .or_else(|| self.attribute("data-csrf=\""))
            .unwrap_or_else(|| panic!("a form with a token in {}", self.body))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("JSON, not {}", self.body))
    }
}

/// One person's browser.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Where it connects from.
    pub(crate) address: [u8; 4],
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookies: BTreeMap::new(), address: [203, 0, 113, 7] }
    }

    /// Asks, and keeps whatever cookies come back.
    pub(crate) async fn ask(&mut self, method: Method, path: &str, more: &[(&str, &str)], body: String) -> Page {
        self.send(method, path, more, body.into()).await
    }

    async fn send(&mut self, method: Method, path: &str, more: &[(&str, &str)], body: Body) -> Page {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:3000")
            .extension(Peer((self.address, 40_000).into()));
        if !more.iter().any(|(name, _)| *name == "accept") {
            request = request.header(header::ACCEPT, "text/html");
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, all.join("; "));
        }
        let request = request.body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if value.is_empty() || text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        // A stream never ends; that it began is all there is to see here.
        let bytes = if stream { Default::default() } else { to_bytes(body, 4 << 20).await.expect("a body") };
        Page {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.ask(Method::GET, path, &[], String::new()).await
    }

    /// Posts a form as a page of ours would.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_as(path, fields, &[("sec-fetch-site", "same-origin")]).await
    }

    pub(crate) async fn post_as(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.ask(Method::POST, path, &all, body).await
    }

    /// Posts a form with a file in it, as a page of ours would.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Page {
        let (field, name, bytes) = file;
        let mut body = Vec::new();
        for (key, value) in fields {
            let part = format!("--edge\r\ncontent-disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--edge\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=edge"), ("sec-fetch-site", "same-origin")];
        self.send(Method::POST, path, &headers, body.into()).await
    }

    /// Opens a page, and posts a form from it with its token.
    pub(crate) async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get(page).await.token();
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post(action, &all).await
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        self.submit("/sign-in", "/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Opens a visitor's link, as far as the page with its doors.
    pub(crate) async fn visit(&mut self, secret: &str) -> Page {
        let arrived = self.get(&format!("/l/{secret}")).await;
        if arrived.status != 303 {
            return arrived;
        }
        let to = arrived.location().to_owned();
        self.get(&to).await
    }

    /// Taps a door as the visitor's script does.
    pub(crate) async fn tap(&mut self, link: &str, door: &str, token: &str, request: &str) -> Page {
        let path = format!("/visit/{link}/doors/{door}/unlock");
        let fields = [("csrf", token), ("request_id", request)];
        self.post_as(&path, &fields, &[("sec-fetch-site", "same-origin"), ("accept", "application/json")]).await
    }
}

/// What a server sends bit by bit.
pub(crate) struct Stream(axum::body::BodyDataStream);

impl Stream {
    pub(crate) fn of(body: Body) -> Self {
        Self(body.into_data_stream())
    }

    /// The next part; nothing when the server ended it.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let part = tokio::time::timeout(std::time::Duration::from_secs(20), self.0.next());
        let part = part.await.expect("a part or an end in time")?;
        Some(String::from_utf8_lossy(&part.expect("a part")).into_owned())
    }
}

impl Browser {
    /// Follows a stream.
    pub(crate) async fn stream(&mut self, path: &str) -> Stream {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(path)
            .header(header::HOST, "127.0.0.1:3000")
            .header(header::ACCEPT, "text/event-stream")
            .header(header::COOKIE, cookies.join("; "))
            .extension(Peer((self.address, 40_000).into()))
            .body(Body::empty())
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 200);
        Stream(response.into_body().into_data_stream())
    }
}
