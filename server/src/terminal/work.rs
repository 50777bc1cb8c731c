//! What a terminal does beside its loop: requests and relays, each in a task that tells how it went.

use super::Clocks;
use super::client::{Client, Lost};
use super::relay::Relay;
use super::stream::Wake;
use domain::terminal::Time;
use std::sync::Arc;
use std::time::Duration;
use terminal::wire::{
    ClaimAnswer, Entry, HeartbeatAnswer, HeartbeatRequest, ListAnswer, Outcome, ResultRequest, ScanAnswer, ScanRequest,
};
use terminal::{AGAIN_MS, Job, Opening, PATIENCE_MS};
use tokio::sync::mpsc::Sender;

/// A result is sent again after these pauses, seconds; later it changes nothing.
const RESULT_PAUSES: [u64; 3] = [1, 2, 4];

/// What happened outside the loop.
#[derive(Debug)]
pub(super) enum Happened {
    /// The server answered a scan.
    Answered(String, ScanAnswer),
    /// It did not.
    GaveUp(String),
    /// A relay is done.
    Relayed(Job, Outcome, String),
    /// A heartbeat was answered, or why not.
    Beat(Result<(HeartbeatAnswer, Time, Time), String>),
    /// A list came, or nothing newer, or nothing.
    List(Option<ListAnswer>),
    /// The journal is stored up to here, or it could not be sent.
    Stored(Option<i64>),
    /// Commands came for the claim of that time, or nothing.
    Claimed(Option<(ClaimAnswer, Time)>),
    /// The stream woke the terminal.
    Woken(Wake),
    /// The server does not want this terminal any more.
    Revoked,
}

/// Starts work that reports back.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) client: Client,
    pub(super) relay: Option<Arc<Relay>>,
    pub(super) clocks: Clocks,
    pub(super) happened: Sender<Happened>,
}

impl Work {
    fn start(
        &self,
        work: impl Future<Output = Result<Happened, Lost>> + Send + 'static,
        lost: impl FnOnce(String) -> Happened + Send + 'static,
    ) {
        let happened = self.happened.clone();
        tokio::spawn(async move {
            let told = match work.await {
                Ok(told) => told,
                Err(Lost::Revoked) => Happened::Revoked,
                Err(cause) => {
                    tracing::debug!(%cause, "a request was lost");
                    lost(cause.to_string())
                }
            };
            let _ = happened.send(told).await;
        });
    }

    /// Asks about a scan, after a pause when it was asked before.
    pub(super) fn ask(&self, request: ScanRequest, again: bool) {
        let (client, scan, lost) = (self.client.clone(), request.scan.clone(), request.scan.clone());
        let work = async move {
            if again {
                tokio::time::sleep(millis(AGAIN_MS)).await;
            }
            match tokio::time::timeout(millis(PATIENCE_MS), client.scan(&request)).await {
                Ok(answer) => answer.map(|answer| Happened::Answered(scan, answer)),
                Err(_) => Err(Lost::Unreachable("the server did not answer in time".into())),
            }
        };
        self.start(work, |_| Happened::GaveUp(lost));
    }

    /// Moves the relay, if there is still time.
    pub(super) fn open(&self, opening: Opening) {
        let (relay, clocks, happened) = (self.relay.clone(), self.clocks.clone(), self.happened.clone());
        tokio::spawn(async move {
            let (outcome, note) = match relay {
                Some(relay) => relay.open(&opening, &clocks).await,
                None => (Outcome::None, "There is no relay here.".into()),
            };
            let _ = happened.send(Happened::Relayed(opening.job, outcome, note)).await;
        });
    }

    pub(super) fn beat(&self, request: HeartbeatRequest) {
        let (client, clocks) = (self.client.clone(), self.clocks.clone());
        let work = async move {
            let asked = clocks.time();
            let answer = client.heartbeat(&request).await?;
            Ok(Happened::Beat(Ok((answer, asked, clocks.time()))))
        };
        self.start(work, |cause| Happened::Beat(Err(cause)));
    }

    pub(super) fn fetch(&self, have: Option<i64>) {
        let client = self.client.clone();
        let work = async move { client.list(have).await.map(Happened::List) };
        self.start(work, |_| Happened::List(None));
    }

    pub(super) fn upload(&self, entries: Vec<Entry>) {
        let client = self.client.clone();
        let work = async move { client.journal(entries).await.map(|answer| Happened::Stored(Some(answer.upto))) };
        self.start(work, |_| Happened::Stored(None));
    }

    pub(super) fn claim(&self) {
        let (client, clocks) = (self.client.clone(), self.clocks.clone());
        let work = async move {
            let sent = clocks.time();
            client.claim().await.map(|answer| Happened::Claimed(Some((answer, sent))))
        };
        self.start(work, |_| Happened::Claimed(None));
    }

    pub(super) fn result(&self, request: ResultRequest) {
        let (client, happened) = (self.client.clone(), self.happened.clone());
        tokio::spawn(async move {
            for pause in RESULT_PAUSES {
                match client.result(&request).await {
                    Ok(()) => return,
                    Err(Lost::Revoked) => {
                        let _ = happened.send(Happened::Revoked).await;
                        return;
                    }
                    Err(Lost::Refused { status, title, .. }) if status < 500 => {
                        tracing::warn!(status, title, "the server does not take a command's result");
                        return;
                    }
                    Err(lost) => tracing::info!(%lost, "a command's result could not be told"),
                }
                tokio::time::sleep(Duration::from_secs(pause)).await;
            }
        });
    }
}

fn millis(of: i64) -> Duration {
    Duration::from_millis(u64::try_from(of).unwrap_or(0))
}
