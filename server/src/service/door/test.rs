//! Testing a door: it opens for real, without anybody's credential and whatever was known of its reach.

use crate::app::App;
use crate::driver::{DriverAnswer, OpenCommand, terminal};
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::service::unlock::{DEADLINE_MS, millis};
use crate::store::command;
use crate::store::door;
use crate::store::facts::{Asked, Facts};
use app::text::reason;
use domain::decide::{Asker, decide};
use domain::event::Outcome;
use std::time::{Duration, Instant};

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The door says that it opened.
    Opened,
    /// The command went out; nobody says whether it opened.
    Sent,
    /// It did not open.
    Refused,
    /// It did not answer and may have opened.
    NoAnswer,
}

impl Ended {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// What a test brought to light.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The door's name.
    pub name: String,
    /// How it ended.
    pub ended: Ended,
    /// The driver's own words.
    pub answer: String,
    /// How long that took, milliseconds.
    pub took_ms: i64,
}

/// Opens a door to see whether it can be opened. A lockdown and the door's hours hold for this, too.
///
/// # Errors
/// `NotFound`; `Refused` with the reason; those of the store, and then nothing was sent.
pub async fn test(app: &App, actor: &Actor, id: &str) -> Result<Tested> {
    let (app, actor, id) = (app.clone(), actor.clone(), id.to_owned());
    let tracker = app.tasks.clone();
    // Of its own, so that a browser that goes away changes nothing about what is recorded.
    let running = tracker.spawn(async move { run(&app, &actor, id).await });
    running.await.map_err(|cause| Error::Unavailable(format!("a test ended early: {cause}")))?
}

async fn run(app: &App, actor: &Actor, id: String) -> Result<Tested> {
    let (asked, at) = (Instant::now(), app.clock.now());
    let acting = actor.clone();
    // No event, no opening; and decided in the same write, so that no lockdown comes between.
    let (row, sent) = app
        .db
        .write(move |tx| {
            let row = door::find(tx.connection, &acting.organization, &id)?.door;
            let facts = Facts::load(tx.connection, &Asked::each(&[], &[&id]), tx.now)?;
            let facts = facts.door(&id, true, tx.now).ok_or(Error::NotFound)?;
            let decision = decide(Asker::Admin, &facts, tx.now);
            if !decision.granted() {
                let why = reason::admin(decision.reason.code());
                return Err(Error::Refused(format!("{} was not tested. {why}", row.name)));
            }
            let mut event = acting.event(tx.clock, tx.now, "door.test_sent", &row.id);
            event.detail.insert("driver".into(), row.driver.clone());
            let sent = event.id.clone();
            tx.record(event);
            Ok((row, sent))
        })
        .await?;
    let claimed = row.driver == terminal::KIND;
    if claimed {
        // A tap's command is there with its event; this one comes after, since it refers to it.
        let (door, event, by) = (row.clone(), sent.clone(), actor.id.clone());
        app.db
            .write(move |tx| command::place(tx, &door.organization_id, &door.id, &event, (&by, at + DEADLINE_MS)))
            .await?;
    }
    let deadline = asked + Duration::from_millis(DEADLINE_MS.cast_unsigned());
    let began = Instant::now();
    let (ended, answer) = match app.drivers.of(&row) {
        None => (Ended::Refused, format!("There is no driver called {}.", row.driver)),
        Some(driver) => {
            let command = OpenCommand { door: row.clone(), event: sent.clone(), issued_at: at, deadline };
            match tokio::time::timeout_at(deadline.into(), driver.open(command)).await {
                Ok(DriverAnswer::Opened(said)) => (Ended::Opened, said),
                Ok(DriverAnswer::Sent(said)) => (Ended::Sent, said),
                Ok(DriverAnswer::Refused(said)) => (Ended::Refused, said),
                Err(_) => {
                    driver.unanswered(&row);
                    (Ended::NoAnswer, "It did not answer within five seconds and may have opened.".into())
                }
            }
        }
    };
    let tested = Tested { name: row.name.clone(), ended, answer, took_ms: millis(began.elapsed()) };
    let (acting, result) = (actor.clone(), tested.clone());
    app.db
        .write(move |tx| {
            if claimed {
                command::take_away(tx, &sent)?;
            }
            let mut event = acting.event(tx.clock, tx.now, "door.tested", &row.id);
            event.cause = Some(sent.clone());
            event.outcome = match result.ended {
                Ended::Opened | Ended::Sent => Outcome::Done,
                Ended::Refused | Ended::NoAnswer => Outcome::Failed,
            };
            event.detail.insert("ended".into(), result.ended.code().into());
            event.detail.insert("answer".into(), result.answer.clone());
            event.detail.insert("took_ms".into(), result.took_ms.to_string());
            tx.record(event);
            Ok(())
        })
        .await?;
    Ok(tested)
}
