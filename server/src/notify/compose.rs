//! Puts a message of the outbox into words, at the moment it goes out: only then is a secret opened.

use super::mail::Letter;
use super::sms::Text;
use super::{account, calendar};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::code as codes;
use crate::service::link::address;
use crate::service::settings;
use crate::store::code::{self, CodeRow, Settings};
use crate::store::connection::AnyConnection;
use crate::store::door::DoorAtPlace;
use crate::store::event;
use crate::store::link::{self, LinkRow};
use crate::store::message::{self, MessageRow};
use crate::store::organization::{self, OrganizationRow};
use crate::store::settings::{LogoRow, logo, texts};
use app::text::mail::{self, ArrivalModel, Dress, Logo, MailCode, MailModel, MailPlace, MailText, OwnWords};
use app::text::sms::{self, SmsModel};
use app::text::{Language, when};
use domain::channel::Channel;
use domain::qr::Kind;

/// A message in words.
pub(super) enum Composed {
    /// For the mail server.
    Mail(Box<Letter>),
    /// For the text message service.
    Text(Text),
}

/// Whose message it is, and how their mail looks.
struct House {
    organization: OrganizationRow,
    logo: Option<LogoRow>,
}

/// Everything a link's message is about.
struct Visit {
    link: LinkRow,
    doors: Vec<DoorAtPlace>,
    language: Language,
    own: OwnWords,
    /// The first door that opened, with its place.
    entered: Option<(String, String)>,
    /// How it opens.
    settings: Settings,
    /// Its code, if that is there.
    code: Option<CodeRow>,
}

/// Puts a message into words.
///
/// # Errors
/// `Refused` when it must not go out any more; those of the store.
pub(super) async fn compose(app: &App, row: &MessageRow) -> Result<Composed> {
    match row.kind.as_str() {
        message::INVITATION => return account::invitation(app, row).await.map(mailed),
        message::ADDRESS_CHANGED => return account::address_changed(app, row).await.map(mailed),
        _ => {}
    }
    let asked = row.clone();
    let (house, visit) = app
        .db
        .read(move |c| {
            let organization = organization::find(c, &asked.organization_id)?;
            let logo = if asked.channel == Channel::Email.code() { logo(c, &organization.id)? } else { None };
            let visit = match &asked.link_id {
                Some(link) => Some(visit(c, &asked, link)?),
                None => None,
            };
            Ok((House { organization, logo }, visit))
        })
        .await?;
    let by_text = row.channel == Channel::Sms.code();
    let name = house.organization.name.as_str();
    match (row.kind.as_str(), visit) {
        (message::TEST, _) if by_text => Ok(text(row, sms::test(name), "")),
        (message::TEST, _) => Ok(mailed(house.letter(row, "", mail::test(name, &house.dress()), None))),
        (message::ARRIVAL, Some(visit)) if by_text => Ok(text(row, visit.arrival_text(&house), "")),
        (message::ARRIVAL, Some(visit)) => {
            let words = mail::arrival(&visit.arrival(&house));
            Ok(mailed(house.letter(row, &visit.link.host_name, words, None)))
        }
        (message::LINK | message::REMINDER, Some(visit)) => {
            if visit.link.secret_version != row.secret_version {
                return Err(Error::Refused("The link was rotated before this was sent.".into()));
            }
            if visit.link.revoked_at.is_some() {
                return Err(Error::Refused("The link was revoked before this was sent.".into()));
            }
            if row.recipient != if by_text { &visit.link.phone } else { &visit.link.email }.as_str() {
                return Err(Error::Refused("The link's address was changed before this was sent.".into()));
            }
            let url = address(app, &visit.link)?;
            if by_text {
                let secret = url.rsplit('/').next().unwrap_or_default().to_owned();
                return Ok(text(row, visit.link_text(&house, url), &secret));
            }
            let now = app.clock.now();
            let (code, png) = drawn(app, &visit).await?;
            let model = MailModel { code, by_code: !visit.settings.web, ..visit.model(&house, url, now) };
            let words = if row.kind == message::LINK { mail::access_link(model) } else { mail::reminder(model) };
            let calendar = calendar::file(&visit.link, &house.organization, &visit.doors, visit.language, now);
            let mut letter = house.letter(row, &visit.link.name, words, Some(calendar));
            letter.code = png;
            Ok(mailed(letter))
        }
        _ => Err(Error::Refused("This version does not know how to send this.".into())),
    }
}

fn visit(c: &mut AnyConnection, row: &MessageRow, id: &str) -> Result<Visit> {
    let link = link::find(c, &row.organization_id, id)?;
    let language = Language::choose(Some(link.language.as_str()).filter(|code| !code.is_empty()), "");
    let doors = link::doors_of(c, id)?;
    let entered = if row.kind == message::ARRIVAL { entered(c, &link, &doors)? } else { None };
    let own = settings::words(&texts(c, &row.organization_id)?, language);
    let settings = code::settings(c, id)?;
    let code = code::newest(c, &row.organization_id, id)?;
    Ok(Visit { link, doors, language, own, entered, settings, code })
}

/// About as wide a code is shown, pixels.
const CODE_WIDTH: u32 = 240;

