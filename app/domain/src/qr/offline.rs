//! The offline code: everything a terminal needs to open without a network, signed by the organization.

use super::{Audience, Reader, text};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

const LABEL: &[u8] = b"latchkey/offline/1";
/// Scopes in one code, at most.
pub const MOST_SCOPES: usize = 8;

/// What a code asks of a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Refuse it off line.
    pub needs_server: bool,
    /// Off line a terminal opens for it once.
    pub once_per_terminal: bool,
}

impl Flags {
    fn byte(self) -> u8 {
        u8::from(self.needs_server) | (u8::from(self.once_per_terminal) << 1)
    }

    /// A flag that this version does not know may restrict, so such a code is none of ours.
    fn parse(byte: u8) -> Option<Self> {
        (byte < 4).then_some(Self { needs_server: byte & 1 == 1, once_per_terminal: byte & 2 == 2 })
    }
}

/// An offline code. Parsed is not verified: [`Offline::verify`] comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offline {
    /// Which of the organization's keys signed it.
    pub key: u8,
    /// Whose it is.
    pub audience: Audience,
    /// Random; belongs to one picture.
    pub id: [u8; 10],
    /// What it asks of a terminal.
    pub flags: Flags,
    /// Opens nothing before, Unix seconds.
    pub not_before: u32,
    /// Opens nothing from then on, Unix seconds.
    pub not_after: u32,
    /// Numbers of the doors and groups it opens, one to eight.
    pub scopes: Vec<u32>,
    /// Ed25519 (RFC 8032).
    pub signature: [u8; 64],
}

/// A code names one to eight doors and groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("An offline code opens up to eight doors and groups. Put the doors into a group, or choose fewer.")]
pub struct TooManyScopes;

impl Offline {
    /// Makes and signs a code; `signature` of what is given is ignored.
    ///
    /// # Errors
    /// [`TooManyScopes`], also when there is none.
    pub fn sign(mut self, key: &SigningKey) -> Result<Self, TooManyScopes> {
        if self.scopes.is_empty() || self.scopes.len() > MOST_SCOPES {
            return Err(TooManyScopes);
        }
        self.signature = key.sign(&self.message()).to_bytes();
        Ok(self)
    }

    /// As it is drawn.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bytes = self.body();
        bytes.extend(self.signature);
        text('F', &bytes)
    }

    /// Whether a key of the organization signed exactly this. Strict: one signature has one spelling.
    #[must_use]
    pub fn verify(&self, key: &VerifyingKey) -> bool {
        key.verify_strict(&self.message(), &Signature::from_bytes(&self.signature)).is_ok()
    }

    fn body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(25 + 4 * self.scopes.len() + 64);
        bytes.push(self.key);
        bytes.extend(self.audience);
        bytes.extend(self.id);
        bytes.push(self.flags.byte());
        bytes.extend(self.not_before.to_be_bytes());
        bytes.extend(self.not_after.to_be_bytes());
        bytes.push(u8::try_from(self.scopes.len()).unwrap_or(u8::MAX));
        for scope in &self.scopes {
            bytes.extend(scope.to_be_bytes());
        }
        bytes
    }

    /// The audience stands in the bytes already.
    fn message(&self) -> Vec<u8> {
        [LABEL, &self.body()].concat()
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let (key, audience, id) = (reader.u8()?, reader.take()?, reader.take()?);
        let flags = Flags::parse(reader.u8()?)?;
        let (not_before, not_after) = (reader.u32()?, reader.u32()?);
        let count = usize::from(reader.u8()?);
        if !(1..=MOST_SCOPES).contains(&count) {
            return None;
        }
        let scopes = (0..count).map(|_| reader.u32()).collect::<Option<_>>()?;
        let signature = reader.take()?;
        reader.done(Self { key, audience, id, flags, not_before, not_after, scopes, signature })
    }
}
