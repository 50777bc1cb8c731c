//! The terminal's loop: one event at a time into the state machine, its effects carried out in their order.

use super::client::Client;
use super::input::{Input, Reading};
use super::relay::Relay;
use super::store::{Store, Trouble};
use super::stream;
use super::work::{Happened, Work};
use super::{Clocks, SOFTWARE, boot, jitter, output};
use crate::clock::random;
use std::sync::Arc;
use std::time::{Duration, Instant};
use terminal::wire::Relay as Opens;
use terminal::{Effect, HEARTBEAT_MS, Say, Terminal, Write};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinHandle;

/// After a heartbeat that was lost, the next one comes sooner.
const MISSED: Duration = Duration::from_secs(5);
/// The first pause after an upload that was lost; it doubles up to the last.
pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(1);
pub(super) const LAST_PAUSE: Duration = Duration::from_secs(60);
/// A code that waited longer at the reader is not asked about: whoever showed it has left.
const STALE: Duration = Duration::from_secs(3);
/// After the last code of a file or pipe, the journal has so long to go up.
const LAST_UPLOAD: Duration = Duration::from_secs(10);
/// What is under way when the terminal is stopped has so long to end.
const STOPPING: Duration = Duration::from_secs(5);

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing more will be read.
    Input,
    /// It was told to stop.
    Stopped,
    /// The terminal was revoked, and has forgotten everything.
    Revoked,
}

/// A terminal at work.
pub struct Run {
    pub(super) terminal: Terminal,
    pub(super) store: Store,
    pub(super) work: Work,
    happened: Receiver<Happened>,
    input: Input,
    /// Keeps the stream open.
    pub(super) listening: JoinHandle<()>,
    /// Whether the last heartbeat was answered; none before the first.
    pub(super) there: Option<bool>,
    pub(super) next_beat: Instant,
    beating: bool,
    pub(super) fetching: bool,
    pub(super) fetch_again: bool,
    pub(super) claiming: bool,
    pub(super) claim_again: bool,
    pub(super) uploading: bool,
    pub(super) next_upload: Option<Instant>,
    pub(super) pause: Duration,
    /// Since when nothing more will be read, and whether an upload was lost since.
    pub(super) ending: Option<(Instant, bool)>,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("terminal", self.terminal.identity()).finish_non_exhaustive()
    }
}

impl Run {
    /// Begins with what the file holds. `relay` makes the relay of a door, given its id and name; none: the server
    /// opens.
    ///
    /// # Errors
    /// A sentence, when this machine is not paired, or cannot begin.
    pub fn new(
        mut store: Store,
        clocks: Clocks,
        input: Input,
        relay: impl FnOnce((String, String)) -> Result<Option<Relay>, String>,
    ) -> Result<Self, String> {
        let kept = store.kept().map_err(|trouble| trouble.0)?;
        let (server, mut kept) = kept.ok_or("This machine is not paired. Run latchkey terminal pair first.")?;
        if !boot::clock_ran_on(&mut store).map_err(|trouble| trouble.0)? {
            tracing::warn!(
                "this machine was off and has no clock that runs meanwhile: it decides nothing alone until it hears the server"
            );
            kept.state.offset = None;
            store.apply(&[Write::State(kept.state)]).map_err(|trouble| trouble.0)?;
        }
        boot::note(&mut store).map_err(|trouble| trouble.0)?;
        let (mut terminal, effects) = Terminal::restored(kept).map_err(|cause| cause.to_string())?;
        let identity = terminal.identity();
        let relay = relay((identity.door.id.clone(), identity.door.name.clone()))?.map(Arc::new);
        let client = Client::new(&server.url, &server.certificate, &identity.token)?;
        tracing::info!(
            terminal = identity.terminal,
            door = identity.door.name,
            server = server.url,
            "the terminal begins"
        );
        terminal.set_relay(if relay.is_some() { Opens::Own } else { Opens::None });
        let (sender, happened) = channel(64);
        let listening = tokio::spawn(stream::follow(client.clone(), sender.clone()));
        let work = Work { client, relay, clocks, happened: sender };
        let mut run = Self {
            terminal,
            store,
            work,
            happened,
            input,
            listening,
            there: None,
            next_beat: Instant::now(),
            beating: false,
            fetching: false,
            fetch_again: false,
            claiming: false,
            claim_again: false,
            uploading: false,
            next_upload: Some(Instant::now()),
            pause: FIRST_PAUSE,
            ending: None,
        };
        // A list is asked for after the first heartbeat, which sets the clock.
        let effects = effects.into_iter().filter(|effect| !matches!(effect, Effect::FetchList { .. })).collect();
        run.carry_out(effects).map_err(|trouble| trouble.0)?;
        Ok(run)
    }

    /// Runs until the input ends, `stop` is ready, or the terminal is revoked.
    ///
    /// # Errors
    /// A sentence, when the file cannot be written: then nothing may open.
    pub async fn until(mut self, stop: impl Future<Output = ()>) -> Result<Ended, String> {
        let ended = self.turn(stop).await.map_err(|trouble| trouble.0);
        self.listening.abort();
        ended
    }

    async fn turn(&mut self, stop: impl Future<Output = ()>) -> Result<Ended, Trouble> {
        tokio::pin!(stop);
        loop {
            self.due()?;
            if self.terminal.is_revoked() {
                return Ok(Ended::Revoked);
            }
            if self.is_over()? {
                return Ok(Ended::Input);
            }
            let next = self.next_moment();
            tokio::select! {
                () = &mut stop => {
                    self.finish().await?;
                    return Ok(Ended::Stopped);
                }
                Some(happened) = self.happened.recv() => self.take(happened)?,
                reading = self.input.next(), if self.reads() => self.read(reading)?,
                () = tokio::time::sleep_until(next.into()) => {}
            }
        }
    }

