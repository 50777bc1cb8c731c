use super::*;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use std::time::Instant;
use tokio::io::AsyncReadExt;
use tokio::task::JoinHandle;

struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    done: JoinHandle<io::Result<()>>,
}

fn brief() -> Limits {
    let short = Duration::from_millis(300);
    Limits {
        queue: short,
        head: short,
        body: short,
        stall: short,
        grace: Duration::from_secs(2),
        ..Limits::new(50, security::Policy { https: false })
    }
}

fn router() -> Router {
    let stream = |Extension(stop): Extension<Shutdown>| async move {
        let first = futures_util::stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"data: hello\n\n"))]);
        let end = futures_util::stream::once(async move {
            stop.0.cancelled().await;
            Ok(Bytes::from_static(b"data: bye\n\n"))
        });
        Body::from_stream(futures_util::StreamExt::chain(first, end))
    };
    Router::new()
        .route("/", get(|Extension(peer): Extension<Peer>| async move { peer.0.ip().to_string() }))
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/slow", get(|| async { sleep(Duration::from_millis(800)).await }))
        .route("/forever", get(std::future::pending::<()>))
        .route("/large", get(|| async { vec![b'x'; 50_000_000] }))
        .route("/stream", get(stream))
        .route("/panic", get(|| async { assert!(tokio::time::Instant::now().elapsed() > Duration::MAX, "on purpose") }))
}

async fn start_with(limits: Limits, tls: Option<tls::Reloading>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let done = tokio::spawn(serve(listener, tls, router(), limits, stop.clone()));
    Server { address, stop, done }
}

