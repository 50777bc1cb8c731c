//! The composition root's sources of time and randomness; nothing else may read a clock or draw a number.

use domain::Millis;
use domain::id::Kind;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Time and randomness, handed to whatever needs them.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Milliseconds added to the real time; only tests move it.
    shift: Arc<AtomicI64>,
}

impl Clock {
    /// Now, Unix milliseconds UTC.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + self.shift.load(Ordering::Relaxed)
    }

    /// Moves this clock, for tests of what happens later.
    pub fn shift(&self, milliseconds: i64) {
        self.shift.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// A new id.
    #[must_use]
    pub fn id(&self, kind: Kind) -> String {
        kind.make(self.now(), random())
    }

    /// A request's id: the time, so that the index of requests grows at its end, and 96 random bits.
    #[must_use]
    pub fn request(&self) -> String {
        format!("{:011x}{}", self.now(), domain::chain::hex(&random::<12>()))
    }

    /// 128 random bits as hexadecimal text: salts.
    #[must_use]
    pub fn salt(&self) -> String {
        domain::chain::hex(&random::<16>())
    }
}

/// Random bytes of the operating system.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that draws random bytes")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes, or nothing here is safe");
    bytes
}
