//! Where codes are read: a file or pipe, a serial port, or a scanner that types.

#[cfg(target_os = "linux")]
mod hid;
pub mod layout;
mod lines;
mod serial;

use layout::Layout;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Instant;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// A serial scanner's usual speed.
const BAUD: u32 = 9_600;
/// Codes that a reader may be ahead of the terminal.
const AHEAD: usize = 8;

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it was.
    pub bytes: Vec<u8>,
    /// When.
    pub at: Instant,
    /// Whether somebody stands there and waits, so that it is worth nothing later.
    pub live: bool,
}

/// Which reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Standard input, a code a line.
    Stdin,
    /// A serial port and its speed in baud.
    Serial(PathBuf, u32),
    /// A scanner that types, as an input device.
    Hid(PathBuf),
    /// None: the terminal is there for its relay.
    None,
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "An input is stdin, serial:/dev/ttyUSB0, serial:/dev/ttyUSB0:9600, hid:/dev/input/event3 or none.";
        match text.split_once(':') {
            None if text == "stdin" => Ok(Self::Stdin),
            None if text == "none" => Ok(Self::None),
            Some(("hid", path)) if !path.is_empty() => Ok(Self::Hid(path.into())),
            Some(("serial", path)) if !path.is_empty() => match path.rsplit_once(':') {
                Some((path, baud)) if !path.is_empty() => {
                    Ok(Self::Serial(path.into(), baud.parse().map_err(|_| wrong().to_owned())?))
                }
                _ => Ok(Self::Serial(path.into(), BAUD)),
            },
            _ => Err(wrong().into()),
        }
    }
}

/// Codes as they are read.
#[derive(Debug)]
pub struct Input {
    readings: Receiver<Reading>,
    /// Held so that an input without a reader never ends.
    _none: Option<Sender<Reading>>,
}

impl Input {
    /// Begins to read. `layout` is for a scanner that types.
    ///
    /// # Errors
    /// A sentence, when there is no such reader on this kind of machine. One that is only unplugged is waited for.
    pub fn start(source: Source, layout: Layout) -> Result<Self, String> {
        let (sender, readings) = channel(AHEAD);
        let none = match source {
            Source::Stdin => {
                lines::stdin(sender);
                None
            }
            Source::Serial(path, baud) => {
                serial::read(path, baud, sender);
                None
            }
            #[cfg(target_os = "linux")]
            Source::Hid(path) => {
                tokio::spawn(hid::read(path, layout, sender));
                None
            }
            #[cfg(not(target_os = "linux"))]
            Source::Hid(_) => {
                let _ = layout;
                return Err("Scanners that type are read on Linux only. Set the scanner to a serial port.".into());
            }
            Source::None => Some(sender),
        };
        Ok(Self { readings, _none: none })
    }

    /// The next code; none when there will be no more.
    pub async fn next(&mut self) -> Option<Reading> {
        self.readings.recv().await
    }
}

#[cfg(target_os = "linux")]
pub use hid::strokes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_named_by_kind_and_place() {
        assert_eq!("stdin".parse(), Ok(Source::Stdin));
        assert_eq!("none".parse(), Ok(Source::None));
        assert_eq!("serial:/dev/ttyUSB0".parse(), Ok(Source::Serial("/dev/ttyUSB0".into(), 9_600)));
        assert_eq!("serial:/dev/ttyACM1:115200".parse(), Ok(Source::Serial("/dev/ttyACM1".into(), 115_200)));
        let path = "/dev/input/by-id/usb-Scanner:1-event-kbd";
        assert_eq!(format!("hid:{path}").parse(), Ok(Source::Hid(path.into())));
        for wrong in ["", "serial", "serial:", "serial:/dev/x:fast", "hid:", "camera:0"] {
            assert!(wrong.parse::<Source>().is_err(), "{wrong}");
        }
    }
}
