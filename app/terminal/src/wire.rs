//! The bodies of `docs/terminal-protocol.md`, as server and terminals write and read them.

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use domain::Millis;
use domain::reason::Reason;
use domain::terminal::Change;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

mod words;
pub use words::{Kind, Mode, Outcome, Progress, Relay, Verdict};

/// A door, to be named to people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorName {
    /// `door_…`.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// `POST pair`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairRequest {
    /// As it was read from the admin's page, with or without its dash.
    pub code: String,
    /// What runs here, such as `latchkey 0.1.0`.
    #[serde(default)]
    pub software: String,
}

/// What `POST pair` answers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairAnswer {
    /// `terminal_…`.
    pub terminal: String,
    /// What every later request carries.
    pub token: String,
    /// The Ed25519 key that signs lists, base64url.
    pub list_key: String,
    /// The server's time.
    pub now: Millis,
    /// The organization's name.
    #[serde(default)]
    pub organization: String,
    /// The place's name.
    #[serde(default)]
    pub place: String,
    /// Where it stands.
    #[serde(default)]
    pub door: DoorName,
}

/// `POST heartbeat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatRequest {
    /// What runs here.
    #[serde(default)]
    pub software: String,
    /// The clock on the terminal's wall.
    pub wall: Millis,
    /// What it adds to that; none when it never heard the server.
    #[serde(default)]
    pub offset: Option<i64>,
    /// The version of the list it decides by, 0 for none.
    #[serde(default)]
    pub list: i64,
    /// Entries of its journal that the server has not stored yet.
    #[serde(default)]
    pub waiting: i64,
    /// Whether commands are for it at all.
    #[serde(default)]
    pub relay: Relay,
}

/// What `POST heartbeat` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatAnswer {
    /// The server's time.
    pub now: Millis,
    /// The newest version there is.
    pub list: i64,
    /// The terminal's own name.
    #[serde(default)]
    pub name: String,
    /// The organization's name.
    #[serde(default)]
    pub organization: String,
    /// The place's name.
    #[serde(default)]
    pub place: String,
    /// Where it stands.
    #[serde(default)]
    pub door: DoorName,
}

/// What `GET list` answers: the list whole, or what changed since `from`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAnswer {
    /// The signed manifest.
    pub manifest: String,
    /// The list; its bytes are what the manifest's hash is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Or what makes it out of an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// The version of that older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
}

/// Base64 as other makers may write it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `POST scan`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanRequest {
    /// 16 to 64 letters, digits or `-`, new for each scan.
    pub scan: String,
    /// Counts the terminal's scans from 1, without gaps.
    pub sequence: i64,
    /// What was read, base64.
    pub code: String,
    /// When, by the server's time; none where the terminal has no clock to trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Millis>,
    /// Who opens after a grant.
    #[serde(default)]
    pub relay: Relay,
}

impl ScanRequest {
    /// What was read; none when it is not base64, with or without its padding.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        LENIENT.decode(&self.code).ok()
    }

    /// As it travels.
    #[must_use]
    pub fn text(read: &[u8]) -> String {
        STANDARD.encode(read)
    }
}

/// What `POST scan` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanAnswer {
    /// Anything but `grant` is a denial.
    #[serde(deserialize_with = "grant_or_deny")]
    pub decision: Verdict,
    /// A reason's code, perhaps one that this version does not know.
    #[serde(default)]
    pub reason: String,
    /// `event_…`.
    #[serde(default)]
    pub event: String,
    /// How long the door stays open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlock_ms: Option<i64>,
    /// The terminal opens only if less has passed since it sent the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_ms: Option<i64>,
    /// How far the server's own opening has come, for a terminal without a relay.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "progress")]
    pub opening: Option<Progress>,
}

impl ScanAnswer {
    /// Whether the server found the scan too old to open by.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.reason == Reason::TooLate.code()
    }
}

fn grant_or_deny<'de, D: Deserializer<'de>>(from: D) -> Result<Verdict, D::Error> {
    let word = String::deserialize(from)?;
    Ok(Verdict::from_code(&word).unwrap_or(Verdict::Deny))
}

/// A word of a later version says nothing that this one could promise.
fn progress<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Progress>, D::Error> {
    let word = Option::<String>::deserialize(from)?;
    Ok(word.map(|word| Progress::from_code(&word).unwrap_or(Progress::TimedOut)))
}

/// One scan in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The scan's number.
    pub sequence: i64,
    /// The scan's name.
    pub scan: String,
    /// When it was, by the terminal's corrected clock.
    pub at: Millis,
    /// [`code_hash`] of what was read.
    pub code: String,
    /// What kind of code that was.
    pub kind: Kind,
    /// The credential's name in the list, where the code told one.
    #[serde(default)]
    pub credential: Option<String>,
    /// Whether the door might open.
    pub decision: Verdict,
    /// A reason's code.
    pub reason: String,
    /// Every check of a decision off line, as [`domain::decide::Decision::trace_text`] writes it.
    #[serde(default)]
    pub trace: String,
    /// Who decided.
    pub mode: Mode,
    /// The version of the list at hand, 0 for none.
    #[serde(default)]
    pub list: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// The relay's words.
    #[serde(default)]
    pub note: String,
}

/// The base64url SHA-256 of what was read, without white space around it: what is kept of a code.
#[must_use]
pub fn code_hash(read: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(read.trim_ascii()))
}

/// `POST journal`. A server reads each entry by itself, so that one it cannot take holds up no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRequest<E = Entry> {
    /// In their order, [`crate::BATCH`] at most.
    pub entries: Vec<E>,
}

/// What `POST journal` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalAnswer {
    /// All up to this one are stored.
    pub upto: i64,
    /// The places, from 0, of entries that have no number to be stored under, and are stored nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<usize>,
}

/// A visitor's tap that waits for this terminal's relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// `event_…`.
    pub event: String,
    /// How long the door stays open.
    pub unlock_ms: i64,
    /// The terminal opens only if less has passed since it sent the claim.
    pub left_ms: i64,
}

/// What `POST claim` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAnswer {
    /// Each is given to one claim only.
    pub commands: Vec<Command>,
}

/// `POST result`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultRequest {
    /// The command's.
    pub event: String,
    /// Whether the relay moved.
    pub opened: bool,
    /// The relay's words.
    #[serde(default)]
    pub note: String,
}

/// An error, RFC 9457.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// For people.
    #[serde(default)]
    pub title: String,
    /// For programs; stable.
    #[serde(default)]
    pub code: String,
}

impl Problem {
    /// The code of a terminal that an admin revoked.
    pub const REVOKED: &'static str = "revoked";
    /// The code of a pairing code that is wrong, used or late.
    pub const PAIRING_UNKNOWN: &'static str = "pairing_unknown";
}

macro_rules! redacted {
    ($($name:ident),*) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    )* };
}
redacted!(PairRequest, PairAnswer, ScanRequest);
