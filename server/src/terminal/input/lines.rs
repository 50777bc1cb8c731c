//! A code a line, out of bytes as they come.

use super::Reading;
use domain::qr::LONGEST;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
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
        let input = std::io::stdin().lock();
        // Behind a pipe or a keyboard somebody stands and waits; a file is worked through, however long it takes.
        let live = !is_file(&input);
        read(input, live, &readings);
    });
}

/// Whether this is a file on a disk. What cannot be told is none: then codes grow old.
fn is_file(input: &impl AsFd) -> bool {
    let file = input.as_fd().try_clone_to_owned().map(File::from);
    file.and_then(|file| file.metadata()).is_ok_and(|about| about.is_file())
}

/// Reads to the end, or for as long as somebody takes the codes.
fn read(mut input: impl Read, live: bool, readings: &Sender<Reading>) {
    let mut lines = Lines::default();
    let mut buffer = [0; 4_096];
    // A code is as old as its last byte, also when it then waits for those before it to be taken.
    let mut at = Instant::now();
    while let Ok(count @ 1..) = input.read(&mut buffer) {
        at = Instant::now();
        let send = |bytes| readings.blocking_send(Reading { bytes, at, live }).is_ok();
        if !lines.take(buffer.get(..count).unwrap_or_default()).into_iter().all(send) {
            return;
        }
    }
    if let Some(bytes) = lines.end() {
        // Nobody takes it any more: then there is nobody to tell.
        let _ = readings.blocking_send(Reading { bytes, at, live });
    }
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
    #[test]
    fn only_a_file_on_a_disk_is_worked_through() {
        assert!(is_file(&tempfile::tempfile().unwrap()));
        let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(!is_file(&one));
        assert!(!is_file(&File::open("/dev/null").unwrap()));
    }

    #[test]
    fn a_code_is_as_old_as_its_reading_however_long_those_before_it_take() {
        let (sender, mut taken) = tokio::sync::mpsc::channel(1);
        let reader = std::thread::spawn(move || read(&b"one\ntwo\nthree\nfour"[..], true, &sender));
        let mut ages = Vec::new();
        while let Some(reading) = taken.blocking_recv() {
            assert!(reading.live);
            ages.push(reading.at);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        reader.join().unwrap();
        assert!(ages.len() == 4 && ages.iter().all(|at| *at == ages[0]));
    }
}
