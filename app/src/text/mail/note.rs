//! Short mails: a host's *your visitor is there*, and the test that mail arrives.

use super::{Dress, MailText, html};
use crate::text::{Language, clean, when};

/// What a host is told; plain data.
#[derive(Clone, Debug)]
pub struct ArrivalModel {
    /// The language of the link.
    pub language: Language,
    /// Whose doors.
    pub organization: String,
    /// Who is there.
    pub visitor: String,
    /// The door that opened, with its place, where known.
    pub door: Option<(String, String)>,
    /// When, Unix ms.
    pub at_ms: i64,
    /// The time zone to say it in, an IANA name.
    pub zone: String,
    /// How it looks.
    pub dress: Dress,
}

/// Tells a host that their visitor is there.
#[must_use]
pub fn arrival(model: &ArrivalModel) -> MailText {
    let visitor = clean(&model.visitor);
    let at = when::moment_for_text(model.at_ms, &model.zone, model.language);
    let door = model.door.as_ref().map(|(door, place)| (clean(door), clean(place)));
    let (title, text, why) = match model.language {
        Language::En => (
            format!("{visitor} has arrived"),
            match door {
                Some((door, place)) => format!("{door}, {place}, opened for them: {at}."),
                None => format!("A door opened for them: {at}."),
            },
            "You get this mail because you are the host of this visit.",
        ),
        Language::De => (
            format!("{visitor} ist da"),
            match door {
                Some((door, place)) => format!("Geöffnet wurde {door}, {place}: {at}."),
                None => format!("Eine Tür wurde geöffnet: {at}."),
            },
            "Sie bekommen diese Mail, weil Sie diesen Besuch erwarten.",
        ),
    };
    note(model.language, &model.organization, title, &text, why, &model.dress)
}

/// Shows that mail arrives.
#[must_use]
pub fn test(organization: &str, dress: &Dress) -> MailText {
    let title = format!("Test mail from {}", clean(organization));
    let text = "If you read this, mail from Latchkey arrives.";
    note(Language::En, organization, title, text, "Somebody asked for this test in the settings.", dress)
}

fn note(language: Language, organization: &str, title: String, text: &str, why: &str, dress: &Dress) -> MailText {
    let organization = clean(organization);
    let plain = format!("{title}\n\n{text}\n\n-- \n{organization}\n{why}\n");
    let mut page = html::open(language, &title, &organization, dress);
    html::element(&mut page, "h1", html::HEAD, &title);
    html::element(&mut page, "p", html::PARAGRAPH, text);
    html::close(&mut page, &organization, why);
    MailText { subject: title, text: plain, html: page }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_reads_who_came_through_which_door_and_when() {
        let model = ArrivalModel {
            language: Language::En,
            organization: "Northwind".into(),
            visitor: "Ada\r\nBcc: x@example.org".into(),
            door: Some(("Front <door>".into(), "Berlin".into())),
            at_ms: 1_795_539_600_000,
            zone: "Europe/Berlin".into(),
            dress: Dress::default(),
        };
        let mail = arrival(&model);
        assert_eq!(mail.subject, "Ada Bcc: x@example.org has arrived");
        assert!(mail.text.contains("Front <door>, Berlin, opened for them: Tue 24 Nov, 18:00."), "{}", mail.text);
        assert!(mail.html.contains("Front &lt;door&gt;") && !mail.html.contains("<door>"));
        let mail = arrival(&ArrivalModel { language: Language::De, door: None, ..model });
        assert!(
            mail.subject.ends_with("ist da") && mail.text.contains("Eine Tür wurde geöffnet: Di. 24. Nov., 18:00."),
            "{}",
            mail.text
        );
    }
}
