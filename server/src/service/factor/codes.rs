//! Recovery codes: ten, for the day the phone is gone; 80 random bits each, kept as hashes, each good once.

use crate::clock;
use crate::secret::HashedSecret;

/// How many are made at a time.
pub const COUNT: usize = 10;
/// Crockford's base 32: nothing that looks like something else.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Draws a set: `xxxx-xxxx-xxxx-xxxx` each.
#[must_use]
pub fn draw() -> Vec<String> {
    (0..COUNT).map(|_| write(clock::random())).collect()
}

fn write(random: [u8; 10]) -> String {
    let bits = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut text = String::with_capacity(19);
    for at in (0..16_u32).rev() {
        let digit = usize::try_from(bits >> (5 * at) & 31).unwrap_or_default();
        text.push(ALPHABET.get(digit).map_or('0', |digit| char::from(*digit)));
        if at % 4 == 0 && at > 0 {
            text.push('-');
        }
    }
    text
}

/// What is stored of a code, however it is typed: spaces, dashes and case do not matter, nor `o` for `0` or `l` for `1`.
#[must_use]
pub fn hash(admin: &str, typed: &str) -> String {
    let plain: String = typed
        .chars()
        .filter(|one| !one.is_whitespace() && *one != '-')
        .map(|one| match one.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    HashedSecret::of(&format!("recovery:{admin}:{plain}")).to_hex()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ten_codes_differ_and_read_the_same_however_they_are_typed() {
        let codes = draw();
        assert_eq!(codes.iter().collect::<HashSet<_>>().len(), COUNT);
        assert_eq!(write([0; 10]), "0000-0000-0000-0000");
        assert_eq!(write([255; 10]), "zzzz-zzzz-zzzz-zzzz");
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            let typed = format!(" {} ", code.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l"));
            assert_eq!(hash("admin_1", &typed), hash("admin_1", code), "{code}");
            assert_ne!(hash("admin_2", code), hash("admin_1", code), "one admin's code is nobody else's");
        }
    }
}
