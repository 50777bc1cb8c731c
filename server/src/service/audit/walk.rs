//! Walks a log from where it begins to its end, past every signed thing on the way.

use super::{SignedCheckpoint, SignedEnd, SignedStart, Verified};
use crate::error::{Error, Result};
use crate::secret::Keys;
use domain::chain::{Broken, Entry, Verifier, hex, unhex};

/// A log under verification.
pub(super) struct Walk {
    verifier: Verifier,
    /// Places in the log with the hash that a signature says they have, in order.
    signed: Vec<(i64, String)>,
    agreed: usize,
    /// Signed places before the first event that is there.
    before: usize,
    /// A place that the log must reach with this hash.
    head: Option<(i64, String)>,
    reached: bool,
    began: i64,
}

impl Walk {
    pub(super) fn new(keys: &Keys, checkpoints: Vec<SignedCheckpoint>, head: Option<(i64, String)>) -> Result<Self> {
        let mut signed = Vec::with_capacity(checkpoints.len());
        for one in checkpoints {
            let sequence = one.checkpoint.sequence;
            if !keys.verify_checkpoint(&one.checkpoint.canonical(), &one.signature) {
                return Err(Error::Refused(format!(
                    "The checkpoint at event {sequence} is not signed with this server's key."
                )));
            }
            signed.push((sequence, one.checkpoint.hash));
        }
        signed.sort_unstable();
        signed.dedup();
        let reached = head.as_ref().is_none_or(|(sequence, _)| *sequence == 0);
        Ok(Self { verifier: Verifier::default(), signed, agreed: 0, before: 0, head, reached, began: 0 })
    }

    /// Begins after what was pruned or left out, where something was: at the last of these signed beginnings.
    pub(super) fn begin(&mut self, keys: &Keys, mut starts: Vec<SignedStart>) -> Result<()> {
        for one in &starts {
            if !keys.verify_checkpoint(&one.start.canonical(), &one.signature) {
                return Err(Error::Refused(format!(
                    "The log is said to begin after event {}, but that is not signed with this server's key: older events were cut off.",
                    one.start.sequence
                )));
            }
        }
        starts.sort_unstable_by_key(|one| one.start.sequence);
        let Some(SignedStart { start, .. }) = starts.pop() else { return Ok(()) };
        let hash = unhex(&start.hash)
            .ok_or_else(|| Error::Refused(format!("The beginning after event {} names no hash.", start.sequence)))?;
        self.verifier = Verifier::after(start.sequence, hash);
        self.began = start.sequence;
        // What was signed about events that are gone cannot be held against them any more; about the last of them it can.
        while let Some((sequence, said)) = self.signed.get(self.agreed)
            && *sequence <= start.sequence
        {
            if *sequence == start.sequence && *said != start.hash {
                return Err(broken(&Broken::Checkpoint(*sequence)));
            }
            self.agreed += 1;
        }
        self.before = self.agreed;
        self.reached |= self.head.as_ref().is_some_and(|(sequence, _)| *sequence == start.sequence);
        Ok(())
    }

    /// How far it has come.
    pub(super) fn position(&self) -> i64 {
        self.verifier.position().0
    }

    pub(super) fn take(&mut self, entry: &Entry) -> Result<()> {
        self.verifier.take(entry).map_err(|what| broken(&what))?;
        while let Some((sequence, hash)) = self.signed.get(self.agreed)
            && *sequence == entry.event.sequence
        {
            if *hash != entry.hash {
                return Err(broken(&Broken::Checkpoint(*sequence)));
            }
            self.agreed += 1;
        }
        let here = (entry.event.sequence, entry.hash.as_str());
        self.reached |= self.head.as_ref().is_some_and(|(sequence, hash)| (*sequence, hash.as_str()) == here);
        Ok(())
    }

    /// The last line of an export must say what was found.
    pub(super) fn end(&self, keys: &Keys, signed: &SignedEnd) -> Result<()> {
        if !keys.verify_checkpoint(&signed.end.canonical(), &signed.signature) {
            return Err(Error::Refused("The export's last line is not signed with this server's key.".into()));
        }
        let (sequence, hash) = self.verifier.position();
        if signed.end.last != sequence || signed.end.hash != hex(&hash) {
            return Err(Error::Refused(format!(
                "The export ends at event {sequence}, but its last line says {}: some of it is missing.",
                signed.end.last
            )));
        }
        Ok(())
    }

    pub(super) fn finish(self, organization: String) -> Result<Verified> {
        let (sequence, hash) = self.verifier.position();
        if let Some((missed, _)) = self.signed.get(self.agreed) {
            return Err(broken(&Broken::Checkpoint(*missed)));
        }
        if let Some((at, _)) = self.head
            && !self.reached
        {
            return Err(Error::Refused(format!(
                "The log ends at event {sequence} without reaching its head, {at}: its tail was cut off."
            )));
        }
        Ok(Verified {
            organization,
            first: self.began + 1,
            events: sequence - self.began,
            head: hex(&hash),
            checkpoints: self.agreed - self.before,
            torn: 0,
        })
    }
}

fn broken(what: &Broken) -> Error {
    Error::Refused(format!("The audit log was tampered with: {what}."))
}
