//! Everything that is asked of the server, and what its answers come to.

use super::{Message, Runner, SOFTWARE};
use crate::http::{Answer, NoAnswer, Server};
use crate::words::Phrase;
use domain::terminal::Time;
use futures_channel::mpsc::UnboundedSender;
use serde::de::DeserializeOwned;
use terminal::wire::{
    HeartbeatAnswer, HeartbeatRequest, JournalAnswer, JournalRequest, PairRequest, Problem, ScanAnswer, ScanRequest,
};
use terminal::{HEARTBEAT_MS, Terminal};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;

/// [`terminal::PATIENCE_MS`], as browsers count.
const PATIENCE_MS: i32 = 1_500;
/// [`terminal::AGAIN_MS`], likewise.
const AGAIN_MS: i32 = 500;
/// The time for any other answer, milliseconds.
const LIMIT_MS: i32 = 15_000;
/// Between two tries to hear the server while it is silent, milliseconds.
const SEEK_MS: i64 = 5_000;
/// Between two streams, milliseconds.
const STREAM_REST_MS: i32 = 3_000;

/// What an answer says, and whether the server was heard at all; tells of a revocation.
fn heard<T: DeserializeOwned>(answer: Result<Answer, NoAnswer>, sender: &UnboundedSender<Message>) -> Option<T> {
    let answer = answer.ok().filter(|answer| answer.status < 500);
    let _ = sender.unbounded_send(Message::Line(answer.is_some()));
    let answer = answer?;
    if is_revoked(&answer) {
        let _ = sender.unbounded_send(Message::Revoked);
    }
    (answer.status == 200).then(|| serde_json::from_str(&answer.body).ok()).flatten()
}

fn is_revoked(answer: &Answer) -> bool {
    let problem = || serde_json::from_str::<Problem>(&answer.body).unwrap_or_default();
    answer.status == 401 && problem().code == Problem::REVOKED
}

async fn scan(server: &Server, request: ScanRequest, sender: &UnboundedSender<Message>) {
    let answer = heard(server.post("scan", &request, PATIENCE_MS).await, sender);
    let _ = sender.unbounded_send(Message::Answered(request.scan, answer));
}

impl Runner {
    pub(super) fn ask(&mut self, request: ScanRequest) {
        self.asking_since = Some(self.browser.time().steady);
        let (server, sender) = (self.server.clone(), self.sender.clone());
        spawn_local(async move { scan(&server, request, &sender).await });
    }

    /// Asks what became of the door that the server opens.
    pub(super) fn ask_again(&self, request: ScanRequest) {
        let (server, sender, browser) = (self.server.clone(), self.sender.clone(), self.browser.clone());
        spawn_local(async move {
            browser.sleep(AGAIN_MS).await;
            scan(&server, request, &sender).await;
        });
    }

    pub(super) async fn answered(&mut self, scan: &str, answer: Option<ScanAnswer>, time: Time) {
        self.asking_since = None;
        match answer {
            Some(answer) => {
                if answer.is_late() {
                    // Perhaps it is this clock that is behind.
                    self.next_beat = time.steady;
                }
                self.with(|terminal| terminal.answered(scan, &answer, time)).await;
            }
            None => {
                let browser = self.browser.clone();
                self.with(|terminal| browser.took("decision", || terminal.gave_up(scan, time))).await;
            }
        }
    }

    pub(super) fn pair(&mut self) {
        let Some(field) = self.view.get::<HtmlInputElement>("code") else { return };
        let code: String = field.value().chars().filter(char::is_ascii_alphanumeric).collect();
        if code.len() != 8 {
            return self.view.pair_error(Some(Phrase::PairShort), self.language);
        }
        self.view.pair_error(None, self.language);
        self.view.pairing(true, self.language);
        let request = PairRequest { code: code.to_ascii_uppercase(), software: SOFTWARE.to_owned() };
        let (server, sender, browser) = (self.server.clone(), self.sender.clone(), self.browser.clone());
        spawn_local(async move {
            let asked = browser.time();
            let answer = server.post("pair", &request, LIMIT_MS).await;
            let _ = sender.unbounded_send(Message::Paired(answer, asked, browser.time()));
        });
    }

