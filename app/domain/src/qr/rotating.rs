//! The rotating code: signed anew every few seconds, so that a picture of it is worth nothing a minute later.

use super::{Audience, Reader, text};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

const LABEL: &[u8] = b"latchkey/rotating/1";
/// A step, seconds.
pub const STEP_S: u32 = 15;
/// A step is taken from so many before the verifier's own …
const BEHIND: u32 = 2;
/// … to so many after.
const AHEAD: u32 = 1;

/// A rotating code. Parsed is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotating {
    /// Random; the badge's or link's.
    pub badge: [u8; 10],
    /// Whose key signed: 0 the server's, else a device's.
    pub slot: u8,
    /// Time by steps of [`STEP_S`].
    pub step: u32,
    /// Ed25519 (RFC 8032).
    pub signature: [u8; 64],
}

/// The step of a moment, Unix seconds.
#[must_use]
pub fn step(seconds: u32) -> u32 {
    seconds / STEP_S
}

/// Whether a step is near enough to a verifier's clock, Unix seconds.
#[must_use]
pub fn is_fresh(of: u32, seconds: u32) -> bool {
    let now = step(seconds);
    (now.saturating_sub(BEHIND)..=now.saturating_add(AHEAD)).contains(&of)
}

impl Rotating {
    /// Makes and signs the code of a step.
    #[must_use]
    pub fn sign(badge: [u8; 10], slot: u8, step: u32, audience: Audience, key: &SigningKey) -> Self {
        let unsigned = Self { badge, slot, step, signature: [0; 64] };
        let signature = key.sign(&unsigned.message(audience)).to_bytes();
        Self { signature, ..unsigned }
    }

    /// As it is drawn.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bytes = self.body();
        bytes.extend(self.signature);
        text('R', &bytes)
    }

    /// Whether the badge's key signed exactly this for this organization.
    #[must_use]
    pub fn verify(&self, audience: Audience, key: &VerifyingKey) -> bool {
        key.verify_strict(&self.message(audience), &Signature::from_bytes(&self.signature)).is_ok()
    }

    /// Whether its step is near enough to a verifier's clock, Unix seconds.
    #[must_use]
    pub fn is_fresh(&self, seconds: u32) -> bool {
        is_fresh(self.step, seconds)
    }

    fn body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(79);
        bytes.extend(self.badge);
        bytes.push(self.slot);
        bytes.extend(self.step.to_be_bytes());
        bytes
    }

    fn message(&self, audience: Audience) -> Vec<u8> {
        [LABEL, &audience, &self.body()].concat()
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (badge, slot, step, signature) = (reader.take()?, reader.u8()?, reader.u32()?, reader.take()?);
        reader.done(Self { badge, slot, step, signature })
    }
}
