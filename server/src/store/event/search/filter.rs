//! What a list of events is narrowed to.

use domain::Millis;
use domain::event::Outcome;

/// One thing that an event may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Is {
    /// About this door.
    Door(String),
    /// About this link.
    Link(String),
    /// Done by this admin, or by `operator`, `system`, `visitor`.
    Actor(String),
    /// This action.
    Action(String),
    /// With this outcome.
    Outcome(Outcome),
    /// For this reason.
    Reason(String),
    /// Done to this place, group or whatever else has no column of its own.
    Object(String),
}

impl Is {
    /// How rare it makes an event, the rarest first; none where no index leads to it.
    pub(super) fn rank(&self) -> Option<u8> {
        Some(match self {
            Self::Link(_) => 0,
            Self::Actor(id) if !["visitor", "system"].contains(&id.as_str()) => 1,
            Self::Reason(code) if code != "allowed" => 2,
            Self::Action(code)
                if !["door.unlock", "door.dispatched", "door.confirmed", "door.sent"].contains(&code.as_str()) =>
            {
                3
            }
            Self::Door(_) => 4,
            Self::Outcome(Outcome::Denied | Outcome::Failed) => 5,
            Self::Outcome(_) | Self::Actor(_) | Self::Reason(_) | Self::Action(_) | Self::Object(_) => return None,
        })
    }
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// From this moment.
    pub since: Option<Millis>,
    /// Before this moment.
    pub until: Option<Millis>,
    /// About this door.
    pub door: Option<String>,
    /// About this link.
    pub link: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// With this action.
    pub action: Option<String>,
    /// For this reason.
    pub reason: Option<String>,
    /// Of each of these at least one thing must be true; one without any lets nothing through.
    pub any: Vec<Vec<Is>>,
    /// Without the steps of an opening that went well: command sent, door confirmed.
    pub brief: bool,
    /// The moment and sequence of the last one seen.
    pub after: Option<(Millis, i64)>,
}

impl Filter {
    /// Everything that must be true, each by what makes it so.
    pub(super) fn all(&self) -> Vec<Vec<Is>> {
        let one = [
            self.door.clone().map(Is::Door),
            self.link.clone().map(Is::Link),
            self.outcome.map(Is::Outcome),
            self.action.clone().map(Is::Action),
            self.reason.clone().map(Is::Reason),
        ];
        one.into_iter().flatten().map(|is| vec![is]).chain(self.any.iter().cloned()).collect()
    }

    /// Whether it narrows by anything but time.
    #[must_use]
    pub fn narrows(&self) -> bool {
        self.brief || !self.all().is_empty()
    }
}
