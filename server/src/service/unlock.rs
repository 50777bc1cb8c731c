//! Opening a door: the decision is stored first, then the driver is told, then what it answered is stored.

mod outcome;

use crate::app::App;
use crate::driver::{DriverAnswer, OpenCommand};
use crate::error::{Error, Result};
use crate::service::refusals::Hears;
use crate::store::audit::NewEvent;
use crate::store::door::DoorRow;
use crate::store::event::{self, EventRow};
use crate::store::writer::{Admission, Answer, Credential, OpeningOutcome, OutcomeKind, Tap, TapAnswer};
use domain::Millis;
use domain::event::Person;
use domain::id::Kind;
use domain::reason::Reason;
use outcome::{record, record_at_last};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// From the tap to the last moment a door may open, milliseconds: one that opens later, when nobody expects it, is worse.
pub const DEADLINE_MS: i64 = 5_000;
/// The same.
pub(super) const DEADLINE: Duration = Duration::from_millis(DEADLINE_MS.cast_unsigned());

/// What whoever tapped is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The door said that it opened, for so many milliseconds.
    Open(i64),
    /// Something between took the command for the door; nobody says whether it opened.
    Sent,
    /// Not now.
    Denied(Reason),
    /// The door said that it did not open.
    Failed,
    /// The door did not answer and may or may not have opened.
    TimedOut,
    /// The server stopped in between; the door may or may not have opened.
    Interrupted,
}

/// What became of a tap, with what its page says besides.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it came out.
    pub opening: Opening,
    /// Openings left, when they are counted.
    pub uses_left: Option<i64>,
    /// The tap's event.
    pub event: String,
}

/// Whoever taps.
#[derive(Clone, Debug)]
pub struct Tapper {
    /// With what.
    pub credential: Credential,
    /// Network prefix and user agent.
    pub facts: BTreeMap<String, String>,
}

/// The longest and shortest request id that is taken.
const REQUEST_ID: std::ops::RangeInclusive<usize> = 16..=64;

