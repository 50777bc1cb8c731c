//! Identifiers: TypeID (typeid.io, specification 0.3), a prefix and a sortable UUIDv7 in Crockford base 32.

use crate::Millis;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What an identifier names; the prefix is part of its text, so that ids of two kinds can never be mixed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An organization, `org_…`.
    Organization,
    /// A person who signs in to the dashboard, `admin_…`.
    Admin,
    /// A place, `place_…`.
    Place,
    /// A door, `door_…`.
    Door,
    /// A group of doors, `group_…`.
    Group,
    /// An access link, `link_…`.
    Link,
    /// A row of the audit log, `event_…`.
    Event,
    /// A message in the outbox, `message_…`.
    Message,
    /// A signed-in session as shown in lists, `session_…`.
    Session,
    /// A weekly schedule, `schedule_…`.
    Schedule,
    /// An invitation to become an admin, `invitation_…`.
    Invitation,
    /// A passkey, `passkey_…`.
    Passkey,
    /// A QR code that belongs to a link, `code_…`; never what the code shows.
    Code,
    /// A device at a door that reads codes, `terminal_…`.
    Terminal,
}

impl Kind {
    /// The text before the underscore.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Organization => "org",
            Self::Admin => "admin",
            Self::Place => "place",
            Self::Door => "door",
            Self::Group => "group",
            Self::Link => "link",
            Self::Event => "event",
            Self::Message => "message",
            Self::Session => "session",
            Self::Schedule => "schedule",
            Self::Invitation => "invitation",
            Self::Passkey => "passkey",
            Self::Code => "code",
            Self::Terminal => "terminal",
        }
    }

    /// Makes a new id from the time (the first 48 bits, so that ids sort by age) and ten random bytes.
    #[must_use]
    pub fn make(self, now: Millis, random: [u8; 10]) -> String {
        let time = u128::from(now.max(0).cast_unsigned() & 0xffff_ffff_ffff);
        let mut tail = [0u8; 16];
        tail[6..].copy_from_slice(&random);
        let mut bits = (time << 80) | (u128::from_be_bytes(tail) & ((1 << 80) - 1));
        // RFC 9562 §5.7: version 7 and variant 10.
        bits = (bits & !(0xf << 76)) | (0x7 << 76);
        bits = (bits & !(0x3 << 62)) | (0x2 << 62);
        let mut text = String::with_capacity(self.prefix().len() + 27);
        text.push_str(self.prefix());
        text.push('_');
        for place in (0..26).rev() {
            let digit = (bits >> (place * 5)) & 31;
            text.push(char::from(ALPHABET[usize::try_from(digit).unwrap_or(0)]));
        }
        text
    }

    /// Whether the text is an id of this kind. Says nothing about whether such an object exists.
    #[must_use]
    pub fn owns(self, text: &str) -> bool {
        text.strip_prefix(self.prefix()).and_then(|rest| rest.strip_prefix('_')).is_some_and(|rest| {
            rest.len() == 26 && rest.as_bytes()[0] <= b'7' && rest.bytes().all(|byte| ALPHABET.contains(&byte))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_its_kind_and_sorts_by_age() {
        let older = Kind::Door.make(1_700_000_000_000, [7; 10]);
        let newer = Kind::Door.make(1_700_000_000_001, [0; 10]);
        assert!(older < newer);
        assert!(Kind::Door.owns(&older) && !Kind::Place.owns(&older));
        assert_eq!(older.len(), "door_".len() + 26);
    }

    #[test]
    fn the_text_is_the_uuid_of_the_specification() {
        // The example of the TypeID specification: uuid 01890a5d-ac96-774b-bcce-b302099a8057.
        let random = [0x77, 0x4b, 0xbc, 0xce, 0xb3, 0x02, 0x09, 0x9a, 0x80, 0x57];
        let text = Kind::Door.make(0x0189_0a5d_ac96, random);
        assert_eq!(text, "door_01h455vb4pex5vsknk084sn02q");
    }

    #[test]
    fn other_text_is_no_id() {
        for text in [
            "",
            "door",
            "door_",
            "door_01h455vb4pex5vsknk084sn02",
            "door_81h455vb4pex5vsknk084sn02q",
            "door_01H455VB4PEX5VSKNK084SN02Q",
        ] {
            assert!(!Kind::Door.owns(text), "{text}");
        }
    }
}
