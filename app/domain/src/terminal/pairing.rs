//! Pairing codes: eight characters that an admin reads from a page and types at a terminal, once.

use crate::qr::crockford;

/// Random bytes in a code: 40 bits, which is enough for a quarter of an hour with a limit on wrong ones.
pub const BYTES: usize = 5;

/// The code of these random bytes, as it is compared: eight characters.
#[must_use]
pub fn code(random: [u8; BYTES]) -> String {
    crockford::encode(&random)
}

/// A code as people read it: `ABCD-EFGH`.
#[must_use]
pub fn shown(code: &str) -> String {
    code.split_at_checked(4).map_or_else(|| code.to_owned(), |(first, rest)| format!("{first}-{rest}"))
}

/// What was typed, as [`code`] has it: dashes and spaces fall away, look-alikes are taken for what they look like.
/// `None` for what can be no code.
#[must_use]
pub fn read(typed: &str) -> Option<String> {
    let text: String = typed.chars().filter(|character| !matches!(character, '-' | '–' | ' ')).collect();
    let bytes: [u8; BYTES] = crockford::decode(&text)?.try_into().ok()?;
    Some(code(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_typed() {
        let made = code([0x08, 0x42, 0x1f, 0xff, 0x00]);
        assert_eq!((made.len(), shown(&made).len(), shown(&made).find('-')), (8, 9, Some(4)));
        assert_eq!(read(&shown(&made)), Some(made.clone()));
        assert_eq!(read(&format!(" {} ", made.to_lowercase())), Some(made.clone()));
        assert_eq!(read(&made.replace('1', "l").replace('0', "o")), Some(made));
    }

    #[test]
    fn what_can_be_no_code_is_none() {
        for typed in ["", "ABCD", "ABCD-EFGHJ", "ABCD-EFGU", "ABCD_EFGH", "ÄBCDEFGH", "ABCD\nEFGH"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
