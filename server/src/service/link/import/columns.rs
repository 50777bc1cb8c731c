//! The columns of a file of links, under the names that people give them in English and German.

use crate::store::link::words::fold;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Who visits.
    Name,
    /// Their address.
    Email,
    /// Their number.
    Phone,
    /// Where they come from.
    Company,
    /// Whom they come to see.
    Host,
    /// How to reach the host.
    HostContact,
    /// For admins only.
    Note,
    /// What another system calls it.
    ExternalId,
    /// `en` or `de`.
    Language,
    /// Names of doors.
    Doors,
    /// Names of groups of doors.
    Groups,
    /// From when.
    ValidFrom,
    /// Until when.
    ValidUntil,
    /// How many openings.
    MaxUses,
    /// Minutes between two openings.
    Cooldown,
    /// Its kind of QR code.
    Qr,
    /// Whether its web page opens doors; empty: it does.
    Web,
    /// Whether its code may open off line although only the server counts; empty: it may not.
    QrOffLine,
}

impl Column {
    /// Every column, in the order of the template.
    pub const ALL: [Self; 18] = [
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Company,
        Self::Host,
        Self::HostContact,
        Self::Note,
        Self::ExternalId,
        Self::Language,
        Self::Doors,
        Self::Groups,
        Self::ValidFrom,
        Self::ValidUntil,
        Self::MaxUses,
        Self::Cooldown,
        Self::Qr,
        Self::Web,
        Self::QrOffLine,
    ];

    /// Our own name for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Company => "company",
            Self::Host => "host",
            Self::HostContact => "host_contact",
            Self::Note => "note",
            Self::ExternalId => "external_id",
            Self::Language => "language",
            Self::Doors => "doors",
            Self::Groups => "groups",
            Self::ValidFrom => "valid_from",
            Self::ValidUntil => "valid_until",
            Self::MaxUses => "max_uses",
            Self::Cooldown => "cooldown",
            Self::Qr => "qr",
            Self::Web => "web",
            Self::QrOffLine => "qr_off_line",
        }
    }

    /// The column whose values a form's field holds.
    pub(super) fn of_field(field: &str) -> Option<Self> {
        Some(match field {
            "host_name" => Self::Host,
            "door" | "doors" => Self::Doors,
            "group" | "groups" => Self::Groups,
            "cooldown_minutes" => Self::Cooldown,
            "no_web" => Self::Web,
            other => return Self::ALL.into_iter().find(|column| column.code() == other),
        })
    }

    /// The names of its head besides our own, folded and without spaces.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["visitor", "guest", "fullname", "person", "besucher", "besucherin", "gast"],
            Self::Email => &["mail", "emailaddress", "mailaddress", "emailadresse", "mailadresse"],
            Self::Phone => &["phonenumber", "telephone", "mobile", "tel", "telefon", "telefonnummer", "handy", "mobil"],
            Self::Company => &["organization", "organisation", "firma", "unternehmen"],
            Self::Host => &["hostname", "gastgeber", "gastgeberin", "ansprechpartner"],
            Self::HostContact => &["hostphone", "hostemail", "kontakt", "gastgeberkontakt"],
            Self::Note => &["notes", "comment", "notiz", "notizen", "bemerkung", "anmerkung", "kommentar"],
            Self::ExternalId => {
                &["booking", "bookingnumber", "reference", "buchung", "buchungsnummer", "externeid", "referenz"]
            }
            Self::Language => &["lang", "sprache"],
            Self::Doors => &["door", "opens", "tur", "turen", "tuer", "tueren"],
            Self::Groups => &["group", "doorgroups", "gruppe", "gruppen", "turgruppen", "tuergruppen"],
            Self::ValidFrom => {
                &["from", "start", "begin", "von", "ab", "beginn", "gultigab", "gueltigab", "gultigvon", "gueltigvon"]
            }
            Self::ValidUntil => &["until", "to", "end", "bis", "ende", "gultigbis", "gueltigbis"],
            Self::MaxUses => {
                &["uses", "openings", "offnungen", "oeffnungen", "nutzungen", "maxoffnungen", "maxoeffnungen"]
            }
            Self::Cooldown => &["cooldownminutes", "minutesbetween", "wartezeit", "abstand"],
            Self::Qr => &["qrcode", "qrkind", "code"],
            Self::Web => &["webpage", "page", "webseite", "seite"],
            Self::QrOffLine => &["qroffline", "offline", "ohnenetz"],
        }
    }

    /// The column with this head.
    pub(super) fn headed(head: &str) -> Option<Self> {
        let plain = |text: &str| fold(text).chars().filter(|character| character.is_alphanumeric()).collect::<String>();
        let head = plain(head);
        Self::ALL.into_iter().find(|column| plain(column.code()) == head || column.names().contains(&head.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_known_in_english_and_german_and_as_we_write_them() {
        for (head, column) in [
            ("Name", Column::Name),
            ("E-Mail", Column::Email),
            ("Gültig bis", Column::ValidUntil),
            ("gueltig_ab", Column::ValidFrom),
            ("TÜREN", Column::Doors),
            ("Host contact", Column::HostContact),
            ("external id", Column::ExternalId),
        ] {
            assert_eq!(Column::headed(head), Some(column), "{head}");
        }
        for column in Column::ALL {
            assert_eq!(Column::headed(column.code()), Some(column));
            assert_eq!(Column::of_field(column.code()), Some(column));
        }
        assert_eq!(Column::headed("Lieblingsfarbe"), None);
    }

    #[test]
    fn no_head_means_two_things() {
        let mut all: Vec<&str> = Column::ALL.iter().flat_map(|column| column.names()).copied().collect();
        let before = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), before);
    }
}
