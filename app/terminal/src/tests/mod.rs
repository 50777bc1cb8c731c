//! The machine against a disk that keeps what was stored, and a server that is played by the test.

mod lists;
mod power;
mod scans;

use crate::effect::{Effect, Job, Opening, Shown, Write};
use crate::state::{Identity, Kept, Mark, Record, Stage, State};
use crate::wire::{DoorName, ListAnswer, PairAnswer, ScanAnswer, ScanRequest, Verdict};
use crate::{Say, Terminal};
use domain::qr::{Flags, Offline, Online, audience};
use domain::terminal::{Blocked, Door, Entry as Listed, Key, List, Manifest, Time};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;

/// Server time at the first moment of every test, Unix milliseconds.
pub(super) const NOW: i64 = 1_800_000_000_000;
const HOUR: i64 = 3_600_000;

/// The terminal's time so many milliseconds later: its wall's clock is 30 s behind.
pub(super) fn at(later: i64) -> Time {
    Time { wall: NOW - 30_000 + later, steady: 7_000 + later }
}

pub(super) fn list_key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn code_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) fn list() -> List {
    List {
        audience: audience("org_1").iter().map(|byte| format!("{byte:02x}")).collect(),
        door: Door {
            id: "door_1".into(),
            scope: 4,
            accepts_digital: true,
            unlock_ms: 4_000,
            max_age_ms: 36 * HOUR,
            ..Door::default()
        },
        keys: vec![Key::new(1, &code_key().verifying_key())],
        ..List::default()
    }
}

/// The code of this number in the list, good for a day.
pub(super) fn listed(list: &mut List, number: u8, once: bool) -> String {
    let online = Online([number; 16]);
    let entry = Listed { from: NOW - HOUR, until: Some(NOW + 24 * HOUR), scopes: vec![4], hours: None, once };
    list.codes.insert(List::code_name(&online.hash()), entry);
    online.text()
}

pub(super) fn offline(number: u8, once_per_terminal: bool) -> String {
    let code = Offline {
        key: 1,
        audience: audience("org_1"),
        id: [number; 10],
        flags: Flags { needs_server: false, once_per_terminal },
        not_before: 1_799_990_000,
        not_after: 1_800_100_000,
        scopes: vec![4],
        signature: [0; 64],
    };
    code.sign(&code_key()).expect("few scopes").text()
}

pub(super) fn manifest(list: &List, version: i64, made_at: i64) -> Manifest {
    let hash = List::hash(&list.to_bytes());
    Manifest { aud: "terminal_1".into(), version, made_at, expires_at: made_at + 47 * HOUR, hash }
}

pub(super) fn whole(list: &List, version: i64, made_at: i64) -> ListAnswer {
    let text = String::from_utf8(list.to_bytes()).expect("JSON");
    let manifest = manifest(list, version, made_at).sign(&list_key());
    ListAnswer { manifest, list: Some(text), ..ListAnswer::default() }
}

/// What survives a loss of power.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    pub(super) identity: Option<Identity>,
    pub(super) state: Option<State>,
    pub(super) list: Option<(String, String)>,
    pub(super) marks: BTreeMap<String, Mark>,
    pub(super) records: BTreeMap<i64, Record>,
}

impl Disk {
    pub(super) fn store(&mut self, writes: &[Write]) {
        for write in writes.iter().cloned() {
            match write {
                Write::Identity(identity) => self.identity = Some(identity),
                Write::State(state) => self.state = Some(state),
                Write::List { manifest, list } => self.list = Some((manifest, list)),
                Write::Record(record) => {
                    self.records.insert(record.entry.sequence, record);
                }
                Write::Mark(mark) => {
                    self.marks.insert(mark.credential.clone(), mark);
                }
                Write::Unmark(credential) => {
                    self.marks.remove(&credential);
                }
                Write::Forget(upto) => self.records.retain(|sequence, _| *sequence > upto),
            }
        }
    }

    pub(super) fn kept(&self) -> Kept {
        Kept {
            identity: self.identity.clone().expect("paired"),
            state: self.state.expect("paired"),
            list: self.list.clone(),
            marks: self.marks.values().cloned().collect(),
            unfinished: self.records.values().filter(|one| one.stage != Stage::Done).cloned().collect(),
        }
    }
}

