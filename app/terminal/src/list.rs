//! Taking a list: only one that the server signed for this terminal, newer than any before.

use crate::effect::{Effect, Say, Write};
use crate::machine::{Held, Terminal};
use crate::wire::ListAnswer;
use domain::terminal::{List, Manifest, Refused, Time};

impl Terminal {
    /// The server answered `GET list`. A change that does not fit is asked for whole, once.
    pub fn list_received(&mut self, answer: ListAnswer, time: Time) -> Vec<Effect> {
        if self.is_revoked() {
            return Vec::new();
        }
        let whole = answer.list.is_some();
        match self.admitted(&answer, time) {
            Ok((held, text)) => self.take(held, answer.manifest, text),
            Err(Refused::Content) if !whole => vec![Effect::FetchList { have: None }],
            Err(refused) => vec![Effect::Say(Say::ListRefused(refused))],
        }
    }

    fn admitted(&self, answer: &ListAnswer, time: Time) -> Result<(Held, String), Refused> {
        let key = self.key.key().ok_or(Refused::Signature)?;
        let manifest = Manifest::open(&answer.manifest, &key)?;
        let text = match (&answer.list, &answer.change) {
            (Some(list), _) => list.clone(),
            (None, Some(change)) => {
                let held = self.held.as_ref().filter(|held| Some(held.manifest.version) == answer.from);
                let changed = held.ok_or(Refused::Content)?.list.clone().changed(change.clone());
                String::from_utf8(changed.to_bytes()).map_err(|_| Refused::Content)?
            }
            (None, None) => return Err(Refused::Content),
        };
        // Without a clock, what was seen before is the least that it can be.
        let now = self.now(time).unwrap_or(self.clock.seen());
        manifest.admit(&self.identity.terminal, self.newest, text.as_bytes(), now)?;
        let list = List::from_bytes(text.as_bytes()).map_err(|_| Refused::Content)?;
        Ok((Held { manifest, list }, text))
    }

    fn take(&mut self, held: Held, manifest: String, list: String) -> Vec<Effect> {
        let (version, made_at) = (held.manifest.version, held.manifest.made_at);
        let said = Say::ListTaken { version, codes: held.list.codes.len(), blocked: held.list.blocked.len() };
        self.newest = version;
        self.clock.see(made_at);
        self.held = Some(held);
        let mut writes = vec![self.state_write(), Write::List { manifest, list }];
        // A list that was made after the server knew of an opening needs no mark of it.
        self.marks.retain(|credential, mark| {
            let known = mark.stored_at.is_some_and(|at| at < made_at);
            if known {
                writes.push(Write::Unmark(credential.clone()));
            }
            !known
        });
        vec![Effect::Store(writes), Effect::Say(said)]
    }
}
