//! Crockford's base 32, upper case and without padding: the letters and digits that a QR code packs tightest.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Bytes as text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(letter(bits >> held));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        text.push(letter(bits << (5 - held)));
    }
    text
}

fn letter(value: u32) -> char {
    char::from(ALPHABET[usize::try_from(value & 31).unwrap_or(0)])
}

/// Text as bytes: lower case and the look-alikes `O`, `I` and `L` are read as Crockford says. `None` for any other
/// character, for bits left over that are not zero, and for a length that no bytes have.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0u32, 0u32);
    for character in text.bytes() {
        bits = (bits << 5) | value(character)?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    // One text a code: a whole character too many, or a pad bit set, would be a second spelling of the same bytes.
    (held < 5 && bits == 0).then_some(bytes)
}

fn value(character: u8) -> Option<u32> {
    let plain = match character.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.iter().position(|letter| *letter == plain).and_then(|at| u32::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_survive() {
        for length in 0..80u8 {
            let bytes: Vec<u8> = (0..length).map(|at| at.wrapping_mul(37) ^ length).collect();
            let text = encode(&bytes);
            assert_eq!(decode(&text).as_deref(), Some(bytes.as_slice()), "{text}");
            assert_eq!(decode(&text.to_lowercase()), Some(bytes));
        }
    }

    #[test]
    fn look_alikes_are_read_and_other_characters_are_not() {
        assert_eq!(decode("0O1IL"), decode("00111"));
        for text in ["U", "0U", "0-0", "0 0", "Ü0", "+", "00\n"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn there_is_one_spelling_only() {
        assert_eq!(decode("ZZ"), None, "pad bits are set");
        assert_eq!(decode("000"), None, "a character too many");
        assert_eq!(decode("00"), Some(vec![0]));
    }
}
