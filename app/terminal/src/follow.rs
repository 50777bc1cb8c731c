//! Openings that the server does, for a terminal without a relay: asked after until it is known what became of them.

use crate::FOLLOWED_MS;
use crate::effect::{Effect, Shown};
use crate::machine::Terminal;
use crate::wire::{Progress, ScanRequest};
use domain::terminal::Time;

/// A scan that the server granted and opens for, and has not said yet what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Following {
    shown: Shown,
    request: ScanRequest,
    until: i64,
}

impl Terminal {
    /// Adds to a grant what the server says of its opening, and asks again while that is not known.
    pub(crate) fn follow(
        &mut self,
        mut effects: Vec<Effect>,
        request: ScanRequest,
        opening: Progress,
        time: Time,
    ) -> Vec<Effect> {
        let shown = effects.iter_mut().find_map(|effect| match effect {
            Effect::Show(shown) => Some(shown),
            _ => None,
        });
        let Some(shown) = shown else { return effects };
        shown.opening = Some(opening);
        shown.done = opening != Progress::Opening;
        self.renew(shown);
        if !shown.done {
            let until = time.steady.saturating_add(FOLLOWED_MS);
            self.following.push(Following { shown: shown.clone(), request: request.clone(), until });
            effects.push(Effect::AskAgain(request));
        }
        effects
    }

    pub(crate) fn follows(&self, scan: &str) -> bool {
        self.following.iter().any(|following| following.request.scan == scan)
    }

    /// What the server said of the opening that it does.
    pub(crate) fn followed(&mut self, scan: &str, opening: Option<Progress>, time: Time) -> Vec<Effect> {
        let Some(at) = self.following.iter().position(|following| following.request.scan == scan) else {
            return Vec::new();
        };
        let opening = opening.unwrap_or(Progress::TimedOut);
        if opening == Progress::Opening
            && let Some(following) = self.following.get(at).filter(|following| time.steady < following.until)
        {
            return vec![Effect::AskAgain(following.request.clone())];
        }
        let following = self.following.remove(at);
        let opening = if opening == Progress::Opening { Progress::TimedOut } else { opening };
        let shown = Shown { done: true, opening: Some(opening), ..following.shown };
        self.renew(&shown);
        vec![Effect::Show(shown)]
    }
}
