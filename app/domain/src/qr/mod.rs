//! QR codes: the wire format of every kind, and the checks that need nothing but the code and public facts.
//!
//! A code of ours is `LK1`, a letter for its kind, and its bytes in Crockford's base 32; `docs/qr-codes.md` has the
//! layout and test vectors. Numbers are big-endian, times Unix seconds. What no kind of ours fits is a third party's.

pub(crate) mod crockford;
mod kind;
mod offline;
mod partner;
mod rotating;

pub use kind::Kind;
pub use offline::{Flags, MOST_SCOPES, Offline, TooManyScopes};
pub use partner::{Partner, PartnerKind, subject};
pub use rotating::{Rotating, STEP_S, is_fresh, step};

use sha2::{Digest, Sha256};

/// What every code of ours begins with.
pub const PREFIX: &str = "LK1";
/// The longest code there is: a QR code of version 40 holds no more bytes.
pub const LONGEST: usize = 2_953;

/// The audience in a code: which organization it is for, without saying so.
pub type Audience = [u8; 4];

/// The audience of an organization: the first four bytes of its id's SHA-256.
#[must_use]
pub fn audience(organization: &str) -> Audience {
    let hash = Sha256::digest(organization.as_bytes());
    [hash[0], hash[1], hash[2], hash[3]]
}

/// An online code: 16 random bytes that mean something to the server only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Online(pub [u8; 16]);

impl std::fmt::Debug for Online {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whoever knows the bytes can open the door.
        f.write_str("Online(…)")
    }
}

impl Online {
    /// As it is drawn.
    #[must_use]
    pub fn text(&self) -> String {
        text('N', &self.0)
    }

    /// As it is stored and listed: SHA-256, which gives nobody the code.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// A code as it was read, before anybody trusts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// The server knows it by its hash.
    Online(Online),
    /// Signed by the organization; opens without a network.
    Offline(Offline),
    /// Signed anew every few seconds.
    Rotating(Rotating),
    /// Made by a partner with a shared secret.
    Partner(Partner),
    /// Anything else.
    Foreign(Vec<u8>),
}

/// Why bytes that were read are no code at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing was read.
    #[error("Nothing was read.")]
    Empty,
    /// More than any QR code holds.
    #[error("This is longer than a QR code can be.")]
    TooLong,
    /// It begins like one of ours and is none: damaged, cut off, or of a later version.
    #[error("This looks like a Latchkey code, but it is damaged or of a later version.")]
    Damaged,
}

impl Code {
    /// Reads what a scanner gave, without white space around it.
    ///
    /// # Errors
    /// `Empty`, `TooLong`, `Damaged`. What begins like one of ours is never passed on as a foreign code, so that no
    /// partner's webhook is asked about it.
    pub fn read(scanned: &[u8]) -> Result<Self, Unreadable> {
        let scanned = scanned.trim_ascii();
        if scanned.is_empty() {
            return Err(Unreadable::Empty);
        }
        if scanned.len() > LONGEST {
            return Err(Unreadable::TooLong);
        }
        let Some(rest) =
            scanned.split_at_checked(PREFIX.len()).filter(|(start, _)| is_prefix(start)).map(|(_, rest)| rest)
        else {
            return Ok(Self::Foreign(scanned.to_vec()));
        };
        let rest = std::str::from_utf8(rest).map_err(|_| Unreadable::Damaged)?;
        let kind = rest.chars().next().ok_or(Unreadable::Damaged)?;
        let bytes = crockford::decode(&rest[kind.len_utf8()..]).ok_or(Unreadable::Damaged)?;
        let code = match kind.to_ascii_uppercase() {
            'N' => bytes.try_into().ok().map(|bytes| Self::Online(Online(bytes))),
            'F' => Offline::parse(&bytes).map(Self::Offline),
            'R' => Rotating::parse(&bytes).map(Self::Rotating),
            'P' => Partner::parse(&bytes).map(Self::Partner),
            _ => None,
        };
        code.ok_or(Unreadable::Damaged)
    }
}

/// `1` may have been read as one of its look-alikes, and letters in lower case.
fn is_prefix(start: &[u8]) -> bool {
    start[..2].eq_ignore_ascii_case(b"LK") && matches!(start[2], b'1' | b'I' | b'i' | b'L' | b'l')
}

fn text(kind: char, bytes: &[u8]) -> String {
    format!("{PREFIX}{kind}{}", crockford::encode(bytes))
}

/// Takes fields off the front of bytes.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    /// What was read, if nothing is left.
    fn done<T>(&self, read: T) -> Option<T> {
        self.0.is_empty().then_some(read)
    }
}

#[cfg(test)]
mod tests;
