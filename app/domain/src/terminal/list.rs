//! The list: all that a terminal needs to decide without a network, and nothing that a thief could use. It holds no
//! name and no code, only hashes and numbers.

use crate::Millis;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Stretches of time, each from a moment up to another, Unix milliseconds UTC: a schedule expanded by the server, so
/// that a terminal needs no time-zone data.
pub type Hours = Vec<(Millis, Millis)>;

/// A key that signs the organization's offline codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// As codes name it.
    pub id: u8,
    /// Ed25519, base64url.
    pub public: String,
}

impl Key {
    /// To be listed.
    #[must_use]
    pub fn new(id: u8, key: &VerifyingKey) -> Self {
        Self { id, public: URL_SAFE_NO_PAD.encode(key.as_bytes()) }
    }

    /// To verify with; none when it is no key.
    #[must_use]
    pub fn key(&self) -> Option<VerifyingKey> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.public).ok()?;
        VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
    }
}

/// The door that the terminal stands at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// `door_…`.
    pub id: String,
    /// Its number in codes.
    pub scope: u32,
    /// The numbers of the groups it belongs to, each with the name of its hours; none: always.
    pub groups: BTreeMap<u32, Option<String>>,
    /// The name of its own hours; none: always.
    pub hours: Option<String>,
    /// Whether links and codes may open it at all.
    pub accepts_digital: bool,
    /// Locked down itself.
    pub locked_down: bool,
    /// Its place is locked down.
    pub place_locked_down: bool,
    /// How long it stays open, milliseconds.
    pub unlock_ms: i64,
    /// A list older than this opens nothing, milliseconds.
    pub max_age_ms: i64,
}

/// An online code that its link allows off line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Opens nothing before.
    #[serde(rename = "f")]
    pub from: Millis,
    /// Opens nothing from then on; none never ends.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// Numbers of the doors and groups it opens.
    #[serde(rename = "s")]
    pub scopes: Vec<u32>,
    /// The name of the link's own hours; none: always.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// Off line a terminal opens for it once.
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
}

/// Why an offline code that is good in itself opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// Its link is revoked.
    Revoked,
    /// A newer code took its place.
    Retired,
    /// Its link is paused.
    Paused,
    /// Its link is used up.
    UsedUp,
}

/// All that a terminal knows. Maps are ordered, so that equal lists have equal bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The organization in codes, hexadecimal.
    pub audience: String,
    /// Where it stands.
    pub door: Door,
    /// The organization's keys.
    pub keys: Vec<Key>,
    /// Hours by name.
    pub hours: BTreeMap<String, Hours>,
    /// Online codes by the base64url of their SHA-256.
    pub codes: BTreeMap<String, Entry>,
    /// Offline codes by their id, hexadecimal, each with all that speaks against it.
    pub blocked: BTreeMap<String, BTreeSet<Blocked>>,
}

/// What made a newer list out of an older one. A code with nothing beside it left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Where it stands now, if anything about that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<Door>,
    /// The keys, if they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<Key>>,
    /// Hours that came, changed or left.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: BTreeMap<String, Option<Hours>>,
    /// Online codes that came, changed or left.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, Option<Entry>>,
    /// Offline codes that were blocked, or are not any more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub blocked: BTreeMap<String, Option<BTreeSet<Blocked>>>,
}

/// Bytes that are no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no list")]
pub struct Spoiled;

impl List {
    /// As it is sent and kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what was sent or kept.
    ///
    /// # Errors
    /// [`Spoiled`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Spoiled> {
        serde_json::from_slice(bytes).map_err(|_| Spoiled)
    }

    /// What a manifest signs: SHA-256 of the bytes, base64url.
    #[must_use]
    pub fn hash(bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
    }

    /// An online code's name in the list.
    #[must_use]
    pub fn code_name(hash: &[u8; 32]) -> String {
        URL_SAFE_NO_PAD.encode(hash)
    }

    /// An offline code's name in the list.
    #[must_use]
    pub fn id_name(id: &[u8; 10]) -> String {
        id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What turns this list into a newer one.
    #[must_use]
    pub fn change_to(&self, newer: &Self) -> Change {
        Change {
            door: (self.door != newer.door).then(|| newer.door.clone()),
            keys: (self.keys != newer.keys).then(|| newer.keys.clone()),
            hours: difference(&self.hours, &newer.hours),
            codes: difference(&self.codes, &newer.codes),
            blocked: difference(&self.blocked, &newer.blocked),
        }
    }

    /// The newer list. Whether it is the one that was meant, its manifest tells.
    #[must_use]
    pub fn changed(mut self, change: Change) -> Self {
        if let Some(door) = change.door {
            self.door = door;
        }
        if let Some(keys) = change.keys {
            self.keys = keys;
        }
        apply(&mut self.hours, change.hours);
        apply(&mut self.codes, change.codes);
        apply(&mut self.blocked, change.blocked);
        self
    }

    /// Whether hours are on at a moment; hours that are named but not there never are.
    #[must_use]
    pub fn on(&self, hours: &str, at: Millis) -> bool {
        self.hours.get(hours).is_some_and(|hours| hours.iter().any(|(from, until)| (*from..*until).contains(&at)))
    }
}

fn difference<V: Clone + PartialEq>(
    older: &BTreeMap<String, V>,
    newer: &BTreeMap<String, V>,
) -> BTreeMap<String, Option<V>> {
    let came = newer.iter().filter(|(name, value)| older.get(*name) != Some(*value));
    let came = came.map(|(name, value)| (name.clone(), Some(value.clone())));
    let left = older.keys().filter(|name| !newer.contains_key(*name)).map(|name| (name.clone(), None));
    came.chain(left).collect()
}

fn apply<V>(kept: &mut BTreeMap<String, V>, change: BTreeMap<String, Option<V>>) {
    for (name, value) in change {
        match value {
            Some(value) => kept.insert(name, value),
            None => kept.remove(&name),
        };
    }
}
