//! A scanner that types, taken for the terminal alone: what it types reaches no console.

use super::Reading;
use super::layout::{Layout, Stroke, Typist};
use evdev::{Device, EventType};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// A scanner that stops for so long has told its whole code, whether it ends it with Enter or not.
const END: Duration = Duration::from_millis(500);
/// An unplugged scanner is looked for this often.
const LOOK: Duration = Duration::from_secs(2);

/// Reads a device for as long as somebody takes the codes.
pub(super) async fn read(path: PathBuf, layout: Layout, readings: Sender<Reading>) {
    let mut told = false;
    while !readings.is_closed() {
        match Keys::open(&path) {
            Ok(mut keys) => {
                tracing::info!(path = %path.display(), "the scanner is there");
                let gone = loop {
                    match keys.code().await {
                        Ok(strokes) => {
                            let reading = Reading { bytes: layout.text(&strokes), at: Instant::now(), live: true };
                            match readings.try_send(reading) {
                                Ok(()) => {}
                                Err(TrySendError::Full(_)) => tracing::warn!("codes come faster than they are decided"),
                                Err(TrySendError::Closed(_)) => return,
                            }
                        }
                        Err(gone) => break gone,
                    }
                };
                tracing::warn!(path = %path.display(), %gone, "the scanner is gone; waiting for it");
                told = true;
            }
            Err(cause) if !told => {
                tracing::warn!(path = %path.display(), %cause, "the scanner cannot be opened; waiting for it");
                told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The strokes of the next code that a device types.
///
/// # Errors
/// When the device cannot be opened, or goes away.
pub async fn strokes(path: &Path) -> std::io::Result<Vec<Stroke>> {
    Keys::open(path)?.code().await
}

struct Keys {
    events: evdev::EventStream,
    typist: Typist,
}

impl Keys {
    fn open(path: &Path) -> std::io::Result<Self> {
        let mut device = Device::open(path)?;
        device.grab()?;
        Ok(Self { events: device.into_event_stream()?, typist: Typist::default() })
    }

    async fn code(&mut self) -> std::io::Result<Vec<Stroke>> {
        loop {
            let next = self.events.next_event();
            let event = if self.typist.has_begun() {
                match tokio::time::timeout(END, next).await {
                    Ok(event) => event?,
                    Err(_) => match self.typist.end() {
                        Some(strokes) => return Ok(strokes),
                        None => continue,
                    },
                }
            } else {
                next.await?
            };
            if event.event_type() == EventType::KEY
                && let Some(strokes) = self.typist.key(event.code(), event.value())
            {
                return Ok(strokes);
            }
        }
    }
}