/// A terminal with its disk.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    pub(super) terminal: Terminal,
    pub(super) disk: Disk,
    random: u8,
}

impl Bench {
    /// Just paired, at the first moment.
    pub(super) fn new() -> Self {
        let answer = PairAnswer {
            terminal: "terminal_1".into(),
            token: "secret".into(),
            list_key: Key::new(0, &list_key().verifying_key()).public,
            now: NOW,
            organization: "Studio House".into(),
            place: "Main Street 1".into(),
            door: DoorName { id: "door_1".into(), name: "Front door".into() },
        };
        let (terminal, effects) = Terminal::paired(answer, at(0), at(0)).expect("a key");
        let mut bench = Self { terminal, disk: Disk::default(), random: 0 };
        bench.take(effects);
        bench
    }

    pub(super) fn with(list: &List) -> Self {
        let mut bench = Self::new();
        let taken = bench.terminal.list_received(whole(list, 10, NOW), at(0));
        assert!(matches!(bench.take(taken).as_slice(), [Effect::Say(Say::ListTaken { version: 10, .. })]));
        bench
    }

    /// Stores what is to be stored and gives the rest.
    pub(super) fn take(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let mut rest = Vec::new();
        for effect in effects {
            match effect {
                Effect::Store(writes) => self.disk.store(&writes),
                Effect::Wipe => {
                    self.disk = Disk::default();
                    rest.push(Effect::Wipe);
                }
                Effect::Open(opening) => {
                    if let Job::Scan(sequence) = &opening.job {
                        assert_eq!(self.disk.records[sequence].stage, Stage::Granted, "stored before it opens");
                    }
                    rest.push(Effect::Open(opening));
                }
                other => rest.push(other),
            }
        }
        rest
    }

    pub(super) fn scan(&mut self, code: &str, time: Time) -> Vec<Effect> {
        self.random += 1;
        let effects = self.terminal.scanned(code.as_bytes(), [self.random; 16], time);
        self.take(effects)
    }

    /// Scans and gets the question to the server.
    pub(super) fn ask(&mut self, code: &str, time: Time) -> ScanRequest {
        match self.scan(code, time).as_slice() {
            [Effect::Ask(request)] => request.clone(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn answer(&mut self, scan: &str, answer: &ScanAnswer, time: Time) -> Vec<Effect> {
        let effects = self.terminal.answered(scan, answer, time);
        self.take(effects)
    }

    /// Scans without a network.
    pub(super) fn alone(&mut self, code: &str, time: Time) -> Vec<Effect> {
        let request = self.ask(code, time);
        let effects = self.terminal.gave_up(&request.scan, time);
        self.take(effects)
    }

    pub(super) fn restart(&mut self) -> Vec<Effect> {
        let (terminal, effects) = Terminal::restored(self.disk.kept()).expect("a key");
        self.terminal = terminal;
        self.take(effects)
    }
}

pub(super) fn granted(left_ms: i64) -> ScanAnswer {
    ScanAnswer {
        decision: Verdict::Grant,
        reason: "allowed".into(),
        event: "event_1".into(),
        unlock_ms: Some(5_000),
        left_ms: Some(left_ms),
        opening: None,
    }
}

pub(super) fn denied(reason: &str) -> ScanAnswer {
    ScanAnswer {
        decision: Verdict::Deny,
        reason: reason.into(),
        event: "event_1".into(),
        unlock_ms: None,
        left_ms: None,
        opening: None,
    }
}

pub(super) fn shown(effects: &[Effect]) -> &Shown {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Show(shown) => Some(shown),
        _ => None,
    });
    found.expect("an answer")
}

pub(super) fn opening(effects: &[Effect]) -> Option<&Opening> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open(opening) => Some(opening),
        _ => None,
    })
}

pub(super) fn block(list: &mut List, number: u8, why: Blocked) {
    list.blocked.entry(List::id_name(&[number; 10])).or_default().insert(why);
}
