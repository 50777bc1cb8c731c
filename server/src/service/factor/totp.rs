//! Codes of an authenticator app (RFC 6238 with what every app knows: SHA-1, six digits, thirty seconds).

use crate::clock;
use domain::Millis;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, TOTP};
use zeroize::Zeroizing;

/// A step's length, milliseconds.
const STEP_MS: i64 = 30_000;
/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, section 4, R6).
const SECRET: usize = 20;

/// What the app and this server share.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; SECRET]>);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(redacted)")
    }
}

impl Seed {
    /// Draws a new one.
    #[must_use]
    pub fn draw() -> Self {
        Self(Zeroizing::new(clock::random()))
    }

    /// Takes the bytes of one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn generator(&self) -> TOTP {
        TOTP::new_unchecked(Algorithm::SHA1, 6, 0, 30, self.0.to_vec())
    }

    /// The text to type where no camera is at hand: base 32.
    #[must_use]
    pub fn text(&self) -> String {
        self.generator().get_secret_base32()
    }

    /// What the picture holds, which apps read: `otpauth://totp/…`.
    #[must_use]
    pub fn address(&self, organization: &str, email: &str) -> String {
        let plain =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let (organization, email) = (plain(&organization.replace(':', " ")), plain(email));
        format!(
            "otpauth://totp/{organization}:{email}?secret={}&issuer={organization}&algorithm=SHA1&digits=6&period=30",
            self.text()
        )
    }

    /// The code of a step.
    #[must_use]
    pub fn code(&self, step: i64) -> String {
        self.generator().generate(step.max(0).unsigned_abs().saturating_mul(30))
    }

    /// The step that a typed code belongs to: this one, the one before, or the one after. Takes the same for every code.
    #[must_use]
    pub fn step_of(&self, typed: &str, now: Millis) -> Option<i64> {
        let typed: String = typed.chars().filter(|one| !one.is_whitespace()).collect();
        let here = now / STEP_MS;
        let mut found = None;
        for step in [here - 1, here, here + 1] {
            if bool::from(self.code(step).as_bytes().ct_eq(typed.as_bytes())) {
                found = Some(step);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the six last of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(seed.step_of(code, seconds * 1_000), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn one_step_early_or_late_is_near_enough_and_two_are_not() {
        let seed = Seed::draw();
        let now = 1_700_000_000_000;
        let step = now / STEP_MS;
        for (away, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = seed.code(step + away);
            // A code that two steps share by chance tells nothing.
            let shared = (-1..=1).any(|other| other != away && seed.code(step + other) == code);
            assert!(shared || (seed.step_of(&code, now) == Some(step + away)) == good, "{away}");
        }
        let code = seed.code(step);
        assert_eq!(seed.step_of(&format!(" {} {} ", &code[..3], &code[3..]), now), Some(step), "as apps show it");
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(seed.step_of(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_is_one_that_apps_read() {
        let seed = Seed::from_bytes(b"12345678901234567890").unwrap();
        assert_eq!(
            seed.address("Keller: & Söhne", "ada@keller.example"),
            "otpauth://totp/Keller%20%20%26%20S%C3%B6hne:ada%40keller%2Eexample?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Keller%20%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }
}