impl Server {
    async fn start() -> Self {
        start_with(brief(), None).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads what comes until the server closes.
    async fn say(&self, text: &[u8]) -> String {
        let mut stream = self.connect().await;
        let _ = stream.write_all(text).await;
        rest(&mut stream).await
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    timeout(Duration::from_secs(10), stream.read_to_end(&mut answer))
        .await
        .expect("the server never closed")
        .expect("the connection was reset");
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(method: &str, path: &str, more: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n").into_bytes()
}

#[tokio::test]
async fn an_ordinary_request_is_answered_and_an_idle_connection_ends() {
    let server = Server::start().await;
    let begun = Instant::now();
    let answer = server.say(&head("GET", "/", "")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("127.0.0.1"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(1));
    let twice = [
        head("GET", "/", ""),
        head("POST", "/echo", "Content-Length: 2\r\n"),
        b"hi".to_vec(),
        head("GET", "/", "Connection: close\r\n"),
    ]
    .concat();
    assert_eq!(server.say(&twice).await.matches("HTTP/1.1 200").count(), 3);
}

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off() {
    let server = Server::start().await;
    for first in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        let mut stream = server.connect().await;
        stream.write_all(first.as_bytes()).await.unwrap();
        let (mut reading, mut writing) = stream.split();
        let trickle = async {
            while writing.write_all(b"X: y\r\n").await.is_ok() {
                sleep(Duration::from_millis(50)).await;
            }
        };
        let begun = Instant::now();
        let mut byte = [0];
        tokio::select! {
            _ = reading.read(&mut byte) => {},
            () = trickle => {},
        }
        assert!(begun.elapsed() < Duration::from_secs(1), "after {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_408() {
    let server = Server::start().await;
    let answer = server.say(&[head("POST", "/echo", "Content-Length: 10\r\n"), b"12345".to_vec()].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("x-content-type-options: nosniff"), "{answer}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413_before_it_is_read() {
    let server = Server::start().await;
    let begun = Instant::now();
    let answer = server.say(&head("POST", "/echo", "Content-Length: 65537\r\n")).await;
    assert!(answer.contains("larger than the 65 KB that are taken here"), "{answer}");
    assert!(answer.starts_with("HTTP/1.1 413") && begun.elapsed() < Duration::from_millis(250), "{answer}");
    let whole = [head("POST", "/echo", "Content-Length: 10000000\r\n"), vec![b'x'; 10_000_000]].concat();
    assert!(
        server.say(&whole).await.starts_with("HTTP/1.1 413"),
        "a client that sends first and reads then gets the answer too"
    );
    let mut chunks = head("POST", "/echo", "Transfer-Encoding: chunked\r\n");
    for _ in 0..70 {
        chunks.extend_from_slice(b"400\r\n");
        chunks.extend_from_slice(&[b'x'; 1_024]);
        chunks.extend_from_slice(b"\r\n");
    }
    assert!(server.say(&chunks).await.starts_with("HTTP/1.1 413"));
    let fits = [head("POST", "/echo", "Content-Length: 65536\r\n"), vec![b'x'; 65_536]].concat();
    assert!(server.say(&fits).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn long_addresses_are_414_and_large_heads_431() {
    let server = Server::start().await;
    let long = |size| format!("/{}", "a".repeat(size));
    assert!(server.say(&head("GET", &long(15_000), "")).await.starts_with("HTTP/1.1 404"));
    assert!(server.say(&head("GET", &long(16_383), "")).await.starts_with("HTTP/1.1 414"));
    assert!(server.say(&head("GET", "/", &format!("X: {}\r\n", "a".repeat(65_536)))).await.starts_with("HTTP/1.1 431"));
    assert!(server.say(&head("GET", "/", &"X: aaaaaaaa\r\n".repeat(101))).await.starts_with("HTTP/1.1 431"));
    assert!(
        server.say(&head("GET", "/", &format!("X: {}\r\n", "a".repeat(500_000)))).await.starts_with("HTTP/1.1 431")
    );
    assert!(server.say(&head("GET", "/", &format!("X: {}\r\n", "a".repeat(50_000)))).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn requests_that_can_be_read_in_two_ways_are_400_and_close() {
    let server = Server::start().await;
    let hidden = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    let cases = [
        ("POST /echo HTTP/1.1\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("POST /echo HTTP/1.1\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        ("POST /echo HTTP/1.1\r\n", "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi"),
        ("POST /echo HTTP/1.1\r\n", "Content-Length: 2\r\nContent-Length: 40\r\n\r\nhi"),
        ("POST /echo HTTP/1.1\r\n", "Content-Length: 2, 2\r\n\r\nhi"),
        ("POST /echo HTTP/1.1\r\n", "Content-Length: +2\r\n\r\nhi"),
        ("POST /echo HTTP/1.1\r\n", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ("POST /echo HTTP/1.1\r\n", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        ("POST /echo HTTP/1.1\r\n", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        ("POST /echo HTTP/1.1\r\n", "Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n"),
        ("POST /echo HTTP/1.1\r\n", "Transfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n"),
        ("POST /echo HTTP/1.0\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("GET / HTTP/1.1\r\n", "X: a\r\n folded: b\r\n\r\n"),
        ("GET / HTTP/1.1\r\n", "X: a\nY: b\r\n\r\n"),
        ("GET / HTTP/1.1\r\n", "X: a\rY: b\r\n\r\n"),
        ("GET / HTTP/1.1\n", "X: a\r\n\r\n"),
        ("GET / HTTP/1.1\r\n", "X: a\r\n\n"),
        ("GET / HTTP/1.1\r\n", "Host: b\r\n\r\n"),
    ];
    for (request, rest_of_it) in cases {
        let text = format!("{request}Host: a\r\n{rest_of_it}{hidden}");
        let answer = server.say(text.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{rest_of_it:?} gave {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{rest_of_it:?} gave {answer}");
        // And the same when the bytes come one after the other.
        let mut stream = server.connect().await;
        stream.set_nodelay(true).unwrap();
        for byte in text.bytes() {
            if stream.write_all(&[byte]).await.is_err() {
                break;
            }
        }
        let answer = rest(&mut stream).await;
        assert!(
            answer.starts_with("HTTP/1.1 400") && answer.matches("HTTP/1.1").count() == 1,
            "{rest_of_it:?} gave {answer}"
        );
    }
    let many: String = (0..200).map(|number| format!("X-{number}: a\r\n")).collect();
    for (request, status) in [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400"),
        ("nonsense\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"), "431"),
    ] {
        let answer = server.say(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        for header in ["x-content-type-options: nosniff\r\n", "content-security-policy: default-src 'none'"] {
            assert!(answer.contains(header), "the parser's own answers too: {answer}");
        }
    }
}

#[tokio::test]
async fn with_no_room_left_a_visitor_waits_and_is_then_told() {
    let server = start_with(Limits { connections: 1, head: Duration::from_secs(5), ..brief() }, None).await;
    let mut first = server.connect().await;
    first.write_all(&head("GET", "/", "")).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    let told = server.say(&head("GET", "/", "")).await;
    let body = told.split_once("\r\n\r\n").unwrap_or_default().1;
    assert!(
        told.starts_with("HTTP/1.1 503") && told.contains(&format!("content-length: {}\r\n", body.len())),
        "{told}"
    );
    let waiting = server.connect();
    let mut waiting = waiting.await;
    waiting.write_all(&head("GET", "/", "Connection: close\r\n")).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    drop(first);
    assert!(rest(&mut waiting).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_place() {
    let server = start_with(Limits { connections: 1, queue: Duration::from_secs(5), ..brief() }, None).await;
    let mut lazy = server.connect().await;
    lazy.write_all(&head("GET", "/large", "")).await.unwrap();
    sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();
    assert!(server.say(&head("GET", "/", "Connection: close\r\n")).await.starts_with("HTTP/1.1 200"));
    assert!(begun.elapsed() < Duration::from_secs(2), "after {:?}", begun.elapsed());
    // One that reads gets it all, however large.
    assert!(server.say(&head("GET", "/large", "Connection: close\r\n")).await.len() > 50_000_000);
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_flight_and_ends_streams() {
    let server = Server::start().await;
    let (mut slow, mut stream, mut idle) = (server.connect().await, server.connect().await, server.connect().await);
    slow.write_all(&head("GET", "/slow", "")).await.unwrap();
    stream.write_all(&head("GET", "/stream", "")).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    idle.write_all(&head("GET", "/", "")).await.unwrap();
    let last = rest(&mut idle).await;
    assert!(last.starts_with("HTTP/1.1 200") && last.contains("connection: close"), "{last}");
    let said = rest(&mut stream).await;
    assert!(said.contains("hello") && said.contains("bye"), "{said}");
    assert!(rest(&mut slow).await.starts_with("HTTP/1.1 200"));
    assert!(TcpStream::connect(server.address).await.is_err());
    timeout(Duration::from_secs(1), server.done).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let server = start_with(Limits { grace: Duration::from_millis(700), ..brief() }, None).await;
    let mut stuck = server.connect().await;
    stuck.write_all(&head("GET", "/forever", "")).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    server.stop.cancel();
    let begun = Instant::now();
    server.done.await.unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "after {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_server_goes_on() {
    let server = Server::start().await;
    assert!(server.say(&head("GET", "/panic", "")).await.starts_with("HTTP/1.1 500"));
    assert!(server.say(&head("GET", "/", "")).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn tls_is_spoken_with_the_files_certificate_and_a_silent_handshake_ends() {
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let files =
        crate::config::TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let server = start_with(brief(), Some(tls::Reloading::open(&files).unwrap())).await;
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let mut stream =
        connector.connect(ServerName::try_from("localhost").unwrap(), server.connect().await).await.unwrap();
    stream.write_all(&head("GET", "/", "Connection: close\r\n")).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(rest(&mut server.connect().await).await, "");
}

#[test]
fn connections_leave_files_for_the_rest() {
    assert_eq!(within_open_files(4_096, Some(1_048_576)), (4_096, 256));
    assert_eq!(within_open_files(4_096, Some(256)), (160, 32));
    assert_eq!(within_open_files(100, None), (100, 256));
    assert!(open_files().is_some_and(|files| files > 10));
}
