//! Puts a message of the outbox into words, at the moment it goes out: only then is a secret opened.

use super::mail::Letter;
use super::sms::Text;
use super::{account, calendar};
use crate::app::App;
use crate::error::{Error, Result};
use crate::service::link::address;
use crate::store::door::DoorAtPlace;
use crate::store::link::{self, LinkRow};
use crate::store::message::MessageRow;
use crate::store::organization::{self, OrganizationRow};
use app::text::Language;
use app::text::mail::{Dress, MailModel, MailPlace, MailText, OwnWords, access_link};
use app::text::sms::{self, SmsModel};
use domain::channel::Channel;

/// A message in words.
pub(super) enum Composed {
    /// For the mail server.
    Mail(Box<Letter>),
    /// For the text message service.
    Text(Text),
}

/// Everything a link's message is about.
struct Visit {
    organization: OrganizationRow,
    link: LinkRow,
    doors: Vec<DoorAtPlace>,
    language: Language,
}

/// Puts a message into words.
///
/// # Errors
/// `Refused` when it must not go out any more; those of the store.
pub(super) async fn compose(app: &App, row: &MessageRow) -> Result<Composed> {
    match row.kind.as_str() {
        "invitation" => return account::invitation(app, row).await.map(|letter| Composed::Mail(Box::new(letter))),
        "address_changed" => {
            return account::address_changed(app, row).await.map(|letter| Composed::Mail(Box::new(letter)));
        }
        _ => {}
    }
    let visit = visit(app, row).await?;
    if visit.link.secret_version != row.secret_version {
        return Err(Error::Refused("The link was rotated before this was sent.".into()));
    }
    if visit.link.revoked_at.is_some() {
        return Err(Error::Refused("The link was revoked before this was sent.".into()));
    }
    match Channel::from_code(&row.channel) {
        Some(Channel::Sms) => text(app, row, &visit).map(Composed::Text),
        _ => letter(app, row, visit).map(|letter| Composed::Mail(Box::new(letter))),
    }
}

async fn visit(app: &App, row: &MessageRow) -> Result<Visit> {
    let (organization_id, link_id) = (row.organization_id.clone(), row.link_id.clone().unwrap_or_default());
    app.db
        .read(move |c| {
            let link = link::find(c, &organization_id, &link_id)?;
            Ok(Visit {
                organization: organization::find(c, &organization_id)?,
                language: Language::choose(Some(link.language.as_str()).filter(|code| !code.is_empty()), ""),
                link,
                doors: link::doors_of(c, &link_id)?,
            })
        })
        .await
}

impl Visit {
    /// The zone to say its times in.
    fn zone(&self) -> &str {
        self.doors.first().map_or(&self.organization.time_zone, |at| &at.place.time_zone)
    }
}

fn text(app: &App, row: &MessageRow, visit: &Visit) -> Result<Text> {
    let url = address(app, &visit.link)?;
    let secret = url.rsplit('/').next().unwrap_or_default().to_owned();
    let model = SmsModel {
        language: visit.language,
        organization: visit.organization.name.clone(),
        visitor: visit.link.name.clone(),
        good_until_ms: visit.link.valid_until,
        zone: visit.zone().to_owned(),
        url,
    };
    Ok(Text { id: row.id.clone(), to: row.recipient.clone(), text: sms::access_link(&model), secret })
}

fn letter(app: &App, row: &MessageRow, visit: Visit) -> Result<Letter> {
    let MailText { subject, text, html } = access_link(model(app, &visit)?);
    let Visit { organization, link, doors, language } = visit;
    let calendar = calendar::file(&link, &organization, &doors, language, app.clock.now());
    Ok(Letter {
        id: row.id.clone(),
        to_name: link.name,
        to: row.recipient.clone(),
        from_name: organization.name,
        subject,
        text,
        html,
        calendar: Some(calendar),
        logo: None,
    })
}

fn model(app: &App, visit: &Visit) -> Result<MailModel> {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let link = &visit.link;
    let mut places: Vec<MailPlace> = Vec::new();
    for at in visit.doors.iter().filter(|at| at.door.accepts_digital) {
        match places.last_mut() {
            Some(place) if place.name == at.place.name => place.doors.push(at.door.name.clone()),
            _ => places.push(MailPlace {
                name: at.place.name.clone(),
                address: at.place.address.clone(),
                doors: vec![at.door.name.clone()],
            }),
        }
    }
    Ok(MailModel {
        language: visit.language,
        organization: visit.organization.name.clone(),
        visitor: link.name.clone(),
        host: given(&link.host_name),
        contact: given(&link.host_contact),
        places,
        good_from_ms: (link.valid_from > app.clock.now()).then_some(link.valid_from),
        good_until_ms: link.valid_until,
        zone: visit.zone().to_owned(),
        uses: link.max_uses.and_then(|max| u64::try_from(max).ok()),
        url: address(app, link)?,
        own: OwnWords::default(),
        dress: Dress::default(),
    })
}
