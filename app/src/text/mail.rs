//! The mail that brings a visitor the link: subject, plain text and HTML, made from one model.

use super::{Language, around, clean, fill, when};
use domain::colour::Colour;

pub mod account;
mod html;
mod note;
pub mod own;
mod phrases;

pub use note::{ArrivalModel, arrival, test};
pub use own::OwnWords;

/// What the mail says; plain data.
#[derive(Clone, Debug)]
pub struct MailModel {
    /// The visitor's language.
    pub language: Language,
    /// Who sends it.
    pub organization: String,
    /// The visitor's name.
    pub visitor: String,
    /// The host's name, where known.
    pub host: Option<String>,
    /// How to reach the host: a number, an address, or words.
    pub contact: Option<String>,
    /// The doors, by place.
    pub places: Vec<MailPlace>,
    /// Start of the window, Unix ms; `None` when it has begun.
    pub good_from_ms: Option<i64>,
    /// End of the window, Unix ms; `None` for a link that never expires.
    pub good_until_ms: Option<i64>,
    /// The time zone to say these in, an IANA name.
    pub zone: String,
    /// How often the link opens; `None` for no limit.
    pub uses: Option<u64>,
    /// The link's code, where it has one now.
    pub code: Option<MailCode>,
    /// Whether the code alone opens, not the page.
    pub by_code: bool,
    /// The whole address with the secret.
    pub url: String,
    /// The organization's own words in this language.
    pub own: OwnWords,
    /// How it looks.
    pub dress: Dress,
}

/// A link's code in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailCode {
    /// As a picture in the mail, `cid:code`, so many pixels wide as shown; whether it opens without a network.
    Picture(u32, bool),
    /// New every few seconds, and so on the page only.
    OnPage,
}

/// How a mail looks.
#[derive(Clone, Debug, Default)]
pub struct Dress {
    /// The organization's colour.
    pub colour: Option<Colour>,
    /// The organization's logo.
    pub logo: Option<Logo>,
}

/// A logo in a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// `cid:logo`, or its address.
    pub src: String,
    /// As shown, pixels.
    pub width: i64,
    /// As shown, pixels.
    pub height: i64,
}

/// A place and its doors.
#[derive(Clone, Debug)]
pub struct MailPlace {
    /// The place's name.
    pub name: String,
    /// Its postal address; may be empty.
    pub address: String,
    /// The doors' names.
    pub doors: Vec<String>,
}

/// A finished mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailText {
    /// One line, free of control characters.
    pub subject: String,
    /// `text/plain`, lines ended by `\n`.
    pub text: String,
    /// `text/html`, a whole document.
    pub html: String,
}

/// Writes the mail that brings the link.
#[must_use]
pub fn access_link(model: MailModel) -> MailText {
    let model = cleaned(model);
    let letter = letter(&model);
    finish(&model, letter)
}

/// Writes the mail that says that the link ends soon.
#[must_use]
pub fn reminder(model: MailModel) -> MailText {
    let model = cleaned(model);
    let phrases = phrases::of(model.language);
    let letter = Letter {
        subject: fill(phrases.reminder_subject, &model.organization),
        opening: fill(phrases.reminder, &model.organization),
        ..letter(&model)
    };
    finish(&model, letter)
}

fn finish(model: &MailModel, letter: Letter) -> MailText {
    MailText { text: plain(model, &letter), html: html::document(model, &letter), subject: letter.subject }
}

/// The sentences of one mail, ready for either form.
struct Letter {
    subject: String,
    greeting: String,
    /// Who invites, and what the link does.
    opening: String,
    button: &'static str,
    /// What to do with the code, and what its picture is worth.
    code: Vec<&'static str>,
    /// Where plain text finds its picture.
    attached: Option<&'static str>,
    doors: &'static str,
    /// When it is good, and how often; one sentence a line.
    terms: Vec<String>,
    help: Option<String>,
    keep: &'static str,
    ignore: &'static str,
}

