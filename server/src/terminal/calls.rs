//! When the terminal turns to its server, and what follows from that.

use super::jitter;
use super::run::{FIRST_PAUSE, LAST_PAUSE, Run};
use super::store::Trouble;
use super::stream::{self, Wake};
use std::time::Instant;

impl Run {
    pub(super) fn woken(&mut self, wake: Wake) {
        match wake {
            Wake::Hello => {
                self.next_beat = Instant::now();
                self.reached();
                self.claim();
            }
            Wake::List => self.fetch(self.terminal.have()),
            Wake::Command => self.claim(),
        }
    }

    /// A heartbeat was answered.
    pub(super) fn found(&mut self) {
        let before = self.there.replace(true);
        if before == Some(true) {
            return;
        }
        tracing::info!("the server is there");
        self.reached();
        if before == Some(false) {
            // The stream may be dead without knowing it, and what it would have told of may wait.
            self.listening.abort();
            self.listening = tokio::spawn(stream::follow(self.work.client.clone(), self.work.happened.clone()));
        }
    }

    /// The server is there: what waits for it need not wait longer.
    fn reached(&mut self) {
        self.pause = FIRST_PAUSE;
        self.next_upload = Some(Instant::now());
    }

    pub(super) fn uploaded(&mut self, upto: Option<i64>) -> Result<(), Trouble> {
        self.uploading = false;
        let before = self.store.waiting()?;
        if let Some(upto) = upto {
            let effects = self.terminal.stored(upto, self.work.clocks.time());
            self.carry_out(effects)?;
            if self.store.waiting()? < before {
                self.pause = FIRST_PAUSE;
                self.next_upload = Some(Instant::now());
                return Ok(());
            }
        }
        // Lost, or nothing came of it: not at once again.
        if let Some((_, lost)) = &mut self.ending {
            *lost = true;
        }
        self.next_upload = Some(Instant::now() + self.pause / 2 + jitter(self.pause));
        self.pause = (self.pause * 2).min(LAST_PAUSE);
        Ok(())
    }

    pub(super) fn claim(&mut self) {
        if self.work.relay.is_none() {
            return;
        }
        if self.claiming {
            self.claim_again = true;
        } else {
            self.claiming = true;
            self.work.claim();
        }
    }

    pub(super) fn fetch(&mut self, have: Option<i64>) {
        if self.fetching {
            // Whatever changed since it was asked for.
            self.fetch_again = true;
        } else {
            self.fetching = true;
            self.work.fetch(have);
        }
    }
}
