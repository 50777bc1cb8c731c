//! The partner's code: made by another system with a shared secret, without asking anybody.

use super::{Audience, Reader, text};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

const LABEL: &[u8] = b"latchkey/partner/1";
/// How far a partner's clock may be off, seconds.
const TOLERANCE_S: u32 = 60;

/// Whose the subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartnerKind {
    /// A link that the partner made.
    Link,
    /// A member that the partner named.
    Member,
}

/// A partner's code. Parsed is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Which of the partner's secrets.
    pub key: [u8; 4],
    /// Whose the subject is.
    pub kind: PartnerKind,
    /// Whom it stands for: [`subject`] of the partner's own id.
    pub subject: [u8; 10],
    /// When it was made, Unix seconds.
    pub issued_at: u32,
    /// For how long it is good, seconds.
    pub lifetime_s: u16,
    /// Makes two codes of one second differ.
    pub nonce: [u8; 4],
    /// The first 16 bytes of HMAC-SHA256.
    pub tag: [u8; 16],
}

/// An external id in a code: the first ten bytes of its SHA-256. The id is UTF-8 in Unicode's normal form C.
#[must_use]
pub fn subject(external_id: &str) -> [u8; 10] {
    let hash = Sha256::digest(external_id.as_bytes());
    hash.first_chunk().copied().unwrap_or_default()
}

impl Partner {
    /// Completes a code with its tag; `tag` of what is given is ignored.
    #[must_use]
    pub fn seal(mut self, audience: Audience, secret: &[u8]) -> Self {
        let tag = self.mac(audience, secret).finalize().into_bytes();
        self.tag = tag.first_chunk().copied().unwrap_or_default();
        self
    }

    /// As it is drawn.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bytes = self.body();
        bytes.extend(self.tag);
        text('P', &bytes)
    }

    /// Whether the secret made exactly this for this organization. Takes the same time wherever it differs.
    #[must_use]
    pub fn verify(&self, audience: Audience, secret: &[u8]) -> bool {
        self.mac(audience, secret).verify_truncated_left(&self.tag).is_ok()
    }

    /// Whether it is good at a moment (Unix seconds) for a partner whose codes may live so long (seconds).
    #[must_use]
    pub fn is_fresh(&self, seconds: u32, longest_s: u16) -> bool {
        let end = self.issued_at.saturating_add(u32::from(self.lifetime_s)).saturating_add(TOLERANCE_S);
        self.lifetime_s > 0
            && self.lifetime_s <= longest_s
            && self.issued_at <= seconds.saturating_add(TOLERANCE_S)
            && seconds < end
    }

    fn body(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(41);
        bytes.extend(self.key);
        bytes.push(match self.kind {
            PartnerKind::Link => 1,
            PartnerKind::Member => 2,
        });
        bytes.extend(self.subject);
        bytes.extend(self.issued_at.to_be_bytes());
        bytes.extend(self.lifetime_s.to_be_bytes());
        bytes.extend(self.nonce);
        bytes
    }

    fn mac(&self, audience: Audience, secret: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            <Hmac<Sha256> as Mac>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("any length is a key"));
        mac.update(LABEL);
        mac.update(&audience);
        mac.update(&self.body());
        mac
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let key = reader.take()?;
        let kind = match reader.u8()? {
            1 => PartnerKind::Link,
            2 => PartnerKind::Member,
            _ => return None,
        };
        let (subject, issued_at, lifetime_s) = (reader.take()?, reader.u32()?, reader.u16()?);
        let (nonce, tag) = (reader.take()?, reader.take()?);
        reader.done(Self { key, kind, subject, issued_at, lifetime_s, nonce, tag })
    }
}
