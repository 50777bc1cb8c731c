//! A mail server on loopback that keeps what it is given, and has moods.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How it answers a mail's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Taking,
    /// Says so for good.
    Refusing,
    /// Says to come back later.
    Busy,
    /// Takes it and hangs up before saying so.
    Silent,
    /// Hangs up as soon as it hears who sends.
    HangingUp,
    /// Hangs up when it is told that the mail comes.
    Wary,
    /// Hangs up in the middle of the mail.
    Cutting,
    /// Takes two seconds.
    Slow,
    /// Hears that the mail comes and says nothing for a minute.
    Holding,
}

#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) port: u16,
    mood: Arc<Mutex<Mood>>,
    mails: Arc<Mutex<Vec<String>>>,
    reached: Arc<AtomicUsize>,
}

impl Sink {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sink =
            Self { port, mood: Arc::new(Mutex::new(Mood::Taking)), mails: Arc::default(), reached: Arc::default() };
        let served = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = served.clone();
                tokio::spawn(async move { sink.serve(stream).await });
            }
        });
        sink
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    /// Everything it was given, head and body, as it came.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("no panic").clone()
    }

    /// How often it was told that a mail comes.
    pub(crate) fn reached(&self) -> usize {
        self.reached.load(Ordering::Relaxed)
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.get(..4).unwrap_or_default().to_uppercase();
            let mood = *self.mood.lock().expect("no panic");
            let answer = match verb.as_str() {
                "MAIL" if mood == Mood::HangingUp => return None,
                "DATA" if mood == Mood::Wary => return None,
                "EHLO" => "250-sink\r\n250 8BITMIME\r\n",
                "DATA" => {
                    self.reached.fetch_add(1, Ordering::Relaxed);
                    if mood == Mood::Holding {
                        tokio::time::sleep(Duration::from_secs(60)).await;
                        return None;
                    }
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut mail = String::new();
                    if mood == Mood::Cutting {
                        lines.next_line().await.ok()?;
                        return None;
                    }
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    let mood = *self.mood.lock().expect("no panic");
                    match mood {
                        Mood::Refusing => "550 5.1.1 no such mailbox\r\n",
                        Mood::Busy => "451 4.3.0 come back later\r\n",
                        mood => {
                            self.mails.lock().expect("no panic").push(mail);
                            match mood {
                                Mood::Silent => return None,
                                Mood::Slow => tokio::time::sleep(Duration::from_secs(2)).await,
                                _ => {}
                            }
                            "250 2.0.0 kept\r\n"
                        }
                    }
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await.ok()?;
                    return None;
                }
                _ => "250 ok\r\n",
            };
            write.write_all(answer.as_bytes()).await.ok()?;
        }
        None
    }
}
