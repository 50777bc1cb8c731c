//! Runs one batch: admissions, then closures, then the chain, one commit, and only then the answers.

use super::queue::{AdmissionReply, Job, Queue, Share};
use super::transaction::Attempt;
use super::{Admission, Answer, Surroundings, Tx, load, outcome};
use crate::error::{Error, Result};
use crate::store::audit;
use crate::store::connection::AnyConnection;
use crate::store::schema::events;
use crate::store::statement::Statement;
use diesel::prelude::*;
use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// After this no further closure begins.
const BATCH: Duration = Duration::from_millis(20);
/// How often a batch is tried when another writer was in the way.
const TRIES: usize = 4;
/// How long the outcome of a lost commit is looked for; a tap is dead after five seconds anyway.
const LOOK_UP: Duration = Duration::from_secs(4);

/// The writer's thread: until the queue is closed and empty.
pub(super) fn work(queue: &Queue, connection: AnyConnection, surroundings: &Surroundings) {
    let mut idle = Some(connection);
    while let Some(share) = queue.take() {
        let admitted = share.admissions.len();
        let mut connection = match idle.take().map_or_else(|| surroundings.url.connect_writer(), Ok) {
            Ok(connection) => connection,
            Err(cause) => {
                refuse(share, &format!("the database cannot be reached: {cause}"));
                continue;
            }
        };
        // A panic outside a closure would be a mistake of ours: it drops the connection, its transaction with it, and
        // the answers, which callers see as unavailable.
        let survived = catch_unwind(AssertUnwindSafe(|| {
            let healthy = run(queue, &mut connection, share, surroundings);
            (connection, healthy)
        }));
        match survived {
            Ok((connection, true)) => idle = Some(connection),
            Ok((_, false)) => {}
            Err(_) => {
                tracing::error!("a batch panicked; it was dropped and the writer goes on")
            }
        }
        surroundings.changed.send_modify(|count| *count += 1);
        queue.settle(admitted);
    }
}

/// What a batch worked out, to be answered after its commit.
struct Worked {
    admissions: Vec<Result<Answer>>,
    jobs: Vec<Result<Box<dyn Any + Send>>>,
    first_event: Option<String>,
}

enum Failure {
    /// Nothing was stored; another try may succeed.
    Again(String),
    /// Nothing was stored.
    Lost(String),
    /// The closure with this position panicked; nothing was stored.
    Panicked(usize),
    /// The connection went away during the commit.
    Unknown(Worked, String),
}

/// Says whether the connection is still good.
fn run(queue: &Queue, connection: &mut AnyConnection, share: Share, surroundings: &Surroundings) -> bool {
    let (admissions, replies): (Vec<Admission>, Vec<AdmissionReply>) = share.admissions.into_iter().unzip();
    let mut jobs = share.jobs;
    let mut tries = 0;
    let (worked, healthy) = loop {
        tries += 1;
        match once(connection, &admissions, &jobs, surroundings) {
            Ok(worked) => break (Ok(worked), true),
            Err(Failure::Again(cause)) if tries < TRIES => {
                tracing::debug!(%cause, "another writer was in the way; trying the batch again");
                let _ = connection.rollback();
            }
            Err(Failure::Panicked(position)) => {
                tracing::error!("a change panicked; the rest of its batch goes on without it");
                if let Some(job) = jobs.remove(position) {
                    let broke = "this change broke, and nothing of it happened".to_owned();
                    let _ = job.answer.send(Err(Error::Unavailable(broke)));
                }
                // Whatever state the panic left this connection in goes with it.
                let _ = connection.rollback();
                match surroundings.url.connect_writer() {
                    Ok(fresh) => *connection = fresh,
                    Err(cause) => break (Err(cause.to_string()), false),
                }
                tries -= 1;
            }
            Err(Failure::Again(cause) | Failure::Lost(cause)) => {
                let healthy = connection.rollback().is_ok() && !connection.is_broken();
                break (Err(cause), healthy);
            }
            Err(Failure::Unknown(worked, cause)) => {
                break (if committed(&worked, surroundings) { Ok(worked) } else { Err(cause) }, false);
            }
        }
    };
    surroundings.stores.store(worked.is_ok(), Ordering::Relaxed);
    match worked {
        Ok(worked) => {
            let left = jobs.split_off(worked.jobs.len());
            for (reply, answer) in replies.into_iter().zip(worked.admissions) {
                let _ = reply.send(answer);
            }
            for (job, answer) in jobs.into_iter().zip(worked.jobs) {
                let _ = job.answer.send(answer);
            }
            queue.give_back(left);
        }
        Err(cause) => {
            tracing::error!(%cause, "a batch could not be stored; nothing of it happened");
            refuse(Share { admissions: admissions.into_iter().zip(replies).collect(), jobs }, &cause);
        }
    }
    healthy
}

