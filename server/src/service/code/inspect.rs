//! Any code explained: what it is, whose, and what a terminal at a door would answer now. Changes nothing.

use super::read;
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::actor::Actor;
use crate::store::code::{self, CodeRow, Found, Settings};
use crate::store::connection::AnyConnection;
use crate::store::door::{self, DoorAtPlace};
use crate::store::facts::{self, Asked, Facts};
use crate::store::link::{self, LinkRow};
use domain::Millis;
use domain::decide::Decision;
use domain::qr::{self, Code, Flags, PartnerKind, Unreadable, audience};
use domain::reason::Reason;
use domain::scan;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// No code.
    Unreadable(Unreadable),
    /// A code of this kind of ours.
    Ours(qr::Kind),
    /// A partner's, for a link or a member.
    Partner(PartnerKind),
    /// Somebody else's, of so many bytes.
    Foreign(usize),
}

/// What a code says itself, whether that is true or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// Whether it names this organization; none: its kind names none.
    pub here: Option<bool>,
    /// Opens nothing before.
    pub not_before: Option<Millis>,
    /// Opens nothing from then on.
    pub not_after: Option<Millis>,
    /// What it asks of a terminal without a network.
    pub flags: Option<Flags>,
    /// The doors and groups that it names, each with its number.
    pub scopes: Vec<(u32, Option<String>)>,
    /// When it was signed: a rotating code's step, a partner's code.
    pub signed_at: Option<Millis>,
}

/// What a terminal at a door would answer now.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Where.
    pub door: DoorAtPlace,
    /// With every check.
    pub decision: Decision,
}

/// A code explained.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// What it is.
    pub what: What,
    /// What it says.
    pub says: Says,
    /// The code, where it is known here.
    pub code: Option<CodeRow>,
    /// Its link.
    pub link: Option<LinkRow>,
    /// How that opens.
    pub settings: Settings,
    /// The answer at the door that was asked about.
    pub answer: Option<Answer>,
    /// Why it would be refused at every door; none: it depends on the door.
    pub everywhere: Option<Reason>,
}

impl Inspected {
    /// What it is, in a few words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.what {
            What::Unreadable(_) => "No code of ours",
            What::Ours(kind) => app::page::admin::link::code_named(kind),
            What::Partner(_) => "A partner's code",
            What::Foreign(_) => "Somebody else's code",
        }
    }

    /// What it is, for scripts.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.what {
            What::Unreadable(_) => "unreadable",
            What::Ours(kind) => kind.code(),
            What::Partner(_) => "partner",
            What::Foreign(_) => "foreign",
        }
    }

    /// What that means, in a sentence or two.
    #[must_use]
    pub fn about(&self) -> String {
        match self.what {
            What::Unreadable(unreadable) => unreadable.to_string(),
            What::Ours(_) if self.says.here == Some(false) => {
                "It was made for another organization, and means nothing here.".into()
            }
            What::Ours(_) if self.code.is_none() => {
                "It has the form of ours, but nobody here knows it: made elsewhere, or made up.".into()
            }
            What::Ours(qr::Kind::Online) => "The server looks it up at every scan; in itself it says nothing.".into(),
            What::Ours(qr::Kind::Offline) => "It is signed, and says all that a terminal needs to open by.".into(),
            What::Ours(qr::Kind::Rotating) => {
                "It is signed anew every 15 seconds, and opens within a minute or not at all.".into()
            }
            What::Partner(_) => {
                "Another system made it with a secret that it shares with this server; none is set up here.".into()
            }
            What::Foreign(bytes) => format!("It is none of ours: {bytes} bytes of something else."),
        }
    }
}