    fn reads(&self) -> bool {
        self.ending.is_none() && !self.terminal.is_asking()
    }

    fn next_moment(&self) -> Instant {
        let beat = (!self.beating).then_some(self.next_beat);
        let upload = self.next_upload.filter(|_| !self.uploading);
        let end = self.ending.map(|(since, _)| since + LAST_UPLOAD);
        let far = Instant::now() + Duration::from_secs(60);
        [beat, upload, end].into_iter().flatten().min().unwrap_or(far).min(far)
    }

    /// Begins what is due.
    fn due(&mut self) -> Result<(), Trouble> {
        let now = Instant::now();
        if !self.beating && now >= self.next_beat {
            let waiting = self.store.waiting()?;
            self.beating = true;
            self.work.beat(self.terminal.heartbeat(SOFTWARE, waiting, self.work.clocks.time()));
        }
        if !self.uploading && self.next_upload.is_some_and(|at| now >= at) {
            self.next_upload = None;
            let entries = self.store.batch()?;
            if !entries.is_empty() {
                self.uploading = true;
                self.work.upload(entries);
            }
        }
        Ok(())
    }

    /// Whether the input has ended and nothing is left that would come soon.
    fn is_over(&mut self) -> Result<bool, Trouble> {
        let Some((since, lost)) = self.ending else { return Ok(false) };
        if self.terminal.is_busy() {
            return Ok(false);
        }
        Ok(lost || since.elapsed() >= LAST_UPLOAD || self.store.waiting()? == 0)
    }

    fn read(&mut self, reading: Option<Reading>) -> Result<(), Trouble> {
        let Some(reading) = reading else {
            self.ending = Some((Instant::now(), false));
            self.next_upload = Some(Instant::now());
            return Ok(());
        };
        if reading.live && reading.at.elapsed() > STALE {
            tracing::warn!("a code waited too long at the reader and was left out");
            return Ok(());
        }
        let effects = self.terminal.scanned(&reading.bytes, random(), self.work.clocks.time());
        self.carry_out(effects)
    }

    fn take(&mut self, happened: Happened) -> Result<(), Trouble> {
        let time = self.work.clocks.time();
        let effects = match happened {
            Happened::Answered(scan, answer) => {
                if answer.is_late() {
                    // Perhaps it is this clock that is behind.
                    self.next_beat = Instant::now();
                }
                self.terminal.answered(&scan, &answer, time)
            }
            Happened::GaveUp(scan) => {
                // Perhaps the network is back sooner than the next heartbeat.
                self.next_beat = self.next_beat.min(Instant::now() + MISSED);
                self.terminal.gave_up(&scan, time)
            }
            Happened::Relayed(job, outcome, note) => self.terminal.relayed(&job, outcome, &note),
            Happened::Beat(beat) => {
                self.beating = false;
                match beat {
                    Ok((answer, asked, heard)) => {
                        self.next_beat = Instant::now() + Duration::from_millis(HEARTBEAT_MS.unsigned_abs());
                        self.found();
                        self.terminal.heard(answer, asked, heard)
                    }
                    Err(cause) => {
                        self.next_beat = Instant::now() + MISSED + jitter(MISSED);
                        if self.there.replace(false) != Some(false) {
                            tracing::warn!("the server is not there: {cause}");
                        }
                        return Ok(());
                    }
                }
            }
            Happened::List(list) => {
                self.fetching = false;
                let again = std::mem::take(&mut self.fetch_again);
                let effects = list.map(|list| self.terminal.list_received(list, time)).unwrap_or_default();
                self.carry_out(effects)?;
                if again {
                    self.fetch(self.terminal.have());
                }
                return Ok(());
            }
            Happened::Stored(upto) => return self.uploaded(upto),
            Happened::Claimed(claimed) => {
                self.claiming = false;
                if std::mem::take(&mut self.claim_again) {
                    self.claim();
                }
                claimed.map(|(answer, sent)| self.terminal.claimed(answer, sent, time)).unwrap_or_default()
            }
            Happened::Woken(wake) => {
                self.woken(wake);
                return Ok(());
            }
            Happened::Revoked => self.terminal.revoked(),
        };
        self.carry_out(effects)
    }

    /// Carries effects out in their order. When one cannot be stored, nothing after it happens.
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), Trouble> {
        for effect in effects {
            match effect {
                Effect::Store(writes) => self.store.apply(&writes)?,
                Effect::Ask(request) => self.work.ask(request, false),
                Effect::AskAgain(request) => self.work.ask(request, true),
                Effect::Open(opening) => self.work.open(opening),
                Effect::Show(shown) => output::scan(&shown).iter().for_each(output::print),
                Effect::Result(result) => {
                    output::print(&output::command(&result, self.work.clocks.time().wall));
                    self.work.result(result);
                }
                Effect::FetchList { have } => self.fetch(have),
                Effect::Upload => {
                    if self.next_upload.is_none() && !self.uploading {
                        self.next_upload = Some(Instant::now());
                    }
                }
                Effect::Say(said @ Say::ListTaken { .. }) => tracing::info!("{said}"),
                Effect::Say(said) => tracing::warn!("{said}"),
                Effect::Wipe => self.store.wipe()?,
            }
        }
        Ok(())
    }

    /// Ends what is under way; what does not end is in the file.
    async fn finish(&mut self) -> Result<(), Trouble> {
        let until = Instant::now() + STOPPING;
        while self.terminal.is_busy() {
            match tokio::time::timeout_at(until.into(), self.happened.recv()).await {
                Ok(Some(happened)) => self.take(happened)?,
                _ => break,
            }
        }
        Ok(())
    }
}