fn once(
    connection: &mut AnyConnection,
    admissions: &[Admission],
    jobs: &VecDeque<Job>,
    surroundings: &Surroundings,
) -> std::result::Result<Worked, Failure> {
    let began = Instant::now();
    let clock = &surroundings.clock;
    connection.begin_write().map_err(failure)?;
    let mut tx = Tx { connection, now: clock.now(), clock, events: Vec::new() };
    let taps = load::Batch::load(&mut tx, admissions, &surroundings.reachable).map_err(Failure::from)?;
    let (mut answers, mut taps) = taps.decide(&mut tx, admissions);
    let late = outcome::record(&mut tx, &mut taps, admissions).map_err(Failure::from)?;
    for (answer, admission) in answers.iter_mut().zip(admissions) {
        if matches!(admission, Admission::Outcome(outcome) if late.contains(&outcome.cause)) {
            *answer = Ok(Answer::Outcome(false));
        }
    }
    let mut worked = Worked { admissions: answers, jobs: Vec::new(), first_event: None };
    for (position, job) in jobs.iter().enumerate() {
        if began.elapsed() > BATCH && !worked.jobs.is_empty() {
            break;
        }
        let Ok(attempt) = catch_unwind(AssertUnwindSafe(|| tx.attempt(|tx| (job.change)(tx)))) else {
            return Err(Failure::Panicked(position));
        };
        match attempt {
            Attempt::Done(value) => worked.jobs.push(Ok(value)),
            Attempt::Refused(Error::Collision(cause)) => return Err(Failure::Again(cause)),
            Attempt::Refused(error) => worked.jobs.push(Err(error)),
            Attempt::BatchLost(cause) => return Err(Failure::Lost(cause)),
        }
    }
    let Tx { connection, now, events, .. } = tx;
    taps.store_counts(connection).map_err(Failure::from)?;
    taps.store_states(connection).map_err(Failure::from)?;
    taps.store_steps(connection).map_err(Failure::from)?;
    taps.scans.store(connection).map_err(Failure::from)?;
    audit::append(connection, &events, now).map_err(Failure::from)?;
    taps.store_commands(connection).map_err(Failure::from)?;
    if let AnyConnection::Postgres(c) = connection {
        Statement::new("SELECT pg_notify('latchkey', '')", "").execute(c).map_err(failure)?;
    }
    worked.first_event = events.into_iter().next().map(|event| event.id);
    match connection.commit() {
        Ok(()) => Ok(worked),
        Err(cause) if connection.is_broken() && matches!(connection, AnyConnection::Postgres(_)) => {
            Err(Failure::Unknown(worked, cause.to_string()))
        }
        Err(cause) => Err(failure(cause)),
    }
}

/// Looks on a new connection whether a commit whose answer was lost took place: all of a batch is there, or none.
fn committed(worked: &Worked, surroundings: &Surroundings) -> bool {
    let Some(id) = &worked.first_event else {
        return false;
    };
    let began = Instant::now();
    while began.elapsed() < LOOK_UP {
        if let Ok(mut connection) = surroundings.url.connect() {
            let found = events::table.find(id).count().get_result::<i64>(&mut connection);
            if let Ok(found) = found {
                tracing::warn!(happened = found == 1, "a commit's answer was lost; looked it up");
                return found == 1;
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    false
}

fn refuse(share: Share, cause: &str) {
    for (_, reply) in share.admissions {
        let _ = reply.send(Err(Error::Unavailable(cause.to_owned())));
    }
    for job in share.jobs {
        let _ = job.answer.send(Err(Error::Unavailable(cause.to_owned())));
    }
}

fn failure(cause: diesel::result::Error) -> Failure {
    Failure::from(Error::from(cause))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Collision(cause) => Self::Again(cause),
            Error::Unavailable(cause) => Self::Lost(cause),
            other => Self::Lost(other.to_string()),
        }
    }
}
