//! What waits for the writer, taps before everything else.

use super::{Change, Entries, OpeningOutcome, Scan, ScanAnswer, Tap, TapAnswer};
use crate::error::{Error, Result};
use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Admissions in a batch, at most.
pub(crate) const ADMISSIONS: usize = 256;
/// Closures in a batch, at most.
pub(crate) const JOBS: usize = 8;
/// From so many admissions on a batch was one for many; one of so many is not waited for.
const CROWD: usize = 8;
/// The longest that seven eighths of them are waited for.
const SETTLE: Duration = Duration::from_millis(1);
/// Whoever is not back after so long without anybody coming does not come.
const STEP: Duration = Duration::from_micros(150);
/// What may wait; beyond that a caller is told to come back, so that memory stays bounded.
const WAITING: usize = 20_000;

/// The hot path, queued as values so that a batch can be handled as one.
#[derive(Clone, Debug)]
pub enum Admission {
    /// Somebody asks a door to open.
    Tap(Box<Tap>),
    /// Somebody shows a code.
    Scan(Box<Scan>),
    /// A terminal tells what it did.
    Journal(Box<Entries>),
    /// What became of an opening that was granted.
    Outcome(Box<OpeningOutcome>),
}

/// The answer to an admission.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To a tap.
    Tap(TapAnswer),
    /// To a scan.
    Scan(ScanAnswer),
    /// To a journal: it is stored.
    Journal,
    /// To an outcome: whether it was the first to arrive for its opening.
    Outcome(bool),
}

impl Admission {
    /// How many events it may make, roughly: a batch is measured by that.
    fn weight(&self) -> usize {
        match self {
            Self::Journal(entries) => entries.entries.len().max(1),
            _ => 1,
        }
    }
}

pub(crate) type AdmissionReply = oneshot::Sender<Result<Answer>>;

/// A queued change with whoever waits for it.
pub(crate) struct Job {
    pub(crate) change: Change,
    pub(crate) answer: oneshot::Sender<Result<Box<dyn Any + Send>>>,
}

#[derive(Default)]
struct Waiting {
    admissions: VecDeque<(Admission, AdmissionReply)>,
    jobs: VecDeque<Job>,
    closed: bool,
    /// So many admissions are waited for by a writer that has answered as many; 0 when it is at work, or waits for any.
    awaited: usize,
}

/// The queue.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
}

/// One batch's share of the queue.
#[derive(Default)]
pub(crate) struct Share {
    pub(crate) admissions: Vec<(Admission, AdmissionReply)>,
    pub(crate) jobs: VecDeque<Job>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push_admission(&self, admission: Admission, reply: AdmissionReply) -> Result<()> {
        let mut waiting = self.lock();
        if waiting.closed || waiting.admissions.len() >= WAITING {
            return Err(Error::Unavailable("the writer's queue is full or closed".into()));
        }
        waiting.admissions.push_back((admission, reply));
        self.wake(waiting);
        Ok(())
    }

    pub(crate) fn push_job(&self, job: Job) -> Result<()> {
        let mut waiting = self.lock();
        if waiting.closed || waiting.jobs.len() >= WAITING {
            return Err(Error::Unavailable("the writer's queue is full or closed".into()));
        }
        waiting.jobs.push_back(job);
        self.wake(waiting);
        Ok(())
    }

    /// The writer sleeps only before an empty queue or until a crowd is back: nobody else need wake it.
    fn wake(&self, waiting: MutexGuard<'_, Waiting>) {
        let due = match waiting.awaited {
            0 => waiting.admissions.len() + waiting.jobs.len() == 1,
            crowd => waiting.admissions.len() == crowd,
        };
        drop(waiting);
        if due {
            self.filled.notify_one();
        }
    }

    /// After a batch for many, gives those who were just answered the moment it takes to come back, so that the next
    /// batch is for nearly all of them and not for half: what a commit costs is shared by more. Alone, nobody waits, and
    /// nobody waits for the last of a crowd.
    pub(crate) fn settle(&self, answered: usize) {
        if answered < CROWD {
            return;
        }
        let crowd = answered - answered / CROWD;
        let began = Instant::now();
        let mut waiting = self.lock();
        waiting.awaited = crowd;
        loop {
            let before = waiting.admissions.len();
            let step = self.filled.wait_timeout_while(waiting, STEP, |waiting| waiting.admissions.len() < crowd);
            let (then, outcome) = step.unwrap_or_else(PoisonError::into_inner);
            waiting = then;
            let nobody_came = before > 0 && waiting.admissions.len() == before;
            if !outcome.timed_out() || nobody_came || began.elapsed() >= SETTLE {
                break;
            }
        }
        waiting.awaited = 0;
    }

