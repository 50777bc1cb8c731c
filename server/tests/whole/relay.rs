//! A relay on loopback that keeps what it is asked, and has moods.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// With this status and body.
    Says(u16, &'static str),
    /// As wished, after this many milliseconds.
    Slow(u64),
    /// With a head, and then it hangs up in the middle of its body.
    Cut,
    /// That the door is elsewhere: on this very machine.
    Elsewhere,
    /// With a body that never ends.
    Huge,
    /// Not at all; it keeps the connection.
    Silent,
    /// Hangs up as soon as it has read.
    HangsUp,
}

/// What it was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value)
        });
        found.map(str::trim)
    }
}

#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) port: u16,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: Arc<tokio::task::JoinHandle<()>>,
}

impl Relay {
    pub(crate) async fn open() -> Self {
        Self::at(0).await
    }

    pub(crate) async fn at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (mood, asked) = (Arc::new(Mutex::new(Mood::Says(200, "{\"was_on\":false}"))), Arc::default());
        let (its_mood, its_asked) = (Arc::clone(&mood), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            // What is under way ends with the task.
            let mut all = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                all.spawn(serve(stream, Arc::clone(&its_mood), Arc::clone(&its_asked)));
            }
        });
        Self { port, mood, asked, task: Arc::new(task) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// Nobody listens at its port any more.
    pub(crate) async fn close(self) {
        self.task.abort();
        while !self.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn serve(mut stream: TcpStream, mood: Arc<Mutex<Mood>>, asked: Arc<Mutex<Vec<Asked>>>) -> Option<()> {
    let mut read = Vec::new();
    let (head, mut body) = loop {
        let mut part = [0; 4_096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            break (head.to_owned(), body.to_owned());
        }
    };
    let mut one = Asked { line: String::new(), head: head.clone(), body: String::new() };
    let length: usize = one.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while body.len() < length {
        let mut part = [0; 4_096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        body.push_str(&String::from_utf8_lossy(&part[..count]));
    }
    one.line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    one.body = body;
    asked.lock().expect("no panic").push(one);
    let mood = mood.lock().expect("no panic").clone();
    let whole = |status: u16, body: &str| {
        format!("HTTP/1.1 {status} So\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    };
    match mood {
        Mood::Says(status, body) => stream.write_all(whole(status, body).as_bytes()).await.ok()?,
        Mood::Slow(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            stream.write_all(whole(200, "late").as_bytes()).await.ok()?;
        }
        Mood::Cut => stream.write_all(b"HTTP/1.1 200 So\r\ncontent-length: 900\r\n\r\nhalf of").await.ok()?,
        Mood::Elsewhere => {
            let to = format!(
                "HTTP/1.1 302 So\r\nlocation: http://{}/elsewhere\r\ncontent-length: 0\r\n\r\n",
                stream.local_addr().ok()?
            );
            stream.write_all(to.as_bytes()).await.ok()?;
        }
        Mood::Huge => {
            stream.write_all(b"HTTP/1.1 200 So\r\n\r\n").await.ok()?;
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
        }
        Mood::Silent => std::future::pending().await,
        Mood::HangsUp => return None,
    }
    let _ = stream.shutdown().await;
    Some(())
}
