//! A scanner on a serial port, or one that shows itself as such on USB.

use super::Reading;
use super::lines::Lines;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// A scanner that stops for so long has told its whole code, whether it ends it with a carriage return or not.
const END: Duration = Duration::from_millis(500);
/// An unplugged scanner is looked for this often.
const LOOK: Duration = Duration::from_secs(2);

/// Reads a port in a thread of its own, for as long as somebody takes the codes.
pub(super) fn read(path: PathBuf, baud: u32, readings: Sender<Reading>) {
    std::thread::spawn(move || {
        let mut told = false;
        while !readings.is_closed() {
            match serialport::new(path.to_string_lossy(), baud).timeout(END).open() {
                Ok(port) => {
                    tracing::info!(path = %path.display(), baud, "the scanner is there");
                    let gone = listen(port, &readings);
                    tracing::warn!(path = %path.display(), %gone, "the scanner is gone; waiting for it");
                    told = true;
                }
                Err(cause) if !told => {
                    tracing::warn!(path = %path.display(), %cause, "the scanner cannot be opened; waiting for it");
                    told = true;
                }
                Err(_) => {}
            }
            std::thread::sleep(LOOK);
        }
    });
}

fn listen(mut port: Box<dyn serialport::SerialPort>, readings: &Sender<Reading>) -> std::io::Error {
    let mut lines = Lines::default();
    let mut buffer = [0; 1_024];
    loop {
        let read = match port.read(&mut buffer) {
            Ok(0) => return ErrorKind::UnexpectedEof.into(),
            Ok(count) => lines.take(buffer.get(..count).unwrap_or_default()),
            Err(cause) if cause.kind() == ErrorKind::TimedOut => lines.end().into_iter().collect(),
            Err(cause) if cause.kind() == ErrorKind::Interrupted => continue,
            Err(cause) => return cause,
        };
        if readings.is_closed() {
            return ErrorKind::BrokenPipe.into();
        }
        for bytes in read {
            match readings.try_send(Reading { bytes, at: Instant::now(), live: true }) {
                Err(TrySendError::Full(_)) => tracing::warn!("codes come faster than they are decided"),
                Ok(()) | Err(TrySendError::Closed(_)) => {}
            }
        }
    }
}
