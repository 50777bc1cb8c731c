//! A scan from its reading to its outcome.

use crate::effect::{Effect, Job, Opening, Shown, Write};
use crate::machine::{TOO_LATE, Terminal};
use crate::state::{Mark, Record, Stage};
use crate::wire::{Entry, Kind, Mode, Outcome, Progress, Relay, ScanAnswer, ScanRequest, Verdict, code_hash};
use crate::{DEADLINE_MS, REPEAT_MS};
use domain::decide::Decision;
use domain::qr::Code;
use domain::reason::Reason;
use domain::scan::refuse;
use domain::terminal::{Judged, Known, List, Time, judge};

/// How long a door stays open when nobody said.
const UNLOCK_MS: i64 = 5_000;
/// So many readings are remembered to know a repeated one by.
const REMEMBERED: usize = 8;

/// The scan that the server is being asked about.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) entry: Entry,
    code: Option<Code>,
    request: ScanRequest,
    at: Time,
}

/// A scan whose relay is being moved.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    entry: Entry,
    unlock_ms: i64,
    mark: Option<String>,
}

/// A code that was read lately, and what was answered.
#[derive(Clone, Debug)]
pub(crate) struct Recent {
    read_at: i64,
    shown: Shown,
}

impl Terminal {
    /// A code was read. `random` names the scan. Nothing comes of an empty reading, nor of another code while the
    /// server is being asked: whoever shows it holds it there until it is answered.
    pub fn scanned(&mut self, read: &[u8], random: [u8; 16], time: Time) -> Vec<Effect> {
        let read = read.trim_ascii();
        if read.is_empty() || self.asking.is_some() || self.is_revoked() {
            return Vec::new();
        }
        let hash = code_hash(read);
        self.recent.retain(|recent| time.steady - recent.read_at < REPEAT_MS);
        if let Some(recent) = self.recent.iter_mut().find(|recent| recent.shown.entry.code == hash) {
            recent.read_at = time.steady;
            return vec![Effect::Show(Shown { repeat: true, ..recent.shown.clone() })];
        }
        if let Some(now) = self.now(time) {
            self.clock.pass(now);
        }
        let code = Code::read(read).ok();
        let entry = Entry {
            sequence: self.next,
            scan: random.iter().map(|byte| format!("{byte:02x}")).collect(),
            at: self.now(time).unwrap_or(time.wall),
            code: hash,
            kind: code.as_ref().map_or(Kind::Unreadable, kind),
            credential: code.as_ref().and_then(credential),
            // What is true until the server answers, and after a loss of power: nothing was decided, nothing opened.
            decision: Verdict::Deny,
            reason: Reason::NeedsNetwork.code().into(),
            trace: String::new(),
            mode: Mode::OffLine,
            list: self.have().unwrap_or(0),
            outcome: Outcome::None,
            note: String::new(),
        };
        self.next += 1;
        let request = ScanRequest {
            scan: entry.scan.clone(),
            sequence: entry.sequence,
            code: ScanRequest::text(read),
            at: self.now(time),
            relay: self.relay,
        };
        let record = Record { stage: Stage::Asked, entry: entry.clone() };
        let writes = vec![self.state_write(), Write::Record(record)];
        let longest = read.len() > domain::qr::LONGEST;
        self.asking = Some(Asking { entry, code, request: request.clone(), at: time });
        let mut effects = vec![Effect::Store(writes)];
        if longest {
            // The server takes no such body, and no code is that long.
            effects.extend(self.decide_off_line(time));
        } else {
            effects.push(Effect::Ask(request));
        }
        effects
    }