    pub(super) async fn paired(&mut self, answer: Result<Answer, NoAnswer>, asked: Time, heard: Time) {
        self.view.pairing(false, self.language);
        let wrong = match answer {
            Ok(answer) if answer.status == 200 => {
                let paired = serde_json::from_str(&answer.body).ok();
                if let Some(Ok((terminal, effects))) = paired.map(|paired| Terminal::paired(paired, asked, heard)) {
                    self.live(terminal);
                    self.line(true);
                    return self.carry(effects).await;
                }
                Phrase::PairNoNetwork
            }
            Ok(answer) if answer.status == 429 => Phrase::PairTooMany,
            Ok(answer) if answer.status < 500 => Phrase::PairUnknown,
            _ => Phrase::PairNoNetwork,
        };
        self.view.pair_error(Some(wrong), self.language);
        if let Some(field) = self.view.get::<HtmlInputElement>("code") {
            field.set_value("");
        }
    }

    /// A heartbeat, where one is due.
    pub(super) fn beat(&mut self, time: Time) {
        let Some(terminal) = self.terminal.as_ref().filter(|_| self.ended.is_none()) else { return };
        if self.busy.beat || time.steady < self.next_beat {
            return;
        }
        self.busy.beat = true;
        self.next_beat = time.steady + HEARTBEAT_MS;
        let request = terminal.heartbeat(SOFTWARE, 0, time);
        let (server, sender) = (self.server.clone(), self.sender.clone());
        let (browser, store) = (self.browser.clone(), self.store.clone());
        spawn_local(async move {
            let waiting = store.waiting().await.unwrap_or(0);
            let request = HeartbeatRequest { waiting, ..request };
            let asked = browser.time();
            let answer = server.post("heartbeat", &request, LIMIT_MS).await;
            let told = browser.time();
            let answer = heard::<HeartbeatAnswer>(answer, &sender);
            let _ = sender.unbounded_send(Message::Heard(answer, asked, told));
        });
    }

    pub(super) async fn heard(&mut self, answer: Option<HeartbeatAnswer>, asked: Time, heard: Time) {
        self.busy.beat = false;
        if let Some(answer) = answer {
            self.with(|terminal| terminal.heard(answer, asked, heard)).await;
        }
    }

    pub(super) fn line(&mut self, on_line: bool) {
        if on_line && !self.on_line {
            self.upload();
        }
        if !on_line {
            let soon = self.browser.time().steady + SEEK_MS;
            self.next_beat = self.next_beat.min(soon);
        }
        self.on_line = on_line;
    }

    pub(super) fn fetch_list(&mut self, have: Option<i64>) {
        if self.busy.list {
            return;
        }
        self.busy.list = true;
        let path = have.map_or_else(|| "list".to_owned(), |have| format!("list?have={have}"));
        let (server, sender) = (self.server.clone(), self.sender.clone());
        spawn_local(async move {
            let answer = heard(server.get(&path, LIMIT_MS).await, &sender);
            let _ = sender.unbounded_send(Message::List(answer));
        });
    }

    /// Sends what the journal holds, where nothing is on its way already.
    pub(super) fn upload(&mut self) {
        if self.busy.journal || self.terminal.is_none() || self.ended.is_some() {
            return;
        }
        self.busy.journal = true;
        let (server, sender, store) = (self.server.clone(), self.sender.clone(), self.store.clone());
        spawn_local(async move {
            let entries = store.entries().await.unwrap_or_default();
            let upto = if entries.is_empty() {
                None
            } else {
                let request = JournalRequest { entries };
                heard::<JournalAnswer>(server.post("journal", &request, LIMIT_MS).await, &sender)
            };
            let _ = sender.unbounded_send(Message::Stored(upto.map(|answer| answer.upto)));
        });
    }

    pub(super) async fn stored(&mut self, upto: Option<i64>, time: Time) {
        self.busy.journal = false;
        if let Some(upto) = upto {
            self.with(|terminal| terminal.stored(upto, time)).await;
            // What came meanwhile, or did not fit.
            self.upload();
        }
    }

    /// Follows the stream for as long as the page lives.
    pub(super) fn follow_stream(&self) {
        let (server, sender, browser) = (self.server.clone(), self.sender.clone(), self.browser.clone());
        spawn_local(async move {
            loop {
                let woken = |event: &str| matches!(event, "hello" | "list").then_some(Message::Wake);
                let status = server.listen(&sender, woken).await;
                if status == 401 {
                    // The heartbeat hears why.
                    let _ = sender.unbounded_send(Message::Wake);
                }
                browser.sleep(STREAM_REST_MS).await;
                if sender.is_closed() {
                    return;
                }
            }
        });
    }
}
