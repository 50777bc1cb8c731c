//! A scan on line: decided like a tap, in the same queue, before the terminal moves its relay.

use crate::app::App;
use crate::error::{Checks, Error, Result};
use crate::service::code;
use crate::service::refusals::Hears;
use crate::service::unlock::{self, DEADLINE, DEADLINE_MS, Opening, is_request_id, millis};
use crate::store::door::DoorRow;
use crate::store::terminal::TerminalRow;
use crate::store::writer::{self, Admission, Answer, Refused, ScanAnswer};
use crate::store::{door, event};
use domain::Millis;
use domain::decide::{Decision, parse_trace};
use domain::id::Kind;
use domain::qr::{Code, Unreadable};
use domain::reason::Reason;
use domain::scan::refuse;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Within so long a terminal tells what became of a grant, milliseconds; later its end is not known.
const TOLD_WITHIN_MS: i64 = 60_000;

/// Who asks does not wait longer for the door's driver before it is told that it is opening.
const PATIENCE: Duration = Duration::from_millis(700);

/// Somebody shows a code.
#[derive(Clone, Debug)]
pub struct Scan {
    /// New for each scan, the same when it is asked again.
    pub scan: String,
    /// The terminal's own count of scans.
    pub sequence: i64,
    /// What was read.
    pub code: Vec<u8>,
    /// When, by the server's time; none where the terminal has no clock to trust.
    pub at: Option<Millis>,
}

/// What the terminal is told.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The decision.
    pub decision: Decision,
    /// Its event; empty when it was one refusal too many.
    pub event: String,
    /// How long the door is to stay open, milliseconds.
    pub unlock_ms: i64,
    /// Within how many milliseconds, counted from the asking, it must open.
    pub left_ms: i64,
}

impl Scanned {
    fn unheard() -> Self {
        Self { decision: refuse(Reason::RateLimited), event: String::new(), unlock_ms: 0, left_ms: 0 }
    }
}

/// Decides about a scan and stores the decision. The terminal opens.
///
/// # Errors
/// `Fields` when its id or number is none, `Refused` when its number is another scan's, `NotFound` when the door is
/// gone; `Unavailable` when it could not be stored: then nothing may open.
pub async fn scan(app: &App, terminal: &TerminalRow, scan: Scan) -> Result<Scanned> {
    Ok(ask(app, terminal, scan, true).await?.0)
}

/// The same for a terminal without a relay: the server opens, by the door's driver, until 5 s after the scan. With what
/// became of it, when that was known soon; who asks the same scan again is told later, and nothing opens twice.
///
/// # Errors
/// As [`scan`].
pub async fn scan_and_open(app: &App, terminal: &TerminalRow, scan: Scan) -> Result<(Scanned, Option<Opening>)> {
    let (asked, at) = (Instant::now(), app.clock.now());
    let on_the_way = on_the_way(&scan, at);
    let (scanned, opens) = ask(app, terminal, scan, false).await?;
    if !scanned.decision.granted() {
        return Ok((scanned, None));
    }
    let Some(Opens { door, credential }) = opens else {
        let opening = became(app, terminal, &scanned.event).await?;
        return Ok((scanned, opening));
    };
    let (told, answered) = oneshot::channel();
    let deadline = asked + DEADLINE.saturating_sub(on_the_way);
    app.tasks.spawn(unlock::open(app.clone(), *door, scanned.event.clone(), credential, (deadline, at), told));
    let opening = tokio::time::timeout(PATIENCE, answered).await;
    Ok((scanned, opening.ok().map(|answered| answered.map_or(Opening::Interrupted, |told| told.opening))))
}