fn letter(model: &MailModel) -> Letter {
    let phrases = phrases::of(model.language);
    let (organization, language, by_code) = (&model.organization, model.language, model.by_code);
    let moment = |ms| when::absolute(ms, &model.zone, language);
    let mut terms = Vec::new();
    terms.extend(model.good_from_ms.map(|ms| fill(phrases.good_from, &moment(ms))));
    terms.push(match model.good_until_ms {
        Some(ms) => fill(phrases.good_until, &moment(ms)),
        None => phrases.good_always.to_owned(),
    });
    terms.extend(model.uses.map(|uses| match uses {
        1 => phrases.once.to_owned(),
        _ => fill(phrases.times, &uses.to_string()),
    }));
    let own =
        |words: &str| (!words.is_empty()).then(|| own::put(words, &model.visitor, organization, model.host.as_deref()));
    let who = match (&model.host, &model.contact) {
        (Some(host), Some(contact)) => Some(format!("{host}, {contact}")),
        (host, contact) => host.clone().or_else(|| contact.clone()),
    };
    Letter {
        subject: own(&model.own.subject).unwrap_or_else(|| fill(phrases.subject, organization)),
        greeting: own(&model.own.greeting).unwrap_or_else(|| fill(phrases.greeting, &model.visitor)),
        opening: match &model.host {
            Some(host) => invited(if by_code { phrases.invited_by_code } else { phrases.invited }, host, organization),
            None => fill(if by_code { phrases.welcome_by_code } else { phrases.welcome }, organization),
        },
        button: if by_code { phrases.button_by_code } else { phrases.button },
        code: match model.code {
            Some(MailCode::Picture(_, true)) => vec![phrases.code, phrases.code_offline],
            Some(MailCode::Picture(_, false)) => vec![phrases.code],
            Some(MailCode::OnPage) => vec![phrases.code_on_page],
            None => Vec::new(),
        },
        attached: matches!(model.code, Some(MailCode::Picture(..))).then_some(phrases.code_attached),
        doors: phrases.doors,
        terms,
        help: who.map(|who| fill(phrases.help, &who)),
        keep: phrases.keep,
        ignore: phrases.ignore,
    }
}

/// Two gaps, filled in one pass: a host named `{}` must not swallow the organization.
fn invited(template: &str, host: &str, organization: &str) -> String {
    let (before, rest) = around(template);
    format!("{before}{host}{}", fill(rest, organization))
}

fn plain(model: &MailModel, letter: &Letter) -> String {
    let mut text = format!("{}\n\n{}\n\n{}:\n{}\n", letter.greeting, letter.opening, letter.button, model.url);
    if !letter.code.is_empty() {
        let lines: Vec<&str> = letter.code.iter().copied().chain(letter.attached).collect();
        text.push_str(&format!("\n{}\n", lines.join(" ")));
    }
    if !model.places.is_empty() {
        text.push_str(&format!("\n{}\n", letter.doors));
    }
    for place in &model.places {
        text.push_str(&format!("\n{}\n", place.heading()));
        for door in &place.doors {
            text.push_str(&format!("- {door}\n"));
        }
    }
    text.push('\n');
    for line in letter.terms.iter().chain(&letter.help) {
        text.push_str(&format!("{line}\n"));
    }
    text.push_str(&format!("\n{}\n\n-- \n{}\n{}\n", letter.keep, model.organization, letter.ignore));
    text
}

impl MailPlace {
    fn heading(&self) -> String {
        if self.address.is_empty() { self.name.clone() } else { format!("{}, {}", self.name, self.address) }
    }
}

/// Every value on one line and free of direction tricks, whatever an import brought in.
fn cleaned(model: MailModel) -> MailModel {
    let some = |value: Option<String>| value.map(|value| clean(&value)).filter(|value| !value.is_empty());
    MailModel {
        organization: clean(&model.organization),
        visitor: clean(&model.visitor),
        host: some(model.host),
        contact: some(model.contact),
        places: model
            .places
            .into_iter()
            .map(|place| MailPlace {
                name: clean(&place.name),
                address: clean(&place.address),
                doors: place.doors.iter().map(|door| clean(door)).collect(),
            })
            .collect(),
        url: clean(&model.url),
        own: OwnWords { subject: clean(&model.own.subject), greeting: clean(&model.own.greeting) },
        ..model
    }
}

#[cfg(test)]
mod tests;