    /// The server answered. An answer to a scan that was given up is dropped.
    pub fn answered(&mut self, scan: &str, answer: &ScanAnswer, time: Time) -> Vec<Effect> {
        if self.follows(scan) {
            return self.followed(scan, answer.opening, time);
        }
        let Some(asking) = self.asking.take_if(|asking| asking.entry.scan == scan) else { return Vec::new() };
        let once = asking.code.as_ref().is_some_and(|code| self.opens_once(code));
        let entry =
            Entry { decision: answer.decision, reason: answer.reason.clone(), mode: Mode::OnLine, ..asking.entry };
        let usual = self.held.as_ref().map_or(UNLOCK_MS, |held| held.list.door.unlock_ms);
        let unlock_ms = answer.unlock_ms.unwrap_or(usual);
        let before = asking.at.steady.saturating_add(answer.left_ms.unwrap_or(0).min(DEADLINE_MS));
        if self.relay == Relay::Own || entry.decision == Verdict::Deny {
            return self.settle(entry, once, unlock_ms, before, time);
        }
        let opening = answer.opening.unwrap_or(Progress::TimedOut);
        let effects = self.settle(entry, once, unlock_ms, before, time);
        self.follow(effects, asking.request, opening, time)
    }

    /// The server did not answer in time, or cannot be reached: the terminal decides by itself.
    pub fn gave_up(&mut self, scan: &str, time: Time) -> Vec<Effect> {
        if self.follows(scan) {
            return self.followed(scan, Some(Progress::Opening), time);
        }
        if self.asking.as_ref().is_some_and(|asking| asking.entry.scan == scan) {
            self.decide_off_line(time)
        } else {
            Vec::new()
        }
    }

    fn decide_off_line(&mut self, time: Time) -> Vec<Effect> {
        let Some(asking) = self.asking.take() else { return Vec::new() };
        let Judged { decision, credential } = self.judged(asking.code.as_ref(), time);
        let once = asking.code.as_ref().is_some_and(|code| self.opens_once(code));
        // Whoever made a code up may have written anybody's name on it; a hash is nobody's to choose.
        let claimed = asking.entry.credential.filter(|_| asking.entry.kind == Kind::Online);
        let entry = Entry {
            credential: credential.or(claimed),
            decision: Verdict::from(&decision),
            reason: decision.reason.code().into(),
            trace: decision.trace_text(),
            mode: Mode::OffLine,
            ..asking.entry
        };
        let unlock_ms = self.held.as_ref().map_or(UNLOCK_MS, |held| held.list.door.unlock_ms);
        self.settle(entry, once, unlock_ms, asking.at.steady.saturating_add(DEADLINE_MS), time)
    }

    /// What this terminal says about a code without asking anybody.
    #[must_use]
    pub fn judged(&self, code: Option<&Code>, time: Time) -> Judged {
        let refused = |reason: Reason| Judged { decision: refuse(reason), credential: None };
        let Some(code) = code else { return refused(Reason::QrUnreadable) };
        let now = self.now(time);
        match &self.held {
            Some(held) => {
                let known = Known { manifest: &held.manifest, list: &held.list, now, reachable: true };
                judge(known, code, |name| self.marks.contains_key(name))
            }
            None if now.is_none() => refused(Reason::ClockWrong),
            None => refused(Reason::ListTooOld),
        }
    }

    /// Stores the decision, and only then opens and shows.
    fn settle(&mut self, entry: Entry, once: bool, unlock_ms: i64, before: i64, time: Time) -> Vec<Effect> {
        let granted = entry.decision == Verdict::Grant;
        let own = self.relay == Relay::Own;
        let opens = granted && own && time.steady < before;
        let note = if granted && own && !opens { TOO_LATE.to_owned() } else { String::new() };
        let entry = Entry { note, ..entry };
        let stage = if opens { Stage::Granted } else { Stage::Done };
        let mut writes = vec![Write::Record(Record { stage, entry: entry.clone() })];
        let mark = entry.credential.clone().filter(|_| once && (opens || granted && !own));
        if let Some(credential) = &mark {
            let mark = Mark { credential: credential.clone(), sequence: entry.sequence, stored_at: None };
            writes.push(Write::Mark(mark.clone()));
            self.marks.insert(credential.clone(), mark);
        }
        let unlock_ms = if granted { unlock_ms } else { 0 };
        let shown = Shown { entry: entry.clone(), done: !opens, opening: None, repeat: false, unlock_ms };
        self.remember(shown.clone(), time.steady);
        let mut effects = vec![Effect::Store(writes)];
        if opens {
            let job = Job::Scan(entry.sequence);
            self.granted.insert(entry.sequence, Granted { entry, unlock_ms, mark });
            effects.push(Effect::Open(Opening { job, unlock_ms, before }));
            effects.push(Effect::Show(shown));
        } else {
            effects.extend([Effect::Show(shown), Effect::Upload]);
        }
        effects
    }

