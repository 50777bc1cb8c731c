//! A text message service on loopback, Twilio's API and a generic one at once, that keeps what it is given and has moods.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Taking,
    /// Says no for good, as Twilio does.
    Refusing,
    /// Says so many as a status without more.
    Status(u16),
    /// Takes it and hangs up before saying so.
    Silent,
    /// Takes a second.
    Slow,
    /// Leads elsewhere.
    Moved,
}

/// What it was given.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Call {
    /// A field of a form.
    pub(crate) fn field(&self, name: &str) -> String {
        let mut pairs = url::form_urlencoded::parse(self.body.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}

#[derive(Clone)]
pub(crate) struct Phones {
    pub(crate) port: u16,
    mood: Arc<Mutex<Mood>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Phones {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let phones = Self { port, mood: Arc::new(Mutex::new(Mood::Taking)), calls: Arc::default() };
        let served = phones.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let phones = served.clone();
                tokio::spawn(async move { phones.serve(stream).await });
            }
        });
        phones
    }

    pub(crate) fn twilio(&self) -> String {
        format!("twilio+http://AC0123:t0ken@127.0.0.1:{}?from=+4930555011", self.port)
    }

    pub(crate) fn generic(&self) -> String {
        format!("http://k3y@127.0.0.1:{}/send", self.port)
    }

    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    /// Everything it was asked, whatever it answered.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no panic").clone()
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut bytes = Vec::new();
        let call = loop {
            let mut part = [0; 4_096];
            let read = stream.read(&mut part).await.ok()?;
            bytes.extend_from_slice(part.get(..read)?);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length =
                    head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    break Call { head: head.to_owned(), body: body.to_owned() };
                }
            }
            if read == 0 {
                return None;
            }
        };
        let sent = call.field("Body");
        self.calls.lock().expect("no panic").push(call);
        let mood = *self.mood.lock().expect("no panic");
        let (status, more, body) = match mood {
            Mood::Silent => return None,
            Mood::Status(status) => (status, "", String::new()),
            Mood::Refusing => {
                (400, "", r#"{"code":21211,"message":"Invalid 'To' Phone Number","status":400}"#.to_owned())
            }
            Mood::Moved => (307, "location: /elsewhere\r\n", String::new()),
            Mood::Taking | Mood::Slow => {
                if mood == Mood::Slow {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                // Twilio repeats the words in its answer.
                (201, "", serde_json::json!({ "sid": "SM42", "status": "queued", "body": sent }).to_string())
            }
        };
        let answer =
            format!("HTTP/1.1 {status} x\r\n{more}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.ok()
    }
}