/// The link's code as the mail has it: in words, and as a picture where a picture is worth something.
async fn drawn(app: &App, visit: &Visit) -> Result<(Option<MailCode>, Option<Vec<u8>>)> {
    let Some(row) = visit.code.clone() else {
        return Ok((None, None));
    };
    let code = codes::open(app, row)?;
    if code.kind == Kind::Rotating {
        return Ok((Some(MailCode::OnPage), None));
    }
    let width = CODE_WIDTH / code.modules() * code.modules();
    let said = MailCode::Picture(width, code.kind == Kind::Offline);
    Ok((Some(said), Some(code.png().await?)))
}

/// The door that the visitor arrived by.
fn entered(c: &mut AnyConnection, link: &LinkRow, doors: &[DoorAtPlace]) -> Result<Option<(String, String)>> {
    let filter = event::Filter {
        link: Some(link.id.clone()),
        action: Some("door.confirmed".into()),
        until: link.arrived_at.map(|at| at + 1),
        ..event::Filter::default()
    };
    let rows = event::list(c, &link.organization_id, &filter, 1)?;
    let door = rows.first().map(|row| row.door_id.clone().unwrap_or_else(|| row.object.clone()));
    let at = door.and_then(|door| doors.iter().find(|at| at.door.id == door));
    Ok(at.map(|at| (at.door.name.clone(), at.place.name.clone())))
}

fn mailed(letter: Letter) -> Composed {
    Composed::Mail(Box::new(letter))
}

fn text(row: &MessageRow, words: String, secret: &str) -> Composed {
    Composed::Text(Text { id: row.id.clone(), to: row.recipient.clone(), text: words, secret: secret.to_owned() })
}

impl House {
    fn dress(&self) -> Dress {
        dress(&self.organization, self.logo.as_ref().map(|logo| ("cid:logo".to_owned(), logo.width, logo.height)))
    }

    fn letter(&self, row: &MessageRow, to_name: &str, words: MailText, calendar: Option<String>) -> Letter {
        let MailText { subject, text, html } = words;
        Letter {
            id: row.id.clone(),
            to_name: to_name.to_owned(),
            to: row.recipient.clone(),
            from_name: self.organization.name.clone(),
            subject,
            text,
            html,
            calendar,
            logo: self.logo.as_ref().map(|logo| logo.png.clone()),
            code: None,
        }
    }
}

/// How an organization's mail looks; its logo is shown at half its pixels, for fine screens.
pub(crate) fn dress(organization: &OrganizationRow, logo: Option<(String, i64, i64)>) -> Dress {
    Dress {
        colour: settings::colour_of(organization),
        logo: logo.map(|(src, width, height)| Logo { src, width: (width + 1) / 2, height: (height + 1) / 2 }),
    }
}

impl Visit {
    /// The zone to say its times in.
    fn zone(&self, house: &House) -> String {
        self.doors.first().map_or(&house.organization.time_zone, |at| &at.place.time_zone).clone()
    }

    fn arrived_at(&self) -> i64 {
        self.link.arrived_at.unwrap_or(self.link.created_at)
    }

    fn arrival(&self, house: &House) -> ArrivalModel {
        ArrivalModel {
            language: self.language,
            organization: house.organization.name.clone(),
            visitor: self.link.name.clone(),
            door: self.entered.clone(),
            at_ms: self.arrived_at(),
            zone: self.zone(house),
            dress: house.dress(),
        }
    }

    fn arrival_text(&self, house: &House) -> String {
        let at = when::moment_for_text(self.arrived_at(), &self.zone(house), self.language);
        let door = self.entered.as_ref().map_or("", |(door, _)| door.as_str());
        sms::arrival(&self.link.name, &house.organization.name, door, &at, self.language)
    }

    fn link_text(&self, house: &House, url: String) -> String {
        sms::access_link(&SmsModel {
            language: self.language,
            organization: house.organization.name.clone(),
            visitor: self.link.name.clone(),
            good_until_ms: self.link.valid_until,
            zone: self.zone(house),
            url,
        })
    }

    fn model(&self, house: &House, url: String, now: i64) -> MailModel {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let link = &self.link;
        let mut places: Vec<MailPlace> = Vec::new();
        for at in self.doors.iter().filter(|at| at.door.accepts_digital) {
            match places.last_mut() {
                Some(place) if place.name == at.place.name => place.doors.push(at.door.name.clone()),
                _ => places.push(MailPlace {
                    name: at.place.name.clone(),
                    address: at.place.address.clone(),
                    doors: vec![at.door.name.clone()],
                }),
            }
        }
        MailModel {
            language: self.language,
            organization: house.organization.name.clone(),
            visitor: link.name.clone(),
            host: given(&link.host_name),
            contact: given(&link.host_contact),
            places,
            good_from_ms: (link.valid_from > now).then_some(link.valid_from),
            good_until_ms: link.valid_until,
            zone: self.zone(house),
            code: None,
            by_code: false,
            uses: link.max_uses.and_then(|max| u64::try_from(max).ok()),
            url,
            own: self.own.clone(),
            dress: house.dress(),
        }
    }
}
