//! Mail about an admin's own account: the invitation to have one, and the notice that its address changed. English, as
//! the dashboard is.

use super::html::{BUTTON, HEAD, OURS, PARAGRAPH, close, element, open};
use super::{Dress, Language, MailText, clean, when};
use html_escape::encode_double_quoted_attribute as escape;

/// What an invitation's mail says; plain data.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The organization.
    pub organization: String,
    /// Who is invited.
    pub name: String,
    /// Who invites; empty for the operator.
    pub inviter: String,
    /// The role, in a word: *Access manager*.
    pub role: String,
    /// What that role may do: *may make and end access links …*.
    pub may: String,
    /// The whole address with the secret.
    pub url: String,
    /// When it ends, Unix ms.
    pub good_until_ms: i64,
    /// The time zone to say that in, an IANA name.
    pub zone: String,
}

struct Letter {
    organization: String,
    subject: String,
    greeting: String,
    before: Vec<String>,
    button: Option<(&'static str, String)>,
    after: Vec<String>,
    ignore: &'static str,
}

/// Writes the mail that brings an invitation.
#[must_use]
pub fn invitation(model: &Invitation) -> MailText {
    let organization = clean(&model.organization);
    let inviter = clean(&model.inviter);
    let who = if inviter.is_empty() { "The operator of this server".to_owned() } else { inviter };
    let until = when::absolute(model.good_until_ms, &model.zone, Language::En);
    write(&Letter {
        subject: format!("Your invitation to the doors of {organization}"),
        greeting: format!("Hello {},", clean(&model.name)),
        before: vec![
            format!("{who} invites you to help run the doors of {organization} with Latchkey."),
            format!("Your role: {}. You {}.", clean(&model.role), clean(&model.may)),
        ],
        button: Some(("Choose a password and join", clean(&model.url))),
        after: vec![
            format!("This invitation works once, until {until}."),
            "Do not forward this mail: whoever opens the address first joins in your name.".to_owned(),
        ],
        ignore: "You were not expecting this? Then delete it; nothing else happens.",
        organization,
    })
}

/// Writes the notice that goes to the address an account had before.
#[must_use]
pub fn address_changed(organization: &str) -> MailText {
    let organization = clean(organization);
    write(&Letter {
        subject: format!("Your sign-in address at {organization} was changed"),
        greeting: "Hello,".to_owned(),
        before: vec![
            format!("The account at {organization} that you signed in to with this address now has another address."),
            "If that was you, nothing is left to do.".to_owned(),
        ],
        button: None,
        after: vec![format!(
            "If it was not, tell an owner of {organization} at once: they can remove the account, which ends its sessions."
        )],
        ignore: "This mail went to the old address only.",
        organization,
    })
}

fn write(letter: &Letter) -> MailText {
    MailText { subject: letter.subject.clone(), text: plain(letter), html: html(letter) }
}

fn plain(letter: &Letter) -> String {
    let mut text = format!("{}\n\n{}\n", letter.greeting, letter.before.join("\n"));
    if let Some((label, url)) = &letter.button {
        text.push_str(&format!("\n{label}:\n{url}\n"));
    }
    text.push_str(&format!("\n{}\n\n-- \n{}\n{}\n", letter.after.join("\n"), letter.organization, letter.ignore));
    text
}

fn html(letter: &Letter) -> String {
    let mut html = open(Language::En, &letter.subject, &letter.organization, &Dress::default());
    element(&mut html, "h1", HEAD, &letter.greeting);
    for line in &letter.before {
        element(&mut html, "p", PARAGRAPH, line);
    }
    if let Some((label, url)) = &letter.button {
        html.push_str(&format!(
            "<p style=\"{PARAGRAPH}\"><a href=\"{}\" style=\"background:{OURS};{BUTTON}\">{}</a></p>\n",
            escape(url),
            escape(label)
        ));
    }
    for line in &letter.after {
        element(&mut html, "p", PARAGRAPH, line);
    }
    close(&mut html, &letter.organization, letter.ignore);
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Invitation {
        Invitation {
            organization: "Northwind Studios".into(),
            name: "Jonas Weber".into(),
            inviter: "Maya Lindqvist".into(),
            role: "Observer".into(),
            may: "look at everything but the settings, and change nothing".into(),
            url: "https://door.example.org/invitation/s3cret".into(),
            good_until_ms: when::parse_input("2026-11-27T10:00", "Europe/Berlin").expect("a time"),
            zone: "Europe/Berlin".into(),
        }
    }

    #[test]
    fn an_invitation_says_who_what_and_until_when() {
        let mail = invitation(&model());
        assert_eq!(mail.subject, "Your invitation to the doors of Northwind Studios");
        assert_eq!(
            mail.text,
            "Hello Jonas Weber,\n\n\
             Maya Lindqvist invites you to help run the doors of Northwind Studios with Latchkey.\n\
             Your role: Observer. You look at everything but the settings, and change nothing.\n\n\
             Choose a password and join:\nhttps://door.example.org/invitation/s3cret\n\n\
             This invitation works once, until Fri 27 November 2026, 10:00 (Europe/Berlin).\n\
             Do not forward this mail: whoever opens the address first joins in your name.\n\n\
             -- \nNorthwind Studios\nYou were not expecting this? Then delete it; nothing else happens.\n"
        );
        assert!(mail.html.contains("href=\"https://door.example.org/invitation/s3cret\""));
    }

    #[test]
    fn a_name_cannot_write_markup_or_a_second_line() {
        let mail = invitation(&Invitation {
            name: "<b>Eve</b>\r\nBcc: x@example.org".into(),
            organization: "A\r\nTo: everyone".into(),
            ..model()
        });
        assert_eq!(mail.subject, "Your invitation to the doors of A To: everyone");
        assert!(!mail.text.contains('\r') && !mail.text.contains("\nBcc") && !mail.html.contains("<b>"));
    }

    #[test]
    fn a_changed_address_is_told_with_what_to_do() {
        let mail = address_changed("Northwind Studios");
        assert!(mail.text.contains("tell an owner of Northwind Studios"), "{}", mail.text);
    }
}
