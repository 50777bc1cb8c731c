//! Sentences with one gap `{}`, and names made fit to stand in them.

/// Puts `value` into the gap of `template`.
#[must_use]
pub fn fill(template: &str, value: &str) -> String {
    let (before, after) = around(template);
    format!("{before}{value}{after}")
}

/// What stands before and after the gap, for a page that marks up the value.
#[must_use]
pub fn around(template: &'_ str) -> (&'_ str, &'_ str) {
    template.split_once("{}").unwrap_or((template, ""))
}

/// One line of plain text: line breaks and control characters become spaces, and characters that
/// turn the direction of the text around them go, since mail and calendars cannot isolate them.
#[must_use]
pub fn clean(value: &str) -> String {
    let spaced: String = value
        .chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_braces_does_not_open_another_gap() {
        assert_eq!(fill("Hello {}, come in", "{}"), "Hello {}, come in");
        assert_eq!(around("{} öffnen"), ("", " öffnen"));
    }

    #[test]
    fn a_name_cannot_break_a_line_or_turn_the_text() {
        assert_eq!(clean("Ada\r\nBcc: all@example.org"), "Ada Bcc: all@example.org");
        assert_eq!(clean("\u{202e}evil\u{2066} \u{2029}x\0"), "evil x");
        assert_eq!(clean("  Zoë 🚪 "), "Zoë 🚪");
    }
}
