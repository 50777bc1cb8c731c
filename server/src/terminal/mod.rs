//! The headless terminal: a machine at a door that reads codes, asks the server or decides by its list, and moves a
//! relay. It has nothing of the server's: no configuration, no key, no database but a small file of its own.

mod boot;
mod calls;
pub mod client;
pub mod input;
pub mod output;
pub mod pair;
pub mod relay;
pub mod run;
pub mod store;
mod stream;
mod work;

use crate::clock::Clock;
use domain::terminal::Time;
use std::time::{Duration, Instant};

/// What it says it is.
pub const SOFTWARE: &str = concat!("latchkey ", env!("CARGO_PKG_VERSION"));

/// The machine's two clocks.
#[derive(Clone, Debug)]
pub struct Clocks {
    wall: Clock,
    started: Instant,
}

impl Clocks {
    /// From now on.
    #[must_use]
    pub fn new(wall: Clock) -> Self {
        Self { wall, started: Instant::now() }
    }

    /// What both show now.
    #[must_use]
    pub fn time(&self) -> Time {
        let steady = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Time { wall: self.wall.now(), steady }
    }

    /// The moment at which the steady one shows this.
    #[must_use]
    pub fn instant(&self, steady: i64) -> Instant {
        self.started + Duration::from_millis(u64::try_from(steady).unwrap_or(0))
    }
}

/// Between zero and the whole of a time, so that many terminals do not come back at once.
#[must_use]
fn jitter(of: Duration) -> Duration {
    let [byte] = crate::clock::random::<1>();
    of.mul_f64(f64::from(byte) / 255.0)
}