/// How long a scan took to get here. A clock that is a little ahead makes it no younger than new, and of a terminal
/// without a clock to trust nobody knows: it counts from its arrival, or nobody could get in.
fn on_the_way(scan: &Scan, now: Millis) -> Duration {
    let ms = scan.at.map_or(0, |at| now.saturating_sub(at));
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

/// What the server opens, and for whom.
struct Opens {
    door: Box<DoorRow>,
    credential: String,
}

async fn ask(app: &App, terminal: &TerminalRow, scan: Scan, own_relay: bool) -> Result<(Scanned, Option<Opens>)> {
    let (asked, at) = (Instant::now(), app.clock.now());
    let mut checks = Checks::default();
    if !is_request_id(&scan.scan) {
        checks.note("scan", "A scan's id is 16 to 64 letters, digits or dashes.");
    }
    if scan.sequence < 1 {
        checks.note("sequence", "Scans are counted from 1.");
    }
    checks.done()?;
    // One with a relay looks at its own clock before it opens.
    let late = !own_relay && on_the_way(&scan, at) >= DEADLINE;
    let (kind, code) = read(app, terminal, &scan.code);
    let event = app.clock.id(Kind::Event);
    let admission = writer::Scan {
        event: event.clone(),
        organization: terminal.organization_id.clone(),
        terminal: terminal.id.clone(),
        door: terminal.door_id.clone(),
        scan: scan.scan,
        sequence: scan.sequence,
        kind,
        code,
        at,
        deadline: at + if own_relay { TOLD_WITHIN_MS } else { DEADLINE_MS },
        own_relay,
        late,
        // A code that opens is heard at any time, or whoever shows bad ones would lock the door.
        refused: match app.refusals.hears(&terminal.id, asked) {
            Hears::Yes => Refused::Stored,
            Hears::NoMore => Refused::Last,
            Hears::No => Refused::Unheard,
        },
        salt: app.clock.salt(),
    };
    let Answer::Scan(answer) = app.db.admit(Admission::Scan(Box::new(admission))).await? else {
        return Err(Error::Unavailable("a scan was answered as something else".into()));
    };
    match answer {
        ScanAnswer::Decided { decision, door, credential } => {
            let unlock_ms = door.unlock_ms;
            if decision.reason == Reason::RateLimited {
                tracing::warn!(terminal = terminal.id, "too many refused scans; more are not heard for a while");
            } else if !decision.granted() {
                app.refusals.note(&terminal.id, asked);
            }
            let left_ms = if decision.granted() { (DEADLINE_MS - millis(asked.elapsed())).max(0) } else { 0 };
            let opens = credential.map(|credential| Opens { door, credential });
            Ok((Scanned { decision, event, unlock_ms, left_ms }, opens))
        }
        ScanAnswer::Repeat(event) if event.is_empty() => Ok((Scanned::unheard(), None)),
        ScanAnswer::Repeat(event) => Ok((repeated(app, terminal, event).await?, None)),
        ScanAnswer::Unheard => Ok((Scanned::unheard(), None)),
        ScanAnswer::Taken => Err(Error::Refused(
            "This number was another scan's. Decide off line, and go on from the journal's upto + 1.".into(),
        )),
        ScanAnswer::Unknown => Err(Error::NotFound),
    }
}

/// What became of an opening that was asked for before; none: that is not known yet.
async fn became(app: &App, terminal: &TerminalRow, event: &str) -> Result<Option<Opening>> {
    let (organization, id) = (terminal.organization_id.clone(), event.to_owned());
    let rows = app
        .db
        .read(move |c| {
            let mut rows = vec![event::find(c, &organization, &id)?];
            rows.extend(event::following(c, &id)?);
            Ok(rows)
        })
        .await?;
    unlock::stored(app, &rows).await
}

/// What was read, in a word, and what it proves.
fn read(app: &App, terminal: &TerminalRow, bytes: &[u8]) -> (&'static str, Result<crate::store::code::Shown, Reason>) {
    let code = match Code::read(bytes) {
        Ok(code) => code,
        Err(Unreadable::Empty | Unreadable::TooLong | Unreadable::Damaged) => {
            return ("unreadable", Err(Reason::QrUnreadable));
        }
    };
    (word(&code), code::read(&app.keys, &terminal.organization_id, &code))
}

/// What kind of code it is, as events and journals say it.
#[must_use]
pub fn word(code: &Code) -> &'static str {
    match code {
        Code::Online(_) => "online",
        Code::Offline(_) => "offline",
        Code::Rotating(_) => "rotating",
        Code::Partner(_) => "partner",
        Code::Foreign(_) => "foreign",
    }
}

/// The stored answer to a scan that was asked before.
async fn repeated(app: &App, terminal: &TerminalRow, id: String) -> Result<Scanned> {
    let (organization, door, event) = (terminal.organization_id.clone(), terminal.door_id.clone(), id.clone());
    let (row, door) = app
        .db
        .read(move |c| Ok((event::find(c, &organization, &event)?, door::find(c, &organization, &door)?.door)))
        .await?;
    let reason = row.reason.as_deref().and_then(Reason::from_code).unwrap_or(Reason::QrUnknown);
    let trace = parse_trace(row.details().get("trace").map_or("", String::as_str));
    let decision = Decision { reason, trace, takes_use: false };
    // What an opening had left when it was granted runs on, however often it is asked for.
    let left = (row.occurred_at + DEADLINE_MS - app.clock.now()).clamp(0, DEADLINE_MS);
    let left_ms = if decision.granted() { left } else { 0 };
    Ok(Scanned { decision, event: id, unlock_ms: door.unlock_ms, left_ms })
}
