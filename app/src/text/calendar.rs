//! The words of the calendar file: never the link itself, since calendars are often shared.

use super::{Language, clean};

/// What the calendar entry says; the caller folds and escapes for iCalendar (RFC 5545 §3.3.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarText {
    /// The entry's title.
    pub summary: String,
    /// The longer text, one or two lines separated by `\n`.
    pub description: String,
}

/// The texts for a visit to `organization`, with the host and how to reach them where known.
#[must_use]
pub fn visit(organization: &str, host: Option<&str>, contact: Option<&str>, language: Language) -> CalendarText {
    let organization = clean(organization);
    let (summary, open, host_label) = match language {
        Language::En => (format!("Visit at {organization}"), "The doors open with the link you were sent.", "Host"),
        Language::De => (
            format!("Besuch bei {organization}"),
            "Die Türen öffnen Sie mit dem Link, den Sie bekommen haben.",
            "Eingeladen von",
        ),
    };
    let people: Vec<String> =
        [host, contact].into_iter().flatten().map(clean).filter(|part| !part.is_empty()).collect();
    let mut description = open.to_owned();
    if !people.is_empty() {
        description.push_str(&format!("\n{host_label}: {}", people.join(", ")));
    }
    CalendarText { summary, description }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_names_the_host_and_breaks_no_line_it_should_not() {
        let text = visit("North\r\nwind", Some("Jonas"), Some(" "), Language::En);
        assert_eq!(text.summary, "Visit at North wind");
        assert_eq!(text.description, "The doors open with the link you were sent.\nHost: Jonas");
        assert_eq!(visit("X", None, None, Language::De).description.lines().count(), 1);
    }
}
