//! Secrets as types: shown once or kept as a hash, and the keys that live outside the database.

mod file;

use crate::clock;
use crate::config::Config;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Random bytes in a bearer secret: 192 bits, 32 characters of base64url without padding.
const SECRET_BYTES: usize = 24;
/// The first byte of what is sealed, so that another way of sealing can follow.
const SEALED_1: u8 = 1;
/// Bytes of an `XChaCha20` nonce; random ones do not collide.
const NONCE: usize = 24;

/// A bearer secret in the clear: made, shown once, then only known as its hash.
pub struct PlainSecret(Zeroizing<String>);

impl PlainSecret {
    /// Draws a new one of 192 random bits.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a secret is drawn on purpose, never by default")]
    pub fn new() -> Self {
        let bytes = Zeroizing::new(clock::random::<SECRET_BYTES>());
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
    }

    /// The text to hand to its holder, of letters, digits, `-` and `_`.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored.
    #[must_use]
    pub fn hash(&self) -> HashedSecret {
        HashedSecret::of(&self.0)
    }
}

impl fmt::Debug for PlainSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainSecret(redacted)")
    }
}

/// The SHA-256 of a bearer secret. Enough for random secrets; never for passwords.
#[derive(Clone, Copy, Eq)]
pub struct HashedSecret([u8; 32]);

impl HashedSecret {
    /// The hash of what somebody presents.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// 64 lower-case hexadecimal digits, as they are stored.
    #[must_use]
    pub fn to_hex(self) -> String {
        domain::chain::hex(&self.0)
    }

    /// Reads what [`Self::to_hex`] wrote; nothing for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for HashedSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for HashedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedSecret(redacted)")
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(String);

/// The root key: 32 bytes from a file or the environment.
#[derive(Clone, PartialEq, Eq)]
pub struct RootKey(Zeroizing<[u8; 32]>);

impl RootKey {
    /// Reads base64 of 32 bytes, either alphabet, with or without padding.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain: Zeroizing<String> =
            Zeroizing::new(text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_"));
        let mut bytes = URL_SAFE_NO_PAD.decode(plain.as_bytes()).ok()?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).ok();
        bytes.zeroize();
        key.map(|key| Self(Zeroizing::new(key)))
    }

    fn draw() -> Self {
        Self(Zeroizing::new(clock::random()))
    }

    fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(*self.0))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(redacted)")
    }
}

/// What is derived from the root key, one key for each use (HKDF-SHA256, RFC 5869).
pub struct Keys {
    /// Signs cookies.
    pub cookie: cookie::Key,
    seal: XChaCha20Poly1305,
    form: Zeroizing<[u8; 32]>,
    checkpoint: SigningKey,
    codes: Hkdf<Sha256>,
}

/// What an organization signs with its own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// Offline codes, by the number of the key.
    Offline(u8),
    /// Terminals' lists.
    Lists,
    /// One rotating code: its badge id.
    Rotating([u8; 10]),
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

impl Keys {
    /// Takes the root key from the configuration or its file, which is made at the first start.
    ///
    /// # Errors
    /// A sentence, when the file cannot be read or made, or when it is missing beside a database that was sealed with it.
    pub fn load(config: &Config) -> Result<Self, KeyError> {
        let root = match &config.secret_key {
            Some(root) => root.clone(),
            None => file::read_or_make(&config.secret_key_file, &config.database)?,
        };
        Ok(Self::derive(&root))
    }

    /// Derives every key from the root.
    #[must_use]
    pub fn derive(root: &RootKey) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(b"latchkey 1"), root.0.as_slice());
        let seal = expand::<32>(&hkdf, b"seal");
        let cookie = expand::<64>(&hkdf, b"cookie");
        Self {
            cookie: cookie::Key::from(cookie.as_slice()),
            seal: XChaCha20Poly1305::new(seal.as_slice().into()),
            form: expand(&hkdf, b"form"),
            checkpoint: SigningKey::from_bytes(&expand::<32>(&hkdf, b"checkpoint")),
            codes: Hkdf::new(Some(b"latchkey codes 1"), &*expand::<32>(&hkdf, b"codes")),
        }
    }

    /// An organization's key for one purpose. Derived anew each time: nothing but the root key is kept.
    #[must_use]
    pub fn signing(&self, organization: &str, signs: Signs) -> SigningKey {
        let purpose = match signs {
            Signs::Offline(number) => [b"offline ".as_slice(), &[number]].concat(),
            Signs::Lists => b"lists".to_vec(),
            Signs::Rotating(badge) => [b"rotating ".as_slice(), &badge].concat(),
        };
        SigningKey::from_bytes(&expand::<32>(&self.codes, &[organization.as_bytes(), b"/", &purpose].concat()))
    }

    /// Encrypts what must be read again (XChaCha20-Poly1305). Only the same context opens it: name the table, row and column.
    #[must_use]
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let nonce = clock::random::<NONCE>();
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let body =
            self.seal.encrypt(XNonce::from_slice(&nonce), payload).expect("encryption fails only beyond 256 GiB");
        [&[SEALED_1], nonce.as_slice(), &body].concat()
    }

    /// Decrypts; nothing when the key, the context or any byte differs.
    #[must_use]
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (version, rest) = sealed.split_first()?;
        if *version != SEALED_1 {
            return None;
        }
        let (nonce, body) = rest.split_at_checked(NONCE)?;
        let payload = Payload { msg: body, aad: context.as_bytes() };
        self.seal.decrypt(XNonce::from_slice(nonce), payload).ok().map(Zeroizing::new)
    }

    /// The key of form tokens, for [`crate::http::csrf`].
    pub(crate) fn form(&self) -> &[u8] {
        self.form.as_slice()
    }

    /// Signs a checkpoint's canonical bytes: Ed25519 (RFC 8032), 128 hexadecimal digits.
    #[must_use]
    pub fn sign_checkpoint(&self, canonical: &[u8]) -> String {
        domain::chain::hex(&self.checkpoint.sign(canonical).to_bytes())
    }

    /// Whether this server signed these bytes. False for anything malformed too.
    #[must_use]
    pub fn verify_checkpoint(&self, canonical: &[u8], signature: &str) -> bool {
        verify_checkpoint(&self.checkpoint_public_key(), canonical, signature)
    }

    /// What others verify checkpoints with: 64 hexadecimal digits.
    #[must_use]
    pub fn checkpoint_public_key(&self) -> String {
        domain::chain::hex(self.checkpoint.verifying_key().as_bytes())
    }
}

/// Whether the holder of a public key (64 hexadecimal digits) signed these bytes (128 hexadecimal digits).
#[must_use]
pub fn verify_checkpoint(public_key: &str, canonical: &[u8], signature: &str) -> bool {
    let key = unhex::<32>(public_key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = unhex::<64>(signature).map(|bytes| Signature::from_bytes(&bytes));
    matches!((key, signature), (Some(key), Some(signature)) if key.verify_strict(canonical, &signature).is_ok())
}

fn expand<const N: usize>(hkdf: &Hkdf<Sha256>, purpose: &[u8]) -> Zeroizing<[u8; N]> {
    let mut key = Zeroizing::new([0; N]);
    hkdf.expand(purpose, key.as_mut_slice()).expect("HKDF-SHA256 gives up to 8,160 bytes");
    key
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