    /// Waits for something to do; `None` once the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<Share> {
        let mut waiting = self.lock();
        loop {
            if !waiting.admissions.is_empty() || !waiting.jobs.is_empty() {
                let admissions = share(&waiting.admissions);
                let jobs = waiting.jobs.len().min(JOBS);
                return Some(Share {
                    admissions: waiting.admissions.drain(..admissions).collect(),
                    jobs: waiting.jobs.drain(..jobs).collect(),
                });
            }
            if waiting.closed {
                return None;
            }
            waiting = self.filled.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Puts back closures that a batch had no time for, in their order.
    pub(crate) fn give_back(&self, jobs: VecDeque<Job>) {
        let mut waiting = self.lock();
        for job in jobs.into_iter().rev() {
            waiting.jobs.push_front(job);
        }
    }

    /// Takes nothing more; what waits is still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }
}

/// How many of those that wait fit one batch; at least one.
fn share(waiting: &VecDeque<(Admission, AdmissionReply)>) -> usize {
    let mut weight = 0;
    let fit = waiting.iter().take_while(|(admission, _)| {
        weight += admission.weight();
        weight <= ADMISSIONS
    });
    fit.count().max(1).min(waiting.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission() -> Admission {
        Admission::Journal(Box::new(Entries {
            organization: String::new(),
            terminal: String::new(),
            door: String::new(),
            entries: Vec::new(),
        }))
    }

    fn filled(admissions: usize, jobs: usize) -> Queue {
        let queue = Queue::default();
        for _ in 0..admissions {
            queue.push_admission(admission(), oneshot::channel().0).expect("room");
        }
        for _ in 0..jobs {
            queue.push_job(Job { change: Box::new(|_| Ok(Box::new(()))), answer: oneshot::channel().0 }).expect("room");
        }
        queue
    }

    #[test]
    fn a_batch_takes_256_admissions_and_8_closures_and_no_more() {
        let queue = filled(600, 20);
        queue.close();
        let shares = std::iter::from_fn(|| queue.take().map(|share| (share.admissions.len(), share.jobs.len())));
        assert_eq!(shares.collect::<Vec<_>>(), [(256, 8), (256, 8), (88, 4)]);
    }

    #[test]
    fn closures_that_a_batch_had_no_time_for_are_the_next_ones() {
        let queue = filled(0, 10);
        let first = queue.take().expect("a share");
        queue.give_back(first.jobs);
        queue.push_admission(admission(), oneshot::channel().0).expect("room");
        let next = queue.take().expect("a share");
        assert_eq!((next.admissions.len(), next.jobs.len()), (1, 8));
        assert_eq!(queue.take().expect("the rest").jobs.len(), 2);
    }

    #[test]
    fn a_crowd_that_does_not_come_back_is_not_waited_for_and_the_next_caller_wakes_the_writer() {
        let queue = filled(0, 0);
        queue.settle(64);
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| queue.take().map(|share| share.admissions.len()));
            // So that it sleeps before the empty queue.
            std::thread::sleep(Duration::from_millis(50));
            queue.push_admission(admission(), oneshot::channel().0).expect("room");
            assert_eq!(taken.join().expect("no panic"), Some(1));
        });
    }

    /// How long a writer that has answered so many waits when so many are back, at least, of many tries.
    fn settled(answered: usize, back: usize) -> Duration {
        let once = || {
            let queue = filled(back, 0);
            let began = Instant::now();
            queue.settle(answered);
            began.elapsed()
        };
        std::iter::repeat_with(once).take(100).min().expect("a try")
    }

    #[test]
    fn the_last_eighth_of_a_crowd_is_not_waited_for_and_fewer_are_not_enough() {
        assert!(settled(64, 56) < STEP);
        assert!(settled(64, 55) >= STEP);
        assert!(settled(64, 0) >= SETTLE);
        assert!(settled(CROWD - 1, 0) < STEP, "few are not waited for at all");
    }

    #[test]
    fn whoever_makes_a_crowd_complete_wakes_the_writer_and_is_in_the_next_batch() {
        let once = || {
            let queue = filled(55, 0);
            std::thread::scope(|scope| {
                let settling = scope.spawn(|| {
                    let began = Instant::now();
                    queue.settle(64);
                    (began.elapsed(), queue.take().map(|share| share.admissions.len()))
                });
                while queue.lock().awaited == 0 && !settling.is_finished() {
                    std::hint::spin_loop();
                }
                queue.push_admission(admission(), oneshot::channel().0).expect("room");
                settling.join().expect("no panic")
            })
        };
        let woken = |(waited, batch)| waited < STEP && batch == Some(56);
        assert!(std::iter::repeat_with(once).take(200).any(woken));
    }

    #[test]
    fn a_queue_that_is_full_says_so() {
        let queue = filled(WAITING, 0);
        assert!(matches!(queue.push_admission(admission(), oneshot::channel().0), Err(Error::Unavailable(_))));
    }
}
