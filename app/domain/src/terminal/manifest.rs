//! The manifest: what the server signs about a list – for whom, which one, until when. It is a JWS (RFC 7515,
//! EdDSA); the list beside it may come whole or as a change, since the hash in here is that of the result.

use super::list::List;
use crate::Millis;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// The one header there is. Comparing it whole leaves no algorithm to choose.
const HEADER: &str = r#"{"alg":"EdDSA","typ":"latchkey-list+jws"}"#;

/// What is signed about a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The terminal it is for.
    pub aud: String,
    /// Always greater than that of the list before; about Unix milliseconds.
    pub version: i64,
    /// When its facts were read.
    pub made_at: Millis,
    /// From then on it opens nothing.
    pub expires_at: Millis,
    /// [`List::hash`] of the list's bytes.
    pub hash: String,
}

/// Why a list is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a signed manifest of ours.
    #[error("The list's signature is not the server's.")]
    Signature,
    /// Made for another terminal.
    #[error("The list is for another terminal.")]
    Audience,
    /// Not newer than the one that is kept.
    #[error("The list is older than the one that is kept.")]
    Older,
    /// Its time is over.
    #[error("The list has expired.")]
    Expired,
    /// The list beside it is another one.
    #[error("The list is not the one that was signed.")]
    Content,
}

impl Manifest {
    /// Signed, as it travels.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let payload = serde_json::to_vec(self).unwrap_or_default();
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(payload));
        let signature = key.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    /// Reads a manifest that a key signed.
    ///
    /// # Errors
    /// `Signature`.
    pub fn open(jws: &str, key: &VerifyingKey) -> Result<Self, Refused> {
        let (message, signature) = jws.rsplit_once('.').ok_or(Refused::Signature)?;
        let (header, payload) = message.split_once('.').ok_or(Refused::Signature)?;
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Signature);
        if bytes(header)? != HEADER.as_bytes() {
            return Err(Refused::Signature);
        }
        let signature = bytes(signature)?.try_into().map_err(|_| Refused::Signature)?;
        key.verify_strict(message.as_bytes(), &Signature::from_bytes(&signature)).map_err(|_| Refused::Signature)?;
        serde_json::from_slice(&bytes(payload)?).map_err(|_| Refused::Signature)
    }

    /// Whether a terminal takes this list, with the version of the newest it ever took.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn admit(&self, terminal: &str, newest: i64, list: &[u8], now: Millis) -> Result<(), Refused> {
        if self.aud != terminal {
            Err(Refused::Audience)
        } else if self.version <= newest {
            Err(Refused::Older)
        } else {
            self.stands(list, now)
        }
    }

    /// Whether the list that is kept may be decided by.
    ///
    /// # Errors
    /// `Expired`, `Content`.
    pub fn stands(&self, list: &[u8], now: Millis) -> Result<(), Refused> {
        if now >= self.expires_at {
            Err(Refused::Expired)
        } else if List::hash(list) != self.hash {
            Err(Refused::Content)
        } else {
            Ok(())
        }
    }
}