/// Explains what a scanner read. With a door, by the very decision that a scan there meets.
///
/// # Errors
/// `NotFound` for a door of nobody's; those of the store.
pub async fn inspect(app: &App, actor: &Actor, scanned: &[u8], door: Option<&str>) -> Result<Inspected> {
    let organization = actor.organization.clone();
    let read = Code::read(scanned);
    let shown = match &read {
        Ok(code) => read::read(&app.keys, &organization, code),
        Err(_) => Err(Reason::QrUnreadable),
    };
    let (says, scopes) = says(&organization, read.as_ref().ok());
    let (now, door) = (app.clock.now(), door.map(str::to_owned));
    let known = app
        .db
        .read(move |c| {
            let door = door.map(|id| door::find(c, &organization, &id)).transpose()?;
            let names = code::scope_names(c, &organization, &scopes)?;
            let (code, link, facts) = match &shown {
                Ok(shown) => match Found::load(c, [shown])?.of(shown, now) {
                    Ok((row, facts)) => {
                        let link = link::find(c, &organization, &row.link_id)?;
                        (Some(row.clone()), Some(link), Ok(facts))
                    }
                    Err(reason) => (None, None, Err(reason)),
                },
                Err(reason) => (None, None, Err(*reason)),
            };
            let settings = match &link {
                Some(link) => code::settings(c, &link.id)?,
                None => Settings::default(),
            };
            let at = match (&door, &link) {
                (Some(at), Some(link)) => Some(load(c, link, at, now)?),
                _ => None,
            };
            Ok(Known { door, names, code, link, settings, facts, at })
        })
        .await?;
    let Known { door, names, code, link, settings, facts, at } = known;
    let decision = |door: &DoorAtPlace| match (&facts, &link, &at) {
        (Ok(facts), Some(link), Some((known, state))) => {
            let pair = (link.id.clone(), door.door.id.clone());
            let of_link = known.link(&pair, link.validity(), link.cooldown_ms, *state);
            let of_door = known.door(&door.door.id, app.drivers.online(&door.door), now);
            of_door.map(|of_door| scan::decide(facts, &of_link, &of_door, now)).ok_or(Error::NotFound)
        }
        (Err(reason), ..) => Ok(scan::refuse(*reason)),
        _ => Ok(scan::refuse(Reason::QrUnknown)),
    };
    let answer = match door {
        Some(door) => Some(Answer { decision: decision(&door)?, door }),
        None => None,
    };
    Ok(Inspected {
        what: match &read {
            Err(unreadable) => What::Unreadable(*unreadable),
            Ok(Code::Online(_)) => What::Ours(qr::Kind::Online),
            Ok(Code::Offline(_)) => What::Ours(qr::Kind::Offline),
            Ok(Code::Rotating(_)) => What::Ours(qr::Kind::Rotating),
            Ok(Code::Partner(partner)) => What::Partner(partner.kind),
            Ok(Code::Foreign(bytes)) => What::Foreign(bytes.len()),
        },
        says: Says { scopes: names, ..says },
        everywhere: match (&facts, &link) {
            (Err(reason), _) => Some(*reason),
            (Ok(facts), Some(link)) => everywhere(facts, link, now),
            (Ok(_), None) => Some(Reason::QrUnknown),
        },
        code,
        link,
        settings,
        answer,
    })
}

struct Known {
    door: Option<DoorAtPlace>,
    names: Vec<(u32, Option<String>)>,
    code: Option<CodeRow>,
    link: Option<LinkRow>,
    settings: Settings,
    facts: std::result::Result<scan::CodeFacts, Reason>,
    at: Option<(Facts, facts::AtDoor)>,
}

fn load(c: &mut AnyConnection, link: &LinkRow, at: &DoorAtPlace, now: Millis) -> Result<(Facts, facts::AtDoor)> {
    let facts = Facts::load(c, &Asked::each(&[link.id.as_str()], &[at.door.id.as_str()]), now)?;
    Ok((facts, facts::at_door(c, &link.id, &at.door.id)?))
}

/// The reason that holds whatever the door: the decision at a door that would open to the link at any time.
fn everywhere(facts: &scan::CodeFacts, link: &LinkRow, now: Millis) -> Option<Reason> {
    use domain::decide::{DoorFacts, LinkFacts};
    let open = DoorFacts { accepts_digital: true, reachable: true, ..DoorFacts::default() };
    let anywhere = LinkFacts {
        validity: link.validity(),
        web: true,
        direct: true,
        groups: Vec::new(),
        windows: None,
        cooldown_ms: 0,
        last_granted_at: None,
        free_until: None,
    };
    Some(scan::decide(facts, &anywhere, &open, now).reason).filter(|reason| *reason != Reason::Allowed)
}

fn says(organization: &str, code: Option<&Code>) -> (Says, Vec<u32>) {
    let ms = |seconds: u32| Some(i64::from(seconds) * 1_000);
    match code {
        Some(Code::Offline(code)) => {
            let here = code.audience == audience(organization);
            let says = Says {
                here: Some(here),
                not_before: ms(code.not_before),
                not_after: ms(code.not_after),
                flags: Some(code.flags),
                ..Says::default()
            };
            // Another organization's numbers mean nothing here.
            (says, if here { code.scopes.clone() } else { Vec::new() })
        }
        Some(Code::Rotating(code)) => {
            let says = Says { signed_at: ms(code.step.saturating_mul(qr::STEP_S)), ..Says::default() };
            (says, Vec::new())
        }
        Some(Code::Partner(code)) => {
            let until = code.issued_at.saturating_add(u32::from(code.lifetime_s));
            (Says { signed_at: ms(code.issued_at), not_after: ms(until), ..Says::default() }, Vec::new())
        }
        _ => (Says::default(), Vec::new()),
    }
}
