//! The terminal's side of `docs/terminal-protocol.md` over HTTP.

use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use terminal::wire::{
    ClaimAnswer, Entry, HeartbeatAnswer, HeartbeatRequest, JournalAnswer, JournalRequest, ListAnswer, PairAnswer,
    PairRequest, Problem, ResultRequest, ScanAnswer, ScanRequest,
};
use url::{Host, Url};

/// Most requests are given up after this.
const PATIENCE: Duration = Duration::from_secs(10);
/// A list or a journal may take longer on a slow line.
const LONG: Duration = Duration::from_secs(60);
/// The stream is alive as long as something comes this often; the server sends a comment every 15 s.
pub(super) const SILENCE: Duration = Duration::from_secs(45);
/// The most of an answer that is read, bytes; and of a list.
const MOST: usize = 64 * 1024;
const MOST_LIST: usize = 32 * 1024 * 1024;

/// Why there is no answer to go by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The terminal was revoked.
    #[error("This terminal was revoked.")]
    Revoked,
    /// The server answered, and will not.
    #[error("the server answered {status}: {title}")]
    Refused {
        /// The status.
        status: u16,
        /// The problem's stable code, or nothing.
        code: String,
        /// The problem's sentence, or nothing.
        title: String,
    },
    /// Nobody answered, or not as the protocol has it.
    #[error("{0}")]
    Unreachable(String),
}

/// Speaks to one server for one terminal.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// For a server's address, as people open it, and whose certificates are believed (PEM; none for the public
    /// authorities). `token` is empty before pairing.
    ///
    /// # Errors
    /// A sentence, when the address cannot be used. Plain http is for this very machine only.
    pub fn new(server: &str, certificate: &str, token: &str) -> Result<Self, String> {
        let base = address(server)?;
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Latchkey/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            // A list of thousands of codes is half as long then; the bounds of an answer are those of what was unpacked.
            .gzip(true)
            .connect_timeout(Duration::from_secs(5))
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_secs(60))
            .tcp_nodelay(true);
        if !certificate.is_empty() {
            let own = Certificate::from_pem_bundle(certificate.as_bytes())
                .map_err(|_| "The certificate is no PEM file with a certificate in it.".to_owned())?;
            builder = own
                .into_iter()
                .fold(builder.tls_built_in_root_certs(false), |builder, one| builder.add_root_certificate(one));
        }
        let http = builder.build().map_err(|cause| format!("No connections can be made: {cause}."))?;
        Ok(Self { http, base, token: token.to_owned() })
    }

    /// `POST pair`.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn pair(&self, request: &PairRequest) -> Result<PairAnswer, Lost> {
        self.post("pair", request).await
    }

    /// `POST heartbeat`.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<HeartbeatAnswer, Lost> {
        self.post("heartbeat", request).await
    }

    /// `GET list`; none: nothing newer.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn list(&self, have: Option<i64>) -> Result<Option<ListAnswer>, Lost> {
        let mut request = self.request(Method::GET, "list")?;
        if let Some(have) = have {
            request = request.query(&[("have", have)]);
        }
        let response = sent(request.timeout(LONG)).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        read(response, MOST_LIST).await.map(Some)
    }

    /// `POST scan`.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn scan(&self, request: &ScanRequest) -> Result<ScanAnswer, Lost> {
        self.post("scan", request).await
    }

    /// `POST journal`.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn journal(&self, entries: Vec<Entry>) -> Result<JournalAnswer, Lost> {
        let request = self.request(Method::POST, "journal")?.json(&JournalRequest { entries });
        read(sent(request.timeout(LONG)).await?, MOST).await
    }

    /// `POST claim`.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn claim(&self) -> Result<ClaimAnswer, Lost> {
        self.post("claim", &serde_json::json!({})).await
    }

    /// `POST result`.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn result(&self, request: &ResultRequest) -> Result<(), Lost> {
        let request = self.request(Method::POST, "result")?.json(request);
        sent(request.timeout(PATIENCE)).await.map(|_| ())
    }

    /// `GET stream`: the answer, whose body goes on for as long as the server has it.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn stream(&self) -> Result<Response, Lost> {
        let request = self.request(Method::GET, "stream")?.header("accept", "text/event-stream");
        match tokio::time::timeout(PATIENCE, sent(request)).await {
            Ok(answered) => answered,
            Err(_) => Err(Lost::Unreachable("the server did not answer in time".into())),
        }
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Lost> {
        let url = self.base.join(path).map_err(|cause| Lost::Unreachable(cause.to_string()))?;
        let request = self.http.request(method, url);
        Ok(if self.token.is_empty() { request } else { request.bearer_auth(&self.token) })
    }

    async fn post<B: Serialize, R: DeserializeOwned>(&self, path: &str, body: &B) -> Result<R, Lost> {
        let request = self.request(Method::POST, path)?.json(body);
        read(sent(request.timeout(PATIENCE)).await?, MOST).await
    }
}