/// Whether this can be a request id: it is stored and looked for, so it is held to letters, digits and `-`.
#[must_use]
pub fn is_request_id(text: &str) -> bool {
    REQUEST_ID.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Asks a door to open. GET requests never come here.
///
/// # Errors
/// `NotFound` when credential and door do not belong together; `Unavailable` when it could not be stored: then nothing opened.
pub async fn unlock(app: &App, tapper: Tapper, door: &str, request: &str) -> Result<Report> {
    let (asked, at) = (Instant::now(), app.clock.now());
    let hears = app.refusals.hears(tapper.credential.id(), asked);
    if hears != Hears::Yes {
        let event = app.clock.id(Kind::Event);
        if hears == Hears::NoMore {
            // A door that is not theirs cannot be named in their log, and a full disk takes no event: then the next tap
            // is written down instead.
            unheard(app, &tapper, door, &event, at)
                .await
                .inspect_err(|_| app.refusals.unwritten(tapper.credential.id()))?;
            tracing::warn!(
                credential = tapper.credential.id(),
                "too many refused taps; more are not heard for a while"
            );
        }
        return Ok(Report { opening: Opening::Denied(Reason::RateLimited), uses_left: None, event });
    }
    let event = app.clock.id(Kind::Event);
    let credential = tapper.credential.id().to_owned();
    let tap = Tap {
        event: event.clone(),
        credential: tapper.credential,
        door: door.to_owned(),
        request: request.to_owned(),
        at,
        deadline: at + DEADLINE_MS,
        person: Person { facts: tapper.facts, salt: app.clock.salt() },
    };
    let Answer::Tap(answer) = app.db.admit(Admission::Tap(Box::new(tap))).await? else {
        return Err(Error::Unavailable("a tap was answered as something else".into()));
    };
    match answer {
        TapAnswer::Unknown => Err(Error::NotFound),
        TapAnswer::Repeat(event) => repeated(app, &event, asked).await,
        TapAnswer::Decided { decision, uses_left, .. } if !decision.granted() => {
            app.refusals.note(&credential, asked);
            Ok(Report { opening: Opening::Denied(decision.reason), uses_left, event })
        }
        TapAnswer::Decided { door, uses_left, decision, .. } => {
            let (told, answered) = oneshot::channel();
            // Of its own, so that a phone that goes away changes nothing about what is recorded.
            app.tasks.spawn(open(app.clone(), *door, event.clone(), credential, (asked + DEADLINE, at), told));
            let Told { opening, stored } =
                answered.await.unwrap_or(Told { opening: Opening::Interrupted, stored: false });
            // A door that said no gave the use back before anyone was told, unless that could not be stored yet.
            let given_back = opening == Opening::Failed && stored && decision.takes_use;
            Ok(Report { opening, uses_left: uses_left.map(|left| left + i64::from(given_back)), event })
        }
    }
}

/// Writes down once that a credential is not heard for a while.
async fn unheard(app: &App, tapper: &Tapper, door: &str, event: &str, at: Millis) -> Result<()> {
    let person = Person { facts: tapper.facts.clone(), salt: app.clock.salt() };
    let (credential, door, event) = (tapper.credential.clone(), door.to_owned(), event.to_owned());
    app.db
        .write(move |tx| {
            let organization = match &credential {
                Credential::Link { id, .. } => crate::store::link::organization_of(tx.connection, id)?,
                Credential::Admin { organization, .. } => organization.clone(),
            };
            crate::store::door::find(tx.connection, &organization, &door)?;
            let decision = domain::scan::refuse(Reason::RateLimited);
            tx.record(NewEvent {
                id: event.clone(),
                organization,
                occurred_at: at,
                action: "door.unlock",
                actor: credential.actor().into(),
                credential: Some(credential.id().to_owned()),
                object: door.clone(),
                outcome: domain::event::Outcome::Denied,
                reason: Some(decision.reason.code()),
                cause: None,
                request: None,
                detail: BTreeMap::from([("trace".to_owned(), decision.trace_text())]),
                person: Some(person.clone()),
                link: None,
                lists: false,
            });
            Ok(())
        })
        .await
}

/// How an opening came out, as whoever waits for it is told.
pub(super) struct Told {
    pub(super) opening: Opening,
    /// Whether that stands in the log already.
    pub(super) stored: bool,
}

pub(super) async fn open(
    app: App,
    door: DoorRow,
    event: String,
    credential: String,
    (deadline, at): (Instant, Millis),
    told: oneshot::Sender<Told>,
) {
    let mut dispatched_at = None;
    let kind = match app.drivers.of(&door) {
        None => OutcomeKind::Failed { answer: format!("There is no driver called {}.", door.driver) },
        Some(_) if Instant::now() >= deadline => {
            OutcomeKind::Failed { answer: "The command was dropped: it came too late.".into() }
        }
        Some(driver) => {
            dispatched_at = Some(app.clock.now());
            let began = Instant::now();
            let command = OpenCommand { door: door.clone(), event: event.clone(), issued_at: at, deadline };
            match tokio::time::timeout_at(deadline.into(), driver.open(command)).await {
                Ok(DriverAnswer::Opened(_)) => OutcomeKind::Confirmed { after_ms: millis(began.elapsed()) },
                Ok(DriverAnswer::Sent(_)) => OutcomeKind::Sent { after_ms: millis(began.elapsed()) },
                Ok(DriverAnswer::Refused(answer)) => OutcomeKind::Failed { answer },
                Err(_) => {
                    driver.unanswered(&door);
                    OutcomeKind::TimedOut
                }
            }
        }
    };
    let opening = match &kind {
        OutcomeKind::Confirmed { .. } => Opening::Open(door.unlock_ms),
        OutcomeKind::Sent { .. } => Opening::Sent,
        OutcomeKind::Failed { .. } => Opening::Failed,
        OutcomeKind::TimedOut => Opening::TimedOut,
        OutcomeKind::Interrupted => Opening::Interrupted,
    };
    let confirmed = matches!(kind, OutcomeKind::Confirmed { .. } | OutcomeKind::Sent { .. });
    let outcome = OpeningOutcome {
        cause: event,
        door: door.id,
        credential,
        dispatched_at,
        at: app.clock.now(),
        kind,
        events: [app.clock.id(Kind::Event), app.clock.id(Kind::Event)],
    };
    // Nobody should stand before an open door and wait for a disk. Other outcomes change what the next tap finds,
    // so they are stored first.
    if confirmed {
        let _ = told.send(Told { opening, stored: false });
        record_at_last(&app, outcome).await;
    } else {
        let stored = record(&app, &outcome).await;
        let _ = told.send(Told { opening, stored });
        if !stored {
            record_at_last(&app, outcome).await;
        }
    }
}

/// The stored answer to a request that was made before, waiting for it while the door is still being asked.
async fn repeated(app: &App, id: &str, asked: Instant) -> Result<Report> {
    let deadline = asked + Duration::from_millis(DEADLINE_MS.cast_unsigned() + 1_000);
    loop {
        let event = id.to_owned();
        let (rows, uses_left) = app.db.read(move |c| event::story(c, &event)).await?;
        if let Some(opening) = stored(app, &rows).await? {
            return Ok(Report { opening, uses_left, event: id.to_owned() });
        }
        if Instant::now() >= deadline {
            return Ok(Report { opening: Opening::TimedOut, uses_left, event: id.to_owned() });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// How an opening ended, by its event and those that follow from it; none: that is not known yet.
pub(super) async fn stored(app: &App, rows: &[EventRow]) -> Result<Option<Opening>> {
    let Some((first, outcomes)) = rows.split_first() else {
        return Err(Error::NotFound);
    };
    if first.outcome == "denied" {
        let reason = first.reason.as_deref().and_then(Reason::from_code).unwrap_or(Reason::DoorUnreachable);
        return Ok(Some(Opening::Denied(reason)));
    }
    for outcome in outcomes {
        return Ok(Some(match outcome.action.as_str() {
            "door.confirmed" => Opening::Open(still_open(app, first, outcome).await?),
            "door.sent" => Opening::Sent,
            "door.failed" => Opening::Failed,
            "door.timed_out" => Opening::TimedOut,
            "door.interrupted" => Opening::Interrupted,
            _ => continue,
        }));
    }
    Ok(None)
}

/// How much of the opening is left when its answer is asked for again.
async fn still_open(app: &App, first: &EventRow, confirmed: &EventRow) -> Result<i64> {
    let (organization, door) = (first.organization_id.clone(), first.object.clone());
    let unlock_ms =
        app.db.read(move |c| Ok(crate::store::door::find(c, &organization, &door)?.door.unlock_ms)).await.unwrap_or(0);
    Ok((confirmed.occurred_at + unlock_ms - app.clock.now()).max(0))
}

/// Declares openings interrupted whose deadline is over and whose outcome nobody will report any more. They are never sent again.
///
/// # Errors
/// Those of the store.
pub async fn sweep_interrupted(app: &App, before: Millis) -> Result<usize> {
    let overdue = app.db.read(move |c| event::overdue(c, before, 256)).await?;
    let count = overdue.len();
    for opening in overdue {
        let outcome = OpeningOutcome {
            cause: opening.event_id,
            door: opening.door_id,
            credential: opening.credential,
            dispatched_at: None,
            at: app.clock.now(),
            kind: OutcomeKind::Interrupted,
            events: [app.clock.id(Kind::Event), app.clock.id(Kind::Event)],
        };
        app.db.admit(Admission::Outcome(Box::new(outcome))).await?;
    }
    Ok(count)
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
