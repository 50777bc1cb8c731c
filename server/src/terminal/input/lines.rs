//! A code a line, out of bytes as they come.

use super::Reading;
use domain::qr::LONGEST;
use std::io::Read;
use std::time::Instant;
use tokio::sync::mpsc::Sender;

/// Collects bytes into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
}

impl Lines {
    /// Takes bytes and gives the lines that ended with them, without their ends; empty ones are none. Of a line that
    /// is longer than any code, the first part is kept, which is one byte too long to be a code.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for byte in bytes {
            if matches!(byte, b'\n' | b'\r') {
                lines.extend(self.end());
            } else if self.line.len() <= LONGEST {
                self.line.push(*byte);
            }
        }
        lines
    }

    /// The line so far, as if it ended here.
    pub(super) fn end(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        (!line.trim_ascii().is_empty()).then_some(line)
    }
}

/// Reads standard input in a thread of its own, which the process does not wait for at its end.
pub(super) fn stdin(readings: Sender<Reading>) {
    std::thread::spawn(move || {
        let mut lines = Lines::default();
        let mut buffer = [0; 4_096];
        let mut input = std::io::stdin().lock();
        let send = |bytes| readings.blocking_send(Reading { bytes, at: Instant::now(), live: false }).is_ok();
        loop {
            match input.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(count) => {
                    if !lines.take(buffer.get(..count).unwrap_or_default()).into_iter().all(send) {
                        return;
                    }
                }
            }
        }
        if let Some(last) = lines.end() {
            send(last);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_any_scanner_ends_them_and_none_grows_without_bound() {
        let mut lines = Lines::default();
        assert_eq!(lines.take(b"one\r\ntwo\rth"), [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(lines.take(b"ree\n\n \n"), [b"three".to_vec()]);
        assert_eq!(lines.take(&vec![b'x'; 100_000]), Vec::<Vec<u8>>::new());
        let long = lines.take(b"\n");
        assert!(long.len() == 1 && long[0].len() == LONGEST + 1);
        assert_eq!(lines.take(b"last"), Vec::<Vec<u8>>::new());
        assert_eq!(lines.end(), Some(b"last".to_vec()));
    }
}
