//! An event: one row of the audit log, and the exact bytes that the chain covers.

use crate::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A decision said yes.
    Granted,
    /// A decision said no.
    Denied,
    /// Something was tried and did not succeed.
    Failed,
    /// Something was done.
    Done,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Granted, Self::Denied, Self::Failed, Self::Done];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Done => "done",
        }
    }

    /// The outcome with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// What the chain covers. Fields stand in alphabetical order and serialize to compact JSON with sorted keys,
/// so that any language's JSON library reproduces the bytes (docs/audit.md has a verifier in Python).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// What was done, `door.unlock`, `link.created`, …
    pub action: String,
    /// Who did it: an id, `system`, `operator` (the command line) or `visitor`.
    pub actor: String,
    /// The event that this one follows from.
    pub cause: Option<String>,
    /// The credential used.
    pub credential: Option<String>,
    /// More, by name; never personal.
    pub detail: BTreeMap<String, String>,
    /// The event's id.
    pub id: String,
    /// What it was done to.
    pub object: String,
    /// When it happened.
    pub occurred_at: Millis,
    /// Whose log it stands in.
    pub organization: String,
    /// How it came out.
    pub outcome: Outcome,
    /// Salted hash of the personal side row, hexadecimal.
    pub person: Option<String>,
    /// The reason code of a decision or an outcome.
    pub reason: Option<String>,
    /// When it was written.
    pub recorded_at: Millis,
    /// The request's id; unique per credential.
    pub request: Option<String>,
    /// Its place in the organization's log, from 1.
    pub sequence: i64,
}

impl Event {
    /// The bytes that are hashed: compact JSON, keys sorted, UTF-8, nothing escaped that JSON does not demand.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings, numbers and maps with string keys always serialize")
    }
}

/// Personal data of an event, kept beside the chain so that it can be erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name, address, phone, network prefix, user agent … by name.
    pub facts: BTreeMap<String, String>,
    /// Random text, without which the hash in the chain says nothing about the facts.
    pub salt: String,
}

impl Person {
    /// What the chain covers of this row: SHA-256 over the salt and the facts as sorted compact JSON, hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        let facts = serde_json::to_string(&self.facts).expect("a map of strings always serializes");
        crate::chain::hex(&crate::chain::sha256(&[self.salt.as_bytes(), facts.as_bytes()]))
    }
}
