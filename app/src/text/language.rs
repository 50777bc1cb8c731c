//! The languages a visitor can read, and which one to choose.

/// A language the visitor's pages and mails are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, also the admin's language.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// Every language there is, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The BCP 47 tag, as in `<html lang>` and `?lang=`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// What the language calls itself, for the switch.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// Reads a BCP 47 tag such as `de`, `de-AT` or `EN_us`; `None` for a language we do not have.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// The link's own language if it names one, else the best of an `Accept-Language` header
    /// (RFC 9110 §12.5.4), else English.
    #[must_use]
    pub fn choose(link: Option<&str>, accept_language: &str) -> Self {
        link.and_then(Self::parse).or_else(|| Self::accepted(accept_language)).unwrap_or_default()
    }

    fn accepted(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        // A header is a list of a few; more than that is not a browser.
        for part in header.split(',').take(20) {
            let mut fields = part.split(';');
            let Some(language) = fields.next().and_then(Self::parse) else {
                continue;
            };
            let weight = fields
                .find_map(|field| field.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            // On equal weight the first named wins, as browsers list by liking.
            if weight > best.map_or(0.0, |(_, weight)| weight) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_links_language_comes_before_the_browsers() {
        assert_eq!(Language::choose(Some("de"), "en-GB,en"), Language::De);
        assert_eq!(Language::choose(Some(""), "de-CH,de;q=0.9"), Language::De);
        assert_eq!(Language::choose(Some("fr"), "de"), Language::De);
        assert_eq!(Language::choose(None, ""), Language::En);
    }

    #[test]
    fn the_header_is_read_by_weight_and_then_by_order() {
        assert_eq!(Language::choose(None, "fr, en;q=0.5, de;q=0.8"), Language::De);
        assert_eq!(Language::choose(None, "de-AT, en"), Language::De);
        assert_eq!(Language::choose(None, "de;q=0, en;q=0.1"), Language::En);
        assert_eq!(Language::choose(None, "de;q=rubbish;;,,"), Language::En);
    }
}
