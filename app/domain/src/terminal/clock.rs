//! A terminal's clock: the server's time, carried on while there is no network.

use crate::Millis;

/// A clock further off than this is reported, and one that cannot be corrected is not decided by, milliseconds.
const TOLERANCE_MS: i64 = 60_000;

/// What a terminal's clocks show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The clock on its wall, Unix milliseconds; may jump.
    pub wall: Millis,
    /// Milliseconds since some moment of this start; never jumps.
    pub steady: i64,
}

/// How far the terminal's clocks are from the server's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Server time minus steady time, measured since this start.
    measured: Option<i64>,
    /// Server time minus wall time, as last measured, perhaps before this start.
    offset: Option<i64>,
    /// No earlier than this: what was seen of the server's time so far.
    seen: Millis,
    /// Nor than this: the latest time of its own that the terminal noted since it last heard the server.
    own: Millis,
}

impl Clock {
    /// After a start, with what was kept from before: the last offset, and the latest server time seen.
    #[must_use]
    pub fn kept(offset: Option<i64>, seen: Millis) -> Self {
        Self { measured: None, offset, seen, own: 0 }
    }

    /// Takes the server's time, read half-way between asking and hearing. Against it the terminal's own count for
    /// nothing more, so that a clock that ran ahead for a while does no harm for longer.
    pub fn hear(&mut self, server: Millis, asked: Time, heard: Time) {
        let half = (heard.steady - asked.steady).max(0) / 2;
        self.measured = Some(server + half - heard.steady);
        self.offset = Some(server + half - heard.wall);
        self.seen = self.seen.max(server);
        self.own = 0;
    }

    /// Notes a time of the terminal's own, to be kept: without it a clock that is set back while the power is off would
    /// make everything since the server was heard young again.
    pub fn pass(&mut self, own: Millis) {
        self.own = self.own.max(own);
    }

    /// Notes a server time that was seen in signed facts.
    pub fn see(&mut self, server: Millis) {
        self.seen = self.seen.max(server);
    }

    /// The server's time now. `None`: no clock here can be trusted – the wall's was never compared, or was set back
    /// behind what is known to be past.
    #[must_use]
    pub fn now(&self, time: Time) -> Option<Millis> {
        let now = match (self.measured, self.offset) {
            (Some(measured), _) => time.steady + measured,
            (None, Some(offset)) => time.wall + offset,
            (None, None) => return None,
        };
        let least = self.seen.max(self.own);
        (now >= least.saturating_sub(TOLERANCE_MS)).then_some(now.max(least))
    }

    /// Server time minus wall time, milliseconds.
    #[must_use]
    pub fn offset(&self) -> Option<i64> {
        self.offset
    }

    /// The latest server time seen.
    #[must_use]
    pub fn seen(&self) -> Millis {
        self.seen
    }

    /// The latest time of its own that the terminal noted since it last heard the server; 0 for none.
    #[must_use]
    pub fn own(&self) -> Millis {
        self.own
    }

    /// Whether the wall's clock is so far off that somebody should set it.
    #[must_use]
    pub fn is_far_off(&self) -> bool {
        self.offset.is_some_and(|offset| offset.abs() > TOLERANCE_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_off_by_minutes_is_corrected_and_reported() {
        let mut clock = Clock::default();
        assert_eq!(clock.now(Time { wall: 5_000_000, steady: 0 }), None, "never compared");
        clock.hear(1_000_000, Time { wall: 700_000, steady: 10_000 }, Time { wall: 700_200, steady: 10_200 });
        assert_eq!(clock.now(Time { wall: 700_200, steady: 10_200 }), Some(1_000_100));
        assert!(clock.is_far_off());
        // The wall's clock is set while the terminal runs: nothing changes.
        assert_eq!(clock.now(Time { wall: 9_000_000, steady: 40_200 }), Some(1_030_100));
    }

    #[test]
    fn after_a_start_the_walls_clock_is_believed_unless_it_fell_back() {
        let clock = Clock::kept(Some(100), 1_000_000);
        assert_eq!(clock.now(Time { wall: 1_500_000, steady: 0 }), Some(1_500_100));
        assert_eq!(clock.now(Time { wall: 0, steady: 0 }), None, "a board without a battery begins in 1970");
        assert_eq!(clock.now(Time { wall: 999_000, steady: 0 }), Some(1_000_000), "a second is no fall");
    }

    #[test]
    fn what_the_terminal_noted_itself_is_past_until_the_server_says_otherwise() {
        let mut clock = Clock::kept(Some(0), 1_000_000);
        clock.pass(9_000_000);
        assert_eq!(clock.now(Time { wall: 5_000_000, steady: 0 }), None);
        let time = Time { wall: 5_000_000, steady: 0 };
        clock.hear(5_000_000, time, time);
        assert_eq!((clock.now(time), clock.own()), (Some(5_000_000), 0));
    }
}
