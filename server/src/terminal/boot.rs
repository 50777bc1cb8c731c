//! Whether the clock on the wall can have run on since the terminal last ran. A board without a clock of its own begins
//! at the time it was switched off, or in 1970: a list would look younger than it is.

use super::store::{Store, Trouble};
use std::path::Path;

/// The kernel's name for the time since it began (`proc_sys_kernel(5)`).
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
/// Clocks that run without the machine.
const CLOCKS: [&str; 3] = ["/dev/rtc", "/dev/rtc0", "/dev/rtc1"];

/// Whether the clock ran on since the last time: the machine was not off, or has a clock that runs while it is.
///
/// # Errors
/// When what was noted cannot be read.
pub(super) fn clock_ran_on(store: &mut Store) -> Result<bool, Trouble> {
    let rtc = CLOCKS.iter().any(|clock| Path::new(clock).exists());
    ran_on(store, &boot(), rtc)
}

/// Notes that the terminal runs in this run of the machine: what follows from the last one is settled.
///
/// # Errors
/// When it cannot be stored.
pub(super) fn note(store: &mut Store) -> Result<(), Trouble> {
    store.set_boot(&boot())
}

fn boot() -> String {
    std::fs::read_to_string(BOOT).unwrap_or_default().trim().to_owned()
}

fn ran_on(store: &mut Store, boot: &str, rtc: bool) -> Result<bool, Trouble> {
    // Paired in this very run of the machine, or of another kernel that has no name for it.
    Ok(rtc || boot.is_empty() || store.boot()?.is_none_or(|before| before == boot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stood_still_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("terminal.db"), true).unwrap();
        assert_eq!(ran_on(&mut store, "first", false), Ok(true), "it was paired just now");
        store.set_boot("first").unwrap();
        assert_eq!(ran_on(&mut store, "first", false), Ok(true), "only the program was started anew");
        assert_eq!(ran_on(&mut store, "second", true), Ok(true));
        assert_eq!(ran_on(&mut store, "second", false), Ok(false));
    }
}
