//! What a code says itself, and whether who it claims to be from made it: everything that needs no database.

use crate::secret::{Keys, Signs};
use crate::store::code::Shown;
use domain::qr::{Code, Kind, Offline, Rotating, audience};
use domain::reason::Reason;
use domain::terminal::{Key, List};

/// The number of the key that signs offline codes.
pub const OFFLINE_KEY: u8 = 1;
/// The slot in which the server signs rotating codes.
pub(super) const SERVER_SLOT: u8 = 0;

/// The public keys of an organization's offline codes, as terminals' lists carry them.
#[must_use]
pub fn offline_keys(keys: &Keys, organization: &str) -> Vec<Key> {
    vec![Key::new(OFFLINE_KEY, &keys.signing(organization, Signs::Offline(OFFLINE_KEY)).verifying_key())]
}

/// A code as an organization's terminal was shown it. Verifies signatures, so it belongs before the writer, not in it.
///
/// # Errors
/// `QrUnknown` for codes of other organizations and of others altogether.
pub fn read(keys: &Keys, organization: &str, code: &Code) -> Result<Shown, Reason> {
    let shown = |kind, lookup| Shown {
        organization: organization.to_owned(),
        kind,
        lookup,
        signed: None,
        step: None,
        not_before: None,
        not_after: None,
    };
    match code {
        Code::Online(online) => Ok(shown(Kind::Online, List::code_name(&online.hash()))),
        Code::Offline(offline) => {
            if offline.audience != audience(organization) {
                return Err(Reason::QrUnknown);
            }
            Ok(Shown {
                signed: Some(is_signed(keys, organization, offline)),
                not_before: Some(i64::from(offline.not_before) * 1_000),
                not_after: Some(i64::from(offline.not_after) * 1_000),
                ..shown(Kind::Offline, List::id_name(&offline.id))
            })
        }
        Code::Rotating(rotating) => Ok(Shown {
            signed: Some(is_servers(keys, organization, rotating)),
            step: Some(rotating.step),
            ..shown(Kind::Rotating, List::id_name(&rotating.badge))
        }),
        Code::Partner(_) | Code::Foreign(_) => Err(Reason::QrUnknown),
    }
}

fn is_signed(keys: &Keys, organization: &str, code: &Offline) -> bool {
    code.key == OFFLINE_KEY && code.verify(&keys.signing(organization, Signs::Offline(OFFLINE_KEY)).verifying_key())
}

fn is_servers(keys: &Keys, organization: &str, code: &Rotating) -> bool {
    let key = || keys.signing(organization, Signs::Rotating(code.badge)).verifying_key();
    code.slot == SERVER_SLOT && code.verify(audience(organization), &key())
}