    pub(crate) fn scan_relayed(&mut self, sequence: i64, outcome: Outcome, note: String) -> Vec<Effect> {
        let Some(granted) = self.granted.remove(&sequence) else { return Vec::new() };
        let entry = Entry { outcome, note, ..granted.entry };
        let mut writes = vec![Write::Record(Record { stage: Stage::Done, entry: entry.clone() })];
        // Surely not opened: the next try is as good as the first.
        let unopened = matches!(outcome, Outcome::Failed | Outcome::None);
        if let Some(credential) = granted.mark.filter(|_| unopened) {
            self.marks.remove(&credential);
            writes.push(Write::Unmark(credential));
        }
        let shown = Shown { entry, done: true, opening: None, repeat: false, unlock_ms: granted.unlock_ms };
        self.renew(&shown);
        vec![Effect::Store(writes), Effect::Show(shown), Effect::Upload]
    }

    /// A repeated reading is told the newest that there is to say.
    pub(crate) fn renew(&mut self, shown: &Shown) {
        let same = |recent: &&mut Recent| recent.shown.entry.sequence == shown.entry.sequence;
        if let Some(recent) = self.recent.iter_mut().find(same) {
            recent.shown = shown.clone();
        }
    }

    fn remember(&mut self, shown: Shown, read_at: i64) {
        if self.recent.len() >= REMEMBERED {
            self.recent.remove(0);
        }
        self.recent.push(Recent { read_at, shown });
    }

    /// Whether the list or the code itself says that it opens once a terminal while off line.
    fn opens_once(&self, code: &Code) -> bool {
        match code {
            Code::Online(online) => {
                let entry = |list: &List| list.codes.get(&List::code_name(&online.hash())).is_some_and(|one| one.once);
                self.held.as_ref().is_some_and(|held| entry(&held.list))
            }
            Code::Offline(offline) => offline.flags.once_per_terminal,
            Code::Rotating(_) | Code::Partner(_) | Code::Foreign(_) => false,
        }
    }
}

/// A record that a loss of power left unfinished, as it goes up: what was granted may have opened, and is not opened
/// again; what was asked was refused.
pub(crate) fn closed(record: Record) -> Record {
    let (outcome, note) = match record.stage {
        Stage::Granted => (Outcome::Unknown, "The power went while it opened."),
        Stage::Asked => (Outcome::None, "The power went before it was decided."),
        Stage::Done => return record,
    };
    let verified = record.stage == Stage::Granted || record.entry.kind == Kind::Online;
    let credential = record.entry.credential.filter(|_| verified);
    Record { stage: Stage::Done, entry: Entry { outcome, note: note.into(), credential, ..record.entry } }
}

fn kind(code: &Code) -> Kind {
    match code {
        Code::Online(_) => Kind::Online,
        Code::Offline(_) => Kind::Offline,
        Code::Rotating(_) => Kind::Rotating,
        Code::Partner(_) => Kind::Partner,
        Code::Foreign(_) => Kind::Foreign,
    }
}

fn credential(code: &Code) -> Option<String> {
    match code {
        Code::Online(online) => Some(List::code_name(&online.hash())),
        Code::Offline(offline) => Some(List::id_name(&offline.id)),
        Code::Rotating(_) | Code::Partner(_) | Code::Foreign(_) => None,
    }
}

impl From<&Decision> for Verdict {
    fn from(decision: &Decision) -> Self {
        if decision.granted() { Self::Grant } else { Self::Deny }
    }
}
