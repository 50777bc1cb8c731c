//! The decision about a scanned code: what the code itself says, then the very decision that a tap meets.

use crate::Millis;
use crate::decide::{self, Asker, Check, Decision, DoorFacts, LinkFacts};
use crate::link::Validity;
use crate::reason::Reason;

/// What is known about a code besides its link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeFacts {
    /// Whether its signature is good; none: its kind has none.
    pub signed: Option<bool>,
    /// Whether it is of this moment; none: its kind does not change.
    pub fresh: Option<bool>,
    /// Whether it has opened before; none: its kind may.
    pub used: Option<bool>,
    /// Whether a newer code took its place.
    pub retired: bool,
    /// Opens nothing before, by its own words.
    pub not_before: Option<Millis>,
    /// Opens nothing from then on, by its own words.
    pub not_after: Option<Millis>,
}

impl CodeFacts {
    /// A code that says nothing about itself.
    pub const PLAIN: Self =
        Self { signed: None, fresh: None, used: None, retired: false, not_before: None, not_after: None };
}

/// Decides about a code that belongs to a link. What a picture says binds on line too: an end that was signed is not
/// stretched because the link lives longer, so that server and terminal say the same.
#[must_use]
pub fn decide(code: &CodeFacts, link: &LinkFacts, door: &DoorFacts, now: Millis) -> Decision {
    let own = [
        code.signed.map(|good| (Reason::QrBadSignature, good)),
        Some((Reason::QrRetired, !code.retired)),
        code.fresh.map(|fresh| (Reason::QrStale, fresh)),
        code.used.map(|used| (Reason::QrReplayed, !used)),
    ];
    let own = own.into_iter().flatten().map(|(reason, passed)| Check { reason, scope: None, passed });
    let validity = Validity {
        valid_from: link.validity.valid_from.max(code.not_before.unwrap_or(Millis::MIN)),
        valid_until: [link.validity.valid_until, code.not_after].into_iter().flatten().min(),
        ..link.validity.clone()
    };
    // Whoever shows a code stands at the door, whatever the link's page may do.
    let bounded = LinkFacts { validity, web: true, ..link.clone() };
    let after = decide::decide(Asker::Link(&bounded), door, now);
    let trace: Vec<Check> = own.chain(after.trace).collect();
    let reason = trace.iter().find(|check| !check.passed).map_or(Reason::Allowed, |check| check.reason);
    Decision { reason, trace, takes_use: after.takes_use }
}

/// The answer about a code of which nothing further is known.
#[must_use]
pub fn refuse(reason: Reason) -> Decision {
    Decision { reason, trace: vec![Check { reason, scope: None, passed: false }], takes_use: false }
}

/// The decision about a scan that came too late to open anything by: as it is, but no grant.
#[must_use]
pub fn too_late(mut decision: Decision) -> Decision {
    decision.trace.push(Check { reason: Reason::TooLate, scope: None, passed: false });
    let reason = if decision.granted() { Reason::TooLate } else { decision.reason };
    Decision { reason, takes_use: false, ..decision }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> LinkFacts {
        LinkFacts {
            validity: Validity {
                valid_from: 1_000,
                valid_until: Some(100_000),
                paused_at: None,
                revoked_at: None,
                uses: 0,
                max_uses: None,
            },
            web: false,
            direct: true,
            groups: Vec::new(),
            windows: None,
            cooldown_ms: 0,
            last_granted_at: None,
            free_until: None,
        }
    }

    fn reason(change: impl FnOnce(&mut CodeFacts), now: Millis) -> Reason {
        let mut code = CodeFacts::PLAIN;
        change(&mut code);
        let door = DoorFacts { accepts_digital: true, reachable: true, ..DoorFacts::default() };
        decide(&code, &link(), &door, now).reason
    }

    #[test]
    fn a_codes_own_words_bind_beside_its_links() {
        assert_eq!(reason(|_| (), 5_000), Reason::Allowed);
        assert_eq!(reason(|code| code.not_after = Some(5_000), 5_000), Reason::Expired);
        assert_eq!(reason(|code| code.not_after = Some(900_000), 100_000), Reason::Expired);
        assert_eq!(reason(|code| code.not_before = Some(5_001), 5_000), Reason::NotYetValid);
        assert_eq!(reason(|code| code.not_before = Some(1), 999), Reason::NotYetValid);
        assert_eq!(reason(|code| code.signed = Some(false), 5_000), Reason::QrBadSignature);
        assert_eq!(reason(|code| code.retired = true, 5_000), Reason::QrRetired);
        assert_eq!(reason(|code| code.fresh = Some(false), 5_000), Reason::QrStale);
        assert_eq!(reason(|code| code.used = Some(true), 5_000), Reason::QrReplayed);
    }
}
