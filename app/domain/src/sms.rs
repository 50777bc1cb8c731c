//! How long a text message is: in segments, as networks carry and bill it (3GPP TS 23.038 and 23.040).

/// The basic alphabet, one septet a character.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table, two septets a character.
const EXTENSION: &str = "^{}\\[~]|€";

/// How many segments a text takes. One segment holds 160 septets or 70 UTF-16 units; where there are several, each
/// gives up room to say which it is: 153 or 67.
#[must_use]
pub fn segments(text: &str) -> usize {
    let (units, alone, joined) = match septets(text) {
        Some(septets) => (septets, 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if units <= alone { 1 } else { units.div_ceil(joined) }
}

/// The length in septets; nothing when a character is outside the alphabet, and the whole text goes as UCS-2.
fn septets(text: &str) -> Option<usize> {
    text.chars()
        .map(|character| match character {
            basic if BASIC.contains(basic) => Some(1),
            extended if EXTENSION.contains(extended) => Some(2),
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_are_of_the_basic_alphabet_and_other_letters_cost_the_whole_text() {
        assert_eq!(segments(&"ä".repeat(160)), 1);
        assert_eq!(segments(&"ä".repeat(161)), 2);
        assert_eq!(segments(&"x".repeat(306)), 2);
        assert_eq!(segments(&"x".repeat(307)), 3);
        assert_eq!(segments(&"€".repeat(80)), 1);
        assert_eq!(segments(&"€".repeat(81)), 2);
        assert_eq!(segments(&format!("م{}", "x".repeat(69))), 1);
        assert_eq!(segments(&format!("م{}", "x".repeat(70))), 2);
        assert_eq!(segments(&"🚪".repeat(67)), 2);
        assert_eq!(segments(&"🚪".repeat(68)), 3);
        assert_eq!(segments(""), 1);
    }
}
