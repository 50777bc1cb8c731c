//! Keeps the connections to message brokers that doors need, whoever changes the doors.

use crate::app::App;
use crate::driver::mqtt;
use crate::store::door;
use std::time::Duration;

/// Looks are at least this far apart, however much happens.
const PAUSE: Duration = Duration::from_millis(500);
/// After an error.
const AGAIN: Duration = Duration::from_secs(5);

/// Works until the server stops.
pub async fn follow(app: App) {
    let mut changes = app.db.changes();
    loop {
        changes.mark_unchanged();
        let pause = match app.db.read(|c| door::driven_by(c, mqtt::KIND)).await {
            Ok(doors) => {
                app.drivers.mqtt.keep(&doors);
                PAUSE
            }
            Err(cause) => {
                tracing::warn!(?cause, "the doors behind brokers cannot be read; trying again soon");
                changes.mark_changed();
                AGAIN
            }
        };
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        tokio::select! {
            () = app.stop.cancelled() => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
    }
}
