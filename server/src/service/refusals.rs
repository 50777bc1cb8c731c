//! Credentials that were refused so often that they are not heard for a while. Each refusal is an event for good, so
//! whoever holds a dead link could otherwise fill the log and, with it, the disk; nothing opens on a full one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Refusals that are decided and logged in one window; the next ones are not.
const MOST: u32 = 300;
/// How long a window is.
const WINDOW: Duration = Duration::from_mins(10);
/// Beyond so many credentials those whose window is over are forgotten.
const REMEMBERED: usize = 1_000;

/// Whether a tap is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    /// It is.
    Yes,
    /// From this one on it is not: the one refusal that the log has of those that follow.
    NoMore,
    /// It is not.
    No,
}

/// What was refused lately, by credential. Of this process alone: a limit on what it writes.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<HashMap<String, (u32, Instant)>>);

impl Refusals {
    /// Whether a credential's tap is decided at all. Says once a window that it is not any more.
    #[must_use]
    pub fn hears(&self, credential: &str, now: Instant) -> Hears {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get_mut(credential) {
            Some((count, since)) if *count >= MOST && now.duration_since(*since) < WINDOW => {
                let first = *count == MOST;
                *count = MOST + 1;
                if first { Hears::NoMore } else { Hears::No }
            }
            _ => Hears::Yes,
        }
    }

    /// The refusal that the log was to have could not be written: the next tap's is to be.
    pub fn unwritten(&self, credential: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((count, _)) = known.get_mut(credential) {
            *count = MOST.min(*count);
        }
    }

    /// Notes a refusal.
    pub fn note(&self, credential: &str, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, (_, since)| now.duration_since(*since) < WINDOW);
        }
        let entry = known.entry(credential.to_owned()).or_insert((0, now));
        if now.duration_since(entry.1) >= WINDOW {
            *entry = (0, now);
        }
        entry.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_heard_again_after_its_window() {
        let (refusals, now) = (Refusals::default(), Instant::now());
        for _ in 0..MOST {
            assert_eq!(refusals.hears("link_1", now), Hears::Yes);
            refusals.note("link_1", now);
        }
        assert_eq!(refusals.hears("link_1", now), Hears::NoMore);
        refusals.unwritten("link_1");
        assert_eq!(refusals.hears("link_1", now), Hears::NoMore);
        assert_eq!(refusals.hears("link_1", now), Hears::No);
        assert_eq!(refusals.hears("link_2", now), Hears::Yes);
        assert_eq!(refusals.hears("link_1", now + WINDOW), Hears::Yes);
        refusals.note("link_1", now + WINDOW);
        assert_eq!(refusals.hears("link_1", now + WINDOW), Hears::Yes);
    }
}
