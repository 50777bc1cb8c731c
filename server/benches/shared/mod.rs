//! What the benchmarks of taps and scans share: many callers at once, and a pool of connections to compare with.

use diesel::ConnectionError;
use diesel::r2d2::ManageConnection;
use server::store::connection::{AnyConnection, DatabaseUrl};
use std::time::{Duration, Instant};

/// Whatever went wrong.
pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// What callers got.
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p99_ms: f64,
    pub(crate) failed: usize,
}

/// Lets each caller ask again and again for a while.
pub(crate) async fn measure<C, F, W>(length: Duration, callers: Vec<C>, work: W) -> Measured
where
    C: Clone + Send + Sync + 'static,
    W: Fn(C) -> F + Clone + Send + 'static,
    F: Future<Output = bool> + Send,
{
    let began = Instant::now();
    let mut asking = tokio::task::JoinSet::new();
    for caller in callers {
        let work = work.clone();
        asking.spawn(async move {
            let (mut took, mut failed) = (Vec::new(), 0);
            while began.elapsed() < length {
                let asked = Instant::now();
                if work(caller.clone()).await {
                    took.push(asked.elapsed());
                } else {
                    failed += 1;
                }
            }
            (took, failed)
        });
    }
    let (mut took, mut failed) = (Vec::new(), 0);
    while let Some(Ok((more, less))) = asking.join_next().await {
        took.extend(more);
        failed += less;
    }
    let passed = began.elapsed().as_secs_f64();
    took.sort_unstable();
    let p99 = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits than a float has")]
    let per_second = took.len() as f64 / passed;
    Measured { per_second, p99_ms: p99.as_secs_f64() * 1_000.0, failed }
}

/// Opens connections as the server does.
pub(crate) struct Connections(pub(crate) DatabaseUrl);

impl ManageConnection for Connections {
    type Connection = AnyConnection;
    type Error = ConnectionError;

    fn connect(&self) -> Result<AnyConnection, ConnectionError> {
        self.0.connect()
    }

    fn is_valid(&self, _: &mut AnyConnection) -> Result<(), ConnectionError> {
        Ok(())
    }

    fn has_broken(&self, _: &mut AnyConnection) -> bool {
        false
    }
}