/// The protocol's root at a server.
fn address(server: &str) -> Result<Url, String> {
    let say = |why: &str| format!("{server} cannot be used: {why}.");
    let mut url = Url::parse(server.trim()).map_err(|_| say("it is no address such as https://door.example.com"))?;
    let own = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(say("it names no machine")),
    };
    match url.scheme() {
        "https" => {}
        "http" if own => {}
        "http" => return Err(say("terminals speak plain http to this very machine only. Use https")),
        _ => return Err(say("it begins with neither https:// nor http://")),
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/api/terminal/v1/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

async fn sent(request: RequestBuilder) -> Result<Response, Lost> {
    let response = request.send().await.map_err(|cause| Lost::Unreachable(why(&cause)))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let problem: Problem = read(response, MOST).await.unwrap_or_default();
    if status == StatusCode::UNAUTHORIZED && problem.code == Problem::REVOKED {
        return Err(Lost::Revoked);
    }
    Err(Lost::Refused { status: status.as_u16(), code: problem.code, title: problem.title })
}

async fn read<R: DeserializeOwned>(mut response: Response, most: usize) -> Result<R, Lost> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|cause| Lost::Unreachable(why(&cause)))? {
        if bytes.len() + chunk.len() > most {
            return Err(Lost::Unreachable("the server's answer is too long".into()));
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes)
        .map_err(|cause| Lost::Unreachable(format!("the server's answer is no such: {cause}")))
}

/// The innermost cause says most.
fn why(cause: &reqwest::Error) -> String {
    if cause.is_timeout() {
        return "the server did not answer in time".into();
    }
    let mut inner: &dyn std::error::Error = cause;
    while let Some(next) = inner.source() {
        inner = next;
    }
    format!("the server cannot be reached: {inner}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[test]
    fn a_server_is_reached_over_https_or_on_this_machine() {
        for (given, url) in [
            ("https://door.example.com", "https://door.example.com/api/terminal/v1/"),
            ("https://door.example.com/house/?x#y", "https://door.example.com/house/api/terminal/v1/"),
            (" http://127.0.0.1:3000 ", "http://127.0.0.1:3000/api/terminal/v1/"),
            ("http://localhost:3000/", "http://localhost:3000/api/terminal/v1/"),
            ("http://[::1]:3000", "http://[::1]:3000/api/terminal/v1/"),
        ] {
            assert_eq!(address(given).unwrap().as_str(), url);
        }
        for given in ["door.example.com", "http://192.168.1.5:3000", "ftp://127.0.0.1", "http://localhost.example.com"]
        {
            assert!(address(given).is_err(), "{given}");
        }
    }
    /// A server that answers every request with this body, packed, and says what it was asked.
    async fn packed(body: Vec<u8>) -> (Client, tokio::task::JoinHandle<String>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&body).unwrap();
        let body = gzip.finish().unwrap();
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
                stream.read_buf(&mut asked).await.unwrap();
            }
            let head = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            // Whoever has read enough hangs up.
            let _ = stream.write_all(&body).await;
            String::from_utf8_lossy(&asked).to_lowercase()
        });
        (Client::new(&url, "", "token").unwrap(), asked)
    }

    #[tokio::test]
    async fn lists_come_packed_and_what_unpacks_to_too_much_is_no_answer() {
        let list = ListAnswer { manifest: "a.b.c".into(), list: Some("x".repeat(100_000)), ..ListAnswer::default() };
        let (client, asked) = packed(serde_json::to_vec(&list).unwrap()).await;
        assert_eq!(client.list(None).await.unwrap(), Some(list));
        assert!(asked.await.unwrap().contains("accept-encoding: gzip"));
        let (client, _) = packed(vec![b' '; MOST_LIST + 1]).await;
        assert!(matches!(client.list(None).await, Err(Lost::Unreachable(why)) if why.contains("too long")));
    }
}
