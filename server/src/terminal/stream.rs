//! The stream that wakes a terminal: server-sent events, of which only the names count.

use super::client::{Client, Lost, SILENCE};
use super::jitter;
use super::work::Happened;
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// The first pause after a stream that broke; it doubles up to the last.
const FIRST: Duration = Duration::from_secs(1);
const LAST: Duration = Duration::from_secs(30);
/// A line longer than this is no event of ours.
const LONGEST: usize = 4_096;

/// What the server woke the terminal for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// The stream is open: anything may have happened before.
    Hello,
    /// There is a newer list.
    List,
    /// Commands wait.
    Command,
}

/// Takes event names out of the bytes of a stream (HTML Living Standard §9.2.6).
#[derive(Debug, Default)]
struct Names {
    line: Vec<u8>,
    name: String,
    /// What came was longer than a line of ours; the rest of it is left out.
    skipping: bool,
}

impl Names {
    fn take(&mut self, bytes: &[u8]) -> Vec<Wake> {
        let mut woken = Vec::new();
        for byte in bytes {
            if *byte == b'\n' || *byte == b'\r' {
                if !self.skipping {
                    self.end_of_line(*byte == b'\n', &mut woken);
                }
                self.skipping = false;
                self.line.clear();
            } else if self.line.len() >= LONGEST {
                self.skipping = true;
            } else {
                self.line.push(*byte);
            }
        }
        woken
    }

    fn end_of_line(&mut self, feed: bool, woken: &mut Vec<Wake>) {
        let line = String::from_utf8_lossy(&self.line);
        if let Some(name) = line.strip_prefix("event:") {
            name.trim().clone_into(&mut self.name);
        } else if line.is_empty() && feed {
            woken.extend(match self.name.as_str() {
                "hello" => Some(Wake::Hello),
                "list" => Some(Wake::List),
                "command" => Some(Wake::Command),
                _ => None,
            });
            self.name.clear();
        }
    }
}

/// Keeps a stream open for as long as somebody listens, and tells what it wakes for.
pub(super) async fn follow(client: Client, happened: Sender<Happened>) {
    let mut pause = FIRST;
    loop {
        match listen(&client, &happened).await {
            Ok(heard) if heard => pause = FIRST,
            Ok(_) => {}
            Err(Lost::Revoked) => {
                let _ = happened.send(Happened::Revoked).await;
                return;
            }
            Err(lost) => tracing::debug!(%lost, "no stream"),
        }
        if happened.is_closed() {
            return;
        }
        tokio::time::sleep(pause / 2 + jitter(pause)).await;
        pause = (pause * 2).min(LAST);
    }
}

/// Listens until the stream ends; tells whether anything was heard.
async fn listen(client: &Client, happened: &Sender<Happened>) -> Result<bool, Lost> {
    let mut response = client.stream().await?;
    let mut names = Names::default();
    let mut heard = false;
    while let Ok(Ok(Some(bytes))) = tokio::time::timeout(SILENCE, response.chunk()).await {
        heard = true;
        for wake in names.take(&bytes) {
            if happened.send(Happened::Woken(wake)).await.is_err() {
                return Ok(heard);
            }
        }
    }
    Ok(heard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_however_the_bytes_are_cut() {
        let bytes = b": comment\n\nevent: hello\ndata: {}\n\nevent:list\r\ndata: x\r\n\r\nevent: other\n\nevent: command\n\n\n\n";
        let expected = [Wake::Hello, Wake::List, Wake::Command];
        for size in 1..bytes.len() {
            let mut names = Names::default();
            let woken: Vec<Wake> = bytes.chunks(size).flat_map(|chunk| names.take(chunk)).collect();
            assert_eq!(woken, expected, "{size}");
        }
        let mut names = Names::default();
        let long = [b"event: command".to_vec(), vec![b'x'; 100_000]].concat();
        assert_eq!(names.take(&long), []);
        assert!(names.line.len() <= LONGEST);
        assert_eq!(names.take(b"\nevent: list\n\n"), [Wake::List]);
    }
}
