//! Storing how an opening ended, again where the first try failed.

use crate::app::App;
use crate::store::writer::{Admission, OpeningOutcome};
use std::time::Duration;

/// How often an outcome is tried to be stored, and the wait between two tries.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// Stores an outcome; says whether that went well. One that is stored already changes nothing.
pub(super) async fn record(app: &App, outcome: &OpeningOutcome) -> bool {
    let stored = app.db.admit(Admission::Outcome(Box::new(outcome.clone()))).await;
    if let Err(cause) = &stored {
        tracing::warn!(?cause, event = outcome.cause, "an opening's outcome could not be stored yet");
    }
    stored.is_ok()
}

/// Tries to store an outcome for as long as the sweep still leaves it alone: one lost connection must not make the log say
/// that nobody knows. What cannot be stored by then becomes `interrupted`.
pub(super) async fn record_at_last(app: &App, outcome: OpeningOutcome) {
    for _ in 0..TRIES {
        if record(app, &outcome).await {
            return;
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
    tracing::error!(event = outcome.cause, "an opening's outcome was never stored; it will be recorded as interrupted");
}
