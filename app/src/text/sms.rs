//! The text message that brings a visitor the link: in their language, and short enough for two segments.

use domain::sms::segments;

use super::{Language, clean, when};

/// Segments that a message may take: more cost more, and some networks tear them apart.
const MOST: usize = 2;

/// What the message says; plain data.
#[derive(Clone, Debug)]
pub struct SmsModel {
    /// The visitor's language.
    pub language: Language,
    /// Who sends it.
    pub organization: String,
    /// The visitor's name.
    pub visitor: String,
    /// End of the window, Unix ms; `None` for a link that never expires.
    pub good_until_ms: Option<i64>,
    /// The time zone to say it in, an IANA name.
    pub zone: String,
    /// The whole address with the secret.
    pub url: String,
}

/// Writes the message: with everything, or with as much as fits beside the address.
#[must_use]
pub fn access_link(model: &SmsModel) -> String {
    let (name, organization) = (clean(&model.visitor), clean(&model.organization));
    let url = &model.url;
    let until = model.good_until_ms.map(|ms| when::moment_for_text(ms, &model.zone, model.language));
    let words = match model.language {
        Language::En => {
            let until = until.map_or_else(String::new, |until| format!(" Good until {until}."));
            [
                format!(
                    "Hello {name}, here is your door link for {organization}: {url}{until} Please do not pass it on."
                ),
                format!("Your door link for {organization}: {url}{until}"),
                format!("Your door link: {url}{until}"),
                format!("Your door link: {url}"),
            ]
        }
        Language::De => {
            let until = until.map_or_else(String::new, |until| format!(" Gültig bis {until}."));
            [
                format!("Hallo {name}, hier ist Ihr Türlink für {organization}: {url}{until} Bitte nicht weitergeben."),
                format!("Ihr Türlink für {organization}: {url}{until}"),
                format!("Ihr Türlink: {url}{until}"),
                format!("Ihr Türlink: {url}"),
            ]
        }
    };
    shortest(words)
}

/// Tells a host that a visitor is there.
#[must_use]
pub fn arrival(visitor: &str, organization: &str, door: &str, at: &str, language: Language) -> String {
    let (visitor, organization, door) = (clean(visitor), clean(organization), clean(door));
    let words = match language {
        Language::En => [
            format!("{visitor} has arrived and opened {door}: {at}. {organization}"),
            format!("{visitor} has arrived, {at}."),
            "Your visitor has arrived.".to_owned(),
        ],
        Language::De => [
            format!("{visitor} ist da und hat {door} geöffnet: {at}. {organization}"),
            format!("{visitor} ist da, {at}."),
            "Ihr Besuch ist da.".to_owned(),
        ],
    };
    // Without a door its sentence has a hole.
    let [full, short, least] = words;
    if door.is_empty() { shortest([short, least]) } else { shortest([full, short, least]) }
}

/// Says that text messages work.
#[must_use]
pub fn test(organization: &str) -> String {
    let organization = clean(organization);
    shortest([
        format!("This is a test of {organization}'s text messages. They arrive."),
        "This is a test of text messages. They arrive.".to_owned(),
    ])
}

/// The first that fits, else the last.
fn shortest<const N: usize>(words: [String; N]) -> String {
    let mut last = String::new();
    for text in words {
        if segments(&text) <= MOST {
            return text;
        }
        last = text;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(language: Language) -> SmsModel {
        SmsModel {
            language,
            organization: "Northwind Studios".into(),
            visitor: "Ada Keller".into(),
            good_until_ms: Some(1_795_539_600_000),
            zone: "Europe/Berlin".into(),
            url: format!("https://door.example.org/l/{}", "s".repeat(32)),
        }
    }

    #[test]
    fn it_greets_names_the_house_and_says_until_when() {
        let text = access_link(&model(Language::En));
        assert!(text.starts_with("Hello Ada Keller, here is your door link for Northwind Studios: https://"), "{text}");
        assert!(text.contains(" Good until Tue 24 Nov, 18:00."), "{text}");
        let text = access_link(&model(Language::De));
        assert!(
            text.starts_with("Hallo Ada Keller, hier ist Ihr Türlink") && text.contains("Gültig bis Di. 24. Nov."),
            "{text}"
        );
    }

    #[test]
    fn whatever_the_names_are_it_fits_two_segments_with_its_whole_address() {
        for name in ["Ada", "محمد الأحمد", "山田太郎", &"Wolfeschlegelsteinhausen".repeat(4), "\r\nx\u{202e}"]
        {
            for organization in ["Northwind", "Студия", &"Ö".repeat(100)] {
                for language in Language::ALL {
                    let model = SmsModel { visitor: name.into(), organization: organization.into(), ..model(language) };
                    let text = access_link(&model);
                    assert!(segments(&text) <= 2, "{text}");
                    assert!(text.contains(&model.url) && !text.contains(['\r', '\n', '\u{202e}']), "{text}");
                }
            }
        }
    }
}
