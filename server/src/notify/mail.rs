//! Mail: put together by lettre, for a mail server or into files when there is none.

use super::keep;
use super::smtp::Server;
use crate::config::Config;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use std::path::PathBuf;

/// A mail, ready but for its addresses.
#[derive(Clone)]
pub struct Letter {
    /// The message's id, which becomes its `Message-ID`, so that a doubled mail is recognised as one.
    pub id: String,
    /// Who gets it.
    pub to_name: String,
    /// Where.
    pub to: String,
    /// Who sends it.
    pub from_name: String,
    /// One line.
    pub subject: String,
    /// Plain.
    pub text: String,
    /// HTML.
    pub html: String,
    /// The calendar file, where there is a visit.
    pub calendar: Option<String>,
    /// The organization's logo, a PNG that the HTML shows as `cid:logo`.
    pub logo: Option<Vec<u8>>,
    /// The link's code, a PNG that the HTML shows as `cid:code`, and that is attached as well.
    pub code: Option<Vec<u8>>,
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Box<Server>, String),
    /// To a folder.
    Files(PathBuf),
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The server took it; what it said.
    Taken(String),
    /// It lies in a file; its name.
    Kept(String),
    /// Not now; what was said.
    Later(String),
    /// Never; what was said.
    Never(String),
    /// The connection broke once the mail was being handed over: it may have gone out.
    Unsure(String),
}

impl Delivery {
    /// The same with what was said put otherwise.
    #[must_use]
    pub fn map(self, put: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Taken(reply) => Self::Taken(put(reply)),
            Self::Kept(name) => Self::Kept(name),
            Self::Later(reply) => Self::Later(put(reply)),
            Self::Never(reply) => Self::Never(put(reply)),
            Self::Unsure(reply) => Self::Unsure(put(reply)),
        }
    }
}

impl Mailer {
    /// The mailer of a configuration.
    ///
    /// # Errors
    /// A sentence, when the mail server's address cannot be used.
    pub fn new(config: &Config) -> Result<Self, String> {
        let Some(smtp) = &config.smtp else {
            return Ok(Self::Files(config.data_dir.join("mail")));
        };
        Ok(Self::Smtp(Box::new(Server::new(smtp)?), config.mail_from.clone()))
    }

    /// Hands a mail over once.
    pub async fn deliver(&self, letter: &Letter) -> Delivery {
        match self {
            Self::Smtp(server, from) => match message(letter, from) {
                Ok(message) => server.send(&message).await,
                Err(cause) => Delivery::Never(cause),
            },
            Self::Files(folder) => match message(letter, "latchkey@localhost") {
                Ok(message) => keep(folder, &format!("{}.eml", letter.id), message.formatted()).await,
                Err(cause) => Delivery::Never(cause),
            },
        }
    }
}

/// A typed mailbox: what would forge a header is refused by the types, never cut out by hand.
fn mailbox(name: &str, address: &str) -> Result<Mailbox, String> {
    let address: Address = address.parse().map_err(|_| format!("{address} is not an address that mail can go to"))?;
    let name = name.trim();
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

fn message(letter: &Letter, from: &str) -> Result<Message, String> {
    let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
    let from: Mailbox = match from.parse::<Mailbox>() {
        Ok(mailbox) if mailbox.name.is_some() => mailbox,
        Ok(mailbox) => Mailbox::new(Some(letter.from_name.clone()), mailbox.email),
        Err(_) => return Err(format!("{from} is not an address that mail can come from")),
    };
    Message::builder()
        .message_id(Some(format!("<{}@{domain}>", letter.id)))
        .from(from)
        .to(mailbox(&letter.to_name, &letter.to)?)
        .subject(&letter.subject)
        .header(AutoSubmitted)
        .multipart(parts(letter)?)
        .map_err(|cause| cause.to_string())
}

/// Words, the page with its picture, and what is attached.
fn parts(letter: &Letter) -> Result<MultiPart, String> {
    let kind = |text: &str| text.parse::<ContentType>().map_err(|cause| cause.to_string());
    let inline = |name: &str, png: &Option<Vec<u8>>| match png {
        Some(png) => Ok(Some(Attachment::new_inline(name.into()).body(png.clone(), kind("image/png")?))),
        None => Ok::<_, String>(None),
    };
    let pictures: Vec<SinglePart> =
        [inline("logo", &letter.logo)?, inline("code", &letter.code)?].into_iter().flatten().collect();
    let words = if pictures.is_empty() {
        MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone())
    } else {
        let page = MultiPart::related().singlepart(SinglePart::html(letter.html.clone()));
        let page = pictures.into_iter().fold(page, MultiPart::singlepart);
        MultiPart::alternative().singlepart(SinglePart::plain(letter.text.clone())).multipart(page)
    };
    let mut whole = MultiPart::mixed().multipart(words);
    if let Some(calendar) = &letter.calendar {
        let kind = kind("text/calendar; charset=utf-8; method=PUBLISH")?;
        whole = whole.singlepart(Attachment::new("visit.ics".into()).body(calendar.clone(), kind));
    }
    if let Some(png) = &letter.code {
        // Shown above already; attached so that a phone can keep it.
        whole = whole.singlepart(Attachment::new("door-code.png".into()).body(png.clone(), kind("image/png")?));
    }
    Ok(whole)
}

/// RFC 3834: nobody's absence note should answer.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".into())
    }
}
