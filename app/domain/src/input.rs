//! What people type: bounds, and a clear sentence when they are not met.

/// Why a text is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing but white space.
    #[error("Please fill this in.")]
    Empty,
    /// Longer than the field allows.
    #[error("This is {found} characters long; at most {most} fit.")]
    TooLong {
        /// The bound, in characters.
        most: usize,
        /// What was typed, in characters.
        found: usize,
    },
    /// A line break, a control character or an invisible change of writing direction.
    #[error("This holds an invisible control character. Type it again rather than pasting it.")]
    Control,
    /// Not an e-mail address.
    #[error("This does not look like an e-mail address. It should read like ada@example.com.")]
    Email,
    /// Not a phone number.
    #[error("This does not look like a phone number. Write it with its country code, such as +49 30 555 0117.")]
    Phone,
    /// Not a number of degrees in the range.
    #[error("Please give degrees from -{most} to {most} with a point, such as 52.50312.")]
    Degrees {
        /// The largest.
        most: i64,
    },
    /// Not a whole number in the range.
    #[error("Please give a whole number from {least} to {most}.")]
    Number {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
}

/// Whether a character could forge a line, hide, or turn the direction of what follows it
/// (Unicode bidirectional controls, UAX #9; a right-to-left name needs none of them).
fn forbidden(character: char, many_lines: bool) -> bool {
    match character {
        '\n' | '\t' if many_lines => false,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' => true,
        '\u{AD}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2065}' => true,
        other => other.is_control(),
    }
}

/// Whether a character shows nothing where it stands alone: joiners, fillers and selectors, which belong to others.
fn blank(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{200C}' | '\u{200D}' | '\u{2800}'
                | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0000}'..='\u{E01EF}'
        )
}

fn checked(text: &str, most: usize, many_lines: bool) -> Result<String, Refused> {
    let text = if many_lines { text.replace("\r\n", "\n") } else { text.to_owned() };
    let text = text.trim();
    if text.chars().any(|character| forbidden(character, many_lines)) {
        return Err(Refused::Control);
    }
    let found = text.chars().count();
    if found > most {
        return Err(Refused::TooLong { most, found });
    }
    Ok(text.to_owned())
}

/// One line that must be given, at most `most` characters.
///
/// # Errors
/// `Empty`, `TooLong`, `Control`.
pub fn line(text: &str, most: usize) -> Result<String, Refused> {
    match checked(text, most, false)? {
        text if text.chars().all(blank) => Err(Refused::Empty),
        text => Ok(text),
    }
}

/// One line that may be left empty.
///
/// # Errors
/// `TooLong`, `Control`.
pub fn optional_line(text: &str, most: usize) -> Result<String, Refused> {
    checked(text, most, false)
}

/// Several lines that may be left empty.
///
/// # Errors
/// `TooLong`, `Control`.
pub fn lines(text: &str, most: usize) -> Result<String, Refused> {
    checked(text, most, true)
}

/// An e-mail address or nothing. Only the form is checked; whether it exists shows when a message is sent.
///
/// # Errors
/// `Email`, `TooLong`, `Control`.
pub fn email(text: &str) -> Result<String, Refused> {
    let text = checked(text, 254, false)?;
    if text.is_empty() {
        return Ok(text);
    }
    let good = text.split_once('@').is_some_and(|(local, domain)| {
        let plain = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        !local.is_empty()
            && local.len() <= 64
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && !domain.is_empty()
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            })
    });
    if good { Ok(text) } else { Err(Refused::Email) }
}

/// A phone number or nothing, as digits with an optional leading `+` (E.164 allows 15 digits).
///
/// # Errors
/// `Phone`, `TooLong`, `Control`.
pub fn phone(text: &str) -> Result<String, Refused> {
    let mut text = checked(text, 40, false)?;
    if text.is_empty() {
        return Ok(text);
    }
    if text.starts_with('+') {
        // The zero of `+49 (0)30 …` is dialled within the country alone.
        text = text.replace("(0)", "");
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let shaped =
        text.chars().enumerate().all(|(at, c)| c.is_ascii_digit() || " ()-./".contains(c) || (c == '+' && at == 0));
    if !shaped || !(4..=15).contains(&digits.len()) {
        return Err(Refused::Phone);
    }
    Ok(if text.starts_with('+') { format!("+{digits}") } else { digits })
}

/// A number that a text message can go to: `+`, country code and number, 8 to 15 digits in all (ITU-T E.164).
///
/// # Errors
/// `Phone`.
pub fn e164(text: &str) -> Result<String, Refused> {
    let number = phone(text)?;
    let digits = number.strip_prefix('+').ok_or(Refused::Phone)?;
    if (8..=15).contains(&digits.len()) && !digits.starts_with('0') { Ok(number) } else { Err(Refused::Phone) }
}

/// A whole number within bounds.
///
/// # Errors
/// `Number`.
pub fn number(text: &str, least: i64, most: i64) -> Result<i64, Refused> {
    match text.trim().parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(Refused::Number { least, most }),
    }
}

