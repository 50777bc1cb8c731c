//! `latchkey terminal …`.

mod device;

use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Terminal {
    /// Make this machine a terminal: a pairing code for a token and the first list.
    Pair(device::Pair),
    /// Be a terminal: read codes, decide, open, and print each decision as a JSON line.
    Run(Box<device::Run>),
    /// Teach this machine what a scanner that types means by its keys.
    Calibrate(device::Calibrate),
}

impl Terminal {
    /// These run on a machine at a door, which has nothing of the server's: no configuration, no key, no database.
    pub(super) fn main(self) -> ExitCode {
        device::main(self)
    }
}
