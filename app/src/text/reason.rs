//! The stable reason codes of decisions and outcomes, in an admin's words and in a visitor's.

use super::Language;

mod table;

/// What a visitor reads about one tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// A few words, such as `No answer`.
    pub title: String,
    /// What happened, then what to do.
    pub text: String,
    /// Whether another press can help.
    pub retry: bool,
}

/// One sentence for an admin, in English; an unknown code says that it is unknown.
#[must_use]
pub fn admin(code: &str) -> &'static str {
    table::find(code).map_or("This version of Latchkey does not know the reason.", |row| row.admin)
}

/// What to tell the visitor about `code`, naming the host when there is one.
///
/// An unknown code reads as a plain refusal, so that a newer database never breaks an older page.
#[must_use]
pub fn visitor(code: &str, host: Option<&str>, language: Language) -> Said {
    let row = table::find(code).unwrap_or(&table::UNKNOWN);
    let (title, text) = match language {
        Language::En => row.en,
        Language::De => row.de,
    };
    let host = host.map(super::clean).filter(|host| !host.is_empty());
    let ask = match language {
        Language::En => Ask { small: "ask", capital: "Ask", nobody: "your host" },
        Language::De => Ask { small: "fragen Sie", capital: "Fragen Sie", nobody: "vor Ort" },
    };
    Said { title: title.to_owned(), text: ask.fill(text, host.as_deref()), retry: row.retry }
}

/// How a language says whom to ask.
struct Ask {
    small: &'static str,
    capital: &'static str,
    nobody: &'static str,
}

impl Ask {
    /// Fills the one mark of `text`; the name is not read for marks again.
    fn fill(&self, text: &str, host: Option<&str>) -> String {
        let whom = host.unwrap_or(self.nobody);
        let (parts, verb) = match text.split_once("{Ask}") {
            Some(parts) => (Some(parts), self.capital),
            None => (text.split_once("{ask}"), self.small),
        };
        parts.map_or_else(|| text.to_owned(), |(before, after)| format!("{before}{verb} {whom}{after}"))
    }
}

/// Every code this version knows, so that a test can hold it against the domain's.
pub fn codes() -> impl Iterator<Item = &'static str> {
    table::ROWS.iter().map(|row| row.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_sentence_for_everybody() {
        let mut seen = std::collections::BTreeSet::new();
        for code in codes() {
            assert!(seen.insert(admin(code)), "{code} repeats another sentence");
            for language in Language::ALL {
                for host in [None, Some("Jonas Weber")] {
                    let said = visitor(code, host, language);
                    assert!(!said.title.is_empty() && said.text.ends_with('.'), "{code}: {said:?}");
                    assert!(!said.text.contains('{'), "{code}: {said:?}");
                }
            }
        }
        assert_eq!(seen.len(), 30);
    }

    #[test]
    fn a_door_that_did_not_answer_may_not_have_opened() {
        let said = visitor("timed_out", Some("Jonas Weber"), Language::En);
        assert_eq!(said.text, "The door did not answer and may not have opened. Try again, or ask Jonas Weber.");
        assert!(said.retry);
        assert!(visitor("timed_out", None, Language::De).text.ends_with("oder fragen Sie vor Ort."));
    }

    #[test]
    fn a_code_from_the_future_is_a_plain_refusal() {
        let said = visitor("moon_phase", Some("{Ask} {ask}"), Language::En);
        assert_eq!(said.text, "This door did not open. Ask {Ask} {ask}.");
        assert!(!said.retry);
    }
}