/// Degrees with up to six decimals or nothing, in millionths: at most 90 for a latitude, 180 for a longitude.
///
/// # Errors
/// `Degrees`.
pub fn degrees(text: &str, most: i64) -> Result<Option<i64>, Refused> {
    let text = text.trim().trim_end_matches('°').trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    let refused = Refused::Degrees { most };
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    // Some write a comma where others write a point.
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !plain(whole) || !plain(part) || part.len() > 12 {
        return Err(refused);
    }
    // The seventh decimal is a hand's breadth; it is left out.
    let part: String = part.chars().chain(std::iter::repeat('0')).take(6).collect();
    let (Ok(whole), Ok(part)) = (whole.parse::<i64>(), part.parse::<i64>()) else {
        return Err(refused);
    };
    let millionths = whole * 1_000_000 + part;
    if millionths > most * 1_000_000 {
        return Err(refused);
    }
    Ok(Some(if negative { -millionths } else { millionths }))
}

/// The same the other way, without needless noughts.
#[must_use]
pub fn degrees_text(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let all = millionths.unsigned_abs();
    let part = format!("{:06}", all % 1_000_000);
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{sign}{}", all / 1_000_000) } else { format!("{sign}{}.{part}", all / 1_000_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_whole_world_are_welcome() {
        for name in ["Ada", "José Ñuñez", "محمد", "שרה", "山田太郎", "👩🏽\u{200d}🔧 Team", "O'Brien <b>"]
        {
            assert_eq!(line(name, 100).as_deref(), Ok(name));
        }
    }

    #[test]
    fn what_forges_lines_or_turns_direction_is_refused() {
        for name in
            ["Ada\r\nBcc: eve@example.com", "Ada\u{0}", "Ada\u{202e}gnp.exe", "a\u{2028}b", "Ad\u{200b}a", "\u{61c}Ada"]
        {
            assert_eq!(line(name, 100), Err(Refused::Control), "{name:?}");
        }
        for nothing in ["  ", "\u{200d}", "\u{3164}", "\u{2800} \u{fe0f}"] {
            assert_eq!(line(nothing, 100), Err(Refused::Empty), "{nothing:?}");
        }
        assert_eq!(line(&"x".repeat(101), 100), Err(Refused::TooLong { most: 100, found: 101 }));
        assert_eq!(lines("one\r\ntwo", 100).as_deref(), Ok("one\ntwo"));
    }

    #[test]
    fn degrees_are_read_to_the_millionth_and_written_back() {
        for (text, expected) in [
            ("52.50312", 52_503_120),
            ("-0.1", -100_000),
            ("13,4050", 13_405_000),
            ("90", 90_000_000),
            (" 7.1234567 °", 7_123_456),
        ] {
            let read = degrees(text, 90);
            assert_eq!(read, Ok(Some(expected)), "{text}");
            assert_eq!(degrees(&degrees_text(expected), 90), Ok(Some(expected)));
        }
        assert_eq!(degrees_text(-100_000), "-0.1");
        assert_eq!(degrees(" ", 90), Ok(None));
        for text in ["90.000001", "north", "1.2.3", "--1", "+1", ".5", "1e1", "NaN", "1234"] {
            assert_eq!(degrees(text, 90), Err(Refused::Degrees { most: 90 }), "{text}");
        }
    }

    #[test]
    fn addresses_and_numbers_are_checked_for_their_form() {
        for good in ["ada@example.com", "a.b+c@sub.example.org", "ada@localhost", "jürgen@müller.example"] {
            assert_eq!(email(good).as_deref(), Ok(good));
        }
        for bad in ["ada", "@x", "ada@", "a b@x.org", "a@b@c", "a@x..org", "a,b@x.org", "a@-x.org", "<a@x.org>"] {
            assert_eq!(email(bad), Err(Refused::Email), "{bad}");
        }
        assert_eq!(phone("+49 (30) 555-0117").as_deref(), Ok("+49305550117"));
        // The zero within brackets is dialled within the country alone.
        assert_eq!(phone("+49 (0)30 23125-018").as_deref(), Ok("+493023125018"));
        assert_eq!(phone("(030) 555").as_deref(), Ok("030555"));
        assert_eq!(phone("call me"), Err(Refused::Phone));
        assert_eq!(e164("+49 30 555-0117").as_deref(), Ok("+49305550117"));
        for bad in ["", "030 5550117", "0049305550117", "+0305550117", "+49301", "+1234567890123456"] {
            assert_eq!(e164(bad), Err(Refused::Phone), "{bad}");
        }
        assert_eq!(number(" 12 ", 1, 20), Ok(12));
        assert_eq!(number("1e3", 1, 20), Err(Refused::Number { least: 1, most: 20 }));
    }
}
