//! The hash chain: each event's hash covers the one before it, so that no row can be changed, cut out or moved.

use crate::event::{Event, Person};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// What stands before the first event.
pub const GENESIS: Hash = [0; 32];

/// SHA-256 over the parts, one after the other.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().into()
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |four: u8| char::from(DIGITS[usize::from(four)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads 64 hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(hash)
}

/// The hash of an event that follows `previous`.
#[must_use]
pub fn link(previous: &Hash, event: &Event) -> Hash {
    sha256(&[previous, &event.canonical()])
}

/// An event as it is exported: the covered fields, the hash, and the personal side row while it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The covered fields.
    pub event: Event,
    /// Hexadecimal hash of this event.
    pub hash: String,
    /// The side row, or nothing once erased.
    pub person: Option<Person>,
}

/// A head of the chain at a moment, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// When it was made, Unix milliseconds.
    pub at: i64,
    /// Hexadecimal hash of the event with this sequence.
    pub hash: String,
    /// Whose log.
    pub organization: String,
    /// The last sequence it covers.
    pub sequence: i64,
}

impl Checkpoint {
    /// The signed bytes: compact JSON with sorted keys.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers always serialize")
    }
}

/// Why a log, or an export of it, does not begin with the first event. Part of what is signed, so that a piece that was
/// taken out never passes for what retention left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartKind {
    /// Older events were pruned.
    Pruned,
    /// Older events are in the log, but not in this export.
    Excerpt,
    /// Only events that fit a filter are in this export, so that its chain has gaps.
    Filtered,
}

/// The place in a log after which it, or an export of it, begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// When it was made, Unix milliseconds.
    pub at: i64,
    /// Hexadecimal hash of the event before the first.
    pub hash: String,
    /// Why.
    pub kind: StartKind,
    /// Whose log.
    pub organization: String,
    /// The sequence of the event before the first.
    pub sequence: i64,
}

impl Start {
    /// The signed bytes: compact JSON with sorted keys.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers always serialize")
    }
}

/// The end of an export that is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When it was made, Unix milliseconds.
    pub at: i64,
    /// How many events it holds.
    pub events: i64,
    /// Hexadecimal hash of the last one.
    pub hash: String,
    /// The last one's sequence.
    pub last: i64,
    /// Whose log.
    pub organization: String,
}

impl End {
    /// The signed bytes: compact JSON with sorted keys.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers always serialize")
    }
}

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A row is missing, doubled or out of order.
    #[error("event {found} stands where event {expected} belongs: a row was cut out, added or moved")]
    Sequence {
        /// What belongs there.
        expected: i64,
        /// What stands there.
        found: i64,
    },
    /// A row was changed.
    #[error("event {0} does not match its hash: it, or one before it, was changed")]
    Hash(i64),
    /// A side row was changed.
    #[error("the personal data beside event {0} does not match what the event covers")]
    Person(i64),
    /// The log ends before, or differs at, a signed checkpoint.
    #[error("the signed checkpoint at event {0} does not match the log: its tail was cut off or rewritten")]
    Checkpoint(i64),
}

/// Walks one organization's log from its beginning.
#[derive(Clone, Debug)]
pub struct Verifier {
    head: Hash,
    sequence: i64,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { head: GENESIS, sequence: 0 }
    }
}

impl Verifier {
    /// Begins after a checkpoint instead of at the genesis (a pruned log).
    #[must_use]
    pub fn after(sequence: i64, head: Hash) -> Self {
        Self { head, sequence }
    }

    /// How far it has come.
    #[must_use]
    pub fn position(&self) -> (i64, Hash) {
        (self.sequence, self.head)
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// Names the first event that does not fit.
    pub fn take(&mut self, entry: &Entry) -> Result<(), Broken> {
        let sequence = entry.event.sequence;
        if sequence != self.sequence + 1 {
            return Err(Broken::Sequence { expected: self.sequence + 1, found: sequence });
        }
        let hash = link(&self.head, &entry.event);
        if hex(&hash) != entry.hash {
            return Err(Broken::Hash(sequence));
        }
        if let Some(person) = &entry.person
            && entry.event.person.as_deref() != Some(person.hash().as_str())
        {
            return Err(Broken::Person(sequence));
        }
        self.head = hash;
        self.sequence = sequence;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Outcome;
    use std::collections::BTreeMap;

    fn log(length: i64) -> Vec<Entry> {
        let mut head = GENESIS;
        (1..=length)
            .map(|sequence| {
                let person = Person {
                    facts: BTreeMap::from([("name".to_owned(), format!("Ada {sequence}"))]),
                    salt: format!("salt {sequence}"),
                };
                let event = Event {
                    action: "door.unlock".into(),
                    actor: "visitor".into(),
                    cause: None,
                    credential: Some("link_1".into()),
                    detail: BTreeMap::from([("trace".into(), "\u{1F511} \"quoted\"\n".into())]),
                    id: format!("event_{sequence}"),
                    object: "door_1".into(),
                    occurred_at: 1,
                    organization: "org_1".into(),
                    outcome: Outcome::Granted,
                    person: Some(person.hash()),
                    reason: Some("allowed".into()),
                    recorded_at: 2,
                    request: None,
                    sequence,
                };
                head = link(&head, &event);
                Entry { event, hash: hex(&head), person: Some(person) }
            })
            .collect()
    }

    fn verify(entries: &[Entry]) -> Result<(), Broken> {
        let mut verifier = Verifier::default();
        entries.iter().try_for_each(|entry| verifier.take(entry))
    }

    #[test]
    fn an_untouched_log_verifies_also_after_a_person_is_erased() {
        let mut entries = log(20);
        assert_eq!(verify(&entries), Ok(()));
        entries[3].person = None;
        assert_eq!(verify(&entries), Ok(()));
    }

    #[test]
    fn every_kind_of_tampering_is_found() {
        let changed = |change: fn(&mut Vec<Entry>)| {
            let mut entries = log(20);
            change(&mut entries);
            verify(&entries)
        };
        assert_eq!(changed(|e| e[4].event.outcome = Outcome::Denied), Err(Broken::Hash(5)));
        assert_eq!(changed(|e| e[4].event.occurred_at += 1), Err(Broken::Hash(5)));
        assert_eq!(changed(|e| drop(e.remove(4))), Err(Broken::Sequence { expected: 5, found: 6 }));
        assert_eq!(changed(|e| e.swap(4, 5)), Err(Broken::Sequence { expected: 5, found: 6 }));
        assert_eq!(
            changed(|e| {
                let Some(person) = &mut e[4].person else {
                    return;
                };
                person.facts.insert("name".into(), "Eve".into());
            }),
            Err(Broken::Person(5))
        );
    }

    #[test]
    fn the_canonical_bytes_have_sorted_keys() {
        let bytes = log(1)[0].event.canonical();
        let value: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&bytes).expect("is JSON");
        assert_eq!(serde_json::to_vec(&value).expect("serializes"), bytes);
    }
}
